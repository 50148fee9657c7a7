"""The buttons of a booking."""

import pytest

from rooms.choices import RoomStatus
from tests.factories import make_booking, make_room
from tests.portal.reading import Node, address, read

S = RoomStatus


@pytest.fixture
def desk(sign_in, clerk):
    """The browser at the front desk."""
    return sign_in(clerk)


@pytest.fixture
def arrivals(desk, hotel):
    return lambda: read(desk.get(address("arrivals", hotel)))


def row_of(page: Node, booking) -> Node:
    return page.one("li", id=f"booking-{booking.booking_id}")


def acts(page: Node, booking) -> dict[str, bool]:
    """Return an arrival's buttons: whether one tap does it."""
    return {
        link.text: "hx-post" in link for link in row_of(page, booking).one(cls="row-acts").all("a")
    }


def test_a_guest_whose_room_is_ready_is_checked_in_with_one_tap(hotel, arrivals):
    booking = make_booking(hotel=hotel, room=make_room(hotel=hotel))

    assert acts(arrivals(), booking) == {
        "Check in": True,
        "Check in to another room…": False,
        "Assign room…": False,
        "Change stay…": False,
        "Swap rooms…": False,
        "Take back the room": True,
        "Share a room…": False,
        "No-show…": False,
        "Cancel…": False,
    }


@pytest.mark.parametrize("status", [None, S.CHECKOUT_DIRTY])
def test_a_guest_whose_room_is_not_ready_is_asked_about(hotel, arrivals, status):
    room = make_room(hotel=hotel, status=status) if status else None
    booking = make_booking(hotel=hotel, room=room)

    with_a_room = {"Swap rooms…": False, "Take back the room": True} if room else {}
    assert acts(arrivals(), booking) == {
        "Check in…": False,
        "Assign room…": False,
        "Change stay…": False,
        **with_a_room,
        "Share a room…": False,
        "No-show…": False,
        "Cancel…": False,
    }
