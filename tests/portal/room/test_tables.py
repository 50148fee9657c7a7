"""The columns of the room list: how they sort and what a CSV gets."""

import pytest

from rooms.choices import RoomStatus
from tests.factories import make_room
from tests.portal.lists import numbers, table

S = RoomStatus


SORTS = [
    ("", ["9", "10", "21", "102"]),
    ("?sort=number", ["9", "10", "21", "102"]),
    ("?sort=-number", ["102", "21", "10", "9"]),
    ("?sort=floor", ["9", "10", "21", "102"]),
    ("?sort=-floor", ["102", "21", "10", "9"]),
    ("?sort=room_type", ["10", "21", "102", "9"]),
    ("?sort=maintenance_priority", ["21", "102", "9", "10"]),
    ("?sort=-maintenance_priority", ["9", "10", "102", "21"]),
    ("?sort=room_status", ["10", "9", "21", "102"]),
    ("?sort=remarks", ["9", "10", "21", "102"]),
    ("?sort=nonsense", ["9", "10", "21", "102"]),
]


@pytest.mark.parametrize(("query", "expected"), SORTS)
def test_the_rooms_are_sorted_as_a_person_would(house, get_list, query, expected):
    assert numbers(get_list("rooms", query)) == expected


def test_a_basement_stays_a_number_in_the_csv(hotel, get_list):
    make_room(hotel=hotel, floor="-1")

    assert table(get_list("rooms", "?export=csv"))[1][1] == "-1"
