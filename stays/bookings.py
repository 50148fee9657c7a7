"""A booking until the guests arrive: create, assign a room, cancel, no-show.

Each is whole or absent. The order of the locks is that of rooms.log.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from hotel.choices import DESK
from hotel.exceptions import InvalidInput, NoRoomYet, RoomTaken
from hotel.models import Hotel
from rooms import log, permissions
from rooms.change import Change
from rooms.choices import LogAction
from rooms.models import Room, RoomEvent, RoomType
from stays import rules, sharing
from stays.choices import BookingAction, BookingStatus
from stays.holds import held, require_left
from stays.models import Booking, new_booking_id

# What makes a booking the one that was asked for.
ASKED = ("room_type_id", "check_in", "check_out", "guest_name", "adults", "children")


@dataclass(frozen=True, kw_only=True)
class StayInput:
    """The stay that somebody asks for: [check_in, check_out) in the hotel's dates.

    Equal dates are day use. A walk-in has the type of its room and arrives today.
    """

    check_out: dt.date
    guest_name: str
    adults: int = 1
    children: int = 0
    check_in: dt.date | None = None
    room_type: RoomType | None = None
    booking_id: str = ""


def create(hotel: Hotel, given: StayInput, change: Change) -> Booking:
    """Book a room of a type and return the booking; a repeated request returns the first one.

    Raises NotAllowed, InvalidInput (with fields), or NoAvailability where a night is sold out.
    """
    booking = draft(hotel, given, change)
    created = LogAction.BOOKING_CREATED
    # The hotel's row orders competing bookings: the second sees what the first took.
    with log.opened(hotel, change, lambda: _lock(hotel), action=created) as repeat:
        return made_before(repeat, booking) if repeat else sell(booking, change)


def draft(hotel: Hotel, given: StayInput, change: Change) -> Booking:
    """Return the booking that is asked for, not saved yet. Raises NotAllowed and InvalidInput."""
    permissions.require_role(change.by, DESK, hotel, LogAction.BOOKING_CREATED.label)
    today = hotel.business_date(change.occurred_at)
    check_in = given.check_in or today
    booking = Booking(
        hotel=hotel,
        booking_id=given.booking_id or new_booking_id(),
        room_type=given.room_type,
        check_in=check_in,
        check_out=given.check_out,
        guest_name=given.guest_name.strip(),
        adults=given.adults,
        children=given.children,
        booked_on=today,
    )
    stay = (check_in, given.check_out, given.adults, given.children)
    errors = rules.stay_errors(hotel, given.room_type, *stay, today) | _field_errors(booking)
    if not booking.guest_name:
        errors["guest_name"] = _("Give the guest's name.")
    if check_in < today:
        errors["check_in"] = _("The arrival is in the past.")
    if given.room_type is None or given.room_type.hotel_id != hotel.pk:
        errors["room_type"] = _("%s has no such room type.") % hotel
    if errors:
        raise InvalidInput(errors)
    return booking


def sell(booking: Booking, change: Change) -> Booking:
    """Save a booking that was drafted, inside an open change that holds the hotel's row.

    Raises InvalidInput for an id that is taken, and NoAvailability.
    """
    hotel = booking.hotel
    if hotel.bookings.filter(booking_id=booking.booking_id).exists():
        taken = _("Booking %s exists already.") % booking.booking_id
        raise InvalidInput({"booking_id": taken})
    today = hotel.business_date(change.occurred_at)
    wanted = held([[booking]], today)
    require_left(hotel, Counter(), wanted, change.occurred_at, in_a_room=False)
    booking.save()
    log.append(hotel, LogAction.BOOKING_CREATED, change, booking=booking)
    return booking


def made_before(first: RoomEvent, asked: Booking) -> Booking:
    """Return the booking that this request made the first time; another wish is InvalidInput."""
    made: Booking | None = first.booking
    if made is None or any(getattr(made, name) != getattr(asked, name) for name in ASKED):
        raise InvalidInput({"request_id": log.USED})
    return made


def assign(booking: Booking, room: Room | None, change: Change) -> Booking:
    """Keep a room for an arrival, of the booked type or another; the room may still be on its way.

    Its sharers get it too. Raises NotAllowed, IllegalTransition (the guests are not expected, or
    share the room of guests in house), InvalidInput (no room, or another hotel's), NotBookable (out
    of order when the guest comes), RoomTaken (another stay has it for some of the time),
    NoAvailability (a room of another type than the stay has so far, and that type is sold out on a
    night), or StaleVersion.
    """
    hotel, assigned = booking.hotel, LogAction.ROOM_ASSIGNED
    rules.require_desk(change, booking, BookingAction.ASSIGN)
    if room is None:
        raise InvalidInput({"room": _("Choose a room.")})

    def lock_party() -> Room:
        rules.lock_all([booking], [room])
        return room

    with log.opened(
        hotel, change, lock_party, action=assigned, room=room, booking=booking
    ) as repeat:
        if repeat:
            return booking
        rules.require(change, BookingAction.ASSIGN, booking)
        rules.require_same_hotel(booking, room)
        rules.require_in_use(room)
        if booking.room == room:
            return booking
        sharing.require_nobody_in(booking)
        today = hotel.business_date(change.occurred_at)
        others = rules.sharers(booking)
        for stay in (booking, *others):
            rules.require_in_order(stay, room, today)
            rules.require_free(stay, room, today)
        rules.require_type_left(booking, room, change.occurred_at)
        for stay in others:
            keep(stay, room, change.part())
        keep(booking, room, change)
    return booking


def keep(booking: Booking, room: Room, change: Change) -> None:
    """Keep the room for the booking, inside an open change that has asked whether it may."""
    give(booking, room, change)
    booking.save(update_fields=["room"])
    log.append(booking.hotel, LogAction.ROOM_ASSIGNED, change, room=room, booking=booking)


def give(booking: Booking, room: Room | None, change: Change) -> None:
    """Set the booking's room; the history of the room that it leaves says so."""
    previous = booking.room
    if previous is not None and previous != room:
        left = LogAction.ROOM_UNASSIGNED
        log.append(booking.hotel, left, change.part(), room=previous, booking=booking)
    booking.room = room


