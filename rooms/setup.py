"""How a hotel is set up: rows are added, changed and removed, and the hotel's log records it.

A row of the set-up is a hotel, or belongs to one: by its `hotel`, as staff, rooms and room types
do, or by its `room_type`, as a type's inventory does. Every function writes the row and the event
in one transaction, and the event makes pages and answers that were drawn before be drawn again.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hotel.exceptions import InvalidInput
from hotel.models import Hotel, name_of
from rooms import log, out_of_order
from rooms.change import Change
from rooms.choices import LogAction, RoomStatus
from rooms.models import Room, RoomEvent, RoomType

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# What colleagues see of a person, on cards and in lists.
SHOWN_OF_A_PERSON = ("username", "first_name", "last_name")


def lock(row: Any) -> None:
    """Lock what a change of the row needs, in the order of rooms.log: a room, then the hotel."""
    if isinstance(row, Room):
        Room.objects.locked().get(pk=row.pk)
    log.lock(_hotel_of(row))


def require_type_of_hotel(room_type: RoomType, hotel: Hotel) -> None:
    """Raise InvalidInput unless the room type is one of the hotel's own."""
    if room_type.hotel_id != hotel.pk:
        raise InvalidInput({"room_type": _("%s has no such room type.") % hotel})


def require_may_switch(room: Room, *, is_active: bool) -> None:
    """Raise InvalidInput where an occupied room would be switched off."""
    if room.is_occupied and not is_active:
        raise InvalidInput(
            {"is_active": _("Room %s is occupied: check the guest out first.") % room}
        )


def add(row: Any, change: Change) -> None:
    """Insert a new row and log it; a room is added as `add_rooms` does."""
    if isinstance(row, Room):
        add_rooms([row], change)
        return
    with transaction.atomic():
        if not isinstance(row, Hotel):
            lock(row)
        row.save()
        _log_change(_hotel_of(row), f"{_named(row)} added", change)


def add_rooms(rooms: list[Room], change: Change) -> None:
    """Insert new rooms of one hotel with an initial status from their flags, and log each.

    Status: occupied → OCCUPIED; out of order → OUT_OF_ORDER, returning as AVAILABLE, from today
    unless `out_of_order_from` is set; else AVAILABLE. Each event is dated by its room's
    `status_since`. Raises InvalidInput for a room that is both, one that is occupied but not in
    use, or one whose type is another hotel's; then none is added.
    """
    if not rooms:
        return
    hotel = rooms[0].hotel
    today = hotel.business_date()
    for room in rooms:
        require_type_of_hotel(room.room_type, hotel)
        require_may_switch(room, is_active=room.is_active)
        _set_first_status(room, today)
    with transaction.atomic():
        seq = log.take_seqs(hotel, len(rooms))
        for offset, room in enumerate(rooms):
            room.last_seq = seq + offset
        # A new room may bring a new floor to the pages' filters.
        Hotel.objects.filter(pk=hotel.pk).update(setup_seq=hotel.last_seq)
        Room.objects.bulk_create(rooms)
        for event in _log_added(hotel, rooms, change):
            if event.room.is_out_of_order:
                out_of_order.follow(event.room, event)


def save_changes(row: Any, changed_fields: Sequence[str], change: Change) -> None:
    """Save the row's changed fields, and no others, and log what each was and is now.

    Saving the whole row would put back a room's status, or a hotel's `last_seq`, as it was when
    the row was read. Raises InvalidInput where a rule above refuses what changed of a room; with
    no changed fields nothing is done.
    """
    if not changed_fields:
        return
    with transaction.atomic():
        lock(row)
        before = type(row)._default_manager.get(pk=row.pk)
        room = before if isinstance(before, Room) else None
        if room and "room_type" in changed_fields:
            require_type_of_hotel(row.room_type, room.hotel)
        if room and "is_active" in changed_fields:
            require_may_switch(room, is_active=row.is_active)
        row.save(update_fields=changed_fields)
        _log_change(_hotel_of(row), _differences(before, row, changed_fields), change, room=room)


