"""Every status, action and role, against design §2 as a person would copy it by hand.

Nothing here is read from rooms.transitions: the table below is a second opinion.
"""

import runpy

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import TextChoices

from hotel.choices import Role
from hotel.exceptions import IllegalTransition, NotAllowed, NotBookable, ReadyroomError
from hotel.models import Hotel, Staff
from rooms import choices, permissions, transitions
from rooms.change import ActionInput
from rooms.choices import ALL, Action, Priority, RoomStatus
from rooms.models import Room, RoomEvent
from rooms.transitions import TRANSITIONS, Transition
from tests.acting import perform
from tests.factories import make_booking, make_room

# A state: the status, and whether a repair is open. Under maintenance, how the clean stands beneath
# the fault; a small one has priority LOW, the others MED.
STATES = {
    "AVAILABLE": {},
    "OCCUPIED": {},
    "CHECKOUT_DIRTY": {},
    "CLEANING_IN_PROGRESS": {},
    "CLEANED_UNINSPECTED": {},
    "OUT_OF_ORDER": {"return_status": "READY_FOR_GUEST"},
    "READY_FOR_GUEST": {},
    "OCCUPIED, repair open": {"priority": Priority.LOW},
    "OUT_OF_ORDER, repair open": {"return_status": "READY_FOR_GUEST", "priority": Priority.LOW},
    "MAINTENANCE_REQUIRED, dirty": {"return_status": "CHECKOUT_DIRTY"},
    "MAINTENANCE_REQUIRED, cleaning": {"return_status": "CLEANING_IN_PROGRESS"},
    "MAINTENANCE_REQUIRED, cleaned": {"return_status": "CLEANED_UNINSPECTED"},
    "MAINTENANCE_REQUIRED, ready": {"return_status": "READY_FOR_GUEST"},
    "MAINTENANCE_REQUIRED, available": {"return_status": "AVAILABLE"},
    "MAINTENANCE_REQUIRED, dirty, small": {"return_status": "CHECKOUT_DIRTY", "priority": "LOW"},
    "MAINTENANCE_REQUIRED, cleaned, small": {
        "return_status": "CLEANED_UNINSPECTED",
        "priority": "LOW",
    },
    "MAINTENANCE_REQUIRED, ready, small": {"return_status": "READY_FOR_GUEST", "priority": "LOW"},
    "MAINTENANCE_REQUIRED, available, small": {"return_status": "AVAILABLE", "priority": "LOW"},
    "MAINTENANCE_REQUIRED, ready, small, not for sale": {
        "return_status": "READY_FOR_GUEST",
        "priority": "LOW",
        "maintenance_stops_sale": True,
    },
    "MAINTENANCE_REQUIRED, ready, urgent": {"return_status": "READY_FOR_GUEST", "priority": "HIGH"},
}
UNDER_MAINTENANCE = [state for state in STATES if state.startswith("MAINTENANCE_REQUIRED")]
# Who may: by the letters below, in the order of design §2's column “who”.
WHO = {
    "check_in": "FG",
    "check_out": "FG",
    "start_cleaning": "HSG",
    "stop_cleaning": "HSG",
    "mark_cleaned": "HSG",
    "pass_inspection": "SG",
    "fail_inspection": "SG",
    "mark_maintenance": "HSMFG",
    "complete_maintenance": "MSG",
    "take_out_of_order": "MG",
    "return_to_service": "MG",
    "mark_dirty": "FSG",
    "override": "G",
    "move_out": "FG",
    "move_in": "FG",
    "reinstate": "FG",
    "undo": "HSMFG",
}
# Done on the booking: no button on the room.
OF_BOOKING = {"move_out", "move_in", "reinstate"}
ROLE = {
    "H": Role.HOUSEKEEPER,
    "S": Role.SUPERVISOR,
    "M": Role.MAINTENANCE,
    "F": Role.FRONT_DESK,
    "G": Role.MANAGER,
}
# Where it ends, by where it starts; what is missing is not possible. The room out of order came
# from READY_FOR_GUEST; the override below is to CLEANING_IN_PROGRESS; who checks in accepts the
# fault.
GIVEN = {
    "AVAILABLE": "OCCUPIED",
    "READY_FOR_GUEST": "OCCUPIED",
    "MAINTENANCE_REQUIRED, ready, small": "OCCUPIED",
    "MAINTENANCE_REQUIRED, available, small": "OCCUPIED",
}
LEFT = {
    "OCCUPIED": "CHECKOUT_DIRTY",
    "OCCUPIED, repair open": "MAINTENANCE_REQUIRED",
}
ENDS = {
    "check_in": GIVEN,
    "check_out": LEFT,
    "start_cleaning": {
        "CHECKOUT_DIRTY": "CLEANING_IN_PROGRESS",
        "MAINTENANCE_REQUIRED, dirty": "MAINTENANCE_REQUIRED",
        "MAINTENANCE_REQUIRED, dirty, small": "MAINTENANCE_REQUIRED",
    },
    "stop_cleaning": {
        "CLEANING_IN_PROGRESS": "CHECKOUT_DIRTY",
        "MAINTENANCE_REQUIRED, cleaning": "MAINTENANCE_REQUIRED",
    },
    "mark_cleaned": {
        "CHECKOUT_DIRTY": "CLEANED_UNINSPECTED",
        "CLEANING_IN_PROGRESS": "CLEANED_UNINSPECTED",
        "MAINTENANCE_REQUIRED, dirty": "MAINTENANCE_REQUIRED",
        "MAINTENANCE_REQUIRED, cleaning": "MAINTENANCE_REQUIRED",
        "MAINTENANCE_REQUIRED, dirty, small": "MAINTENANCE_REQUIRED",
    },
    "pass_inspection": {
        "CLEANED_UNINSPECTED": "READY_FOR_GUEST",
        "MAINTENANCE_REQUIRED, cleaned": "MAINTENANCE_REQUIRED",
        "MAINTENANCE_REQUIRED, cleaned, small": "MAINTENANCE_REQUIRED",
    },
    "fail_inspection": {
        "CLEANED_UNINSPECTED": "CHECKOUT_DIRTY",
        "MAINTENANCE_REQUIRED, cleaned": "MAINTENANCE_REQUIRED",
        "MAINTENANCE_REQUIRED, cleaned, small": "MAINTENANCE_REQUIRED",
    },
    "mark_maintenance": {
        "AVAILABLE": "MAINTENANCE_REQUIRED",
        "OCCUPIED": "OCCUPIED",
        "CHECKOUT_DIRTY": "MAINTENANCE_REQUIRED",
        "CLEANING_IN_PROGRESS": "MAINTENANCE_REQUIRED",
        "CLEANED_UNINSPECTED": "MAINTENANCE_REQUIRED",
        **dict.fromkeys(UNDER_MAINTENANCE, "MAINTENANCE_REQUIRED"),
        "READY_FOR_GUEST": "MAINTENANCE_REQUIRED",
        "OCCUPIED, repair open": "OCCUPIED",
    },
    "complete_maintenance": {
        "MAINTENANCE_REQUIRED, dirty": "CHECKOUT_DIRTY",
        "MAINTENANCE_REQUIRED, cleaning": "CLEANING_IN_PROGRESS",
        "MAINTENANCE_REQUIRED, cleaned": "CLEANED_UNINSPECTED",
        "MAINTENANCE_REQUIRED, ready": "READY_FOR_GUEST",
        "MAINTENANCE_REQUIRED, available": "AVAILABLE",
        "MAINTENANCE_REQUIRED, dirty, small": "CHECKOUT_DIRTY",
        "MAINTENANCE_REQUIRED, cleaned, small": "CLEANED_UNINSPECTED",
        "MAINTENANCE_REQUIRED, ready, small": "READY_FOR_GUEST",
        "MAINTENANCE_REQUIRED, available, small": "AVAILABLE",
        "MAINTENANCE_REQUIRED, ready, small, not for sale": "READY_FOR_GUEST",
        "MAINTENANCE_REQUIRED, ready, urgent": "READY_FOR_GUEST",
        "OCCUPIED, repair open": "OCCUPIED",
        "OUT_OF_ORDER, repair open": "OUT_OF_ORDER",
    },
    "take_out_of_order": {
        "AVAILABLE": "OUT_OF_ORDER",
        "CHECKOUT_DIRTY": "OUT_OF_ORDER",
        "CLEANING_IN_PROGRESS": "OUT_OF_ORDER",
        "CLEANED_UNINSPECTED": "OUT_OF_ORDER",
        **dict.fromkeys(UNDER_MAINTENANCE, "OUT_OF_ORDER"),
        "OUT_OF_ORDER": "OUT_OF_ORDER",
        "READY_FOR_GUEST": "OUT_OF_ORDER",
        "OUT_OF_ORDER, repair open": "OUT_OF_ORDER",
    },
    "return_to_service": {
        "OUT_OF_ORDER": "READY_FOR_GUEST",
        "OUT_OF_ORDER, repair open": "MAINTENANCE_REQUIRED",
    },
    "mark_dirty": {
        "AVAILABLE": "CHECKOUT_DIRTY",
        "CLEANED_UNINSPECTED": "CHECKOUT_DIRTY",
        "READY_FOR_GUEST": "CHECKOUT_DIRTY",
    },
    "override": {
        "AVAILABLE": "CLEANING_IN_PROGRESS",
        "CHECKOUT_DIRTY": "CLEANING_IN_PROGRESS",
        "CLEANING_IN_PROGRESS": "CLEANING_IN_PROGRESS",
        "CLEANED_UNINSPECTED": "CLEANING_IN_PROGRESS",
        **dict.fromkeys(UNDER_MAINTENANCE, "CLEANING_IN_PROGRESS"),
        "OUT_OF_ORDER": "CLEANING_IN_PROGRESS",
        "READY_FOR_GUEST": "CLEANING_IN_PROGRESS",
        "OUT_OF_ORDER, repair open": "CLEANING_IN_PROGRESS",
    },
    "move_out": LEFT,
    "move_in": GIVEN,
    "reinstate": {
        "AVAILABLE": "OCCUPIED",
        "READY_FOR_GUEST": "OCCUPIED",
        "CHECKOUT_DIRTY": "OCCUPIED",
        "CLEANING_IN_PROGRESS": "OCCUPIED",
        "CLEANED_UNINSPECTED": "OCCUPIED",
        **dict.fromkeys(UNDER_MAINTENANCE, "OCCUPIED"),
    },
    # Nothing was done to these rooms yet; undo after each action is tried further down.
    "undo": {},
}
# What the room returns as afterwards, where the action moves that beneath the fault.
RETURNS = {
    ("start_cleaning", "MAINTENANCE_REQUIRED, dirty"): "CLEANING_IN_PROGRESS",
    ("start_cleaning", "MAINTENANCE_REQUIRED, dirty, small"): "CLEANING_IN_PROGRESS",
    ("stop_cleaning", "MAINTENANCE_REQUIRED, cleaning"): "CHECKOUT_DIRTY",
    ("mark_cleaned", "MAINTENANCE_REQUIRED, dirty"): "CLEANED_UNINSPECTED",
    ("mark_cleaned", "MAINTENANCE_REQUIRED, dirty, small"): "CLEANED_UNINSPECTED",
    ("mark_cleaned", "MAINTENANCE_REQUIRED, cleaning"): "CLEANED_UNINSPECTED",
    ("pass_inspection", "MAINTENANCE_REQUIRED, cleaned"): "READY_FOR_GUEST",
    ("pass_inspection", "MAINTENANCE_REQUIRED, cleaned, small"): "READY_FOR_GUEST",
    ("fail_inspection", "MAINTENANCE_REQUIRED, cleaned"): "CHECKOUT_DIRTY",
    ("fail_inspection", "MAINTENANCE_REQUIRED, cleaned, small"): "CHECKOUT_DIRTY",
    # Nobody cleans a room out of order.
    ("take_out_of_order", "MAINTENANCE_REQUIRED, cleaning"): "CHECKOUT_DIRTY",
    # The departing guest leaves it dirty.
    ("check_out", "OCCUPIED, repair open"): "CHECKOUT_DIRTY",
    ("move_out", "OCCUPIED, repair open"): "CHECKOUT_DIRTY",
    # What it was, and a clean in the middle of which something is found is not finished.
    ("mark_maintenance", "AVAILABLE"): "AVAILABLE",
    ("mark_maintenance", "READY_FOR_GUEST"): "READY_FOR_GUEST",
    ("mark_maintenance", "CHECKOUT_DIRTY"): "CHECKOUT_DIRTY",
    ("mark_maintenance", "CLEANING_IN_PROGRESS"): "CHECKOUT_DIRTY",
    ("mark_maintenance", "CLEANED_UNINSPECTED"): "CLEANED_UNINSPECTED",
    ("take_out_of_order", "AVAILABLE"): "AVAILABLE",
    ("take_out_of_order", "READY_FOR_GUEST"): "READY_FOR_GUEST",
    ("take_out_of_order", "CHECKOUT_DIRTY"): "CHECKOUT_DIRTY",
    ("take_out_of_order", "CLEANING_IN_PROGRESS"): "CHECKOUT_DIRTY",
    ("take_out_of_order", "CLEANED_UNINSPECTED"): "CLEANED_UNINSPECTED",
}
BENEATH = {"start_cleaning", "stop_cleaning", "mark_cleaned", "pass_inspection", "fail_inspection"}
# In which states the repair is open afterwards, where that differs from before.
REPAIR_CLOSED_BY = {"complete_maintenance", "override"}
REPAIR_OPENED_BY = {"mark_maintenance"}


