"""Which rooms' last change may be undone: asked for all rooms as for each, with one answer."""

import datetime as dt

import pytest
from django.utils import timezone

from hotel.choices import Role
from rooms.choices import Action, RoomStatus, Source
from rooms.models import Room
from rooms.perform import UNDO_WINDOW
from stays.models import Booking
from tests.acting import arrivals, bookings, departures, perform, undo
from tests.factories import make_booking, make_room
from tests.hotel.belongings import make_stay

S = RoomStatus


@pytest.fixture
def house(hotel, staff) -> dict[str, Room]:
    """Rooms of every kind of last change."""
    manager, clerk = staff[Role.MANAGER], staff[Role.FRONT_DESK]
    long_ago = timezone.now() - UNDO_WINDOW - dt.timedelta(hours=3)
    rooms = {
        name: make_room(hotel=hotel, number=name, status=S.CHECKOUT_DIRTY)
        for name in ("nothing", "cleaned", "of-another", "undone", "replayed", "assigned")
    }
    perform(Action.MARK_CLEANED, rooms["cleaned"], by=manager)
    perform(Action.MARK_CLEANED, rooms["of-another"], by=manager)
    perform(Action.MARK_DIRTY, rooms["of-another"], by=clerk)
    perform(Action.START_CLEANING, rooms["undone"], by=manager)
    perform(Action.UNDO, rooms["undone"], by=manager)
    perform(
        Action.START_CLEANING,
        rooms["replayed"],
        by=manager,
        source=Source.REPLAY,
        occurred_at=long_ago,
    )
    perform(Action.START_CLEANING, rooms["assigned"], by=manager)
    awaited = make_booking(hotel=hotel, arrives=1, room_type=rooms["assigned"].room_type)
    bookings.assign(awaited, rooms["assigned"], by=clerk)

    rooms["in"] = make_room(hotel=hotel, number="in")
    arrivals.check_in(make_booking(hotel=hotel), rooms["in"], by=manager)
    for name in ("out", "erased", "given", "by-clerk"):
        rooms[name] = make_room(hotel=hotel, number=name, status=S.OCCUPIED)
        make_stay(hotel=hotel, room=rooms[name], nights=3)
    for name in ("out", "given"):
        departures.check_out_room(rooms[name], by=manager)
    departures.check_out_room(rooms["by-clerk"], by=clerk)
    departures.bulk_check_out(hotel, ["erased"], by=manager)
    make_booking(hotel=hotel, room=rooms["given"], nights=1)
    rooms["no-stay"] = make_room(hotel=hotel, number="no-stay", status=S.OCCUPIED)
    departures.bulk_check_out(hotel, ["no-stay"], by=manager)
    return rooms


@pytest.mark.parametrize("role", Role)
def test_for_all_rooms_as_for_each(house, hotel, staff, role):
    for room in house.values():
        room.refresh_from_db()

    each = {room.pk for room in house.values() if undo.may_undo(staff[role], room)}

    assert undo.undoable_rooms(staff[role]) == each


def test_these_are_the_managers(house, staff):
    found = Room.objects.filter(pk__in=undo.undoable_rooms(staff[Role.MANAGER]))

    assert {room.number for room in found} == {"cleaned", "assigned", "in", "out"}


def test_after_two_minutes_there_is_none(house, staff, monkeypatch):
    later = timezone.now() + UNDO_WINDOW
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert undo.undoable_rooms(staff[Role.MANAGER]) == set()


def test_it_takes_one_query(house, staff, django_assert_num_queries):
    with django_assert_num_queries(1):
        undo.undoable_rooms(staff[Role.MANAGER])


def test_a_day_use_clashes_with_another_on_its_day(hotel):
    room = make_room(hotel=hotel)
    day = make_booking(hotel=hotel, room=room, nights=0)

    assert list(Booking.objects.clashing(day.check_in, day.check_out)) == [day]
