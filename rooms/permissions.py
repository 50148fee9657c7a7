"""Who may do what to a room: one rule, as an error for the action and a boolean for the button."""

from hotel.choices import INSPECTORS, Role
from hotel.exceptions import IllegalTransition, NotAllowed, ReadyroomError
from hotel.models import Hotel, Staff
from rooms.choices import Action, RoomStatus
from rooms.models import Room
from rooms.transitions import TRANSITIONS

INSPECTIONS = (Action.PASS_INSPECTION, Action.FAIL_INSPECTION)


def names(roles: frozenset[Role]) -> str:
    """Return roles as a phrase: “front desk or manager”."""
    words = [role.label.lower() for role in Role if role in roles]
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def role_refusal(
    staff: Staff, roles: frozenset[Role], hotel: Hotel, what: str
) -> NotAllowed | None:
    """Return why this person may not do `what` in this hotel, or None."""
    if staff.hotel_id != hotel.pk or not staff.active:
        return NotAllowed(f"{staff.name} does not work at {hotel.name}.")
    if staff.role not in roles:
        return NotAllowed(
            f"“{what}” is for {names(roles)}; you are {staff.get_role_display().lower()}."
        )
    return None


def require_role(staff: Staff, roles: frozenset[Role], hotel: Hotel, what: str) -> None:
    """Raise NotAllowed unless this person may do `what` in this hotel."""
    if refusal := role_refusal(staff, roles, hotel, what):
        raise refusal


def refusal(staff: Staff, action: Action, room: Room) -> ReadyroomError | None:
    """Return why `staff` may not do `action` to the room as it is now, or None.

    Whether there is something to undo is known only to the log: see rooms.perform.undoable.
    """
    transition = TRANSITIONS[action]
    if refused := role_refusal(staff, transition.roles, room.hotel, action.label):
        return refused
    if not room.is_active:
        return IllegalTransition(f"Room {room.number} is not in use.")
    status = RoomStatus(room.room_status)
    if status not in transition.sources:
        return IllegalTransition(
            f"Room {room.number} is “{status.label}”: “{action.label}” cannot be done now."
        )
    if transition.needs_open_maintenance and not room.maintenance_required:
        return IllegalTransition(f"Room {room.number} has no open maintenance.")
    if action in INSPECTIONS and is_own_clean(staff, room.cleaned_by_staff_id, room.hotel):
        return NotAllowed("You cleaned this room: somebody else inspects it.")
    return None


def is_own_clean(staff: Staff, cleaned_by: int | None, hotel: Hotel) -> bool:
    """Tell whether an inspector cleaned the room (`cleaned_by`) and somebody else must look."""
    inspects = staff.role in INSPECTORS and not hotel.allow_self_inspection
    return inspects and cleaned_by == staff.pk


def require(staff: Staff, action: Action, room: Room) -> None:
    """Raise NotAllowed or IllegalTransition where `refusal` gives one."""
    if refused := refusal(staff, action, room):
        raise refused


def may(staff: Staff, action: Action, room: Room) -> bool:
    """Tell whether `staff` may do `action` to the room now: the button's side of `require`."""
    return refusal(staff, action, room) is None


def legal_actions(staff: Staff, room: Room) -> list[Action]:
    """Return what `staff` may do to the room now, in the table's order; undo is the log's."""
    return [
        action for action in TRANSITIONS if action is not Action.UNDO and may(staff, action, room)
    ]