def make_state(hotel: Hotel, state: str) -> Room:
    return make_room(hotel=hotel, status=RoomStatus(state.partition(",")[0]), **STATES[state])


def attempt(action: str, room: Room, by: Staff) -> RoomEvent:
    """Do the action with all that it could ask for."""
    booking = (
        make_booking(hotel=room.hotel, room=room, status="IN_HOUSE")
        if action == "check_in"
        else None
    )
    return perform(
        Action(action),
        room,
        by=by,
        notes="because",
        priority=Priority.HIGH,
        room_status="CLEANING_IN_PROGRESS",
        booking=booking,
        accept_fault=True,
    )


def row(room: Room) -> dict:
    return Room.objects.filter(pk=room.pk).values().get()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ENDS)
def test_an_action_is_possible_exactly_where_and_for_whom_the_design_says(
    action: str, state: str, hotel: Hotel, staff: dict[Role, Staff]
):
    room = make_state(hotel, state)
    before = row(room)
    for letter, role in ROLE.items():
        by, case = staff[role], f"{role} does {action} on {state}"
        refused = None
        with transaction.atomic():
            try:
                event = attempt(action, room, by)
            except ReadyroomError as error:
                refused = error
                assert row(room) == before, f"{case}: refused, but the room changed"
                assert not RoomEvent.objects.exists(), f"{case}: refused, but in the log"
            else:
                assert event.from_status == state.partition(",")[0], case
                assert row(room)["room_status"] == event.to_status, case
                assert RoomEvent.objects.get() == event, case
            transaction.set_rollback(True)
        if letter not in WHO[action]:
            assert isinstance(refused, NotAllowed), f"{case}: {refused!r}"
        elif state not in ENDS[action]:
            assert isinstance(refused, IllegalTransition), f"{case}: {refused!r}"
        else:
            assert refused is None, f"{case}: {refused!r}"
            assert event.to_status == ENDS[action][state], case


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", [name for name in ENDS if name != "undo"])
def test_an_action_ends_where_its_row_says_beforehand(
    action: str, state: str, hotel: Hotel, staff: dict[Role, Staff]
):
    room = make_state(hotel, state)
    transition = TRANSITIONS[Action(action)]
    given = ActionInput(priority=Priority.HIGH, room_status="CLEANING_IN_PROGRESS")
    by = staff[next(ROLE[letter] for letter in WHO[action])]
    expected = ENDS[action].get(state)
    said = transition.end(room, given) if expected else None

    if expected:
        event = attempt(action, room, by)
        assert event.to_status == row(room)["room_status"] == said == expected
    else:
        with pytest.raises(ReadyroomError):
            attempt(action, room, by)


