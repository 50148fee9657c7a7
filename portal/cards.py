"""The board's cards: drawn once for each state that a viewer can see, then only joined.

A card depends on the room's row (its last_seq moves with every event about the room), on the
hotel's set-up (setup_seq), on today's arrival and on what the viewer may do. All of that is in
the key, so a cached card is never stale and nothing expires by time.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

from cachetools import LRUCache
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from hotel.models import Booking, Staff
from portal.columns import BESIDE, BUTTONS, COLUMN_OF, NEXT_STEP, NOTED, ONE_TAP
from rooms.choices import TURNING, Action, Priority, RoomStatus
from rooms.models import Room, RoomQuerySet
from rooms.permissions import is_own_clean, legal_actions
from rooms.transitions import TRANSITIONS

# Enough for 1,000 rooms seen by each role, at under 2 KB a card.
_cards: LRUCache[tuple[Any, ...], str] = LRUCache(maxsize=10_000)
_lock = Lock()

URGENCY = {Priority.HIGH: 0, Priority.MED: 1, Priority.LOW: 2, "": 3}


@dataclass(frozen=True)
class RoomButton:
    """One action as a card shows it; `to` is the column a drag must end in to mean it."""

    action: Action
    label: str
    url: str
    to: str
    one_tap: bool
    noted: bool
    main: bool = False


class Row(NamedTuple):
    """What the board must read of a room to know whether its card is drawn already."""

    sort: str
    pk: int
    last_seq: int
    status: str
    own_clean: bool
    arriving: int | None


def board_rooms(staff: Staff) -> RoomQuerySet:
    """Return the rooms that the board shows."""
    return Room.objects.filter(hotel=staff.hotel).active()


def arrivals_by_room(rooms: Q, today: dt.date) -> dict[int, int]:
    """Return how many people are due in each assigned room by today, by the room's pk."""
    due = Booking.objects.filter(rooms).due_in(today).order_by()
    return {
        room: adults + children + babies
        for room, adults, children, babies in due.values_list(
            "room", "adults", "children", "babies"
        )
    }


def rows(rooms: RoomQuerySet, staff: Staff, today: dt.date) -> list[Row]:
    """Read the rooms' rows without making instances; sorted as the columns are."""
    arriving = arrivals_by_room(Q(hotel=staff.hotel, room__isnull=False), today)
    return sorted(
        Row(
            sort=sort_key(number, status, priority, arriving.get(pk)),
            pk=pk,
            last_seq=last_seq,
            status=status,
            own_clean=is_own_clean(staff, cleaned_by, staff.hotel),
            arriving=arriving.get(pk),
        )
        for pk, number, last_seq, status, cleaned_by, priority in rooms.values_list(
            "pk",
            "number",
            "last_seq",
            "room_status",
            "cleaned_by_staff",
            "maintenance_priority",
        )
    )


def draw(board: list[Row], staff: Staff) -> dict[str, list[str]]:
    """Return each column's cards as HTML, by the column's key; only unseen ones are rendered."""
    columns: dict[str, list[str]] = {column.key: [] for column in COLUMN_OF.values()}
    for row, card in zip(board, html_of(board, staff, len(board)), strict=True):
        columns[COLUMN_OF[RoomStatus(row.status)].key].append(card)
    return columns


def html_of(board: list[Row], staff: Staff, shown: int) -> list[str]:
    """Return the cards of these rows, out of `shown` on the board, in the same order."""
    keys = [_key(row.pk, row.last_seq, row.own_clean, row.arriving, staff) for row in board]
    with _lock:
        html = [_cards.get(key) for key in keys]
    unseen = {row.pk for row, card in zip(board, html, strict=True) if card is None}
    if unseen:
        fresh = {room.pk: room for room in _fetch(unseen, shown, staff)}
        html = [
            card_html(fresh[row.pk], staff, row.arriving) if row.pk in fresh else card
            for row, card in zip(board, html, strict=True)
        ]
    return [card or "" for card in html]


