"""A guest in house moves to another room."""

from django.utils.translation import gettext as _

from hotel.exceptions import InvalidInput
from rooms import log
from rooms.change import ActionInput, Change
from rooms.choices import Action, LogAction
from rooms.models import Room
from rooms.perform import apply
from stays import bookings, rules, sharing
from stays.arrivals import forget_guest
from stays.choices import BookingAction, BookingStatus
from stays.holds import held, require_left
from stays.models import Booking


def move(
    booking: Booking,
    room: Room | None,
    reason: str,
    change: Change,
    *,
    alone: bool = False,
    accept_fault: bool = False,
) -> Booking:
    """Move the guests in house to a room that is ready now, with those who share their room.

    The room behind becomes dirty, with the reason added to its note; its maintenance and notes stay
    with it. Guests, orders and chats go with the stay, and so do sharers who are still to come.
    With `alone`, the sharers stay, and their room stays occupied. A room that is ready but for a
    small fault is given with `accept_fault`.

    Raises NotAllowed, NotCheckedIn, InvalidInput (no room or reason, the same room, another
    hotel's), NotBookable (not ready this minute, or closed before the guests leave), RoomTaken,
    NoAvailability (another type, sold out on a night), StaleVersion.
    """
    rules.require_desk(change, booking, BookingAction.MOVE)
    reason = reason.strip()
    if room is None:
        raise InvalidInput({"room": _("Choose a room.")})
    if not reason:
        raise InvalidInput({"reason": _("Say why, in a few words.")})

    def lock_rooms() -> Room:
        rules.lock_all([booking], [room])
        return room

    with log.opened(
        booking.hotel,
        change,
        lock_rooms,
        action=Action.MOVE_IN,
        room=room,
        booking=booking,
        notes=reason,
    ) as repeat:
        if repeat:
            return booking
        given = ActionInput(notes=reason, accept_fault=accept_fault)
        return _move(booking, room, given, change, alone)


def _move(booking: Booking, room: Room, given: ActionInput, change: Change, alone: bool) -> Booking:
    """Move the stay inside an open change that holds both rooms and all the stays."""
    rules.require(change, BookingAction.MOVE, booking)
    rules.require_same_hotel(booking, room)
    left = booking.room
    if left is None or left == room:
        raise InvalidInput({"room": _("The guests are in this room: choose another.")})
    rules.require_ready(room, accept_fault=given.accept_fault)
    staying = sharing.in_house_with(booking) if alone else []
    if staying:
        _require_own_room_left(booking, room, change)
        sharing.leave(booking)
    stays = [booking, *rules.sharers(booking)]
    today = booking.hotel.business_date(change.occurred_at)
    for stay in stays:
        rules.require_in_order(stay, room, today)
        rules.require_free(stay, room, today)
    rules.require_type_left(booking, room, change.occurred_at)
    if staying:
        about = change.part()
        log.append(booking.hotel, LogAction.SHARER_MOVED, about, room=left, booking=booking)
    else:
        apply(Action.MOVE_OUT, left, given, change.part(), booking=booking)
    for stay in stays:
        if stay.status == BookingStatus.IN_HOUSE:
            _take_along(stay, room)
            if stay != booking:
                moved = LogAction.SHARER_MOVED
                log.append(booking.hotel, moved, change.part(), room=room, booking=stay)
        elif stay.status == BookingStatus.CONFIRMED:
            bookings.keep(stay, room, change.part())
    forget_guest(room)
    room.push_token, left.push_token = left.push_token, ""
    for changed in (room, left):
        changed.save(update_fields=["push_token"])
    apply(Action.MOVE_IN, room, given, change, booking=booking)
    booking.refresh_from_db(fields=["room", "given_room_type", "shares_with"])
    return booking


def _require_own_room_left(booking: Booking, room: Room, change: Change) -> None:
    """Raise NoAvailability where a sharer who moves alone takes a room that is sold."""
    today, left = booking.hotel.business_date(change.occurred_at), booking.room
    others = rules.sharers(booking)
    before = held([[booking, *others]], today)
    booking.room = room
    after = held([[booking], others], today)
    booking.room = left
    require_left(booking.hotel, before, after, change.occurred_at, in_a_room=True)


def _take_along(stay: Booking, room: Room) -> None:
    """Put a stay in house, with its guests, into the room."""
    stay.room, stay.given_room_type = room, room.room_type
    stay.save(update_fields=["room", "given_room_type", "shares_with"])
    stay.guests.update(room=room)
