"""A page is of the person, and of the role, that it was made for."""

import pytest
from django.urls import reverse

from hotel.choices import Role
from hotel.models import Staff
from rooms.choices import RoomStatus
from tests.factories import make_room

START = ("room_action", ["grand", "101", "start-cleaning"])


@pytest.fixture
def room(hotel):
    return make_room(hotel=hotel, number="101", status=RoomStatus.CHECKOUT_DIRTY)


def viewer(staff: Staff) -> dict[str, str]:
    """Return what a page made for this person sends with all it asks."""
    return {"HX-Request": "true", "X-Viewer": f"{staff.pk} {staff.role}"}


def ask(client, method: str, headers: dict[str, str]):
    name, args = START
    return getattr(client, method)(reverse(name, args=args), headers=headers)


def test_a_tap_on_a_page_of_somebody_else_does_nothing_and_loads_it_anew(
    sign_in, room, housekeeper, manager
):
    response = ask(sign_in(housekeeper), "post", viewer(manager))

    assert response["HX-Refresh"] == "true"
    assert not room.events.exists()


def test_on_ones_own_page_it_does(sign_in, room, housekeeper):
    ask(sign_in(housekeeper), "post", viewer(housekeeper))

    assert room.events.get().actor == housekeeper


def test_a_page_of_an_earlier_role_is_loaded_anew(sign_in, room, housekeeper):
    headers = viewer(housekeeper)
    Staff.objects.filter(pk=housekeeper.pk).update(role=Role.SUPERVISOR)

    assert ask(sign_in(housekeeper), "get", headers)["HX-Refresh"] == "true"


def test_a_tap_on_it_is_judged_by_the_role_now(sign_in, room, housekeeper):
    headers = viewer(housekeeper)
    Staff.objects.filter(pk=housekeeper.pk).update(role=Role.FRONT_DESK)

    response = ask(sign_in(housekeeper), "post", headers)

    assert response.status_code == 403
    assert "you are front desk" in response.content.decode()


def test_a_new_role_is_another_page_at_once(sign_in, room, housekeeper):
    board = reverse("board", args=["grand"])
    client = sign_in(housekeeper)
    assert f"{housekeeper.pk} HOUSEKEEPER" in client.get(board).content.decode()

    Staff.objects.filter(pk=housekeeper.pk).update(role=Role.SUPERVISOR)

    assert f"{housekeeper.pk} SUPERVISOR" in client.get(board).content.decode()
