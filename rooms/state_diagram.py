"""Draws the transition table for people: docs/states.md."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import product

from hotel.choices import names
from hotel.models import Hotel
from rooms.change import ActionInput
from rooms.choices import RETURNABLE, VACANT, WITH_RETURN_STATUS, Action, Priority, RoomStatus
from rooms.models import Room
from rooms.transitions import TRANSITIONS

# Undo leads back to wherever the room was, override from any vacant status to any other: as
# arrows they would hide all the rest.
NOT_DRAWN = (Action.UNDO, Action.OVERRIDE)
# Whatever a person can give that decides where an action ends.
INPUTS = [
    ActionInput(needs_cleaning=needs_cleaning, room_status=status)
    for needs_cleaning in (False, True)
    for status in RoomStatus
    if status in VACANT
]

Arrow = tuple[RoomStatus, RoomStatus]

HEAD = """\
# A room's states

Drawn from `rooms/transitions.py` by `manage.py draw_states`: change the table, not this page.

Left out of the diagrams:

- **undo** puts a room back to what it was, field for field: the actor's own last action on the
  room, within two minutes, with nothing done to the room since, and not an undo itself.
- **override** lets a manager set any vacant status from any vacant status.

A new room is `AVAILABLE`, unless it is imported as occupied or out of order.
"""


def ends(action: Action, source: RoomStatus) -> list[RoomStatus]:
    """Return the statuses in which the action can end when it starts in `source`.

    The table's own answer, asked for every room that can be in that status and every input.
    """
    transition = TRANSITIONS[action]
    found = {
        transition.end(room, given)
        for room in _rooms_in(source)
        if transition.seen(room) in transition.sources
        if room.maintenance_required or not transition.needs_open_maintenance
        for given in INPUTS
    }
    return _in_order(frozenset(found))


def arrows_beneath() -> dict[Arrow, list[Action]]:
    """Return how the return status moves under maintenance, as `arrows` does for the status."""
    found: defaultdict[Arrow, list[Action]] = defaultdict(list)
    for action, transition in TRANSITIONS.items():
        if transition.beneath:
            for room in _rooms_in(RoomStatus.MAINTENANCE_REQUIRED):
                if (source := transition.seen(room)) in transition.sources:
                    arrow = source, transition.reached(room, ActionInput())
                    if action not in found[arrow]:
                        found[arrow].append(action)
    return dict(found)


def _rooms_in(status: RoomStatus) -> Iterator[Room]:
    """Yield a room for each state that a room of this status can be in."""
    under_maintenance = {
        RoomStatus.MAINTENANCE_REQUIRED: (True,),
        RoomStatus.OUT_OF_ORDER: (False, True),
        RoomStatus.OCCUPIED: (False, True),
    }
    returnable = {
        RoomStatus.MAINTENANCE_REQUIRED: RETURNABLE,
        # Nobody cleans a room out of order.
        RoomStatus.OUT_OF_ORDER: set(RETURNABLE) - {RoomStatus.CLEANING_IN_PROGRESS},
    }
    for inspection_required, maintenance_required, return_status in product(
        (True, False),
        under_maintenance.get(status, (False,)),
        returnable.get(status, ("",)),
    ):
        yield Room(
            hotel=Hotel(inspection_required=inspection_required),
            room_status=status,
            is_occupied=status == RoomStatus.OCCUPIED,
            is_out_of_order=status == RoomStatus.OUT_OF_ORDER,
            maintenance_required=maintenance_required,
            # The least urgent: what stops nothing that the others let through.
            maintenance_priority=Priority.LOW if maintenance_required else "",
            return_status=return_status,
        )


def arrows() -> dict[Arrow, list[Action]]:
    """Return what is drawn: by (from, to), the actions that lead there, in the table's order."""
    found: defaultdict[Arrow, list[Action]] = defaultdict(list)
    for action, transition in TRANSITIONS.items():
        if action in NOT_DRAWN:
            continue
        for source in _in_order(transition.starts):
            for target in ends(action, source):
                found[source, target].append(action)
    return dict(found)


def states_markdown() -> str:
    """Return the text of docs/states.md."""
    drawn = arrows()
    repairs = {
        arrow: actions
        for arrow, actions in drawn.items()
        if arrow[0] == arrow[1] or any(status in WITH_RETURN_STATUS for status in arrow)
    }
    turnover = {arrow: actions for arrow, actions in drawn.items() if arrow not in repairs}
    return "\n".join(
        [
            HEAD,
            "## From checkout to ready\n",
            "A cleaned room is ready at once where the hotel has switched inspection off.\n",
            _diagram(turnover),
            "## To maintenance or out of order, and back\n",
            "A room comes back as it was when it left; after a repair that made it dirty, as",
            "`CHECKOUT_DIRTY`; from out of order with a repair still open, as",
            "`MAINTENANCE_REQUIRED`. An occupied room carries the repair until checkout. An arrow",
            "that leads back to its status is an action that does not move the room.\n",
            _diagram(repairs),
            "## Beneath a fault\n",
            "A fault stops neither cleaning nor inspection. In `MAINTENANCE_REQUIRED` these",
            "actions start from the return status and move it; the status stays. A room that is",
            "ready beneath a fault of priority `LOW`, not marked “cannot be sold”, can be given",
            "if the desk accepts the fault (`check_in`, `move_in`); the fault stays open.\n",
            _diagram(arrows_beneath()),
            "## The table\n",
            _table(),
        ]
    )


def _diagram(drawn: dict[Arrow, list[Action]]) -> str:
    lines = [
        f"    {source.value} --> {target.value}: {', '.join(action.value for action in actions)}"
        for (source, target), actions in drawn.items()
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])


def _table() -> str:
    lines = ["| action | from | to | who | notes required |", "| --- | --- | --- | --- | --- |"]
    for action, transition in TRANSITIONS.items():
        sources = _codes(_in_order(transition.sources))
        if transition.needs_open_maintenance:
            sources += " with a repair open"
        if transition.beneath:
            sources += "; beneath a fault too"
        if transition.despite_small_fault:
            sources += "; with a small fault, if it is accepted"
        if action is Action.UNDO:
            cells = ["any", "the status before", "who did it"]
        else:
            sources_shown = transition.sources if transition.beneath else transition.starts
            targets = {end for source in sources_shown for end in ends(action, source)}
            cells = [sources, _codes(_in_order(frozenset(targets))), names(transition.roles)]
        notes = "yes" if transition.notes_required else ""
        lines.append(f"| {action.value} | {' | '.join(cells)} | {notes} |")
    return "\n".join(lines) + "\n"


def _in_order(statuses: frozenset[RoomStatus]) -> list[RoomStatus]:
    return [status for status in RoomStatus if status in statuses]


def _codes(statuses: Collection[RoomStatus]) -> str:
    if set(statuses) == VACANT:
        return "any vacant"
    return ", ".join(f"`{status.value}`" for status in statuses)
