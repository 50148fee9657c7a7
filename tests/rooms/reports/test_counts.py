"""Rooms counted as they stand."""

import dataclasses
from collections import Counter

import pytest

from rooms.choices import WITH_RETURN_STATUS, Priority, RoomGroup, RoomStatus
from rooms.models import Room
from rooms.reports.counts import FloorRow, by_floor, counts, floor_order
from tests.factories import make_hotel, make_room


def test_counts_are_the_contracts_and_six_parts_add_up_to_the_total(hotel):
    for status in RoomStatus:
        make_room(hotel=hotel, status=status)
    make_room(hotel=hotel, status=RoomStatus.READY_FOR_GUEST)
    make_room(hotel=hotel, status=RoomStatus.AVAILABLE, is_active=False)
    make_room(hotel=make_hotel())

    found = dataclasses.asdict(counts(hotel))

    assert found == {
        "total_rooms": 9,
        "available_for_booking": 3,
        "occupied": 1,
        "needs_cleaning": 2,
        "needs_inspection": 1,
        "needs_maintenance": 1,
        "out_of_order": 1,
        "cleaning_in_progress": 1,
        "maintenance_by_priority": {"LOW": 0, "MED": 1, "HIGH": 0},
    }
    assert found["total_rooms"] == sum(list(found.values())[1:7])


@pytest.mark.parametrize("status", RoomStatus)
def test_available_for_booking_counts_exactly_the_bookable_rooms(hotel, status):
    make_room(hotel=hotel, status=status)
    make_room(hotel=hotel, status=status, is_active=status == RoomStatus.OCCUPIED)
    if status in (*WITH_RETURN_STATUS, RoomStatus.OCCUPIED):
        make_room(hotel=hotel, status=status, priority=Priority.LOW)

    bookable = Room.objects.filter(hotel=hotel).bookable().count()

    assert counts(hotel).available_for_booking == bookable


def test_every_open_maintenance_counts_by_its_priority_whoever_is_in_the_room(hotel):
    make_room(hotel=hotel, status=RoomStatus.OCCUPIED, priority=Priority.HIGH)
    make_room(hotel=hotel, status=RoomStatus.OUT_OF_ORDER, priority=Priority.HIGH)
    make_room(hotel=hotel, status=RoomStatus.MAINTENANCE_REQUIRED, priority=Priority.LOW)
    make_room(
        hotel=hotel,
        status=RoomStatus.MAINTENANCE_REQUIRED,
        priority=Priority.LOW,
        is_active=False,
    )

    found = counts(hotel)

    assert found.maintenance_by_priority == {"LOW": 1, "MED": 0, "HIGH": 2}
    assert found.needs_maintenance == 1


@pytest.mark.parametrize("rooms", [1, 30])
def test_rooms_are_counted_in_one_query(hotel, rooms, django_assert_num_queries):
    for n in range(rooms):
        make_room(hotel=hotel, floor=str(n % 4), status=list(RoomStatus)[n % 8])

    with django_assert_num_queries(1):
        counts(hotel)
    with django_assert_num_queries(1):
        by_floor(hotel)


def test_a_hotel_without_rooms_counts_nothing(hotel):
    assert counts(hotel).total_rooms == 0
    assert counts(hotel).maintenance_by_priority == {"LOW": 0, "MED": 0, "HIGH": 0}
    assert by_floor(hotel) == []


def test_a_floor_counts_its_rooms_in_the_boards_seven_groups(hotel):
    for status in RoomStatus:
        make_room(hotel=hotel, floor="1", status=status)
    make_room(hotel=hotel, floor="1", is_active=False)
    make_room(hotel=hotel, floor="2", status=RoomStatus.OCCUPIED)
    make_room(hotel=make_hotel(), floor="3")

    assert by_floor(hotel) == [
        FloorRow(
            floor="1",
            rooms_in=Counter([*RoomGroup, RoomGroup.READY]),
        ),
        FloorRow(floor="2", rooms_in=Counter({RoomGroup.OCCUPIED: 1})),
    ]
    assert [row.total for row in by_floor(hotel)] == [8, 1]


def test_floors_stand_in_their_natural_order_and_no_floor_is_last(hotel):
    for floor in ("", "10", "2", "B10", "-1", "B2", "Garden", "0"):
        make_room(hotel=hotel, floor=floor)

    floors = [row.floor for row in by_floor(hotel)]

    assert floors == ["-1", "0", "2", "10", "B2", "B10", "Garden", ""]
    assert sorted(["2-10", "2-9", "-", "A-1"], key=floor_order) == ["2-9", "2-10", "-", "A-1"]
