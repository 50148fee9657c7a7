"""Turnovers as the log tells them, and their parts."""

import datetime as dt

import pytest

from rooms.choices import Action, RoomStatus
from rooms.reports.attendants import cleans_by_attendant
from rooms.reports.facts import LONGEST_TURNOVER, Turnover
from rooms.reports.turn_times import FirstPass, performance, turnovers
from tests.factories import make_hotel, make_room
from tests.rooms.reports.telling import DAY, NOON, at, plain_turnover


def the_turnover(hotel) -> Turnover:
    [turnover] = turnovers(hotel, NOON, NOON + DAY)
    return turnover


def parts(turnover: Turnover) -> dict[str, float]:
    """Return the turnover's parts that are not zero."""
    names = ("wait_to_start", "cleaning", "wait_to_inspect", "reclean", "out_of_service")
    return {name: minutes for name in names if (minutes := getattr(turnover, name))}


def test_a_turnover_runs_from_departure_to_ready_and_its_parts_add_up(
    hotel, room, tell, housekeeper
):
    tell(room, *plain_turnover(0))

    turnover = the_turnover(hotel)

    assert turnover == Turnover(
        room_id=room.pk,
        departed_at=at(0),
        ready_at=at(60),
        attended_by=housekeeper.pk,
        wait_to_start=20,
        cleaning=30,
        wait_to_inspect=10,
    )
    assert turnover.minutes == 60


def test_without_inspection_the_room_is_ready_when_cleaned(hotel, room, tell, housekeeper):
    hotel.inspection_required = False
    hotel.save()
    tell(room, *plain_turnover(0)[:3])

    turnover = the_turnover(hotel)

    assert turnover.ready_at == at(50)
    assert parts(turnover) == {"wait_to_start": 20, "cleaning": 30}
    assert turnover.attended_by == housekeeper.pk
    assert performance(hotel, 1, at(90)).first_pass.rate is None


def test_a_failed_inspection_makes_all_until_the_next_one_a_reclean(
    hotel, room, tell, supervisor, manager
):
    tell(
        room,
        *plain_turnover(0)[:3],
        (60, Action.FAIL_INSPECTION),
        (65, Action.START_CLEANING),
        (75, Action.MARK_CLEANED, {"by": supervisor}),
        (95, Action.PASS_INSPECTION, {"by": manager}),
    )

    turnover = the_turnover(hotel)

    assert parts(turnover) == {
        "wait_to_start": 20,
        "cleaning": 30,
        "wait_to_inspect": 30,
        "reclean": 15,
    }
    assert turnover.minutes == 95
    assert turnover.attended_by == supervisor.pk


def test_a_pause_waits_and_a_clean_without_a_start_is_all_wait(hotel, room, tell):
    other = make_room(hotel=hotel, number="205", status=RoomStatus.OCCUPIED)
    tell(
        room,
        (0, Action.CHECK_OUT),
        (10, Action.START_CLEANING),
        (15, Action.STOP_CLEANING),
        (40, Action.START_CLEANING),
        (60, Action.MARK_CLEANED),
        (70, Action.PASS_INSPECTION),
    )
    tell(other, (0, Action.CHECK_OUT), (60, Action.MARK_CLEANED), (80, Action.PASS_INSPECTION))

    paused, unstarted = turnovers(hotel, NOON, NOON + DAY)

    assert parts(paused) == {"wait_to_start": 35, "cleaning": 25, "wait_to_inspect": 10}
    assert parts(unstarted) == {"wait_to_start": 60, "wait_to_inspect": 20}


def test_maintenance_and_out_of_order_in_the_middle_are_their_own_part(hotel, room, tell):
    tell(
        room,
        (0, Action.CHECK_OUT),
        (10, Action.START_CLEANING),
        (20, Action.MARK_MAINTENANCE),
        (25, Action.MARK_MAINTENANCE),  # reported again: nothing moves
        (50, Action.TAKE_OUT_OF_ORDER),
        (80, Action.COMPLETE_MAINTENANCE),
        (100, Action.RETURN_TO_SERVICE),
        (105, Action.START_CLEANING),
        (125, Action.MARK_CLEANED),
        (130, Action.PASS_INSPECTION),
    )

    turnover = the_turnover(hotel)

    assert parts(turnover) == {
        "wait_to_start": 15,
        "cleaning": 30,
        "wait_to_inspect": 5,
        "out_of_service": 80,
    }
    assert turnover.minutes == 130


