"""The services as tests call them: who, how and what in plain keywords.

`check_in(booking, room, by=clerk, request_id="r-1")` makes the Change, and the ActionInput or
StayInput, that the service takes. The source is the portal unless a test says otherwise.
"""

from dataclasses import fields
from inspect import signature
from types import ModuleType
from typing import Any

from rooms import closures as rooms_closures
from rooms import log as rooms_log
from rooms import perform as rooms_perform
from rooms.change import ActionInput, Change
from rooms.choices import Action, Source
from rooms.closures import ClosureInput
from rooms.models import Room, RoomEvent
from rooms.transitions import TRANSITIONS
from stays import arrivals as stays_arrivals
from stays import bookings as stays_bookings
from stays import changes as stays_changes
from stays import closures as stays_closures
from stays import departures as stays_departures
from stays import moves as stays_moves
from stays import reinstatement as stays_reinstatement
from stays import sharing as stays_sharing
from stays import undo as stays_undo
from stays.bookings import StayInput

CHANGE = {field.name for field in fields(Change)}


def change(**given: Any) -> Change:
    """Return a change by `by`, through the portal unless `source` says otherwise."""
    return Change(**{"source": Source.PORTAL, **given})


def plainly(service: Any, given_as: type | None = None) -> Any:
    """Return the service with the parts of its change, and of its input, as keywords."""
    names = list(signature(service).parameters)

    def call(*args: Any, **given: Any) -> Any:
        about = {name: given.pop(name) for name in CHANGE & given.keys()}
        if given_as:
            own = {field.name for field in fields(given_as)} - {"room"}
            given["given"] = given_as(**{name: given.pop(name) for name in own & given.keys()})
        bound = {**dict(zip(names, args, strict=False)), **given, "change": change(**about)}
        if "room" in names:
            bound.setdefault("room", None)
        return service(**bound)

    return call


class Plainly:
    """A module of services, each called in plain keywords."""

    def __init__(self, module: ModuleType, **given_as: type) -> None:
        self.module = module
        self.given_as = given_as

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.module, name)
        if callable(found) and "change" in signature(found).parameters:
            return plainly(found, self.given_as.get(name))
        return found


log = Plainly(rooms_log)
closures = Plainly(rooms_closures, plan=ClosureInput)
promises = Plainly(stays_closures, plan=ClosureInput, take_out_of_order=ActionInput)
bookings = Plainly(stays_bookings, create=StayInput)
arrivals = Plainly(stays_arrivals, walk_in=StayInput)
departures = Plainly(stays_departures)
undo = Plainly(stays_undo)
changes = Plainly(stays_changes)
moves = Plainly(stays_moves)
reinstatement = Plainly(stays_reinstatement)
sharing = Plainly(stays_sharing)


def perform(
    action: Action,
    room: Room,
    *,
    booking: Any = None,
    stay_before: dict[str, Any] | None = None,
    **given: Any,
) -> RoomEvent:
    """Do the action to the room; with `booking`, or for a room alone, as a stay's service does."""
    about = change(**{name: given.pop(name) for name in CHANGE & given.keys()})
    wanted = ActionInput(**given)
    if booking is None and not TRANSITIONS[action].with_stay:
        return rooms_perform.perform(action, room, wanted, about)
    with rooms_log.opened(
        room.hotel, about, lambda: rooms_perform.lock(room), action=action, room=room
    ) as repeat:
        return repeat or rooms_perform.apply(
            action, room, wanted, about, booking=booking, stay_before=stay_before
        )