def _fetch(unseen: set[int], shown: int, staff: Staff) -> list[Room]:
    """Fetch the rooms that must be drawn, with what a card names and no more."""
    rooms = board_rooms(staff).select_related("room_type", "status_by__user")
    # All of them is a shorter question than a list of nearly all.
    rooms = rooms if len(unseen) > shown // 2 else rooms.filter(pk__in=unseen)
    found = [room for room in rooms if room.pk in unseen]
    for room in found:
        room.hotel = staff.hotel
    return found


def card_html(room: Room, staff: Staff, arriving: int | None) -> str:
    """Return the card as this viewer sees it; `arriving` people are due in the room today."""
    own = is_own_clean(staff, room.cleaned_by_staff_id, staff.hotel)
    key = _key(room.pk, room.last_seq, own, arriving, staff)
    with _lock:
        card = _cards.get(key)
    if card is None:
        card = render_to_string("board/card.html", card_context(room, staff, arriving))
        # Neither the template's indentation nor the lines of what this card does not show are sent
        # 200 times.
        card = re.sub(r"\n\s+", "\n", card)
        with _lock:
            _cards[key] = card
    return card


def card_context(room: Room, staff: Staff, arriving: int | None) -> dict[str, Any]:
    """Return what board/card.html needs to show this room to this viewer."""
    return {
        "room": room,
        "arriving": arriving,
        "hotel": staff.hotel,
        "column": COLUMN_OF[RoomStatus(room.room_status)],
        "sort": sort_key(room.number, room.room_status, room.maintenance_priority, arriving),
        **buttons(room, staff),
    }


def buttons(room: Room, staff: Staff) -> dict[str, Any]:
    """Return the caller's legal actions: the next step, those beside it, and the rest."""
    legal = legal_actions(staff, room)
    main = next((action for action in NEXT_STEP if action in legal), None)
    made = [_button(action, room, staff, main=action == main) for action in legal]
    return {
        "main": next((button for button in made if button.main), None),
        "beside": [button for button in made if not button.main and button.action in BESIDE],
        "more": [button for button in made if not button.main and button.action not in BESIDE],
    }


def action_url(room: Room, action: Action) -> str:
    """Return the address of an action on a room: GET shows its form, POST does it."""
    return reverse(
        "room_action", args=[room.hotel.slug, room.number, action.value.replace("_", "-")]
    )


def sort_key(number: str, status: str, priority: str, arriving: int | None) -> str:
    """Return where a card stands in its column: guests waiting, then urgency, then number."""
    waiting = "0" if arriving and status in TURNING else "1"
    return f"{waiting}{URGENCY[priority]}{natural(number)}"


@lru_cache(maxsize=10_000)
def natural(number: str) -> str:
    """Return a room number so that text order is a person's order: 9 before 10."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(5), number)


def _key(
    pk: int, last_seq: int, own_clean: bool, arriving: int | None, staff: Staff
) -> tuple[Any, ...]:
    return (
        pk,
        last_seq,
        staff.hotel.setup_seq,
        staff.role,
        staff.language,
        own_clean,
        arriving,
    )


def _button(action: Action, room: Room, staff: Staff, *, main: bool) -> RoomButton:
    return RoomButton(
        action=action,
        label=BUTTONS[action],
        url=action_url(room, action),
        to=_drop_column(action, room),
        one_tap=action in ONE_TAP,
        noted=action in NOTED,
        main=main,
    )


def _drop_column(action: Action, room: Room) -> str:
    """Return the column that a card is dragged to for this action, or "" where none is meant."""
    targets = TRANSITIONS[action].targets
    returns = RoomStatus(room.return_status) if room.return_status else None
    if action is Action.OVERRIDE:
        return ""
    if action is Action.COMPLETE_MAINTENANCE and (room.is_occupied or room.is_out_of_order):
        # The card stays where it is: no drag means this.
        return ""
    if action is Action.CHECK_OUT and room.maintenance_required:
        return COLUMN_OF[RoomStatus.MAINTENANCE_REQUIRED].key
    if action is Action.RETURN_TO_SERVICE and room.maintenance_required:
        return COLUMN_OF[RoomStatus.MAINTENANCE_REQUIRED].key
    if returns in targets:
        return COLUMN_OF[returns].key
    if action is Action.MARK_CLEANED and not room.hotel.inspection_required:
        return COLUMN_OF[RoomStatus.READY_FOR_GUEST].key
    return COLUMN_OF[targets[0]].key
