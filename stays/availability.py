"""How many rooms of each type can be sold, night by night (design §4).

One query per table, however long the range: types, rooms, inventory, stays.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from hotel.choices import ReadinessPolicy
from hotel.exceptions import InvalidInput
from hotel.models import Hotel
from hotel.statements import Statement
from rooms.models import Room, RoomType
from stays.choices import BookingStatus
from stays.models import Booking, RoomTypeInventory

MAX_NIGHTS = 400
DAY = dt.timedelta(days=1)


@dataclass(slots=True)
class Night:
    """One type's rooms on one night; for day use, on that day.

    `rooms` are the active ones; `out_of_order` counts those out of order or under maintenance;
    `not_ready` those that the readiness policy keeps back; `held` the stays that need one;
    `sellable` what is left, never below 0.
    """

    date: dt.date
    rooms: int = 0
    out_of_order: int = 0
    not_ready: int = 0
    held: int = 0
    limit: int | None = None
    past: bool = False

    @property
    def sellable(self) -> int:
        """Rooms that can still be sold for this night."""
        return 0 if self.past else self._left(self.rooms - self.out_of_order - self.not_ready)

    @property
    def assignable(self) -> int:
        """Rooms left to give to a stay of another type: one on its way to ready will do."""
        return self._left(self.rooms - self.out_of_order)

    def _left(self, usable: int) -> int:
        if self.limit is not None:
            usable = min(usable, self.limit)
        return max(0, usable - self.held)


@dataclass
class TypeAvailability:
    """A room type over the nights asked for; `ready_now` counts the rooms bookable this minute."""

    room_type: RoomType
    nights: list[Night]
    ready_now: int = 0

    @property
    def sellable(self) -> int:
        """Rooms that can be sold for the whole stay: the least of its nights."""
        return min(night.sellable for night in self.nights)


def availability(
    hotel: Hotel,
    check_in: dt.date,
    check_out: dt.date,
    *,
    room_type: RoomType | None = None,
    at: dt.datetime | None = None,
) -> list[TypeAvailability]:
    """Return what can be sold for the half-open stay [check_in, check_out), by type.

    For day use (check_in = check_out) the one entry of `nights` is that day: stays that run
    through it and other day uses hold it, departures and arrivals do not. `at` is the moment
    taken as now. Raises InvalidInput for dates out of order or more than 400 nights.
    """
    if check_out < check_in:
        raise InvalidInput({"check_out": _("The departure is before the arrival.")})
    if (check_out - check_in).days > MAX_NIGHTS:
        raise InvalidInput({"check_out": _("Ask for %d nights at most.") % MAX_NIGHTS})
    today = hotel.business_date(at)
    days = list(_days(check_in, check_out))
    rooms = [RoomNow(*row) for row in ROOMS.rows(hotel.pk)]
    counts = Counter(room.room_type_id for room in rooms)
    found = {
        one.pk: TypeAvailability(
            one, [Night(day, counts[one.pk], past=day < today) for day in days]
        )
        for one in (TYPES.rows(hotel.pk) if room_type is None else [room_type])
    }
    in_house, assigned = _count_stays(hotel, found, check_in, check_out)
    for room in rooms:
        if counted := found.get(room.room_type_id):
            _count_room(counted, room, in_house[room.pk], assigned[room.pk], hotel, today)
    for type_id, day, most, stop_sell in LIMITS.rows(hotel.pk, days[0], days[-1]):
        if counted := found.get(type_id):
            counted.nights[(day - check_in).days].limit = 0 if stop_sell else most
    return list(found.values())


class RoomNow(NamedTuple):
    """What decides whether a room can be given: instances of the model take five times as long."""

    pk: int
    room_type_id: int
    room_status: str
    is_active: bool
    is_out_of_order: bool
    out_of_order_until: dt.date | None
    maintenance_required: bool

    is_bookable = Room.is_bookable  # type: ignore[misc]


ROOMS = Statement(
    lambda hotel_id: (
        Room.objects.filter(hotel_id=hotel_id).active().order_by().values_list(*RoomNow._fields)
    ),
    int,
)
TYPES = Statement(lambda hotel_id: RoomType.objects.filter(hotel_id=hotel_id), int)
LIMITS = Statement(
    lambda hotel_id, first, last: (
        RoomTypeInventory.objects.filter(room_type__hotel_id=hotel_id, date__range=(first, last))
        .order_by()
        .values_list("room_type", "date", "total_rooms", "stop_sell")
    ),
    int,
    dt.date,
    dt.date,
)
STAYS = Statement(
    lambda hotel_id, check_in, check_out: (
        Booking.objects.filter(hotel_id=hotel_id)
        .clashing(check_in, check_out)
        .order_by()
        .values_list("room_type", "room__room_type", "room", "status", "check_in", "check_out")
    ),
    int,
    dt.date,
    dt.date,
)


def expected_end(room: "Room | RoomNow", today: dt.date) -> dt.date | None:
    """Return when the room is expected back in order; an end that has passed is none at all."""
    until = room.out_of_order_until
    return until if until is not None and until > today else None


def _days(check_in: dt.date, check_out: dt.date) -> Iterator[dt.date]:
    for offset in range(max(1, (check_out - check_in).days)):
        yield check_in + offset * DAY


Nights = defaultdict[int, set[dt.date]]


def _count_stays(
    hotel: Hotel, found: dict[int, TypeAvailability], check_in: dt.date, check_out: dt.date
) -> tuple[Nights, Nights]:
    """Count each stay once, on the type of its room if it has one, else on the booked type.

    Returns, by room, the nights on which the guest who is in it now keeps it, and those on which
    it is assigned to a guest still to come.
    """
    in_house: Nights = defaultdict(set)
    assigned: Nights = defaultdict(set)
    stays = STAYS.rows(hotel.pk, check_in, check_out)
    for booked_type, given_type, room_id, status, begins, ends in stays:
        counted = found.get(given_type or booked_type)
        if counted is None:
            continue
        first, last = max(0, (begins - check_in).days), max(0, (ends - check_in).days)
        # A day use asks for one day, and every stay that clashes with it holds that day.
        day_use = check_in == check_out
        for night in counted.nights if day_use else counted.nights[first:last]:
            night.held += 1
            if room_id:
                kept = in_house if status == BookingStatus.IN_HOUSE else assigned
                kept[room_id].add(night.date)
    return in_house, assigned


def _count_room(
    counted: TypeAvailability,
    room: RoomNow,
    in_house: set[dt.date],
    assigned: set[dt.date],
    hotel: Hotel,
    today: dt.date,
) -> None:
    """Count a room that cannot be given now, once on each night: out of order or not ready."""
    if room.is_bookable:
        counted.ready_now += 1
        return
    until = expected_end(room, today)
    broken = room.maintenance_required or room.is_out_of_order
    for night in counted.nights:
        if (
            night.date > today
            and not broken
            and hotel.readiness_policy != ReadinessPolicy.EVERY_NIGHT
        ):
            # Whether the room is ready matters for tonight at most.
            return
        if night.date < today or night.date in in_house:
            # The stay is counted as held; its room is not taken off a second time.
            continue
        over = until is not None and until <= night.date
        if room.maintenance_required or (room.is_out_of_order and not over):
            night.out_of_order += 1
        elif night.date in assigned:
            # Its own guest waits for it: it is held already, ready or not.
            continue
        elif _must_be_ready(hotel.readiness_policy, night.date, today):
            night.not_ready += 1


def _must_be_ready(policy: str, night: dt.date, today: dt.date) -> bool:
    if policy == ReadinessPolicy.EVERY_NIGHT:
        return True
    return policy == ReadinessPolicy.TONIGHT and night == today
