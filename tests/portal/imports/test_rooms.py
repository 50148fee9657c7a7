"""Rooms from CSV: what is written, what the log says, which lines are bad."""

import pytest

from portal.imports.lines import read
from portal.imports.rooms import import_rooms
from rooms.choices import LogAction, RoomStatus, Source
from rooms.models import RoomEvent
from tests.factories import make_room
from tests.portal.importing import reasons


def add_rooms_from(hotel, path, **given):
    return import_rooms(hotel, read(path, ("number", "room_type")), **given)


def test_rooms_get_their_initial_status_from_their_flags(hotel, rooms_file):
    path = rooms_file(
        "number,room_type,floor,section,is_active,is_occupied,is_out_of_order\n"
        "101,D,1,1A,true,false,false\n"
        "102,D,1,1A,yes,YES,no\n"
        "103,D,1,1B,1,0,1\n"
        "104,D,,,false,,\n"
    )
    result = add_rooms_from(hotel, path)

    found = {room.number: room for room in hotel.rooms.all()}
    assert result.added == 4
    assert {number: room.room_status for number, room in found.items()} == {
        "101": RoomStatus.AVAILABLE,
        "102": RoomStatus.OCCUPIED,
        "103": RoomStatus.OUT_OF_ORDER,
        "104": RoomStatus.AVAILABLE,
    }
    assert found["103"].return_status == RoomStatus.AVAILABLE
    assert found["103"].out_of_order_from == hotel.business_date()
    assert (found["101"].floor, found["101"].section) == ("1", "1A")
    assert not found["104"].is_active


def test_every_imported_room_is_in_the_log(hotel, rooms_file):
    add_rooms_from(hotel, rooms_file("number,room_type\n101,D\n102,D\n"))

    assert list(hotel.events.order_by("seq").values_list("seq", "action", "source")) == [
        (1, LogAction.ROOM_ADDED, Source.IMPORT),
        (2, LogAction.ROOM_ADDED, Source.IMPORT),
    ]


def test_a_missing_room_type_is_created_as_its_first_line_says(hotel, rooms_file):
    path = rooms_file(
        "number,room_type,room_type_name,departure_minutes,stayover_minutes\n"
        "101,D,Double,35,17\n"
        "102,D,Other,99,\n"
        "103,S,,,\n"
    )
    result = add_rooms_from(hotel, path)

    double, single = hotel.room_types.all()
    assert result.new_types == ["D", "S"]
    assert (double.name, double.departure_minutes, double.stayover_minutes) == ("Double", 35, 17)
    assert (single.name, single.departure_minutes, single.stayover_minutes) == ("Type S", 30, 15)


def test_a_room_that_is_there_is_left_as_it_is(hotel, rooms_file):
    room = make_room(hotel=hotel, number="101", floor="7")
    seq = RoomEvent.objects.count()
    result = add_rooms_from(hotel, rooms_file("number,room_type,floor\n101,X,1\n"))

    room.refresh_from_db()
    assert (result.added, result.already, result.new_types) == (0, 1, [])
    assert room.floor == "7"
    assert RoomEvent.objects.count() == seq


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",D,1,no,no,no,30", "number: missing"),
        ("10 1,D,1,no,no,no,30", "number: “10 1”: Use letters, digits, dots, dashes."),
        ("12345678901,D,1,no,no,no,30", "number: 11 characters, at most 10"),
        ("102,,1,no,no,no,30", "room_type: missing"),
        ("102,D,1,maybe,no,no,30", "is_active: “maybe” is neither yes nor no"),
        (
            "102,D,1,yes,yes,yes,30",
            "is_out_of_order: an occupied room cannot be out of order",
        ),
        ("102,D,1,no,yes,no,30", "is_active: a room that is not in use cannot be occupied"),
        ("102,D,1,yes,no,no,0", "departure_minutes: 0 is not between 1 and 1440"),
        ("101,D,1,yes,no,no,30", "101 is already on line 2"),
    ],
)
def test_a_bad_room_is_told_and_the_others_are_imported(hotel, rooms_file, line, reason):
    head = "number,room_type,floor,is_active,is_occupied,is_out_of_order,departure_minutes\n"
    result = add_rooms_from(
        hotel, rooms_file(f"{head}101,D,1,yes,no,no,30\n{line}\n109,D,1,yes,no,no,30\n")
    )

    assert reasons(result) == [f"line 3: {reason}"]
    assert set(hotel.rooms.values_list("number", flat=True)) == {"101", "109"}
