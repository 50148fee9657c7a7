"""Arrivals: check-in and walk-in."""

from dataclasses import replace

from django.utils.translation import gettext as _

from hotel.exceptions import InvalidInput, SharesWithGuests
from rooms import log
from rooms.change import ActionInput, Change
from rooms.choices import Action, LogAction
from rooms.models import Room, new_guest_pin
from rooms.perform import apply
from stays import bookings, rules, sharing
from stays.bookings import StayInput
from stays.choices import BookingAction, BookingStatus
from stays.models import Booking, Guest


def check_in(
    booking: Booking, room: Room | None, change: Change, *, accept_fault: bool = False
) -> Booking:
    """Let the guests in: into `room`, or the assigned one. The room gets a new guest PIN.

    A room that is ready but for a small fault is given with `accept_fault`; the fault stays open.

    Raises NotAllowed, IllegalTransition (not expected, or not today), InvalidInput (no room),
    NotBookable (not ready this minute, or a fault not accepted), RoomTaken, NoAvailability (a room
    of another type than the stay has so far, and that type is sold out on a night), StaleVersion.
    """
    rules.require_desk(change, booking, BookingAction.CHECK_IN)
    given = room or booking.room
    if given is None:
        raise InvalidInput({"room": _("Choose a room: none is assigned yet.")})

    def lock_party() -> Room:
        rules.lock_all([booking], [given])
        return given

    action = LogAction.SHARER_CHECKED_IN if sharing.in_house_with(booking) else Action.CHECK_IN
    with log.opened(
        booking.hotel, change, lock_party, action=action, room=given, booking=booking
    ) as repeat:
        return booking if repeat else _let_in(booking, given, change, accept_fault)


def _let_in(booking: Booking, room: Room, change: Change, accept_fault: bool) -> Booking:
    """Begin the stay inside an open change that holds the room and the booking."""
    rules.require(change, BookingAction.CHECK_IN, booking)
    rules.require_same_hotel(booking, room)
    party = rules.others_of(booking)
    if guests := [stay for stay in party if stay.status == BookingStatus.IN_HOUSE]:
        return _let_in_with(guests, booking, room, change)
    today = booking.hotel.business_date(change.occurred_at)
    rules.require_ready(room, accept_fault=accept_fault)
    others = [stay for stay in party if stay.status == BookingStatus.CONFIRMED]
    for stay in (booking, *others):
        rules.require_not_closing(stay, room)
        rules.require_free(stay, room, today)
    rules.require_type_left(booking, room, change.occurred_at)
    for stay in others:
        if stay.room != room:
            bookings.keep(stay, room, change.part())
    sharing.hold(booking)
    before = {
        "room": booking.room_id,
        "given_room_type": booking.given_room_type_id,
        "guest_made": None,
    }
    bookings.give(booking, room, change)
    booking.status = BookingStatus.IN_HOUSE
    booking.given_room_type = room.room_type
    booking.checked_in_at = change.moment
    booking.save(update_fields=["room", "status", "given_room_type", "checked_in_at"])
    if not booking.guests.update(room=room):
        made = Guest.objects.create(booking=booking, room=room, name=booking.guest_name)
        before["guest_made"] = made.pk
    forget_guest(room)
    given = ActionInput(accept_fault=accept_fault)
    apply(Action.CHECK_IN, room, given, change, booking=booking, stay_before=before)
    return booking


def _let_in_with(guests: list[Booking], booking: Booking, room: Room, change: Change) -> Booking:
    """Begin the stay of a sharer, whose room has guests in it: the room stays as it is."""
    if room != guests[0].room:
        raise SharesWithGuests(booking=booking, room=guests[0].room)
    booking.status = BookingStatus.IN_HOUSE
    booking.given_room_type = room.room_type
    booking.checked_in_at = change.moment
    booking.save(update_fields=["status", "given_room_type", "checked_in_at"])
    if not booking.guests.update(room=room):
        Guest.objects.create(booking=booking, room=room, name=booking.guest_name)
    checked_in = LogAction.SHARER_CHECKED_IN
    log.append(booking.hotel, checked_in, change, room=room, booking=booking)
    return booking


def forget_guest(room: Room) -> None:
    """Give the room a new guest PIN and remove the last guest's push token."""
    room.guest_pin, room.push_token = new_guest_pin(), ""
    room.save(update_fields=["guest_pin", "push_token"])


def walk_in(room: Room, given: StayInput, change: Change, *, accept_fault: bool = False) -> Booking:
    """Book a guest who stands at the desk and let them in, whole or not at all.

    A repeated request returns the first booking as it is now and changes nothing. Raises what
    `create` and `check_in` raise.
    """
    hotel = room.hotel
    given = replace(given, room_type=room.room_type, check_in=None)
    with log.opened(hotel, change, lambda: _lock(room), action=LogAction.BOOKING_CREATED) as repeat:
        booking = bookings.draft(hotel, given, change)
        if repeat:
            made = bookings.made_before(repeat, booking)
            if not made.events.filter(action=Action.CHECK_IN, room=room).exists():
                raise InvalidInput({"request_id": log.USED})
            return made
        # The room before the hotel: see the order in rooms.log.
        log.lock(hotel)
        bookings.sell(booking, change)
        return _let_in(booking, room, change.part(), accept_fault)


def _lock(room: Room) -> Room:
    room.refresh_from_db(from_queryset=Room.objects.with_people().locked())
    return room
