"""The turn of the hotel's day: late, twice, by several processes at once, with the same result."""

import datetime as dt
from functools import partial

import pytest
from django.utils import timezone

from hotel.exceptions import NotAllowed, RoomNotInUse
from hotel.models import Hotel
from rooms import closures as rooms_closures
from rooms.choices import Action, ClosureKind, ClosureStatus, RoomStatus, Source
from rooms.models import Closure, Room
from stays.choices import BookingStatus
from stays.day_turn import hotels_due, turn_all, turn_day
from tests.acting import bookings, perform
from tests.factories import make_booking, make_closure, make_hotel, make_room
from tests.racing import assert_no_gap, at_once

S, B, C, K = RoomStatus, BookingStatus, ClosureStatus, ClosureKind
DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


def noon(hotel: Hotel, days: int = 0) -> dt.datetime:
    """Return noon of the hotel's day so many days from now."""
    return hotel.moment(hotel.business_date() + days * DAY, dt.time(12))


def states(*rooms: Room) -> list[str]:
    return [Room.objects.get(pk=room.pk).room_status for room in rooms]


class TestClosures:
    def test_each_begins_and_ends_on_its_day(self, hotel):
        room = make_room(hotel=hotel)
        closure = make_closure(room=room, begins=2, days=2)
        seen = {}

        for day in range(6):
            turn_day(hotel, noon(hotel, day))
            seen[day] = states(room)[0]

        assert seen == {
            0: S.AVAILABLE,
            1: S.AVAILABLE,
            2: S.OUT_OF_ORDER,
            3: S.OUT_OF_ORDER,
            4: S.AVAILABLE,
            5: S.AVAILABLE,
        }
        closure.refresh_from_db()
        assert (closure.status, closure.ended_on) == (C.ENDED, closure.until)

    def test_after_days_of_stop_it_catches_up(self, hotel):
        rooms = [make_room(hotel=hotel) for _ in range(4)]
        over = make_closure(room=rooms[0], begins=1, days=2)
        begun = make_closure(room=rooms[1], begins=1, days=20)
        ahead = make_closure(room=rooms[2], begins=11)
        running = make_closure(room=rooms[3], begins=0, days=5)
        turn_day(hotel, noon(hotel))

        assert turn_day(hotel, noon(hotel, 10)) == 3

        assert states(*rooms) == [S.AVAILABLE, S.OUT_OF_ORDER, S.AVAILABLE, S.AVAILABLE]
        assert [Closure.objects.get(pk=one.pk).status for one in (over, begun, ahead, running)] == [
            C.CANCELLED,
            C.RUNNING,
            C.PLANNED,
            C.ENDED,
        ]
        assert Closure.objects.get(pk=running.pk).ended_on == hotel.business_date() + 10 * DAY

    def test_one_that_ends_makes_room_for_the_next(self, hotel):
        room = make_room(hotel=hotel)
        make_closure(room=room, begins=0, days=3, reason="painting")
        make_closure(room=room, begins=3, days=3, reason="carpet")
        turn_day(hotel, noon(hotel))

        turn_day(hotel, noon(hotel, 3))

        room.refresh_from_db()
        assert room.out_of_order_reason == "carpet"

    def test_an_occupied_room_is_closed_once_it_is_vacant(self, hotel, clerk):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        make_closure(room=room, begins=0)
        turn_day(hotel, noon(hotel))
        assert states(room) == [S.OCCUPIED]
        assert hotels_due(noon(hotel)) == [], "nobody is kept busy by it"

        perform(Action.CHECK_OUT, room, by=clerk)
        assert hotels_due(noon(hotel)) == [hotel]
        turn_day(hotel, noon(hotel))

        assert states(room) == [S.OUT_OF_ORDER]
        room.refresh_from_db()
        assert room.return_status == S.CHECKOUT_DIRTY

    def test_twice_is_once(self, hotel):
        make_closure(room=make_room(hotel=hotel), begins=0)

        assert turn_day(hotel, noon(hotel)) == 1
        assert turn_day(hotel, noon(hotel)) == 0
        assert hotel.events.count() == 1

    def test_one_that_cannot_be_done_is_logged_and_stops_nothing(self, hotel, monkeypatch, caplog):
        stuck, other = make_room(hotel=hotel, number="101"), make_room(hotel=hotel, number="102")
        for room in (stuck, other):
            make_closure(room=room, begins=0)
        real = rooms_closures.apply

        def apply(action, room, *args):
            if room == stuck:
                raise RoomNotInUse(room=room)
            return real(action, room, *args)

        monkeypatch.setattr(rooms_closures, "apply", apply)

        turn_day(hotel, noon(hotel))

        assert states(stuck, other) == [S.AVAILABLE, S.OUT_OF_ORDER]
        assert "leaves 101 from" in caplog.text
        assert Closure.objects.get(room=stuck).status == C.PLANNED, "whole or not at all"
        monkeypatch.undo()
        turn_day(hotel, noon(hotel))
        assert states(stuck) == [S.OUT_OF_ORDER]


