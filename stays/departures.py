"""Checkout: one stay, one room, or many rooms at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hotel.choices import DESK
from hotel.exceptions import NotCheckedIn, RoomChangedMeanwhile
from hotel.models import Hotel
from rooms import log, permissions
from rooms.change import ActionInput, Change
from rooms.choices import Action, LogAction
from rooms.models import Room
from rooms.perform import apply, lock
from stays import rules, sharing
from stays.arrivals import forget_guest
from stays.choices import BookingAction, BookingStatus
from stays.models import Booking

# A booking needs a name; a bulk checkout leaves it this one.
ERASED_NAME = "Erased guest"


def check_out(booking: Booking, change: Change) -> Booking:
    """End the stay: guests detached, its own open orders and chat closed, the room dirty.

    The room of sharers becomes dirty when the last of them leaves. A second call returns the
    booking and changes nothing. Raises NotAllowed, NotCheckedIn, StaleVersion.
    """
    room = booking.room
    rules.require_desk(change, booking, BookingAction.CHECK_OUT)

    def lock_stay() -> Room | None:
        rules.lock_all([booking], [room])
        # The version counts only for a stay in house: without one, the room is not what is wrong.
        return room if booking.status == BookingStatus.IN_HOUSE else None

    shared = bool(sharing.in_house_with(booking))
    action = LogAction.SHARER_CHECKED_OUT if shared else Action.CHECK_OUT
    with log.opened(booking.hotel, change, lock_stay, action=action, booking=booking) as repeat:
        if repeat or booking.status == BookingStatus.COMPLETED:
            return booking
        rules.require(change, BookingAction.CHECK_OUT, booking)
        if room is None:
            raise NotCheckedIn(booking=booking)
        return _see_off(booking, room, change)


def _see_off(booking: Booking, room: Room, change: Change) -> Booking:
    """End the stay inside an open change that holds the room and the booking."""
    # The sharer who left just before may have handed the room over.
    booking.refresh_from_db(fields=["shares_with"])
    booking.status = BookingStatus.COMPLETED
    booking.checked_out_at = change.moment
    booking.save(update_fields=["status", "checked_out_at"])
    booking.guests.update(room=None)
    for records in closable(booking):
        records.filter(closed_at=None).update(closed_at=booking.checked_out_at)
    if staying := sharing.in_house_with(booking):
        if booking.shares_with_id is None:
            sharing.hold(staying[0])
            booking.shares_with = staying[0]
        checked_out = LogAction.SHARER_CHECKED_OUT
        log.append(booking.hotel, checked_out, change, room=room, booking=booking)
    else:
        apply(Action.CHECK_OUT, room, ActionInput(), change, booking=booking)
    return booking


def check_out_room(room: Room, change: Change) -> Booking | None:
    """Check out the room's stay, and those that share it. Imported as occupied, it may have none.

    Raises what `check_out` raises, and IllegalTransition for a room that is not occupied.
    """
    stays = list(room.bookings.in_house().select_related("hotel", "room").order_by("pk"))
    for stay in stays:
        stay.room = room
    if len(stays) > 1:
        return _check_out_together(stays, room, change)
    if stays:
        return check_out(stays[0], change)
    with log.opened(
        room.hotel, change, lambda: lock(room), action=Action.CHECK_OUT, room=room
    ) as repeat:
        if not repeat:
            if room.bookings.in_house().exists():
                raise RoomChangedMeanwhile(room=room)
            apply(Action.CHECK_OUT, room, ActionInput(), change)
    return None


def _check_out_together(stays: list[Booking], room: Room, change: Change) -> Booking:
    """End the stays of all who share the room, at one moment, by which an undo finds them."""
    change = replace(change, occurred_at=change.moment)
    *others, last = stays

    def lock_stays() -> Room:
        rules.lock_all(stays, [room])
        return room

    with log.opened(
        room.hotel, change, lock_stays, action=Action.CHECK_OUT, room=room, booking=last
    ) as repeat:
        if repeat:
            return last
        for stay in stays:
            rules.require(change, BookingAction.CHECK_OUT, stay)
        for stay in others:
            _see_off(stay, room, change.part())
        return _see_off(last, room, change)


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
    change: Change,
    *,
    agreed: Collection[str] | None = None,
) -> tuple[list[CheckedOut], list[Skipped]]:
    """Check out the in-house stay of each room and erase its guests, names, chats and orders.

    All rooms or, on a fault, none. The room gets a new guest PIN and loses its push token; other
    stays of the room are not touched. It cannot be undone. `agreed` are the bookings that somebody
    confirmed: a room that has another guest since is skipped. Raises NotAllowed.
    """
    permissions.require_role(change.by, DESK, hotel, Action.CHECK_OUT.label)
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
        locked = stays.select_related("hotel").select_for_update(of=("self",), no_key=True)
        in_house: defaultdict[int | None, list[Booking]] = defaultdict(list)
        for stay in locked:
            in_house[stay.room_id].append(stay)
        for number in wanted:
            room = rooms.get(number)
            here = in_house[room.pk] if room else []
            known = bool(here) and {stay.booking_id for stay in here} <= set(agreed or ())
            if room is None:
                reason = _("%(hotel)s has no room %(number)s.")
            elif not room.is_occupied:
                reason = _("Room %(number)s is not occupied: “%(status)s”.")
            elif agreed is not None and not known:
                reason = _("Room %(number)s has another guest now.")
            else:
                done += [_check_out_and_erase(room, stay, change) for stay in here]
                if not here:
                    done.append(_check_out_and_erase(room, None, change))
                continue
            status = room.get_room_status_display() if room else ""
            about = {"hotel": hotel, "number": number, "status": status}
            skipped.append(Skipped(number, reason % about))
    return done, skipped


def what_bulk_erases(stay: Booking) -> CheckedOut:
    """Return how much of a stay a bulk checkout deletes: for the question before it."""
    return CheckedOut(
        room=stay.room.number if stay.room else "",
        booking_id=stay.booking_id,
        guests_deleted=stay.guests.count(),
        orders_cleared=stay.orders.count() + stay.breakfast_orders.count(),
        conversations_deleted=stay.conversations.count(),
    )


def _check_out_and_erase(room: Room, stay: Booking | None, change: Change) -> CheckedOut:
    forget_guest(room)
    if stay is None:
        erased = {"erased": True}
        apply(Action.CHECK_OUT, room, ActionInput(), change, stay_before=erased)
        return CheckedOut(room.number, None, 0, 0, 0)
    stay.room = room
    _see_off(stay, room, change)
    counts = what_bulk_erases(stay)
    stay.guest_name = ERASED_NAME
    stay.save(update_fields=["guest_name"])
    for records in (stay.guests.all(), *closable(stay)):
        records.delete()
    return counts


def reopen(booking: Booking, room: Room) -> None:
    """Put a completed stay back in house, inside an open change of its room.

    Exactly what its checkout had closed is open again.
    """
    for records in closable(booking):
        records.filter(closed_at=booking.checked_out_at).update(closed_at=None)
    booking.status, booking.checked_out_at = BookingStatus.IN_HOUSE, None
    booking.save(update_fields=["status", "checked_out_at"])
    booking.guests.update(room=room)


def closable(booking: Booking) -> tuple[QuerySet[Any], ...]:
    """Return what a stay leaves behind, one queryset per kind."""
    return (
        booking.orders.all(),
        booking.breakfast_orders.all(),
        booking.chat_sessions.all(),
        booking.conversations.all(),
    )
