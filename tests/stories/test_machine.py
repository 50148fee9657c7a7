"""Any sequence of actions, by anybody, seen fresh or stale, ends where a short model says.

The model is written from design §2, not from rooms.transitions.
"""

from dataclasses import dataclass, replace
from itertools import product

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from hotel.choices import Role
from hotel.exceptions import ReadyroomError
from rooms.choices import Action, RoomStatus
from rooms.models import Room, RoomEvent
from tests.acting import perform
from tests.factories import make_booking, make_hotel, make_room, make_staff

CLEANERS = {"HOUSEKEEPER", "SUPERVISOR", "MANAGER"}
DESK = {"FRONT_DESK", "MANAGER"}
REPAIR = {"MAINTENANCE", "MANAGER"}
# Where the action simply leads, and who may take it there.
SIMPLE = {
    ("check_in", "AVAILABLE"): ("OCCUPIED", DESK),
    ("check_in", "READY_FOR_GUEST"): ("OCCUPIED", DESK),
    ("check_out", "OCCUPIED"): ("CHECKOUT_DIRTY", DESK),
    ("start_cleaning", "CHECKOUT_DIRTY"): ("CLEANING_IN_PROGRESS", CLEANERS),
    ("stop_cleaning", "CLEANING_IN_PROGRESS"): ("CHECKOUT_DIRTY", CLEANERS),
    ("mark_cleaned", "CHECKOUT_DIRTY"): ("CLEANED_UNINSPECTED", CLEANERS),
    ("mark_cleaned", "CLEANING_IN_PROGRESS"): ("CLEANED_UNINSPECTED", CLEANERS),
    ("pass_inspection", "CLEANED_UNINSPECTED"): ("READY_FOR_GUEST", CLEANERS - {"HOUSEKEEPER"}),
    ("fail_inspection", "CLEANED_UNINSPECTED"): ("CHECKOUT_DIRTY", CLEANERS - {"HOUSEKEEPER"}),
    ("mark_dirty", "AVAILABLE"): ("CHECKOUT_DIRTY", DESK | {"SUPERVISOR"}),
    ("mark_dirty", "READY_FOR_GUEST"): ("CHECKOUT_DIRTY", DESK | {"SUPERVISOR"}),
    ("mark_dirty", "CLEANED_UNINSPECTED"): ("CHECKOUT_DIRTY", DESK | {"SUPERVISOR"}),
}
# Under maintenance the same is done to what the room returns as.
BENEATH = ("start_cleaning", "stop_cleaning", "mark_cleaned", "pass_inspection", "fail_inspection")
# The same for the room as a check-in or checkout; its booking is modelled elsewhere.
LIKE = {"move_in": "check_in", "move_out": "check_out"}
WISHES = (
    "AVAILABLE",
    "OCCUPIED",
    "CHECKOUT_DIRTY",
    "CLEANED_UNINSPECTED",
    "MAINTENANCE_REQUIRED",
    "OUT_OF_ORDER",
)
OUT = ("MAINTENANCE_REQUIRED", "OUT_OF_ORDER")
# The one choice serves both: whether a repair left a mess, and how urgent a report is.
PRIORITIES = {False: "LOW", True: "MED"}


