"""Guests who stand at the desk without a booking."""

import datetime as dt

import pytest

from hotel.exceptions import (
    NoAvailability,
    NotAllowed,
    NotBookable,
    ReadyroomError,
    RoomTaken,
    StaleVersion,
)
from rooms.choices import Action, LogAction, RoomStatus
from stays.choices import BookingStatus
from stays.models import Booking
from tests.acting import arrivals, bookings
from tests.factories import make_booking, make_hotel, make_room

S = RoomStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


class TestWalkIn:
    def test_whoever_stands_at_the_desk_is_booked_and_in(self, hotel, clerk, today):
        room = make_room(hotel=hotel)

        booking = arrivals.walk_in(
            room,
            check_out=today + 2 * DAY,
            guest_name="Ada Lovelace",
            adults=2,
            by=clerk,
            expected_version=1,
        )

        stored = Booking.objects.get()
        assert stored == booking
        assert (stored.status, stored.room) == (BookingStatus.IN_HOUSE, room)
        assert (stored.check_in, stored.check_out) == (today, today + 2 * DAY)
        assert (stored.adults, stored.guests.get().name) == (2, "Ada Lovelace")
        actions = hotel.events.order_by("seq").values_list("action", flat=True)
        assert list(actions) == [LogAction.BOOKING_CREATED, Action.CHECK_IN]

    @pytest.mark.parametrize(
        ("status", "kept_for_another", "version", "error"),
        [
            (S.CHECKOUT_DIRTY, False, None, NoAvailability),
            (S.READY_FOR_GUEST, True, None, RoomTaken),
            (S.READY_FOR_GUEST, False, 7, StaleVersion),
        ],
    )
    def test_where_the_room_cannot_be_given_there_is_no_booking_either(
        self, status, kept_for_another, version, error, hotel, clerk, today
    ):
        room = make_room(hotel=hotel, status=status)
        if kept_for_another:
            make_room(hotel=hotel)
            make_booking(hotel=hotel, room=room)
        before = Booking.objects.count()

        with pytest.raises(error):
            arrivals.walk_in(
                room,
                check_out=today + DAY,
                guest_name="Ada",
                by=clerk,
                expected_version=version,
            )

        assert Booking.objects.count() == before
        assert not hotel.events.exists()
        hotel.refresh_from_db()
        assert hotel.last_seq == 0

    def test_a_dirty_room_is_not_given_though_the_type_has_another(self, hotel, clerk, today):
        dirty = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        make_room(hotel=hotel)

        with pytest.raises(NotBookable):
            arrivals.walk_in(dirty, check_out=today + DAY, guest_name="Ada", by=clerk)

        assert not Booking.objects.exists()

    def test_a_room_of_another_hotel_is_not_given(self, hotel, clerk, today):
        elsewhere = make_room(hotel=make_hotel())

        with pytest.raises(NotAllowed):
            arrivals.walk_in(elsewhere, check_out=today + DAY, guest_name="Ada", by=clerk)

        assert not Booking.objects.exists()

    def test_a_room_promised_by_type_is_not_given_to_a_walk_in(self, hotel, clerk, today):
        room = make_room(hotel=hotel)
        make_booking(hotel=hotel)

        with pytest.raises(NoAvailability):
            arrivals.walk_in(room, check_out=today + DAY, guest_name="Ada", by=clerk)

    def test_an_arrival_does_not_wait_for_a_booking_that_ends_first(self, hotel, clerk):
        room = make_room(hotel=hotel)
        later = make_booking(hotel=hotel, room=room, arrives=1)
        booking = make_booking(hotel=hotel, nights=1)

        arrivals.check_in(booking, room, by=clerk)

        with pytest.raises(ReadyroomError):
            arrivals.check_in(later, by=clerk)
        bookings.cancel(later, by=clerk)
        assert room.bookings.get() == booking
