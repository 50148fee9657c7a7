"""A program with a manager's token, and a hotel with rooms in every status."""

import pytest

from rooms.choices import Priority, RoomStatus
from rooms.models import Room
from tests.factories import make_hotel, make_room
from tests.portal.api.calling import Program

S = RoomStatus


@pytest.fixture
def program(manager) -> Program:
    return Program(manager)


@pytest.fixture
def house(hotel) -> list[Room]:
    """Two rooms in each status, maintenance also where it does not show, and one out of use."""
    rooms = [make_room(hotel=hotel, status=status) for status in S for _ in range(2)]
    rooms.append(make_room(hotel=hotel, status=S.OCCUPIED, priority=Priority.HIGH))
    rooms.append(make_room(hotel=hotel, status=S.OUT_OF_ORDER, priority=Priority.LOW))
    make_room(hotel=hotel, is_active=False)
    make_room(hotel=make_hotel())
    return rooms
