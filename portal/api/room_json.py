"""Rooms as JSON: each is made once for every state that a caller sees, then reused.

As with the board's cards (portal.board.cards), everything that a room's JSON depends on is in its
key, so what is kept is never out of date.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpResponse
from pydantic_core import to_json

from hotel.models import Staff
from portal.access import StaffRequest
from portal.api.serializers import serialize_room
from portal.cache import SeqCache, Viewer
from rooms import permissions
from rooms.choices import RoomStatus
from rooms.models import Room
from stays import undo

# A room's status, by which callers sort it into lists, and its JSON.
RoomJson = tuple[RoomStatus, bytes]
# What must be read of a room to find its JSON, and to order a list. Reading these columns takes a
# third of the time of model instances.
SEEN = ("pk", "number", "last_seq", "cleaned_by_staff_id")

# Enough for 1,000 rooms seen by each role, at under 1 KB a room.
_rooms: SeqCache[RoomJson] = SeqCache(10_000)
# Whole answers, about 100 KB each for 200 rooms.
_answers: SeqCache[bytes] = SeqCache(50)


def answer(request: StaffRequest, make: Callable[[], bytes]) -> HttpResponse:
    """Send the JSON that `make` returns, or the same as before if nothing has changed since."""
    staff = request.staff
    key = (
        # In person: nobody inspects what they cleaned.
        Viewer.of(staff, personal=True),
        # Whatever happens in the hotel moves last_seq.
        staff.hotel.last_seq,
        # What the person may undo changes with time.
        undo.undoable_rooms(staff),
        request.get_full_path(),
    )
    return HttpResponse(_answers.get_or_make(key, make), content_type="application/json")


def json_of(seen: Iterable[Any], staff: Staff) -> list[RoomJson]:
    """Return the rooms as JSON, in order; `seen` are rooms of the hotel or named rows of SEEN."""
    viewer, undoable = Viewer.of(staff, personal=False), undo.undoable_rooms(staff)
    seen = list(seen)
    kept = _rooms.get_many(_key(viewer, room, staff, undoable) for room in seen)
    found = {room.pk: known for room, known in zip(seen, kept, strict=True) if known}
    unseen = [room.pk for room in seen if room.pk not in found]
    for room in Room.objects.filter(pk__in=unseen).with_people() if unseen else ():
        made = serialize_room(room, staff, may_undo=room.pk in undoable)
        found[room.pk] = (made.room_status, to_json(made))
        _rooms.put(_key(viewer, room, staff, undoable), found[room.pk])
    return [found[room.pk] for room in seen]


def _key(viewer: Viewer, room: Any, staff: Staff, undoable: frozenset[int]) -> tuple[Any, ...]:
    """Return what a room's JSON depends on, which includes what this caller may do to it now."""
    return (
        viewer,
        room.pk,
        room.last_seq,
        # Nobody inspects what they cleaned, and everybody undoes only what they did.
        permissions.is_own_clean(staff, room.cleaned_by_staff_id, staff.hotel),
        room.pk in undoable,
    )
