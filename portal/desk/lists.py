"""What the desk's lists show: readiness, arrivals and departures, found stays."""

import datetime as dt
from typing import Any

from django.db.models import Q

from hotel.models import Hotel, Staff
from portal.board.columns import COLUMN_OF
from portal.desk.actions import buttons
from rooms.choices import RoomStatus
from rooms.models import Room
from stays.choices import Phase
from stays.models import Booking
from stays.overdue import departures, without_arrival
from stays.phase import is_late, phase_on
from stays.readiness import expected_cleaned_at, readiness, rooms_to_assign

FOUND = 50


def readiness_lists(staff: Staff) -> dict[str, Any]:
    """Return what the readiness page shows."""
    hotel = staff.hotel
    found, today = readiness(hotel), hotel.business_date()
    promised = sum(len(kind.promised) for kind in found.types)
    return {
        "overdue": found.overdue,
        "arrivals": [
            booking_row(booking, staff, today, found.to_assign.get(booking.pk))
            for booking in found.arrivals
        ],
        "types": found.types,
        "on_its_way": [
            {"room": room, "column": column_of(room), "expected": expected_cleaned_at(room)}
            for room in found.on_its_way
        ],
        "ready_total": promised + sum(len(kind.free) for kind in found.types),
        "promised_total": promised,
    }


def arrivals_lists(staff: Staff, words: str) -> dict[str, Any]:
    """Return what the page of arrivals and departures shows; `words` find any stay."""
    hotel = staff.hotel
    today = hotel.business_date()
    context: dict[str, Any] = {"today": today, "words": words}
    if words:
        named = Q(guest_name__icontains=words) | Q(booking_id__iexact=words)
        found = _stays(hotel, hotel.bookings.holding().filter(named)[:FOUND])
        return context | {"found": [booking_row(booking, staff, today) for booking in found]}
    coming = _stays(hotel, hotel.bookings.due_in(today))
    ready = Room.objects.filter(hotel=hotel).bookable()
    kept = {booking.room_id for booking in coming}
    to_assign = rooms_to_assign(coming, [room for room in ready if room.pk not in kept])
    return context | {
        "arrivals": [
            booking_row(booking, staff, today, to_assign.get(booking.pk)) for booking in coming
        ],
        "departures": departures(hotel),
        "without_arrival": [
            booking_row(booking, staff, today) for booking in without_arrival(hotel)
        ],
    }


def _stays(hotel: Hotel, rows: Any) -> list[Booking]:
    found = list(rows.select_related("room_type", "room__room_type"))
    for booking in found:
        booking.hotel = hotel
    return found


def booking_row(
    booking: Booking, staff: Staff, today: dt.date, to_assign: Room | None = None
) -> dict[str, Any]:
    """Return what a booking's row shows; `to_assign` is a ready room that could be its own."""
    return {
        "booking": booking,
        "column": column_of(booking.room) if booking.room else None,
        "late": is_late(booking, today),
        "over": phase_on(booking, today) is Phase.ENDED_WITHOUT_ARRIVAL,
        "expected": expected_cleaned_at(booking.room) if booking.room else None,
        "acts": buttons(booking, staff, today, to_assign),
    }


def column_of(room: Room) -> Any:
    """Return the board column in which the room stands."""
    return COLUMN_OF[RoomStatus(room.room_status)]