def unassign(booking: Booking, change: Change) -> Booking:
    """Take the room back from an arrival and its sharers; the booked type is held instead.

    A second call changes nothing. Raises NotAllowed, IllegalTransition (the guests are not
    expected, or share the room of guests in house), NoAvailability (the booked type is sold out).
    """
    hotel, taken_back = booking.hotel, LogAction.ROOM_UNASSIGNED
    rules.require_desk(change, booking, BookingAction.UNASSIGN)
    with log.opened(
        hotel,
        change,
        lambda: rules.lock_all([booking]),
        action=taken_back,
        booking=booking,
    ) as repeat:
        if repeat or (booking.status == BookingStatus.CONFIRMED and booking.room is None):
            return booking
        rules.require(change, BookingAction.UNASSIGN, booking)
        sharing.require_nobody_in(booking)
        today = hotel.business_date(change.occurred_at)
        stays = [booking, *rules.sharers(booking)]
        before = held([stays], today)
        room, booking.room = booking.room, None
        for stay in stays:
            stay.room = None
        require_left(hotel, before, held([stays], today), change.occurred_at, in_a_room=False)
        for stay in stays:
            about = change if stay == booking else change.part()
            stay.save(update_fields=["room"])
            log.append(hotel, taken_back, about, room=room, booking=stay)
    return booking


