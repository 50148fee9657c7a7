"""What may happen to a room: one table (docs/design.md §2).

A row says where an action may start, where it ends, who may do it, what it asks for and what it
changes besides the status. The table guards every change, draws the buttons, says where a card may
be dragged, writes docs/states.md and feeds the tests. Nothing else knows what an action does.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from hotel.choices import CLEANERS, DESK, EVERYONE, INSPECTORS, REPAIRERS, Role
from hotel.exceptions import InvalidInput
from rooms.change import ActionInput, Change
from rooms.choices import ALL, BOOKABLE, VACANT, WITH_RETURN_STATUS, Action, Priority, RoomStatus
from rooms.models import Room

S = RoomStatus
Fields = dict[str, Any]
# Where an action ends, by the room as it is and by what the person gave.
Target = RoomStatus | Callable[[Room, ActionInput], RoomStatus]
# What an action changes besides the status: the room's fields by name. `change.occurred_at` is set.
Effect = Callable[[Room, ActionInput, Change], Fields]

# What a room comes back as, by what it was when it left service; from out of service, what it was
# to come back as already.
RETURN_STATUS: dict[str, RoomStatus] = {
    S.AVAILABLE: S.AVAILABLE,
    S.READY_FOR_GUEST: S.READY_FOR_GUEST,
    S.CLEANED_UNINSPECTED: S.CLEANED_UNINSPECTED,
    S.CHECKOUT_DIRTY: S.CHECKOUT_DIRTY,
    S.CLEANING_IN_PROGRESS: S.CHECKOUT_DIRTY,
    S.OCCUPIED: S.CHECKOUT_DIRTY,
}


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One action. `with_stay`: it begins or ends a stay, so only stays.* may do it to a room.

    `of_booking`: it is done on the booking, so the room has no button and no address for it.
    """

    sources: frozenset[RoomStatus]
    target: Target
    roles: frozenset[Role]
    effects: tuple[Effect, ...] = ()
    notes_required: bool = False
    needs_open_maintenance: bool = False
    with_stay: bool = False
    of_booking: bool = False

    def end(self, room: Room, given: ActionInput) -> RoomStatus:
        """Return the status in which the action leaves the room. Raises InvalidInput."""
        return self.target if isinstance(self.target, RoomStatus) else self.target(room, given)

    def fields(self, room: Room, given: ActionInput, change: Change) -> Fields:
        """Return every field that the action sets, the status and what follows from it included.

        Raises InvalidInput.
        """
        end = self.end(room, given)
        fields: Fields = {"room_status": end}
        if end in WITH_RETURN_STATUS:
            fields["return_status"] = RETURN_STATUS.get(room.room_status) or room.return_status
        for effect in self.effects:
            fields |= effect(room, given, change)
        return fields | _following(room, end, change)


def _following(room: Room, end: RoomStatus, change: Change) -> Fields:
    """Return what must agree with the status, so that the flags never disagree with it."""
    fields: Fields = {"is_occupied": end == S.OCCUPIED, "is_out_of_order": end == S.OUT_OF_ORDER}
    if end not in WITH_RETURN_STATUS:
        fields["return_status"] = ""
    if end != S.OUT_OF_ORDER:
        fields |= {
            "out_of_order_reason": "",
            "out_of_order_from": None,
            "out_of_order_until": None,
        }
    if end != room.room_status:
        fields |= {"status_since": change.occurred_at, "status_by": change.by}
    return fields


# ---- Targets


def vacated(room: Room, given: ActionInput) -> RoomStatus:
    """Dirty, unless a repair waits."""
    return S.MAINTENANCE_REQUIRED if room.maintenance_required else S.CHECKOUT_DIRTY


def cleaned(room: Room, given: ActionInput) -> RoomStatus:
    """Ready at once where the hotel does not inspect."""
    return S.CLEANED_UNINSPECTED if room.hotel.inspection_required else S.READY_FOR_GUEST


def under_maintenance(room: Room, given: ActionInput) -> RoomStatus:
    """Out of service, unless a guest is in the room."""
    return S.OCCUPIED if room.is_occupied else S.MAINTENANCE_REQUIRED


def repaired(room: Room, given: ActionInput) -> RoomStatus:
    """What it returns as; a room that is occupied or out of order stays so."""
    if room.is_occupied or room.is_out_of_order:
        return RoomStatus(room.room_status)
    return S.CHECKOUT_DIRTY if given.needs_cleaning else RoomStatus(room.return_status)


