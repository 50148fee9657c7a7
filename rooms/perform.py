"""The one function that changes a room. Pages, API, import and replay all come through here."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Field
from django.utils import timezone

from hotel.exceptions import IllegalTransition, InvalidInput, NotAllowed
from hotel.models import Staff
from rooms import log, permissions
from rooms.choices import OUT_OF_SERVICE, VACANT, Action, Priority, RoomStatus, Source
from rooms.models import Room, RoomEvent
from rooms.transitions import RETURN_STATUS, TRANSITIONS
from stays.choices import BookingStatus
from stays.models import Booking

UNDO_WINDOW = dt.timedelta(minutes=2)
# How long ago a phone without signal may say that something happened.
OLDEST_TAP = dt.timedelta(hours=24)
NOTES_MAX = 2000
# The room's columns by their names, with and without a foreign key's _id.
FIELDS: "dict[str, Field[Any, Any]]" = {
    name: field for field in Room._meta.concrete_fields for name in (field.name, field.attname)
}

# What an action with notes leaves on the room for whoever comes next.
NOTED_FOR_HOUSEKEEPING = frozenset(
    {
        Action.START_CLEANING,
        Action.STOP_CLEANING,
        Action.MARK_CLEANED,
        Action.PASS_INSPECTION,
        Action.FAIL_INSPECTION,
        Action.MARK_DIRTY,
    }
)
# How the stay stands once it has begun or ended with its room (hotel.stays saves it first).
STAY_AFTER = {Action.CHECK_IN: BookingStatus.IN_HOUSE, Action.CHECK_OUT: BookingStatus.COMPLETED}
# Actions that end what the note was about: without a new one, the old one goes.
SUPERSEDES_NOTES = frozenset({Action.MARK_CLEANED, Action.CHECK_OUT, Action.MARK_DIRTY})


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the person gave with the action."""

    notes: str = ""
    priority: str = ""
    needs_cleaning: bool = False
    start: dt.date | None = None
    until: dt.date | None = None
    room_status: str = ""
    booking: Booking | None = None
    stay_before: dict[str, Any] | None = None


def perform(
    action: Action,
    room: Room,
    *,
    by: Staff,
    notes: str = "",
    priority: str = "",
    needs_cleaning: bool = False,
    start: dt.date | None = None,
    until: dt.date | None = None,
    room_status: str = "",
    booking: Booking | None = None,
    stay_before: dict[str, Any] | None = None,
    expected_version: int | None = None,
    request_id: str = "",
    source: Source = Source.PORTAL,
    occurred_at: dt.datetime | None = None,
) -> RoomEvent:
    """Do `action` to the room, whole or not at all, and return its event.

    `room` is brought up to date in place, also when the action is refused. `notes` are the reason
    for take_out_of_order; `start` and `until` its dates, half-open; `room_status` is override's
    choice; `booking` the stay of a check-in or a checkout, begun or ended already in the same
    transaction, or of their undo; `stay_before` what it was, kept for hotel.stays to restore.
    `occurred_at` is when the person did it, by their device; it is brought within the last 24 hours
    and after what happened to the room before.

    A repeated `request_id` returns the first event and changes nothing. It is a repeat if person,
    room, action, notes and an override's status are the same; the event does not hold `priority`,
    `needs_cleaning` and the dates, so those are not compared.

    Raises NotAllowed, IllegalTransition, InvalidInput (with fields), or StaleVersion where
    `expected_version` is given and the room has moved on.
    """
    given = Given(
        notes=notes.strip(),
        priority=priority,
        needs_cleaning=needs_cleaning,
        start=start,
        until=until,
        room_status=room_status,
        booking=booking,
        stay_before=stay_before,
    )
    with log.one_request(room):
        room.refresh_from_db(from_queryset=Room.objects.with_house().locked())
        # At the very version that the person saw, this request cannot have been done before.
        if expected_version != room.version:
            same: dict[str, Any] = {"action": action, "room_id": room.pk}
            if action is Action.OVERRIDE:
                same["to_status"] = room_status
            if first := log.first_result(room.hotel, request_id, by=by, notes=given.notes, **same):
                first.room = room
                return first
            log.require_version(room, expected_version)
        permissions.require(by, action, room)
        if len(given.notes) > NOTES_MAX:
            raise InvalidInput({"notes": f"Keep notes under {NOTES_MAX} characters."})
        if TRANSITIONS[action].notes_required and not given.notes:
            raise InvalidInput({"notes": "Say why, in a few words."})
        moment = _moment(room, occurred_at, source)
        undone = undoable(by, room, source=source) if action is Action.UNDO else None
        if undone:
            changes = _restored(undone, booking)
        else:
            changes = _changes(action, room, by, given, moment)
        return _write(action, room, changes, by, given, moment, undone, request_id, source)


