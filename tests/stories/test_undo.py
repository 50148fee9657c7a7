"""Undo: the actor's own last action, within two minutes, nothing since; everything as it was.

A check-in and a checkout are undone with their stay: see tests/hotel/test_stays_undo.py.
"""

import datetime as dt

import pytest
from django.utils import timezone

from hotel.exceptions import IllegalTransition, NotAllowed, StaleVersion
from rooms.choices import Action, LogAction, Priority, RoomStatus, Source
from rooms.models import Room, RoomEvent
from rooms.perform import UNDO_WINDOW, undoable
from tests.acting import log, perform
from tests.factories import make_room

S = RoomStatus


def row(room: Room) -> dict:
    return Room.objects.filter(pk=room.pk).values().get()


@pytest.fixture
def wait(monkeypatch):
    """Let time pass."""

    def wait(time: dt.timedelta) -> None:
        then = timezone.now() + time
        monkeypatch.setattr(timezone, "now", lambda: then)

    return wait


@pytest.fixture
def room(hotel, supervisor, housekeeper):
    """A dirty room with a past in every column."""
    return make_room(
        hotel=hotel,
        status=S.CHECKOUT_DIRTY,
        status_since=dt.datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=dt.UTC),
        status_by=supervisor,
        housekeeping_notes="extra bed in",
        last_cleaned_at=dt.datetime(2024, 2, 28, 10, 0, 0, 1, tzinfo=dt.UTC),
        cleaned_by_staff=housekeeper,
        last_inspected_at=dt.datetime(2024, 2, 28, 11, 0, 0, 999999, tzinfo=dt.UTC),
        inspected_by_staff=supervisor,
    )


def test_it_restores_every_field_to_the_microsecond(room, manager):
    before = row(room)
    perform(Action.MARK_CLEANED, room, by=manager, notes="lamp replaced")
    assert row(room)["cleaned_by_staff_id"] == manager.pk

    undone = perform(Action.UNDO, room, by=manager)

    assert row(room) == {**before, "version": 3, "last_seq": undone.seq}
    assert room.cleaned_by_staff.name == "Ana Silva"


def test_it_restores_the_dates_of_an_out_of_order_room(hotel, maintainer):
    today = hotel.business_date()
    room = make_room(hotel=hotel, status=S.AVAILABLE)
    perform(
        Action.TAKE_OUT_OF_ORDER,
        room,
        by=maintainer,
        notes="flood",
        start=today - dt.timedelta(days=1),
        until=today + dt.timedelta(days=9),
    )
    before = row(room)
    perform(Action.RETURN_TO_SERVICE, room, by=maintainer)
    assert row(room)["out_of_order_until"] is None

    undone = perform(Action.UNDO, room, by=maintainer)

    assert row(room) == {**before, "version": 4, "last_seq": undone.seq}


def test_it_restores_a_repair_with_its_notes_and_priority(hotel, maintainer):
    room = make_room(hotel=hotel, status=S.OCCUPIED, priority="HIGH", maintenance_notes="no light")
    perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer)

    perform(Action.UNDO, room, by=maintainer)

    now = row(room)
    assert now["maintenance_required"] is True
    assert (now["maintenance_priority"], now["maintenance_notes"]) == (Priority.HIGH, "no light")


def test_it_leaves_alone_what_the_action_did_not_touch(room, housekeeper):
    perform(Action.START_CLEANING, room, by=housekeeper)
    Room.objects.filter(pk=room.pk).update(floor="9", push_token="token")

    perform(Action.UNDO, room, by=housekeeper)

    assert (row(room)["floor"], row(room)["push_token"]) == ("9", "token")


def test_it_is_an_event_of_its_own_that_names_what_it_undid(room, housekeeper):
    done = perform(Action.START_CLEANING, room, by=housekeeper)

    undone = perform(Action.UNDO, room, by=housekeeper)

    assert undone.undoes == done
    assert (undone.from_status, undone.to_status) == (S.CLEANING_IN_PROGRESS, S.CHECKOUT_DIRTY)
    assert RoomEvent.objects.count() == 2


def test_only_who_did_it_can_undo_it(room, housekeeper, manager):
    perform(Action.START_CLEANING, room, by=housekeeper)

    with pytest.raises(NotAllowed, match="Only the person who made"):
        perform(Action.UNDO, room, by=manager)

    assert row(room)["room_status"] == S.CLEANING_IN_PROGRESS