def test_an_undo_ends_where_the_room_was_before(hotel: Hotel, housekeeper: Staff):
    room = make_room(hotel=hotel, status=RoomStatus.CHECKOUT_DIRTY)
    perform(Action.START_CLEANING, room, by=housekeeper)

    assert TRANSITIONS[Action.UNDO].end(room, ActionInput()) == RoomStatus.CHECKOUT_DIRTY
    assert perform(Action.UNDO, room, by=housekeeper).to_status == RoomStatus.CHECKOUT_DIRTY


@pytest.mark.parametrize("left_out", ["sources", "target", "roles"])
def test_a_row_that_is_not_complete_cannot_be_written(left_out):
    row = {"sources": ALL, "target": RoomStatus.AVAILABLE, "roles": frozenset(Role)}
    del row[left_out]

    with pytest.raises(TypeError, match=left_out):
        Transition(**row)


def test_an_action_without_a_row_is_told_at_import(monkeypatch):
    more = {action.name: (action.value, action.label) for action in Action}
    more["FORGOTTEN"] = ("forgotten", "Forgotten")
    monkeypatch.setattr(choices, "Action", TextChoices("Action", more))

    with pytest.raises(ImproperlyConfigured, match="no row for forgotten"):
        runpy.run_path(transitions.__file__)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ENDS)
