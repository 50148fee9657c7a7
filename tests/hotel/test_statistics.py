import dataclasses
import datetime as dt
from collections import Counter
from itertools import pairwise

import pytest

from hotel.choices import Role
from rooms.choices import OUT_OF_SERVICE, Action, Priority, RoomGroup, RoomStatus, Source
from rooms.models import Room
from rooms.reports.attendants import AttendantRow, cleans_by_attendant
from rooms.reports.counts import FloorRow, by_floor, counts, floor_order
from rooms.reports.facts import LONGEST_TURNOVER, Turnover
from rooms.reports.turn_times import FirstPass, PartTime, performance, turnovers
from tests.acting import perform
from tests.factories import make_booking, make_hotel, make_room, make_room_type, make_staff

NOON = dt.datetime(2024, 3, 10, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def at(minute: float) -> dt.datetime:
    """Return the moment so many minutes after noon."""
    return NOON + dt.timedelta(minutes=minute)


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="204", status=RoomStatus.OCCUPIED)


@pytest.fixture
def tell(supervisor, housekeeper, clerk, manager):
    """Write a log: the room, then (minute, action) with whatever differs from the usual."""
    actors = {
        Action.CHECK_IN: clerk,
        Action.CHECK_OUT: clerk,
        Action.START_CLEANING: housekeeper,
        Action.STOP_CLEANING: housekeeper,
        Action.MARK_CLEANED: housekeeper,
        Action.PASS_INSPECTION: supervisor,
        Action.FAIL_INSPECTION: supervisor,
        Action.MARK_DIRTY: supervisor,
    }

    def tell(room: Room, *steps: tuple) -> None:
        for minute, action, *more in steps:
            given = {"by": actors.get(action, manager), "notes": "because", **dict(*more)}
            if action is Action.CHECK_IN:
                given["booking"] = make_booking(hotel=room.hotel, room=room, status="IN_HOUSE")
            if action is Action.MARK_MAINTENANCE:
                given["priority"] = Priority.HIGH
            perform(action, room, source=Source.REPLAY, occurred_at=at(minute), **given)
            # The log alone is read: the stay is over before the room's checkout is told.
            room.bookings.in_house().update(status="COMPLETED", checked_out_at=at(minute))

    return tell


def plain_turnover(start: float) -> list[tuple]:
    """Return a log of 20 minutes' wait, 30 of cleaning, 10 until it passes."""
    return [
        (start, Action.CHECK_OUT),
        (start + 20, Action.START_CLEANING),
        (start + 50, Action.MARK_CLEANED),
        (start + 60, Action.PASS_INSPECTION),
    ]


def the_turnover(hotel) -> Turnover:
    [turnover] = turnovers(hotel, NOON, NOON + DAY)
    return turnover


def parts(turnover: Turnover) -> dict[str, float]:
    """Return the turnover's parts that are not zero."""
    names = ("wait_to_start", "cleaning", "wait_to_inspect", "reclean", "out_of_service")
    return {name: minutes for name in names if (minutes := getattr(turnover, name))}


# Rooms as they stand


def test_counts_are_the_contracts_and_six_parts_add_up_to_the_total(hotel):
    for status in RoomStatus:
        make_room(hotel=hotel, status=status)
    make_room(hotel=hotel, status=RoomStatus.READY_FOR_GUEST)
    make_room(hotel=hotel, status=RoomStatus.AVAILABLE, is_active=False)
    make_room(hotel=make_hotel())

    found = dataclasses.asdict(counts(hotel))

    assert found == {
        "total_rooms": 9,
        "available_for_booking": 3,
        "occupied": 1,
        "needs_cleaning": 2,
        "needs_inspection": 1,
        "needs_maintenance": 1,
        "out_of_order": 1,
        "cleaning_in_progress": 1,
        "maintenance_by_priority": {"LOW": 0, "MED": 1, "HIGH": 0},
    }
    assert found["total_rooms"] == sum(list(found.values())[1:7])


@pytest.mark.parametrize("status", RoomStatus)
def test_available_for_booking_counts_exactly_the_bookable_rooms(hotel, status):
    make_room(hotel=hotel, status=status)
    make_room(hotel=hotel, status=status, is_active=status == RoomStatus.OCCUPIED)
    if status in (*OUT_OF_SERVICE, RoomStatus.OCCUPIED):
        make_room(hotel=hotel, status=status, priority=Priority.LOW)

    bookable = Room.objects.filter(hotel=hotel).bookable().count()

    assert counts(hotel).available_for_booking == bookable


