"""Many at once: threads with connections of their own, on whichever database the tests run.

PostgreSQL locks rows, SQLite the whole file (an IMMEDIATE transaction); what people see is the
same: one wins, the others are told, the log has no gap, and nobody waits for ever.
"""

import datetime as dt
from collections import Counter
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client

from hotel.choices import Role
from hotel.exceptions import (
    IllegalTransition,
    InvalidInput,
    NoAvailability,
    NotAllowed,
    NotBookable,
    ReadyroomError,
    RoomTaken,
    StaleVersion,
)
from hotel.models import Hotel, Staff
from rooms.choices import Action, RoomStatus
from rooms.models import Room, RoomEvent, RoomType
from stays.choices import BookingStatus
from stays.models import Booking, Guest
from tests.acting import arrivals, bookings, departures, perform, undo
from tests.factories import make_booking, make_hotel, make_room, make_room_type, make_staff
from tests.racing import assert_no_gap, at_once
from tests.stays.belongings import make_stay

pytestmark = pytest.mark.django_db(transaction=True)
needs_row_locks = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="needs PostgreSQL: SQLite has one lock for the whole file",
)

S = RoomStatus
AS_SUITE = Q(room__room_type__code="S") | Q(room=None, room_type__code="S")


def kinds(answers: list[Any]) -> Counter:
    """Count the answers by type, refusals by the kind that has a code."""
    return Counter(
        next(kind for kind in type(answer).__mro__ if "code" in vars(kind))
        if isinstance(answer, ReadyroomError)
        else type(answer)
        for answer in answers
    )


def act(action: Action, room: Room, **given: Any) -> RoomEvent:
    """Do the action on a room of the thread's own."""
    return perform(action, Room.objects.get(pk=room.pk), **given)


def own(booking: Booking) -> Booking:
    """Return the booking as a thread's own object."""
    return Booking.objects.select_related("hotel", "room").get(pk=booking.pk)


def book(kind: RoomType, day: dt.date, by: Staff, **given: Any) -> Booking:
    """Book one night."""
    return bookings.create(
        Hotel.objects.get(pk=kind.hotel_id),
        room_type=kind,
        check_in=day,
        check_out=day + dt.timedelta(days=1),
        guest_name="Ada",
        by=by,
        **given,
    )


def check_in(booking: Booking, room: Room, by: Staff) -> Booking:
    """Let the guests into the room, both read by the thread itself."""
    return arrivals.check_in(own(booking), Room.objects.get(pk=room.pk), by=by)


def assign(booking: Booking, room: Room, by: Staff) -> Booking:
    """Keep the room for the booking, both read by the thread itself."""
    return bookings.assign(own(booking), Room.objects.get(pk=room.pk), by=by)


