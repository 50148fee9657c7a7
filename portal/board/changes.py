"""What has changed on the board since a seq, for event stream, Pusher and polling alike.

The answer describes the board as it is now, not the changes one by one. A browser that asks twice,
or after an hour of sleep, ends with the same board.
"""

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet
from django.http import QueryDict

from hotel.models import Staff
from hotel.statements import Statement
from portal.board import cards
from portal.board.columns import group_for
from portal.board.filters import RoomFilter
from rooms.choices import RoomGroup
from rooms.models import Room, RoomEvent, RoomQuerySet


def since(after: int | None, day: str, query: QueryDict, staff: Staff) -> dict[str, Any]:
    """Return what a board needs that was last updated at seq `after` on business date `day`.

    `cards` are the cards that changed, and `gone` the numbers of rooms that changed and no longer
    match the filters in `query`. `counts` has the number of cards by column, or nothing if nothing
    changed. If `whole` is true, `cards` are all cards and replace those shown: the set-up or the
    business date has changed, or `after` is no seq that this hotel can have sent.
    """
    hotel, today = staff.hotel, staff.hotel.business_date()
    whole = after is None or not hotel.setup_seq <= after <= hotel.last_seq
    whole = whole or day != today.isoformat()
    answer: dict[str, Any] = {"seq": hotel.last_seq, "day": today.isoformat(), "whole": whole}
    if after == hotel.last_seq and not whole:
        return answer | {"counts": {}, "cards": [], "gone": []}
    return answer | _read(-1 if whole or after is None else after, query, staff, today)


def _read(after: int, query: QueryDict, staff: Staff, today: dt.date) -> dict[str, Any]:
    filtered = any(name in RoomFilter.base_filters for name in query)
    if filtered:
        # Only then: the filters' choices cost a query.
        rooms = RoomFilter(query, queryset=cards.board_rooms(staff), staff=staff).qs
        by_status, found = list(_counted(rooms)), list(_changed(rooms, after))
    else:
        by_status, found = COUNTED.rows(staff.hotel_id), CHANGED.rows(staff.hotel_id, after)
    counts = dict.fromkeys(RoomGroup.values, 0)
    for status, return_status, count in by_status:
        counts[group_for(staff.role, status, return_status)] += count
    changed = cards.changed_cards(found, staff, today)
    names = _who([room for room, _ in changed], staff)
    return {
        "counts": counts,
        "cards": [{"html": card, "by": names.get(room.last_seq, "")} for room, card in changed],
        "gone": _gone(after, {room.pk for room, _ in changed}, staff) if filtered else [],
    }


def _counted(rooms: RoomQuerySet) -> QuerySet[Room, tuple[str, str, int]]:
    """Return how many rooms each status and return status has."""
    return rooms.order_by().values_list("room_status", "return_status").annotate(Count("pk"))


def _changed(rooms: RoomQuerySet, after: int) -> RoomQuerySet:
    return cards.with_names(rooms.filter(last_seq__gt=after))


def _by_people(events: QuerySet[RoomEvent]) -> QuerySet[RoomEvent]:
    """Return the events that somebody made, with their names and no more."""
    names = (f"actor__user__{name}" for name in ("username", "first_name", "last_name"))
    events = events.filter(actor__isnull=False).select_related("actor__user")
    return events.only("seq", *names).order_by()


COUNTED = Statement(lambda hotel_id: _counted(Room.objects.filter(hotel_id=hotel_id).active()), int)
CHANGED = Statement(
    lambda hotel_id, after: _changed(Room.objects.filter(hotel_id=hotel_id).active(), after),
    int,
    int,
)
EVENT = Statement(
    lambda hotel_id, seq: _by_people(RoomEvent.objects.filter(hotel_id=hotel_id, seq=seq)),
    int,
    int,
)


def _who(changed: list[Room], staff: Staff) -> dict[int, str]:
    """Return who made each room's newest change, by its seq."""
    seqs = [room.last_seq for room in changed]
    if len(seqs) <= cards.FEW:
        events = [event for seq in seqs for event in EVENT.rows(staff.hotel_id, seq)]
    else:
        events = list(_by_people(RoomEvent.objects.filter(hotel=staff.hotel, seq__in=seqs)))
    return {event.seq: event.actor.name for event in events if event.actor}


def _gone(after: int, shown: set[int], staff: Staff) -> list[str]:
    """Return the numbers of the rooms that changed and are not among those shown."""
    changed = cards.board_rooms(staff).filter(last_seq__gt=after).order_by()
    return [number for pk, number in changed.values_list("pk", "number") if pk not in shown]
