"""A statement that is compiled once answers as its queryset does."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hotel import statements
from hotel.choices import Role
from hotel.models import Staff
from hotel.statements import Statement
from rooms.models import Room
from stays.models import Booking
from tests.factories import make_booking, make_hotel, make_room, make_room_type, make_staff


def of_user(user_id: int):
    places = Staff.objects.filter(user_id=user_id, active=True).select_related("user", "hotel")
    return places.order_by("hotel__name")


def of_number(hotel_id: int, number: str):
    return Room.objects.filter(hotel_id=hotel_id, number=number).with_people().order_by()


def due(room_id: int, today: dt.date):
    stays = Booking.objects.filter(room_id=room_id).due_in(today).order_by("pk")
    return stays.values_list("adults", "check_in", "checked_in_at")


def since(hotel_id: int, moment: dt.datetime):
    return Room.objects.filter(hotel_id=hotel_id, status_since__gte=moment).order_by()


@pytest.fixture
def two_places(hotel):
    """Somebody who works in two hotels, as something else in each."""
    first = make_staff(hotel=hotel, role=Role.MANAGER)
    make_staff(hotel=make_hotel(name="Annex"), user=first.user, role=Role.HOUSEKEEPER)
    make_staff(hotel=make_hotel(), user=first.user, active=False)
    make_staff(hotel=hotel)
    return first.user


def test_its_instances_carry_what_is_annotated(hotel):
    room = make_room(hotel=hotel)
    make_booking(hotel=hotel, room=room)
    counted = Statement(
        lambda pk: Room.objects.filter(pk=pk).with_house().annotate(stays=Count("bookings")), int
    )

    (found,) = counted.rows(room.pk)

    assert (found, found.stays, found.hotel) == (room, 1, hotel)


def test_it_returns_the_same_instances_with_what_belongs_to_them(two_places, hotel):
    statement = Statement(of_user, int)
    expected = list(of_user(two_places.pk))
    statement.rows(two_places.pk)

    with CaptureQueriesContext(connection) as captured:
        found = statement.rows(two_places.pk)
        seen = [(one.hotel.name, one.role, one.active, one.user.username) for one in found]

    assert found == expected
    assert seen == [(one.hotel.name, one.role, one.active, one.user.username) for one in expected]
    assert [one.hotel.checkout_time for one in found] == [dt.time(11)] * 2
    assert len(captured) == 1


def test_each_value_goes_where_it_belongs(hotel):
    statement = Statement(of_number, int, str)
    rooms = [make_room(hotel=house, number=n) for house in (hotel, make_hotel()) for n in "12"]

    for room in rooms:
        assert statement.first(room.hotel_id, room.number) == room
    assert statement.first(hotel.pk, "3") is None
    assert statement.rows(0, "1") == []


def test_a_row_that_refers_to_nobody_has_nobody(hotel, housekeeper):
    statement = Statement(of_number, int, str)
    make_room(hotel=hotel, number="1")
    make_room(hotel=hotel, number="2", status_by=housekeeper)

    assert statement.rows(hotel.pk, "1")[0].status_by is None
    assert statement.rows(hotel.pk, "2")[0].status_by.name == housekeeper.name


def test_days_and_lists_of_values_are_as_django_gives_them(hotel):
    statement = Statement(due, int, dt.date)
    room, today = make_room(hotel=hotel), hotel.business_date()
    make_booking(hotel=hotel, room=room, adults=2)
    make_booking(hotel=hotel, room=room, arrives=5, adults=4)

    for day in (today, today + dt.timedelta(days=9), today - dt.timedelta(days=1)):
        assert statement.rows(room.pk, day) == list(due(room.pk, day))


def test_moments_are_as_django_gives_them(hotel):
    statement = Statement(since, int, dt.datetime)
    room = make_room(hotel=hotel)

    for moment in (room.status_since, room.status_since + dt.timedelta(microseconds=1)):
        assert statement.rows(hotel.pk, moment) == list(since(hotel.pk, moment))


def test_an_instance_is_saved_as_any_other(hotel):
    room = make_room(hotel=hotel, number="1")
    found = Statement(of_number, int, str).rows(hotel.pk, "1")[0]
    found.floor = "7"
    found.save(update_fields=["floor"])

    room.refresh_from_db()
    assert room.floor == "7"


def test_a_row_is_inserted_and_updated_as_save_would(hotel, housekeeper):
    one, other = (
        Room(hotel=hotel, number=number, room_type=make_room_type(hotel=hotel)) for number in "12"
    )
    statements.insert(one)
    other.save()
    for room in (one, other):
        room.floor, room.status_by, room.last_cleaned_at = "3", housekeeper, timezone.now()
    names = ("floor", "status_by", "last_cleaned_at")
    statements.update(one, names)
    other.save(update_fields=names)

    differ = {"id", "number", "guest_pin", "status_since", "last_cleaned_at"}
    first, second = Room.objects.order_by("number").values()
    assert {k: v for k, v in first.items() if k not in differ} == {
        k: v for k, v in second.items() if k not in differ
    }
    stored = Room.objects.get(number="1")
    assert stored == one
    assert (stored.status_since, stored.last_cleaned_at) == (one.status_since, one.last_cleaned_at)


def test_nothing_is_emptied_by_an_update_of_nothing_else(hotel, housekeeper):
    room = make_room(hotel=hotel, floor="3", status_by=housekeeper)
    room.floor, room.status_by = "4", None
    statements.update(room, ("status_by",))

    stored = Room.objects.get()
    assert (stored.floor, stored.status_by) == ("3", None)
