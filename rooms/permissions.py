"""Who may do what to a room: one rule, as an error for the action and a boolean for the button."""

from django.utils.translation import gettext as _

from hotel.choices import INSPECTORS, Role
from hotel.exceptions import (
    NoOpenMaintenance,
    NotAllowed,
    NotOnTheStaff,
    NotPossibleNow,
    OwnClean,
    ReadyroomError,
    RoomNotInUse,
    WrongRole,
)
from hotel.models import Hotel, Staff
from rooms.choices import Action
from rooms.models import Room
from rooms.transitions import TRANSITIONS

INSPECTIONS = (Action.PASS_INSPECTION, Action.FAIL_INSPECTION)


def role_refusal(
    staff: Staff | None, roles: frozenset[Role], hotel: Hotel, what: str
) -> NotAllowed | None:
    """Return why this person may not do `what` in this hotel, or None."""
    if staff is None or staff.hotel_id != hotel.pk or not staff.active:
        return NotOnTheStaff(staff=staff or _("Nobody"), hotel=hotel)
    if staff.role not in roles:
        role = staff.get_role_display().lower()
        return WrongRole(what=what, roles=roles, role=role)
    return None


def require_role(staff: Staff | None, roles: frozenset[Role], hotel: Hotel, what: str) -> None:
    """Raise NotAllowed unless this person may do `what` in this hotel."""
    if refusal := role_refusal(staff, roles, hotel, what):
        raise refusal


def refusal(staff: Staff | None, action: Action, room: Room) -> ReadyroomError | None:
    """Return why `staff` may not do `action` to the room as it is now, or None.

    Whether there is something to undo is known only to the log: see rooms.perform.undoable.
    """
    transition = TRANSITIONS[action]
    if refused := role_refusal(staff, transition.roles, room.hotel, action.label):
        return refused
    if not room.is_active:
        return RoomNotInUse(room=room)
    status = transition.seen(room)
    if status not in transition.sources:
        return NotPossibleNow(room=room, status=status.label, action=action.label)
    if transition.needs_open_maintenance and not room.maintenance_required:
        return NoOpenMaintenance(room=room)
    if action in INSPECTIONS and is_own_clean(staff, room.cleaned_by_staff_id, room.hotel):
        return OwnClean()
    return None


def is_own_clean(staff: Staff | None, cleaned_by: int | None, hotel: Hotel) -> bool:
    """Tell whether an inspector cleaned the room (`cleaned_by`) and somebody else must look."""
    if staff is None or staff.role not in INSPECTORS or hotel.allow_self_inspection:
        return False
    return cleaned_by == staff.pk


def require(staff: Staff | None, action: Action, room: Room) -> None:
    """Raise NotAllowed or IllegalTransition where `refusal` gives one."""
    if refused := refusal(staff, action, room):
        raise refused


def may(staff: Staff, action: Action, room: Room) -> bool:
    """Tell whether `staff` may do `action` to the room now: the button's side of `require`."""
    return refusal(staff, action, room) is None


def legal_actions(staff: Staff, room: Room) -> list[Action]:
    """Return what `staff` may do to the room now, in the table's order; undo is the log's."""
    return [
        action
        for action, transition in TRANSITIONS.items()
        if action is not Action.UNDO and not transition.of_booking and may(staff, action, room)
    ]