def back_in_service(room: Room, given: ActionInput) -> RoomStatus:
    """What it returns as, unless a repair is still open."""
    if room.maintenance_required:
        return S.MAINTENANCE_REQUIRED
    return RoomStatus(room.return_status)


def chosen(room: Room, given: ActionInput) -> RoomStatus:
    """The manager's choice of a vacant status."""
    if given.room_status not in VACANT:
        raise InvalidInput({"room_status": _("Choose a status of a vacant room.")})
    return RoomStatus(given.room_status)


def status_before(room: Room, given: ActionInput) -> RoomStatus:
    """The status before the room's last change."""
    return RoomStatus(room.events.of_status().latest().from_status)


# ---- Effects


def note_for_housekeeping(room: Room, given: ActionInput, change: Change) -> Fields:
    """Leave a note for the next person. Without a new note, the old one stays."""
    return {"housekeeping_notes": given.notes} if given.notes else {}


def add_note(room: Room, given: ActionInput, change: Change) -> Fields:
    """Add a line to the note: what stood there still applies."""
    return {"housekeeping_notes": f"{room.housekeeping_notes}\n{given.notes}".strip()}


def replace_note(room: Room, given: ActionInput, change: Change) -> Fields:
    """Replace the note, or remove it: the old one no longer applies."""
    return {"housekeeping_notes": given.notes}


def clear_note(room: Room, given: ActionInput, change: Change) -> Fields:
    """Remove the note: it no longer applies."""
    return {"housekeeping_notes": ""}


def name_cleaner(room: Room, given: ActionInput, change: Change) -> Fields:
    """Record who cleaned, and when."""
    return {"last_cleaned_at": change.occurred_at, "cleaned_by_staff": change.by}


def name_inspector(room: Room, given: ActionInput, change: Change) -> Fields:
    """Record who inspected, and when."""
    return {"last_inspected_at": change.occurred_at, "inspected_by_staff": change.by}


def open_maintenance(room: Room, given: ActionInput, change: Change) -> Fields:
    """Open a maintenance with its priority, or bring the open one up to date."""
    if given.priority not in Priority.values:
        raise InvalidInput({"priority": _("Choose a priority: low, medium or high.")})
    return {
        "maintenance_required": True,
        "maintenance_priority": given.priority,
        "maintenance_notes": given.notes,
    }


NO_MAINTENANCE: Fields = {
    "maintenance_required": False,
    "maintenance_priority": "",
    "maintenance_notes": "",
}


def close_maintenance(room: Room, given: ActionInput, change: Change) -> Fields:
    """Close the maintenance; a room out of order may have to return dirty."""
    if not given.needs_cleaning:
        return NO_MAINTENANCE
    if room.is_occupied:
        words = _("A guest is in the room: it is cleaned at checkout.")
        raise InvalidInput({"needs_cleaning": words})
    return NO_MAINTENANCE | {"return_status": S.CHECKOUT_DIRTY}


def close_room(room: Room, given: ActionInput, change: Change) -> Fields:
    """Record why the room is out of order, from when, and until when if that is known."""
    today = room.hotel.business_date(change.occurred_at)
    start = given.start or room.out_of_order_from or today
    if start > today:
        words = _("The room leaves service now: choose today or earlier, or plan a closure.")
        raise InvalidInput({"start": words})
    if given.until is not None and given.until <= today:
        raise InvalidInput({"until": _("Choose a day after today, or leave it open.")})
    fields: Fields = {
        "out_of_order_reason": given.notes,
        "out_of_order_from": start,
        "out_of_order_until": given.until,
    }
    # Said at the start, so that the card shows what the room returns as.
    return fields | {"return_status": S.CHECKOUT_DIRTY} if given.needs_cleaning else fields


def whatever_was_chosen(room: Room, given: ActionInput, change: Change) -> Fields:
    """Bring with an overridden status what belongs to it."""
    match given.room_status:
        case S.OUT_OF_ORDER:
            # Where no new end is given, the one that was expected stays.
            until: dt.date | None = given.until or room.out_of_order_until
            return close_room(room, given, change) | {"out_of_order_until": until}
        case S.MAINTENANCE_REQUIRED if room.maintenance_required:
            return {}
        case S.MAINTENANCE_REQUIRED:
            notes, priority = given.notes, given.priority or Priority.MED
            return open_maintenance(room, ActionInput(notes=notes, priority=priority), change)
        case _:
            return NO_MAINTENANCE


