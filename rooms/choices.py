"""The room's enumerations: its status, what can be done to it, what the log records."""

from django.db.models import TextChoices


class RoomStatus(TextChoices):
    """Where a room stands on its way from checkout to ready."""

    AVAILABLE = "AVAILABLE", "Available"
    OCCUPIED = "OCCUPIED", "Occupied"
    CHECKOUT_DIRTY = "CHECKOUT_DIRTY", "Needs cleaning"
    CLEANING_IN_PROGRESS = "CLEANING_IN_PROGRESS", "Cleaning"
    CLEANED_UNINSPECTED = "CLEANED_UNINSPECTED", "Awaiting inspection"
    MAINTENANCE_REQUIRED = "MAINTENANCE_REQUIRED", "Maintenance"
    OUT_OF_ORDER = "OUT_OF_ORDER", "Out of order"
    READY_FOR_GUEST = "READY_FOR_GUEST", "Ready"


ALL = frozenset(RoomStatus)
VACANT = ALL - {RoomStatus.OCCUPIED}
BOOKABLE = frozenset({RoomStatus.AVAILABLE, RoomStatus.READY_FOR_GUEST})
# On its way to ready.
TURNING = (
    RoomStatus.CHECKOUT_DIRTY,
    RoomStatus.CLEANING_IN_PROGRESS,
    RoomStatus.CLEANED_UNINSPECTED,
)
# The order is fixed: a constraint uses it, so a migration contains it.
WITH_RETURN_STATUS = (RoomStatus.MAINTENANCE_REQUIRED, RoomStatus.OUT_OF_ORDER)
# The statuses a room can come back to from maintenance or out of order.
RETURNABLE = (
    RoomStatus.CHECKOUT_DIRTY,
    RoomStatus.CLEANING_IN_PROGRESS,
    RoomStatus.CLEANED_UNINSPECTED,
    RoomStatus.READY_FOR_GUEST,
    RoomStatus.AVAILABLE,
)


class RoomGroup(TextChoices):
    """What a room waits for: the board's columns, the statistics' counts, the API's lists.

    The values are written in addresses (`?status=dirty`) and are CSS classes.
    """

    DIRTY = "dirty", "Needs cleaning"
    CLEANING = "cleaning", "Cleaning"
    INSPECTION = "inspection", "Awaiting inspection"
    READY = "ready", "Ready"
    OCCUPIED = "occupied", "Occupied"
    MAINTENANCE = "maintenance", "Maintenance"
    OUT_OF_ORDER = "out-of-order", "Out of order"

    @property
    def statuses(self) -> tuple[RoomStatus, ...]:
        """The statuses that stand together in this group."""
        return tuple(status for status, group in GROUP_OF.items() if group is self)


GROUP_OF = {
    RoomStatus.CHECKOUT_DIRTY: RoomGroup.DIRTY,
    RoomStatus.CLEANING_IN_PROGRESS: RoomGroup.CLEANING,
    RoomStatus.CLEANED_UNINSPECTED: RoomGroup.INSPECTION,
    RoomStatus.READY_FOR_GUEST: RoomGroup.READY,
    RoomStatus.AVAILABLE: RoomGroup.READY,
    RoomStatus.OCCUPIED: RoomGroup.OCCUPIED,
    RoomStatus.MAINTENANCE_REQUIRED: RoomGroup.MAINTENANCE,
    RoomStatus.OUT_OF_ORDER: RoomGroup.OUT_OF_ORDER,
}


class Priority(TextChoices):
    """How urgent a repair is."""

    LOW = "LOW", "Low"
    MED = "MED", "Medium"
    HIGH = "HIGH", "High"


class Action(TextChoices):
    """What a person can do to a room; rooms.transitions says when, and who."""

    CHECK_IN = "check_in", "Check in"
    CHECK_OUT = "check_out", "Check out"
    START_CLEANING = "start_cleaning", "Start cleaning"
    STOP_CLEANING = "stop_cleaning", "Stop cleaning"
    MARK_CLEANED = "mark_cleaned", "Cleaned"
    PASS_INSPECTION = "pass_inspection", "Pass inspection"
    FAIL_INSPECTION = "fail_inspection", "Fail inspection"
    MARK_MAINTENANCE = "mark_maintenance", "Report maintenance"
    COMPLETE_MAINTENANCE = "complete_maintenance", "Complete maintenance"
    TAKE_OUT_OF_ORDER = "take_out_of_order", "Take out of order"
    RETURN_TO_SERVICE = "return_to_service", "Return to service"
    MARK_DIRTY = "mark_dirty", "Mark dirty"
    OVERRIDE = "override", "Override status"
    MOVE_OUT = "move_out", "Move out"
    MOVE_IN = "move_in", "Move in"
    REINSTATE = "reinstate", "Reinstate"
    UNDO = "undo", "Undo"


class LogAction(TextChoices):
    """What the log records besides the actions on a room's status."""

    ROOM_ADDED = "room_added", "Room added"
    SETUP_CHANGED = "setup_changed", "Set-up changed"
    BOOKING_CREATED = "booking_created", "Booking created"
    BOOKING_CANCELLED = "booking_cancelled", "Booking cancelled"
    BOOKING_NO_SHOW = "booking_no_show", "No-show"
    BOOKING_REINSTATED = "booking_reinstated", "Booking reinstated"
    STAY_CHANGED = "stay_changed", "Stay changed"
    ROOM_ASSIGNED = "room_assigned", "Room assigned"
    ROOM_UNASSIGNED = "room_unassigned", "Room unassigned"
    SHARING_BEGAN = "sharing_began", "Room shared"
    SHARING_ENDED = "sharing_ended", "Room no longer shared"
    SHARER_CHECKED_IN = "sharer_checked_in", "Sharer checked in"
    SHARER_CHECKED_OUT = "sharer_checked_out", "Sharer checked out"
    SHARER_MOVED = "sharer_moved", "Sharer moved"
    CLOSURE_PLANNED = "closure_planned", "Closure planned"
    CLOSURE_CANCELLED = "closure_cancelled", "Closure cancelled"
    CLOSURE_BEGAN = "closure_began", "Out of service"
    CLOSURE_ENDED = "closure_ended", "Back in service"


class ClosureKind(TextChoices):
    """What a closure keeps a room from."""

    OUT_OF_ORDER = "OUT_OF_ORDER", "Out of order: off sale"
    OUT_OF_SERVICE = "OUT_OF_SERVICE", "Out of service: sold, but given last"


class ClosureStatus(TextChoices):
    """How a closure stands; the hotel's day begins and ends it."""

    PLANNED = "PLANNED", "Planned"
    RUNNING = "RUNNING", "Running"
    ENDED = "ENDED", "Ended"
    CANCELLED = "CANCELLED", "Cancelled"


class Source(TextChoices):
    """Through which door a change came."""

    PORTAL = "PORTAL", "Portal"
    API = "API", "API"
    ADMIN = "ADMIN", "Admin"
    IMPORT = "IMPORT", "Import"
    REPLAY = "REPLAY", "Replay"
    DAY_TURN = "DAY_TURN", "Day's turn"


def event_actions() -> list[tuple[str, str]]:
    """Return the choices of an event's action: a function, so a new action needs no migration."""
    return [*Action.choices, *LogAction.choices]
