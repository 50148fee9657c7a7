"""How a stay stands."""

from django.db.models import TextChoices


class BookingStatus(TextChoices):
    """How a stay stands."""

    CONFIRMED = "CONFIRMED", "Confirmed"
    IN_HOUSE = "IN_HOUSE", "In house"
    COMPLETED = "COMPLETED", "Completed"
    CANCELLED = "CANCELLED", "Cancelled"
    NO_SHOW = "NO_SHOW", "No-show"


HOLDING = (BookingStatus.CONFIRMED, BookingStatus.IN_HOUSE)


class BookingAction(TextChoices):
    """What the desk can do with a booking; stays.rules says when."""

    ASSIGN = "assign", "Assign room"
    CHECK_IN = "check_in", "Check in"
    CHECK_OUT = "check_out", "Check out"
    CANCEL = "cancel", "Cancel booking"
    NO_SHOW = "no_show", "No-show"
