"""Every change of a stay by how the stay stands by how the room stands by who asks.

Written by hand from the design and the desk's own rules, and tried. A row is what the change says
of a stay, a column what it says of a room.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from hotel.choices import Role
from hotel.exceptions import ReadyroomError
from hotel.models import Hotel
from rooms.choices import RoomStatus
from rooms.models import Room
from stays.changes import StayChange
from stays.choices import BookingAction, BookingStatus
from stays.models import Booking
from tests.acting import arrivals, bookings, changes, departures, moves, reinstatement, sharing
from tests.factories import make_booking, make_room, make_room_type
from tests.invariants import Watch

DAY = dt.timedelta(days=1)
S = RoomStatus
DESK = (Role.FRONT_DESK, Role.MANAGER)

COLUMNS = (
    S.AVAILABLE,
    S.READY_FOR_GUEST,
    S.CHECKOUT_DIRTY,
    S.CLEANING_IN_PROGRESS,
    S.CLEANED_UNINSPECTED,
    S.MAINTENANCE_REQUIRED,
    S.OUT_OF_ORDER,
    S.OCCUPIED,
)
# What a cell says. A repeated end is no error: it is as it should be.
SAYS = {
    ".": "done",
    "=": "nothing to do",
    "i": "illegal_transition",
    "v": "invalid",
    "c": "not_checked_in",
    "b": "not_bookable",
    "t": "room_taken",
    " ": "cannot be",
}
# Into another room: its state counts. OCCUPIED is by a guest who leaves today.
# In order: available, ready, dirty, cleaning, cleaned, maintenance, out of order, occupied.
INTO = {
    "assign": {"CONFIRMED": "......b."},
    "check_in": {"CONFIRMED": "..bbbbbb"},
    "move": {"IN_HOUSE": "..bbbbbb"},
    "swap": {"CONFIRMED": "......b."},
    "share": {"CONFIRMED": "........"},
}
# The stay's own room: in house it is occupied; after a checkout OCCUPIED is by the next guest.
OWN = {
    "check_out": {"IN_HOUSE": "       .", "COMPLETED": "========"},
    "unassign": {"CONFIRMED": "........"},
    "unshare": {"CONFIRMED": "........"},
    "extend": {"CONFIRMED": "......b.", "IN_HOUSE": "       ."},
    "shorten": {"CONFIRMED": "........", "IN_HOUSE": "       ."},
    "other_dates": {"CONFIRMED": "......b.", "IN_HOUSE": "       v"},
    "other_type": {"CONFIRMED": "........", "IN_HOUSE": "       v"},
    "other_guests": {"CONFIRMED": "........", "IN_HOUSE": "       ."},
    "other_name": {"CONFIRMED": "........", "IN_HOUSE": "       ."},
    "reinstate": {"COMPLETED": "......it", "CANCELLED": "........", "NO_SHOW": "........"},
    "cancel": {"CONFIRMED": "........", "CANCELLED": "========"},
    "no_show": {"CONFIRMED": "........", "NO_SHOW": "========"},
}
TABLE = INTO | OWN
# The rows that are not written above: why the stay's status does not allow the change.
OTHERWISE = {"check_out": "cccccccc", "move": "cccccccc"}
NOT_EXPECTED = "iiiiiiii"
# Rows in which the stay cannot have a room in the column's state.
IN_ITS_ROOM = "       i"


def cell(action: str, status: str, column: RoomStatus) -> str:
    """Return what the table says of the change."""
    row = TABLE[action].get(status) or OTHERWISE.get(action, NOT_EXPECTED)
    if status == "IN_HOUSE" and action in OWN and row == NOT_EXPECTED:
        row = IN_ITS_ROOM
    return SAYS[row[COLUMNS.index(column)]]


class House:
    """A stay of the status, the room of the column, and rooms enough for everybody."""

    def __init__(self, hotel: Hotel, status: str, column: RoomStatus, *, own: bool) -> None:
        self.hotel = hotel
        self.other_type = make_room_type(hotel=hotel, code="S")
        for n in range(4):
            make_room(hotel=hotel, room_type=[self.other_type, *self.kinds()][n % 2])
        self.room = make_room(hotel=hotel, status=column)
        if column == S.OCCUPIED and not (own and status == "IN_HOUSE"):
            self.somebody_in_it(status)
        given = self.room if own else None
        if status == "IN_HOUSE" and not own:
            given = make_room(hotel=hotel, status=S.OCCUPIED)
        elif not own:
            given = make_room(hotel=hotel)
        if status in ("CANCELLED", "NO_SHOW"):
            given = None
        arrives = -1 if status in ("IN_HOUSE", "COMPLETED") else 0
        stay = {"status": BookingStatus(status), "arrives": arrives, "nights": 2 - arrives}
        self.stay = make_booking(
            hotel=hotel, room=given, room_type=self.kinds()[0], guests=1, **stay
        )

    def kinds(self) -> list[Any]:
        return [make_room_type(hotel=self.hotel, code="D")]

    def somebody_in_it(self, status: str) -> None:
        # After a checkout, the next guest; else the one who leaves today.
        came, nights = (0, 2) if status == "COMPLETED" else (-1, 1)
        stay = {"arrives": came, "nights": nights, "guests": 1}
        make_booking(hotel=self.hotel, room=self.room, status=BookingStatus.IN_HOUSE, **stay)

    def another(self) -> Booking:
        """A booking that has the column's room; of a guest in it, for the days after."""
        return make_booking(hotel=self.hotel, room=self.room, nights=2)


