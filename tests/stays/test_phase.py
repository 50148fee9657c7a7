"""Where a stay stands: the table by hand, and everything that must agree with it.

The hotel stands in Lisbon (UTC in March). Its day turns at 03:00; checkout is at 11:00 with 30
minutes' grace; a day use leaves by 17:00.
"""

import datetime as dt
from itertools import product

import pytest

from hotel.choices import Role
from hotel.models import Hotel
from stays import rules
from stays.choices import BookingAction, BookingStatus, Phase
from stays.models import Booking
from stays.overdue import checkout_needed, departures, without_arrival
from stays.phase import is_late, leaves_at, minutes_overdue, phase, phase_on
from stays.readiness import readiness
from tests.factories import make_booking, make_room, make_staff

P = Phase
# By status: each moment of March 2026 at which something turns, and the phase from then on.
THREE_NIGHTS = {
    "CONFIRMED": {
        "9 23:59": P.TO_COME,
        "10 00:30": P.TO_COME,
        "10 02:59": P.TO_COME,
        "10 03:00": P.EXPECTED,
        "12 15:00": P.EXPECTED,
        "13 02:59": P.EXPECTED,
        "13 03:00": P.ENDED_WITHOUT_ARRIVAL,
        "14 12:00": P.ENDED_WITHOUT_ARRIVAL,
    },
    "IN_HOUSE": {
        "10 15:00": P.IN_HOUSE,
        "13 00:30": P.IN_HOUSE,
        "13 02:59": P.IN_HOUSE,
        "13 03:00": P.DUE_OUT,
        "13 11:00": P.DUE_OUT,
        "13 11:30": P.DUE_OUT,
        "13 11:31": P.OVERDUE,
        "14 00:30": P.OVERDUE,
        "14 02:59": P.OVERDUE,
        "14 03:00": P.OVERDUE,
        "20 12:00": P.OVERDUE,
    },
    "COMPLETED": {"12 12:00": P.COMPLETED, "20 12:00": P.COMPLETED},
    "CANCELLED": {"9 12:00": P.ENDED_WITHOUT_ARRIVAL, "11 12:00": P.ENDED_WITHOUT_ARRIVAL},
    "NO_SHOW": {"10 12:00": P.ENDED_WITHOUT_ARRIVAL, "20 12:00": P.ENDED_WITHOUT_ARRIVAL},
}
DAY_USE = {
    "CONFIRMED": {
        "10 02:59": P.TO_COME,
        "10 03:00": P.EXPECTED,
        "10 23:59": P.EXPECTED,
        "11 02:59": P.EXPECTED,
        "11 03:00": P.ENDED_WITHOUT_ARRIVAL,
    },
    "IN_HOUSE": {
        "10 03:00": P.DUE_OUT,
        "10 13:00": P.DUE_OUT,
        "10 17:30": P.DUE_OUT,
        "10 17:31": P.OVERDUE,
        "11 02:59": P.OVERDUE,
        "11 03:00": P.OVERDUE,
    },
    "COMPLETED": {"10 18:00": P.COMPLETED},
    "CANCELLED": {"10 12:00": P.ENDED_WITHOUT_ARRIVAL},
    "NO_SHOW": {"10 12:00": P.ENDED_WITHOUT_ARRIVAL},
}
ROWS = [
    pytest.param(nights, status, when, expected, id=f"{nights} nights, {status}, {when}")
    for nights, table in ((3, THREE_NIGHTS), (0, DAY_USE))
    for status, moments in table.items()
    for when, expected in moments.items()
]


def march(when: str) -> dt.datetime:
    return dt.datetime.strptime(f"2026-03-{when}", "%Y-%m-%d %H:%M").replace(tzinfo=dt.UTC)


def make(hotel: Hotel, status: str, nights: int) -> Booking:
    """Make the stay of the table: it arrives on 10 March."""
    arrival = dt.date(2026, 3, 10)
    room = make_room(hotel=hotel) if status in ("IN_HOUSE", "COMPLETED") else None
    return make_booking(
        hotel=hotel,
        room=room,
        status=BookingStatus(status),
        check_in=arrival,
        check_out=arrival + dt.timedelta(days=nights),
    )


def test_the_table_has_every_status_and_every_phase():
    for table in (THREE_NIGHTS, DAY_USE):
        assert set(table) == set(BookingStatus.values)
    assert {expected for moments in THREE_NIGHTS.values() for expected in moments.values()} == set(
        Phase
    )


@pytest.mark.parametrize(("nights", "status", "when", "expected"), ROWS)
def test_a_stay_stands_where_the_table_says(nights, status, when, expected, hotel):
    booking = make(hotel, status, nights)

    assert phase(booking, march(when)) is expected


