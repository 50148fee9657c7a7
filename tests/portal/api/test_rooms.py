"""Rooms, and every action on one, as a program sees them."""

import datetime as dt

import pytest
from django.utils import timezone

from hotel.choices import Role
from rooms.choices import Action, RoomStatus, Source
from rooms.models import Room, RoomEvent
from rooms.perform import UNDO_WINDOW
from rooms.transitions import TRANSITIONS
from stays.choices import BookingStatus
from tests.acting import perform
from tests.factories import make_booking, make_room, make_staff
from tests.portal.api.calling import (
    EVENT,
    EXAMPLES,
    OPERATIONS,
    ROOM,
    Program,
    done,
    refused,
    set_scene,
)

S = RoomStatus
# What each action's example leaves, in the log and on the room.
RESULTS = {
    "start_cleaning": (Action.START_CLEANING, S.CLEANING_IN_PROGRESS),
    "stop_cleaning": (Action.STOP_CLEANING, S.CHECKOUT_DIRTY),
    "mark_cleaned": (Action.MARK_CLEANED, S.CLEANED_UNINSPECTED),
    "inspect": (Action.PASS_INSPECTION, S.READY_FOR_GUEST),
    "mark_maintenance": (Action.MARK_MAINTENANCE, S.MAINTENANCE_REQUIRED),
    "complete_maintenance": (Action.COMPLETE_MAINTENANCE, S.CHECKOUT_DIRTY),
    "take_out_of_order": (Action.TAKE_OUT_OF_ORDER, S.OUT_OF_ORDER),
    "return_to_service": (Action.RETURN_TO_SERVICE, S.CHECKOUT_DIRTY),
    "mark_dirty": (Action.MARK_DIRTY, S.CHECKOUT_DIRTY),
    "override": (Action.OVERRIDE, S.READY_FOR_GUEST),
    "undo": (Action.UNDO, S.AVAILABLE),
}
every_action = pytest.mark.parametrize("name", sorted(RESULTS))


def test_every_action_of_the_document_is_tried_here():
    on_rooms = {name for name, op in OPERATIONS.items() if "/rooms/{number}/" in op.path}
    assert set(RESULTS) == on_rooms - {"get_room", "list_room_events"}


@every_action
def test_an_action_answers_with_the_room_the_event_and_until_when_it_can_be_undone(
    hotel, manager, program, name
):
    set_scene(name, hotel=hotel, by=manager)
    action, status = RESULTS[name]

    answer = done(program.call(name))

    event = RoomEvent.objects.latest()
    assert set(answer) == {"room", "event", "undo_until"}
    assert set(answer["room"]) == ROOM
    assert set(answer["event"]) == EVENT
    assert answer["room"]["room_status"] == answer["event"]["to_status"] == status
    assert answer["room"]["version"] == hotel.rooms.get(number="101").version
    assert answer["event"]["action"] == action
    assert answer["event"]["seq"] == event.seq
    assert answer["event"]["room"] == "101"
    assert answer["event"]["actor"] == {"id": manager.pk, "name": manager.name}
    assert answer["event"]["source"] == Source.API
    if name == "undo":
        assert answer["undo_until"] is None
    else:
        until = dt.datetime.fromisoformat(answer["undo_until"])
        assert until == event.recorded_at + UNDO_WINDOW
        assert "undo" in answer["room"]["actions"]


@every_action
def test_a_room_that_moved_on_is_refused_with_the_room_as_it_is_now(hotel, manager, program, name):
    set_scene(name, hotel=hotel, by=manager)
    room = Room.objects.get(number="101")
    body = (EXAMPLES[name].body or {}) | {"expected_version": room.version + 1}

    response = program.post(OPERATIONS[name].url("grand"), body)

    refused(response, 409, "stale_version")
    assert response.json()["room"] == done(program.get("rooms/101/"))