def remove(row: Any, change: Change) -> None:
    """Delete the row and log it.

    Raises Django's ProtectedError for a row with a history, as every hotel and every room has.
    """
    with transaction.atomic():
        lock(row)
        hotel, notes = _hotel_of(row), f"{_named(row)} deleted"
        row.delete()
        _log_change(hotel, notes, change)


def rename_person(user: "User", changed_fields: Sequence[str], change: Change) -> None:
    """Save the parts of a user's name that changed, and log it in every hotel that shows the name.

    Other changed fields are left to the caller; without a part of the name nothing is done.
    """
    names = [name for name in changed_fields if name in SHOWN_OF_A_PERSON]
    if not names:
        return
    with transaction.atomic():
        # In one order, and before the user: see rooms.log.
        hotels = Hotel.objects.filter(staff__user=user).order_by("pk")
        locked = list(hotels.select_for_update(of=("self",), no_key=True))
        before = type(user)._default_manager.get(pk=user.pk)
        user.save(update_fields=names)
        for hotel in locked:
            _log_change(hotel, _differences(before, user, names), change)


def _hotel_of(row: Any) -> Hotel:
    """Return the hotel whose log records the row's changes."""
    if isinstance(row, Hotel):
        return row
    hotel: Hotel = row.hotel if hasattr(row, "hotel_id") else row.room_type.hotel
    return hotel


def _set_first_status(room: Room, today: dt.date) -> None:
    """Set a new room's status from its flags."""
    if room.is_occupied and room.is_out_of_order:
        raise InvalidInput({"is_out_of_order": _("An occupied room cannot be out of order.")})
    if room.is_occupied:
        room.room_status = RoomStatus.OCCUPIED
    elif room.is_out_of_order:
        room.room_status = RoomStatus.OUT_OF_ORDER
        room.return_status = RoomStatus.AVAILABLE
        room.out_of_order_from = room.out_of_order_from or today
    else:
        room.room_status = RoomStatus.AVAILABLE


def _log_added(hotel: Hotel, rooms: list[Room], change: Change) -> list[Any]:
    """Write and return the first event of each new room, under the seq that it has already."""
    change, notes = signed(hotel, "", change)
    return RoomEvent.objects.bulk_create(
        RoomEvent(
            hotel=hotel,
            seq=room.last_seq,
            room=room,
            action=LogAction.ROOM_ADDED,
            to_status=room.room_status,
            actor=change.by,
            source=change.source,
            notes=notes,
            occurred_at=room.status_since,
            room_version=room.version,
        )
        for room in rooms
    )


def _log_change(hotel: Hotel, notes: str, change: Change, *, room: Room | None = None) -> None:
    """Write a change of the set-up to the hotel's log, and to the history of the room, if any."""
    change, notes = signed(hotel, notes, change)
    log.append(hotel, LogAction.SETUP_CHANGED, change, room=room, notes=notes)


def signed(hotel: Hotel, notes: str, change: Change) -> tuple[Change, str]:
    """Return the change as done by the user's own place on this hotel's staff, and the notes.

    Without such a place the event has no actor, and the notes end with the user's name.
    """
    if change.user is None:
        return change, notes
    place = hotel.staff.filter(user=change.user, active=True).first()
    if place is None:
        notes = f"{notes} ({name_of(change.user)})".strip()
    return replace(change, by=place), notes


def _differences(before: Model, after: Model, names: Sequence[str]) -> str:
    """Return what changed, such as “Room 204: floor 2 → 3; section none → B”."""
    labels = {field.name: field.verbose_name for field in before._meta.fields}
    changes = [f"{labels[name]} {_worded(before, name)} → {_worded(after, name)}" for name in names]
    return f"{_named(before)}: {'; '.join(changes)}"


def _named(row: Model) -> str:
    """Return what the row is and which, such as “Room type D”."""
    return f"{capfirst(row._meta.verbose_name)} {row}"


def _worded(row: Model, name: str) -> str:
    """Return a field's value as a person reads it."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "") else str(value)
