"""In-house stays that are past their checkout time."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from hotel.models import Hotel
from stays.models import Booking


@dataclass(frozen=True)
class Overdue:
    """A stay past its checkout; `minutes` since the checkout time and its grace ran out."""

    booking: Booking
    minutes: int


def checkout_needed(hotel: Hotel, at: dt.datetime | None = None) -> list[Overdue]:
    """Return the in-house stays past their checkout date, time and grace, the longest first."""
    now = at or timezone.now()
    grace = dt.timedelta(minutes=hotel.late_checkout_grace)
    overdue = []
    stays = hotel.bookings.due_out(hotel.business_date(now)).select_related("room__room_type")
    for booking in stays:
        late = now - (hotel.moment(booking.check_out, hotel.checkout_time) + grace)
        if late > dt.timedelta(0):
            overdue.append(Overdue(booking, int(late.total_seconds() // 60)))
    return sorted(overdue, key=lambda item: -item.minutes)
