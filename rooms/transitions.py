"""What may happen to a room: one table (design §2).

It draws the buttons, guards every change, writes docs/states.md and feeds the tests.
"""

from dataclasses import dataclass

from hotel.choices import CLEANERS, DESK, EVERYONE, INSPECTORS, REPAIRERS, Role
from rooms.choices import ALL, BOOKABLE, RETURNABLE, VACANT, Action, RoomStatus

S = RoomStatus


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One action: where it may start, where it may end, who may do it, what it asks for.

    `targets` are all the statuses it can end in; which one, rooms.perform decides.
    An empty `targets` leaves the room where it was before (undo).
    """

    sources: frozenset[RoomStatus]
    targets: tuple[RoomStatus, ...]
    roles: frozenset[Role]
    notes_required: bool = False
    needs_open_maintenance: bool = False


TRANSITIONS: dict[Action, Transition] = {
    Action.CHECK_IN: Transition(
        sources=BOOKABLE,
        targets=(S.OCCUPIED,),
        roles=DESK,
    ),
    Action.CHECK_OUT: Transition(
        sources=frozenset({S.OCCUPIED}),
        targets=(S.CHECKOUT_DIRTY, S.MAINTENANCE_REQUIRED),
        roles=DESK,
    ),
    Action.START_CLEANING: Transition(
        sources=frozenset({S.CHECKOUT_DIRTY}),
        targets=(S.CLEANING_IN_PROGRESS,),
        roles=CLEANERS,
    ),
    Action.STOP_CLEANING: Transition(
        sources=frozenset({S.CLEANING_IN_PROGRESS}),
        targets=(S.CHECKOUT_DIRTY,),
        roles=CLEANERS,
    ),
    Action.MARK_CLEANED: Transition(
        sources=frozenset({S.CHECKOUT_DIRTY, S.CLEANING_IN_PROGRESS}),
        targets=(S.CLEANED_UNINSPECTED, S.READY_FOR_GUEST),
        roles=CLEANERS,
    ),
    Action.PASS_INSPECTION: Transition(
        sources=frozenset({S.CLEANED_UNINSPECTED}),
        targets=(S.READY_FOR_GUEST,),
        roles=INSPECTORS,
    ),
    Action.FAIL_INSPECTION: Transition(
        sources=frozenset({S.CLEANED_UNINSPECTED}),
        targets=(S.CHECKOUT_DIRTY,),
        roles=INSPECTORS,
        notes_required=True,
    ),
    Action.MARK_MAINTENANCE: Transition(
        sources=ALL - {S.OUT_OF_ORDER},
        targets=(S.MAINTENANCE_REQUIRED, S.OCCUPIED),
        roles=EVERYONE,
        notes_required=True,
    ),
    Action.COMPLETE_MAINTENANCE: Transition(
        sources=frozenset({S.MAINTENANCE_REQUIRED, S.OCCUPIED, S.OUT_OF_ORDER}),
        targets=(*RETURNABLE, S.OCCUPIED, S.OUT_OF_ORDER),
        roles=REPAIRERS | {Role.SUPERVISOR},
        needs_open_maintenance=True,
    ),
    Action.TAKE_OUT_OF_ORDER: Transition(
        sources=VACANT,
        targets=(S.OUT_OF_ORDER,),
        roles=REPAIRERS,
        notes_required=True,
    ),
    Action.RETURN_TO_SERVICE: Transition(
        sources=frozenset({S.OUT_OF_ORDER}),
        targets=(*RETURNABLE, S.MAINTENANCE_REQUIRED),
        roles=REPAIRERS,
    ),
    Action.MARK_DIRTY: Transition(
        sources=frozenset({S.AVAILABLE, S.READY_FOR_GUEST, S.CLEANED_UNINSPECTED}),
        targets=(S.CHECKOUT_DIRTY,),
        roles=DESK | {Role.SUPERVISOR},
    ),
    Action.OVERRIDE: Transition(
        sources=VACANT,
        targets=tuple(status for status in S if status in VACANT),
        roles=frozenset({Role.MANAGER}),
        notes_required=True,
    ),
    Action.UNDO: Transition(
        sources=ALL,
        targets=(),
        roles=EVERYONE,
    ),
}

# What a room comes back as, by what it was when it left service.
RETURN_STATUS: dict[RoomStatus, RoomStatus] = {
    S.AVAILABLE: S.AVAILABLE,
    S.READY_FOR_GUEST: S.READY_FOR_GUEST,
    S.CLEANED_UNINSPECTED: S.CLEANED_UNINSPECTED,
    S.CHECKOUT_DIRTY: S.CHECKOUT_DIRTY,
    S.CLEANING_IN_PROGRESS: S.CHECKOUT_DIRTY,
}
