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
