"""Guests arrive: check in, walk in."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from hotel.choices import DESK
from hotel.exceptions import IllegalTransition, InvalidInput, NotBookable
from hotel.models import Hotel, Staff
from rooms import log, permissions
from rooms.choices import Action, LogAction, Source
from rooms.models import Room, new_guest_pin
from rooms.perform import perform
from stays import bookings
from stays.choices import BookingStatus
from stays.models import Booking, Guest


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