@pytest.mark.parametrize(("nights", "status", "when", "expected"), ROWS)
def test_every_list_count_and_refusal_says_the_same(nights, status, when, expected, hotel):
    booking, at = make(hotel, status, nights), march(when)
    clerk = make_staff(hotel=hotel, role=Role.FRONT_DESK)
    today, stays = hotel.business_date(at), hotel.bookings

    assert stays.due_in(today).exists() is (expected is P.EXPECTED)
    assert stays.never_came(today).exists() is (
        status == "CONFIRMED" and expected is P.ENDED_WITHOUT_ARRIVAL
    )
    assert stays.in_house().exists() is (expected in (P.IN_HOUSE, P.DUE_OUT, P.OVERDUE))
    assert stays.due_out(today).exists() is (expected in (P.DUE_OUT, P.OVERDUE))
    assert bool(departures(hotel, at)) is (expected in (P.DUE_OUT, P.OVERDUE))
    assert bool(checkout_needed(hotel, at)) is (expected is P.OVERDUE)
    assert bool(without_arrival(hotel, at)) is stays.never_came(today).exists()
    found = readiness(hotel, at)
    assert bool(found.arrivals) is (expected is P.EXPECTED)
    assert sum(kind.expected for kind in found.types) == (expected is P.EXPECTED)
    assert bool(found.overdue) is (expected is P.OVERDUE)
    assert rules.may(clerk, BookingAction.CHECK_IN, booking, today) is (expected is P.EXPECTED)
    assert rules.may(clerk, BookingAction.NO_SHOW, booking, today) is (
        status == "CONFIRMED" and expected in (P.EXPECTED, P.ENDED_WITHOUT_ARRIVAL)
    )


def test_on_any_dates_the_querysets_and_the_function_agree(hotel):
    """Every status, length and arrival around a day, asked on that day and its neighbours."""
    day = dt.date(2026, 3, 10)
    made = [
        make_booking(
            hotel=hotel,
            room=make_room(hotel=hotel),
            status=BookingStatus(status),
            check_in=day + dt.timedelta(days=offset),
            check_out=day + dt.timedelta(days=offset + nights),
        )
        for status, offset, nights in product(BookingStatus.values, range(-3, 3), range(4))
    ]
    for today in (day - dt.timedelta(days=1), day, day + dt.timedelta(days=1)):
        stands = {booking: phase_on(booking, today) for booking in made}

        def among(*phases: Phase, stands: dict[Booking, Phase] = stands) -> set[Booking]:
            return {booking for booking, one in stands.items() if one in phases}

        over = among(P.ENDED_WITHOUT_ARRIVAL)
        assert set(hotel.bookings.due_in(today)) == among(P.EXPECTED)
        assert set(hotel.bookings.due_out(today)) == among(P.DUE_OUT, P.OVERDUE)
        assert set(hotel.bookings.in_house()) == among(P.IN_HOUSE, P.DUE_OUT, P.OVERDUE)
        assert set(hotel.bookings.never_came(today)) == {
            booking for booking in over if booking.status == BookingStatus.CONFIRMED
        }


@pytest.mark.parametrize(
    ("day", "late"), [(9, False), (10, False), (11, True), (12, True), (13, False), (14, False)]
)
def test_late_is_who_was_expected_on_an_earlier_day_and_still_may_come(day, late, hotel):
    assert is_late(make(hotel, "CONFIRMED", 3), dt.date(2026, 3, day)) is late


@pytest.mark.parametrize(
    ("when", "minutes"),
    [("13 11:30", 0), ("13 11:31", 1), ("13 12:30", 60), ("14 02:59", 929), ("14 11:30", 1440)],
)
def test_minutes_run_from_the_checkout_and_its_grace(when, minutes, hotel):
    assert minutes_overdue(make(hotel, "IN_HOUSE", 3), march(when)) == minutes


def test_the_longest_grace_ends_with_the_day(hotel):
    hotel.late_checkout_grace = 24 * 60
    booking = make(hotel, "IN_HOUSE", 3)

    assert phase(booking, march("14 02:59")) is P.DUE_OUT
    assert phase(booking, march("14 03:00")) is P.OVERDUE
    assert minutes_overdue(booking, march("14 04:00")) == 60


def test_a_day_use_of_the_night_leaves_in_the_night(hotel):
    hotel.day_use_until = dt.time(1, 0)

    assert leaves_at(make(hotel, "IN_HOUSE", 0)) == march("11 01:00")


@pytest.mark.parametrize(
    ("turns_at", "expected"), [("00:00", P.DUE_OUT), ("05:30", P.IN_HOUSE), ("03:00", P.DUE_OUT)]
)
def test_the_day_turns_at_the_hotels_own_hour(turns_at, expected, hotel):
    hotel.day_turns_at = dt.time.fromisoformat(turns_at)

    assert phase(make(hotel, "IN_HOUSE", 3), march("13 04:00")) is expected


@pytest.mark.parametrize("change_day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_days_of_23_and_25_hours_are_no_minute_off(change_day, hotel):
    """The clocks change in the night in which the guests leave; checkout is by the clock."""
    room = make_room(hotel=hotel)
    before = change_day - dt.timedelta(days=1)
    booking = make_booking(
        hotel=hotel,
        room=room,
        status=BookingStatus.IN_HOUSE,
        check_in=before,
        check_out=change_day,
    )
    local = dt.datetime.combine(change_day, dt.time(12, 30), tzinfo=hotel.tz)

    assert minutes_overdue(booking, local.astimezone(dt.UTC)) == 60
    hour_of_the_turn = dt.datetime.combine(change_day, dt.time(3, 0), tzinfo=hotel.tz)
    begins = hour_of_the_turn.astimezone(dt.UTC)
    assert phase(booking, begins) is P.DUE_OUT
    assert phase(booking, begins - dt.timedelta(minutes=1)) is P.IN_HOUSE
