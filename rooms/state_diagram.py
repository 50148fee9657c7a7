"""Draws the transition table for people: docs/states.md."""

from collections import defaultdict
from collections.abc import Collection

from rooms.choices import OUT_OF_SERVICE, VACANT, Action, RoomStatus
from rooms.permissions import names
from rooms.transitions import TRANSITIONS, Transition

# Undo leads back to wherever the room was, override from any vacant status to any other: as
# arrows they would hide all the rest.
NOT_DRAWN = (Action.UNDO, Action.OVERRIDE)
# A room with a guest, or out of order, can take a repair on and off without moving.
STAYING = frozenset({RoomStatus.OCCUPIED, RoomStatus.OUT_OF_ORDER})

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


def targets_from(transition: Transition, source: RoomStatus) -> tuple[RoomStatus, ...]:
    """Return the statuses in which the action can end when it starts in `source`.

    Where an action can leave an occupied or out-of-order room as it is, it does just that, and
    brings no other room there.
    """
    stays = STAYING & transition.sources & set(transition.targets)
    if source in stays:
        return (source,)
    return tuple(t for t in transition.targets if t not in stays) or transition.targets


def arrows() -> dict[Arrow, list[Action]]:
    """Return what is drawn: by (from, to), the actions that lead there, in the table's order."""
    found: defaultdict[Arrow, list[Action]] = defaultdict(list)
    for action, transition in TRANSITIONS.items():
        if action in NOT_DRAWN:
            continue
        for source in _in_order(transition.sources):
            for target in targets_from(transition, source):
                found[source, target].append(action)
    return dict(found)


def states_markdown() -> str:
    """Return the text of docs/states.md."""
    drawn = arrows()
    repairs = {
        arrow: actions
        for arrow, actions in drawn.items()
        if arrow[0] == arrow[1] or any(status in OUT_OF_SERVICE for status in arrow)
    }
    turnover = {arrow: actions for arrow, actions in drawn.items() if arrow not in repairs}
    return "\n".join(
        [
            HEAD,
            "## From checkout to ready\n",
            "A cleaned room is ready at once where the hotel has switched inspection off.\n",
            _diagram(turnover),
            "## Out of service and back\n",
            "A room comes back as it was when it left; after a repair that made it dirty, as",
            "`CHECKOUT_DIRTY`; from out of order with a repair still open, as",
            "`MAINTENANCE_REQUIRED`. An occupied room carries the repair until checkout.\n",
            _diagram(repairs),
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
        if action is Action.UNDO:
            cells = ["any", "the status before", "who did it"]
        else:
            cells = [sources, _codes(transition.targets), names(transition.roles)]
        notes = "yes" if transition.notes_required else ""
        lines.append(f"| {action.value} | {' | '.join(cells)} | {notes} |")
    return "\n".join(lines) + "\n"


def _in_order(statuses: frozenset[RoomStatus]) -> list[RoomStatus]:
    return [status for status in RoomStatus if status in statuses]


def _codes(statuses: Collection[RoomStatus]) -> str:
    if set(statuses) == VACANT:
        return "any vacant"
    return ", ".join(f"`{status.value}`" for status in statuses)
