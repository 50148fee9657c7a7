"""A replay of a few made-up days, watched at every change."""

import datetime as dt

from rooms.choices import Action
from simulation.replay import Days, replay
from stays.choices import BookingStatus
from stays.models import Booking
from tests.factories import make_room, make_room_type
from tests.invariants import Watch

FIRST, LAST = dt.date(2016, 7, 1), dt.date(2016, 7, 3)
DAY = dt.timedelta(days=1)


def date(day: int) -> dt.date:
    """Return a day of July 2016; 0 and below are in June."""
    return FIRST + (day - 1) * DAY


def past_stay(hotel, arrives: int, leaves: int, *, left: int | None = None, **fields) -> Booking:
    """Make a stay as the import leaves it: finished, its room unknown."""
    room_type = fields.pop("room_type", None) or make_room_type(hotel=hotel)
    same_day = (left or leaves) == arrives
    return Booking.objects.create(
        hotel=hotel,
        status=BookingStatus.COMPLETED,
        room_type=room_type,
        given_room_type=fields.pop("given", room_type),
        check_in=date(arrives),
        check_out=date(leaves),
        checked_in_at=hotel.moment(date(arrives), dt.time(10 if same_day else 15)),
        checked_out_at=hotel.moment(date(left or leaves), dt.time(17 if same_day else 11)),
        guest_name="Guest",
        **fields,
    )


def make_rooms(hotel, count: int, code: str = "D"):
    kind = make_room_type(hotel=hotel, code=code)
    return [make_room(hotel=hotel, room_type=kind) for _ in range(count)]


def play(hotel, first=FIRST, last=LAST, **given):
    """Replay with a watch on every change."""
    watch = Watch(hotel)
    days = {name: given.pop(name) for name in ("seed", "until", "staying") if name in given}
    report = replay(
        hotel,
        Days(first=first, last=last, **days),
        **{
            "on_event": watch.look,
            "on_day": lambda day, events: watch.look_at_guests(),
            **given,
        },
    )
    watch.look_at_guests()
    return report


def events(hotel, action: Action, **same):
    return list(hotel.events.filter(action=action, **same).order_by("seq"))
