"""What may happen to a room: one table (docs/design.md §2).

A row says where an action may start, where it ends, who may do it, what it asks for and what it
changes besides the status. The table guards every change, draws the buttons, says where a card may
be dragged, writes docs/states.md and feeds the tests. Nothing else knows what an action does; how
it does it is in rooms.effects.
"""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from hotel.choices import CLEANERS, DESK, EVERYONE, INSPECTORS, REPAIRERS, Role
from rooms.change import ActionInput, Change
from rooms.choices import ALL, BOOKABLE, VACANT, WITH_RETURN_STATUS, Action, RoomStatus
from rooms.effects import (
    Effect,
    Fields,
    Target,
    add_note,
    back_in_service,
    chosen,
    cleaned,
    clear_note,
    close_maintenance,
    close_room,
    fault_accepted,
    name_cleaner,
    name_inspector,
    note_for_housekeeping,
    open_maintenance,
    repaired,
    replace_note,
    status_before,
    under_maintenance,
    vacated,
    whatever_was_chosen,
)
from rooms.models import Room

S = RoomStatus

# What a room comes back as, by what it was when it left service.
RETURN_STATUS: dict[str, RoomStatus] = {
    S.AVAILABLE: S.AVAILABLE,
    S.READY_FOR_GUEST: S.READY_FOR_GUEST,
    S.CLEANED_UNINSPECTED: S.CLEANED_UNINSPECTED,
    S.CHECKOUT_DIRTY: S.CHECKOUT_DIRTY,
    S.CLEANING_IN_PROGRESS: S.CHECKOUT_DIRTY,
    S.OCCUPIED: S.CHECKOUT_DIRTY,
}


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One action. `with_stay`: it begins or ends a stay, so only stays.* may do it to a room.

    `of_booking`: it is done on the booking, so the room has no button and no address for it.

    `beneath`: a fault does not stop it. Under maintenance it starts from the return status and
    moves that instead of the status. `despite_small_fault`: it also starts from maintenance where
    Room.is_givable_with_fault, if the person accepts the fault.
    """

    sources: frozenset[RoomStatus]
    target: Target
    roles: frozenset[Role]
    effects: tuple[Effect, ...] = ()
    notes_required: bool = False
    needs_open_maintenance: bool = False
    with_stay: bool = False
    of_booking: bool = False
    beneath: bool = False
    despite_small_fault: bool = False

    @property
    def starts(self) -> frozenset[RoomStatus]:
        """The statuses in which a room can be when the action starts."""
        with_fault = self.beneath or self.despite_small_fault
        return self.sources | {S.MAINTENANCE_REQUIRED} if with_fault else self.sources

    def seen(self, room: Room) -> RoomStatus:
        """Return the status that decides whether the action can start: one of `sources`."""
        if self.beneath or (self.despite_small_fault and room.is_givable_with_fault):
            return room.cleaning_status
        return RoomStatus(room.room_status)

    def is_beneath(self, room: Room) -> bool:
        """Tell whether the action moves the room's return status instead of its status."""
        return self.beneath and room.room_status == S.MAINTENANCE_REQUIRED

    def reached(self, room: Room, given: ActionInput) -> RoomStatus:
        """Return the target: the new status or, beneath a fault, the new return status.

        Raises InvalidInput.
        """
        return self.target if isinstance(self.target, RoomStatus) else self.target(room, given)

    def end(self, room: Room, given: ActionInput) -> RoomStatus:
        """Return the status in which the action leaves the room. Raises InvalidInput."""
        return S.MAINTENANCE_REQUIRED if self.is_beneath(room) else self.reached(room, given)

    def fields(self, room: Room, given: ActionInput, change: Change) -> Fields:
        """Return every field that the action sets, the status and what follows from it included.

        Raises InvalidInput, and NotBookable for a fault that was not accepted.
        """
        end = self.end(room, given)
        fields: Fields = {"room_status": end}
        if self.is_beneath(room):
            fields["return_status"] = self.reached(room, given)
        elif end in WITH_RETURN_STATUS and end != room.room_status:
            fields["return_status"] = RETURN_STATUS[room.return_status or room.room_status]
        for effect in self.effects:
            fields |= effect(room, given, change)
        return fields | _following(room, end, change)


def _following(room: Room, end: RoomStatus, change: Change) -> Fields:
    """Return what must agree with the status, so that the flags never disagree with it."""
    fields: Fields = {"is_occupied": end == S.OCCUPIED, "is_out_of_order": end == S.OUT_OF_ORDER}
    if end not in WITH_RETURN_STATUS:
        fields["return_status"] = ""
    if end != S.OUT_OF_ORDER:
        fields |= {
            "out_of_order_reason": "",
            "out_of_order_from": None,
            "out_of_order_until": None,
        }
    if end != room.room_status:
        fields |= {"status_since": change.occurred_at, "status_by": change.by}
    return fields


