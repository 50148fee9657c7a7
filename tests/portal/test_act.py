"""The one door: each action goes to the function that does it, whole, and nothing goes past it."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from portal.act import act
from rooms.change import ActionInput, Change
from rooms.choices import Action, Source
from stays.choices import BookingAction

STAY, SUBJECT, ROOM, WANTED, OTHER = (object() for _ in range(5))
GIVEN = ActionInput(
    notes="x", booking=STAY, room=ROOM, stay=WANTED, other=OTHER, alone=True, accept_fault=True
)
CHANGE = Change(by=None, source=Source.API, request_id="r-1", expected_version=7)

# Every function that does an action, by where the door finds it.
SERVICES = (
    "portal.act.perform",
    "portal.act.undo",
    "stays.arrivals.check_in",
    "stays.departures.check_out",
    "stays.departures.check_out_room",
    "stays.bookings.assign",
    "stays.bookings.cancel",
    "stays.bookings.no_show",
    "stays.bookings.unassign",
    "stays.bookings.swap",
    "portal.act.change_stay",
    "portal.act.move",
    "portal.act.reinstate",
    "stays.sharing.share",
    "stays.sharing.unshare",
)
Call = tuple[str, tuple[Any, ...]]
# Which function does an action, and what it gets. Every other action on a room is perform's.
ON_ROOM: dict[str, Call] = {
    "check_in": ("stays.arrivals.check_in", (STAY, SUBJECT, CHANGE, True)),
    "check_out": ("stays.departures.check_out_room", (SUBJECT, CHANGE)),
    "undo": ("portal.act.undo", (SUBJECT, CHANGE)),
}
ON_BOOKING: dict[str, Call] = {
    "assign": ("stays.bookings.assign", (SUBJECT, ROOM, CHANGE)),
    "check_in": ("stays.arrivals.check_in", (SUBJECT, ROOM, CHANGE, True)),
    "check_out": ("stays.departures.check_out", (SUBJECT, CHANGE)),
    "cancel": ("stays.bookings.cancel", (SUBJECT, CHANGE)),
    "no_show": ("stays.bookings.no_show", (SUBJECT, CHANGE)),
    "unassign": ("stays.bookings.unassign", (SUBJECT, CHANGE)),
    "swap": ("stays.bookings.swap", (SUBJECT, OTHER, CHANGE)),
    "change": ("portal.act.change_stay", (SUBJECT, WANTED, CHANGE)),
    "move": ("portal.act.move", (SUBJECT, ROOM, "x", CHANGE, True, True)),
    "share": ("stays.sharing.share", (SUBJECT, OTHER, CHANGE)),
    "unshare": ("stays.sharing.unshare", (SUBJECT, CHANGE)),
    "reinstate": ("portal.act.reinstate", (SUBJECT, "x", CHANGE)),
}


@pytest.fixture
def calls(monkeypatch) -> list[Call]:
    """Stand in for every service, and write down who was called with what."""
    calls: list[Call] = []

    def stand_in(service: str) -> None:
        def called(*given: Any, **named: Any) -> str:
            calls.append((service, (*given, *named.values())))
            return service

        monkeypatch.setattr(service, called)

    for service in SERVICES:
        stand_in(service)
    return calls


@pytest.mark.parametrize("action", Action)
def test_an_action_on_a_room_reaches_its_function_once_and_no_other(action, calls):
    answer = act(action, SUBJECT, GIVEN, CHANGE)

    by_itself = ("portal.act.perform", (action, SUBJECT, GIVEN, CHANGE))
    assert calls == [ON_ROOM.get(action.value, by_itself)]
    assert answer == calls[0][0]


@pytest.mark.parametrize("action", BookingAction)
def test_an_action_on_a_booking_reaches_its_function_once_and_no_other(action, calls):
    answer = act(action, SUBJECT, GIVEN, CHANGE)

    assert calls == [ON_BOOKING[action.value]]
    assert answer == calls[0][0]


PAST_THE_DOOR = {
    ("rooms.perform", "perform"),
    ("rooms.perform", "apply"),
    ("stays.undo", "undo"),
    ("stays.arrivals", "check_in"),
    ("stays.departures", "check_out"),
    ("stays.departures", "check_out_room"),
    ("stays.bookings", "assign"),
    ("stays.bookings", "cancel"),
    ("stays.bookings", "no_show"),
}


def used(source: str) -> set[tuple[str, str]]:
    """Return what a module takes from others: (module, name), imported or by attribute."""
    tree = ast.parse(source)
    found, known = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found.add((node.module, alias.name))
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add((known.get(node.value.id, node.value.id), node.attr))
    return found


def test_nobody_in_the_portal_goes_past_the_door():
    portal = Path(settings.BASE_DIR) / "portal"
    past = {
        f"{path.relative_to(portal)}: {module}.{name}"
        for path in portal.rglob("*.py")
        if path != portal / "act.py"
        for module, name in used(path.read_text()) & PAST_THE_DOOR
    }

    assert not past, f"Call portal.act.act instead: {', '.join(sorted(past))}"


def test_whoever_went_past_it_would_be_found():
    assert used("from stays import arrivals as guests\nguests.check_in(1)") >= {
        ("stays.arrivals", "check_in")
    }
    assert used("from rooms.perform import perform") == {("rooms.perform", "perform")}
