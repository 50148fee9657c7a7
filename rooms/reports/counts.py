"""Counts of the active rooms by status, for the whole hotel and for each floor."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count

from hotel.models import Hotel
from rooms.choices import GROUP_OF, Priority, RoomGroup, RoomStatus
from rooms.models import Room


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Counts of the active rooms now. The API's housekeeping/stats returns the same fields.

    The six fields from `available_for_booking` to `out_of_order` add up to `total_rooms`.
    `needs_cleaning` includes the rooms being cleaned. `maintenance_by_priority` counts all open
    maintenance, including occupied and out-of-order rooms, so its sum may exceed
    `needs_maintenance`.
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
    """Count the hotel's active rooms, in one query so that the parts add up to the total."""
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
        # The same as Room.objects.bookable(): Room's constraints allow no ready status for a room
        # with open maintenance or out of order.
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
    """Count each floor's active rooms, in one query, sorted by `floor_order`."""
    floors: defaultdict[str, Counter[RoomGroup]] = defaultdict(Counter)
    rooms = Room.objects.filter(hotel=hotel).active().order_by()
    for floor, status, count in rooms.values_list("floor", "room_status").annotate(Count("pk")):
        floors[floor][GROUP_OF[RoomStatus(status)]] += count
    return [
        FloorRow(floor=floor, rooms_in=floors[floor]) for floor in sorted(floors, key=floor_order)
    ]


def floor_order(floor: str) -> tuple[bool, list[tuple[int, int, str]], str]:
    """Return a floor's sort key: numbers (-1, 2, 10), then names (B2, B10), then no floor."""
    parts = [
        (0, int(part), "") if part.lstrip("-").isdecimal() else (1, 0, part.casefold())
        for part in re.findall(r"^-?\d+|\d+|\D+", floor)
    ]
    return not floor, parts, floor