@every_action
def test_the_version_that_the_caller_saw_is_let_through(hotel, manager, program, name):
    set_scene(name, hotel=hotel, by=manager)
    body = (EXAMPLES[name].body or {}) | {
        "expected_version": Room.objects.get(number="101").version
    }

    done(program.post(OPERATIONS[name].url("grand"), body))


def forbidding(action: Action) -> list[RoomStatus]:
    """Return the statuses in which the action cannot be done to a room without a repair open."""
    row = TRANSITIONS[action]
    occupied = row.needs_open_maintenance and S.OCCUPIED
    return [status for status in S if status not in row.starts or status == occupied]


@pytest.mark.parametrize(
    ("name", "status"),
    [(name, status) for name in sorted(RESULTS) for status in forbidding(RESULTS[name][0])],
)
def test_an_action_that_the_rooms_status_forbids_is_a_conflict(hotel, program, name, status):
    make_room(hotel=hotel, number="101", status=status)

    refused(program.call(name), 409, "illegal_transition")


@every_action
def test_a_field_that_is_not_the_actions_is_refused_by_name(hotel, manager, program, name):
    set_scene(name, hotel=hotel, by=manager)
    body = (EXAMPLES[name].body or {}) | {"room": "101"}

    error = refused(program.post(OPERATIONS[name].url("grand"), body), 422, "invalid")

    assert error["fields"] == {"room": ["There is no such field."]}


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("inspect", {}, "passed"),
        ("inspect", {"passed": "false"}, "passed"),
        ("inspect", {"passed": "true"}, "passed"),
        ("inspect", {"passed": 1}, "passed"),
        ("inspect", {"passed": None}, "passed"),
        ("inspect", {"passed": False}, "notes"),
        ("inspect", {"passed": False, "notes": "  "}, "notes"),
        ("complete_maintenance", {"needs_cleaning": "false"}, "needs_cleaning"),
        ("complete_maintenance", {"needs_cleaning": 0}, "needs_cleaning"),
        ("mark_maintenance", {"notes": "drips"}, "priority"),
        ("mark_maintenance", {"priority": "low", "notes": "drips"}, "priority"),
        ("mark_maintenance", {"priority": "LOW"}, "notes"),
        ("mark_maintenance", {"priority": "LOW", "notes": "n" * 2001}, "notes"),
        ("mark_maintenance", {"priority": "LOW", "notes": " "}, "notes"),
        ("take_out_of_order", {}, "reason"),
        ("take_out_of_order", {"reason": " "}, "reason"),
        ("take_out_of_order", {"reason": "r", "from": "2999-01-01"}, "from"),
        ("take_out_of_order", {"reason": "r", "until": "2020-01-01"}, "until"),
        ("take_out_of_order", {"reason": "r", "until": 20_000}, "until"),
        ("take_out_of_order", {"reason": "r", "until": "2999-01-01T00:00:00"}, "until"),
        ("override", {"room_status": "OCCUPIED", "notes": "n"}, "room_status"),
        ("override", {"room_status": "CLEAN", "notes": "n"}, "room_status"),
        ("override", {"room_status": "AVAILABLE"}, "notes"),
        ("start_cleaning", {"notes": 1}, "notes"),
        ("start_cleaning", {"notes": "\0"}, "notes"),
        ("start_cleaning", {"notes": "\ud800"}, "notes"),
        ("start_cleaning", {"expected_version": "1"}, "expected_version"),
        ("start_cleaning", {"expected_version": True}, "expected_version"),
        ("start_cleaning", {"expected_version": 1.0}, "expected_version"),
        ("start_cleaning", {"expected_version": 2**31}, "expected_version"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(hotel, manager, program, name, body, field):
    set_scene(name, hotel=hotel, by=manager)

    error = refused(program.post(OPERATIONS[name].url("grand"), body), 422, "invalid")

    assert list(error["fields"]) == [field]
    assert Room.objects.get(number="101").version == 1


@pytest.mark.parametrize(
    "body", ["{", "[]", "null", '"text"', "1", "{'a': 1}", '{"a": 1', "\ufeff"]
)
def test_a_body_that_is_no_json_object_is_malformed(hotel, program, body):
    make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)

    refused(program.post("rooms/101/start-cleaning/", body), 400, "malformed")


