"""The hotel's own days and hours, and its staff."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from hotel.choices import Role
from hotel.models import Hotel, Staff, name_of, validate_time_zone
from tests.factories import make_hotel, make_staff

AFTER_MIDNIGHT = dt.datetime(2026, 3, 9, 23, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("time_zone", "day"), [("UTC", 9), ("Europe/Berlin", 10), ("America/New_York", 9)]
)
def test_its_date_is_that_of_its_own_clock(time_zone, day):
    assert Hotel(time_zone=time_zone).business_date(AFTER_MIDNIGHT) == dt.date(2026, 3, day)


def test_a_time_on_its_wall_is_a_moment():
    moment = Hotel(time_zone="Asia/Tokyo").moment(dt.date(2026, 3, 10), dt.time(11, 0))

    assert moment == dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)


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
