"""Where a stay stands at a moment of the hotel: the one reading of its dates.

Lists, counts, buttons, refusals and reports ask here, or use the querysets of stays.models, which
say the same in SQL; tests/stays/test_phase.py compares them.
"""

import datetime as dt

from django.utils import timezone

from stays.choices import BookingStatus, Phase
from stays.models import Booking


def phase(booking: Booking, at: dt.datetime | None = None) -> Phase:
    """Return the phase of the stay at a moment (default: now)."""
    hotel = booking.hotel
    today = hotel.business_date(at)
    match booking.status:
        case BookingStatus.COMPLETED:
            return Phase.COMPLETED
        case BookingStatus.IN_HOUSE if minutes_overdue(booking, at) > 0:
            return Phase.OVERDUE
        case BookingStatus.IN_HOUSE:
            return Phase.DUE_OUT if booking.check_out <= today else Phase.IN_HOUSE
        case BookingStatus.CONFIRMED if today < booking.check_in:
            return Phase.TO_COME
        case BookingStatus.CONFIRMED if today < booking.ends_before:
            return Phase.EXPECTED
    return Phase.ENDED_WITHOUT_ARRIVAL


def leaves_at(booking: Booking) -> dt.datetime:
    """Return the moment by which the guests should be out: checkout time or day use's end."""
    hotel = booking.hotel
    time = hotel.checkout_time if booking.nights else hotel.day_use_until
    return hotel.moment(booking.check_out, time)


def minutes_overdue(booking: Booking, at: dt.datetime | None = None) -> int:
    """Return the whole minutes since the checkout and its grace ran out; below 1 for none yet."""
    late = (at or timezone.now()) - leaves_at(booking)
    return int(late.total_seconds() // 60) - booking.hotel.late_checkout_grace
