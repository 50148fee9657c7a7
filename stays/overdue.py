"""Guests who did not do what their dates say: still in the house, or never come."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from hotel.models import Hotel
from rooms.choices import LogAction
from stays.choices import BookingStatus, Phase
from stays.models import Booking
from stays.phase import DAY, minutes_overdue, phase

# Of the stays that nobody came to, the latest.
MOST = 50


@dataclass(frozen=True)
class Departure:
    """A stay that leaves today or should have left before, as it stands on business date `today`.

    `minutes` are those since the checkout time and its grace ran out.
    """

    booking: Booking
    phase: Phase
    minutes: int
    today: dt.date

    @property
    def is_overdue(self) -> bool:
        """Whether the guests should have left by now."""
        return self.phase is Phase.OVERDUE

    @property
    def stayed_on(self) -> bool:
        """Whether the day of departure has passed: the guests hold a night that is not theirs."""
        return self.booking.check_out < self.today

    @property
    def one_night_more(self) -> dt.date:
        """The departure if the stay is extended by the night that begins today."""
        return self.today + DAY


def departures(hotel: Hotel, at: dt.datetime | None = None) -> list[Departure]:
    """Return who leaves today or should have left: the longest overdue first, then by arrival."""
    now = at or timezone.now()
    today = hotel.business_date(now)
    found = []
    for booking in hotel.bookings.due_out(today).select_related("room_type", "room__room_type"):
        booking.hotel = hotel
        found.append(Departure(booking, phase(booking, now), minutes_overdue(booking, now), today))
    return sorted(found, key=lambda one: (not one.is_overdue, -one.minutes))


def checkout_needed(hotel: Hotel, at: dt.datetime | None = None) -> list[Departure]:
    """Return the stays past their checkout date, or time and grace, the longest first."""
    return [departure for departure in departures(hotel, at) if departure.is_overdue]


def without_arrival(hotel: Hotel, at: dt.datetime | None = None) -> list[Booking]:
    """Return the stays that nobody came to, the latest first, 50 at most.

    Confirmed stays of which no night is left, and those marked no-show since yesterday.
    """
    today = hotel.business_date(at)
    missed = hotel.bookings.filter(
        status=BookingStatus.NO_SHOW,
        events__hotel=hotel,
        events__action=LogAction.BOOKING_NO_SHOW,
        events__occurred_at__gte=hotel.day_begins(today - DAY),
    )
    rows = hotel.bookings.never_came(today) | hotel.bookings.filter(pk__in=missed.values("pk"))
    rows = rows.select_related("room_type", "room__room_type").order_by("-check_in", "booking_id")
    found = list(rows[:MOST])
    for booking in found:
        booking.hotel = hotel
    return found