def test_the_button_and_the_error_agree(
    action: str, state: str, hotel: Hotel, staff: dict[Role, Staff]
):
    room = make_state(hotel, state)
    for letter, role in ROLE.items():
        # Whether there is something to undo only the log knows, so undo's button is the log's.
        possible = letter in WHO[action] and (action == "undo" or state in ENDS[action])
        try:
            permissions.require(staff[role], Action(action), room)
            raised = False
        except ReadyroomError:
            raised = True

        assert permissions.may(staff[role], Action(action), room) is possible, role
        assert raised is not possible, role
        offered = Action(action) in permissions.legal_actions(staff[role], room)
        assert offered is (possible and action not in OF_BOOKING | {"undo"}), role


@pytest.mark.parametrize(
    ("action", "state"), [(action, state) for action in ENDS for state in ENDS[action]]
)
def test_who_did_it_can_undo_it_and_nobody_else_can(
    action: str, state: str, hotel: Hotel, staff: dict[Role, Staff]
):
    room = make_state(hotel, state)
    before = row(room)
    doer = staff[ROLE[WHO[action][-1]]]
    event = attempt(action, room, doer)
    for role, other in staff.items():
        if other != doer:
            with pytest.raises(NotAllowed, match="Only the person who made"):
                perform(Action.UNDO, room, by=other, booking=event.booking)
            assert row(room)["room_status"] == ENDS[action][state], role

    undone = perform(Action.UNDO, room, by=doer, booking=event.booking)

    counters = {"version": 3, "last_seq": undone.seq}
    assert row(room) == {**before, **counters}


