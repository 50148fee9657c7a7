"""How many questions an answer costs the database: as many for 200 rooms as for one."""

import datetime as dt
from typing import Any

import pytest

from hotel.models import Hotel, Staff
from rooms.choices import Action, ClosureKind, RoomStatus
from rooms.models import Closure
from stays.choices import BookingStatus
from tests.acting import perform
from tests.factories import make_booking, make_room, make_room_type, make_staff
from tests.portal.api.calling import Program, done
from tests.stays.belongings import make_stay

S = RoomStatus
STATUSES = list(S)
# Reads, and how many queries each may take, the token's own included.
LIMITS = {
    "rooms/": 5,
    "rooms/0/": 4,
    "rooms/0/events/": 3,
    "housekeeping/rooms/": 5,
    "housekeeping/stats/": 2,
    "events/": 2,
    "bookings/": 2,
    "/api/hotels/grand/rooms/checkout-needed/": 2,
    "bookings/B-0/": 5,
    "/api/hotels/grand/availability/": 8,
}
PAGED = {"rooms/", "rooms/0/events/", "events/", "bookings/"}


def fill(hotel: Hotel, size: int, by: Staff) -> None:
    """Make `size` rooms in all statuses, lived in and booked, cleaned by different people."""
    cleaners = [make_staff(hotel=hotel) for _ in range(3)]
    suite = make_room_type(hotel=hotel, code="S")
    for n in range(size):
        status = STATUSES[n % len(STATUSES)]
        more: dict[str, Any] = {"cleaned_by_staff": cleaners[n % 3], "inspected_by_staff": by}
        if n % 5 == 0:
            more["room_type"] = suite
        room = make_room(hotel=hotel, number=str(n), status=status, **more)
        if status == S.OCCUPIED:
            kind = BookingStatus.IN_HOUSE
            make_booking(hotel=hotel, room=room, status=kind, arrives=-3, nights=2)
        make_booking(hotel=hotel, arrives=n % 20, room_type=room.room_type, booking_id=f"B-{n}")
        Closure.objects.create(
            room=room,
            kind=ClosureKind.OUT_OF_ORDER,
            start=hotel.business_date() + dt.timedelta(days=40),
            until=hotel.business_date() + dt.timedelta(days=42),
            reason="paint",
        )


@pytest.fixture(params=[1, 200])
def size(request) -> int:
    return request.param


@pytest.mark.parametrize("path", LIMITS)
def test_a_read_costs_no_more_for_more_rooms(
    hotel, manager, size, path, django_assert_max_num_queries
):
    fill(hotel, size, manager)
    program = Program(manager)
    today = hotel.business_date()
    month = {"check_in": today, "check_out": today + dt.timedelta(days=30)}
    query = month if "availability" in path else {"limit": 500} if path in PAGED else {}

    with django_assert_max_num_queries(LIMITS[path]):
        done(program.get(path, **query))


@pytest.mark.parametrize("path", ["rooms/", "housekeeping/rooms/"])
@pytest.mark.parametrize("changed", [1, 30])
def test_nor_after_many_changes_of_ones_own_within_the_last_two_minutes(
    hotel, manager, path, changed, django_assert_max_num_queries
):
    program = Program(manager)
    for n in range(changed):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.START_CLEANING, room, by=manager)
        stay = make_stay(hotel=hotel, booking_id=f"B-{n}")
        done(program.post(f"bookings/{stay.booking_id}/checkout/"))

    with django_assert_max_num_queries(LIMITS[path]):
        answer = done(program.get(path))

    lists = [answer["rooms"]] if path == "rooms/" else answer.values()
    assert sum("undo" in room["actions"] for rooms in lists for room in rooms) == 2 * changed