# The order is that of the buttons under “More”, of a room's page and of the API's `actions`.
TRANSITIONS: dict[Action, Transition] = {
    Action.CHECK_IN: Transition(
        sources=BOOKABLE,
        target=S.OCCUPIED,
        roles=DESK,
        with_stay=True,
    ),
    Action.CHECK_OUT: Transition(
        sources=frozenset({S.OCCUPIED}),
        target=vacated,
        roles=DESK,
        effects=(clear_note,),
        with_stay=True,
    ),
    Action.START_CLEANING: Transition(
        sources=frozenset({S.CHECKOUT_DIRTY}),
        target=S.CLEANING_IN_PROGRESS,
        roles=CLEANERS,
        effects=(note_for_housekeeping,),
    ),
    Action.STOP_CLEANING: Transition(
        sources=frozenset({S.CLEANING_IN_PROGRESS}),
        target=S.CHECKOUT_DIRTY,
        roles=CLEANERS,
        effects=(note_for_housekeeping,),
    ),
    Action.MARK_CLEANED: Transition(
        sources=frozenset({S.CHECKOUT_DIRTY, S.CLEANING_IN_PROGRESS}),
        target=cleaned,
        roles=CLEANERS,
        effects=(replace_note, name_cleaner),
    ),
    Action.PASS_INSPECTION: Transition(
        sources=frozenset({S.CLEANED_UNINSPECTED}),
        target=S.READY_FOR_GUEST,
        roles=INSPECTORS,
        effects=(note_for_housekeeping, name_inspector),
    ),
    Action.FAIL_INSPECTION: Transition(
        sources=frozenset({S.CLEANED_UNINSPECTED}),
        target=S.CHECKOUT_DIRTY,
        roles=INSPECTORS,
        effects=(note_for_housekeeping, name_inspector),
        notes_required=True,
    ),
    Action.MARK_MAINTENANCE: Transition(
        sources=ALL - {S.OUT_OF_ORDER},
        target=under_maintenance,
        roles=EVERYONE,
        effects=(open_maintenance,),
        notes_required=True,
    ),
    Action.COMPLETE_MAINTENANCE: Transition(
        sources=frozenset({S.MAINTENANCE_REQUIRED, S.OCCUPIED, S.OUT_OF_ORDER}),
        target=repaired,
        roles=REPAIRERS | {Role.SUPERVISOR},
        effects=(close_maintenance,),
        needs_open_maintenance=True,
    ),
    Action.TAKE_OUT_OF_ORDER: Transition(
        sources=VACANT,
        target=S.OUT_OF_ORDER,
        roles=REPAIRERS,
        effects=(close_room,),
        notes_required=True,
    ),
    Action.RETURN_TO_SERVICE: Transition(
        sources=frozenset({S.OUT_OF_ORDER}),
        target=back_in_service,
        roles=REPAIRERS,
    ),
    Action.MARK_DIRTY: Transition(
        sources=frozenset({S.AVAILABLE, S.READY_FOR_GUEST, S.CLEANED_UNINSPECTED}),
        target=S.CHECKOUT_DIRTY,
        roles=DESK | {Role.SUPERVISOR},
        effects=(replace_note,),
    ),
    Action.OVERRIDE: Transition(
        sources=VACANT,
        target=chosen,
        roles=frozenset({Role.MANAGER}),
        effects=(whatever_was_chosen,),
        notes_required=True,
    ),
    Action.MOVE_OUT: Transition(
        sources=frozenset({S.OCCUPIED}),
        target=vacated,
        roles=DESK,
        effects=(add_note,),
        notes_required=True,
        with_stay=True,
        of_booking=True,
    ),
    Action.MOVE_IN: Transition(
        sources=BOOKABLE,
        target=S.OCCUPIED,
        roles=DESK,
        with_stay=True,
        of_booking=True,
    ),
    Action.REINSTATE: Transition(
        sources=VACANT - {S.OUT_OF_ORDER},
        target=S.OCCUPIED,
        roles=DESK,
        notes_required=True,
        with_stay=True,
        of_booking=True,
    ),
    # Its fields are those of the event that is undone: see rooms.perform.
    Action.UNDO: Transition(
        sources=ALL,
        target=status_before,
        roles=EVERYONE,
    ),
}
if missing := set(Action) - set(TRANSITIONS):
    raise ImproperlyConfigured(f"rooms.transitions has no row for {', '.join(sorted(missing))}.")
