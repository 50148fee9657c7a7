"""Rooms as JSON: made once for each state that a caller can see, then only joined.

As with the board's cards, everything that a room's JSON depends on is in its key: nothing is
ever stale, and nothing expires by time.
"""

from collections.abc import Iterable
from threading import Lock
from typing import Any

from cachetools import LRUCache
from pydantic_core import to_json

from hotel.models import Staff
from portal.api.serializers import room_answer
from rooms import permissions
from rooms.choices import RoomStatus
from rooms.models import Room
from stays import undo

Drawn = tuple[RoomStatus, bytes]
# The columns that the key needs, and a list's order: rows of them cost a third of instances.
SEEN = ("pk", "number", "last_seq", "cleaned_by_staff_id")

# Enough for 1,000 rooms seen by each role, at under 1 KB a room.
_drawn: LRUCache[tuple[Any, ...], Drawn] = LRUCache(maxsize=10_000)
_lock = Lock()


def draw(seen: Iterable[Any], staff: Staff) -> list[Drawn]:
    """Return each room's status and JSON; `seen` are the hotel's rooms, or named rows of SEEN."""
    undoable = undo.undoable_rooms(staff)
    with _lock:
        kept = {room.pk: _drawn.get(_key(room, staff, undoable)) for room in seen}
    drawn = {pk: one for pk, one in kept.items() if one}
    unseen = kept.keys() - drawn.keys()
    for room in Room.objects.filter(pk__in=unseen).with_people() if unseen else ():
        answer = room_answer(room, staff, may_undo=room.pk in undoable)
        drawn[room.pk] = (answer.room_status, to_json(answer))
        with _lock:
            _drawn[_key(room, staff, undoable)] = drawn[room.pk]
    return [drawn[pk] for pk in kept]


def _key(room: Any, staff: Staff, undoable: set[int]) -> tuple[Any, ...]:
    return (
        room.pk,
        room.last_seq,
        staff.hotel.setup_seq,
        staff.role,
        permissions.is_own_clean(staff, room.cleaned_by_staff_id, staff.hotel),
        room.pk in undoable,
    )
