"""Where a card may be dragged: to the column in which one of its actions would leave the room.

static/js/board/drag.js reads the column from the action's button and presses the button.
"""

from hotel.exceptions import InvalidInput
from portal.board.columns import group_for
from rooms.change import ActionInput
from rooms.choices import Action, RoomGroup
from rooms.models import Room
from rooms.transitions import TRANSITIONS


def drag_column(action: Action, room: Room, role: str) -> str:
    """Return the column to which this role drags a card for the action, or "" if there is none."""
    if action is Action.MARK_MAINTENANCE:
        # Dragging there says what is meant, though the card of an occupied room stays in place, and
        # that of a room to be cleaned does for those who clean it.
        return RoomGroup.MAINTENANCE.value
    transition, given = TRANSITIONS[action], ActionInput()
    try:
        end = transition.end(room, given)
        beneath = transition.reached(room, given) if transition.is_beneath(room) else ""
    except InvalidInput:
        # The person chooses in the form where it ends.
        return ""
    group = group_for(role, end, beneath or room.return_status)
    return "" if group is group_for(role, room.room_status, room.return_status) else group.value