@dataclass(frozen=True)
class Model:
    """A room as a person would remember it."""

    status: str = "AVAILABLE"
    repair: bool = False
    priority: str = ""
    returns: str = ""
    cleaner: str = ""
    undo: "tuple[str, Model] | None" = None  # who may undo, and what then is again

    def after(self, action: str, role: str, wish: str, mess: bool) -> "Model | None":
        """Return what becomes of the room, or None where the action is refused."""
        if action == "undo":
            mine = self.undo is not None and self.undo[0] == role
            return replace(self.undo[1], undo=None) if self.undo and mine else None
        changed = self.moved(action, role, wish, mess)
        return changed and replace(changed, undo=(role, self))

    def moved(self, action: str, role: str, wish: str, mess: bool) -> "Model | None":
        """Return the room after an action that is not undo. A guest is told of a small fault."""
        action = LIKE.get(action, action)
        small = self.status == OUT[0] and self.priority == "LOW"
        if action == "check_in" and small and self.returns in ("AVAILABLE", "READY_FOR_GUEST"):
            return replace(self, status="OCCUPIED", returns="") if role in DESK else None
        if action == "reinstate" and self.status not in ("OCCUPIED", OUT[1]):
            return replace(self, status="OCCUPIED", returns="") if role in DESK else None
        if action in BENEATH and self.status == OUT[0]:
            clean = replace(self, status=self.returns, repair=False).moved(action, role, "", mess)
            return clean and replace(self, returns=clean.status, cleaner=clean.cleaner)
        leaves = self.returns if self.status in OUT else self.status
        if leaves == "CLEANING_IN_PROGRESS" and (self.status, action) != (
            OUT[0],
            "mark_maintenance",
        ):
            leaves = "CHECKOUT_DIRTY"
        back = "CHECKOUT_DIRTY" if mess else self.returns
        if action in ("pass_inspection", "fail_inspection") and self.cleaner == role:
            return None
        if (action, self.status) in SIMPLE:
            target, who = SIMPLE[action, self.status]
            cleaner = role if action == "mark_cleaned" else self.cleaner
            if target == "CHECKOUT_DIRTY" and self.repair:
                target, self = "MAINTENANCE_REQUIRED", replace(self, returns=target)
            return replace(self, status=target, cleaner=cleaner) if role in who else None
        urgency = PRIORITIES[mess]
        if action == "mark_maintenance" and self.status == "OCCUPIED":
            return replace(self, repair=True, priority=urgency)
        if action == "mark_maintenance" and self.status != "OUT_OF_ORDER":
            return replace(self, status=OUT[0], repair=True, priority=urgency, returns=leaves)
        if action == "complete_maintenance" and self.repair and role in REPAIR | {"SUPERVISOR"}:
            if self.status == "OCCUPIED":
                return None if mess else replace(self, repair=False, priority="")
            if self.status == "OUT_OF_ORDER":
                return replace(self, repair=False, priority="", returns=back)
            return replace(self, repair=False, priority="", status=back, returns="")
        if action == "take_out_of_order" and self.status != "OCCUPIED" and role in REPAIR:
            return replace(self, status=OUT[1], returns="CHECKOUT_DIRTY" if mess else leaves)
        if action == "return_to_service" and self.status == "OUT_OF_ORDER" and role in REPAIR:
            if self.repair:
                return replace(self, status=OUT[0])
            return replace(self, status=self.returns, returns="")
        if action == "override" and self.status != "OCCUPIED" and role == "MANAGER":
            if wish == "OCCUPIED":
                return None
            if wish in OUT:
                kept = leaves if wish != self.status else self.returns
                # It can be said at the start that the room is to be cleaned afterwards.
                kept = "CHECKOUT_DIRTY" if mess and wish == OUT[1] else kept
                opened = wish == OUT[0] and not self.repair
                priority = urgency if opened else self.priority
                repair = self.repair or opened
                return replace(self, status=wish, repair=repair, priority=priority, returns=kept)
            return replace(self, status=wish, repair=False, priority="", returns="")
        return None


