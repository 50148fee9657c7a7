"""A room closes that is promised: who is asked, what becomes of the stays, whole or not at all."""

import datetime as dt
from functools import partial

import pytest

from hotel.exceptions import (
    NotAllowed,
    NotBookable,
    PromisedMeanwhile,
    ReadyroomError,
    RoomCloses,
    RoomClosesForGood,
    RoomTaken,
)
from rooms.choices import Action, ClosureKind, ClosureStatus, RoomStatus
from rooms.models import Closure, Room
from stays import rules
from stays.choices import BookingStatus
from stays.closures import Agreed, out_of_service, promised
from tests.acting import arrivals, bookings, promises
from tests.factories import make_booking, make_closure, make_hotel, make_room, make_room_type
from tests.racing import assert_no_gap, at_once

S, B, C, K = RoomStatus, BookingStatus, ClosureStatus, ClosureKind
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="204")


def plan(room: Room, by, agreed: Agreed | None = None, **given) -> Closure:
    """Plan to close the room from day 7 to day 10."""
    start = room.hotel.business_date() + 7 * DAY
    given = {"kind": K.OUT_OF_ORDER, "start": start, "until": start + 3 * DAY, **given}
    return promises.plan(room, agreed=agreed or Agreed(), reason="painting", by=by, **given)


# The room is closed from day 7 to day 10.
@pytest.mark.parametrize(
    ("arrives", "nights", "met"),
    [
        (4, 3, False),
        (4, 4, True),
        (7, 0, True),
        (7, 1, True),
        (8, 0, True),
        (9, 1, True),
        (9, 5, True),
        (10, 0, False),
        (10, 2, False),
    ],
)
def test_a_promise_is_one_for_a_night_or_a_day_use_of_the_closure(
    hotel, room, today, arrives, nights, met
):
    booking = make_booking(hotel=hotel, room=room, arrives=arrives, nights=nights)

    assert promised(room, today + 7 * DAY, today + 10 * DAY) == ([booking] if met else [])
    assert promised(room, today + 4 * DAY, None) == [booking]


@pytest.mark.parametrize("status", sorted(set(B) - {B.CONFIRMED}))
def test_only_guests_who_are_still_to_come_are_promised_a_room(hotel, room, today, status):
    make_booking(hotel=hotel, room=room, status=status, nights=20)

    assert promised(room, today, None) == []


class TestFreeRooms:
    def test_the_booked_type_first_and_nothing_that_the_stay_could_not_have(self, hotel, room):
        stay = make_booking(hotel=hotel, room=room, arrives=8, nights=2)
        suite = make_room(
            hotel=hotel, number="101", room_type=make_room_type(hotel=hotel, code="S")
        )
        free = make_room(hotel=hotel, number="102", status=S.CHECKOUT_DIRTY)
        back = make_room(hotel=hotel, number="103", status=S.OUT_OF_ORDER)
        Room.objects.filter(pk=back.pk).update(out_of_order_until=stay.check_in)
        make_booking(hotel=hotel, room=make_room(hotel=hotel, number="201"), arrives=9)
        make_closure(room=make_room(hotel=hotel, number="202"), begins=9)
        make_room(hotel=hotel, number="203", status=S.OUT_OF_ORDER)
        make_room(hotel=hotel, number="205", is_active=False)
        make_room(hotel=make_hotel(), number="206")
        serviced = make_room(hotel=hotel, number="207")
        make_closure(room=serviced, kind=K.OUT_OF_SERVICE, begins=8, days=1)

        assert rules.free_rooms(stay, stay.hotel.business_date()) == [free, back, serviced, suite]
        assert out_of_service(hotel, stay.check_in, stay.check_out) == {serviced.pk: "painting"}
        assert out_of_service(hotel, stay.check_out, stay.check_out + DAY) == {}


