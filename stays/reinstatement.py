"""The way back of a stay that ended by mistake: a checkout, a cancellation or a no-show."""

from collections import Counter

from django.utils.translation import gettext as _

from hotel.exceptions import (
    InvalidInput,
    NotCheckedIn,
    ReadyroomError,
    RoomHasAnotherGuest,
    RoomIsOutOfOrder,
    StayDataErased,
    StayedSince,
    StayOver,
)
from rooms import log
from rooms.change import ActionInput, Change
from rooms.choices import Action, LogAction, RoomStatus
from rooms.models import Room
from rooms.perform import apply
from stays import rules, sharing
from stays.availability import DAY
from stays.choices import BookingAction, BookingStatus
from stays.departures import reopen
from stays.holds import held, require_left
from stays.models import Booking


def reinstate(booking: Booking, reason: str, change: Change) -> Booking:
    """Make the stay what it was before its checkout, cancellation or no-show.

    A checked-out guest is back in the room, which is OCCUPIED again, with everything that the
    checkout detached; nobody may have had the room since. Availability is not asked: the guest is
    there. A cancelled or missed booking is confirmed again, if a room is left to sell; it gets the
    room that it had if nobody else has it now.

    Raises NotAllowed, IllegalTransition (nothing to reinstate, the stay is past, its data is
    erased, another guest was in the room since, the room is out of order), InvalidInput (no
    reason), RoomTaken, NoAvailability.
    """
    rules.require_desk(change, booking, BookingAction.REINSTATE)
    reason = reason.strip()
    if not reason:
        raise InvalidInput({"reason": _("Say why, in a few words.")})
    action = Action.REINSTATE if _left_a_room(booking) else LogAction.BOOKING_REINSTATED
    former = room_before(booking)
    with log.opened(
        booking.hotel,
        change,
        lambda: rules.lock_all([booking], [former]),
        action=action,
        booking=booking,
        notes=reason,
    ) as repeat:
        if repeat:
            return booking
        rules.require(change, BookingAction.REINSTATE, booking)
        if booking.status == BookingStatus.COMPLETED:
            return _back_in_house(booking, reason, change)
        return _expected_again(booking, former, reason, change)


def refusal(booking: Booking, change: Change) -> ReadyroomError | None:
    """Return why the stay cannot be reinstated as things are now, or None: what the form asks."""
    try:
        rules.require(change, BookingAction.REINSTATE, booking)
        if booking.status == BookingStatus.COMPLETED:
            _require_room_as_left(booking, change)
        else:
            _require_still_ahead(booking, change)
    except ReadyroomError as error:
        return error
    return None


def _left_a_room(booking: Booking) -> bool:
    return booking.status in (BookingStatus.COMPLETED, BookingStatus.IN_HOUSE)


def _require_room_as_left(booking: Booking, change: Change) -> Room:
    """Return the room of a completed stay; raise where the guests cannot be back in it."""
    room, today = booking.room, booking.hotel.business_date(change.occurred_at)
    if room is None:
        raise NotCheckedIn(booking=booking)
    if not booking.guests.exists():
        raise StayDataErased
    party = {booking.pk, *(stay.pk for stay in rules.others_of(booking))}
    later = room.bookings.filter(checked_in_at__gt=booking.checked_out_at).exclude(pk__in=party)
    if (guest := later.filter(status=BookingStatus.IN_HOUSE).first()) is not None:
        raise RoomHasAnotherGuest(room, guest)
    if later.exists():
        raise StayedSince(room=room, booking=booking)
    rules.require_in_use(room)
    if room.room_status == RoomStatus.OUT_OF_ORDER:
        raise RoomIsOutOfOrder(room=room)
    if booking.check_out != today:
        # Who leaves today needs no night; who should have left before holds tonight.
        whole = Booking(
            pk=booking.pk,
            hotel=booking.hotel,
            shares_with_id=booking.shares_with_id,
            check_in=min(booking.check_in, today),
            check_out=max(booking.check_out, today + DAY),
        )
        rules.require_free(whole, room, today)
    return room


def _back_in_house(booking: Booking, reason: str, change: Change) -> Booking:
    room = _require_room_as_left(booking, change)
    sharing.leave_if_apart(booking)
    if with_guests := sharing.in_house_with(booking):
        reopen(booking, room)
        checked_in = LogAction.SHARER_CHECKED_IN
        log.append(
            booking.hotel, checked_in, change.part(), room=room, booking=booking, notes=reason
        )
        if booking.shares_with_id is None:
            sharing.hold(with_guests[0])
        return booking
    sharing.hold(booking)
    reopen(booking, room)
    apply(Action.REINSTATE, room, ActionInput(notes=reason), change, booking=booking)
    return booking


def _require_still_ahead(booking: Booking, change: Change) -> None:
    today = booking.hotel.business_date(change.occurred_at)
    if today >= booking.ends_before:
        raise StayOver(booking=booking, check_out=booking.check_out)


def _expected_again(booking: Booking, room: Room | None, reason: str, change: Change) -> Booking:
    _require_still_ahead(booking, change)
    hotel, today = booking.hotel, booking.hotel.business_date(change.occurred_at)
    if room and (not _may_have(booking, room, change)):
        room = None
    booking.status, booking.room = BookingStatus.CONFIRMED, room
    after = held([[booking]], today)
    in_a_room = room is not None
    require_left(hotel, Counter(), after, change.occurred_at, in_a_room=in_a_room)
    booking.save(update_fields=["status", "room"])
    back = LogAction.BOOKING_REINSTATED
    log.append(hotel, back, change, room=room, booking=booking, notes=reason)
    return booking


def _may_have(booking: Booking, room: Room, change: Change) -> bool:
    today = booking.hotel.business_date(change.occurred_at)
    try:
        rules.require_in_use(room)
        rules.require_in_order(booking, room, today)
        rules.require_free(booking, room, today)
    except ReadyroomError:
        return False
    return True


def room_before(booking: Booking) -> Room | None:
    """Return the room that an ended booking had: a checked-out one has it still."""
    if booking.status == BookingStatus.COMPLETED:
        return booking.room
    ends = (LogAction.BOOKING_CANCELLED, LogAction.BOOKING_NO_SHOW)
    last = booking.events.filter(action__in=ends).select_related("room").order_by("-seq").first()
    return last.room if last else booking.room
