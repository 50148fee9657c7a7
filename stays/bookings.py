"""A booking until the guests arrive: create, assign a room, cancel, no-show.

Each is whole or absent. Locks are taken rooms first (lowest pk first), then the booking, then
the hotel's row (rooms.log), so that two desks never wait for each other.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from hotel.choices import DESK
from hotel.exceptions import (
    IllegalTransition,
    InvalidInput,
    NoAvailability,
    NotBookable,
    RoomTaken,
)
from hotel.models import Hotel, Staff
from rooms import log, permissions
from rooms.choices import LogAction, Source
from rooms.models import Room, RoomEvent, RoomType
from stays.availability import MAX_NIGHTS, availability, expected_end
from stays.choices import HOLDING, BookingStatus
from stays.models import Booking, new_booking_id

# What makes a booking the one that was asked for.
ASKED = ("room_type_id", "check_in", "check_out", "guest_name", "adults", "children")


def create(
    hotel: Hotel,
    *,
    room_type: RoomType,
    check_in: dt.date,
    check_out: dt.date,
    guest_name: str,
    by: Staff,
    adults: int = 1,
    children: int = 0,
    booking_id: str = "",
    request_id: str = "",
    source: Source = Source.PORTAL,
    at: dt.datetime | None = None,
) -> Booking:
    """Book a room of a type for [check_in, check_out), hotel dates; equal dates are day use.

    Raises NotAllowed, InvalidInput (with fields), or NoAvailability where a night is sold out.
    """
    permissions.require_role(by, DESK, hotel, LogAction.BOOKING_CREATED.label)
    booking = Booking(
        hotel=hotel,
        booking_id=booking_id or new_booking_id(),
        room_type=room_type,
        check_in=check_in,
        check_out=check_out,
        guest_name=guest_name.strip(),
        adults=adults,
        children=children,
        booked_on=hotel.business_date(at),
    )
    errors = _field_errors(booking)
    if not booking.guest_name:
        errors["guest_name"] = "Give the guest's name."
    if check_in < hotel.business_date(at):
        errors["check_in"] = "The arrival is in the past."
    if check_out < check_in:
        errors["check_out"] = "The departure is before the arrival."
    elif (check_out - check_in).days > MAX_NIGHTS:
        errors["check_out"] = f"A stay has {MAX_NIGHTS} nights at most."
    if adults + children < 1:
        errors["adults"] = "Somebody must stay."
    if room_type.hotel_id != hotel.pk:
        errors["room_type"] = f"{hotel.name} has no such room type."
    if errors:
        raise InvalidInput(errors)
    with transaction.atomic():
        # The hotel's row orders competing bookings: the second sees what the first took.
        log.lock(hotel)
        created = LogAction.BOOKING_CREATED
        if first := log.first_result(hotel, request_id, by=by, action=created):
            return _made_before(first, booking)
        if hotel.bookings.filter(booking_id=booking_id).exists():
            raise InvalidInput({"booking_id": f"Booking {booking_id} exists already."})
        (offer,) = availability(hotel, check_in, check_out, room_type=room_type, at=at)
        _require_left(room_type, {night.date: night.sellable for night in offer.nights})
        booking.save()
        log.append(
            hotel,
            LogAction.BOOKING_CREATED,
            by=by,
            source=source,
            booking=booking,
            request_id=request_id,
            occurred_at=at,
        )
    return booking


def assign(
    booking: Booking,
    room: Room,
    *,
    by: Staff,
    expected_version: int | None = None,
    request_id: str = "",
    source: Source = Source.PORTAL,
    at: dt.datetime | None = None,
) -> Booking:
    """Keep a room for an arrival, of the booked type or another; the room may still be on its way.

    Raises NotAllowed, IllegalTransition (the booking is not awaited), NotBookable (out of order
    when the guest comes), RoomTaken (another stay has it for some of the time), NoAvailability
    (a room of another type than the stay has so far, and that type is sold out on a night), or
    StaleVersion.
    """
    hotel = booking.hotel
    permissions.require_role(by, DESK, hotel, LogAction.ROOM_ASSIGNED.label)
    with transaction.atomic():
        previous = lock(booking, room)
        action = LogAction.ROOM_ASSIGNED
        if log.first_result(hotel, request_id, by=by, action=action, room=room, booking=booking):
            return booking
        log.require_version(room, expected_version)
        require_confirmed(booking)
        require_same_hotel(booking, room)
        require_in_use(room)
        require_in_order(booking, room, hotel.business_date(at))
        require_free(booking, room)
        if previous == room:
            return booking
        require_type_left(booking, room, at)
        give(booking, room, previous, by, source, at)
        booking.save(update_fields=["room"])
        log.append(
            hotel,
            LogAction.ROOM_ASSIGNED,
            by=by,
            source=source,
            room=room,
            booking=booking,
            request_id=request_id,
            occurred_at=at,
        )
    return booking


def cancel(
    booking: Booking,
    *,
    by: Staff,
    request_id: str = "",
    source: Source = Source.PORTAL,
    at: dt.datetime | None = None,
) -> Booking:
    """Cancel a stay that has not begun. A second call changes nothing.

    Raises NotAllowed, or IllegalTransition for a stay that began or did not come.
    """
    return _release(
        booking, BookingStatus.CANCELLED, LogAction.BOOKING_CANCELLED, by, request_id, source, at
    )


def no_show(
    booking: Booking,
    *,
    by: Staff,
    request_id: str = "",
    source: Source = Source.PORTAL,
    at: dt.datetime | None = None,
) -> Booking:
    """Record that the guest did not come. A second call changes nothing.

    Raises NotAllowed, or IllegalTransition before the day of arrival and for a stay that began.
    """
    if booking.check_in > booking.hotel.business_date(at):
        permissions.require_role(by, DESK, booking.hotel, LogAction.BOOKING_NO_SHOW.label)
        raise IllegalTransition(
            f"Booking {booking.booking_id} arrives on {booking.check_in:%-d %B}: "
            "it is too early to call it a no-show."
        )
    return _release(
        booking, BookingStatus.NO_SHOW, LogAction.BOOKING_NO_SHOW, by, request_id, source, at
    )


def lock(booking: Booking, room: Room | None) -> Room | None:
    """Lock the rooms, then the booking, and bring both up to date; return the assigned room.

    Raises IllegalTransition where the booking was given a third room after it was read: that one
    is not locked.
    """
    rooms = {pk for pk in (booking.room_id, room.pk if room else None) if pk}
    list(Room.objects.filter(pk__in=rooms).locked())
    if room is not None:
        room.refresh_from_db(from_queryset=Room.objects.with_people())
    booking.refresh_from_db(
        from_queryset=Booking.objects.select_related("hotel", "room").select_for_update(
            of=("self",), no_key=True
        )
    )
    if booking.room_id and booking.room_id not in rooms and booking.status in HOLDING:
        raise IllegalTransition(
            f"Booking {booking.booking_id} was given another room meanwhile: look again."
        )
    return booking.room


def require_confirmed(booking: Booking) -> None:
    """Raise IllegalTransition unless the guests are still awaited."""
    if booking.status != BookingStatus.CONFIRMED:
        raise IllegalTransition(
            f"Booking {booking.booking_id} is “{booking.get_status_display()}”: "
            "only a confirmed one can be assigned, checked in, cancelled or called a no-show."
        )


def require_same_hotel(booking: Booking, room: Room) -> None:
    """Raise InvalidInput for a room of another hotel."""
    if room.hotel_id != booking.hotel_id:
        raise InvalidInput({"room": f"{booking.hotel.name} has no such room."})


def require_free(booking: Booking, room: Room) -> None:
    """Raise RoomTaken where another stay has the room for some of this one's time."""
    other = (
        room.bookings.clashing(booking.check_in, booking.check_out).exclude(pk=booking.pk).first()
    )
    if other:
        raise RoomTaken(
            f"Room {room.number} is kept for booking {other.booking_id}, "
            f"{other.check_in:%-d %B} to {other.check_out:%-d %B}."
        )


