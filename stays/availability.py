"""How many rooms of each type can be sold, night by night (design §4).

One query per table, however long the range: types, rooms, closures, inventory, stays.
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
from rooms.choices import Priority
from rooms.models import Closure, Room, RoomType
from stays.choices import BookingStatus
from stays.models import Booking, RoomTypeInventory

MAX_NIGHTS = 400
DAY = dt.timedelta(days=1)


@dataclass(slots=True)
class Night:
    """One type's rooms on one night; for day use, on that day.

    `rooms` are the active ones; `out_of_order` counts those closed that night, or kept from sale by
    an open maintenance; `not_ready` those that the readiness policy keeps back; `held` the stays
    that need one; `sellable` what is left, never below 0.
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
    in_house, assigned = _count_stays(hotel, found, check_in, check_out, today)
    closed = _closed_nights(hotel, days)
    for room in rooms:
        if counted := found.get(room.room_type_id):
            nights = RoomNights(in_house[room.pk], assigned[room.pk], closed[room.pk])
            _count_room(counted, room, nights, hotel.readiness_policy, today)
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
    maintenance_priority: str
    maintenance_stops_sale: bool
    maintenance_until: dt.date | None
    return_status: str

    is_bookable = Room.is_bookable  # type: ignore[misc]
    is_givable_with_fault = Room.is_givable_with_fault  # type: ignore[misc]

    @property
    def stops_sale(self) -> bool:
        """Whether an open maintenance keeps the room from sale on later nights too."""
        return self.maintenance_priority == Priority.HIGH or self.maintenance_stops_sale

    def is_off_sale(self, night: dt.date, today: dt.date) -> bool:
        """Tell whether the room, as it is today, cannot be sold for a night from today on."""
        out_of_order = self.is_out_of_order and _lasts(self.out_of_order_until, night, today)
        return out_of_order or (self.stops_sale and _lasts(self.maintenance_until, night, today))


class RoomNights(NamedTuple):
    """The nights on which a room is kept by the guest in it, by one to come, or by a closure."""

    in_house: set[dt.date]
    assigned: set[dt.date]
    closed: set[dt.date]


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
    lambda hotel_id, check_in, check_out, today: (
        Booking.objects.filter(hotel_id=hotel_id)
        .clashing(check_in, check_out, today)
        .order_by()
        .values_list(*StayNow._fields)
    ),
    int,
    dt.date,
    dt.date,
    dt.date,
)
CLOSURES = Statement(
    lambda hotel_id, first, last: (
        Closure.objects.filter(room__hotel_id=hotel_id)
        .planned_off_sale(first, last)
        .order_by()
        .values_list("room", "start", "until")
    ),
    int,
    dt.date,
    dt.date,
)


def expected_end(until: dt.date | None, today: dt.date) -> dt.date | None:
    """Return when something is expected to end; an end that has passed is none at all."""
    return until if until is not None and until > today else None


def _lasts(until: dt.date | None, night: dt.date, today: dt.date) -> bool:
    end = expected_end(until, today)
    return end is None or end > night


def _days(check_in: dt.date, check_out: dt.date) -> Iterator[dt.date]:
    for offset in range(max(1, (check_out - check_in).days)):
        yield check_in + offset * DAY


Nights = defaultdict[int, set[dt.date]]


class StayNow(NamedTuple):
    """What decides which nights a stay holds, and on which type."""

    pk: int
    shares_with: int | None
    room_type: int
    room__room_type: int | None
    room: int | None
    status: str
    check_in: dt.date
    check_out: dt.date


def _count_stays(
    hotel: Hotel,
    found: dict[int, TypeAvailability],
    check_in: dt.date,
    check_out: dt.date,
    today: dt.date,
) -> tuple[Nights, Nights]:
    """Count each stay once, on the type of its room if it has one, else on the booked type.

    Stays that share a room count together: each night once. Returns, by room, the nights on which
    the guest who is in it now keeps it, and those on which it is assigned to a guest to come.
    """
    in_house: Nights = defaultdict(set)
    assigned: Nights = defaultdict(set)
    stays = [StayNow(*row) for row in STAYS.rows(hotel.pk, check_in, check_out, today)]
    # The nights that a room's sharers hold already, by the stay that they share it with.
    shared: Nights = defaultdict(set)
    parties = {stay.shares_with for stay in stays if stay.shares_with}
    for stay in stays:
        counted = found.get(stay.room__room_type or stay.room_type)
        if counted is None:
            continue
        party = stay.shares_with or stay.pk
        for night in _held_nights(counted, stay, check_in, check_out, today):
            if stay.room:
                kept = in_house if stay.status == BookingStatus.IN_HOUSE else assigned
                kept[stay.room].add(night.date)
            if party in parties:
                if night.date in shared[party]:
                    continue
                shared[party].add(night.date)
            night.held += 1
    return in_house, assigned


def _held_nights(
    counted: TypeAvailability,
    stay: StayNow,
    check_in: dt.date,
    check_out: dt.date,
    today: dt.date,
) -> list[Night]:
    """Return which of the nights asked for the stay holds; of a day use, its one day.

    A guest past the departure date holds tonight.
    """
    begins, ends = stay.check_in, stay.check_out
    if stay.status == BookingStatus.IN_HOUSE and ends < today:
        ends = today + DAY
    if check_in == check_out:
        clash = begins < check_in < ends or begins == check_in == ends
        # The guest who should have left is in the room during the day too.
        stayed = ends != stay.check_out and check_in == today
        return counted.nights if clash or stayed else []
    return counted.nights[max(0, (begins - check_in).days) : max(0, (ends - check_in).days)]


def _closed_nights(hotel: Hotel, days: list[dt.date]) -> Nights:
    """Return, by room, the nights of its planned closures that take it off sale."""
    closed: Nights = defaultdict(set)
    for room, start, until in CLOSURES.rows(hotel.pk, days[0], days[-1]):
        closed[room].update(day for day in days if start <= day and (until is None or day < until))
    return closed


def _count_room(
    counted: TypeAvailability, room: RoomNow, nights: RoomNights, policy: str, today: dt.date
) -> None:
    """Count a room once on each night on which it is off sale or must be ready and is not."""
    counted.ready_now += room.is_bookable
    every_night = policy == ReadinessPolicy.EVERY_NIGHT
    # A ready room with a small fault is given last, but it is given.
    ready = room.is_bookable or (room.is_givable_with_fault and not every_night)
    shown = counted.nights
    if not (nights.closed or room.is_out_of_order or room.stops_sale or every_night):
        # Only whether it is ready tonight can count.
        shown = [] if ready else [night for night in shown if night.date == today]
    for night in shown:
        if night.past or night.date in nights.in_house:
            # The guest's own stay is counted as held; the room is not taken off a second time.
            continue
        if night.date in nights.closed or room.is_off_sale(night.date, today):
            night.out_of_order += 1
        elif not ready and night.date not in nights.assigned:
            # Where a guest is to come, the room is held already, ready or not.
            night.not_ready += _must_be_ready(policy, night.date, today)


def _must_be_ready(policy: str, night: dt.date, today: dt.date) -> bool:
    if policy == ReadinessPolicy.EVERY_NIGHT:
        return True
    return policy == ReadinessPolicy.TONIGHT and night == today
