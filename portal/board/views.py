"""The board: every room as a card in the column of its status.

A page is kept in memory under everything that it shows. While nothing happens in the hotel, the
same request is answered from there.
"""

import gzip
import json
import re
import secrets
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from hotel.choices import INSPECTORS, Role
from portal.access import StaffRequest, memberships
from portal.board import cards, changes
from portal.board.columns import COLUMNS, FIRST_COLUMN
from portal.board.filters import RoomFilter
from portal.cache import SeqCache, Viewer
from portal.etags import unless_known
from rooms.choices import RoomGroup

# Compressed pages, about 20 KB each for 200 rooms.
_pages: SeqCache[bytes] = SeqCache(200)
# Pages without their cards, a few KB each.
_frames: SeqCache[list[str]] = SeqCache(500)
# A change wakes all open boards of a hotel at once, and most of them send the same request: the
# first is answered with work, the others from here.
_changes: SeqCache[bytes] = SeqCache(200)
# Marks where a frame has a count or the cards of a column. It is random, so that no note or name
# can hold it.
HOLE = f"<hole {secrets.token_hex(8)}>"


@require_safe
@ensure_csrf_cookie
def board(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Show the board, or to htmx only its columns; the filters are in the URL."""
    if len(get_messages(request)):
        # A message is shown once, so this page is for this answer only.
        return answer_compressed(request, compressed(board_html(request, keep=False)))
    # Whatever happens in the hotel moves last_seq.
    key = (*_frame_key(request), request.hotel.last_seq)
    page = _pages.get_or_make(key, lambda: compressed(board_html(request, keep=True)))
    return answer_compressed(request, page)


@require_safe
def board_changes(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Return what has changed since the seq `after` on `day`, for a board with these filters."""
    return unless_known(request, (request.hotel.last_seq,), lambda: _answer_changes(request))


def _answer_changes(request: StaffRequest) -> HttpResponse:
    staff, hotel = request.staff, request.hotel
    key = (
        # An inspector's cards depend on which rooms they cleaned themselves.
        Viewer.of(staff, personal=staff.role in INSPECTORS),
        hotel.last_seq,
        # Decides which arrivals are today's.
        hotel.business_date(),
        # The filters, and since when.
        request.GET.urlencode(),
    )
    changed = _changes.get_or_make(key, lambda: compressed(_changes_json(request)))
    return answer_compressed(request, changed, "application/json")


def _changes_json(request: StaffRequest) -> str:
    after = request.GET.get("after", "")
    seq = int(after) if re.fullmatch("[0-9]{1,18}", after) else None
    found = changes.since(seq, request.GET.get("day", ""), request.GET, request.staff)
    return json.dumps(found, ensure_ascii=False)


def board_html(request: StaffRequest, *, keep: bool) -> str:
    """Return the board's page. Its frame comes from memory and stays there, if `keep`."""
    staff, today = request.staff, request.hotel.business_date()
    rooms = None
    key = _frame_key(request)
    frame = _frames.get(key) if keep else None
    if frame is None or request.GET:
        # The filters' choices cost two queries: a board without filters does without them.
        shown = cards.board_rooms(staff)
        filters = RoomFilter(request.GET, queryset=shown, staff=staff)
        rooms = filters.qs
        frame = frame or render_frame(request, filters)
        if keep:
            _frames.put(key, frame)
    parts = {}
    columns: dict[RoomGroup, list[str]] = {group: [] for group in RoomGroup}
    for card in cards.board_cards(staff, today, rooms):
        columns[card.group].append(card.html)
    for group, html in columns.items():
        parts[f"cards {group.value}"] = "".join(html)
        parts[f"count {group.value}"] = str(len(html))
    # Read before the rooms were: a change in between is sent twice, but never missed.
    parts["seq"] = str(request.hotel.last_seq)
    return "".join(parts[part] if n % 2 else part for n, part in enumerate(frame))


def render_frame(request: StaffRequest, filters: RoomFilter) -> list[str]:
    """Return the page without its cards: text at even places, names of what goes in at odd."""
    chosen = filters.form.cleaned_data.get("status") if filters.narrows else ""
    html = render_to_string(
        "board/columns.html" if request.htmx else "board/board.html",
        {
            "columns": [column for column in COLUMNS if not chosen or column.key == chosen],
            "first": FIRST_COLUMN[Role(request.staff.role)],
            "filters": filters,
            "today": request.hotel.business_date(),
            "hole": HOLE,
        },
        request,
    )
    return re.split(f"{HOLE}(.*?){HOLE}", html)


def _frame_key(request: StaffRequest) -> tuple[Any, ...]:
    """Return what a page without its cards depends on."""
    return (
        # In person: the page shows the name.
        Viewer.of(request.staff, personal=True),
        # The page shows the date.
        request.hotel.business_date(),
        # The filters.
        request.GET.urlencode(),
        # Whether the page or only its columns.
        bool(request.htmx),
        # The menu of the person's other hotels, whose set-up is not this hotel's.
        tuple((staff.pk, staff.hotel.name) for staff in memberships(request.user)),
    )


def compressed(text: str) -> bytes:
    """Return the text compressed, as it is kept and sent."""
    # Level 3: a board is at most a twentieth larger than at level 6, in a third of the time.
    return gzip.compress(text.encode(), compresslevel=3, mtime=0)


def answer_compressed(
    request: StaffRequest, content: bytes, content_type: str = "text/html; charset=utf-8"
) -> HttpResponse:
    """Send compressed content as it is, or unpacked to a client that does not accept gzip.

    BREACH does not apply: the page holds no secret, the CSRF token goes by cookie and header.
    """
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(content, content_type, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(content), content_type)
    patch_vary_headers(response, ["Accept-Encoding", "HX-Request"])
    return response
