"""The team of a replay: who cleans and inspects which room, and when."""

import datetime as dt
import random

import pytest

from rooms.choices import Action, RoomStatus
from simulation import housekeeping
from simulation.housekeeping import Clock, HousekeepingTeam
from simulation.roster import make_roster
from tests.factories import make_room
from tests.simulation.playing import FIRST, events, play

pytestmark = pytest.mark.slow


def test_nobody_cleans_or_inspects_outside_the_shifts(hotel, busy):
    play(hotel)

    for action in (Action.START_CLEANING, Action.PASS_INSPECTION, Action.FAIL_INSPECTION):
        for event in events(hotel, action):
            assert dt.time(8) <= event.occurred_at.astimezone(hotel.tz).time() <= dt.time(21, 30)


def test_nobody_is_in_two_rooms_at_once(hotel, busy):
    play(hotel)
    cleaning: dict[int, int] = {}
    for event in hotel.events.order_by("seq"):
        if event.action == Action.START_CLEANING:
            assert cleaning.setdefault(event.actor_id, event.room_id) == event.room_id
        elif event.action in (Action.MARK_CLEANED, Action.MARK_MAINTENANCE):
            cleaning.pop(event.actor_id, None)


def test_failed_inspections_and_faults_are_played_with_their_notes(hotel, busy, monkeypatch):
    for chance in ("FAILS", "FAULT_FOUND"):
        monkeypatch.setattr(housekeeping, chance, 0.4)
    monkeypatch.setattr("simulation.replay.GUEST_REPORTS_A_FAULT", 0.8)
    report = play(hotel)

    # With so many faults, a room may not be ready in time.
    assert report.checked_out + len(report.walked) == len(busy)
    assert report.first_pass_rate < 1
    failed = events(hotel, Action.FAIL_INSPECTION)
    reported = events(hotel, Action.MARK_MAINTENANCE)
    assert failed
    assert {event.to_status for event in reported} == {
        RoomStatus.OCCUPIED,
        RoomStatus.MAINTENANCE_REQUIRED,
    }
    assert all(event.notes for event in (*failed, *reported))
    assert len(events(hotel, Action.COMPLETE_MAINTENANCE)) == len(reported)
    assert not hotel.rooms.filter(maintenance_required=True).exists()


def test_a_room_that_a_guest_waits_for_is_cleaned_first(hotel, housekeeper):
    rooms = [make_room(hotel=hotel, status=RoomStatus.CHECKOUT_DIRTY) for _ in range(3)]
    clock = Clock(hotel.moment(FIRST, dt.time(7, 0)))
    team = HousekeepingTeam(
        clock,
        make_roster(hotel),
        random.Random(0),
        is_rushed=lambda room: room == rooms[2],
        on_ready=lambda room: None,
        on_event=lambda: None,
    )
    for room in rooms:
        team.take_up(room)
    clock.at(hotel.moment(FIRST, dt.time(8, 0)), team.dispatch)
    clock.run(hotel.moment(FIRST, dt.time(20, 0)))

    cleaned = dict.fromkeys(event.room for event in events(hotel, Action.START_CLEANING))
    assert list(cleaned) == [rooms[2], rooms[0], rooms[1]]
