"""Rooms that a list sorts and narrows."""

import pytest

from rooms.choices import RoomStatus
from tests.factories import make_hotel, make_room, make_room_type

S = RoomStatus


@pytest.fixture
def house(hotel):
    suite = make_room_type(hotel=hotel, code="SUI")
    make_room(hotel=hotel, number="10", floor="1", status=S.CHECKOUT_DIRTY)
    make_room(hotel=hotel, number="9", floor="1", status=S.OCCUPIED, room_type=suite)
    # Clean beneath their faults, so that every role sees them in maintenance.
    broken = {"status": S.MAINTENANCE_REQUIRED, "return_status": S.READY_FOR_GUEST}
    make_room(hotel=hotel, number="102", floor="10", priority="LOW", **broken)
    make_room(hotel=hotel, number="21", floor="2", priority="HIGH", **broken)
    make_room(hotel=hotel, number="UNUSED", is_active=False)
    make_room(hotel=make_hotel(), number="THEIRS")
