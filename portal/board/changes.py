"""What has changed on the board since a seq: one answer, whichever way the browser was woken.

The answer says how the board is now, not what happened on the way: asked twice, or after an hour's
sleep, it leads to the same board.
"""

import datetime as dt
from typing import Any

from django.http import QueryDict

from hotel.models import Staff
from portal.board import cards
from portal.board.filters import RoomFilter
from rooms.choices import GROUP_OF, RoomGroup, RoomStatus
from rooms.models import RoomEvent


def since(after: int | None, day: str, query: QueryDict, staff: Staff) -> dict[str, Any]:
    """Return what a board drawn at seq `after`, on the business date `day`, lacks.

    `cards` are those that changed, `gone` the rooms that changed and no longer match the filters
    in `query`; `counts` is by column, empty where nothing changed. A `whole` answer holds every
    card: set-up has changed, or the day, or the board is not one of ours.
    """
    hotel, today = staff.hotel, staff.hotel.business_date()
    whole = after is None or not hotel.setup_seq <= after <= hotel.last_seq
    whole = whole or day != today.isoformat()
    answer: dict[str, Any] = {"seq": hotel.last_seq, "day": today.isoformat(), "whole": whole}
    if after == hotel.last_seq and not whole:
        return answer | {"counts": {}, "cards": [], "gone": []}
    return answer | _read(-1 if whole or after is None else after, query, staff, today)


def _read(after: int, query: QueryDict, staff: Staff, today: dt.date) -> dict[str, Any]:
    rooms = cards.board_rooms(staff)
    filtered = any(name in RoomFilter.base_filters for name in query)
    if filtered:
        # Their choices cost a query.
        rooms = RoomFilter(query, queryset=rooms, hotel=staff.hotel).qs
    board = cards.rows(rooms, staff, today)
    counts = dict.fromkeys(RoomGroup.values, 0)
    for row in board:
        counts[GROUP_OF[RoomStatus(row.status)]] += 1
    changed = [row for row in board if row.last_seq > after]
    names = _who(changed, staff)
    return {
        "counts": counts,
        "cards": [
            {"html": html, "by": names.get(row.last_seq, "")}
            for row, html in zip(changed, cards.html_of(changed, staff, len(board)), strict=True)
        ],
        "gone": _gone(after, {row.pk for row in board}, staff) if filtered else [],
    }


def _who(changed: list[cards.Row], staff: Staff) -> dict[int, str]:
    """Return who made each room's newest change, by its seq."""
    if not changed:
        return {}
    events = RoomEvent.objects.filter(
        hotel=staff.hotel, seq__in=[row.last_seq for row in changed], actor__isnull=False
    )
    names = ("username", "first_name", "last_name")
    events = events.select_related("actor__user").only(
        "seq", *(f"actor__user__{name}" for name in names)
    )
    return {event.seq: event.actor.name for event in events if event.actor}


def _gone(after: int, shown: set[int], staff: Staff) -> list[str]:
    """Return the numbers of the rooms that changed and are not among those shown."""
    changed = cards.board_rooms(staff).filter(last_seq__gt=after).order_by()
    return [number for pk, number in changed.values_list("pk", "number") if pk not in shown]
