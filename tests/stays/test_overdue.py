"""Who should have left by now."""

import datetime as dt

import pytest

from stays import overdue
from stays.choices import BookingStatus
from stays.models import Booking
from tests.acting import bookings, departures
from tests.factories import make_booking, make_hotel
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
        midnight = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)

        assert overdue.checkout_needed(hotel, midnight + dt.timedelta(minutes=10)) == []
        (late,) = overdue.checkout_needed(hotel, midnight + dt.timedelta(minutes=11))
        assert late.minutes == 1

    @pytest.mark.parametrize(
        ("time", "minutes"), [("13:00", None), ("17:30", None), ("17:31", 1), ("20:00", 150)]
    )
    def test_day_use_leaves_by_its_own_hour(self, time, minutes, hotel):
        """Checked in at 13:00, it was 90 minutes overdue by the checkout of the nights."""
        day = dt.date(2026, 3, 3)
        make_stay(hotel=hotel, check_in=day, check_out=day)

        found = overdue.checkout_needed(hotel, hotel.moment(day, dt.time.fromisoformat(time)))

        assert [late.minutes for late in found] == ([minutes] if minutes else [])

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


class TestDepartures:
    def test_who_should_have_left_comes_first_and_whoever_is_in_time_by_arrival(self, hotel):
        at = hotel.moment(hotel.business_date(), dt.time(12, 0))
        day_use = make_stay(hotel=hotel, arrives=0, nights=0)
        today = make_stay(hotel=hotel, arrives=-2, nights=2)
        days_ago = make_stay(hotel=hotel, arrives=-9, nights=2)
        make_stay(hotel=hotel, arrives=-1, nights=2)

        found = overdue.departures(hotel, at)

        assert [one.booking for one in found] == [days_ago, today, day_use]
        assert [(one.is_overdue, one.stayed_on) for one in found] == [
            (True, True),
            (True, False),
            (False, False),
        ]

    def test_one_night_more_is_the_night_that_begins_today(self, hotel):
        make_stay(hotel=hotel, arrives=-9, nights=2)
        make_stay(hotel=hotel, arrives=-2, nights=2)

        tomorrow = hotel.business_date() + dt.timedelta(days=1)
        assert [one.one_night_more for one in overdue.departures(hotel)] == [tomorrow, tomorrow]


class TestWithoutArrival:
    def test_confirmed_and_over_or_called_a_no_show_since_yesterday(self, hotel, clerk):
        over = make_booking(hotel=hotel, arrives=-3, nights=2)
        missed = make_booking(hotel=hotel, arrives=0)
        bookings.no_show(missed, by=clerk)
        make_booking(hotel=hotel, arrives=-1, nights=3)
        make_booking(hotel=hotel, arrives=-3, nights=1, status=BookingStatus.CANCELLED)
        make_booking(hotel=make_hotel(), arrives=-3, nights=1)

        assert overdue.without_arrival(hotel) == [missed, over]

    def test_a_no_show_is_forgotten_when_yesterday_is_over(self, hotel, clerk):
        missed = make_booking(hotel=hotel, arrives=0)
        bookings.no_show(missed, by=clerk)
        today = hotel.business_date()

        def on(days: int) -> list[Booking]:
            day = today + dt.timedelta(days=days)
            return overdue.without_arrival(hotel, hotel.moment(day, dt.time(12, 0)))

        assert (on(1), on(2)) == ([missed], [])