def require_type_left(booking: Booking, room: Room, at: dt.datetime | None) -> None:
    """Raise NoAvailability where the room's type is sold out for a night still ahead.

    Asked only where the stay holds another type so far. The hotel's row stays locked, so that the
    type's last room is not sold meanwhile.
    """
    hotel, kind = booking.hotel, room.room_type
    if kind.pk == (booking.room or booking).room_type_id:
        return
    log.lock(hotel)
    begin = min(max(booking.check_in, hotel.business_date(at)), booking.check_out)
    (offer,) = availability(hotel, begin, booking.check_out, room_type=kind, at=at)
    _require_left(kind, {night.date: night.assignable for night in offer.nights})


def require_in_use(room: Room) -> None:
    """Raise NotBookable for a room that takes no guests at all."""
    if not room.is_active:
        raise NotBookable(f"Room {room.number} is not in use.")


def require_in_order(booking: Booking, room: Room, today: dt.date) -> None:
    """Raise NotBookable where the room is still out of order when the guests come."""
    until = expected_end(room, today)
    if room.is_out_of_order and (until is None or until > booking.check_in):
        ends = f"until {until:%-d %B}" if until else "with no end in sight"
        raise NotBookable(f"Room {room.number} is out of order {ends}.")


def give(
    booking: Booking,
    room: Room,
    previous: Room | None,
    by: Staff,
    source: Source,
    at: dt.datetime | None,
) -> None:
    """Set the booking's room; the one it leaves is told so in the log."""
    if previous is not None and previous != room:
        log.append(
            booking.hotel,
            LogAction.ROOM_UNASSIGNED,
            by=by,
            source=source,
            room=previous,
            booking=booking,
            occurred_at=at,
        )
    booking.room = room


