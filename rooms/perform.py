"""The one function that changes a room. Pages, API, import and replay all come through here."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import Field
from django.utils import timezone
from django.utils.translation import gettext as _

from hotel import statements
from hotel.exceptions import (
    InvalidInput,
    NothingToUndo,
    NotYoursToUndo,
    TooLateToUndo,
    UndoneWithItsStay,
)
from hotel.models import Staff
from hotel.statements import Statement
from rooms import log, out_of_order, permissions
from rooms.change import ActionInput, Change
from rooms.choices import Action, Source
from rooms.models import Room, RoomEvent
from rooms.transitions import TRANSITIONS

UNDO_WINDOW = dt.timedelta(minutes=2)
# How long ago a phone without signal may say that something happened.
OLDEST_TAP = dt.timedelta(hours=24)
NOTES_MAX = 2000
# Whose word on the time counts: they are no devices.
TAKEN_AT_THEIR_WORD = (Source.REPLAY, Source.DAY_TURN)
# The room's columns by their names, with and without a foreign key's _id.
FIELDS: "dict[str, Field[Any, Any]]" = {
    name: field for field in Room._meta.concrete_fields for name in (field.name, field.attname)
}


LOCKED = Statement(lambda pk: Room.objects.filter(pk=pk).with_house().locked(), int)


def perform(action: Action, room: Room, given: ActionInput, change: Change) -> RoomEvent:
    """Do `action` to the room, whole or not at all, and return its event.

    `room` is brought up to date in place, also when the action is refused. The time of the change
    is brought within the last 24 hours and after what happened to the room before.

    A repeated request id returns the first event and changes nothing. It is a repeat if person,
    room, action, notes and an override's status are the same; the event does not hold priority,
    needs_cleaning and the dates, so those are not compared.

    Raises NotAllowed, IllegalTransition, InvalidInput (with fields; also for a check-in or
    checkout, which belong to stays.arrivals and stays.departures), or StaleVersion.
    """
    same: dict[str, Any] = {"action": action, "room": room, "notes": given.notes.strip()}
    if action is Action.OVERRIDE:
        same["to_status"] = given.room_status
    with log.opened(room.hotel, change, lambda: lock(room), raises_version=True, **same) as repeat:
        if repeat:
            repeat.room = room
            return repeat
        if TRANSITIONS[action].with_stay:
            permissions.require(change.by, action, room)
            raise InvalidInput({"booking": _("A stay begins and ends with its booking.")})
        return apply(action, room, given, change)


def lock(room: Room) -> Room:
    """Lock the room and read it again, with its type and hotel."""
    if (fresh := LOCKED.first(room.pk)) is None:
        raise Room.DoesNotExist
    # Its relations too: what was fetched before the lock may have changed.
    room.__dict__.update(fresh.__dict__)
    return room


def apply(
    action: Action,
    room: Room,
    given: ActionInput,
    change: Change,
    *,
    booking: Any = None,
    stay_before: dict[str, Any] | None = None,
) -> RoomEvent:
    """Do `action` to the room inside an open change, and return its event.

    `booking` is the stay that begins or ends with the action, or whose check-in or checkout is
    undone; the caller changes it in the same transaction. `stay_before` is what it was, kept in
    the event for the undo. Raises NotAllowed, IllegalTransition, InvalidInput.
    """
    permissions.require(change.by, action, room, source=change.source)
    given = replace(given, notes=given.notes.strip())
    if len(given.notes) > NOTES_MAX:
        raise InvalidInput({"notes": _("Keep notes under %d characters.") % NOTES_MAX})
    if TRANSITIONS[action].notes_required and not given.notes:
        raise InvalidInput({"notes": _("Say why, in a few words.")})
    moment = _moment(room, change)
    change = replace(change, occurred_at=moment)
    event = RoomEvent(
        hotel=room.hotel,
        room=room,
        booking=booking,
        action=action,
        from_status=room.room_status,
        actor=change.by,
        source=change.source,
        notes=given.notes,
        request_id=change.request_id,
        occurred_at=moment,
    )
    if action is Action.UNDO:
        event.undoes = undoable(change.by, room, source=change.source)
        fields = _as_before(event.undoes, booking)
    else:
        fields = TRANSITIONS[action].fields(room, given, change)
    _write(event, room, fields, stay_before)
    return event


def _write(
    event: RoomEvent, room: Room, fields: dict[str, Any], stay_before: dict[str, Any] | None
) -> None:
    """Save the room's changed fields, and the event that records them."""
    before = _set(room, fields)
    changed = list(before)
    if stay_before:
        before["stay"] = stay_before
    room.version += 1
    room.last_seq = log.take_seqs(room.hotel)
    statements.update(room, (*changed, "version", "last_seq"))
    event.seq, event.to_status = room.last_seq, room.room_status
    event.room_version, event.before = room.version, before
    statements.insert(event)
    if not out_of_order.FOLLOWED.isdisjoint(changed):
        out_of_order.follow(room, event)


def undoable(
    staff: Staff | None,
    room: Room,
    *,
    at: dt.datetime | None = None,
    source: Source = Source.PORTAL,
) -> RoomEvent:
    """Return the event that `staff` may undo on this room now.

    Events of a replay were recorded today but happened long ago: only a replay may undo them.
    Raises NotAllowed where the last change is somebody else's, IllegalTransition where there is
    none, it is itself an undo, or it is older than two minutes.
    """
    last = room.events.of_status().select_related("booking").order_by("-seq").first()
    if last is None or last.action == Action.UNDO:
        raise NothingToUndo(room=room)
    if staff is None or last.actor_id != staff.pk:
        raise NotYoursToUndo
    too_old = (at or timezone.now()) - last.recorded_at > UNDO_WINDOW
    if too_old or (last.source == Source.REPLAY and source != Source.REPLAY):
        raise TooLateToUndo
    return last


def _as_before(undone: RoomEvent, booking: Any) -> dict[str, Any]:
    """Return the fields as they were before the event that is undone."""
    if undone.booking != booking:
        raise UndoneWithItsStay
    return {
        name: FIELDS[name].to_python(value)
        for name, value in undone.before.items()
        if name in FIELDS
    }


def _set(room: Room, fields: dict[str, Any]) -> dict[str, Any]:
    """Set the fields; return those that changed as they were before, ready for JSON."""
    before: dict[str, Any] = {}
    for name, value in fields.items():
        attname = FIELDS[name].attname
        old = getattr(room, attname)
        setattr(room, name, value)
        if getattr(room, attname) != old:
            # Not DjangoJSONEncoder: it would cut the microseconds that undo must restore.
            before[attname] = old.isoformat() if isinstance(old, dt.date) else old
    return before


def _moment(room: Room, change: Change) -> dt.datetime:
    """Return when it happened: what the device says, limited to the last 24 hours.

    It is never before the room's previous event. A replay plays past years, and a day's turn may
    belong to one: neither is limited.
    """
    now = timezone.now()
    if change.occurred_at is None:
        return now
    if change.source in TAKEN_AT_THEIR_WORD:
        return change.occurred_at
    # Not `status_since` alone: a repair leaves it as it is, and an undo sets it back.
    last = room.events.of_status().order_by("-seq").values_list("occurred_at", flat=True).first()
    earliest = max(now - OLDEST_TAP, room.status_since, last or room.status_since)
    return min(max(change.occurred_at, earliest), now)