def swap(booking: Booking, other: Booking | None, change: Change) -> Booking:
    """Give each of two arrivals the room of the other.

    Raises NotAllowed, IllegalTransition (not both confirmed with a room, or one shares it),
    InvalidInput (no other booking), NotBookable, RoomTaken, NoAvailability.
    """
    hotel = booking.hotel
    rules.require_desk(change, booking, BookingAction.SWAP)
    if other is None or other.hotel_id != hotel.pk or other == booking:
        raise InvalidInput({"booking_id": _("Choose another booking of this hotel.")})
    with log.opened(
        hotel,
        change,
        lambda: rules.lock_all([booking, other]),
        action=LogAction.ROOM_ASSIGNED,
        booking=booking,
    ) as repeat:
        if repeat:
            return booking
        for stay in (booking, other):
            rules.require(change, BookingAction.SWAP, stay)
            sharing.require_not_sharing(stay)
        if booking.room == other.room:
            return booking
        _swap(booking, other, change)
    return booking


def _swap(booking: Booking, other: Booking, change: Change) -> None:
    hotel, at = booking.hotel, change.occurred_at
    today = hotel.business_date(at)
    before = held([[booking], [other]], today)
    if booking.room is None or other.room is None:
        raise NoRoomYet(booking=booking)
    rooms = {booking.pk: other.room, other.pk: booking.room}
    for stay, leaves in ((booking, other), (other, booking)):
        room = rooms[stay.pk]
        rules.require_in_use(room)
        rules.require_in_order(stay, room, today)
        if third := rules.others_in(stay, room, today).exclude(pk=leaves.pk).first():
            raise RoomTaken(room, third)
    for stay in (booking, other):
        log.append(hotel, LogAction.ROOM_UNASSIGNED, change.part(), room=stay.room, booking=stay)
        stay.room = rooms[stay.pk]
    require_left(hotel, before, held([[booking], [other]], today), at, in_a_room=True)
    for stay, about in ((other, change.part()), (booking, change)):
        stay.save(update_fields=["room"])
        log.append(hotel, LogAction.ROOM_ASSIGNED, about, room=stay.room, booking=stay)


def cancel(booking: Booking, change: Change) -> Booking:
    """Cancel a stay that has not begun. A second call changes nothing.

    Raises NotAllowed, or IllegalTransition for a stay that began or did not come.
    """
    return _release(booking, BookingAction.CANCEL, change)


def no_show(booking: Booking, change: Change) -> Booking:
    """Record that the guest did not come. A second call changes nothing.

    Raises NotAllowed, or IllegalTransition before the day of arrival and for a stay that began.
    """
    return _release(booking, BookingAction.NO_SHOW, change)


# How a booking ends without a stay, and what the log calls it.
ENDS = {
    BookingAction.CANCEL: (BookingStatus.CANCELLED, LogAction.BOOKING_CANCELLED),
    BookingAction.NO_SHOW: (BookingStatus.NO_SHOW, LogAction.BOOKING_NO_SHOW),
}


def _release(booking: Booking, action: BookingAction, change: Change) -> Booking:
    """End a confirmed booking without a stay and free the room that was kept for it."""
    hotel, room, (status, event) = booking.hotel, booking.room, ENDS[action]
    rules.require_desk(change, booking, action)
    with log.opened(
        hotel,
        change,
        lambda: rules.lock_all([booking], [room]),
        action=event,
        booking=booking,
    ) as repeat:
        if repeat or booking.status == status:
            return booking
        rules.require(change, action, booking)
        sharing.leave(booking)
        room, booking.status, booking.room = booking.room, status, None
        booking.save(update_fields=["status", "room", "shares_with"])
        log.append(hotel, event, change, room=room, booking=booking)
    return booking


def _lock(hotel: Hotel) -> None:
    log.lock(hotel)


def _field_errors(booking: Booking) -> dict[str, str]:
    """Return what no column could hold, by field: too long, negative, no identifier."""
    links = {field.name for field in Booking._meta.concrete_fields if field.is_relation}
    try:
        booking.clean_fields(exclude=links)
    except ValidationError as error:
        return {name: " ".join(messages) for name, messages in error.message_dict.items()}
    return {}
