"""Sharers: two or more bookings that have one room together.

One of them holds the room, the others point at it with `shares_with`; together they are a party
(rules.party). The room-night is held once, the room becomes dirty when the last one leaves. Who
holds the room stays in house as long as anybody of the party is: `hold` hands the room over.
"""

import datetime as dt

from django.utils.translation import gettext as _

from hotel.exceptions import (
    CannotShare,
    CannotSwapShared,
    InvalidInput,
    NotSharing,
    SharesWithGuests,
)
from rooms import log
from rooms.change import Change
from rooms.choices import LogAction
from stays import rules
from stays.choices import HOLDING, BookingAction, BookingStatus
from stays.holds import held, require_left
from stays.models import Booking


def share(booking: Booking, other: Booking | None, change: Change) -> Booking:
    """Let the booking have the other's room, type included, for the nights that both stay.

    Raises NotAllowed, IllegalTransition (not confirmed, shares already, or the two cannot share),
    InvalidInput (no other booking, or another hotel's), RoomTaken, NoAvailability (a night that
    only the sharer stays is sold out).
    """
    rules.require_desk(change, booking, BookingAction.SHARE)
    if other is None or other.hotel_id != booking.hotel_id or other == booking:
        raise InvalidInput({"booking_id": _("Choose another booking of this hotel.")})
    with log.opened(
        booking.hotel,
        change,
        lambda: rules.lock_all([booking, other]),
        action=LogAction.SHARING_BEGAN,
        booking=booking,
        notes=None,
    ) as repeat:
        if repeat or (booking.shares_with_id or booking.pk) == (other.shares_with_id or other.pk):
            return booking
        rules.require(change, BookingAction.SHARE, booking)
        return _join(booking, other, change)


def _join(booking: Booking, other: Booking, change: Change) -> Booking:
    hotel, today = booking.hotel, booking.hotel.business_date(change.occurred_at)
    stays = rules.party(other)
    other = next(stay for stay in stays if stay.pk == other.pk)
    if why := _cannot_share(booking, other, stays, today):
        raise CannotShare(booking=booking, other=other, why=why)
    before = held([[booking], stays], today)
    previous = booking.room
    leave(booking)
    booking.shares_with = stays[0]
    booking.room, booking.room_type = other.room, (other.room or other).room_type
    if booking.room:
        rules.require_free(booking, booking.room, today)
    after = held([[booking, *stays]], today)
    require_left(hotel, before, after, change.occurred_at, in_a_room=booking.room is not None)
    if previous is not None and previous != booking.room:
        left = LogAction.ROOM_UNASSIGNED
        log.append(hotel, left, change.part(), room=previous, booking=booking)
    booking.save(update_fields=["shares_with", "room", "room_type"])
    notes = _("with %s") % other.booking_id
    began = LogAction.SHARING_BEGAN
    log.append(hotel, began, change, room=booking.room, booking=booking, notes=notes)
    return booking


def _cannot_share(
    booking: Booking, other: Booking, stays: list[Booking], today: dt.date
) -> str | None:
    """Return why the two cannot have a room together, in a sentence, or None."""
    if rules.sharers(booking):
        return _("%s shares a room already") % booking.booking_id
    if other.status not in HOLDING:
        status = other.get_status_display()
        return _("%(other)s is “%(status)s”") % {"other": other.booking_id, "status": status}
    if not (booking.check_in < other.check_out and other.check_in < booking.check_out):
        return _("they have no night in common")
    room_type = (other.room or other).room_type
    together = [booking, *(stay for stay in stays if stay.status in HOLDING)]
    persons = sum(stay.adults + stay.children for stay in together)
    if room_type.max_persons is not None and persons > room_type.max_persons:
        most = {"type": room_type.name, "most": room_type.max_persons}
        return _("%(type)s has room for %(most)d persons") % most
    return None


def unshare(booking: Booking, change: Change) -> Booking:
    """Let the booking have a room of its own again, none yet; the others keep theirs.

    Raises NotAllowed, IllegalTransition (not confirmed, or it shares with nobody), NoAvailability.
    """
    rules.require_desk(change, booking, BookingAction.UNSHARE)
    ended = LogAction.SHARING_ENDED
    with log.opened(
        booking.hotel,
        change,
        lambda: rules.lock_all([booking]),
        action=ended,
        booking=booking,
    ) as repeat:
        if repeat:
            return booking
        booking.refresh_from_db()
        rules.require(change, BookingAction.UNSHARE, booking)
        others = rules.sharers(booking)
        if not others:
            raise NotSharing(booking=booking)
        today = booking.hotel.business_date(change.occurred_at)
        before, room = held([[booking, *others]], today), booking.room
        booking.room = None
        after = held([[booking], others], today)
        require_left(booking.hotel, before, after, change.occurred_at, in_a_room=False)
        leave(booking)
        booking.save(update_fields=["room", "shares_with"])
        log.append(booking.hotel, ended, change, room=room, booking=booking)
    return booking


def hold(booking: Booking) -> None:
    """Make the booking the one of its party that holds the room, inside an open change."""
    lead = booking.shares_with
    if lead is None:
        return
    # The database allows one holder in house: first all point at the new one, then it is one.
    Booking.objects.filter(pk=lead.pk).update(shares_with=booking)
    lead.sharers.exclude(pk=booking.pk).update(shares_with=booking)
    Booking.objects.filter(pk=booking.pk).update(shares_with=None)
    booking.shares_with = None


def leave(booking: Booking) -> None:
    """Take the booking out of its party, inside an open change that saves it."""
    others = rules.others_of(booking)
    if others and booking.shares_with_id is None:
        # Who is in house, else who is expected, else who has left.
        hold(min(others, key=lambda stay: (not _is_in(stay), stay.status not in HOLDING)))
    booking.shares_with = None


def leave_if_apart(booking: Booking) -> None:
    """Take a stay that comes back to its room out of a party that has another room by now."""
    if any(stay.room_id != booking.room_id for stay in rules.sharers(booking)):
        leave(booking)
        booking.save(update_fields=["shares_with"])


def in_house_with(booking: Booking) -> list[Booking]:
    """Return the other stays of the party whose guests are in the room now."""
    return [stay for stay in rules.others_of(booking) if _is_in(stay)]


def require_nobody_in(booking: Booking) -> None:
    """Raise SharesWithGuests where the booking's room has its sharer's guests in it."""
    if in_house_with(booking):
        raise SharesWithGuests(booking=booking, room=booking.room)


def require_not_sharing(booking: Booking) -> None:
    """Raise CannotSwapShared for a booking that shares its room."""
    if rules.sharers(booking):
        raise CannotSwapShared(booking=booking)


def _is_in(stay: Booking) -> bool:
    return stay.status == BookingStatus.IN_HOUSE
