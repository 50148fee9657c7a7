"""Taking back the last change of a room, and with a check-in or checkout its stay.

The locks' order is that of hotel.bookings.
"""

from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from hotel.choices import DESK
from hotel.exceptions import IllegalTransition, ReadyroomError
from hotel.models import Staff
from rooms import log, permissions
from rooms import perform as rooms_perform
from rooms.choices import Action, LogAction, Source
from rooms.models import Room, RoomEvent
from rooms.perform import OLDEST_TAP, UNDO_WINDOW, perform
from stays import bookings
from stays.choices import BookingStatus
from stays.departures import closable
from stays.models import Booking, Guest


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

    Raises NotAllowed or IllegalTransition as rooms.perform.undoable does; IllegalTransition
    for a room that is not in use, and for a checkout that erased what its stay left behind;
    RoomTaken where the room was given to another stay since.
    """
    if not room.is_active:
        raise IllegalTransition(f"Room {room.number} is not in use.")
    last = rooms_perform.undoable(staff, room)
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
    since = timezone.now() - UNDO_WINDOW
    stay = OuterRef("booking")
    clash = Booking.objects.clashing(OuterRef("booking__check_in"), OuterRef("booking__check_out"))
    last = (
        RoomEvent.objects.of_status()
        # A tap is at most so much older than its record: the index is by when it happened.
        .filter(hotel=staff.hotel, occurred_at__gte=since - OLDEST_TAP)
        .filter(actor=staff, recorded_at__gte=since, room_version=F("room__version"))
        .filter(room__is_active=True)
        .exclude(action=Action.UNDO)
        .exclude(source=Source.REPLAY)
        # A room without a stay that a bulk checkout erased; a check-in's own note is no matter.
        .exclude(action=Action.CHECK_OUT, before__has_key="stay")
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
    for records in closable(booking):
        records.filter(closed_at=booking.checked_out_at).update(closed_at=None)
    booking.status = BookingStatus.IN_HOUSE
    booking.checked_out_at = None
    booking.save(update_fields=["status", "checked_out_at"])
    booking.guests.update(room=room)
