"""Where a stay stands at a moment of the hotel: the one reading of its status and dates.

Lists, counts, buttons, refusals and reports ask here, or use the querysets of stays.models, which
say the same in SQL; tests/stays/test_phase.py compares them.
"""

import datetime as dt

from django.utils import timezone

from stays.choices import BookingStatus, Phase
from stays.models import Booking

DAY = dt.timedelta(days=1)


def phase(booking: Booking, at: dt.datetime | None = None) -> Phase:
    """Return the phase of the stay at a moment (default: now)."""
    today = booking.hotel.business_date(at)
    found = phase_on(booking, today)
    if found is Phase.DUE_OUT and minutes_overdue(booking, at) > 0:
        return Phase.OVERDUE
    return found


def phase_on(booking: Booking, today: dt.date) -> Phase:
    """Return the phase on a business date: for what no hour of the day decides.

    Who leaves that day is DUE_OUT all day; whether they are late already, `phase` says.
    """
    match booking.status:
        case BookingStatus.COMPLETED:
            return Phase.COMPLETED
        case BookingStatus.IN_HOUSE if booking.check_out < today:
            return Phase.OVERDUE
        case BookingStatus.IN_HOUSE:
            return Phase.DUE_OUT if booking.check_out == today else Phase.IN_HOUSE
        case BookingStatus.CONFIRMED if today < booking.check_in:
            return Phase.TO_COME
        case BookingStatus.CONFIRMED if today < booking.ends_before:
            return Phase.EXPECTED
    # Cancelled, missed, or confirmed and over.
    return Phase.ENDED_WITHOUT_ARRIVAL


def is_late(booking: Booking, today: dt.date) -> bool:
    """Tell whether guests who are expected today were expected on an earlier day."""
    return phase_on(booking, today) is Phase.EXPECTED and booking.check_in < today


def leaves_at(booking: Booking) -> dt.datetime:
    """Return the moment by which the guests should be out: checkout time or day use's end."""
    hotel = booking.hotel
    time = hotel.checkout_time if booking.nights else hotel.day_use_until
    return hotel.moment(booking.check_out, time)


def minutes_overdue(booking: Booking, at: dt.datetime | None = None) -> int:
    """Return the whole minutes since the checkout and its grace ran out; 0 where they have not.

    The grace ends with the day of departure, however long it is.
    """
    hotel = booking.hotel
    grace = leaves_at(booking) + dt.timedelta(minutes=hotel.late_checkout_grace)
    late = (at or timezone.now()) - min(grace, hotel.day_begins(booking.check_out + DAY))
    return max(0, int(late.total_seconds() // 60))
