"""Who works in a replay."""

import pytest
from django.contrib.auth import get_user_model

from hotel.choices import Role
from hotel.models import Staff
from rooms.choices import Action
from tests.factories import make_staff
from tests.simulation.playing import events, make_rooms, past_stay, play

pytestmark = pytest.mark.slow


def test_a_hotel_without_staff_gets_some_who_cannot_sign_in(hotel):
    make_rooms(hotel, 30)
    past_stay(hotel, 1, 2)
    play(hotel)

    roles = list(hotel.staff.values_list("role", flat=True))
    assert {role: roles.count(role) for role in Role} == {
        Role.HOUSEKEEPER: 2,
        Role.SUPERVISOR: 1,
        Role.MAINTENANCE: 1,
        Role.FRONT_DESK: 1,
        Role.MANAGER: 0,
    }
    assert not any(user.has_usable_password() for user in get_user_model().objects.all())

    play(hotel)
    assert hotel.staff.count() == len(roles)


def test_the_hotels_own_staff_do_the_work(hotel, staff):
    make_rooms(hotel, 3)
    past_stay(hotel, 1, 2)
    play(hotel)

    assert Staff.objects.count() == len(staff)
    assert {event.actor for event in hotel.events.all()} <= set(staff.values())


def test_as_many_work_as_are_asked_for(hotel):
    for _ in range(3):
        make_staff(hotel=hotel, role=Role.HOUSEKEEPER)
    make_rooms(hotel, 6)
    for _ in range(6):
        past_stay(hotel, 0, 1)
    play(hotel, attendants=2, inspectors=2)

    assert len({event.actor_id for event in events(hotel, Action.START_CLEANING)}) == 2
    assert hotel.staff.filter(role=Role.HOUSEKEEPER).count() == 3
    assert hotel.staff.filter(role=Role.SUPERVISOR).count() == 2
