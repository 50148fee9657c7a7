"""A replay: every stay in and out through the real functions, and nothing broken on the way."""

import datetime as dt
import random

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction

from hotel.choices import Role
from hotel.exceptions import InvalidInput, RoomChangedMeanwhile
from hotel.models import Hotel, Staff
from rooms.choices import Action, RoomStatus, Source
from rooms.reports import turn_times
from simulation import housekeeping
from simulation.housekeeping import Clock, HousekeepingTeam
from simulation.replay import reopen, replay
from simulation.roster import make_roster
from stays.choices import BookingStatus
from stays.models import Booking, Guest
from tests.acting import bookings
from tests.factories import make_booking, make_room, make_room_type, make_staff
from tests.invariants import Watch

pytestmark = pytest.mark.slow

FIRST, LAST = dt.date(2016, 7, 1), dt.date(2016, 7, 3)
DAY = dt.timedelta(days=1)


def date(day: int) -> dt.date:
    """Return a day of July 2016; 0 and below are in June."""
    return FIRST + (day - 1) * DAY


def past_stay(hotel, arrives: int, leaves: int, *, left: int | None = None, **fields) -> Booking:
    """Make a stay as the import leaves it: finished, its room unknown."""
    room_type = fields.pop("room_type", None) or make_room_type(hotel=hotel)
    same_day = (left or leaves) == arrives
    return Booking.objects.create(
        hotel=hotel,
        status=BookingStatus.COMPLETED,
        room_type=room_type,
        given_room_type=fields.pop("given", room_type),
        check_in=date(arrives),
        check_out=date(leaves),
        checked_in_at=hotel.moment(date(arrives), dt.time(10 if same_day else 15)),
        checked_out_at=hotel.moment(date(left or leaves), dt.time(17 if same_day else 11)),
        guest_name="Guest",
        **fields,
    )


def make_rooms(hotel, count: int, code: str = "D"):
    kind = make_room_type(hotel=hotel, code=code)
    return [make_room(hotel=hotel, room_type=kind) for _ in range(count)]


def play(hotel, first=FIRST, last=LAST, **given):
    """Replay with a watch on every change."""
    watch = Watch(hotel)
    report = replay(
        hotel,
        first,
        last,
        **{
            "on_event": watch.look,
            "on_day": lambda day, events: watch.look_at_guests(),
            **given,
        },
    )
    watch.look_at_guests()
    return report


def events(hotel, action: Action, **same):
    return list(hotel.events.filter(action=action, **same).order_by("seq"))


@pytest.fixture
def busy(hotel):
    """Three days with 12 rooms of two types and 26 stays of every kind."""
    make_rooms(hotel, 8)
    make_rooms(hotel, 4, "S")
    single = make_room_type(hotel=hotel, code="S")
    stays = [past_stay(hotel, 1 - n % 4, 2 + n % 2) for n in range(1, 6)]
    stays += [past_stay(hotel, 0, 1, room_type=single) for _ in range(4)]
    stays += [past_stay(hotel, 1, 2, room_type=single) for _ in range(4)]
    stays += [past_stay(hotel, 1, 1), past_stay(hotel, 2, 2)]
    stays += [past_stay(hotel, 3, 6) for _ in range(6)]
    stays += [past_stay(hotel, 2, 9, left=2), past_stay(hotel, 2, 9, left=3)]
    stays += [past_stay(hotel, 2, 3, room_type=single, left=5)]
    stays += [past_stay(hotel, 2, 3, room_type=single) for _ in range(2)]
    return stays


def test_every_stay_is_let_in_once_and_seen_out_once(hotel, busy):
    report = play(hotel)

    assert (report.checked_in, report.checked_out) == (len(busy), len(busy))
    assert (report.walked, report.moved, report.refused, report.given_unready) == ([], [], 0, 0)
    assert report.in_house == 0
    for stay in busy:
        stay.refresh_from_db()
        assert stay.status == BookingStatus.COMPLETED
        assert stay.room.room_type == stay.given_room_type
        assert len(events(hotel, Action.CHECK_IN, booking=stay)) == 1
        assert len(events(hotel, Action.CHECK_OUT, booking=stay)) == 1


