"""One truth: a room that is out of order has one running closure, which says what the room says."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms import setup
from rooms.change import Change
from rooms.choices import Action, ClosureKind, ClosureStatus, RoomStatus, Source
from rooms.models import Closure, Room
from tests.acting import perform
from tests.factories import make_room, make_room_type

S = RoomStatus
OOO = RoomStatus.OUT_OF_ORDER
DAY = dt.timedelta(days=1)


def assert_one_truth(room: Room) -> None:
    """Fail unless the running closure, or its absence, says the same as the room."""
    room.refresh_from_db()
    running = room.closures.filter(kind=ClosureKind.OUT_OF_ORDER, status=ClosureStatus.RUNNING)
    said = [(one.start, one.until, one.reason) for one in running]
    own = (room.out_of_order_from, room.out_of_order_until, room.out_of_order_reason)
    assert said == ([own] if room.is_out_of_order else [])


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="204", status=S.READY_FOR_GUEST)


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


def test_taken_out_of_order_by_hand_it_has_a_running_closure(room, maintainer, today):
    perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="flooded", until=today + 2 * DAY)

    closure = Closure.objects.get()
    assert (closure.kind, closure.status) == (ClosureKind.OUT_OF_ORDER, ClosureStatus.RUNNING)
    assert (closure.start, closure.until) == (today, today + 2 * DAY)
    assert (closure.reason, closure.planned_by) == ("flooded", maintainer)
    assert_one_truth(room)


def test_other_dates_and_another_reason_bring_it_up_to_date(room, maintainer, today):
    perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="flooded", until=today + 2 * DAY)
    perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="mould")

    assert Closure.objects.get().until is None
    assert_one_truth(room)


@pytest.mark.parametrize(
    "back",
    [
        {"action": Action.RETURN_TO_SERVICE},
        {"action": Action.OVERRIDE, "notes": "seen it", "room_status": S.AVAILABLE},
        {"action": Action.UNDO},
    ],
    ids=lambda back: back["action"].value,
)
def test_it_ends_with_whatever_brings_the_room_back(room, manager, today, back):
    perform(Action.TAKE_OUT_OF_ORDER, room, by=manager, notes="flooded")

    perform(room=room, by=manager, **back)

    closure = Closure.objects.get()
    assert (closure.status, closure.ended_on) == (ClosureStatus.ENDED, today)
    assert_one_truth(room)


def test_an_override_to_out_of_order_opens_one(room, manager):
    perform(Action.OVERRIDE, room, by=manager, notes="no", room_status=S.OUT_OF_ORDER)

    assert Closure.objects.get().status == ClosureStatus.RUNNING
    assert_one_truth(room)


def test_undoing_the_return_lets_the_same_closure_run_on(room, maintainer, manager):
    perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="flooded")
    perform(Action.RETURN_TO_SERVICE, room, by=manager)

    perform(Action.UNDO, room, by=manager)

    closure = Closure.objects.get()
    assert (closure.status, closure.ended_on) == (ClosureStatus.RUNNING, None)
    assert closure.planned_by == maintainer
    assert_one_truth(room)


def test_a_room_added_out_of_order_has_one(hotel, manager, today):
    room = Room(
        hotel=hotel,
        number="301",
        room_type=make_room_type(hotel=hotel),
        is_out_of_order=True,
        out_of_order_until=today - DAY,
    )

    setup.add_rooms([room], Change(by=manager, source=Source.IMPORT))

    closure = Closure.objects.get()
    assert (closure.start, closure.until) == (today, None), "an end that has passed is none"


def test_rooms_out_of_order_before_this_release_get_theirs(hotel, manager, today):
    with_end, over, in_order = (make_room(hotel=hotel, status=s) for s in (OOO, OOO, S.AVAILABLE))
    for room, until in ((with_end, today + 3 * DAY), (over, today - DAY)):
        Room.objects.filter(pk=room.pk).update(
            out_of_order_from=today - 5 * DAY, out_of_order_until=until, out_of_order_reason="wet"
        )
    migration = import_module("rooms.migrations.0007_running_closures")

    for _ in range(2):
        migration.add_closures(apps, None)

    found = Closure.objects.order_by("room")
    assert [(one.room, one.start, one.until, one.reason) for one in found] == [
        (with_end, today - 5 * DAY, today + 3 * DAY, "wet"),
        # Nobody has looked at it: the day's turn does not put it back on sale.
        (over, today - 5 * DAY, None, "wet"),
    ]
    assert not in_order.closures.exists()


def test_other_actions_ask_nothing_about_closures(room, manager):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        perform(Action.MARK_DIRTY, room, by=manager)

    assert not [query for query in asked if "rooms_closure" in query["sql"]]