@pytest.mark.parametrize("body", [None, "{}"])
def test_a_body_without_required_fields_may_be_left_out(hotel, program, body):
    make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)

    done(program.post("rooms/101/start-cleaning/", body))


def test_a_failed_inspection_sends_the_room_back_with_the_reason(hotel, program):
    make_room(hotel=hotel, number="101", status=S.CLEANED_UNINSPECTED)

    answer = done(program.post("rooms/101/inspect/", {"passed": False, "notes": "hair"}))

    assert answer["event"]["action"] == Action.FAIL_INSPECTION
    assert answer["event"]["notes"] == answer["room"]["housekeeping_notes"] == "hair"
    assert answer["room"]["room_status"] == S.CHECKOUT_DIRTY


def test_nobody_inspects_their_own_clean(hotel, program):
    make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
    cleaned = done(program.post("rooms/101/mark-cleaned/"))
    assert "pass_inspection" not in cleaned["room"]["actions"]

    refused(program.post("rooms/101/inspect/", {"passed": True}), 403, "not_allowed")


def test_a_room_is_out_of_order_for_its_days(hotel, program):
    room = make_room(hotel=hotel, number="101")
    days = {"from": "2020-02-29", "until": "2999-12-31"}

    answer = done(program.post("rooms/101/out-of-order/", {"reason": "flooded", **days}))

    assert (answer["room"]["is_out_of_order"], answer["room"]["return_status"]) == (
        True,
        S.AVAILABLE,
    )
    room.refresh_from_db()
    assert room.out_of_order_from == dt.date(2020, 2, 29)
    assert room.out_of_order_until == dt.date(2999, 12, 31)


class TestUndo:
    def test_is_for_who_did_it(self, hotel, program, housekeeper):
        make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
        cleaner = Program(housekeeper)
        done(cleaner.post("rooms/101/start-cleaning/"))

        refused(program.post("rooms/101/undo/"), 403, "not_allowed")
        assert "undo" not in done(program.get("rooms/101/"))["actions"]
        assert "undo" in done(cleaner.get("rooms/101/"))["actions"]

    def test_is_for_two_minutes(self, hotel, program, monkeypatch):
        make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
        done(program.post("rooms/101/start-cleaning/"))
        later = timezone.now() + UNDO_WINDOW + dt.timedelta(seconds=1)
        monkeypatch.setattr(timezone, "now", lambda: later)

        assert "undo" not in done(program.get("rooms/"))["rooms"][0]["actions"]
        refused(program.post("rooms/101/undo/"), 409, "illegal_transition")

    def test_takes_the_stay_along(self, hotel, program):
        room = make_room(hotel=hotel, number="101")
        stay = make_booking(hotel=hotel, room=room, booking_id="B-1")
        done(program.post("bookings/B-1/check-in/"))

        answer = done(program.post("rooms/101/undo/"))

        assert answer["room"]["room_status"] == S.AVAILABLE
        stay.refresh_from_db()
        assert stay.status == BookingStatus.CONFIRMED


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("role", Role)
def test_the_actions_offered_are_those_that_are_done(hotel, role, status):
    program = Program(make_staff(hotel=hotel, role=role))
    make_room(hotel=hotel, number="101", status=status)
    offered = set(done(program.get("rooms/101/"))["actions"])

    for name, (action, _) in RESULTS.items():
        room = make_room(hotel=hotel, status=status)
        url = OPERATIONS[name].url("grand", number=room.number)
        worked = program.post(url, EXAMPLES[name].body).status_code == 200
        assert worked == (action in offered), name


