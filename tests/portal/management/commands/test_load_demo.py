"""The command that loads the demo hotels."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from hotel.choices import Role
from hotel.models import Hotel, Staff
from rooms.models import RoomEvent
from simulation import demo

pytestmark = pytest.mark.slow


def test_the_commands_load_the_demo_once_and_tell_its_users(db, capsys):
    call_command("load_demo", if_empty=True)

    told = capsys.readouterr().out
    for who in demo.PEOPLE:
        assert f"  {who.role.label:<11}  {who.username}" in told
    assert demo.PASSWORD in told
    mia = get_user_model().objects.get(username="mia")
    assert mia.check_password(demo.PASSWORD)
    assert {staff.hotel.slug for staff in mia.staff.all()} == {"seaside", "harbour"}
    assert {staff.role for staff in Staff.objects.all()} == set(Role)

    seq = RoomEvent.objects.count()
    call_command("load_demo", if_empty=True)
    assert "Creating" not in (again := capsys.readouterr().out)
    assert again == told[told.index("Demo users") :]
    assert RoomEvent.objects.count() == seq
    with pytest.raises(CommandError, match="exist already: harbour, seaside"):
        call_command("load_demo")


def test_a_hotel_of_ones_own_is_left_alone(hotel, capsys):
    call_command("load_demo", if_empty=True)

    assert capsys.readouterr().out == ""
    assert Hotel.objects.get() == hotel