def test_everything_is_told_as_a_replay_and_counted(hotel, busy):
    make_room(hotel=hotel)
    before = hotel.last_seq
    report = play(hotel)

    hotel.refresh_from_db()
    assert report.events == hotel.last_seq - before == hotel.events.count()
    assert set(hotel.events.values_list("source", flat=True)) == {Source.REPLAY}


def test_the_rooms_end_ready(hotel, busy):
    play(hotel)

    assert set(hotel.rooms.values_list("room_status", flat=True)) <= {
        RoomStatus.AVAILABLE,
        RoomStatus.READY_FOR_GUEST,
    }


def test_a_guest_leaves_on_the_day_of_the_real_departure(hotel):
    make_rooms(hotel, 4)
    early, late = past_stay(hotel, 1, 9, left=2), past_stay(hotel, 1, 2, left=4)
    same_day = past_stay(hotel, 1, 9, left=1)
    play(hotel)

    for stay, day in ((early, 2), (late, 4), (same_day, 1)):
        stay.refresh_from_db()
        assert hotel.business_date(stay.checked_out_at) == date(day)
        assert stay.checked_in_at < stay.checked_out_at


def test_day_use_comes_and_goes_within_its_day(hotel):
    make_rooms(hotel, 1)
    stay = past_stay(hotel, 2, 2)
    play(hotel)

    stay.refresh_from_db()
    local = [at.astimezone(hotel.tz) for at in (stay.checked_in_at, stay.checked_out_at)]
    assert [at.date() for at in local] == [date(2), date(2)]
    assert dt.time(9, 30) <= local[0].time() < local[1].time() <= dt.time(18, 30)


def test_who_is_in_house_on_the_first_morning_was_let_in_at_their_own_hour(hotel):
    make_rooms(hotel, 2)
    # The second should have left before the first day: not even a check-in is too late for it.
    stays = [past_stay(hotel, -5, 2), past_stay(hotel, -5, -1, left=1)]
    arrived = [stay.checked_in_at for stay in stays]
    report = play(hotel)

    for stay, at in zip(stays, arrived, strict=True):
        stay.refresh_from_db()
        assert stay.checked_in_at == at
        assert stay.checked_out_at >= hotel.moment(FIRST, dt.time())
    assert report.checked_out == 2


def test_only_the_stays_of_the_days_are_played(hotel):
    make_rooms(hotel, 3)
    others = [past_stay(hotel, -3, 0), past_stay(hotel, 4, 5)]
    others.append(past_stay(hotel, 1, 2))
    Booking.objects.filter(pk=others[2].pk).update(
        status=BookingStatus.CANCELLED, checked_in_at=None, checked_out_at=None
    )
    report = play(hotel)

    assert (report.checked_in, report.events) == (0, 0)
    for stay in others:
        stay.refresh_from_db()
        assert stay.room is None


def test_guests_are_seen_out_past_the_last_day_and_their_rooms_cleaned(hotel):
    (room,) = make_rooms(hotel, 1)
    stay = past_stay(hotel, 3, 8)
    days = []
    play(hotel, on_day=lambda day, events: days.append(day))

    stay.refresh_from_db()
    room.refresh_from_db()
    assert hotel.business_date(stay.checked_out_at) == date(8)
    assert room.room_status == RoomStatus.READY_FOR_GUEST
    assert days == [date(n) for n in range(1, 9)]


def test_a_second_run_plays_nothing_twice(hotel, busy):
    play(hotel)
    seq = hotel.events.count()
    report = play(hotel)

    assert (report.checked_in, report.checked_out, report.events) == (0, 0, 0)
    assert hotel.events.count() == seq


def test_the_days_that_follow_find_the_rooms_of_those_who_stay_taken(hotel):
    make_rooms(hotel, 2)
    long = past_stay(hotel, 1, 6)
    next_one, next_two = past_stay(hotel, 4, 5), past_stay(hotel, 6, 8)
    play(hotel)
    report = play(hotel, date(4), date(6))

    for stay in (long, next_one, next_two):
        stay.refresh_from_db()
    assert (report.checked_in, report.walked) == (2, [])
    # Although the database says since the first run that its guests have gone.
    assert next_one.room != long.room