def _release(
    booking: Booking,
    status: BookingStatus,
    action: LogAction,
    by: Staff,
    request_id: str,
    source: Source,
    at: dt.datetime | None,
) -> Booking:
    """End a confirmed booking without a stay and free the room that was kept for it."""
    permissions.require_role(by, DESK, booking.hotel, action.label)
    with transaction.atomic():
        room = lock(booking, booking.room)
        repeated = log.first_result(
            booking.hotel, request_id, by=by, action=action, booking=booking
        )
        if repeated or booking.status == status:
            return booking
        require_confirmed(booking)
        booking.status = status
        booking.room = None
        booking.save(update_fields=["status", "room"])
        log.append(
            booking.hotel,
            action,
            by=by,
            source=source,
            room=room,
            booking=booking,
            request_id=request_id,
            occurred_at=at,
        )
    return booking


def _require_left(kind: RoomType, left: dict[dt.date, int]) -> None:
    """Raise NoAvailability, naming the first night of which nothing is left."""
    for night, rooms in left.items():
        if rooms < 1:
            raise NoAvailability(f"No {kind.name} is left for {night:%-d %B %Y}.")


def _field_errors(booking: Booking) -> dict[str, str]:
    """Return what no column could hold, by field: too long, negative, no identifier."""
    links = {field.name for field in Booking._meta.concrete_fields if field.is_relation}
    try:
        booking.clean_fields(exclude=links)
    except ValidationError as error:
        return {name: " ".join(messages) for name, messages in error.message_dict.items()}
    return {}


def _made_before(first: RoomEvent, asked: Booking) -> Booking:
    """Return the booking that this request made the first time; another wish is InvalidInput."""
    made = first.booking
    if made is None or any(getattr(made, name) != getattr(asked, name) for name in ASKED):
        raise InvalidInput({"request_id": log.USED})
    return made
