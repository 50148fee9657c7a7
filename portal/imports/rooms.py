"""Import a hotel's rooms from another system's file.

Rooms that the hotel already has are left unchanged, so the same file can be imported again.
"""

from collections.abc import Iterable

from django.db import transaction

from hotel.models import Hotel
from portal.imports.lines import BadValue, Line
from portal.imports.records import Imported, add_types, new_type, only_new, parse_lines
from rooms import log
from rooms.change import Change
from rooms.choices import Source
from rooms.models import Room, RoomType
from rooms.setup import add_rooms

ROOM_COLUMNS = ("number", "room_type")
# Minutes.
LONGEST_CLEAN = 24 * 60


def import_rooms(hotel: Hotel, lines: Iterable[Line], *, strict: bool = False) -> Imported:
    """Add the rooms in the lines, and the room types that the hotel lacks.

    A room's flags decide its initial status. The first line that names a new room type sets that
    type's name and minutes. Raises BadLines if `strict` and a line is bad. On any error nothing is
    written.
    """
    result = Imported()
    parsed = parse_lines(lines, lambda line: _parse_room(hotel, line), result, strict)
    with transaction.atomic():
        # The lock makes a second import wait for the first.
        known = log.lock(hotel).rooms.values_list("number", flat=True)
        new = only_new(parsed, set(known), result)
        types = add_types(hotel, [room_type for _, room_type in new.values()], result)
        for room, room_type in new.values():
            room.room_type = types[room_type.code]
        add_rooms([room for room, _ in new.values()], Change(by=None, source=Source.IMPORT))
    return result


def _parse_room(hotel: Hotel, line: Line) -> tuple[str, tuple[Room, RoomType]]:
    room = Room(
        hotel=hotel,
        number=line.code("number", 10, required=True),
        floor=line.text("floor", 10),
        section=line.text("section", 20),
        is_active=line.flag("is_active", default=True),
        is_occupied=line.flag("is_occupied", default=False),
        is_out_of_order=line.flag("is_out_of_order", default=False),
    )
    if room.is_occupied and room.is_out_of_order:
        raise BadValue("is_out_of_order: an occupied room cannot be out of order")
    if room.is_occupied and not room.is_active:
        raise BadValue("is_active: a room that is not in use cannot be occupied")
    room_type = new_type(hotel, line.code("room_type", 20, required=True))
    room_type.name = line.text("room_type_name", 100) or room_type.name
    for minutes in ("departure_minutes", "stayover_minutes"):
        setattr(
            room_type,
            minutes,
            line.number_of(minutes, 1, LONGEST_CLEAN, getattr(room_type, minutes)),
        )
    return room.number, (room, room_type)
