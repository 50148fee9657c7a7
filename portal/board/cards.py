"""The board's cards: each is rendered once for every state that somebody sees, then reused.

A card depends on the room's row (its last_seq moves with every event about the room), on who looks
(portal.cache.Viewer, which holds the hotel's setup_seq), on today's arrival, and on whether the
viewer cleaned the room. All of it is in the card's key, so a kept card is never out of date.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.template.loader import render_to_string

from hotel.models import Hotel, Staff
from hotel.statements import Statement
from portal.board.actions import ACTIONS, Place
from portal.board.columns import column_for, stands_beneath
from portal.board.drag import drag_column
from portal.cache import SeqCache, Viewer
from portal.navigation import action_url, room_url
from rooms.choices import TURNING, Action, Priority, RoomGroup
from rooms.models import Room, RoomQuerySet
from rooms.permissions import is_own_clean, legal_actions
from rooms.transitions import TRANSITIONS
from stays.models import Booking

# Up to so many rooms are read one by one, by a statement that is compiled once.
FEW = 5
# What comes first in maintenance, out of order and occupied.
URGENCY = {Priority.HIGH: 0, Priority.MED: 1, Priority.LOW: 2, "": 3}


@dataclass(frozen=True)
class RoomButton:
    """One action as a card shows it; a card dragged to the column `to` does the same."""

    action: Action
    label: str
    url: str
    to: str
    one_tap: bool
    noted: bool


class Card(NamedTuple):
    """A room's card as somebody sees it. Cards sort as they stand in their column."""

    sort: str
    pk: int
    group: RoomGroup
    html: str


# Enough for 1,000 rooms seen by each role, at under 2 KB a card.
_cards: SeqCache[Card] = SeqCache(10_000)


def board_rooms(staff: Staff) -> RoomQuerySet:
    """Return the rooms that the board shows."""
    return Room.objects.filter(hotel=staff.hotel).active()


def arrivals_by_room(hotel: Hotel, today: dt.date) -> dict[int, int]:
    """Return how many people are due in each assigned room by today, by the room's pk."""
    return {
        room: adults + children + babies
        for room, adults, children, babies in ARRIVALS.rows(hotel.pk, today)
    }


def arriving_in(room: Room, today: dt.date) -> int | None:
    """Return how many people are due in the room by today, or None."""
    due = ARRIVALS_IN.rows(room.pk, today)
    return sum(due[-1]) if due else None


ARRIVALS = Statement(
    lambda hotel_id, today: (
        Booking.objects.filter(hotel_id=hotel_id, room__isnull=False)
        .due_in(today)
        .order_by()
        .values_list("room", "adults", "children", "babies")
    ),
    int,
    dt.date,
)
ARRIVALS_IN = Statement(
    lambda room_id, today: (
        Booking.objects.filter(room_id=room_id)
        .due_in(today)
        .order_by()
        .values_list("adults", "children", "babies")
    ),
    int,
    dt.date,
)


def _seen(rooms: RoomQuerySet) -> QuerySet[Room, tuple[int, int, int | None]]:
    """Return what finds a room's card in memory; no model instances, to save time."""
    return rooms.order_by().values_list("pk", "last_seq", "cleaned_by_staff")


def with_names(rooms: RoomQuerySet) -> RoomQuerySet:
    """Return the rooms with what a card names."""
    return rooms.select_related("room_type", "status_by__user").order_by()


ALL_SEEN = Statement(lambda hotel_id: _seen(Room.objects.filter(hotel_id=hotel_id).active()), int)
ROOM = Statement(lambda pk: with_names(Room.objects.filter(pk=pk).active()), int)


def board_cards(staff: Staff, today: dt.date, rooms: RoomQuerySet | None = None) -> list[Card]:
    """Return the cards of these rooms, or of all that the board shows, as they stand in columns.

    Only cards that nobody has seen yet are rendered.
    """
    viewer, own = Viewer.of(staff, personal=False), _own_cleans(staff)
    arriving = arrivals_by_room(staff.hotel, today)
    seen = ALL_SEEN.rows(staff.hotel_id) if rooms is None else list(_seen(rooms))
    found = _cards.get_many(
        (viewer, pk, last_seq, cleaned_by == own, arriving.get(pk))
        for pk, last_seq, cleaned_by in seen
    )
    unseen = {pk for (pk, _, _), card in zip(seen, found, strict=True) if card is None}
    if unseen:
        fresh = _fetch(unseen, len(seen), staff)
        found += [card_of(room, staff, arriving.get(room.pk)) for room in fresh]
    return sorted(card for card in found if card)