def undoable(
    staff: Staff,
    room: Room,
    *,
    at: dt.datetime | None = None,
    source: Source = Source.PORTAL,
) -> RoomEvent:
    """Return the event that `staff` may undo on this room now.

    What a replay wrote, it wrote today about long ago: only the replay itself may undo it.
    Raises NotAllowed where the last change is somebody else's, IllegalTransition where there is
    none, it is itself an undo, or it is older than two minutes.
    """
    last = room.events.of_status().select_related("booking").order_by("-seq").first()
    if last is None or last.action == Action.UNDO:
        raise IllegalTransition(f"There is nothing to undo on room {room.number}.")
    if last.actor_id != staff.pk:
        raise NotAllowed("Only who did it can undo it, and only the room's last change.")
    too_old = (at or timezone.now()) - last.recorded_at > UNDO_WINDOW
    if too_old or (last.source == Source.REPLAY and source != Source.REPLAY):
        raise IllegalTransition("A change can be undone within two minutes; this one is older.")
    return last


def _changes(
    action: Action, room: Room, by: Staff, given: Given, moment: dt.datetime
) -> dict[str, Any]:
    """Return the fields that the action sets, by name; the status among them where it moves."""
    _require_its_stay(action, room, given.booking)
    changes: dict[str, Any] = {}
    status = RoomStatus(room.room_status)
    match action:
        case Action.CHECK_IN:
            changes["room_status"] = RoomStatus.OCCUPIED
        case Action.CHECK_OUT if room.maintenance_required:
            changes["room_status"] = RoomStatus.MAINTENANCE_REQUIRED
            changes["return_status"] = RoomStatus.CHECKOUT_DIRTY
        case Action.CHECK_OUT | Action.STOP_CLEANING | Action.MARK_DIRTY:
            changes["room_status"] = RoomStatus.CHECKOUT_DIRTY
        case Action.START_CLEANING:
            changes["room_status"] = RoomStatus.CLEANING_IN_PROGRESS
        case Action.MARK_CLEANED:
            inspected = room.hotel.inspection_required
            changes["room_status"] = (
                RoomStatus.CLEANED_UNINSPECTED if inspected else RoomStatus.READY_FOR_GUEST
            )
            changes |= {"last_cleaned_at": moment, "cleaned_by_staff": by}
        case Action.PASS_INSPECTION:
            changes["room_status"] = RoomStatus.READY_FOR_GUEST
            changes |= {"last_inspected_at": moment, "inspected_by_staff": by}
        case Action.FAIL_INSPECTION:
            changes["room_status"] = RoomStatus.CHECKOUT_DIRTY
            changes |= {"last_inspected_at": moment, "inspected_by_staff": by}
        case Action.MARK_MAINTENANCE:
            changes |= _maintenance(given.priority, given.notes)
            if status in VACANT:
                changes |= _leave_service(room, RoomStatus.MAINTENANCE_REQUIRED)
        case Action.COMPLETE_MAINTENANCE:
            changes |= _maintenance_done(room, given.needs_cleaning)
        case Action.TAKE_OUT_OF_ORDER:
            changes |= _leave_service(room, RoomStatus.OUT_OF_ORDER)
            changes |= _out_of_order(room, given, moment)
        case Action.RETURN_TO_SERVICE if room.maintenance_required:
            changes["room_status"] = RoomStatus.MAINTENANCE_REQUIRED
            changes["return_status"] = room.return_status
        case Action.RETURN_TO_SERVICE:
            changes["room_status"] = RoomStatus(room.return_status)
        case Action.OVERRIDE:
            changes |= _overridden(room, given, moment)
    if given.notes and action in NOTED_FOR_HOUSEKEEPING:
        changes["housekeeping_notes"] = given.notes
    elif action in SUPERSEDES_NOTES:
        changes["housekeeping_notes"] = ""
    return _consistent(room, changes, by, moment)


def _require_its_stay(action: Action, room: Room, stay: Booking | None) -> None:
    """Raise InvalidInput unless `stay` is the one that begins or ends with this action, or none."""
    if action is Action.CHECK_IN and stay is None:
        raise InvalidInput({"booking": "Say which booking checks in."})
    if action is Action.CHECK_OUT and room.bookings.in_house().exists():
        raise InvalidInput({"booking": "The room's stay checks out with it."})
    if stay and (stay.hotel_id, stay.room_id, stay.status) != (
        room.hotel_id,
        room.pk,
        STAY_AFTER.get(action),
    ):
        raise InvalidInput({"booking": f"Booking {stay.booking_id} is not this room's stay."})


def _leave_service(room: Room, target: RoomStatus) -> dict[str, Any]:
    status = RoomStatus(room.room_status)
    return {
        "room_status": target,
        "return_status": RETURN_STATUS.get(status) or room.return_status,
    }


def _maintenance(priority: str, notes: str) -> dict[str, Any]:
    if priority not in Priority.values:
        raise InvalidInput({"priority": "Choose a priority: low, medium or high."})
    return {
        "maintenance_required": True,
        "maintenance_priority": priority,
        "maintenance_notes": notes,
    }


