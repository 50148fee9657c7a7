"""The API's answers, made of the models."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from hotel.choices import Role
from hotel.models import Staff
from portal.api import schemas, stay_schemas
from rooms import permissions
from rooms.choices import Action, LogAction, Priority, RoomStatus, Source
from rooms.models import Room, RoomEvent
from rooms.perform import UNDO_WINDOW
from stays import overdue
from stays.availability import TypeAvailability
from stays.choices import BookingStatus
from stays.models import Booking


def serialize_event(event: RoomEvent, staff: Staff) -> schemas.Event:
    """Return a line of the log; only managers may read what a set-up change says."""
    setup = event.action == LogAction.SETUP_CHANGED and event.room_id is None
    return schemas.Event(
        seq=event.seq,
        room=event.room.number if event.room else None,
        action=Action(event.action) if event.action in Action.values else LogAction(event.action),
        from_status=_status(event.from_status),
        to_status=_status(event.to_status),
        actor=_name(event.actor),
        source=Source(event.source),
        notes="" if setup and staff.role != Role.MANAGER else event.notes,
        occurred_at=timezone.localtime(event.occurred_at),
        recorded_at=timezone.localtime(event.recorded_at),
    )


def serialize_events(events: Iterable[RoomEvent], staff: Staff) -> list[schemas.Event]:
    """Return lines of the log."""
    return [serialize_event(event, staff) for event in events]


def serialize_change(room: Room, event: RoomEvent, staff: Staff) -> schemas.ActionAnswer:
    """Return the room after a change, the change's event, and until when it can be undone."""
    undone = event.action == Action.UNDO
    undo_until = None if undone else event.recorded_at + UNDO_WINDOW
    _name_people(room, staff)
    return schemas.ActionAnswer(
        # The caller made the change, so they may undo it; an undo cannot be undone.
        room=serialize_room(room, staff, may_undo=not undone),
        event=serialize_event(event, staff),
        undo_until=_local(undo_until),
    )


def serialize_booking(booking: Booking) -> stay_schemas.Booking:
    """Return a stay."""
    return stay_schemas.Booking(
        booking_id=booking.booking_id,
        status=BookingStatus(booking.status),
        room_type=booking.room_type.code,
        room=booking.room.number if booking.room else None,
        check_in=booking.check_in,
        check_out=booking.check_out,
        checked_in_at=_local(booking.checked_in_at),
        checked_out_at=_local(booking.checked_out_at),
        guest_name=booking.guest_name,
        adults=booking.adults,
        children=booking.children,
    )


def serialize_overdue(late: overdue.Departure) -> stay_schemas.Overdue:
    """Return a stay past its checkout."""
    stay = late.booking
    return stay_schemas.Overdue(
        room=stay.room.number if stay.room else "",
        booking_id=stay.booking_id,
        guest_name=stay.guest_name,
        check_out=stay.check_out,
        minutes_overdue=late.minutes,
    )


def serialize_type(found: TypeAvailability) -> dict[str, Any]:
    """Return what a room type has to sell, in the shape of stay_schemas.TypeAvailability.

    Not as a schema: checking our own numbers took a third of the time of the whole answer.
    """
    return {
        "code": found.room_type.code,
        "sellable": found.sellable,
        "ready_now": found.ready_now,
        "nights": [
            {
                "date": night.date,
                "rooms": night.rooms,
                "out_of_order": night.out_of_order,
                "not_ready": night.not_ready,
                "held": night.held,
                "sellable": night.sellable,
            }
            for night in found.nights
        ],
    }


def serialize_room(room: Room, staff: Staff, *, may_undo: bool) -> schemas.Room:
    """Return a room with what this member of staff may do to it now."""
    actions = permissions.legal_actions(staff, room)
    if may_undo:
        actions.append(Action.UNDO)
    return schemas.Room(
        number=room.number,
        floor=room.floor,
        room_type=room.room_type.code,
        room_status=RoomStatus(room.room_status),
        is_occupied=room.is_occupied,
        is_active=room.is_active,
        is_out_of_order=room.is_out_of_order,
        maintenance_required=room.maintenance_required,
        maintenance_priority=Priority(room.maintenance_priority)
        if room.maintenance_required
        else None,
        maintenance_notes=room.maintenance_notes,
        housekeeping_notes=room.housekeeping_notes,
        last_cleaned_at=_local(room.last_cleaned_at),
        cleaned_by_staff=_name(room.cleaned_by_staff),
        last_inspected_at=_local(room.last_inspected_at),
        inspected_by_staff=_name(room.inspected_by_staff),
        return_status=_status(room.return_status),
        version=room.version,
        actions=actions,
    )


def _status(value: str) -> RoomStatus | None:
    return RoomStatus(value) if value else None


def _name_people(room: Room, staff: Staff) -> None:
    """Set who cleaned and who inspected the room; the caller need not be fetched again."""
    if room.cleaned_by_staff_id == staff.pk:
        room.cleaned_by_staff = staff
    if room.inspected_by_staff_id == staff.pk:
        room.inspected_by_staff = staff
    prefetch_related_objects([room], "cleaned_by_staff__user", "inspected_by_staff__user")


def _name(staff: Staff | None) -> schemas.StaffName | None:
    return schemas.StaffName(id=staff.pk, name=staff.name) if staff else None


def _local(moment: dt.datetime | None) -> dt.datetime | None:
    """Return a moment in the hotel's time zone, which portal.api.access has activated."""
    return timezone.localtime(moment) if moment else None