class TestPlan:
    def test_what_nobody_has_seen_is_asked_first(self, hotel, room, manager):
        booking = make_booking(hotel=hotel, room=room, arrives=8, booking_id="B-1")

        with pytest.raises(PromisedMeanwhile, match="Room 204 is promised to B-1"):
            plan(room, manager)

        assert not Closure.objects.exists()
        booking.refresh_from_db()
        assert booking.room == room

    def test_each_stay_goes_where_it_was_chosen(self, hotel, room, manager):
        other = make_room(hotel=hotel, number="205")
        moved = make_booking(hotel=hotel, room=room, arrives=7, booking_id="B-1")
        left = make_booking(hotel=hotel, room=room, arrives=8, booking_id="B-2")
        kept = make_booking(hotel=hotel, room=room, arrives=9, booking_id="B-3")

        plan(
            room,
            manager,
            Agreed(seen=frozenset({"B-1", "B-2", "B-3"}), rooms={"B-1": other, "B-2": None}),
        )

        for booking in (moved, left, kept):
            booking.refresh_from_db()
        assert (moved.room, left.room, kept.room) == (other, None, room)
        assert [event.action for event in hotel.events.order_by("seq")] == [
            "room_unassigned",
            "room_assigned",
            "room_unassigned",
            "closure_planned",
        ]

    def test_another_promise_made_meanwhile_brings_the_question_again(self, hotel, room, manager):
        seen = make_booking(hotel=hotel, room=room, arrives=7, booking_id="B-1")
        make_booking(hotel=hotel, room=room, arrives=8, booking_id="B-2")

        with pytest.raises(PromisedMeanwhile, match="promised to B-2"):
            plan(room, manager, Agreed(seen=frozenset({"B-1"}), rooms={"B-1": None}))

        seen.refresh_from_db()
        assert seen.room == room

    def test_a_refused_move_leaves_all_as_it_was(self, hotel, room, manager):
        other = make_room(hotel=hotel, number="205")
        make_booking(hotel=hotel, room=other, arrives=8)
        first = make_booking(hotel=hotel, room=room, arrives=7, booking_id="B-1")
        second = make_booking(hotel=hotel, room=room, arrives=8, booking_id="B-2")
        rooms = {"B-1": None, "B-2": other}

        with pytest.raises(RoomTaken):
            plan(room, manager, Agreed(seen=frozenset(rooms), rooms=rooms))

        for booking in (first, second):
            booking.refresh_from_db()
            assert booking.room == room
        assert not Closure.objects.exists()
        assert not hotel.events.exists()

    def test_who_may_not_give_rooms_may_close_one_and_the_stays_keep_it(
        self, hotel, room, maintainer
    ):
        booking = make_booking(hotel=hotel, room=room, arrives=8, booking_id="B-1")
        other = make_room(hotel=hotel)

        with pytest.raises(NotAllowed):
            plan(room, maintainer, Agreed(seen=frozenset({"B-1"}), rooms={"B-1": other}))
        plan(room, maintainer, Agreed(seen=frozenset({"B-1"})))

        booking.refresh_from_db()
        assert booking.room == room

    def test_out_of_service_asks_nothing(self, hotel, room, manager):
        make_booking(hotel=hotel, room=room, arrives=8)

        plan(room, manager, kind=K.OUT_OF_SERVICE)

        assert Closure.objects.get().status == C.PLANNED

    def test_a_repeat_moves_and_plans_nothing_again(self, hotel, room, manager):
        make_booking(hotel=hotel, room=room, arrives=8, booking_id="B-1")
        agreed = Agreed(seen=frozenset({"B-1"}), rooms={"B-1": None})

        first = plan(room, manager, agreed, request_id="r-1")
        again = plan(room, manager, agreed, request_id="r-1")

        assert first == again
        assert hotel.events.count() == 2


