"""What keeps an open page true: the stream that wakes it, and what has changed on the board."""

import json
import re
from threading import Lock
from typing import Any

from cachetools import LRUCache
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from hotel.choices import INSPECTORS
from portal import changes
from portal.access import StaffRequest
from portal.conditional import unless_known
from portal.live.hub import TICKET, Ticket
from portal.views.board import answer_compressed, compressed

# A change wakes every tab of a house at once, and most ask the same: one draws, the rest are sent.
_answers: LRUCache[tuple[Any, ...], bytes] = LRUCache(maxsize=200)
_lock = Lock()


@require_safe
def stream(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Open the event stream that says when the hotel's log has moved.

    A server that can hold no stream gets 204, which tells the browser to ask now and then.
    """
    environ: dict[str, Any] = request.environ  # type: ignore[attr-defined]
    if TICKET not in environ or request.method != "GET":
        return HttpResponse(status=204)
    environ[TICKET] = Ticket(
        hotel=request.hotel.pk,
        staff=request.staff.pk,
        session=request.session.session_key or "",
        password=request.staff.user.password,
        seq=request.hotel.last_seq,
    )
    # nginx would wait for a page's worth of it before it sends any.
    return HttpResponse(content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


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