class TestNoShows:
    def test_only_where_the_hotel_wants_it(self, hotel):
        booking = make_booking(hotel=hotel, arrives=-3)

        turn_day(hotel)

        booking.refresh_from_db()
        assert booking.status == B.CONFIRMED

    def test_those_who_never_came_are_marked_and_nobody_else(self):
        hotel = make_hotel(no_show_at_day_turn=True)
        room = make_room(hotel=hotel)
        missed = make_booking(hotel=hotel, room=room, arrives=-1, nights=1)
        day_use = make_booking(hotel=hotel, arrives=-1, nights=0)
        late = make_booking(hotel=hotel, arrives=-1, nights=2)
        due = make_booking(hotel=hotel, arrives=0, nights=0)
        gone = make_booking(hotel=hotel, arrives=-1, status=B.CANCELLED)

        assert turn_day(hotel) == 2

        for booking in (missed, day_use, late, due, gone):
            booking.refresh_from_db()
        found = [one.status for one in (missed, day_use, late, due, gone)]
        assert found == [B.NO_SHOW, B.NO_SHOW, B.CONFIRMED, B.CONFIRMED, B.CANCELLED]
        assert missed.room is None
        assert {(event.actor, event.source) for event in hotel.events.all()} == {
            (None, Source.DAY_TURN)
        }

    def test_only_when_the_day_turns_not_a_minute_after_the_desk_thought_better(self):
        hotel = make_hotel(no_show_at_day_turn=True)
        turn_day(hotel)
        booking = make_booking(hotel=hotel, arrives=-1)

        turn_day(hotel)

        booking.refresh_from_db()
        assert booking.status == B.CONFIRMED


class TestTheDay:
    def test_it_is_recorded_and_never_put_back(self, hotel):
        today = hotel.business_date()
        turn_day(hotel, noon(hotel, 1))
        turn_day(hotel, noon(hotel))

        hotel.refresh_from_db()
        assert hotel.day_turned_to == today + DAY

    def test_a_hotel_with_nothing_to_do_costs_one_query(self, hotel, django_assert_num_queries):
        make_hotel()
        make_closure(room=make_room(hotel=hotel), begins=3)
        turn_all()

        with django_assert_num_queries(1):
            assert turn_all() == 0

    @pytest.mark.parametrize(
        ("zone", "day"),
        [
            ("Pacific/Kiritimati", dt.date(2026, 6, 3)),
            ("Pacific/Pago_Pago", dt.date(2026, 6, 3)),
            # Days of 23 and of 25 hours.
            ("Europe/Lisbon", dt.date(2027, 3, 28)),
            ("Europe/Lisbon", dt.date(2026, 10, 25)),
            ("America/New_York", dt.date(2027, 3, 14)),
        ],
    )
    def test_it_turns_at_the_hotels_own_hour(self, zone, day):
        hotel = make_hotel(time_zone=zone)
        room = make_room(hotel=hotel)
        Closure.objects.create(
            room=room, kind=K.OUT_OF_ORDER, start=day, until=day + DAY, reason="painting"
        )
        # In UTC: the wall clock has no second before three where the hour is left out.
        begin, end = (hotel.moment(one, dt.time(3)).astimezone(dt.UTC) for one in (day, day + DAY))
        second = dt.timedelta(seconds=1)
        turned = []

        for moment in (begin - second, begin, end - second, end):
            turn_all(moment)
            turned.append(states(room)[0])

        assert turned == [S.AVAILABLE, S.OUT_OF_ORDER, S.OUT_OF_ORDER, S.AVAILABLE]


class TestWhoseRightItIs:
    @pytest.mark.parametrize("source", sorted(set(Source) - {Source.DAY_TURN}))
    def test_nobody_is_allowed_nothing_through_any_other_door(self, hotel, source):
        room, booking = make_room(hotel=hotel), make_booking(hotel=hotel, arrives=-3)

        with pytest.raises(NotAllowed):
            perform(Action.TAKE_OUT_OF_ORDER, room, by=None, source=source, notes="x")
        with pytest.raises(NotAllowed):
            bookings.no_show(booking, by=None, source=source)

    def test_a_person_at_the_days_turn_has_the_rights_of_their_role(self, hotel, housekeeper):
        room = make_room(hotel=hotel)

        with pytest.raises(NotAllowed):
            perform(
                Action.TAKE_OUT_OF_ORDER, room, by=housekeeper, source=Source.DAY_TURN, notes="x"
            )


@pytest.mark.django_db(transaction=True)
def test_several_processes_at_once_do_everything_once():
    hotel = make_hotel(no_show_at_day_turn=True)
    rooms = [make_room(hotel=hotel) for _ in range(8)]
    for n, room in enumerate(rooms):
        kind = K.OUT_OF_SERVICE if n % 2 else K.OUT_OF_ORDER
        make_closure(room=room, kind=kind, begins=0, days=1)
    for _ in range(4):
        make_booking(hotel=hotel, arrives=-2)
    at = timezone.now()

    done = at_once(*[partial(turn_all, at)] * 4)

    assert sum(done) == 12
    assert hotel.events.count() == 12
    assert_no_gap(hotel)
    assert {one.status for one in Closure.objects.all()} == {C.RUNNING}

    done = at_once(*[partial(turn_all, noon(hotel, 1))] * 4)

    assert sum(done) == 8
    assert hotel.events.count() == 20
    assert_no_gap(hotel)


@pytest.mark.django_db(transaction=True)
def test_a_checkout_and_the_days_turn_do_not_wait_for_each_other_forever(clerk):
    hotel = clerk.hotel
    rooms = [make_room(hotel=hotel, status=S.OCCUPIED) for _ in range(6)]
    for room in rooms:
        make_closure(room=room, begins=0)

    def check_out():
        for room in rooms:
            perform(Action.CHECK_OUT, Room.objects.get(pk=room.pk), by=clerk)

    answers = at_once(check_out, *[turn_all] * 3)
    turn_all()

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert set(states(*rooms)) == {S.OUT_OF_ORDER}
    assert_no_gap(hotel)
