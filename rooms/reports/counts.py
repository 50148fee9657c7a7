"""The active rooms as they stand now, counted for the house and floor by floor."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count

from hotel.models import Hotel
from rooms.choices import GROUP_OF, Priority, RoomGroup, RoomStatus
from rooms.models import Room


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The active rooms now: the answer of the API's housekeeping/stats, field for field.

    The six from `available_for_booking` to `out_of_order` add up to `total_rooms`; those being
    cleaned are in `needs_cleaning`. `maintenance_by_priority` counts every open maintenance, also
    that of a room occupied or out of order, so it may exceed `needs_maintenance`.
    """

    total_rooms: int
    available_for_booking: int
    occupied: int
    needs_cleaning: int
    needs_inspection: int
    needs_maintenance: int
    out_of_order: int
    cleaning_in_progress: int
    maintenance_by_priority: dict[str, int]


def counts(hotel: Hotel) -> Counts:
    """Count the hotel's active rooms, in one query, so that the parts agree with the total."""
    rooms_in: Counter[RoomGroup] = Counter()
    by_priority = dict.fromkeys(Priority.values, 0)
    rooms = Room.objects.filter(hotel=hotel).active().order_by()
    for status, priority, count in rooms.values_list(
        "room_status", "maintenance_priority"
    ).annotate(Count("pk")):
        rooms_in[GROUP_OF[RoomStatus(status)]] += count
        if priority:
            by_priority[priority] += count
    return Counts(
        total_rooms=rooms_in.total(),
        # Room's constraints leave no ready status to a room under maintenance or out of order:
        # this is Room.objects.bookable().
        available_for_booking=rooms_in[RoomGroup.READY],
        occupied=rooms_in[RoomGroup.OCCUPIED],
        needs_cleaning=rooms_in[RoomGroup.DIRTY] + rooms_in[RoomGroup.CLEANING],
        needs_inspection=rooms_in[RoomGroup.INSPECTION],
        needs_maintenance=rooms_in[RoomGroup.MAINTENANCE],
        out_of_order=rooms_in[RoomGroup.OUT_OF_ORDER],
        cleaning_in_progress=rooms_in[RoomGroup.CLEANING],
        maintenance_by_priority=by_priority,
    )


@dataclass(frozen=True, kw_only=True)
class FloorRow:
    """A floor's active rooms, counted by group; a group without rooms counts 0."""

    floor: str
    rooms_in: Counter[RoomGroup]

    @property
    def total(self) -> int:
        """All active rooms of the floor."""
        return self.rooms_in.total()


def by_floor(hotel: Hotel) -> list[FloorRow]:
    """Count the hotel's active rooms floor by floor, in one query, in `floor_order`."""
    floors: defaultdict[str, Counter[RoomGroup]] = defaultdict(Counter)
    rooms = Room.objects.filter(hotel=hotel).active().order_by()
    for floor, status, count in rooms.values_list("floor", "room_status").annotate(Count("pk")):
        floors[floor][GROUP_OF[RoomStatus(status)]] += count
    return [
        FloorRow(floor=floor, rooms_in=floors[floor]) for floor in sorted(floors, key=floor_order)
    ]


def floor_order(floor: str) -> tuple[bool, list[tuple[int, int, str]], str]:
    """Return a floor's sort key: -1, 2, 10, then names (B2 before B10), and no floor last."""
    parts = [
        (0, int(part), "") if part.lstrip("-").isdecimal() else (1, 0, part.casefold())
        for part in re.findall(r"^-?\d+|\d+|\D+", floor)
    ]
    return not floor, parts, floor
