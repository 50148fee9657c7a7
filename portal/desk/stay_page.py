"""What a booking's page shows besides its row: its phase, who shares the room, its history."""

from typing import Any

from portal.desk.words import told
from stays import rules
from stays.choices import BookingStatus, Phase
from stays.models import Booking
from stays.phase import minutes_overdue, phase

HISTORY = 50
# The phases that ask for something today, and the class of their tag.
COLOURS = {Phase.OVERDUE: "HIGH", Phase.DUE_OUT: "arrival", Phase.EXPECTED: "arrival"}


def page_context(booking: Booking) -> dict[str, Any]:
    """Return what the page shows of the booking, newest events first."""
    now = phase(booking)
    events = booking.events.select_related("actor__user", "room").order_by("-seq")
    history = [{"event": event, "told": told(event)} for event in events[:HISTORY]]
    # A cancellation and a no-show are said as such.
    ended = booking.status in (BookingStatus.CANCELLED, BookingStatus.NO_SHOW)
    return {
        "phase": booking.get_status_display() if ended else now.label,
        "phase_colour": COLOURS.get(now, ""),
        "overdue": minutes_overdue(booking) if now is Phase.OVERDUE else None,
        "sharers": rules.others_of(booking),
        "history": history,
        "older": max(0, booking.events.count() - HISTORY),
    }