class TestOneRoom:
    def test_has_the_fields_of_the_contract(self, hotel, program):
        make_room(hotel=hotel, number="204", floor="2", housekeeping_notes="two beds")

        room = done(program.get("rooms/204/"))

        assert room == {
            "number": "204",
            "floor": "2",
            "room_type": "D",
            "room_status": "AVAILABLE",
            "is_occupied": False,
            "is_active": True,
            "is_out_of_order": False,
            "maintenance_required": False,
            "maintenance_priority": None,
            "maintenance_notes": "",
            "housekeeping_notes": "two beds",
            "last_cleaned_at": None,
            "cleaned_by_staff": None,
            "last_inspected_at": None,
            "inspected_by_staff": None,
            "return_status": None,
            "version": 1,
            "actions": room["actions"],
        }

    def test_names_who_cleaned_it_and_when_in_the_hotels_own_time(
        self, program, housekeeper, hotel
    ):
        hotel.time_zone = "Asia/Kolkata"
        hotel.save()
        room = make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
        perform(Action.MARK_CLEANED, room, by=housekeeper)

        answer = done(program.get("rooms/101/"))

        assert answer["cleaned_by_staff"] == {"id": housekeeper.pk, "name": "Ana Silva"}
        assert answer["last_cleaned_at"].endswith("+05:30")
        assert dt.datetime.fromisoformat(answer["last_cleaned_at"]) == room.last_cleaned_at

    def test_that_is_not_in_use_is_shown_with_nothing_to_do(self, hotel, program):
        make_room(hotel=hotel, number="101", is_active=False)

        room = done(program.get("rooms/101/"))

        assert (room["is_active"], room["actions"]) == (False, [])

    def test_tells_its_history_newest_first(self, hotel, program):
        make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
        make_room(hotel=hotel, number="102", status=S.CHECKOUT_DIRTY)
        for path in ("101/start-cleaning", "102/start-cleaning", "101/mark-cleaned"):
            done(program.post(f"rooms/{path}/"))

        answer = done(program.get("rooms/101/events/"))

        assert set(answer) == {"events", "next"}
        assert all(set(event) == EVENT for event in answer["events"])
        assert [event["action"] for event in answer["events"]] == ["mark_cleaned", "start_cleaning"]
        assert [event["seq"] for event in answer["events"]] == [3, 1]


def test_a_report_says_until_when_and_whether_it_stops_the_sale(hotel, housekeeper):
    room = make_room(hotel=hotel, number="101")
    program, path = Program(housekeeper), "rooms/101/mark-maintenance/"
    report = {"priority": "MED", "notes": "new tiles"}

    error = refused(program.post(path, {**report, "until": "2020-01-01"}), 422, "invalid")
    assert error["fields"] == {"until": ["Choose a day after today, or leave it open."]}
    done(program.post(path, {**report, "until": "2999-07-01", "stops_sale": True}))

    room.refresh_from_db()
    assert (room.maintenance_until, room.maintenance_stops_sale) == (dt.date(2999, 7, 1), True)


def test_a_room_is_cleaned_beneath_its_fault_and_stays_in_the_list_of_repairs(
    hotel, housekeeper, supervisor
):
    make_room(hotel=hotel, number="101", status=S.MAINTENANCE_REQUIRED)
    cleaner, inspector = Program(housekeeper), Program(supervisor)

    for program, path, body, returns in (
        (cleaner, "start-cleaning", {}, "CLEANING_IN_PROGRESS"),
        (cleaner, "mark-cleaned", {}, "CLEANED_UNINSPECTED"),
        (inspector, "inspect", {"passed": True}, "READY_FOR_GUEST"),
    ):
        answer = done(program.post(f"rooms/101/{path}/", body))
        assert answer["room"]["room_status"] == "MAINTENANCE_REQUIRED"
        assert answer["room"]["return_status"] == returns
        assert answer["event"]["from_status"] == answer["event"]["to_status"]
        lists = done(program.get("housekeeping/rooms/"))
        assert [room["number"] for room in lists["maintenance_required"]] == ["101"]
        stats = done(program.get("housekeeping/stats/"))
        assert (stats["needs_maintenance"], stats["needs_cleaning"]) == (1, 0)
