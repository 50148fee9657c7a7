"""A room's closures, as its page shows them."""

from dataclasses import dataclass

from rooms.choices import ClosureStatus
from rooms.closures import OPEN, kind_name
from rooms.models import Closure, Room


@dataclass(frozen=True)
class PanelRow:
    """A closure: what it is called, and whether it only waits for the guests to leave."""

    row: Closure
    name: str
    waits: bool


def open_closures(room: Room) -> list[PanelRow]:
    """Return the room's planned and running closures, by their first day."""
    today = room.hotel.business_date()
    return [
        PanelRow(
            row=closure,
            name=kind_name(closure.kind),
            waits=closure.status == ClosureStatus.PLANNED
            and closure.start <= today
            and room.is_occupied,
        )
        for closure in room.closures.filter(status__in=OPEN)
    ]