def test_a_departure_into_maintenance_begins_a_turnover_and_a_dirty_repair_a_reclean(
    hotel, room, tell
):
    tell(
        room,
        (-30, Action.MARK_MAINTENANCE),
        (0, Action.CHECK_OUT),
        (40, Action.COMPLETE_MAINTENANCE),
        (45, Action.MARK_CLEANED),
        (50, Action.MARK_MAINTENANCE),
        (60, Action.COMPLETE_MAINTENANCE, {"needs_cleaning": True}),
        (63, Action.START_CLEANING),
        (70, Action.MARK_CLEANED),
        (72, Action.PASS_INSPECTION),
    )

    assert parts(the_turnover(hotel)) == {
        "wait_to_start": 5,
        "wait_to_inspect": 7,
        "reclean": 10,
        "out_of_service": 50,
    }


def test_a_report_on_an_occupied_room_that_a_late_tap_overtook_moves_nothing(hotel, room, tell):
    tell(
        room,
        (5, Action.MARK_MAINTENANCE),
        (0, Action.CHECK_OUT),  # tapped before the report, sent after it
        (40, Action.COMPLETE_MAINTENANCE),
        (45, Action.MARK_CLEANED),
        (50, Action.PASS_INSPECTION),
    )

    assert parts(the_turnover(hotel)) == {
        "wait_to_start": 5,
        "wait_to_inspect": 5,
        "out_of_service": 40,
    }


def test_what_was_undone_never_happened_nor_did_the_undo(hotel, room, tell, clerk, housekeeper):
    tell(
        room,
        (-60, Action.CHECK_OUT),
        (-59, Action.UNDO, {"by": clerk}),
        (0, Action.CHECK_OUT),
        (10, Action.START_CLEANING),
        (20, Action.MARK_CLEANED),
        (21, Action.UNDO, {"by": housekeeper}),
        (40, Action.MARK_CLEANED),
        (50, Action.PASS_INSPECTION),
    )

    turnover = the_turnover(hotel)

    assert turnover.departed_at == at(0)
    assert parts(turnover) == {"wait_to_start": 10, "cleaning": 30, "wait_to_inspect": 10}
    [row] = cleans_by_attendant(hotel, 1, at(60))
    assert (row.cleans, row.cleaning_minutes) == (1, 30)


def test_a_room_that_was_closed_for_too_long_was_not_turned_over(hotel, room, tell):
    longest = LONGEST_TURNOVER / dt.timedelta(minutes=1)
    other = make_room(hotel=hotel, number="205", status=RoomStatus.OCCUPIED)
    for one, extra in ((room, 0), (other, 1)):
        tell(
            one,
            (-extra, Action.CHECK_OUT),
            (longest - 5, Action.MARK_CLEANED),
            (longest, Action.PASS_INSPECTION),
        )

    for since in (NOON - DAY, at(longest)):
        found = turnovers(hotel, since, at(longest + 1))
        assert [turnover.room_id for turnover in found] == [room.pk]
    assert performance(hotel, 1, at(longest + 1)).first_pass == FirstPass(inspected=2, passed=2)


def test_two_rooms_told_interleaved_are_kept_apart(hotel, room, tell):
    other = make_room(hotel=hotel, number="205", status=RoomStatus.OCCUPIED)
    for mine, theirs in zip(plain_turnover(0), plain_turnover(-5), strict=True):
        tell(room, mine)
        tell(other, theirs)
    make_room(hotel=make_hotel())

    first, second = turnovers(hotel, NOON, NOON + DAY)

    assert (first.room_id, first.ready_at) == (other.pk, at(55))
    assert (second.room_id, second.ready_at) == (room.pk, at(60))
    assert parts(first) == parts(second)


def test_a_room_is_turned_over_once_a_stay(hotel, room, tell):
    tell(
        room,
        *plain_turnover(0),
        (70, Action.MARK_DIRTY),
        (80, Action.MARK_CLEANED),
        (90, Action.PASS_INSPECTION),
        (100, Action.CHECK_IN),
        *plain_turnover(200),
    )

    found = turnovers(hotel, NOON, NOON + DAY)

    assert [(turnover.departed_at, turnover.ready_at) for turnover in found] == [
        (at(0), at(60)),
        (at(200), at(260)),
    ]


def test_an_override_to_a_bookable_status_ends_the_turnover_without_an_attendant(hotel, room, tell):
    tell(
        room,
        (0, Action.CHECK_OUT),
        (30, Action.OVERRIDE, {"room_status": RoomStatus.AVAILABLE}),
    )

    turnover = the_turnover(hotel)

    assert turnover.attended_by is None
    assert parts(turnover) == {"wait_to_start": 30}


