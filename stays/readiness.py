"""What the desk asks all day: is this guest's room ready, and if not, when?"""

import datetime as dt
from dataclasses import dataclass, field

from hotel.models import Hotel
from rooms.choices import TURNING, WITH_RETURN_STATUS, RoomStatus
from rooms.models import Room, RoomType
from stays.models import Booking


@dataclass
class TypeReadiness:
    """A room type this minute: rooms ready, rooms on their way, guests still to come."""

    room_type: RoomType
    ready: list[Room] = field(default_factory=list)
    on_its_way: list[Room] = field(default_factory=list)
    out_of_service: int = 0
    expected: int = 0

    @property
    def short(self) -> int:
        """Guests for whom no room of the type is ready yet."""
        return max(0, self.expected - len(self.ready))


@dataclass(frozen=True)
class Readiness:
    """Today's arrivals, each with its room if assigned, and what each type has."""

    arrivals: list[Booking]
    types: list[TypeReadiness]
    on_its_way: list[Room]


def readiness(hotel: Hotel, at: dt.datetime | None = None) -> Readiness:
    """Return how today's arrivals and the rooms stand, in three queries.

    Arrivals come in the order in which the desk should look: no room yet, room not ready, ready.
    """
    types = {one.pk: TypeReadiness(one) for one in hotel.room_types.all()}
    rooms = list(Room.objects.filter(hotel=hotel).active().with_people())
    for room in rooms:
        of_type = types[room.room_type_id]
        if room.is_bookable:
            of_type.ready.append(room)
        elif room.room_status in TURNING:
            of_type.on_its_way.append(room)
        elif room.room_status in WITH_RETURN_STATUS:
            of_type.out_of_service += 1
    by_pk = {room.pk: room for room in rooms}
    due_in = hotel.bookings.due_in(hotel.business_date(at))
    arrivals = list(due_in.select_related("room_type", "room__room_type"))
    for booking in arrivals:
        if booking.room_id in by_pk:
            booking.room = by_pk[booking.room_id]
        types[booking.room.room_type_id if booking.room else booking.room_type_id].expected += 1
    arrivals.sort(key=lambda booking: (_concern(booking), booking.check_in, booking.booking_id))
    on_its_way = [room for room in rooms if room.room_status in TURNING]
    on_its_way.sort(key=lambda room: (-TURNING.index(RoomStatus(room.room_status)), room.number))
    used = [one for one in types.values() if _is_used(one, rooms)]
    return Readiness(arrivals, used, on_its_way)


def expected_cleaned_at(room: Room) -> dt.datetime | None:
    """Return when the clean under way should end, by the type's minutes; None where none is.

    It may lie in the past: then the clean takes longer than planned.
    """
    if room.room_status != RoomStatus.CLEANING_IN_PROGRESS:
        return None
    return room.status_since + dt.timedelta(minutes=room.room_type.departure_minutes)


def _concern(booking: Booking) -> int:
    if booking.room is None:
        return 0
    return 2 if booking.room.is_bookable else 1


def _is_used(one: TypeReadiness, rooms: list[Room]) -> bool:
    return one.expected > 0 or any(room.room_type_id == one.room_type.pk for room in rooms)