class TestTakeOutOfOrder:
    @pytest.mark.parametrize(
        ("action", "given"),
        [
            (Action.TAKE_OUT_OF_ORDER, {}),
            (Action.OVERRIDE, {"room_status": S.OUT_OF_ORDER}),
        ],
    )
    def test_it_asks_until_its_end_and_moves(self, hotel, room, manager, today, action, given):
        booking = make_booking(hotel=hotel, room=room, arrives=2, booking_id="B-1")
        make_booking(hotel=hotel, room=room, arrives=3)
        other = make_room(hotel=hotel)
        given = {"notes": "flooded", "until": today + 3 * DAY, "by": manager, **given}

        with pytest.raises(PromisedMeanwhile, match="to B-1:"):
            promises.take_out_of_order(action, room, agreed=Agreed(), **given)
        promises.take_out_of_order(
            action,
            room,
            agreed=Agreed(seen=frozenset({"B-1"}), rooms={"B-1": other}),
            **given,
        )

        booking.refresh_from_db()
        assert booking.room == other
        assert Room.objects.get(pk=room.pk).is_out_of_order


class TestAPromiseToARoomThatCloses:
    @pytest.mark.parametrize(
        ("arrives", "nights", "refused"),
        [(5, 2, False), (5, 3, True), (9, 1, True), (8, 0, True), (10, 2, False)],
    )
    def test_it_is_refused_with_dates_reason_and_what_to_do(
        self, hotel, room, clerk, arrives, nights, refused
    ):
        make_closure(room=room, begins=7, days=3)
        booking = make_booking(hotel=hotel, arrives=arrives, nights=nights)

        if refused:
            with pytest.raises(RoomCloses, match=r"Room 204 .* painting\. Give another room"):
                bookings.assign(booking, room, by=clerk)
        else:
            bookings.assign(booking, room, by=clerk)

    def test_without_an_end_every_later_stay_is_refused(self, hotel, room, clerk):
        make_closure(room=room, begins=7, days=None)

        with pytest.raises(RoomClosesForGood, match="on: painting"):
            bookings.assign(make_booking(hotel=hotel, arrives=90), room, by=clerk)

    @pytest.mark.parametrize("status", [C.ENDED, C.CANCELLED])
    def test_one_that_is_over_refuses_nothing(self, hotel, room, clerk, status):
        make_closure(room=room, begins=0, status=status)

        bookings.assign(make_booking(hotel=hotel), room, by=clerk)

    def test_out_of_service_refuses_nothing(self, hotel, room, clerk):
        make_closure(room=room, begins=0, kind=K.OUT_OF_SERVICE)

        bookings.assign(make_booking(hotel=hotel), room, by=clerk)

    def test_nobody_is_let_in_for_a_night_on_which_the_room_is_closed(
        self, hotel, room, clerk, today
    ):
        booking = make_booking(hotel=hotel, room=room, nights=3)
        make_closure(room=room, begins=2)

        with pytest.raises(NotBookable, match="painting"):
            arrivals.check_in(booking, room, by=clerk)
        bookings.cancel(booking, by=clerk)
        # Of the type, there is one to sell.
        make_room(hotel=hotel, room_type=room.room_type)
        with pytest.raises(NotBookable, match="painting"):
            arrivals.walk_in(room, by=clerk, guest_name="Ada", check_out=today + 3 * DAY)


@pytest.mark.django_db(transaction=True)
def test_a_promise_and_a_closure_at_once_never_pass_each_other(clerk, manager):
    hotel = clerk.hotel
    for n in range(6):
        room = make_room(hotel=hotel, number=str(300 + n))
        booking = make_booking(hotel=hotel, arrives=8)

        answers = at_once(
            partial(plan, Room.objects.get(pk=room.pk), manager),
            partial(bookings.assign, booking, Room.objects.get(pk=room.pk), by=clerk),
        )

        refused = [one for one in answers if isinstance(one, Exception)]
        assert len(refused) == 1, answers
        assert isinstance(refused[0], ReadyroomError)
        booking.refresh_from_db()
        assert (booking.room == room) != room.closures.exists()
    assert_no_gap(hotel)