def test_time_runs_forward(hotel):
    make_rooms(hotel, 2)
    past_stay(hotel, 5, 6)
    early = past_stay(hotel, 1, 2)
    play(hotel, date(5), date(6))
    with pytest.raises(InvalidInput, match="arrival on 2016-07-05"):
        play(hotel)

    early.refresh_from_db()
    assert early.status == BookingStatus.COMPLETED


def test_days_out_of_order_are_refused(hotel):
    with pytest.raises(InvalidInput, match="before the first"):
        replay(hotel, LAST, FIRST)


@pytest.mark.parametrize("day", [dt.date(2016, 3, 27), dt.date(2016, 10, 30)])
def test_days_on_which_the_clocks_change_are_played(hotel, day):
    make_rooms(hotel, 3)
    offset = (day - FIRST).days + 1
    for n in range(6):
        past_stay(hotel, offset - 1 + n % 2, offset + n % 2)
    report = play(hotel, day - DAY, day)

    assert (report.checked_in, report.checked_out) == (6, 6)


def test_the_same_seed_plays_the_same_and_another_does_not(hotel, busy):
    def played(seed):
        with transaction.atomic():
            replay(hotel, FIRST, LAST, seed=seed)
            log = list(hotel.events.order_by("seq").values_list("action", "room", "occurred_at"))
            transaction.set_rollback(True)
        return log

    assert played(1) == played(1) != played(2)


# Waiting, moved, walked


def test_a_guest_waits_until_the_room_is_ready(hotel):
    make_rooms(hotel, 1)
    past_stay(hotel, 0, 1)
    second = past_stay(hotel, 1, 2)
    report = play(hotel)

    second.refresh_from_db()
    (ready,) = [
        event
        for event in events(hotel, Action.PASS_INSPECTION)
        if hotel.business_date(event.occurred_at) == FIRST
    ]
    assert second.checked_in_at >= ready.occurred_at
    assert (report.walked, report.moved, report.refused) == ([], [], 0)


def test_a_guest_without_a_room_of_the_type_is_moved_at_the_last_call(hotel):
    make_rooms(hotel, 1)
    make_rooms(hotel, 1, "S")
    stays = [past_stay(hotel, 1, 3), past_stay(hotel, 1, 3)]
    report = play(hotel)

    given = [Booking.objects.get(pk=stay.pk) for stay in stays]
    (moved,) = [stay for stay in given if stay.booking_id in report.moved]
    assert {stay.room.room_type.code for stay in given} == {"D", "S"}
    assert moved.given_room_type.code == "S"
    assert moved.checked_in_at == hotel.moment(FIRST, dt.time(23, 30))
    assert report.walked == []


def test_a_guest_without_any_room_is_walked(hotel):
    make_rooms(hotel, 1)
    stays = [past_stay(hotel, 1, 3), past_stay(hotel, 1, 3)]
    report = play(hotel)

    statuses = {stay.booking_id: Booking.objects.get(pk=stay.pk).status for stay in stays}
    assert len(report.walked) == 1
    assert statuses.pop(report.walked[0]) == BookingStatus.CANCELLED
    assert list(statuses.values()) == [BookingStatus.COMPLETED]


def test_a_type_that_no_room_has_gives_way_to_the_one_booked(hotel):
    make_rooms(hotel, 1)
    stay = past_stay(hotel, 1, 2, given=make_room_type(hotel=hotel, code="P"))
    report = play(hotel)

    stay.refresh_from_db()
    assert stay.given_room_type.code == "D"
    assert report.moved == []


def test_a_room_kept_for_somebody_else_is_not_given_away(hotel, clerk):
    first, second = make_rooms(hotel, 2)
    kept = make_booking(hotel=hotel, arrives=-2, nights=3, room_type=first.room_type)
    bookings.assign(kept, first, by=clerk)
    other = make_booking(hotel=hotel, arrives=-3, nights=2, room_type=first.room_type)
    today = hotel.business_date()
    play(hotel, today - 3 * DAY, today - DAY)

    for booking in (kept, other):
        booking.refresh_from_db()
    assert (kept.room, other.room) == (first, second)


# Confirmed bookings


