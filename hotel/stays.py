"""A stay from the guests' arrival to their departure: check in, check out, undo.

The locks' order is that of hotel.bookings, whose helpers these share.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from hotel import bookings
from hotel.choices import DESK, BookingStatus
from hotel.exceptions import (
    IllegalTransition,
    InvalidInput,
    NotBookable,
    NotCheckedIn,
    ReadyroomError,
)
from hotel.models import Booking, Guest, Hotel, Staff
from rooms import housekeeping, log, permissions
from rooms.choices import Action, LogAction, Source
from rooms.housekeeping import perform
from rooms.models import Room, RoomEvent, new_guest_pin

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
        for records in _closable(booking):
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
    for records in (stay.guests.all(), *_closable(stay)):
        records.delete()
    return counts


def undo(
    room: Room,
    *,
    by: Staff,
    expected_version: int | None = None,
    request_id: str = "",
    source: Source = Source.PORTAL,
) -> RoomEvent:
    """Undo the caller's own last change of the room; a check-in or checkout with its stay.

    A check-in leaves its booking as it was, in the room kept for it before unless another stay
    has that by now. What a checkout closed is open again; what a bulk checkout erased is gone, so
    that is refused. Raises NotAllowed, IllegalTransition, StaleVersion, RoomTaken.
    """
    with transaction.atomic():
        # A check-in's former room too, before the booking: see the order in rooms.log.
        former_pk = _stay_before(room.events.of_status().order_by("-seq").first()).get("room")
        pks = {room.pk, former_pk or room.pk}
        list(Room.objects.filter(pk__in=pks).locked())
        room.refresh_from_db(from_queryset=Room.objects.with_people())
        stay = None
        repeated = log.first_result(
            room.hotel, request_id, by=by, action=Action.UNDO, room_id=room.pk
        )
        if not repeated:
            log.require_version(room, expected_version)
            last = undoable(by, room)
            if _stay_before(last).get("room") != former_pk:
                raise IllegalTransition(f"Room {room.number} changed meanwhile: look again.")
            stay = last.booking
        if stay:
            stay = Booking.objects.select_for_update(no_key=True).get(pk=stay.pk)
        event = perform(
            Action.UNDO,
            room,
            by=by,
            booking=stay,
            expected_version=expected_version,
            request_id=request_id,
            source=source,
        )
        if stay and stay.status == BookingStatus.IN_HOUSE:
            _reopen_arrival(stay, event)
        elif stay:
            _reopen_stay(stay, room)
    return event


def undoable(staff: Staff, room: Room) -> RoomEvent:
    """Return the event that `staff` may undo on this room now, its stay included.

    Raises NotAllowed or IllegalTransition as rooms.housekeeping.undoable does; for a checkout
    that erased what its stay left behind, IllegalTransition; RoomTaken where the room was given
    to another stay since.
    """
    last = housekeeping.undoable(staff, room)
    if _stay_before(last).get("erased"):
        raise IllegalTransition("This checkout erased the room's data: it cannot be undone.")
    if last.booking:
        permissions.require_role(staff, DESK, room.hotel, Action.UNDO.label)
        if last.action == Action.CHECK_OUT and not last.booking.guests.exists():
            raise IllegalTransition("This checkout erased the stay's data: it cannot be undone.")
        if last.action == Action.CHECK_OUT:
            bookings.require_free(last.booking, room)
    return last


def may_undo(staff: Staff, room: Room) -> bool:
    """Tell whether `staff` may undo the room's last change: the button's side of `undoable`."""
    try:
        undoable(staff, room)
    except ReadyroomError:
        return False
    return True


def undoable_rooms(staff: Staff) -> set[int]:
    """Return the rooms, by pk, whose last change `staff` may undo: `may_undo` in one query."""
    since = timezone.now() - housekeeping.UNDO_WINDOW
    stay = OuterRef("booking")
    clash = Booking.objects.clashing(OuterRef("booking__check_in"), OuterRef("booking__check_out"))
    last = (
        RoomEvent.objects.of_status()
        # A tap is at most so much older than its record: the index is by when it happened.
        .filter(hotel=staff.hotel, occurred_at__gte=since - housekeeping.OLDEST_TAP)
        .filter(actor=staff, recorded_at__gte=since, room_version=F("room__version"))
        .exclude(action=Action.UNDO)
        .exclude(source=Source.REPLAY)
        .exclude(
            Q(action=Action.CHECK_OUT, booking__isnull=False)
            & (
                ~Exists(Guest.objects.filter(booking=stay))
                | Exists(clash.filter(room=OuterRef("room")).exclude(pk=stay))
            )
        )
    )
    if staff.role not in DESK:
        last = last.filter(booking=None)
    return set(last.order_by().values_list("room", flat=True))


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


def _closable(booking: Booking) -> tuple[QuerySet[Any], ...]:
    """Return what a stay leaves behind, one queryset per kind."""
    return (
        booking.orders.all(),
        booking.breakfast_orders.all(),
        booking.chat_sessions.all(),
        booking.conversations.all(),
    )


def _stay_before(event: RoomEvent | None) -> dict[str, Any]:
    """Return what a check-in noted of its booking as it was, or a bulk checkout of what it did."""
    return event.before.get("stay", {}) if event else {}


def _reopen_arrival(booking: Booking, undo: RoomEvent) -> None:
    """Expect the guests again, as before the check-in, in the room that was kept for them."""
    before = _stay_before(undo.undoes)
    kept = Room.objects.filter(pk=before["room"]).first()
    if kept and kept.bookings.clashing(booking.check_in, booking.check_out).exclude(pk=booking.pk):
        kept = None
    booking.status = BookingStatus.CONFIRMED
    booking.room = kept
    booking.given_room_type_id = before["given_room_type"]
    booking.checked_in_at = None
    booking.save(update_fields=["status", "room", "given_room_type", "checked_in_at"])
    booking.guests.filter(pk=before["guest_made"]).delete()
    booking.guests.update(room=None)
    if kept and kept != undo.room:
        log.append(
            undo.hotel,
            LogAction.ROOM_ASSIGNED,
            by=undo.actor,
            source=Source(undo.source),
            room=kept,
            booking=booking,
        )


def _reopen_stay(booking: Booking, room: Room) -> None:
    """Put the stay back in house, with exactly what its checkout had closed open again."""
    for records in _closable(booking):
        records.filter(closed_at=booking.checked_out_at).update(closed_at=None)
    booking.status = BookingStatus.IN_HOUSE
    booking.checked_out_at = None
    booking.save(update_fields=["status", "checked_out_at"])
    booking.guests.update(room=room)
