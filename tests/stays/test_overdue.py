"""Who should have left by now."""

import datetime as dt

import pytest

from stays import overdue
from stays.choices import BookingStatus
from stays.models import Booking
from tests.acting import departures
from tests.factories import make_hotel
from tests.stays.belongings import make_stay


class TestCheckoutNeeded:
    """The hotel's checkout is at 11:00 with 30 minutes' grace."""

    @pytest.fixture
    def stay(self, hotel) -> Booking:
        return make_stay(hotel=hotel, check_in=dt.date(2026, 3, 1), check_out=dt.date(2026, 3, 3))

    @pytest.mark.parametrize(
        ("day", "time", "minutes"),
        [
            (2, dt.time(23, 0), None),
            (3, dt.time(10, 59), None),
            (3, dt.time(11, 30), None),
            (3, dt.time(11, 31), 1),
            (3, dt.time(12, 30), 60),
            (4, dt.time(11, 30), 24 * 60),
        ],
    )
    def test_a_guest_is_overdue_once_the_grace_has_run_out(self, day, time, minutes, hotel, stay):
        at = hotel.moment(dt.date(2026, 3, day), time)

        found = [(late.booking, late.minutes) for late in overdue.checkout_needed(hotel, at)]

        assert found == ([(stay, minutes)] if minutes else [])

    def test_by_the_hotels_clock(self, hotel, stay):
        hotel.time_zone = "America/Los_Angeles"  # eight hours behind
        noon_in_greenwich = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)

        assert overdue.checkout_needed(hotel, noon_in_greenwich) == []
        (late,) = overdue.checkout_needed(hotel, noon_in_greenwich + dt.timedelta(hours=8))
        assert late.minutes == 30

    def test_by_the_hotels_own_hour_and_grace(self, hotel, stay):
        hotel.checkout_time, hotel.late_checkout_grace = dt.time(23, 50), 20
        midnight = hotel.moment(dt.date(2026, 3, 4), dt.time(0, 0))

        assert overdue.checkout_needed(hotel, midnight + dt.timedelta(minutes=10)) == []
        (late,) = overdue.checkout_needed(hotel, midnight + dt.timedelta(minutes=11))
        assert late.minutes == 1

    def test_day_use_is_due_on_its_day(self, hotel):
        day = dt.date(2026, 3, 3)
        stay = make_stay(hotel=hotel, check_in=day, check_out=day)

        (late,) = overdue.checkout_needed(hotel, hotel.moment(day, dt.time(20, 0)))

        assert late.booking == stay

    def test_the_longest_overdue_comes_first_and_nobody_else_is_there(self, hotel, clerk):
        short = make_stay(hotel=hotel, arrives=-3, nights=2)
        long = make_stay(hotel=hotel, arrives=-9, nights=2)
        make_stay(hotel=hotel, arrives=-1, nights=9)
        make_stay(hotel=hotel, arrives=-9, nights=1, status=BookingStatus.COMPLETED)
        make_stay(hotel=make_hotel(), arrives=-9, nights=1)

        assert [late.booking for late in overdue.checkout_needed(hotel)] == [long, short]

        departures.check_out(long, by=clerk)
        assert [late.booking for late in overdue.checkout_needed(hotel)] == [short]

    def test_it_asks_the_database_once_however_many_are_late(
        self, hotel, django_assert_num_queries
    ):
        for nights in range(1, 6):
            make_stay(hotel=hotel, arrives=-9, nights=nights)

        with django_assert_num_queries(1):
            rooms = [late.booking.room.room_type for late in overdue.checkout_needed(hotel)]

        assert len(rooms) == 5
