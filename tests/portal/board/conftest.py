"""A house of all kinds of rooms, and the board as a manager sees it."""

import pytest

from rooms.choices import Priority, RoomStatus
from tests.factories import make_room, make_room_type
from tests.portal.reading import address, read

S = RoomStatus


@pytest.fixture
def see(sign_in, manager):
    """Return the board as a manager sees it; `query` is what stands in the URL."""
    client = sign_in(manager)

    def see(query="", **extra):
        response = client.get(address("board", manager.hotel) + query, **extra)
        assert response.status_code == 200
        return read(response)

    return see


@pytest.fixture
def house(hotel):
    """Rooms that differ in everything that can be filtered by."""
    suite = make_room_type(hotel=hotel, code="SUI")
    make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
    make_room(hotel=hotel, number="102", status=S.READY_FOR_GUEST, room_type=suite)
    make_room(hotel=hotel, number="201", floor="2", housekeeping_notes="Extra Bed, 50% off")
    make_room(hotel=hotel, number="210", floor="2", status=S.OCCUPIED, room_type=suite)
    make_room(hotel=hotel, number="1010", floor="10", status=S.OCCUPIED, priority=Priority.HIGH)
    make_room(
        hotel=hotel,
        number="1011",
        floor="10",
        status=S.MAINTENANCE_REQUIRED,
        maintenance_notes="the bed squeaks",
        priority=Priority.LOW,
    )
    make_room(
        hotel=hotel, number="B1", floor="", status=S.OUT_OF_ORDER, out_of_order_reason="bed gone"
    )