class Rooms(RuleBasedStateMachine):
    """Three rooms, one person in each role; each example in a transaction that is undone."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def open_the_hotel(self) -> None:
        self.hotel = make_hotel()
        self.staff = {role: make_staff(hotel=self.hotel, role=role) for role in Role}
        self.rooms = [make_room(hotel=self.hotel) for _ in range(3)]
        self.models = [Model() for _ in self.rooms]
        self.versions = [1 for _ in self.rooms]
        self.events = 0

    @rule(which=st.integers(0, 2), data=st.data())
    def somebody_does_what_is_possible(self, which: int, data: st.DataObject) -> None:
        model = self.models[which]
        ways: dict[str, list[tuple]] = {}
        for action, *way in product(Action.values, Role, WISHES, (False, True)):
            if model.after(action, *way):
                ways.setdefault(action, []).append(way)
        action = data.draw(st.sampled_from(sorted(ways)))
        role, wish, mess = data.draw(st.sampled_from(ways[action]))
        self.act(which, action, role, wish, mess, behind=0)

    @rule(
        which=st.integers(0, 2),
        action=st.sampled_from(Action.values),
        role=st.sampled_from(Role),
        wish=st.sampled_from(WISHES),
        mess=st.booleans(),
        behind=st.sampled_from([None, 0, 1]),
    )
    def somebody_tries_anything(self, which, action, role, wish, mess, behind) -> None:
        self.act(which, action, role, wish, mess, behind=behind)

    def act(
        self, which: int, action: str, role: Role, wish: str, mess: bool, behind: int | None
    ) -> None:
        """Do it to the room and to its model; `behind` versions were missed, None: not said."""
        stale = bool(behind)
        expected = None if stale else self.models[which].after(action, role, wish, mess)
        room = Room.objects.get(pk=self.rooms[which].pk)
        booking = None
        if action in ("check_in", "move_in"):
            booking = make_booking(hotel=self.hotel, room=room, status="IN_HOUSE")
        elif action == "undo" and (last := room.events.first()):
            booking = last.booking
        event, code = None, ""
        try:
            event = perform(
                Action(action),
                room,
                by=self.staff[role],
                notes="because",
                priority=PRIORITIES[mess],
                accept_fault=True,
                room_status=wish,
                needs_cleaning=mess,
                booking=booking,
                expected_version=None if behind is None else self.versions[which] - behind,
            )
        except ReadyroomError as refused:
            code = refused.code
        # Only rooms are modelled here: no stay is left for the checkout to ask about.
        room.bookings.in_house().update(status="COMPLETED", checked_out_at=timezone.now())
        assert (event is None) is (expected is None), f"{action} by {role}: {event} {code}"
        assert (code == "stale_version") is stale
        if event is None or expected is None:
            return
        self.models[which] = expected
        self.versions[which] += 1
        self.events += 1
        assert (event.seq, event.to_status) == (self.events, expected.status)

    @invariant()
    def every_room_is_as_the_model_remembers_it(self) -> None:
        if not hasattr(self, "models"):
            return
        rooms = Room.objects.filter(hotel=self.hotel).order_by("pk")
        for room, model, version in zip(rooms, self.models, self.versions, strict=True):
            assert room.room_status == model.status
            assert room.maintenance_required is model.repair
            assert room.maintenance_priority == model.priority
            assert room.return_status == model.returns
            assert room.is_occupied is (model.status == "OCCUPIED")
            assert room.is_out_of_order is (model.status == "OUT_OF_ORDER")
            assert room.version == version

    @invariant()
    def the_log_has_no_gap(self) -> None:
        if hasattr(self, "events"):
            seqs = RoomEvent.objects.filter(hotel=self.hotel).order_by("seq")
            assert list(seqs.values_list("seq", flat=True)) == list(range(1, self.events + 1))


@pytest.mark.django_db
def test_any_sequence_of_actions_ends_where_the_model_says():
    run_state_machine_as_test(
        Rooms,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            # A failing sequence can be read as it is; to shorten it would take minutes.
            phases=[Phase.generate],
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_the_model_knows_every_action():
    rooms = [
        Model(status=status, repair=repair, priority="LOW", returns="AVAILABLE")
        for status in RoomStatus.values
        for repair in (False, True)
    ]
    known = {
        action
        for action, room, role, wish in product(Action.values, rooms, Role.values, WISHES)
        if room.after(action, role, wish, mess=False)
    }

    assert known == set(Action.values) - {"undo"}


def test_the_model_can_tell_a_wrong_ending_from_a_right_one():
    dirty = Model(status="CHECKOUT_DIRTY")

    assert dirty.after("start_cleaning", "HOUSEKEEPER", "", False).status == "CLEANING_IN_PROGRESS"
    assert dirty.after("start_cleaning", "FRONT_DESK", "", False) is None
    assert dirty.after("pass_inspection", "MANAGER", "", False) is None

    cleaning = Model(status="CLEANING_IN_PROGRESS")
    faulty = cleaning.after("mark_maintenance", "HOUSEKEEPER", "", False)
    assert (faulty.status, faulty.returns) == ("MAINTENANCE_REQUIRED", "CHECKOUT_DIRTY")
    cleaned = faulty.after("mark_cleaned", "HOUSEKEEPER", "", False)
    assert (cleaned.status, cleaned.returns) == ("MAINTENANCE_REQUIRED", "CLEANED_UNINSPECTED")
    assert cleaned.after("check_in", "FRONT_DESK", "", False) is None
    ready = cleaned.after("pass_inspection", "SUPERVISOR", "", False)
    given = ready.after("check_in", "FRONT_DESK", "", False)
    assert (given.status, given.repair) == ("OCCUPIED", True)
