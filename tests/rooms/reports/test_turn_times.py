"""Turn times over a period, and the first-pass rate."""

import datetime as dt
from itertools import pairwise

import pytest

from rooms.choices import Action, RoomStatus
from rooms.reports.attendants import cleans_by_attendant
from rooms.reports.turn_times import FirstPass, PartTime, performance, turnovers
from tests.factories import make_hotel, make_room
from tests.rooms.reports.telling import DAY, NOON, at, plain_turnover


def test_an_undone_pass_leaves_the_turnover_open_even_if_it_is_undone_after_the_period(
    hotel, room, tell, supervisor
):
    tell(room, *plain_turnover(0), (61, Action.UNDO, {"by": supervisor}))

    assert turnovers(hotel, NOON, NOON + DAY) == []
    assert turnovers(hotel, NOON, at(60.5)) == []
    assert performance(hotel, 1, at(60.5)).first_pass.rate is None


def test_a_turnover_that_is_not_over_is_not_counted(hotel, room, tell):
    tell(room, *plain_turnover(0)[:3])

    assert turnovers(hotel, NOON, NOON + DAY) == []


def test_a_turnover_belongs_to_the_period_in_which_the_room_became_ready(hotel, room, tell):
    tell(room, *plain_turnover(0))

    assert turnovers(hotel, at(-90), at(60)) == []
    [turnover] = turnovers(hotel, at(60), at(61))
    assert turnover.departed_at == at(0)
    assert turnover.minutes == 60


def test_periods_that_follow_each_other_tell_together_what_the_whole_tells(hotel, room, tell):
    tell(room, *plain_turnover(0), (100, Action.CHECK_IN), *plain_turnover(200))
    cuts = [at(minute) for minute in range(-20, 320, 20)]

    cut = [found for since, until in pairwise(cuts) for found in turnovers(hotel, since, until)]

    assert len(cut) == 2
    assert cut == turnovers(hotel, cuts[0], cuts[-1])


def test_another_hotels_log_is_not_read(hotel, room, tell):
    tell(room, *plain_turnover(0))

    assert turnovers(make_hotel(), NOON, NOON + DAY) == []


def test_performance_gives_medians_over_the_turnovers_that_had_the_part(hotel, room, tell):
    other = make_room(hotel=hotel, number="205", status=RoomStatus.OCCUPIED)
    third = make_room(hotel=hotel, number="206", status=RoomStatus.OCCUPIED)
    tell(room, *plain_turnover(0))
    tell(
        other,
        (0, Action.CHECK_OUT),
        (40, Action.START_CLEANING),
        (80, Action.MARK_CLEANED),
        (90, Action.FAIL_INSPECTION),
        (105, Action.MARK_CLEANED),
        (115, Action.PASS_INSPECTION),
    )
    tell(third, (0, Action.CHECK_OUT), (70, Action.MARK_CLEANED), (80, Action.PASS_INSPECTION))

    found = performance(hotel, 1, at(200))

    assert (found.since, found.until) == (at(200) - DAY, at(200))
    assert found.turnovers == 3
    assert found.turn_time == 80
    # Nobody tapped start in the third room: how long it waited is not known.
    assert found.wait_to_start == PartTime(median=30, turnovers=2)
    assert found.cleaning == PartTime(median=35, turnovers=2)
    assert found.wait_to_inspect == PartTime(median=10, turnovers=3)
    assert found.reclean == PartTime(median=15, turnovers=1)
    assert found.out_of_service == PartTime(median=None, turnovers=0)


def test_the_first_pass_rate_leaves_out_the_inspection_of_a_reclean(hotel, room, tell):
    tell(
        room,
        *plain_turnover(0)[:3],
        (60, Action.FAIL_INSPECTION),
        (70, Action.MARK_CLEANED),
        (75, Action.FAIL_INSPECTION),
        (80, Action.MARK_CLEANED),
        (85, Action.PASS_INSPECTION),
        (90, Action.CHECK_IN),
        *plain_turnover(200),
        (270, Action.MARK_DIRTY),
        (280, Action.MARK_CLEANED),
        (290, Action.PASS_INSPECTION),
    )

    first_pass = performance(hotel, 1, at(300)).first_pass

    assert first_pass == FirstPass(inspected=3, passed=2)
    assert first_pass.rate == pytest.approx(2 / 3)


def test_a_reclean_is_known_as_one_when_the_failure_was_before_the_period(hotel, room, tell):
    tell(
        room,
        *plain_turnover(-DAY / dt.timedelta(minutes=1))[:3],
        (-1300, Action.FAIL_INSPECTION),
        (200, Action.MARK_CLEANED),
        (210, Action.PASS_INSPECTION),
    )

    assert performance(hotel, 1, at(220)).first_pass == FirstPass(inspected=0, passed=0)
    assert performance(hotel, 2, at(220)).first_pass == FirstPass(inspected=1, passed=0)


def test_without_a_log_there_is_no_performance(hotel):
    found = performance(hotel, 30)

    assert found.turnovers == 0
    assert found.turn_time is None
    assert found.cleaning == PartTime(median=None, turnovers=0)
    assert found.first_pass.rate is None
    assert found.until - found.since == 30 * DAY
    assert cleans_by_attendant(hotel, 30) == []
