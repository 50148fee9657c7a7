"""A stay from the guests' arrival to their departure: check in, check out.

The locks' order is that of hotel.bookings, whose helpers these share.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hotel import bookings
from hotel.choices import DESK, BookingStatus
from hotel.exceptions import (
    IllegalTransition,
    InvalidInput,
    NotBookable,
    NotCheckedIn,
)
from hotel.models import Booking, Guest, Hotel, Staff
from rooms import log, permissions
from rooms.choices import Action, LogAction, Source
from rooms.housekeeping import perform
from rooms.models import Room, new_guest_pin

# A booking needs a name; a bulk checkout leaves it this one.
ERASED_NAME = "Erased guest"


def check_in(
    booking: Booking,
    room: Room | None = None,
    *,
    by: Staff,
    expected_version: int | None = None,
    request_id: str = "",
    source: Source = Source.PORTAL,
    at: dt.datetime | None = None,
) -> Booking:
    """Let the guests in: into `room`, or the assigned one. The room gets a new guest PIN.

    Raises NotAllowed, IllegalTransition (not awaited, or not today), InvalidInput (no room),
    NotBookable (not ready this minute), RoomTaken, NoAvailability (a room of another type than the
    stay has so far, and that type is sold out on a night), StaleVersion.
    """
    hotel = booking.hotel
    permissions.require_role(by, DESK, hotel, Action.CHECK_IN.label)
    room = room or booking.room
    if room is None:
        raise InvalidInput({"room": "Choose a room: none is assigned yet."})
    with transaction.atomic():
        previous = bookings.lock(booking, room)
        if log.first_result(
            hotel, request_id, by=by, action=Action.CHECK_IN, room=room, booking=booking
        ):
            return booking
        log.require_version(room, expected_version)
        bookings.require_confirmed(booking)
        bookings.require_same_hotel(booking, room)
        today = hotel.business_date(at)
        if today < booking.check_in:
            raise IllegalTransition(
                f"Booking {booking.booking_id} arrives on {booking.check_in:%-d %B}: "
                "a stay begins on its day."
            )
        if today > booking.check_out:
            raise IllegalTransition(
                f"Booking {booking.booking_id} ended on {booking.check_out:%-d %B}."
            )
        bookings.require_in_use(room)
        if not room.is_bookable:
            raise NotBookable(
                f"Room {room.number} is “{room.get_room_status_display()}”: "
                "it can be given once it is ready."
            )
        bookings.require_free(booking, room)
        bookings.require_type_left(booking, room, at)
        before = {
            "room": booking.room_id,
            "given_room_type": booking.given_room_type_id,
            "guest_made": None,
        }
        bookings.give(booking, room, previous, by, source, at)
        booking.status = BookingStatus.IN_HOUSE
        booking.given_room_type = room.room_type
        booking.checked_in_at = at or timezone.now()
        booking.save(update_fields=["room", "status", "given_room_type", "checked_in_at"])
        if not booking.guests.update(room=room):
            made = Guest.objects.create(booking=booking, room=room, name=booking.guest_name)
            before["guest_made"] = made.pk
        Room.objects.filter(pk=room.pk).update(guest_pin=new_guest_pin(), push_token="")
        perform(
            Action.CHECK_IN,
            room,
            by=by,
            booking=booking,
            stay_before=before,
            expected_version=expected_version,
            request_id=request_id,
            source=source,
            occurred_at=at,
        )
    return booking


def walk_in(
    hotel: Hotel,
    room: Room,
    *,
    check_out: dt.date,
    guest_name: str,
    by: Staff,
    adults: int = 1,
    children: int = 0,
    expected_version: int | None = None,
    request_id: str = "",
    source: Source = Source.PORTAL,
    at: dt.datetime | None = None,
) -> Booking:
    """Book a guest who stands at the desk and let them in, whole or not at all.

    A repeated request returns the first booking as it is now and changes nothing. Raises what
    `create` and `check_in` raise.
    """
    with transaction.atomic():
        # Before the hotel's row, which create() locks: see the order in rooms.log.
        room.refresh_from_db(from_queryset=Room.objects.with_people().locked())
        created = LogAction.BOOKING_CREATED
        repeated = log.first_result(hotel, request_id, by=by, action=created)
        booking = bookings.create(
            hotel,
            room_type=room.room_type,
            check_in=hotel.business_date(at),
            check_out=check_out,
            guest_name=guest_name,
            by=by,
            adults=adults,
            children=children,
            request_id=request_id,
            source=source,
            at=at,
        )
        if repeated:
            if not booking.events.filter(action=Action.CHECK_IN, room=room).exists():
                raise InvalidInput({"request_id": log.USED})
            return booking
        return check_in(
            booking, room, by=by, expected_version=expected_version, source=source, at=at
        )


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


def closable(booking: Booking) -> tuple[QuerySet[Any], ...]:
    """Return what a stay leaves behind, one queryset per kind."""
    return (
        booking.orders.all(),
        booking.breakfast_orders.all(),
        booking.chat_sessions.all(),
        booking.conversations.all(),
    )