def test_every_open_maintenance_counts_by_its_priority_whoever_is_in_the_room(hotel):
    make_room(hotel=hotel, status=RoomStatus.OCCUPIED, priority=Priority.HIGH)
    make_room(hotel=hotel, status=RoomStatus.OUT_OF_ORDER, priority=Priority.HIGH)
    make_room(hotel=hotel, status=RoomStatus.MAINTENANCE_REQUIRED, priority=Priority.LOW)
    make_room(
        hotel=hotel,
        status=RoomStatus.MAINTENANCE_REQUIRED,
        priority=Priority.LOW,
        is_active=False,
    )

    found = counts(hotel)

    assert found.maintenance_by_priority == {"LOW": 1, "MED": 0, "HIGH": 2}
    assert found.needs_maintenance == 1


@pytest.mark.parametrize("rooms", [1, 30])
def test_rooms_are_counted_in_one_query(hotel, rooms, django_assert_num_queries):
    for n in range(rooms):
        make_room(hotel=hotel, floor=str(n % 4), status=list(RoomStatus)[n % 8])

    with django_assert_num_queries(1):
        counts(hotel)
    with django_assert_num_queries(1):
        by_floor(hotel)


def test_a_hotel_without_rooms_counts_nothing(hotel):
    assert counts(hotel).total_rooms == 0
    assert counts(hotel).maintenance_by_priority == {"LOW": 0, "MED": 0, "HIGH": 0}
    assert by_floor(hotel) == []


def test_a_floor_counts_its_rooms_in_the_boards_seven_groups(hotel):
    for status in RoomStatus:
        make_room(hotel=hotel, floor="1", status=status)
    make_room(hotel=hotel, floor="1", is_active=False)
    make_room(hotel=hotel, floor="2", status=RoomStatus.OCCUPIED)
    make_room(hotel=make_hotel(), floor="3")

    assert by_floor(hotel) == [
        FloorRow(
            floor="1",
            rooms_in=Counter([*RoomGroup, RoomGroup.READY]),
        ),
        FloorRow(floor="2", rooms_in=Counter({RoomGroup.OCCUPIED: 1})),
    ]
    assert [row.total for row in by_floor(hotel)] == [8, 1]


def test_floors_stand_in_their_natural_order_and_no_floor_is_last(hotel):
    for floor in ("", "10", "2", "B10", "-1", "B2", "Garden", "0"):
        make_room(hotel=hotel, floor=floor)

    floors = [row.floor for row in by_floor(hotel)]

    assert floors == ["-1", "0", "2", "10", "B2", "B10", "Garden", ""]
    assert sorted(["2-10", "2-9", "-", "A-1"], key=floor_order) == ["2-9", "2-10", "-", "A-1"]


# Turnovers


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


def test_periods_that_follow_each_other_tell_together_what_the_whole_tells(hotel, room, tell):
    tell(room, *plain_turnover(0), (100, Action.CHECK_IN), *plain_turnover(200))
    cuts = [at(minute) for minute in range(-20, 320, 20)]

    cut = [found for since, until in pairwise(cuts) for found in turnovers(hotel, since, until)]

    assert len(cut) == 2
    assert cut == turnovers(hotel, cuts[0], cuts[-1])


def test_another_hotels_log_is_not_read(hotel, room, tell):
    tell(room, *plain_turnover(0))

    assert turnovers(make_hotel(), NOON, NOON + DAY) == []


# Performance


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


# Attendants