def test_confirmed_bookings_are_played_and_leave_as_booked(hotel):
    make_rooms(hotel, 2)
    booking = make_booking(hotel=hotel, arrives=-5, nights=2, guests=2)
    today = hotel.business_date()
    play(hotel, today - 5 * DAY, today - 4 * DAY)

    booking.refresh_from_db()
    assert booking.status == BookingStatus.COMPLETED
    assert hotel.business_date(booking.checked_out_at) == today - 3 * DAY
    assert Guest.objects.filter(booking=booking, room=None).count() == 2


def test_nothing_is_played_that_lies_ahead(hotel):
    make_rooms(hotel, 2)
    stays_on = make_booking(hotel=hotel, arrives=-2, nights=10)
    comes_later = make_booking(hotel=hotel, arrives=2, nights=1)
    today = hotel.business_date()
    report = play(hotel, today - 2 * DAY, today + 5 * DAY)

    for booking in (stays_on, comes_later):
        booking.refresh_from_db()
    assert stays_on.status == BookingStatus.IN_HOUSE
    assert comes_later.status == BookingStatus.CONFIRMED
    assert report.in_house == 1


def test_it_stops_at_a_given_moment(hotel, busy):
    until = hotel.moment(date(2), dt.time(10, 0))
    report = play(hotel, until=until)

    assert max(hotel.events.values_list("occurred_at", flat=True)) <= until
    assert 0 < report.checked_in < len(busy)


def test_who_is_said_to_stay_does_not_leave(hotel):
    make_rooms(hotel, 2)
    stays, leaves = past_stay(hotel, 1, 2), past_stay(hotel, 1, 2)
    play(hotel, staying=[stays.booking_id])

    for stay in (stays, leaves):
        stay.refresh_from_db()
    assert stays.status == BookingStatus.IN_HOUSE
    assert leaves.status == BookingStatus.COMPLETED


# Housekeeping


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

    assert report.checked_out == len(busy)
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


def test_a_hotel_that_does_not_inspect_is_played(hotel, busy):
    hotel.inspection_required = False
    hotel.save()
    report = play(hotel)

    assert report.checked_out == len(busy)
    assert not events(hotel, Action.PASS_INSPECTION)
    assert report.first_pass_rate is None


def test_the_turn_times_are_those_of_the_statistics(hotel, busy):
    report = play(hotel)
    since, until = hotel.moment(FIRST, dt.time()), hotel.moment(date(30), dt.time())

    told = sorted(turn.minutes for turn in turn_times.turnovers(hotel, since, until))
    assert sorted(report.turns.minutes) == pytest.approx(told)
    measured = turn_times.performance(hotel, 30, until)
    assert report.median_turn == pytest.approx(measured.turn_time)
    assert report.first_pass_rate == pytest.approx(measured.first_pass.rate)


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


# The roster


def test_a_hotel_without_staff_gets_some_who_cannot_sign_in(hotel):
    make_rooms(hotel, 30)
    past_stay(hotel, 1, 2)
    play(hotel)

    roles = list(hotel.staff.values_list("role", flat=True))
    assert {role: roles.count(role) for role in Role} == {
        Role.HOUSEKEEPER: 2,
        Role.SUPERVISOR: 1,
        Role.MAINTENANCE: 1,
        Role.FRONT_DESK: 1,
        Role.MANAGER: 0,
    }
    assert not any(user.has_usable_password() for user in get_user_model().objects.all())

    play(hotel)
    assert hotel.staff.count() == len(roles)


def test_the_hotels_own_staff_do_the_work(hotel, staff):
    make_rooms(hotel, 3)
    past_stay(hotel, 1, 2)
    play(hotel)

    assert Staff.objects.count() == len(staff)
    assert {event.actor for event in hotel.events.all()} <= set(staff.values())


def test_as_many_work_as_are_asked_for(hotel):
    for _ in range(3):
        make_staff(hotel=hotel, role=Role.HOUSEKEEPER)
    make_rooms(hotel, 6)
    for _ in range(6):
        past_stay(hotel, 0, 1)
    play(hotel, attendants=2, inspectors=2)

    assert len({event.actor_id for event in events(hotel, Action.START_CLEANING)}) == 2
    assert hotel.staff.filter(role=Role.HOUSEKEEPER).count() == 3
    assert hotel.staff.filter(role=Role.SUPERVISOR).count() == 2


