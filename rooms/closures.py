"""Closures: dated periods in which a room is out of order, or out of service.

One is planned ahead, begins and ends with the hotel's day (stays.day_turn calls `catch_up`), and
can be ended or cancelled before. Out of order, the room leaves and returns by the actions of
rooms.perform, and rooms.out_of_order keeps the row; out of service, only the room's mark changes.
"""

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hotel.choices import REPAIRERS
from hotel.exceptions import InvalidInput, RoomNotInUse
from hotel.models import Hotel
from rooms import log, permissions
from rooms.change import ActionInput, Change
from rooms.choices import Action, ClosureKind, ClosureStatus, LogAction
from rooms.models import Closure, Room
from rooms.perform import NOTES_MAX, apply, lock

OPEN = (ClosureStatus.PLANNED, ClosureStatus.RUNNING)


@dataclass(frozen=True, kw_only=True)
class ClosureInput:
    """The closure that somebody asks for: the nights [start, until), without `until` all to come.

    `needs_cleaning`: a room that was out of order returns as dirty, whatever it was before.
    """

    kind: ClosureKind
    start: dt.date
    reason: str
    until: dt.date | None = None
    needs_cleaning: bool = False


def plan(room: Room, given: ClosureInput, change: Change) -> Closure:
    """Plan a closure and return it; one that starts today begins at once if the room is vacant.

    A repeated request returns the closure of the first. `room` is brought up to date in place.
    Raises NotAllowed, RoomNotInUse, or InvalidInput (with fields; also where the dates meet
    another closure of the same kind).
    """
    hotel, planned = room.hotel, LogAction.CLOSURE_PLANNED
    permissions.require_role(change.by, REPAIRERS, hotel, planned.label)
    given = replace(given, reason=given.reason.strip())
    notes = words(given)
    with log.opened(
        hotel, change, lambda: lock(room), action=planned, room=room, notes=notes
    ) as repeat:
        if repeat:
            return _made_before(room, given)
        if not room.is_active:
            raise RoomNotInUse(room=room)
        today = hotel.business_date(change.occurred_at)
        _require_possible(room, given, today)
        closure = Closure.objects.create(
            room=room,
            kind=given.kind,
            start=given.start,
            until=given.until,
            reason=given.reason,
            needs_cleaning=given.needs_cleaning,
            planned_by=change.by,
            planned_at=change.moment,
        )
        log.append(hotel, planned, change, room=room, notes=notes)
        if _can_begin(closure, room, today):
            _begin(closure, room, change.part())
    return closure


def end(closure: Closure, change: Change) -> Closure:
    """End a running closure now, or cancel a planned one. A second call changes nothing.

    Raises NotAllowed, RoomNotInUse.
    """
    room, hotel = closure.room, closure.room.hotel
    permissions.require_role(change.by, REPAIRERS, hotel, _("End a closure"))
    if closure.status not in OPEN:
        return closure
    action = _ending(closure)
    notes = "" if action is Action.RETURN_TO_SERVICE else words(closure)
    with log.opened(
        hotel, change, lambda: _lock(closure), action=action, room=room, notes=notes
    ) as repeat:
        if repeat or closure.status not in OPEN:
            return closure
        if not room.is_active and closure.status == ClosureStatus.RUNNING:
            raise RoomNotInUse(room=room)
        _end(closure, room, change)
    return closure


def catch_up(closure: Closure, change: Change) -> bool:
    """Begin, end or drop the closure as the hotel's day demands; tell whether there was anything.

    Locks the room and reads both again, so that only one of several callers does it. Raises what
    the room's action raises.
    """
    room, hotel = closure.room, closure.room.hotel
    with transaction.atomic():
        _lock(closure)
        today = hotel.business_date(change.occurred_at)
        if closure.status not in OPEN or not room.is_active:
            return False
        if closure.until is not None and closure.until <= today:
            _end(closure, room, change)
        elif closure.status == ClosureStatus.PLANNED and _can_begin(closure, room, today):
            _begin(closure, room, change)
        else:
            return False
    return True


def to_end(hotel: Hotel, today: dt.date) -> list[Closure]:
    """Return the closures whose last night is over: those that run, and those that never began."""
    return list(_of(hotel).filter(status__in=OPEN, until__lte=today))


def to_begin(hotel: Hotel, today: dt.date) -> list[Closure]:
    """Return the planned closures whose day has come and whose room can be closed."""
    return list(_of(hotel).filter(can_begin(), start__lte=today))


def words(closure: Closure | ClosureInput) -> str:
    """Return the closure in words: “Out of order, 3 June 2026 to 6 June 2026: painting”."""
    begin = date_format(closure.start, "j F Y")
    if closure.until is None:
        dates = _("from %s on") % begin
    else:
        dates = _("%(start)s to %(until)s") % {
            "start": begin,
            "until": date_format(closure.until, "j F Y"),
        }
    return f"{kind_name(closure.kind)}, {dates}: {closure.reason}"


def kind_name(kind: str) -> str:
    """Return what a kind is called, without its explanation: “Out of order”."""
    return ClosureKind(kind).label.partition(":")[0]


def why_out_of_service(room: Room) -> str:
    """Return the reason of the room's running out-of-service closure; empty where none runs."""
    if not room.is_out_of_service:
        return ""
    running = room.closures.filter(
        kind=ClosureKind.OUT_OF_SERVICE, status=ClosureStatus.RUNNING
    ).first()
    return running.reason if running else ""


