"""Counts of the active rooms by status, for the whole hotel and for each floor."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count

from hotel.models import Hotel
from rooms.choices import BOOKABLE, Priority, RoomStatus
from rooms.models import Room

# The board's groups (design §2; the API's housekeeping/rooms).
GROUPS: dict[str, str] = {
    RoomStatus.CHECKOUT_DIRTY: "needs_cleaning",
    RoomStatus.CLEANING_IN_PROGRESS: "cleaning",
    RoomStatus.CLEANED_UNINSPECTED: "awaiting_inspection",
    RoomStatus.AVAILABLE: "ready",
    RoomStatus.READY_FOR_GUEST: "ready",
    RoomStatus.OCCUPIED: "occupied",
    RoomStatus.MAINTENANCE_REQUIRED: "maintenance",
    RoomStatus.OUT_OF_ORDER: "out_of_order",
}


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
    by_status: Counter[str] = Counter()
    by_priority = dict.fromkeys(Priority.values, 0)
    rooms = Room.objects.filter(hotel=hotel).active().order_by()
    for status, priority, count in rooms.values_list(
        "room_status", "maintenance_priority"
    ).annotate(Count("pk")):
        by_status[status] += count
        if priority:
            by_priority[priority] += count
    cleaning = by_status[RoomStatus.CLEANING_IN_PROGRESS]
    return Counts(
        total_rooms=by_status.total(),
        # The same as Room.objects.bookable(): Room's constraints allow no bookable status for a
        # room with open maintenance or out of order.
        available_for_booking=sum(by_status[status] for status in BOOKABLE),
        occupied=by_status[RoomStatus.OCCUPIED],
        needs_cleaning=by_status[RoomStatus.CHECKOUT_DIRTY] + cleaning,
        needs_inspection=by_status[RoomStatus.CLEANED_UNINSPECTED],
        needs_maintenance=by_status[RoomStatus.MAINTENANCE_REQUIRED],
        out_of_order=by_status[RoomStatus.OUT_OF_ORDER],
        cleaning_in_progress=cleaning,
        maintenance_by_priority=by_priority,
    )


@dataclass(frozen=True, kw_only=True)
class FloorRow:
    """Counts of a floor's active rooms. Unlike in Counts, `needs_cleaning` excludes `cleaning`."""

    floor: str
    needs_cleaning: int = 0
    cleaning: int = 0
    awaiting_inspection: int = 0
    ready: int = 0
    occupied: int = 0
    maintenance: int = 0
    out_of_order: int = 0
    total: int


def by_floor(hotel: Hotel) -> list[FloorRow]:
    """Count each floor's active rooms, in one query, sorted by `floor_order`."""
    floors: defaultdict[str, Counter[str]] = defaultdict(Counter)
    rooms = Room.objects.filter(hotel=hotel).active().order_by()
    for floor, status, count in rooms.values_list("floor", "room_status").annotate(Count("pk")):
        floors[floor][GROUPS[status]] += count
    return [
        FloorRow(floor=floor, total=floors[floor].total(), **floors[floor])
        for floor in sorted(floors, key=floor_order)
    ]


def floor_order(floor: str) -> tuple[bool, list[tuple[int, int, str]], str]:
    """Return a floor's sort key: numbers (-1, 2, 10), then names (B2, B10), then no floor."""
    parts = [
        (0, int(part), "") if part.lstrip("-").isdecimal() else (1, 0, part.casefold())
        for part in re.findall(r"^-?\d+|\d+|\D+", floor)
    ]
    return not floor, parts, floor
