"""A hotel with three busy days."""

import pytest

from tests.factories import make_room_type
from tests.simulation.playing import make_rooms, past_stay


@pytest.fixture
def busy(hotel):
    """Three days with 12 rooms of two types and 26 stays of every kind."""
    make_rooms(hotel, 8)
    make_rooms(hotel, 4, "S")
    single = make_room_type(hotel=hotel, code="S")
    stays = [past_stay(hotel, 1 - n % 4, 2 + n % 2) for n in range(1, 6)]
    stays += [past_stay(hotel, 0, 1, room_type=single) for _ in range(4)]
    stays += [past_stay(hotel, 1, 2, room_type=single) for _ in range(4)]
    stays += [past_stay(hotel, 1, 1), past_stay(hotel, 2, 2)]
    stays += [past_stay(hotel, 3, 6) for _ in range(6)]
    stays += [past_stay(hotel, 2, 9, left=2), past_stay(hotel, 2, 9, left=3)]
    stays += [past_stay(hotel, 2, 3, room_type=single, left=5)]
    stays += [past_stay(hotel, 2, 3, room_type=single) for _ in range(2)]
    return stays
