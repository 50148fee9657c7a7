"""Checkout: one stay, one room, or many rooms at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hotel.choices import DESK
from hotel.exceptions import NotCheckedIn, RoomChangedMeanwhile
from hotel.models import Hotel
from rooms import log, permissions
from rooms.change import ActionInput, Change
from rooms.choices import Action
from rooms.models import Room
from rooms.perform import apply, lock
from stays import rules
from stays.arrivals import forget_guest
from stays.choices import BookingAction, BookingStatus
from stays.models import Booking

# A booking needs a name; a bulk checkout leaves it this one.
ERASED_NAME = "Erased guest"


def check_out(booking: Booking, change: Change) -> Booking:
    """End the stay: guests detached, its own open orders and chat closed, the room dirty.

    A second call returns the booking and changes nothing. Raises NotAllowed, NotCheckedIn,
    StaleVersion.
    """
    room = booking.room
    rules.require_desk(change, booking, BookingAction.CHECK_OUT)

    def lock_stay() -> Room | None:
        rules.lock(booking, room)
        # The version counts only for a stay in house: without one, the room is not what is wrong.
        return room if booking.status == BookingStatus.IN_HOUSE else None

    with log.opened(
        booking.hotel, change, lock_stay, action=Action.CHECK_OUT, booking=booking
    ) as repeat:
        if repeat or booking.status == BookingStatus.COMPLETED:
            return booking
        rules.require(change, BookingAction.CHECK_OUT, booking)
        if room is None:
            raise NotCheckedIn(booking=booking)
        return _see_off(booking, room, change)


def _see_off(booking: Booking, room: Room, change: Change) -> Booking:
    """End the stay inside an open change that holds the room and the booking."""
    booking.status = BookingStatus.COMPLETED
    booking.checked_out_at = change.moment
    booking.save(update_fields=["status", "checked_out_at"])
    booking.guests.update(room=None)
    for records in closable(booking):
        records.filter(closed_at=None).update(closed_at=booking.checked_out_at)
    apply(Action.CHECK_OUT, room, ActionInput(), change, booking=booking)
    return booking


def check_out_room(room: Room, change: Change) -> Booking | None:
    """Check out the room's stay. A room that was imported as occupied may have none.

    Raises what `check_out` raises, and IllegalTransition for a room that is not occupied.
    """
    stay = room.bookings.in_house().select_related("hotel", "room").first()
    if stay is not None:
        stay.room = room
        return check_out(stay, change)
    with log.opened(
        room.hotel, change, lambda: lock(room), action=Action.CHECK_OUT, room=room
    ) as repeat:
        if not repeat:
            if room.bookings.in_house().exists():
                raise RoomChangedMeanwhile(room=room)
            apply(Action.CHECK_OUT, room, ActionInput(), change)
    return None


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
        in_house = {stay.room_id: stay for stay in locked}
        for number in wanted:
            room = rooms.get(number)
            stay = in_house.get(room.pk) if room else None
            if room is None:
                reason = _("%(hotel)s has no room %(number)s.")
            elif not room.is_occupied:
                reason = _("Room %(number)s is not occupied: “%(status)s”.")
            elif agreed is not None and (stay.booking_id if stay else None) not in agreed:
                reason = _("Room %(number)s has another guest now.")
            else:
                done.append(_check_out_and_erase(room, stay, change))
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


def closable(booking: Booking) -> tuple[QuerySet[Any], ...]:
    """Return what a stay leaves behind, one queryset per kind."""
    return (
        booking.orders.all(),
        booking.breakfast_orders.all(),
        booking.chat_sessions.all(),
        booking.conversations.all(),
    )
