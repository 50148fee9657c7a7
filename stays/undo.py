"""Undo of a room's last change. A check-in or checkout is undone together with its stay."""

import datetime as dt
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from hotel.choices import DESK
from hotel.exceptions import (
    MovesAreNotUndone,
    ReadyroomError,
    RoomChangedMeanwhile,
    RoomDataErased,
    RoomNotInUse,
    SharesWithGuests,
    StayDataErased,
)
from hotel.models import Staff
from hotel.statements import Statement
from rooms import log, permissions
from rooms import perform as on_room
from rooms.change import ActionInput, Change
from rooms.choices import Action, LogAction, Source
from rooms.models import Room, RoomEvent
from rooms.perform import OLDEST_TAP, UNDO_WINDOW, apply
from stays import bookings, rules, sharing
from stays.choices import BookingStatus
from stays.departures import reopen
from stays.models import Booking, Guest

# Both are asked for in a form that says what will happen.
NOT_UNDONE = (Action.MOVE_OUT, Action.MOVE_IN, Action.REINSTATE)


def undo(room: Room, change: Change) -> RoomEvent:
    """Undo the caller's own last change of the room; a check-in or checkout with its stay.

    After a check-in, the booking is as it was before, in the room that was assigned to it unless
    another stay has that room now. After a checkout, everything that it closed is open again. A
    bulk checkout cannot be undone: its data is erased.

    Raises NotAllowed, IllegalTransition, StaleVersion, RoomTaken.
    """
    # A check-in's former room is locked too, before the booking: see the order in rooms.log.
    former = _stay_before(room.events.of_status().order_by("-seq").first()).get("room")
    with log.opened(
        room.hotel, change, lambda: _lock(room, former), action=Action.UNDO, room=room
    ) as repeat:
        if repeat:
            repeat.room = room
            return repeat
        last = undoable(change.by, room)
        if _stay_before(last).get("room") != former:
            raise RoomChangedMeanwhile(room=room)
        stay: Booking | None = last.booking
        if stay:
            stay = _lock_party(stay)
        event = apply(Action.UNDO, room, ActionInput(), change, booking=stay)
        if stay and stay.status == BookingStatus.IN_HOUSE:
            _reopen_arrival(stay, event, change)
        elif stay:
            _reopen_stay(stay, room)
    return event


def _lock(room: Room, former: int | None) -> Room:
    list(Room.objects.filter(pk__in={room.pk, former or room.pk}).locked())
    room.refresh_from_db(from_queryset=Room.objects.with_people())
    return room


def _lock_party(booking: Booking) -> Booking:
    """Lock the stay and those that share with it; return it as it is now."""
    pks = [booking.pk, *(stay.pk for stay in rules.others_of(booking))]
    locked = Booking.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True)
    return next(stay for stay in locked if stay.pk == booking.pk)


def undoable(staff: Staff | None, room: Room) -> RoomEvent:
    """Return the event that `staff` may undo on this room now, its stay included.

    Raises NotAllowed or IllegalTransition as rooms.perform.undoable does; IllegalTransition
    for a room that is not in use, for a checkout that erased what its stay left behind, and for a
    check-in where a sharer's guests are in the room too;
    RoomTaken where the room was given to another stay since.
    """
    if not room.is_active:
        raise RoomNotInUse(room=room)
    last = on_room.undoable(staff, room)
    if last.action in NOT_UNDONE:
        raise MovesAreNotUndone
    if _stay_before(last).get("erased"):
        raise RoomDataErased
    if last.booking:
        permissions.require_role(staff, DESK, room.hotel, Action.UNDO.label)
        if last.action == Action.CHECK_IN and _others_inside(last.booking, room):
            raise SharesWithGuests(booking=last.booking, room=room)
        if last.action == Action.CHECK_OUT and not last.booking.guests.exists():
            raise StayDataErased
        if last.action == Action.CHECK_OUT:
            rules.require_free(last.booking, room, room.hotel.business_date())
    return last


def _others_inside(booking: Booking, room: Room) -> bool:
    """Tell whether a sharer's guests are in the room, which the undo would make empty."""
    return room.bookings.in_house().exclude(pk=booking.pk).exists()


def may_undo(staff: Staff, room: Room) -> bool:
    """Tell whether `staff` may undo the room's last change: the button's side of `undoable`."""
    try:
        undoable(staff, room)
    except ReadyroomError:
        return False
    return True