@pytest.mark.parametrize(
    ("action", "state"), [(action, state) for action in ENDS for state in ENDS[action]]
)
def test_what_hangs_on_the_status_follows_it(action: str, state: str, hotel: Hotel, manager: Staff):
    room = make_state(hotel, state)
    open_before = room.maintenance_required

    attempt(action, room, manager)

    now = row(room)
    end = ENDS[action][state]
    repair_open = action in REPAIR_OPENED_BY or (open_before and action not in REPAIR_CLOSED_BY)
    assert now["is_occupied"] is (end == "OCCUPIED")
    assert now["is_out_of_order"] is (end == "OUT_OF_ORDER")
    assert now["maintenance_required"] is repair_open
    assert bool(now["maintenance_priority"]) is repair_open
    before = STATES[state].get("return_status", "")
    out = end in ("OUT_OF_ORDER", "MAINTENANCE_REQUIRED")
    assert now["return_status"] == (RETURNS.get((action, state), before) if out else "")
    if now["room_status"] != state.partition(",")[0]:
        assert now["status_by_id"] == manager.pk


@pytest.mark.parametrize("action", ["check_in", "move_in"])
@pytest.mark.parametrize("state", [state for state in GIVEN if "small" in state])
def test_a_small_fault_is_named_and_must_be_accepted(
    action: str, state: str, hotel: Hotel, clerk: Staff
):
    room = make_state(hotel, state)
    Room.objects.update(maintenance_notes="the bulb over the bed is blown")

    with pytest.raises(NotBookable, match=r"the bulb over the bed is blown.+Confirm") as refused:
        perform(Action(action), room, by=clerk)

    assert refused.value.code == "not_bookable"
    assert row(room)["room_status"] == "MAINTENANCE_REQUIRED"
    assert not RoomEvent.objects.exists()


