"""How a stay stands."""

from django.db.models import TextChoices


class BookingStatus(TextChoices):
    """How a stay stands."""

    CONFIRMED = "CONFIRMED", "Confirmed"
    IN_HOUSE = "IN_HOUSE", "In house"
    COMPLETED = "COMPLETED", "Completed"
    CANCELLED = "CANCELLED", "Cancelled"
    NO_SHOW = "NO_SHOW", "No-show"


class Phase(TextChoices):
    """Where a stay stands at a moment: its status, read with its dates (stays.phase)."""

    TO_COME = "TO_COME", "To come"
    EXPECTED = "EXPECTED", "Expected"
    IN_HOUSE = "IN_HOUSE", "In house"
    DUE_OUT = "DUE_OUT", "Due out"
    OVERDUE = "OVERDUE", "Overdue"
    ENDED_WITHOUT_ARRIVAL = "ENDED_WITHOUT_ARRIVAL", "Ended without arrival"
    COMPLETED = "COMPLETED", "Completed"


HOLDING = (BookingStatus.CONFIRMED, BookingStatus.IN_HOUSE)


class BookingAction(TextChoices):
    """What the desk can do with a booking; stays.rules says when."""

    ASSIGN = "assign", "Assign room"
    UNASSIGN = "unassign", "Take back the room"
    SWAP = "swap", "Swap rooms"
    CHECK_IN = "check_in", "Check in"
    CHECK_OUT = "check_out", "Check out"
    CHANGE = "change", "Change stay"
    MOVE = "move", "Move to another room"
    SHARE = "share", "Share a room"
    UNSHARE = "unshare", "Stop sharing"
    REINSTATE = "reinstate", "Reinstate"
    CANCEL = "cancel", "Cancel booking"
    NO_SHOW = "no_show", "No-show"