def undoable_rooms(staff: Staff) -> frozenset[int]:
    """Return the rooms, by pk, whose last change `staff` may undo: `may_undo` in one query."""
    since = timezone.now() - UNDO_WINDOW
    statement = UNDOABLE_ROOMS[staff.role in DESK]
    # A tap is at most so much older than its record: the index is by when it happened.
    rows = statement.rows(staff.hotel_id, staff.pk, since, since - OLDEST_TAP)
    return frozenset(room for (room,) in rows)


def _last_changes(
    hotel_id: int, staff_id: int, recorded: dt.datetime, occurred: dt.datetime, *, stays: bool
) -> QuerySet[RoomEvent, tuple[int]]:
    """Return the rooms whose last change is theirs, with or without those of `stays`."""
    stay = OuterRef("booking")
    clash = Booking.objects.clashing(OuterRef("booking__check_in"), OuterRef("booking__check_out"))
    inside = Booking.objects.in_house().filter(room=OuterRef("room"))
    last = (
        RoomEvent.objects.of_status()
        .filter(hotel_id=hotel_id, occurred_at__gte=occurred)
        .filter(actor_id=staff_id, recorded_at__gte=recorded, room_version=F("room__version"))
        .filter(room__is_active=True)
        .exclude(action__in=(Action.UNDO, *NOT_UNDONE))
        .exclude(source=Source.REPLAY)
        # A bulk checkout of a room without a stay; a check-in has a "stay" note too.
        .exclude(action=Action.CHECK_OUT, before__has_key="stay")
        .exclude(
            Q(action=Action.CHECK_OUT, booking__isnull=False)
            & (
                ~Exists(Guest.objects.filter(booking=stay))
                | Exists(clash.filter(room=OuterRef("room")).exclude(pk=stay))
            )
        )
        .exclude(Q(action=Action.CHECK_IN) & Exists(inside.exclude(pk=stay)))
    )
    if not stays:
        last = last.filter(booking=None)
    return last.order_by().values_list("room")


# By whether the person's role may undo a check-in or checkout.
UNDOABLE_ROOMS = {
    stays: Statement(partial(_last_changes, stays=stays), int, int, dt.datetime, dt.datetime)
    for stays in (True, False)
}


def _stay_before(event: RoomEvent | None) -> dict[str, Any]:
    """Return what a check-in noted of its booking as it was, or a bulk checkout of what it did."""
    return event.before.get("stay", {}) if event else {}


def _reopen_arrival(booking: Booking, undo: RoomEvent, change: Change) -> None:
    """Expect the guests again, as before the check-in, in the room that was kept for them."""
    before = _stay_before(undo.undoes)
    kept = Room.objects.filter(pk=before["room"]).first()
    today = undo.hotel.business_date(undo.occurred_at)
    sharers = [stay for stay in rules.sharers(booking) if stay.room_id == undo.room_id]
    if kept and any(rules.others_in(stay, kept, today) for stay in (booking, *sharers)):
        kept = None
    booking.status = BookingStatus.CONFIRMED
    booking.room = kept
    booking.given_room_type_id = before["given_room_type"]
    booking.checked_in_at = None
    booking.save(update_fields=["status", "room", "given_room_type", "checked_in_at"])
    booking.guests.filter(pk=before["guest_made"]).delete()
    booking.guests.update(room=None)
    if kept and kept != undo.room:
        assigned = LogAction.ROOM_ASSIGNED
        log.append(undo.hotel, assigned, change.part(), room=kept, booking=booking)
    for stay in sharers:
        # The check-in had taken them along.
        if kept and kept != stay.room:
            bookings.keep(stay, kept, change.part())
        elif kept is None:
            bookings.give(stay, None, change)
            stay.save(update_fields=["room"])


def _reopen_stay(booking: Booking, room: Room) -> None:
    """Put the stay back in house, with exactly what its checkout had closed open again."""
    # Sharers who were checked out together leave their room at one moment.
    together = [
        stay
        for stay in rules.others_of(booking)
        if stay.checked_out_at == booking.checked_out_at and stay.room_id == room.pk
    ]
    sharing.leave_if_apart(booking)
    sharing.hold(booking)
    for stay in (booking, *together):
        reopen(stay, room)
