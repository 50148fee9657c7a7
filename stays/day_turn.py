"""The turn of the hotel's day: closures begin and end, and guests who did not come are recorded.

It may be done at any time, late, twice, and by several processes at once, with the same result:
each change looks again under its own lock whether it is still due.
"""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import Error, transaction
from django.db.models import Min, Q
from django.utils import timezone

from hotel.exceptions import ReadyroomError
from hotel.models import Hotel
from rooms import closures, log
from rooms.change import Change
from rooms.choices import Source
from stays import bookings, rules
from stays.models import Booking

logger = logging.getLogger(__name__)


def hotels_due(at: dt.datetime | None = None) -> list[Hotel]:
    """Return the hotels in which something is to be done, by one query: usually none."""
    path = "rooms__closures__"
    is_open = Q(rooms__is_active=True, rooms__closures__status__in=closures.OPEN)
    hotels = Hotel.objects.order_by("pk").annotate(
        begins=Min(f"{path}start", filter=closures.can_begin(path)),
        ends=Min(f"{path}until", filter=is_open),
    )
    return [hotel for hotel in hotels if _is_due(hotel, hotel.business_date(at))]


def _is_due(hotel: Any, today: dt.date) -> bool:
    if hotel.day_turned_to is None or hotel.day_turned_to < today:
        return True
    return any(day is not None and day <= today for day in (hotel.begins, hotel.ends))


def turn_day(hotel: Hotel, at: dt.datetime | None = None) -> int:
    """Do what the hotel's day demands at a moment (default: now), and return how much was done.

    Begins and ends closures, marks no-shows if the hotel wants that, and records the day. What
    cannot be done is logged and left for the next time; it does not stop the rest.
    """
    today = hotel.business_date(at)
    change = Change(by=None, source=Source.DAY_TURN, occurred_at=at)
    done = 0
    # What ends first may make room for what begins.
    for due in (closures.to_end, closures.to_begin):
        for closure in due(hotel, today):
            done += _try(partial(closures.catch_up, closure, change), closure)
    if hotel.day_turned_to is None or hotel.day_turned_to < today:
        if hotel.no_show_at_day_turn:
            for booking in hotel.bookings.never_came(today).select_related("hotel", "room"):
                done += _try(partial(_mark_no_show, booking, change), booking)
        _record(hotel, today)
    return done


def _try(do: Callable[[], bool], what: object) -> bool:
    """Do one thing in its own transaction; log why if it cannot be done."""
    try:
        return do()
    except (ReadyroomError, Error) as error:
        logger.warning("The day's turn leaves %s for later: %s", what, error)
        return False


def _mark_no_show(booking: Booking, change: Change) -> bool:
    """Mark the booking unless it has changed meanwhile."""
    today = booking.hotel.business_date(change.occurred_at)
    with transaction.atomic():
        rules.lock_all([booking, *rules.others_of(booking)])
        if not booking.hotel.bookings.never_came(today).filter(pk=booking.pk).exists():
            return False
        bookings.no_show(booking, change)
    return True


def _record(hotel: Hotel, today: dt.date) -> None:
    """Record that the day has turned; a day already recorded is never put back."""
    with transaction.atomic():
        turned = log.lock(hotel).day_turned_to
        if turned is None or turned < today:
            Hotel.objects.filter(pk=hotel.pk).update(day_turned_to=today)
            turned = today
    hotel.day_turned_to = turned


def turn_all(at: dt.datetime | None = None) -> int:
    """Turn the day of every hotel in which something is due; return how much was done."""
    at = at or timezone.now()
    return sum(turn_day(hotel, at) for hotel in hotels_due(at))
