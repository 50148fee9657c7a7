"""The hotel's own days and hours, and its staff."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from hotel.choices import Role
from hotel.models import Hotel, Staff, name_of, validate_time_zone
from tests.factories import make_hotel, make_staff

# By the clock in UTC, each hotel's business date while its day turns at 03:00. Written by hand.
DATES = {
    # 14 hours ahead: its 10 March begins at 13:00 UTC on the 9th.
    "Pacific/Kiritimati": [("9 12:59", 9), ("9 13:00", 10), ("10 12:59", 10)],
    # 11 hours behind: its 10 March begins at 14:00 UTC on the 10th.
    "Pacific/Pago_Pago": [("10 13:59", 9), ("10 14:00", 10), ("11 13:59", 10)],
    "UTC": [("10 02:59", 9), ("10 03:00", 10), ("10 23:59", 10), ("11 00:30", 10)],
    "Europe/Berlin": [("10 01:59", 9), ("10 02:00", 10)],
    "Asia/Kathmandu": [("9 21:14", 9), ("9 21:15", 10)],
    "America/New_York": [("10 06:59", 9), ("10 07:00", 10)],
}


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("time_zone", "when", "day"),
    [(zone, when, day) for zone, rows in DATES.items() for when, day in rows],
)
def test_its_date_is_that_of_its_own_clock_and_turns_at_its_own_hour(time_zone, when, day):
    date, time = when.split()
    moment = utc(f"2026-03-{int(date):02} {time}")

    assert Hotel(time_zone=time_zone).business_date(moment) == dt.date(2026, 3, day)


@pytest.mark.parametrize("hour", [dt.time(0, 0), dt.time(3, 0), dt.time(11, 59)])
@pytest.mark.parametrize("time_zone", DATES)
def test_each_day_begins_when_the_day_before_ends(time_zone, hour):
    hotel = Hotel(time_zone=time_zone, day_turns_at=hour)
    for day in (dt.date(2026, 3, 10), dt.date(2026, 12, 31), dt.date(2028, 2, 29)):
        begins = hotel.day_begins(day)
        assert hotel.business_date(begins) == day
        assert hotel.business_date(begins - dt.timedelta(seconds=1)) == day - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("time_zone", "turns_at", "day", "hours"),
    [
        # The clock goes from 02:00 to 03:00, and from 03:00 back to 02:00.
        ("Europe/Berlin", "00:00", "2026-03-29", 23),
        ("Europe/Berlin", "00:00", "2026-10-25", 25),
        # With the turn at 03:00 it is the night before that is short or long.
        ("Europe/Berlin", "03:00", "2026-03-28", 23),
        ("Europe/Berlin", "03:00", "2026-10-24", 25),
        ("Europe/Berlin", "03:00", "2026-03-29", 24),
        # The turn falls into the hour that comes twice: the first one counts.
        ("Europe/Berlin", "02:30", "2026-10-24", 24),
        ("Europe/Berlin", "02:30", "2026-10-25", 25),
        # At midnight the clock goes to 01:00.
        ("Africa/Cairo", "00:00", "2026-04-24", 23),
    ],
)
def test_days_on_which_the_clock_changes(time_zone, turns_at, day, hours):
    hotel = Hotel(time_zone=time_zone, day_turns_at=dt.time.fromisoformat(turns_at))
    date = dt.date.fromisoformat(day)
    begins, ends = hotel.day_begins(date), hotel.day_begins(date + dt.timedelta(days=1))

    assert ends - begins == dt.timedelta(hours=hours)
    minutes = [begins + dt.timedelta(minutes=n) for n in range(hours * 60)]
    assert {hotel.business_date(minute) for minute in minutes} == {date}


@pytest.mark.parametrize("turns_at", ["00:00", "02:30", "03:00"])
@pytest.mark.parametrize("night", ["2026-03-28 20:00", "2026-10-24 20:00"])
def test_the_date_never_turns_back(night, turns_at):
    hotel = Hotel(time_zone="Europe/Berlin", day_turns_at=dt.time.fromisoformat(turns_at))
    dates = [hotel.business_date(utc(night) + dt.timedelta(minutes=n)) for n in range(12 * 60)]

    assert dates == sorted(dates)
    assert len(set(dates)) == 2


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("11:00", "2026-03-10 02:00"),
        ("03:00", "2026-03-09 18:00"),
        ("23:59", "2026-03-10 14:59"),
        # Before the turn: the night that follows.
        ("00:00", "2026-03-10 15:00"),
        ("02:59", "2026-03-10 17:59"),
    ],
)
def test_a_time_on_its_wall_is_a_moment_of_the_business_day(time, moment):
    hotel, day = Hotel(time_zone="Asia/Tokyo"), dt.date(2026, 3, 10)
    found = hotel.moment(day, dt.time.fromisoformat(time))

    assert found == utc(moment)
    assert hotel.business_date(found) == day


def test_checkout_is_not_in_the_night_after(hotel):
    hotel.day_turns_at, hotel.checkout_time = dt.time(6, 0), dt.time(5, 59)
    with pytest.raises(ValidationError, match="after the day has turned"):
        hotel.full_clean()

    hotel.checkout_time = dt.time(6, 0)
    hotel.full_clean()


@pytest.mark.parametrize(("turns_at", "right"), [("11:59", True), ("12:00", False)])
def test_the_day_turns_before_noon(hotel, turns_at, right):
    hotel.day_turns_at, hotel.checkout_time = dt.time.fromisoformat(turns_at), dt.time(13)
    if right:
        hotel.full_clean()
    else:
        with pytest.raises(ValidationError):
            hotel.full_clean()


def test_a_time_zone_is_one_that_exists():
    validate_time_zone("Europe/Lisbon")
    with pytest.raises(ValidationError, match="Example: Europe/Lisbon"):
        validate_time_zone("Lisbon")


def test_a_person_is_seen_by_full_name_or_by_user_name(housekeeper):
    assert housekeeper.name == str(housekeeper) == "Ana Silva"

    housekeeper.user.first_name = ""
    assert name_of(housekeeper.user) == housekeeper.user.username


def test_a_person_has_one_place_in_a_hotel_and_may_have_one_in_another(housekeeper):
    make_staff(hotel=make_hotel(), user=housekeeper.user)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_staff(hotel=housekeeper.hotel, user=housekeeper.user, role=Role.MANAGER)


def test_a_role_is_one_of_the_five(housekeeper):
    with pytest.raises(IntegrityError), transaction.atomic():
        Staff.objects.filter(pk=housekeeper.pk).update(role="PORTER")