def can_begin(path: str = "") -> Q:
    """Return the condition on planned closures whose room can be closed; `path` leads to them.

    A room is closed once it is vacant, and once another closure of the kind has ended.
    """
    order, service = ClosureKind.OUT_OF_ORDER, ClosureKind.OUT_OF_SERVICE
    return Q(
        (f"{path}status", ClosureStatus.PLANNED),
        (f"{path}room__is_active", True),
        (f"{path}room__is_occupied", False),
    ) & (
        Q((f"{path}kind", order), (f"{path}room__is_out_of_order", False))
        | Q((f"{path}kind", service), (f"{path}room__is_out_of_service", False))
    )


def _can_begin(closure: Closure, room: Room, today: dt.date) -> bool:
    """Tell the same of a closure and a room in hand, by its day."""
    closed = (
        room.is_out_of_order if closure.kind == ClosureKind.OUT_OF_ORDER else room.is_out_of_service
    )
    return closure.start <= today and not room.is_occupied and not closed


def _of(hotel: Hotel) -> QuerySet[Closure]:
    found = Closure.objects.filter(room__hotel=hotel, room__is_active=True)
    return found.select_related("room__hotel")


def _lock(closure: Closure) -> None:
    """Lock the room, and bring it and the closure up to date."""
    lock(closure.room)
    closure.refresh_from_db(fields=["status", "start", "until", "reason", "ended_on"])


def _ending(closure: Closure) -> Action | LogAction:
    """Return what the log calls the end of this closure as it stands."""
    if closure.status == ClosureStatus.PLANNED:
        return LogAction.CLOSURE_CANCELLED
    if closure.kind == ClosureKind.OUT_OF_ORDER:
        return Action.RETURN_TO_SERVICE
    return LogAction.CLOSURE_ENDED


def _begin(closure: Closure, room: Room, change: Change) -> None:
    closure.status = ClosureStatus.RUNNING
    closure.save(update_fields=["status"])
    if closure.kind == ClosureKind.OUT_OF_ORDER:
        given = ActionInput(
            notes=closure.reason,
            start=closure.start,
            until=closure.until,
            needs_cleaning=closure.needs_cleaning,
        )
        apply(Action.TAKE_OUT_OF_ORDER, room, given, change)
    else:
        _mark(room, LogAction.CLOSURE_BEGAN, closure, change)


def _end(closure: Closure, room: Room, change: Change) -> None:
    """End or cancel an open closure, inside an open change that holds the room."""
    today = room.hotel.business_date(change.occurred_at)
    match _ending(closure):
        case Action.RETURN_TO_SERVICE:
            # rooms.out_of_order ends the row.
            apply(Action.RETURN_TO_SERVICE, room, ActionInput(), change)
            closure.refresh_from_db(fields=["status", "ended_on"])
            return
        case LogAction.CLOSURE_CANCELLED:
            closure.status = ClosureStatus.CANCELLED
            log.append(
                room.hotel, LogAction.CLOSURE_CANCELLED, change, room=room, notes=words(closure)
            )
        case _:
            closure.status = ClosureStatus.ENDED
            _mark(room, LogAction.CLOSURE_ENDED, closure, change)
    closure.ended_on = today
    closure.save(update_fields=["status", "ended_on"])


def _mark(room: Room, action: LogAction, closure: Closure, change: Change) -> None:
    """Mark the room as out of service, or no longer, and log it."""
    room.is_out_of_service = action is LogAction.CLOSURE_BEGAN
    room.save(update_fields=["is_out_of_service"])
    log.append(room.hotel, action, change, room=room, notes=words(closure))


def _require_possible(room: Room, given: ClosureInput, today: dt.date) -> None:
    """Raise InvalidInput for a closure that cannot be planned."""
    errors = {}
    if given.start < today:
        errors["start"] = _("Choose today or a later day.")
    if given.until is not None and given.until <= given.start:
        errors["until"] = _("Choose a day after the first, or leave it open.")
    if not given.reason:
        errors["reason"] = _("Say why, in a few words.")
    elif len(given.reason) > NOTES_MAX:
        errors["reason"] = _("Keep the reason under %d characters.") % NOTES_MAX
    if given.needs_cleaning and given.kind == ClosureKind.OUT_OF_SERVICE:
        errors["needs_cleaning"] = _("A room out of service is sold meanwhile, and cleaned then.")
    if errors:
        raise InvalidInput(errors)
    meets = Q(until__isnull=True) | Q(until__gt=given.start)
    if given.until is not None:
        meets &= Q(start__lt=given.until)
    if other := room.closures.filter(meets, kind=given.kind, status__in=OPEN).first():
        raise InvalidInput(
            {
                "start": _(
                    "Room %(room)s is closed already: %(other)s. End that closure first, or "
                    "choose other days."
                )
                % {"room": room, "other": words(other)}
            }
        )


def _made_before(room: Room, given: ClosureInput) -> Closure:
    """Return the closure that a repeated request planned the first time."""
    asked = {"kind": given.kind, "start": given.start, "until": given.until}
    made = room.closures.filter(**asked, reason=given.reason).order_by("-pk").first()
    if made is None:
        raise InvalidInput({"request_id": log.USED})
    return made