def changed_cards(found: list[Room], staff: Staff, today: dt.date) -> list[tuple[Room, str]]:
    """Return rooms `with_names` and their cards, sorted as in the columns: the few that changed."""
    arriving = arrivals_by_room(staff.hotel, today) if found else {}
    for room in found:
        room.hotel = staff.hotel
    shown = [(card_of(room, staff, arriving.get(room.pk)), room) for room in found]
    return [(room, card.html) for card, room in sorted(shown, key=itemgetter(0))]


def _fetch(unseen: set[int], shown: int, staff: Staff) -> list[Room]:
    """Fetch the rooms whose cards must be rendered, with what a card names and no more."""
    if len(unseen) <= FEW:
        found = [room for pk in unseen for room in ROOM.rows(pk)]
    else:
        rooms = with_names(board_rooms(staff))
        # For more than half of the rooms, fetching all is cheaper than a list of their ids.
        rooms = rooms if len(unseen) > shown // 2 else rooms.filter(pk__in=unseen)
        found = [room for room in rooms if room.pk in unseen]
    for room in found:
        room.hotel = staff.hotel
    return found


def card_of(room: Room, staff: Staff, arriving: int | None) -> Card:
    """Return the card as this viewer sees it; `arriving` people are due in the room today."""
    own = room.cleaned_by_staff_id == _own_cleans(staff)
    key = (Viewer.of(staff, personal=False), room.pk, room.last_seq, own, arriving)
    return _cards.get_or_make(key, lambda: _render_card(room, staff, arriving))


def _own_cleans(staff: Staff) -> int:
    """Return by whom rooms were cleaned that this viewer may not inspect; 0 for nobody."""
    return staff.pk if is_own_clean(staff, staff.pk, staff.hotel) else 0


def _render_card(room: Room, staff: Staff, arriving: int | None) -> Card:
    context = card_context(room, staff, arriving)
    # Without the template's indentation, and without the lines of what this card does not show.
    html = re.sub(r"\n\s+", "\n", render_to_string("board/card.html", context))
    return Card(context["sort"], room.pk, context["column"].group, html)


def card_context(room: Room, staff: Staff, arriving: int | None) -> dict[str, Any]:
    """Return what board/card.html needs to show this room to this viewer."""
    beneath = stands_beneath(staff.role, room)
    shown = room.cleaning_status if beneath else room.room_status
    return {
        "room": room,
        "url": room_url(room),
        "arriving": arriving,
        "hotel": staff.hotel,
        "column": column_for(staff.role, room),
        "beneath": beneath,
        "sort": sort_key(room.number, shown, room.maintenance_priority, arriving),
        **buttons(room, staff),
    }


def buttons(room: Room, staff: Staff) -> dict[str, Any]:
    """Return the caller's legal actions: the next step, those beside it, and the rest."""
    legal = legal_actions(staff, room)
    candidates = [action for action, row in ACTIONS.items() if row.place is Place.MAIN]
    if stands_beneath(staff.role, room):
        # Whoever sees the clean goes on with it; the repair comes after.
        candidates.sort(key=lambda action: not TRANSITIONS[action].beneath)
    main = next((action for action in candidates if action in legal), None)
    beside = [
        action
        for action in legal
        if ACTIONS[action].place is Place.BESIDE
        # Beside the other answer to the same question, not beside a repair.
        and main
        and TRANSITIONS[main].sources == TRANSITIONS[action].sources
    ]
    more = [action for action in legal if action != main and action not in beside]
    return {
        "main": _button(main, room, staff) if main else None,
        "beside": [_button(action, room, staff) for action in beside],
        "more": [_button(action, room, staff) for action in more],
    }


def sort_key(number: str, status: str, priority: str, arriving: int | None) -> str:
    """Return a card's sort key in its column: guests waiting first, then urgency, then number.

    `status` is the one that the column shows. Of the rooms to clean and inspect, those with a fault
    come last: they are given last, or not before the repair.
    """
    if status in TURNING:
        return f"{'1' if not arriving else '0'}{'1' if priority else '0'}{natural(number)}"
    return f"1{URGENCY[priority]}{natural(number)}"


@lru_cache(maxsize=10_000)
def natural(number: str) -> str:
    """Return a room number in a form that sorts as people count: 9 before 10."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(5), number)


def _button(action: Action, room: Room, staff: Staff) -> RoomButton:
    row = ACTIONS[action]
    return RoomButton(
        action=action,
        label=row.label,
        url=action_url(room, action),
        to=drag_column(action, room, staff.role),
        one_tap=row.one_tap,
        noted=row.noted,
    )
