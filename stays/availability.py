"""How many rooms of each type can be sold, night by night (design §4).

One query per table, however long the range: types, rooms, inventory, stays.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hotel.choices import ReadinessPolicy
from hotel.exceptions import InvalidInput
from hotel.models import Hotel
from rooms.models import Room, RoomType
from stays.choices import BookingStatus
from stays.models import Booking, RoomTypeInventory

MAX_NIGHTS = 400
DAY = dt.timedelta(days=1)


@dataclass
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
        raise InvalidInput({"check_out": "The departure is before the arrival."})
    if (check_out - check_in).days > MAX_NIGHTS:
        raise InvalidInput({"check_out": f"Ask for {MAX_NIGHTS} nights at most."})
    today = hotel.business_date(at)
    day_use = check_in == check_out
    days = list(_days(check_in, check_out))
    types = hotel.room_types.all() if room_type is None else [room_type]
    found = {
        kind.pk: TypeAvailability(kind, [Night(day, past=day < today) for day in days])
        for kind in types
    }
    stays = list(
        Booking.objects.filter(hotel=hotel)
        .clashing(check_in, check_out)
        .values_list("room_type", "room__room_type", "room", "status", "check_in", "check_out")
    )
    lived_in, promised = _count_stays(found, stays, day_use)
    for room in Room.objects.filter(hotel=hotel, room_type__in=found).active():
        _count_room(
            found[room.room_type_id], room, lived_in[room.pk], promised[room.pk], hotel, today
        )
    for limit in RoomTypeInventory.objects.filter(
        room_type__in=found, date__range=(days[0], days[-1])
    ):
        night = found[limit.room_type_id].nights[(limit.date - check_in).days]
        night.limit = 0 if limit.stop_sell else limit.total_rooms
    return list(found.values())


def expected_end(room: Room, today: dt.date) -> dt.date | None:
    """Return when the room is expected back in order; an end that has passed is none at all."""
    until = room.out_of_order_until
    return until if until is not None and until > today else None


def _days(check_in: dt.date, check_out: dt.date) -> Iterator[dt.date]:
    for offset in range(max(1, (check_out - check_in).days)):
        yield check_in + offset * DAY


Nights = defaultdict[int, set[dt.date]]


def _count_stays(
    found: dict[int, TypeAvailability], stays: Iterable[tuple[Any, ...]], day_use: bool
) -> tuple[Nights, Nights]:
    """Count each stay once, on the type of its room if it has one, else on the booked type.

    Returns, by room, the nights on which the guest who is in it now keeps it, and those on which
    it is promised to a guest still to come.
    """
    lived_in: Nights = defaultdict(set)
    promised: Nights = defaultdict(set)
    for booked_type, given_type, room_id, status, check_in, check_out in stays:
        kind = found.get(given_type or booked_type)
        if kind is None:
            continue
        first = kind.nights[0].date
        begin, end = max(0, (check_in - first).days), max(0, (check_out - first).days)
        for night in kind.nights if day_use else kind.nights[begin:end]:
            night.held += 1
            (lived_in if status == BookingStatus.IN_HOUSE else promised)[room_id].add(night.date)
    return lived_in, promised


def _count_room(
    kind: TypeAvailability,
    room: Room,
    lived_in: set[dt.date],
    promised: set[dt.date],
    hotel: Hotel,
    today: dt.date,
) -> None:
    bookable = room.is_bookable
    kind.ready_now += bookable
    until = expected_end(room, today)
    for night in kind.nights:
        night.rooms += 1
        if night.date < today or night.date in lived_in:
            # The stay is counted as held; its room is not taken off a second time.
            continue
        over = until is not None and until <= night.date
        if room.maintenance_required or (room.is_out_of_order and not over):
            night.out_of_order += 1
        elif night.date in promised:
            # Its own guest waits for it: held already, and not to be had by another, ready or not.
            continue
        elif not bookable and _must_be_ready(hotel, night.date, today):
            night.not_ready += 1


def _must_be_ready(hotel: Hotel, night: dt.date, today: dt.date) -> bool:
    if hotel.readiness_policy == ReadinessPolicy.EVERY_NIGHT:
        return True
    return hotel.readiness_policy == ReadinessPolicy.TONIGHT and night == today