def test_not_once_somebody_else_has_done_something_since(room, housekeeper, maintainer):
    perform(Action.START_CLEANING, room, by=housekeeper)
    perform(Action.MARK_MAINTENANCE, room, by=maintainer, notes="drain", priority=Priority.LOW)

    with pytest.raises(NotAllowed):
        perform(Action.UNDO, room, by=housekeeper)

    assert row(room)["room_status"] == S.MAINTENANCE_REQUIRED


def test_only_the_last_of_ones_own_actions_and_not_the_one_before(room, housekeeper):
    perform(Action.START_CLEANING, room, by=housekeeper)
    perform(Action.MARK_CLEANED, room, by=housekeeper)
    perform(Action.UNDO, room, by=housekeeper)
    assert row(room)["room_status"] == S.CLEANING_IN_PROGRESS

    with pytest.raises(IllegalTransition, match="nothing to undo"):
        perform(Action.UNDO, room, by=housekeeper)

    assert row(room)["room_status"] == S.CLEANING_IN_PROGRESS


def test_after_an_undo_the_next_action_can_be_undone_again(room, housekeeper):
    perform(Action.START_CLEANING, room, by=housekeeper)
    perform(Action.UNDO, room, by=housekeeper)
    perform(Action.MARK_CLEANED, room, by=housekeeper)

    perform(Action.UNDO, room, by=housekeeper)

    assert row(room)["room_status"] == S.CHECKOUT_DIRTY


def test_within_two_minutes(room, housekeeper, wait):
    perform(Action.START_CLEANING, room, by=housekeeper)
    wait(UNDO_WINDOW - dt.timedelta(seconds=5))

    perform(Action.UNDO, room, by=housekeeper)

    assert row(room)["room_status"] == S.CHECKOUT_DIRTY


def test_and_no_later(room, housekeeper, wait):
    perform(Action.START_CLEANING, room, by=housekeeper)
    wait(UNDO_WINDOW + dt.timedelta(seconds=1))

    with pytest.raises(IllegalTransition, match="within two minutes"):
        perform(Action.UNDO, room, by=housekeeper)

    assert row(room)["room_status"] == S.CLEANING_IN_PROGRESS


def test_the_window_runs_from_when_a_phone_without_signal_got_through(room, housekeeper):
    tapped = timezone.now() - dt.timedelta(hours=2)
    perform(Action.START_CLEANING, room, by=housekeeper, occurred_at=tapped)

    perform(Action.UNDO, room, by=housekeeper)

    assert row(room)["room_status"] == S.CHECKOUT_DIRTY


def test_what_a_replay_tells_of_long_ago_is_not_undone_because_it_was_recorded_now(
    room, housekeeper
):
    perform(
        Action.START_CLEANING,
        room,
        by=housekeeper,
        source=Source.REPLAY,
        occurred_at=timezone.now() - dt.timedelta(days=900),
    )

    with pytest.raises(IllegalTransition, match="within two minutes"):
        perform(Action.UNDO, room, by=housekeeper)

    assert row(room)["room_status"] == S.CLEANING_IN_PROGRESS


def test_it_can_be_asked_for_beforehand(room, housekeeper):
    event = perform(Action.START_CLEANING, room, by=housekeeper)
    end = event.recorded_at + UNDO_WINDOW

    assert undoable(housekeeper, room, at=end) == event
    with pytest.raises(IllegalTransition):
        undoable(housekeeper, room, at=end + dt.timedelta(microseconds=1))


def test_it_is_not_repeated_by_a_repeated_request(room, housekeeper):
    perform(Action.START_CLEANING, room, by=housekeeper)
    first = perform(Action.UNDO, room, by=housekeeper, request_id="undo-1")

    again = perform(Action.UNDO, room, by=housekeeper, request_id="undo-1")

    assert again == first
    assert RoomEvent.objects.count() == 2


def test_a_stale_version_is_said_before_anything_else(room, housekeeper, supervisor):
    seen = perform(Action.START_CLEANING, room, by=housekeeper).room_version
    perform(Action.MARK_CLEANED, room, by=supervisor)

    with pytest.raises(StaleVersion) as stale:
        perform(Action.UNDO, room, by=housekeeper, expected_version=seen)

    assert [event.actor for event in stale.value.meanwhile] == [supervisor]


def test_a_change_of_set_up_meanwhile_does_not_stand_in_its_way(room, hotel, housekeeper):
    perform(Action.START_CLEANING, room, by=housekeeper)
    log.append(
        hotel, LogAction.SETUP_CHANGED, by=None, source=Source.ADMIN, room=room, notes="floor 1"
    )

    perform(Action.UNDO, room, by=housekeeper)

    assert row(room)["room_status"] == S.CHECKOUT_DIRTY
