"""A replay: every stay in and out through the real functions, and nothing broken on the way."""

import datetime as dt

import pytest
from django.db import transaction

from hotel.exceptions import InvalidInput
from rooms.choices import Action, RoomStatus, Source
from rooms.reports import turn_times
from simulation.replay import Days, reopen, replay
from stays.choices import BookingStatus
from stays.models import Booking, Guest
from tests.acting import bookings
from tests.factories import make_booking, make_room, make_room_type
from tests.invariants import Watch
from tests.simulation.playing import DAY, FIRST, LAST, date, events, make_rooms, past_stay, play

pytestmark = pytest.mark.slow


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
        assert stay.checked_out_at >= hotel.day_begins(FIRST)
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
        replay(hotel, Days(first=LAST, last=FIRST))


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
            replay(hotel, Days(first=FIRST, last=LAST, seed=seed))
            log = list(hotel.events.order_by("seq").values_list("action", "room", "occurred_at"))
            transaction.set_rollback(True)
        return log

    assert played(1) == played(1) != played(2)


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


def test_a_hotel_that_does_not_inspect_is_played(hotel, busy):
    hotel.inspection_required = False
    hotel.save()
    report = play(hotel)

    assert report.checked_out == len(busy)
    assert not events(hotel, Action.PASS_INSPECTION)
    assert report.first_pass_rate is None


def test_the_turn_times_are_those_of_the_statistics(hotel, busy):
    report = play(hotel)
    since, until = hotel.day_begins(FIRST), hotel.day_begins(date(30))

    told = sorted(turn.minutes for turn in turn_times.turnovers(hotel, since, until))
    assert sorted(report.turns.minutes) == pytest.approx(told)
    measured = turn_times.performance(hotel, 30, until)
    assert report.median_turn == pytest.approx(measured.turn_time)
    assert report.first_pass_rate == pytest.approx(measured.first_pass.rate)


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
