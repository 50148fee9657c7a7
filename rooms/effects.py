"""What the rows of rooms.transitions do: where an action ends, and what it changes besides."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from hotel.exceptions import FaultToAccept, InvalidInput
from rooms.change import ActionInput, Change
from rooms.choices import VACANT, Priority, RoomStatus
from rooms.models import Room

S = RoomStatus
Fields = dict[str, Any]
# Where an action ends, by the room as it is and by what the person gave.
Target = RoomStatus | Callable[[Room, ActionInput], RoomStatus]
# What an action changes besides the status: the room's fields by name. `change.occurred_at` is set.
Effect = Callable[[Room, ActionInput, Change], Fields]


# ---- Targets


def vacated(room: Room, given: ActionInput) -> RoomStatus:
    """Dirty, unless a repair waits."""
    return S.MAINTENANCE_REQUIRED if room.maintenance_required else S.CHECKOUT_DIRTY


def cleaned(room: Room, given: ActionInput) -> RoomStatus:
    """Ready at once where the hotel does not inspect."""
    return S.CLEANED_UNINSPECTED if room.hotel.inspection_required else S.READY_FOR_GUEST


def under_maintenance(room: Room, given: ActionInput) -> RoomStatus:
    """In maintenance, unless a guest is in the room."""
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


def require_fault_accepted(room: Room, accepted: bool) -> None:
    """Raise NotBookable, naming the fault, for a room with a small one that nobody accepted."""
    if room.is_givable_with_fault and not accepted:
        raise FaultToAccept(room=room, fault=room.maintenance_notes)


def fault_accepted(room: Room, given: ActionInput, change: Change) -> Fields:
    """Give a room with a small fault only to who accepts it; the fault stays open."""
    require_fault_accepted(room, given.accept_fault)
    return {}


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
    _require_day_to_come(given, room.hotel.business_date(change.occurred_at))
    return {
        "maintenance_required": True,
        "maintenance_priority": given.priority,
        "maintenance_notes": given.notes,
        "maintenance_stops_sale": given.stops_sale,
        "maintenance_until": given.until,
    }


def _require_day_to_come(given: ActionInput, today: dt.date) -> None:
    if given.until is not None and given.until <= today:
        raise InvalidInput({"until": _("Choose a day after today, or leave it open.")})


NO_MAINTENANCE: Fields = {
    "maintenance_required": False,
    "maintenance_priority": "",
    "maintenance_notes": "",
    "maintenance_stops_sale": False,
    "maintenance_until": None,
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
        words = _("The room leaves service now: choose today or earlier, or wait for the day.")
        raise InvalidInput({"start": words})
    _require_day_to_come(given, today)
    return {
        "out_of_order_reason": given.notes,
        "out_of_order_from": start,
        "out_of_order_until": given.until,
    }


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
