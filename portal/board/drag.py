"""Where a card may be dragged: to the column in which one of its actions would leave the room.

static/js/board/drag.js reads the column from the action's button and presses the button.
"""

from hotel.exceptions import InvalidInput
from rooms.change import ActionInput
from rooms.choices import GROUP_OF, Action, RoomGroup, RoomStatus
from rooms.models import Room
from rooms.transitions import TRANSITIONS


def drag_column(action: Action, room: Room) -> str:
    """Return the column to which a card is dragged for this action, or "" if there is none."""
    if action is Action.MARK_MAINTENANCE:
        # Dragging there says what is meant, though the card of an occupied room stays in place.
        return RoomGroup.MAINTENANCE.value
    try:
        end = TRANSITIONS[action].end(room, ActionInput())
    except InvalidInput:
        # The person chooses in the form where it ends.
        return ""
    group = GROUP_OF[end]
    return "" if group is GROUP_OF[RoomStatus(room.room_status)] else group.value