# The order is that of the buttons under “More”, of a room's page and of the API's `actions`.
TRANSITIONS: dict[Action, Transition] = {
    Action.CHECK_IN: Transition(
        sources=BOOKABLE,
        target=S.OCCUPIED,
        roles=DESK,
        effects=(fault_accepted,),
        with_stay=True,
        despite_small_fault=True,
    ),
    Action.CHECK_OUT: Transition(
        sources=frozenset({S.OCCUPIED}),
        target=vacated,
        roles=DESK,
        effects=(clear_note,),
        with_stay=True,
    ),
    Action.START_CLEANING: Transition(
        sources=frozenset({S.CHECKOUT_DIRTY}),
        target=S.CLEANING_IN_PROGRESS,
        roles=CLEANERS,
        effects=(note_for_housekeeping,),
        beneath=True,
    ),
    Action.STOP_CLEANING: Transition(
        sources=frozenset({S.CLEANING_IN_PROGRESS}),
        target=S.CHECKOUT_DIRTY,
        roles=CLEANERS,
        effects=(note_for_housekeeping,),
        beneath=True,
    ),
    Action.MARK_CLEANED: Transition(
        sources=frozenset({S.CHECKOUT_DIRTY, S.CLEANING_IN_PROGRESS}),
        target=cleaned,
        roles=CLEANERS,
        effects=(replace_note, name_cleaner),
        beneath=True,
    ),
    Action.PASS_INSPECTION: Transition(
        sources=frozenset({S.CLEANED_UNINSPECTED}),
        target=S.READY_FOR_GUEST,
        roles=INSPECTORS,
        effects=(note_for_housekeeping, name_inspector),
        beneath=True,
    ),
    Action.FAIL_INSPECTION: Transition(
        sources=frozenset({S.CLEANED_UNINSPECTED}),
        target=S.CHECKOUT_DIRTY,
        roles=INSPECTORS,
        effects=(note_for_housekeeping, name_inspector),
        notes_required=True,
        beneath=True,
    ),
    Action.MARK_MAINTENANCE: Transition(
        sources=ALL - {S.OUT_OF_ORDER},
        target=under_maintenance,
        roles=EVERYONE,
        effects=(open_maintenance,),
        notes_required=True,
    ),
    Action.COMPLETE_MAINTENANCE: Transition(
        sources=frozenset({S.MAINTENANCE_REQUIRED, S.OCCUPIED, S.OUT_OF_ORDER}),
        target=repaired,
        roles=REPAIRERS | {Role.SUPERVISOR},
        effects=(close_maintenance,),
        needs_open_maintenance=True,
    ),
    Action.TAKE_OUT_OF_ORDER: Transition(
        sources=VACANT,
        target=S.OUT_OF_ORDER,
        roles=REPAIRERS,
        effects=(close_room,),
        notes_required=True,
    ),
    Action.RETURN_TO_SERVICE: Transition(
        sources=frozenset({S.OUT_OF_ORDER}),
        target=back_in_service,
        roles=REPAIRERS,
    ),
    Action.MARK_DIRTY: Transition(
        sources=frozenset({S.AVAILABLE, S.READY_FOR_GUEST, S.CLEANED_UNINSPECTED}),
        target=S.CHECKOUT_DIRTY,
        roles=DESK | {Role.SUPERVISOR},
        effects=(replace_note,),
    ),
    Action.OVERRIDE: Transition(
        sources=VACANT,
        target=chosen,
        roles=frozenset({Role.MANAGER}),
        effects=(whatever_was_chosen,),
        notes_required=True,
    ),
    Action.MOVE_OUT: Transition(
        sources=frozenset({S.OCCUPIED}),
        target=vacated,
        roles=DESK,
        effects=(add_note,),
        notes_required=True,
        with_stay=True,
        of_booking=True,
    ),
    Action.MOVE_IN: Transition(
        sources=BOOKABLE,
        target=S.OCCUPIED,
        roles=DESK,
        effects=(fault_accepted,),
        with_stay=True,
        of_booking=True,
        despite_small_fault=True,
    ),
    Action.REINSTATE: Transition(
        sources=VACANT - {S.OUT_OF_ORDER},
        target=S.OCCUPIED,
        roles=DESK,
        notes_required=True,
        with_stay=True,
        of_booking=True,
    ),
    # Its fields are those of the event that is undone: see rooms.perform.
    Action.UNDO: Transition(
        sources=ALL,
        target=status_before,
        roles=EVERYONE,
    ),
}
if missing := set(Action) - set(TRANSITIONS):
    raise ImproperlyConfigured(f"rooms.transitions has no row for {', '.join(sorted(missing))}.")
