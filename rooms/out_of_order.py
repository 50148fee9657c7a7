"""The closure of a room that is out of order: one row, which says what the room itself says.

rooms.perform calls `follow` when a room goes out of order, comes back, or gets other dates or
another reason, whoever did it and by whichever action. So a closure begun by hand and one begun by
the hotel's day are the same thing afterwards, and both end by themselves on their date.
"""

from rooms.choices import Action, ClosureKind, ClosureStatus
from rooms.models import Closure, Room, RoomEvent

# The room's fields that the closure repeats.
FOLLOWED = frozenset(
    {"is_out_of_order", "out_of_order_from", "out_of_order_until", "out_of_order_reason"}
)


def follow(room: Room, event: RoomEvent) -> None:
    """Create, bring up to date or end the room's running closure, in the event's transaction."""
    closures = Closure.objects.filter(room=room, kind=ClosureKind.OUT_OF_ORDER)
    running = closures.filter(status=ClosureStatus.RUNNING)
    start, until = room.out_of_order_from, room.out_of_order_until
    if start is None:
        # In order again: a constraint keeps the two together.
        today = room.hotel.business_date(event.occurred_at)
        running.update(status=ClosureStatus.ENDED, ended_on=today)
        return
    closure = running.first()
    if closure is None and event.action == Action.UNDO:
        # The one that ended with what is undone: it runs on, as whoever planned it said.
        ended = closures.filter(status=ClosureStatus.ENDED, start=start)
        closure = ended.order_by("-pk").first()
    closure = closure or Closure(room=room, kind=ClosureKind.OUT_OF_ORDER, planned_by=event.actor)
    closure.status, closure.ended_on = ClosureStatus.RUNNING, None
    closure.start = start
    # An expected end that had passed when the room was taken out again is none.
    closure.until = until if until and until > start else None
    closure.reason = room.out_of_order_reason
    closure.save()