class TestOneRoom:
    def test_of_eight_who_saw_the_same_version_one_wins_and_seven_are_told(self, hotel):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        people = [make_staff(hotel=hotel) for _ in range(8)]

        answers = at_once(
            *(partial(act, Action.START_CLEANING, room, by=p, expected_version=1) for p in people)
        )

        assert kinds(answers) == {RoomEvent: 1, StaleVersion: 7}
        (winner,) = (answer for answer in answers if isinstance(answer, RoomEvent))
        for answer in answers:
            if isinstance(answer, StaleVersion):
                assert answer.meanwhile == [winner]
                assert winner.actor.name in answer.message
        room.refresh_from_db()
        assert (room.version, room.status_by) == (2, winner.actor)
        assert_no_gap(hotel)

    def test_of_eight_who_did_not_say_what_they_saw_one_wins_too(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)

        answers = at_once(
            *(partial(act, Action.START_CLEANING, room, by=housekeeper) for _ in range(8))
        )

        assert kinds(answers) == {RoomEvent: 1, IllegalTransition: 7}
        assert_no_gap(hotel)

    def test_one_request_sent_by_eight_connections_is_done_once(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        send = {"by": housekeeper, "request_id": "tap-1", "expected_version": 1}

        answers = at_once(*(partial(act, Action.START_CLEANING, room, **send) for _ in range(8)))

        assert kinds(answers) == {RoomEvent: 8}
        assert len({event.pk for event in answers}) == RoomEvent.objects.count() == 1

    def test_an_undo_and_a_colleagues_action_do_not_both_happen(self, hotel, housekeeper, manager):
        for _ in range(4):
            room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
            act(Action.START_CLEANING, room, by=housekeeper)

            answers = at_once(
                partial(act, Action.UNDO, room, by=housekeeper, expected_version=2),
                partial(act, Action.MARK_CLEANED, room, by=manager, expected_version=2),
            )

            assert kinds(answers) == {RoomEvent: 1, StaleVersion: 1}
        assert_no_gap(hotel)


class TestOneHotel:
    def test_eight_rooms_at_once_leave_a_log_without_gaps(self, hotel, housekeeper):
        rooms = [make_room(hotel=hotel, status=S.CHECKOUT_DIRTY) for _ in range(8)]

        def clean(room: Room) -> list[RoomEvent]:
            return [
                act(Action.START_CLEANING, room, by=housekeeper),
                act(Action.STOP_CLEANING, room, by=housekeeper),
                act(Action.MARK_CLEANED, room, by=housekeeper),
            ]

        answers = at_once(*(partial(clean, room) for room in rooms))

        assert kinds(answers) == {list: 8}
        assert hotel.events.count() == 24
        assert_no_gap(hotel)
        assert {room.last_seq for room in hotel.rooms.all()} == {a[-1].seq for a in answers}

    def test_one_request_id_on_two_rooms_serves_one_of_them(self, hotel, housekeeper):
        rooms = [make_room(hotel=hotel, status=S.CHECKOUT_DIRTY) for _ in range(2)]

        answers = at_once(
            *(
                partial(act, Action.START_CLEANING, room, by=housekeeper, request_id="tap-1")
                for room in rooms
            )
        )

        assert kinds(answers) == {RoomEvent: 1, InvalidInput: 1}
        assert hotel.rooms.filter(room_status=S.CHECKOUT_DIRTY).count() == 1
        assert_no_gap(hotel)

    def test_two_hotels_count_each_for_itself(self, hotel):
        houses = [hotel, make_hotel()]
        calls = []
        for house in houses:
            by = make_staff(hotel=house)
            for _ in range(4):
                room = make_room(hotel=house, status=S.CHECKOUT_DIRTY)
                calls.append(partial(act, Action.START_CLEANING, room, by=by))

        assert kinds(at_once(*calls)) == {RoomEvent: 8}
        for house in houses:
            assert_no_gap(house)
            assert house.last_seq == 4

    @pytest.mark.postgres
    @needs_row_locks
    def test_a_hotel_does_not_wait_for_another(self, hotel, housekeeper):
        elsewhere = make_hotel()
        here, there = (
            make_room(hotel=house, status=S.CHECKOUT_DIRTY) for house in (hotel, elsewhere)
        )
        by_there = make_staff(hotel=elsewhere)
        done_there = Event()

        def slowly() -> bool:
            with transaction.atomic():
                act(Action.START_CLEANING, here, by=housekeeper)
                return done_there.wait(timeout=60)

        def meanwhile() -> None:
            act(Action.START_CLEANING, there, by=by_there)
            done_there.set()

        assert at_once(slowly, meanwhile) == [True, None]


class TestTheDesk:
    def test_one_room_is_not_given_to_two_guests(self, hotel, clerk, manager):
        for _ in range(3):
            room = make_room(hotel=hotel)
            first, second = (make_booking(hotel=hotel) for _ in range(2))

            answers = at_once(
                partial(check_in, first, room, clerk),
                partial(check_in, second, room, manager),
            )

            assert kinds(answers) == {Booking: 1, NotBookable: 1}
            stay = room.bookings.get()
            assert stay.status == BookingStatus.IN_HOUSE
            assert stay.guests.get().room == room
        assert_no_gap(hotel)

    def test_one_guest_is_not_let_into_two_rooms(self, hotel, clerk, manager):
        rooms = [make_room(hotel=hotel) for _ in range(2)]
        booking = make_booking(hotel=hotel)

        answers = at_once(
            partial(check_in, booking, rooms[0], clerk),
            partial(check_in, booking, rooms[1], manager),
        )

        assert kinds(answers) == {Booking: 1, IllegalTransition: 1}
        assert hotel.rooms.filter(is_occupied=True).count() == 1
        assert_no_gap(hotel)

    def test_the_last_room_is_sold_once(self, hotel, clerk):
        kind = make_room(hotel=hotel).room_type
        day = hotel.business_date()

        answers = at_once(*(partial(book, kind, day, clerk) for _ in range(4)))

        assert kinds(answers) == {Booking: 1, NoAvailability: 3}
        assert_no_gap(hotel)

    def test_one_booking_request_sent_twice_books_once(self, hotel, clerk):
        kind = make_room(hotel=hotel).room_type
        day = hotel.business_date()

        answers = at_once(*(partial(book, kind, day, clerk, request_id="r-1") for _ in range(4)))

        assert kinds(answers) == {Booking: 4}
        assert Booking.objects.count() == hotel.events.count() == 1

    def test_one_check_in_sent_twice_lets_the_guests_in_once(self, hotel, clerk):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel)
        seen = [own(booking) for _ in range(4)]

        answers = at_once(
            *(partial(arrivals.check_in, one, room, by=clerk, request_id="r-1") for one in seen)
        )

        assert kinds(answers) == {Booking: 4}
        assert hotel.events.count() == booking.guests.count() == 1

    def test_one_walk_in_sent_twice_books_once(self, hotel, clerk):
        room = make_room(hotel=hotel)
        guest = {"check_out": hotel.business_date() + dt.timedelta(days=1), "guest_name": "Ada"}
        own_rooms = [Room.objects.get(pk=room.pk) for _ in range(4)]

        answers = at_once(
            *(
                partial(arrivals.walk_in, one, **guest, by=clerk, request_id="r-1")
                for one in own_rooms
            )
        )

        assert kinds(answers) == {Booking: 4}
        assert Booking.objects.count() == 1

    def test_one_room_is_not_kept_for_two_stays(self, hotel, clerk):
        for _ in range(3):
            room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
            wanting = [make_booking(hotel=hotel, nights=2) for _ in range(4)]

            answers = at_once(*(partial(assign, booking, room, clerk) for booking in wanting))

            assert kinds(answers) == {Booking: 1, RoomTaken: 3}
            assert room.bookings.count() == 1
        assert_no_gap(hotel)

    def test_two_bookings_that_swap_their_rooms_do_not_wait_for_each_other(self, hotel, clerk):
        for _ in range(5):
            left, right = make_room(hotel=hotel), make_room(hotel=hotel)
            first = make_booking(hotel=hotel, room=left, nights=1)
            second = make_booking(hotel=hotel, room=right, arrives=5, nights=1)

            answers = at_once(
                partial(assign, first, right, clerk),
                partial(assign, second, left, clerk),
            )

            assert kinds(answers) == {Booking: 2}
        assert_no_gap(hotel)

    def test_the_last_room_of_a_better_type_is_not_given_and_sold_at_once(
        self, hotel, clerk, manager
    ):
        suite = make_room_type(hotel=hotel, code="S")
        for n in range(1, 4):
            room = make_room(hotel=hotel, room_type=suite)
            booking = make_booking(hotel=hotel)

            answers = at_once(
                partial(assign, booking, room, clerk),
                partial(book, suite, hotel.business_date(), manager),
            )

            assert kinds(answers) == {Booking: 1, NoAvailability: 1}
            assert Booking.objects.holding().filter(AS_SUITE).count() == n
        assert_no_gap(hotel)

    def test_a_stay_that_two_check_out_ends_once(self, hotel, clerk, manager):
        stay = make_stay(hotel=hotel)

        answers = at_once(
            *(
                partial(departures.check_out, own(stay), by=by)
                for by in (clerk, manager, clerk, manager)
            )
        )

        assert kinds(answers) == {Booking: 4}
        assert hotel.events.count() == 1
        assert Room.objects.get().version == 2

    def test_an_undone_checkout_and_a_clean_do_not_both_happen(self, hotel, clerk, housekeeper):
        for _ in range(4):
            stay = make_stay(hotel=hotel)
            departures.check_out(own(stay), by=clerk)

            answers = at_once(
                partial(undo.undo, Room.objects.get(pk=stay.room_id), by=clerk),
                partial(act, Action.START_CLEANING, stay.room, by=housekeeper),
            )

            stay.refresh_from_db()
            back = stay.status == BookingStatus.IN_HOUSE
            assert kinds(answers) == {RoomEvent: 1, (IllegalTransition if back else NotAllowed): 1}
            assert Room.objects.get(pk=stay.room_id).is_occupied is back
        assert_no_gap(hotel)

    def test_a_walk_in_does_not_wait_for_one_who_changes_the_room(self, hotel, clerk, manager):
        for _ in range(5):
            room = make_room(hotel=hotel)
            day = hotel.business_date() + dt.timedelta(days=1)
            guest = {"check_out": day, "guest_name": "Ada", "by": clerk}

            answers = at_once(
                partial(arrivals.walk_in, Room.objects.get(pk=room.pk), **guest),
                partial(act, Action.MARK_DIRTY, room, by=manager),
            )

            let_in = Room.objects.get(pk=room.pk).is_occupied
            refused = IllegalTransition if let_in else NoAvailability
            assert kinds(answers) == {(Booking if let_in else RoomEvent): 1, refused: 1}
        assert_no_gap(hotel)

    def test_bulk_checkouts_in_opposite_orders_do_not_wait_for_each_other(
        self, hotel, clerk, manager
    ):
        for _ in range(3):
            numbers = [make_stay(hotel=hotel).room.number for _ in range(5)]

            answers = at_once(
                partial(departures.bulk_check_out, hotel, numbers, by=clerk),
                partial(departures.bulk_check_out, hotel, numbers[::-1], by=manager),
                partial(departures.bulk_check_out, hotel, numbers[2:] + numbers[:2], by=clerk),
            )

            assert kinds(answers) == {tuple: 3}
            left = [room.room for done, _ in answers for room in done]
            assert sorted(left) == sorted(numbers), "each room once, by whoever came first"
        assert not Room.objects.filter(is_occupied=True).exists()
        assert_no_gap(hotel)


