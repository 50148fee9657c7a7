"""What holds for every import: bad lines, repeated ids, strict."""

import pytest

from portal.imports.lines import read
from portal.imports.records import BadLines
from portal.imports.rooms import import_rooms
from tests.portal.importing import reasons


def test_a_booking_id_that_comes_twice_is_bad_the_second_time(hotel, add_stays):
    result = add_stays({"adults": "1"}, {"adults": "2"})

    assert reasons(result) == ["line 3: R-1 is already on line 2"]
    assert hotel.bookings.get().adults == 1


def test_strict_tells_all_bad_lines_and_writes_nothing(hotel, add_stays):
    with pytest.raises(BadLines) as caught:
        add_stays({"booking_id": "R-8"}, {"adults": "x"}, {"status": "LOST"}, strict=True)

    assert [bad.number for bad in caught.value.bad] == [3, 4]
    assert not hotel.bookings.exists()
    assert not hotel.room_types.exists()
    assert not hotel.events.exists()


def add_rooms_from(hotel, path, **given):
    return import_rooms(hotel, read(path, ("number", "room_type")), **given)


def test_strict_rooms_are_all_or_none(hotel, rooms_file):
    with pytest.raises(BadLines):
        add_rooms_from(hotel, rooms_file("number,room_type\n101,D\n102,\n"), strict=True)

    assert not hotel.rooms.exists()
    assert not hotel.room_types.exists()