def _maintenance_done(room: Room, needs_cleaning: bool) -> dict[str, Any]:
    """Close the maintenance: a room that is occupied or out of order stays so."""
    changes: dict[str, Any] = {
        "maintenance_required": False,
        "maintenance_priority": "",
        "maintenance_notes": "",
    }
    returns = RoomStatus.CHECKOUT_DIRTY if needs_cleaning else room.return_status
    if room.is_out_of_order:
        changes["return_status"] = returns
    elif not room.is_occupied:
        changes["room_status"] = RoomStatus(returns)
    elif needs_cleaning:
        raise InvalidInput({"needs_cleaning": "A guest is in the room: it is cleaned at checkout."})
    return changes


def _out_of_order(room: Room, given: Given, moment: dt.datetime) -> dict[str, Any]:
    today = room.hotel.business_date(moment)
    start = given.start or room.out_of_order_from or today
    if start > today:
        raise InvalidInput(
            {"start": "The room leaves service now: choose today or earlier, or wait for the day."}
        )
    if given.until is not None and given.until <= today:
        raise InvalidInput({"until": "Choose a day after today, or leave it open."})
    return {
        "is_out_of_order": True,
        "out_of_order_reason": given.notes,
        "out_of_order_from": start,
        "out_of_order_until": given.until,
    }


def _overridden(room: Room, given: Given, moment: dt.datetime) -> dict[str, Any]:
    """Set the manager's choice of a vacant status, with whatever that status entails."""
    if given.room_status not in VACANT:
        raise InvalidInput({"room_status": "Choose a status of a vacant room."})
    target = RoomStatus(given.room_status)
    if target not in OUT_OF_SERVICE:
        return {
            "room_status": target,
            "maintenance_required": False,
            "maintenance_priority": "",
            "maintenance_notes": "",
        }
    changes = _leave_service(room, target)
    if target == RoomStatus.OUT_OF_ORDER:
        changes |= _out_of_order(room, given, moment)
        # Where no new end is given, the one that was expected stays.
        changes["out_of_order_until"] = given.until or room.out_of_order_until
    if target == RoomStatus.MAINTENANCE_REQUIRED and not room.maintenance_required:
        changes |= _maintenance(given.priority or Priority.MED, given.notes)
    return changes


def _consistent(
    room: Room, changes: dict[str, Any], by: Staff, moment: dt.datetime
) -> dict[str, Any]:
    """Add what follows from the new status, so that the flags can never disagree with it."""
    target = changes.get("room_status", room.room_status)
    changes["is_occupied"] = target == RoomStatus.OCCUPIED
    if target not in OUT_OF_SERVICE:
        changes["return_status"] = ""
    if target != RoomStatus.OUT_OF_ORDER:
        changes |= {
            "is_out_of_order": False,
            "out_of_order_reason": "",
            "out_of_order_from": None,
            "out_of_order_until": None,
        }
    if target != room.room_status:
        changes |= {"status_since": moment, "status_by": by}
    return changes


def _restored(undone: RoomEvent, booking: Booking | None) -> dict[str, Any]:
    """Return the fields as they were before the event that is undone."""
    if undone.booking != booking:
        raise IllegalTransition("A check-in or checkout is undone with its stay.")
    return {
        name: FIELDS[name].to_python(value)
        for name, value in undone.before.items()
        if name in FIELDS
    }


def _write(
    action: Action,
    room: Room,
    changes: dict[str, Any],
    by: Staff,
    given: Given,
    moment: dt.datetime,
    undone: RoomEvent | None,
    request_id: str,
    source: Source,
) -> RoomEvent:
    """Save the changed fields and the event that tells of them."""
    from_status = room.room_status
    before: dict[str, Any] = {}
    for name, value in changes.items():
        attname = FIELDS[name].attname
        old = getattr(room, attname)
        setattr(room, name, value)
        if getattr(room, attname) != old:
            # Not DjangoJSONEncoder: it would cut the microseconds that undo must restore.
            before[attname] = old.isoformat() if isinstance(old, dt.date) else old
    changed = list(before)
    if given.stay_before:
        before["stay"] = given.stay_before
    room.version += 1
    room.last_seq = log.take_seqs(room.hotel)
    room.save(update_fields=[*changed, "version", "last_seq"])
    return RoomEvent.objects.create(
        hotel=room.hotel,
        seq=room.last_seq,
        room=room,
        booking=given.booking,
        action=action,
        from_status=from_status,
        to_status=room.room_status,
        actor=by,
        source=source,
        notes=given.notes,
        request_id=request_id,
        occurred_at=moment,
        room_version=room.version,
        before=before,
        undoes=undone,
    )


def _moment(room: Room, occurred_at: dt.datetime | None, source: Source) -> dt.datetime:
    """Return when it happened: the device's word, within the last day and never before the last.

    A replay tells of other years and is taken at its word.
    """
    now = timezone.now()
    if occurred_at is None:
        return now
    if source == Source.REPLAY:
        return occurred_at
    # Not `status_since` alone: a repair leaves it as it is, and an undo sets it back.
    last = room.events.of_status().order_by("-seq").values_list("occurred_at", flat=True).first()
    earliest = max(now - OLDEST_TAP, room.status_since, last or room.status_since)
    return min(max(occurred_at, earliest), now)