@pytest.mark.parametrize(("action", "state"), [key for key in RETURNS if key[0] in BENEATH])
def test_beneath_a_fault_the_status_and_its_age_stay_while_the_clean_moves(
    action: str, state: str, hotel: Hotel, manager: Staff
):
    room = make_state(hotel, state)
    before = row(room)

    event = attempt(action, room, manager)

    now = row(room)
    assert (event.from_status, event.to_status) == ("MAINTENANCE_REQUIRED", "MAINTENANCE_REQUIRED")
    assert {name for name in now if now[name] != before[name]} <= {
        "return_status",
        "housekeeping_notes",
        "last_cleaned_at",
        "cleaned_by_staff_id",
        "last_inspected_at",
        "inspected_by_staff_id",
        "version",
        "last_seq",
    }


@pytest.mark.parametrize("state", ["dirty", "cleaning"])
def test_beneath_a_fault_too_a_cleaned_room_is_ready_where_nobody_inspects(
    state: str, hotel: Hotel, housekeeper: Staff
):
    hotel.inspection_required = False
    hotel.save()
    room = make_state(hotel, f"MAINTENANCE_REQUIRED, {state}")

    perform(Action.MARK_CLEANED, room, by=housekeeper)

    assert row(room)["return_status"] == "READY_FOR_GUEST"


# Who does these says why.
NEED_A_REASON = [
    "fail_inspection",
    "mark_maintenance",
    "take_out_of_order",
    "override",
    "move_out",
    "reinstate",
]


def test_only_these_actions_need_a_reason():
    assert {a for a, row in TRANSITIONS.items() if row.notes_required} == set(NEED_A_REASON)


@pytest.mark.parametrize("action", NEED_A_REASON)
def test_where_the_design_asks_for_a_reason_there_is_none_without(
    action: str, hotel: Hotel, manager: Staff
):
    room = make_state(hotel, next(iter(ENDS[action])))

    with pytest.raises(ReadyroomError) as refused:
        perform(
            Action(action), room, by=manager, notes="  \n", priority="LOW", room_status="AVAILABLE"
        )

    assert refused.value.fields == {"notes": ["Say why, in a few words."]}
    assert row(room)["version"] == 1


def test_the_hand_written_tables_cover_every_status_action_and_role():
    assert set(ENDS) == set(WHO) == {action.value for action in Action}
    assert {state.partition(",")[0] for state in STATES} == set(RoomStatus)
    assert set(ROLE.values()) == set(Role)
    assert set(TRANSITIONS) == set(Action)