# Broken off


@pytest.mark.parametrize("after", [1, 9, 30, 61])
def test_ctrl_c_leaves_whole_stays_and_the_next_run_goes_on(hotel, busy, after):
    watch = Watch(hotel)
    times = {stay.pk: (stay.checked_in_at, stay.checked_out_at) for stay in busy}

    def look_then_stop():
        watch.look()
        if watch.looks == after:
            raise KeyboardInterrupt

    report = play(hotel, on_event=look_then_stop)
    assert (report.interrupted, report.events) == (True, after)
    assert "interrupted" in str(report)
    for stay in hotel.bookings.filter(room=None):
        # Not a trace of the replay on who was not let in yet.
        assert stay.status == BookingStatus.COMPLETED
        assert (stay.checked_in_at, stay.checked_out_at) == times[stay.pk]

    report = play(hotel)
    assert (report.interrupted, report.in_house, report.walked) == (False, 0, [])
    for stay in busy:
        assert len(events(hotel, Action.CHECK_IN, booking=stay)) == 1
        assert len(events(hotel, Action.CHECK_OUT, booking=stay)) == 1
    assert not hotel.rooms.exclude(room_status__in=["AVAILABLE", "READY_FOR_GUEST"]).exists()


def test_a_stay_that_was_played_is_not_reopened(hotel):
    make_rooms(hotel, 1)
    stay = past_stay(hotel, 1, 2)
    play(hotel)
    stay.refresh_from_db()
    reopen(stay)

    stay.refresh_from_db()
    assert stay.status == BookingStatus.COMPLETED


# The command


def test_the_command_plays_and_prints_the_report(hotel, busy, capsys):
    call_command("replay", hotel.slug, "--from", "2016-07-01", "--to", "2016-07-03")

    told = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    n = len(busy)
    assert told["Stays replayed"].strip() == f"{n} checked in, {n} checked out, 0 still in house"
    assert told["Walked guests"].strip() == "0"
    assert told["Rooms given unready"].strip() == "0"
    assert "minutes over" in told["Median turn time"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--from", "2016-07-03", "--to", "2016-07-01"), "before the first"),
        (("--from", "July", "--to", "2016-07-01"), "not a date"),
        (("--from", "2016-07-01"), "--to"),
        (("--from", "2016-07-01", "--to", "2016-07-01", "--attendants", "0"), "at least 1"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(hotel, options, why):
    with pytest.raises(CommandError, match=why):
        call_command("replay", hotel.slug, *options)


def test_somebody_elses_change_ends_the_command_with_a_sentence(hotel, busy, monkeypatch):
    def refuse(*args, **kwargs):
        raise RoomChangedMeanwhile(room=101)

    monkeypatch.setattr(housekeeping, "perform", refuse)
    with pytest.raises(CommandError, match="Somebody else changed this hotel"):
        call_command("replay", hotel.slug, "--from", "2016-07-01", "--to", "2016-07-03")


# The watch itself


def test_the_watch_sees_a_room_whose_stay_is_missing(hotel):
    make_room(hotel=hotel, status=RoomStatus.OCCUPIED)
    with pytest.raises(AssertionError, match="one stay in house"):
        Watch(hotel).look()


def test_the_watch_sees_a_stay_in_a_room_that_is_not_occupied(hotel):
    make_booking(hotel=hotel, room=make_room(hotel=hotel), status=BookingStatus.IN_HOUSE)
    with pytest.raises(AssertionError, match="one stay in house"):
        Watch(hotel).look()


def test_the_watch_sees_a_gap_in_the_log(hotel):
    watch = Watch(hotel)
    Hotel.objects.filter(pk=hotel.pk).update(last_seq=1)
    with pytest.raises(AssertionError, match="not to 1"):
        watch.look()


def test_the_watch_sees_a_guest_without_the_stays_room(hotel):
    room = make_room(hotel=hotel, status=RoomStatus.OCCUPIED)
    booking = make_booking(hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, guests=2)
    Watch(hotel).look_at_guests()
    booking.guests.filter(pk=booking.guests.first().pk).update(room=None)
    with pytest.raises(AssertionError, match="1 misplaced"):
        Watch(hotel).look_at_guests()