def do(action: str, house: House, by) -> None:
    """Ask for the change as the desk does."""
    stay, today = house.stay, house.hotel.business_date()
    change: dict[str, StayChange] = {
        "extend": StayChange(check_out=today + 3 * DAY),
        "shorten": StayChange(check_out=today + DAY),
        "other_dates": StayChange(check_in=today + 5 * DAY, check_out=today + 6 * DAY),
        "other_type": StayChange(room_type=house.other_type),
        "other_guests": StayChange(adults=2, children=1),
        "other_name": StayChange(guest_name="Eve"),
    }
    if action in change:
        changes.change_stay(stay, wanted=change[action], by=by)
        return
    calls: dict[str, Callable[[], Any]] = {
        "assign": lambda: bookings.assign(stay, house.room, by=by),
        "unassign": lambda: bookings.unassign(stay, by=by),
        "swap": lambda: bookings.swap(stay, other=house.another(), by=by),
        "check_in": lambda: arrivals.check_in(stay, house.room, by=by),
        "check_out": lambda: departures.check_out(stay, by=by),
        "move": lambda: moves.move(stay, house.room, "Noise", by=by),
        "share": lambda: sharing.share(stay, house.another(), by=by),
        "unshare": lambda: sharing.unshare(stay, by=by),
        "reinstate": lambda: reinstatement.reinstate(stay, "Wrong row", by=by),
        "cancel": lambda: bookings.cancel(stay, by=by),
        "no_show": lambda: bookings.no_show(stay, by=by),
    }
    calls[action]()


def outcome(action: str, house: House, by) -> str:
    """Return what came of it; fail where a refusal changed anything, or a change broke a rule."""
    watch, before = Watch(house.hotel), as_it_is(house)
    try:
        do(action, house, by)
    except ReadyroomError as refused:
        unchanged = as_it_is(house) == before and refused.message
        return refused.code if unchanged else f"{refused.code}, and something changed"
    watch.look()
    watch.look_at_guests()
    return "nothing to do" if as_it_is(house) == before else "done"


def as_it_is(house: House) -> tuple[Any, ...]:
    house.hotel.refresh_from_db(fields=["last_seq"])
    return (
        house.hotel.last_seq,
        Booking.objects.filter(pk=house.stay.pk).values().get(),
        Room.objects.filter(pk=house.room.pk).values().get(),
    )


@pytest.mark.parametrize("status", BookingStatus.values)
@pytest.mark.parametrize("action", TABLE)
def test_the_table_is_what_happens(action: str, status: str, hotel, staff):
    found, expected = {}, {}
    hotel.readiness_policy = "NEVER"
    hotel.save()
    for column in COLUMNS:
        says = cell(action, status, column)
        if says == "cannot be":
            continue
        for role in Role:
            with transaction.atomic():
                house = House(hotel, status, column, own=action in OWN)
                if action == "unshare" and status == "CONFIRMED":
                    sharer = {"room": house.stay.room, "nights": 2, "shares_with": house.stay}
                    make_booking(hotel=hotel, **sharer)
                expected[column, role] = says if role in DESK else "not_allowed"
                found[column, role] = outcome(action, house, staff[role])
                transaction.set_rollback(True)
            hotel.refresh_from_db()

    assert found == expected


def test_the_table_has_every_action_of_the_desk():
    kinds_of_change = {"extend", "shorten", "other_dates", "other_type", "other_guests"}
    named = {"change" if action in kinds_of_change | {"other_name"} else action for action in TABLE}

    assert named == set(BookingAction.values)
    assert set(COLUMNS) == set(RoomStatus)
