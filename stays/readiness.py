"""What the desk asks all day: is this guest's room ready, and if not, when?"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from hotel.models import Hotel
from rooms.choices import TURNING, WITH_RETURN_STATUS, RoomStatus
from rooms.models import Room, RoomType
from stays.availability import availability
from stays.models import Booking
from stays.overdue import Departure, checkout_needed
from stays.phase import DAY


@dataclass
class TypeReadiness:
    """A room type this minute: rooms ready, rooms on their way, guests still to come.

    Of the ready rooms, the `promised` ones are kept for guests who come today.
    """

    room_type: RoomType
    free: list[Room] = field(default_factory=list)
    promised: list[Room] = field(default_factory=list)
    on_its_way: list[Room] = field(default_factory=list)
    out_of_use: int = 0
    expected: int = 0

    @property
    def awaited(self) -> int:
        """Guests for whom a room of the type is on its way to ready."""
        return min(self._waiting, len(self.on_its_way))

    @property
    def short(self) -> int:
        """Guests for whom no room of the type is ready, nor on its way."""
        return self._waiting - self.awaited

    @property
    def _waiting(self) -> int:
        return max(0, self.expected - len(self.free) - len(self.promised))


@dataclass(frozen=True)
class Readiness:
    """Today's arrivals, each with its room if assigned, what each type has, who should have left.

    `to_assign` is a ready room for each arrival that has none yet, by the booking's pk.
    """

    arrivals: list[Booking]
    types: list[TypeReadiness]
    on_its_way: list[Room]
    overdue: list[Departure]
    to_assign: dict[int, Room]


def readiness(hotel: Hotel, at: dt.datetime | None = None) -> Readiness:
    """Return how today's arrivals and the rooms stand, in five queries.

    Arrivals come in the order in which the desk should look: no room yet, room not ready, ready.
    """
    now = at or timezone.now()
    types = {one.pk: TypeReadiness(one) for one in hotel.room_types.all()}
    rooms = list(Room.objects.filter(hotel=hotel).active().with_people())
    by_pk = {room.pk: room for room in rooms}
    arrivals = list(
        hotel.bookings.due_in(hotel.business_date(now)).select_related(
            "room_type", "room__room_type"
        )
    )
    for booking in arrivals:
        booking.hotel = hotel
        if booking.room_id in by_pk:
            booking.room = by_pk[booking.room_id]
        types[booking.room.room_type_id if booking.room else booking.room_type_id].expected += 1
    _count_rooms(rooms, types, {booking.room_id for booking in arrivals})
    arrivals.sort(key=lambda booking: (_concern(booking), booking.check_in, booking.booking_id))
    on_its_way = [room for room in rooms if room.room_status in TURNING]
    on_its_way.sort(key=lambda room: (-TURNING.index(RoomStatus(room.room_status)), room.number))
    used = [one for one in types.values() if _is_used(one, rooms)]
    ready = [room for one in used for room in one.free]
    return Readiness(
        arrivals, used, on_its_way, checkout_needed(hotel, now), rooms_to_assign(arrivals, ready)
    )


def _count_rooms(
    rooms: list[Room], types: dict[int, TypeReadiness], promised: set[int | None]
) -> None:
    for room in rooms:
        of_type = types[room.room_type_id]
        if room.is_bookable:
            (of_type.promised if room.pk in promised else of_type.free).append(room)
        elif room.room_status in TURNING:
            of_type.on_its_way.append(room)
        elif room.room_status in WITH_RETURN_STATUS:
            of_type.out_of_use += 1


def rooms_to_assign(arrivals: Iterable[Booking], ready: Iterable[Room]) -> dict[int, Room]:
    """Return a ready room of the booked type for each arrival without one, by the booking's pk.

    It is free for the whole stay, and no room is offered to two arrivals. One query.
    """
    offered = sorted(ready, key=_in_order)
    kept = defaultdict(list)
    for room_id, check_in, check_out in (
        Booking.objects.holding()
        .filter(room__in=[room.pk for room in offered])
        .values_list("room", "check_in", "check_out")
    ):
        kept[room_id].append((check_in, check_out))
    found: dict[int, Room] = {}
    for booking in arrivals:
        if booking.room_id is not None:
            continue
        for room in offered:
            if room.room_type_id == booking.room_type_id and not any(
                _clash(booking, *stay) for stay in kept[room.pk]
            ):
                found[booking.pk] = room
                offered.remove(room)
                break
    return found


def rooms_for_tonight(hotel: Hotel) -> list[Room]:
    """Return the rooms that a guest without a booking can have this minute, for tonight at least.

    Ready, kept for nobody tonight, and of a type of which a room is left to sell.
    """
    today = hotel.business_date()
    left = {
        offer.room_type.pk for offer in availability(hotel, today, today + DAY) if offer.sellable
    }
    kept = Booking.objects.filter(hotel=hotel, room__isnull=False).clashing(today, today + DAY)
    rooms = Room.objects.filter(hotel=hotel, room_type__in=left).bookable().with_house()
    rooms = rooms.exclude(pk__in=kept.values("room"))
    return sorted(rooms, key=_in_order)


def _in_order(room: Room) -> tuple[bool, int, str]:
    """Return a sort key: by number, and last what is sold but given last."""
    return room.is_out_of_service, len(room.number), room.number


def _clash(booking: Booking, check_in: dt.date, check_out: dt.date) -> bool:
    """Tell what Booking.objects.clashing() says, for two stays in hand."""
    overlap = booking.check_in < check_out and booking.check_out > check_in
    return overlap or (booking.check_in, booking.check_out) == (check_in, check_out)


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