@pytest.mark.postgres
@needs_row_locks
def test_rows_that_refer_to_what_is_locked_later_do_not_make_two_wait_for_each_other(hotel, clerk):
    room = make_room(hotel=hotel)
    booking = make_booking(hotel=hotel, room=room)
    both_referred = Barrier(2)

    def request(n: int) -> None:
        with transaction.atomic():
            kind = RoomType.objects.create(hotel_id=hotel.pk, code=f"T{n}")
            Guest.objects.create(booking_id=booking.pk, room_id=room.pk, name="Ada")
            connection.check_constraints()
            both_referred.wait(timeout=60)
            bookings.cancel(own(booking), by=clerk)
            with pytest.raises(NoAvailability):
                book(kind, hotel.business_date(), clerk)

    assert at_once(partial(request, 1), partial(request, 2)) == [None, None]
    assert_no_gap(hotel)


def test_a_busy_hour_of_everything_at_once_breaks_nothing(hotel, staff, django_user_model):
    clerk, manager = staff[Role.FRONT_DESK], staff[Role.MANAGER]
    root = django_user_model.objects.create_superuser("root")
    in_house = [make_stay(hotel=hotel) for _ in range(4)]
    expected = [make_booking(hotel=hotel, room=make_room(hotel=hotel)) for _ in range(4)]
    dirty = [make_room(hotel=hotel, status=S.CHECKOUT_DIRTY) for _ in range(4)]
    kind, day = dirty[0].room_type, hotel.business_date()

    def clean() -> None:
        for room in dirty:
            act(Action.START_CLEANING, room, by=staff[Role.HOUSEKEEPER])
            act(Action.MARK_CLEANED, room, by=staff[Role.HOUSEKEEPER])
            act(Action.PASS_INSPECTION, room, by=staff[Role.SUPERVISOR])

    def receive() -> None:
        for booking in expected:
            arrivals.check_in(own(booking), by=clerk)

    def see_off() -> None:
        departures.bulk_check_out(hotel, [stay.room.number for stay in in_house], by=clerk)

    def sell() -> None:
        for _ in range(4):
            booking = book(kind, day + dt.timedelta(days=300), manager)
            assign(booking, expected[0].room, manager)
            bookings.cancel(own(booking), by=manager)

    def rename() -> None:
        """Change the set-up of the very rows that the others use."""
        browser = Client()
        browser.force_login(root, backend="portal.access.StaffBackend")
        for n in range(3):
            for path, form in (
                (f"rooms/room/{dirty[0].pk}", {"number": dirty[0].number, "floor": str(n)}),
                (f"hotel/staff/{clerk.pk}", {"role": "FRONT_DESK", "language": f"p{n}"}),
                (f"rooms/roomtype/{kind.pk}", {"code": f"D{n}", "name": "Double"}),
            ):
                form |= {"room_type": kind.pk, "is_active": "on", "active": "on"}
                form |= {"departure_minutes": 30, "stayover_minutes": 15}
                assert browser.post(f"/admin/{path}/change/", form).status_code == 302

    answers = at_once(clean, receive, see_off, sell, rename)

    assert answers == [None] * 5
    assert hotel.events.count() == 12 + 4 + 4 + 12 + 9
    assert_no_gap(hotel)
    now = Counter(hotel.rooms.values_list("room_status", flat=True))
    assert now == {S.READY_FOR_GUEST: 4, S.OCCUPIED: 4, S.CHECKOUT_DIRTY: 4}
