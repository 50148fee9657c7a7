"""What stays hold: which nights, on which room type. A change may only take what is left.

Stays that share a room hold its nights together, each once.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from hotel.exceptions import NoAvailability
from hotel.models import Hotel
from rooms import log
from rooms.models import RoomType
from stays.availability import DAY, availability
from stays.choices import HOLDING, BookingStatus
from stays.models import Booking

# Rooms of a type, by night; a day use holds its day at noon instead of a night.
Held = Counter[tuple[RoomType, dt.date, bool]]
NIGHT, NOON = False, True


def held(parties: Iterable[Iterable[Booking]], today: dt.date) -> Held:
    """Return what these parties hold from `today` on; a party is a stay and who shares with it."""
    found: Held = Counter()
    for party in parties:
        found.update({hold for stay in party for hold in _holds(stay, today)})
    return found


def _holds(stay: Booking, today: dt.date) -> set[tuple[RoomType, dt.date, bool]]:
    if stay.status not in HOLDING:
        return set()
    room_type = (stay.room or stay).room_type
    if stay.check_in == stay.check_out >= today:
        return {(room_type, stay.check_in, NOON)}
    begins, ends = max(stay.check_in, today), stay.check_out
    if stay.status == BookingStatus.IN_HOUSE and ends < today:
        # A guest past the departure date holds tonight.
        ends = today + DAY
    return {(room_type, begins + n * DAY, NIGHT) for n in range((ends - begins).days)}


def require_left(
    hotel: Hotel, before: Held, after: Held, at: dt.datetime | None, *, in_a_room: bool
) -> None:
    """Raise NoAvailability where the change from `before` to `after` takes what nobody has left.

    Must run before the change is saved: what is there counts `before`. The hotel's row stays
    locked, so that the type's last room is not sold meanwhile. `in_a_room`: the guests have their
    room, or it is chosen, so that one on its way to ready will do; else the hotel's policy counts.
    """
    wanted = after - before
    if not wanted:
        return
    log.lock(hotel)
    for room_type in {hold[0] for hold in wanted}:
        nights = [day for kind, day, at_noon in wanted if kind == room_type and not at_noon]
        left = _left(room_type, nights, hotel, at, in_a_room) if nights else {}
        for day in sorted(nights):
            if left[day] < wanted[room_type, day, NIGHT]:
                raise NoAvailability(room_type=room_type.name, night=day)
    for room_type, day, at_noon in wanted:
        if at_noon and not _is_through(room_type, day, before):
            (offer,) = availability(hotel, day, day, room_type=room_type, at=at)
            if (offer.nights[0].assignable if in_a_room else offer.sellable) < 1:
                raise NoAvailability(room_type=room_type.name, night=day)


def _left(
    room_type: RoomType, nights: list[dt.date], hotel: Hotel, at: dt.datetime | None, assigned: bool
) -> dict[dt.date, int]:
    """Return what is left of the type on each day from the first to the last of these nights."""
    begin, end = min(nights), max(nights) + DAY
    (offer,) = availability(hotel, begin, end, room_type=room_type, at=at)
    return {night.date: night.assignable if assigned else night.sellable for night in offer.nights}


def _is_through(room_type: RoomType, day: dt.date, before: Held) -> bool:
    """Tell whether a stay was there at noon already: the night before and the one that follows."""
    return bool(before[room_type, day - DAY, NIGHT] and before[room_type, day, NIGHT])
