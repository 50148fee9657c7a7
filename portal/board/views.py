"""The board: every room as a card in the column of its status.

Nothing on it expires by time: a page is kept under the hotel's seq and all else it depends on,
so the same question is answered from memory until the hotel's log moves.
"""

import gzip
import json
import re
import secrets
from threading import Lock
from typing import Any

from cachetools import LRUCache
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
from portal.etags import unless_known

# Compressed pages, about 20 KB each for 200 rooms, and frames of a few KB.
_pages: LRUCache[tuple[Any, ...], bytes] = LRUCache(maxsize=200)
_frames: LRUCache[tuple[Any, ...], list[str]] = LRUCache(maxsize=500)
# A change wakes every tab of a house at once, and most ask the same: one draws, the rest are sent.
_answers: LRUCache[tuple[Any, ...], bytes] = LRUCache(maxsize=200)
_lock = Lock()
# Stands in a frame where a count or a column's cards go; nobody can type it, for none knows it.
HOLE = f"<hole {secrets.token_hex(8)}>"


@require_safe
@ensure_csrf_cookie
def board(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Show the board, or to htmx its columns alone; the filters are in the URL."""
    if len(get_messages(request)):
        # A message is shown once: such a page is drawn for this answer only.
        return answer_compressed(request, compressed(_draw(request, keep=False)))
    key = (request.hotel.last_seq, *_frame_key(request))
    with _lock:
        page = _pages.get(key)
    if page is None:
        page = compressed(_draw(request, keep=True))
        with _lock:
            _pages[key] = page
    return answer_compressed(request, page)


@require_safe
def board_changes(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Say what a board drawn at the seq `after` on `day` lacks; the filters are the board's own."""
    return unless_known(request, (request.hotel.last_seq,), lambda: _answer(request))


def _answer(request: StaffRequest) -> HttpResponse:
    staff, hotel = request.staff, request.hotel
    key = (
        hotel.pk,
        hotel.last_seq,
        hotel.business_date(),
        staff.role,
        staff.language,
        # Their own cleans are not for them to inspect.
        staff.pk if staff.role in INSPECTORS else None,
        request.GET.urlencode(),
    )
    with _lock:
        answer = _answers.get(key)
    if answer is None:
        after = request.GET.get("after", "")
        seq = int(after) if re.fullmatch("[0-9]{1,18}", after) else None
        found = changes.since(seq, request.GET.get("day", ""), request.GET, staff)
        answer = compressed(json.dumps(found, ensure_ascii=False))
        with _lock:
            _answers[key] = answer
    return answer_compressed(request, answer, "application/json")


def _draw(request: StaffRequest, *, keep: bool) -> str:
    """Put the cards into the page around them."""
    staff, today = request.staff, request.hotel.business_date()
    rooms = cards.board_rooms(staff)
    key = _frame_key(request)
    with _lock:
        frame = _frames.get(key) if keep else None
    if frame is None or request.GET:
        # The filters' choices cost two queries: a board without filters does not ask for them.
        filters = RoomFilter(request.GET, queryset=rooms, hotel=request.hotel)
        rooms = filters.qs
        frame = frame or _render_frame(request, filters)
        if keep:
            with _lock:
                _frames[key] = frame
    drawn = cards.draw(cards.rows(rooms, staff, today), staff)
    parts = {f"cards {group.value}": "".join(found) for group, found in drawn.items()}
    parts |= {f"count {group.value}": str(len(found)) for group, found in drawn.items()}
    # Read before the rooms were: what is asked for after it may come twice, but never fails to.
    parts["seq"] = str(request.hotel.last_seq)
    return "".join(parts[part] if n % 2 else part for n, part in enumerate(frame))


def _render_frame(request: StaffRequest, filters: RoomFilter) -> list[str]:
    """Render the page without its cards: text at even places, names of what goes in at odd."""
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
    """Return what the page depends on beside the hotel's log."""
    return (
        request.staff.pk,
        request.staff.role,
        request.staff.language,
        request.hotel.setup_seq,
        request.hotel.business_date(),
        request.GET.urlencode(),
        bool(request.htmx),
        tuple((staff.pk, staff.hotel.name) for staff in memberships(request.user)),
    )


def compressed(html: str) -> bytes:
    """Return the text as it is kept and sent."""
    # Level 3: within a twentieth of level 6's size on a board, in a third of its time.
    return gzip.compress(html.encode(), compresslevel=3, mtime=0)


def answer_compressed(
    request: StaffRequest, page: bytes, content_type: str = "text/html; charset=utf-8"
) -> HttpResponse:
    """Send a page as it is kept, or unpacked for a client that does not take gzip.

    No BREACH: the page holds no secret, the CSRF token goes by cookie and header.
    """
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(page, content_type, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(page), content_type)
    patch_vary_headers(response, ["Accept-Encoding", "HX-Request"])
    return response