def test_an_attendants_row_tells_cleans_minutes_and_first_pass_of_their_own_cleans(
    hotel, room, tell, housekeeper, supervisor, manager
):
    suite = make_room(
        hotel=hotel,
        number="900",
        status=RoomStatus.OCCUPIED,
        room_type=make_room_type(hotel=hotel, code="S", departure_minutes=50),
    )
    tell(
        room,
        *plain_turnover(0)[:3],
        (60, Action.FAIL_INSPECTION),
        (65, Action.START_CLEANING),
        (75, Action.MARK_CLEANED),
        (95, Action.PASS_INSPECTION),
    )
    tell(
        suite,
        (0, Action.CHECK_OUT),
        (45, Action.MARK_CLEANED, {"by": supervisor}),
        (50, Action.PASS_INSPECTION, {"by": manager}),
    )

    assert cleans_by_attendant(hotel, 1, at(100)) == [
        AttendantRow(
            staff_id=housekeeper.pk,
            name="Ana Silva",
            role=Role.HOUSEKEEPER,
            cleans=2,
            cleaning_minutes=20,
            planned_minutes=30,  # the re-clean earns no credits
            first_pass=FirstPass(inspected=1, passed=0),
            failed=1,
        ),
        AttendantRow(
            staff_id=supervisor.pk,
            name="Rui Costa",
            role=Role.SUPERVISOR,
            cleans=1,
            cleaning_minutes=None,
            planned_minutes=50,
            first_pass=FirstPass(inspected=1, passed=1),
            failed=0,
        ),
    ]


def test_the_attendants_first_inspections_are_the_hotels_and_a_reclean_is_nobodys(
    hotel, room, tell, housekeeper
):
    other = make_staff(hotel=hotel, name="Bea Dias")
    tell(
        room,
        *plain_turnover(0)[:3],
        (60, Action.FAIL_INSPECTION),
        (75, Action.MARK_CLEANED, {"by": other}),
        (80, Action.FAIL_INSPECTION),
        (85, Action.MARK_CLEANED, {"by": other}),
        (90, Action.PASS_INSPECTION),
    )

    second, first = cleans_by_attendant(hotel, 1, at(100))

    assert (first.staff_id, first.first_pass) == (housekeeper.pk, FirstPass(inspected=1, passed=0))
    assert (second.staff_id, second.first_pass.rate) == (other.pk, None)
    assert (first.failed, second.failed) == (1, 1)
    assert performance(hotel, 1, at(100)).first_pass == first.first_pass


def test_minutes_of_a_clean_leave_out_its_pauses_and_a_repair(hotel, room, tell):
    tell(
        room,
        (0, Action.CHECK_OUT),
        (10, Action.START_CLEANING),
        (15, Action.STOP_CLEANING),
        (30, Action.START_CLEANING),
        (40, Action.MARK_MAINTENANCE),
        (70, Action.COMPLETE_MAINTENANCE),
        (80, Action.START_CLEANING),
        (90, Action.MARK_CLEANED),
    )

    [row] = cleans_by_attendant(hotel, 1, at(100))

    assert row.cleaning_minutes == 25


def test_a_clean_of_before_the_period_is_credited_when_its_inspection_falls_within(
    hotel, room, tell, housekeeper
):
    tell(room, *plain_turnover(0))

    [row] = cleans_by_attendant(hotel, 1, at(55) + DAY)

    assert (row.staff_id, row.cleans, row.planned_minutes) == (housekeeper.pk, 0, 0)
    assert row.first_pass == FirstPass(inspected=1, passed=1)


def test_an_override_to_cleaned_is_nobodys_clean(hotel, room, tell):
    overridden = {"room_status": RoomStatus.CLEANED_UNINSPECTED}
    tell(
        room,
        *plain_turnover(0)[:2],
        (30, Action.OVERRIDE, overridden),
        (40, Action.FAIL_INSPECTION),
        (50, Action.START_CLEANING),
        (55, Action.MARK_CLEANED),
        (60, Action.FAIL_INSPECTION),
        (65, Action.OVERRIDE, overridden),
        (70, Action.FAIL_INSPECTION),
    )

    [row] = cleans_by_attendant(hotel, 1, at(100))

    assert (row.cleans, row.cleaning_minutes, row.failed) == (1, 5, 1)
    assert performance(hotel, 1, at(100)).first_pass == FirstPass(inspected=1, passed=0)


def test_attendants_stand_by_cleans_then_name(hotel, tell):
    cleaners = [make_staff(hotel=hotel, name=name) for name in ("Zoe", "ben", "Abe", "Cy")]
    for who, times in zip(cleaners, (1, 1, 1, 2), strict=True):
        for _ in range(times):
            one = make_room(hotel=hotel, status=RoomStatus.CHECKOUT_DIRTY)
            tell(one, (0, Action.MARK_CLEANED, {"by": who}))

    names = [row.name for row in cleans_by_attendant(hotel, 1, at(1))]

    assert names == ["Cy", "Abe", "ben", "Zoe"]


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
