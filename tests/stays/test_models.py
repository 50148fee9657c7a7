"""What must always hold about a stay is refused by the database as well."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from stays.models import Booking, RoomTypeInventory
from tests.factories import make_booking, make_hotel, make_room, make_room_type

B = BookingStatus
NOW = timezone.now()


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "GONE"},
        {"status": B.IN_HOUSE, "room": None},
        {"nights": -1},
        {"status": B.CONFIRMED, "checked_in_at": NOW},
        {"status": B.IN_HOUSE, "checked_in_at": None},
        {"status": B.COMPLETED, "checked_in_at": None},
        {"status": B.COMPLETED, "checked_out_at": None},
        {"status": B.IN_HOUSE, "checked_out_at": NOW},
        {"status": B.NO_SHOW, "checked_in_at": NOW},
    ],
)
def test_a_stay_that_contradicts_itself_is_refused(hotel, fields):
    room = make_room(hotel=hotel, status=RoomStatus.OCCUPIED)
    given = {"room": room, "room_type": room.room_type, **fields}

    with pytest.raises(IntegrityError), transaction.atomic():
        make_booking(hotel=hotel, **given)


@pytest.mark.parametrize("status", B)
def test_a_stay_that_does_not_is_kept(hotel, status):
    room = make_room(hotel=hotel, status=RoomStatus.OCCUPIED)

    assert make_booking(hotel=hotel, room=room, status=status, nights=0).status == status


def test_a_room_has_one_stay_in_house(hotel):
    room = make_room(hotel=hotel, status=RoomStatus.OCCUPIED)
    make_booking(hotel=hotel, room=room, status=B.COMPLETED)
    make_booking(hotel=hotel, room=room, status=B.IN_HOUSE)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_booking(hotel=hotel, room=room, status=B.IN_HOUSE)


def test_a_booking_id_is_given_once_in_a_hotel(hotel):
    make_booking(hotel=hotel, booking_id="B-1")
    make_booking(hotel=make_hotel(), booking_id="B-1")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_booking(hotel=hotel, booking_id="B-1")


def test_a_type_has_one_limit_for_a_night(hotel):
    night = {"room_type": make_room_type(hotel=hotel), "date": dt.date(2026, 3, 10)}
    RoomTypeInventory.objects.create(**night)

    with pytest.raises(IntegrityError), transaction.atomic():
        RoomTypeInventory.objects.create(**night, stop_sell=True)


# A stay from day 2 to day 4 of a month that holds its room; which other would need it too?
@pytest.mark.parametrize(
    ("check_in", "check_out", "clashes"),
    [
        (1, 2, False),
        (4, 5, False),
        (1, 3, True),
        (3, 5, True),
        (3, 4, True),
        (1, 6, True),
        (2, 2, False),
        (3, 3, True),
        (4, 4, False),
    ],
)
def test_two_stays_clash_where_they_need_a_room_at_the_same_time(
    hotel, check_in, check_out, clashes
):
    def day(number: int) -> dt.date:
        return dt.date(2026, 3, number)

    make_booking(hotel=hotel, check_in=day(2), check_out=day(4))

    found = Booking.objects.clashing(day(check_in), day(check_out))
    assert found.exists() is clashes


def test_a_day_use_clashes_with_another_on_its_day(hotel):
    room = make_room(hotel=hotel)
    day = make_booking(hotel=hotel, room=room, nights=0)

    assert list(Booking.objects.clashing(day.check_in, day.check_out)) == [day]


def test_the_desks_words_for_arrivals_and_departures(hotel):
    today = hotel.business_date()
    late = make_booking(hotel=hotel, arrives=-1, nights=2)
    due = make_booking(hotel=hotel)
    make_booking(hotel=hotel, arrives=1)
    rooms = [make_room(hotel=hotel, status=RoomStatus.OCCUPIED) for _ in range(3)]
    overdue, leaving, staying = (
        make_booking(hotel=hotel, room=room, status=B.IN_HOUSE, arrives=-3, nights=nights)
        for room, nights in zip(rooms, (2, 3, 4), strict=True)
    )

    assert set(hotel.bookings.due_in(today)) == {late, due}
    assert set(hotel.bookings.in_house()) == {overdue, leaving, staying}
    assert set(hotel.bookings.due_out(today)) == {overdue, leaving}
