"""Guests leave: one stay, whoever is in a room, or many rooms at once."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hotel.choices import DESK
from hotel.exceptions import NotCheckedIn
from hotel.models import Hotel, Staff
from rooms import log, permissions
from rooms.choices import Action, Source
from rooms.models import Room, new_guest_pin
from rooms.perform import perform
from stays import bookings
from stays.choices import BookingStatus
from stays.models import Booking

# A booking needs a name; a bulk checkout leaves it this one.
ERASED_NAME = "Erased guest"


def check_out(
    booking: Booking,
    *,
    by: Staff,
    expected_version: int | None = None,
    request_id: str = "",
    source: Source = Source.PORTAL,
    at: dt.datetime | None = None,
) -> Booking:
    """End the stay: guests detached, its own open orders and chat closed, the room dirty.

    A second call returns the booking and changes nothing. Raises NotAllowed, NotCheckedIn,
    StaleVersion.
    """
    hotel = booking.hotel
    permissions.require_role(by, DESK, hotel, Action.CHECK_OUT.label)
    with transaction.atomic():
        room = booking.room
        bookings.lock(booking, room)
        repeated = log.first_result(
            hotel, request_id, by=by, action=Action.CHECK_OUT, booking=booking
        )
        if repeated or booking.status == BookingStatus.COMPLETED:
            return booking
        if booking.status != BookingStatus.IN_HOUSE or room is None:
            raise NotCheckedIn(f"Booking {booking.booking_id} is not in house.")
        log.require_version(room, expected_version)
        booking.status = BookingStatus.COMPLETED
        booking.checked_out_at = at or timezone.now()
        booking.save(update_fields=["status", "checked_out_at"])
        booking.guests.update(room=None)
        for records in closable(booking):
            records.filter(closed_at=None).update(closed_at=booking.checked_out_at)
        perform(
            Action.CHECK_OUT,
            room,
            by=by,
            booking=booking,
            expected_version=expected_version,
            request_id=request_id,
            source=source,
            occurred_at=at,
        )
    return booking


def check_out_room(
    room: Room,
    *,
    by: Staff,
    expected_version: int | None = None,
    request_id: str = "",
    source: Source = Source.PORTAL,
) -> Booking | None:
    """Check out whoever is in the room; a room that was imported occupied may have no stay.

    Raises what `check_out` and `perform` raise.
    """
    stay = room.bookings.in_house().select_related("hotel", "room").first()
    if stay is None:
        perform(
            Action.CHECK_OUT,
            room,
            by=by,
            expected_version=expected_version,
            request_id=request_id,
            source=source,
        )
        return None
    stay.room = room
    return check_out(
        stay,
        by=by,
        expected_version=expected_version,
        request_id=request_id,
        source=source,
    )


@dataclass(frozen=True)
class CheckedOut:
    """A room of a bulk checkout, and how much of its stay was erased."""

    room: str
    booking_id: str | None
    guests_deleted: int
    orders_cleared: int
    conversations_deleted: int


@dataclass(frozen=True)
class Skipped:
    """A room that a bulk checkout left alone, and why."""

    room: str
    reason: str


def bulk_check_out(
    hotel: Hotel,
    room_numbers: Iterable[str],
    *,
    by: Staff,
    agreed: Collection[str] | None = None,
    source: Source = Source.PORTAL,
    at: dt.datetime | None = None,
) -> tuple[list[CheckedOut], list[Skipped]]:
    """Check out the in-house stay of each room and erase its guests, names, chats and orders.

    All rooms or, on a fault, none. The room gets a new guest PIN and loses its push token; other
    stays of the room are not touched. It cannot be undone. `agreed` are the bookings that somebody
    was asked about: a room whose guest is another one by now is skipped. Raises NotAllowed.
    """
    permissions.require_role(by, DESK, hotel, Action.CHECK_OUT.label)
    wanted = list(dict.fromkeys(room_numbers))
    done: list[CheckedOut] = []
    skipped: list[Skipped] = []
    with transaction.atomic():
        rooms = {
            room.number: room
            for room in Room.objects.filter(hotel=hotel, number__in=wanted).with_people().locked()
        }
        stays = Booking.objects.in_house().filter(room__in=rooms.values()).order_by("pk")
        # All of them now: the first checkout locks the hotel's row, the last in the order.
        list(stays.select_for_update(no_key=True))
        for number in wanted:
            room = rooms.get(number)
            if room is None:
                skipped.append(Skipped(number, f"{hotel.name} has no room {number}."))
            elif not room.is_occupied:
                status = room.get_room_status_display()
                skipped.append(Skipped(number, f"Room {number} is not occupied: “{status}”."))
            elif agreed is not None and _stay_in(room) not in agreed:
                skipped.append(Skipped(number, f"Room {number} has another guest by now."))
            else:
                done.append(_check_out_and_erase(room, by, source, at))
    return done, skipped


def _stay_in(room: Room) -> str | None:
    return room.bookings.in_house().values_list("booking_id", flat=True).first()


def what_bulk_erases(stay: Booking) -> CheckedOut:
    """Return how much of a stay a bulk checkout deletes: for the question before it."""
    return CheckedOut(
        room=stay.room.number if stay.room else "",
        booking_id=stay.booking_id,
        guests_deleted=stay.guests.count(),
        orders_cleared=stay.orders.count() + stay.breakfast_orders.count(),
        conversations_deleted=stay.conversations.count(),
    )


def _check_out_and_erase(
    room: Room, by: Staff, source: Source, at: dt.datetime | None
) -> CheckedOut:
    stay = room.bookings.in_house().select_related("hotel", "room").first()
    Room.objects.filter(pk=room.pk).update(guest_pin=new_guest_pin(), push_token="")
    if stay is None:
        erased = {"erased": True}
        perform(Action.CHECK_OUT, room, by=by, stay_before=erased, source=source, occurred_at=at)
        return CheckedOut(room.number, None, 0, 0, 0)
    check_out(stay, by=by, source=source, at=at)
    counts = what_bulk_erases(stay)
    stay.guest_name = ERASED_NAME
    stay.save(update_fields=["guest_name"])
    for records in (stay.guests.all(), *closable(stay)):
        records.delete()
    return counts


def closable(booking: Booking) -> tuple[QuerySet[Any], ...]:
    """Return what a stay leaves behind, one queryset per kind."""
    return (
        booking.orders.all(),
        booking.breakfast_orders.all(),
        booking.chat_sessions.all(),
        booking.conversations.all(),
    )