@pytest.mark.parametrize("rooms", [1, 30])
def test_the_log_is_read_in_one_query_however_long_it_is(
    hotel, rooms, tell, django_assert_num_queries
):
    for _ in range(rooms):
        tell(make_room(hotel=hotel, status=RoomStatus.OCCUPIED), *plain_turnover(0))

    with django_assert_num_queries(1):
        assert len(turnovers(hotel, NOON, NOON + DAY)) == rooms
    with django_assert_num_queries(1):
        assert performance(hotel, 1, at(100)).turnovers == rooms
    with django_assert_num_queries(3):  # the log, the rooms' types, the staff
        assert cleans_by_attendant(hotel, 1, at(100))[0].cleans == rooms


def test_a_clean_and_its_inspection_beneath_a_fault_count_and_the_repair_ends_the_turnover(
    hotel, room, tell, housekeeper
):
    tell(
        room,
        (0, Action.CHECK_OUT),
        (5, Action.MARK_MAINTENANCE),
        (10, Action.START_CLEANING),
        (30, Action.STOP_CLEANING),
        (40, Action.START_CLEANING),
        (50, Action.MARK_CLEANED),
        (55, Action.FAIL_INSPECTION),
        (60, Action.START_CLEANING),
        (65, Action.MARK_MAINTENANCE),  # reported again: the clean goes on
        (70, Action.MARK_CLEANED),
        (80, Action.PASS_INSPECTION),
        (90, Action.COMPLETE_MAINTENANCE),
    )

    turnover = the_turnover(hotel)

    assert (turnover.ready_at, turnover.attended_by) == (at(90), housekeeper.pk)
    assert parts(turnover) == {"wait_to_start": 5, "out_of_service": 85}
    [row] = cleans_by_attendant(hotel, 1, at(100))
    assert (row.cleans, row.cleaning_minutes) == (2, 20)  # 30 and 10
    assert (row.first_pass, row.failed) == (FirstPass(inspected=1, passed=0), 1)
    assert row.planned_minutes == 30  # the re-clean earns no credits


def test_a_clean_that_outlasts_the_repair_is_one_clean(hotel, room, tell):
    tell(
        room,
        (0, Action.CHECK_OUT),
        (5, Action.MARK_MAINTENANCE),
        (10, Action.START_CLEANING),
        (20, Action.COMPLETE_MAINTENANCE),
        (35, Action.MARK_CLEANED),
        (40, Action.PASS_INSPECTION),
    )

    assert parts(the_turnover(hotel)) == {
        "wait_to_start": 5,
        "cleaning": 15,
        "wait_to_inspect": 5,
        "out_of_service": 15,
    }
    [row] = cleans_by_attendant(hotel, 1, at(100))
    assert row.cleaning_minutes == 25


def test_a_room_that_was_given_with_its_fault_has_no_turnover(hotel, room, tell):
    tell(
        room,
        (0, Action.CHECK_OUT),
        (5, Action.MARK_MAINTENANCE, {"priority": "LOW"}),
        (20, Action.MARK_CLEANED),
        (30, Action.PASS_INSPECTION),
        (60, Action.CHECK_IN),
        *plain_turnover(500)[:1],
        (510, Action.COMPLETE_MAINTENANCE),
        (520, Action.MARK_CLEANED),
        (530, Action.PASS_INSPECTION),
    )

    [turnover] = turnovers(hotel, NOON, NOON + DAY)
    assert (turnover.departed_at, turnover.ready_at) == (at(500), at(530))
    assert performance(hotel, 1, at(600)).first_pass == FirstPass(inspected=2, passed=2)


def test_guests_who_move_leave_and_arrive(hotel, room, tell):
    other = make_room(hotel=hotel, number="205")
    tell(other, (0, Action.MOVE_IN))
    tell(
        room,
        (0, Action.MOVE_OUT),
        (20, Action.START_CLEANING),
        (50, Action.MARK_CLEANED),
        (60, Action.PASS_INSPECTION),
        (70, Action.MOVE_IN),
    )

    assert the_turnover(hotel).minutes == 60


def test_a_guest_who_comes_back_ends_the_turn_without_a_time(hotel, room, tell, housekeeper):
    tell(
        room,
        (0, Action.CHECK_OUT),
        (20, Action.MARK_CLEANED),
        (30, Action.REINSTATE),
        *plain_turnover(300),
    )

    [turnover] = turnovers(hotel, NOON, NOON + DAY)
    assert turnover.departed_at == at(300)
    assert turnover.minutes == 60
    [row] = cleans_by_attendant(hotel, 1, at(400))
    assert row.cleans == 2
