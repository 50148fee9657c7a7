"""Guests who stay longer, leave early, move, or are checked out by mistake, in a replay."""

import pytest

from rooms.choices import Action, LogAction
from simulation.replay import Days, replay
from simulation.unplanned import Rates
from stays.choices import BookingStatus
from tests.invariants import Watch
from tests.simulation.playing import DAY, FIRST, LAST, date, events, make_rooms, past_stay
from tests.stories.pencil import compare, on_paper

pytestmark = pytest.mark.slow


def play(hotel, **rates: float):
    """Replay with a watch on every change, and the count by hand at the end of every day."""
    watch = Watch(hotel)

    def look_at_the_day(day, _) -> None:
        watch.look_at_guests()
        begins = hotel.day_begins(day + DAY)
        compare(hotel, on_paper(hotel, begins), at=begins)

    days = Days(first=FIRST, last=LAST, rates=Rates(**rates))
    report = replay(hotel, days, on_event=watch.look, on_day=look_at_the_day)
    assert not hotel.bookings.in_house().exists()
    return report


def left_on(hotel, stay):
    stay.refresh_from_db()
    assert stay.status == BookingStatus.COMPLETED
    return hotel.business_date(stay.checked_out_at)


def test_who_stays_on_leaves_later_than_booked(hotel):
    make_rooms(hotel, 6)
    stays = [past_stay(hotel, 1, 3) for _ in range(6)]

    report = play(hotel, extended=0.5)

    assert report.unplanned["extended"] > 0
    nights = sum((left_on(hotel, stay) - date(3)).days for stay in stays)
    assert nights == report.unplanned["extended"]
    assert all(stay.check_out == left_on(hotel, stay) for stay in stays)


def test_who_leaves_early_leaves_a_day_before_and_the_booking_says_so(hotel):
    make_rooms(hotel, 1)
    stay = past_stay(hotel, 1, 4)

    report = play(hotel, left_early=1.0)

    assert report.unplanned == {"left_early": 1}
    assert left_on(hotel, stay) == stay.check_out == date(3)


def test_nobody_leaves_before_the_first_night(hotel):
    make_rooms(hotel, 1)
    stay = past_stay(hotel, 1, 2)

    assert play(hotel, left_early=1.0).unplanned == {}
    assert left_on(hotel, stay) == date(2)


def test_who_moves_leaves_a_dirty_room_that_is_made_ready(hotel):
    first, second = make_rooms(hotel, 2)
    stay = past_stay(hotel, 1, 4)

    report = play(hotel, moved=1.0)

    assert report.unplanned == {"moved": 1}
    (out,), (into,) = events(hotel, Action.MOVE_OUT), events(hotel, Action.MOVE_IN)
    assert {out.room, into.room} == {first, second}
    assert hotel.business_date(out.occurred_at) == date(2)
    stay.refresh_from_db()
    assert stay.room == into.room
    assert hotel.rooms.filter(room_status="READY_FOR_GUEST").count() == 2


def test_where_no_room_is_ready_nobody_moves(hotel):
    make_rooms(hotel, 1)
    past_stay(hotel, 1, 4)

    assert play(hotel, moved=1.0).unplanned == {}


def test_who_was_checked_out_by_mistake_is_back_and_leaves_later(hotel):
    (room,) = make_rooms(hotel, 1)
    stay = past_stay(hotel, 1, 3)

    report = play(hotel, mistaken=1.0)

    assert report.unplanned == {"mistaken": 1}
    (back,) = events(hotel, Action.REINSTATE)
    assert len(events(hotel, Action.CHECK_OUT, booking=stay)) == 2
    assert left_on(hotel, stay) == date(3)
    assert stay.checked_out_at > back.occurred_at
    room.refresh_from_db()
    assert room.room_status == "READY_FOR_GUEST", "cleaned after the real departure"


def test_everything_at_once_holds(hotel, busy):
    report = play(hotel, extended=0.3, left_early=0.2, moved=0.3, mistaken=0.2)

    assert set(report.unplanned) == {"extended", "left_early", "moved", "mistaken"}
    assert hotel.events.filter(action=LogAction.STAY_CHANGED).count() == (
        report.unplanned["extended"] + report.unplanned["left_early"]
    )


def test_without_rates_nothing_is_unplanned(hotel, busy):
    report = play(hotel)

    assert report.unplanned == {}
    assert not hotel.events.filter(action=LogAction.STAY_CHANGED).exists()
