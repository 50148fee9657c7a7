"""A booking until the guests arrive: create, assign, cancel, no-show."""

import datetime as dt

import pytest

from hotel.choices import Role
from hotel.exceptions import (
    IllegalTransition,
    InvalidInput,
    NoAvailability,
    NotAllowed,
    NotBookable,
    ReadyroomError,
    RoomTaken,
)
from rooms.choices import Action, LogAction, RoomStatus
from stays.choices import BookingStatus
from stays.models import Booking, RoomTypeInventory
from tests.acting import bookings, perform
from tests.factories import make_booking, make_hotel, make_room, make_room_type, make_staff

S = RoomStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


@pytest.fixture
def book(hotel, clerk, today):
    """Book a room of type D from today for two nights, unless told otherwise."""

    def book(**given) -> Booking:
        wanted = {
            "room_type": make_room_type(hotel=hotel),
            "check_in": today,
            "check_out": today + 2 * DAY,
            "guest_name": "Ada Lovelace",
            "by": clerk,
            **given,
        }
        return bookings.create(hotel, **wanted)

    return book


class TestCreate:
    def test_a_booking_is_confirmed_and_in_the_log(self, book, hotel, clerk, today):
        make_room(hotel=hotel)

        booking = book(adults=2, children=1, booking_id="B-77")

        stored = Booking.objects.get()
        assert stored == booking
        assert (stored.booking_id, stored.guest_name) == ("B-77", "Ada Lovelace")
        assert (stored.status, stored.room) == (BookingStatus.CONFIRMED, None)
        assert (stored.check_in, stored.check_out) == (today, today + 2 * DAY)
        assert (stored.adults, stored.children, stored.booked_on) == (2, 1, today)
        event = hotel.events.get()
        assert (event.action, event.booking, event.actor, event.room) == (
            LogAction.BOOKING_CREATED,
            stored,
            clerk,
            None,
        )

    def test_without_an_id_it_gets_one_that_reads_well_aloud(self, book, hotel):
        make_room(hotel=hotel)

        assert not set(book().booking_id.removeprefix("B-")) & set("01ILO")

    def test_the_last_room_is_sold_once(self, book, hotel, today):
        make_room(hotel=hotel)
        book()

        with pytest.raises(NoAvailability, match=f"No Type D is left for {today:%-d %B %Y}"):
            book()

        assert Booking.objects.count() == hotel.events.count() == 1

    def test_the_night_that_is_full_is_named(self, book, hotel, today):
        make_room(hotel=hotel)
        make_booking(hotel=hotel, arrives=3, nights=1)

        with pytest.raises(NoAvailability, match=f"{today + 3 * DAY:%-d %B}"):
            book(check_in=today + 2 * DAY, check_out=today + 6 * DAY)

    def test_the_next_guest_arrives_on_the_day_the_last_one_leaves(self, book, hotel, today):
        make_room(hotel=hotel)
        book(check_in=today + DAY, check_out=today + 3 * DAY)

        book(check_in=today + 3 * DAY, check_out=today + 4 * DAY)
        book(check_in=today, check_out=today + DAY)

        assert Booking.objects.count() == 3

    def test_a_day_use_goes_between_a_departure_and_an_arrival_and_only_once(
        self, book, hotel, today
    ):
        make_room(hotel=hotel)
        day = today + 5 * DAY
        book(check_in=day - DAY, check_out=day)
        book(check_in=day, check_out=day + DAY)

        assert book(check_in=day, check_out=day).nights == 0
        with pytest.raises(NoAvailability):
            book(check_in=day, check_out=day)

    def test_stop_sell_closes_a_type_for_a_night(self, book, hotel, today):
        room = make_room(hotel=hotel)
        RoomTypeInventory.objects.create(room_type=room.room_type, date=today + DAY, stop_sell=True)

        with pytest.raises(NoAvailability):
            book()

        assert book(check_out=today + DAY)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"guest_name": " "}, "guest_name"),
            ({"guest_name": "x" * 201}, "guest_name"),
            ({"check_in": dt.date(2020, 1, 1), "check_out": dt.date(2020, 1, 2)}, "check_in"),
            ({"check_out": dt.date(2020, 1, 1)}, "check_out"),
            ({"check_out": dt.date(9999, 12, 31)}, "check_out"),
            ({"adults": 0}, "adults"),
            ({"adults": -1, "children": 5}, "adults"),
            ({"adults": 3, "children": -1}, "children"),
            ({"booking_id": "../etc"}, "booking_id"),
            ({"booking_id": "x" * 41}, "booking_id"),
        ],
    )
    def test_what_cannot_be_is_refused_with_the_fields_name(self, wrong, field, book, hotel):
        make_room(hotel=hotel)

        with pytest.raises(InvalidInput) as refused:
            book(**wrong)

        assert set(refused.value.fields) == {field}
        assert not Booking.objects.exists()

    @pytest.mark.parametrize(
        ("arrives", "nights", "adults", "children", "field"),
        [
            (0, 400, 2, 2, None),
            (0, 401, 2, 2, "check_out"),
            (30, 1, 2, 2, None),
            (31, 1, 2, 2, "check_in"),
            (0, 1, 3, 0, "adults"),
            (0, 1, 2, 3, "children"),
        ],
    )
    def test_the_hotels_limits_and_the_types(
        self, arrives, nights, adults, children, field, book, hotel, today
    ):
        hotel.arrival_days_ahead = 30
        suite = make_room_type(hotel=hotel, code="S", max_adults=2, max_persons=4)
        make_room(hotel=hotel, room_type=suite)
        begins = today + arrives * DAY
        wanted = {
            "room_type": suite,
            "check_in": begins,
            "check_out": begins + nights * DAY,
            "adults": adults,
            "children": children,
        }

        if field is None:
            assert book(**wanted).nights == nights
            return
        with pytest.raises(InvalidInput) as refused:
            book(**wanted)
        assert list(refused.value.fields) == [field]
        assert not Booking.objects.exists()

    def test_all_that_is_wrong_is_said_at_once(self, book, hotel, today):
        with pytest.raises(InvalidInput) as refused:
            book(guest_name=" ", adults=0, check_in=today - DAY)

        assert set(refused.value.fields) == {"guest_name", "adults", "check_in"}

    def test_a_type_of_another_hotel_is_none_of_this_one(self, book):
        with pytest.raises(InvalidInput) as refused:
            book(room_type=make_room_type(hotel=make_hotel()))

        assert set(refused.value.fields) == {"room_type"}

    def test_an_id_is_given_once_in_a_hotel(self, book, hotel):
        make_room(hotel=hotel)
        make_booking(hotel=hotel, booking_id="B-77", arrives=40)
        make_booking(hotel=make_hotel(), booking_id="B-88")

        with pytest.raises(InvalidInput, match="B-77 exists already"):
            book(booking_id="B-77")

        assert book(booking_id="B-88")

    def test_today_is_the_hotels_and_not_greenwichs(self, hotel, book):
        make_room(hotel=hotel)
        hotel.time_zone = "Pacific/Kiritimati"  # 14 hours ahead
        late_in_greenwich = dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC)
        first, second = dt.date(2026, 3, 1), dt.date(2026, 3, 2)

        with pytest.raises(InvalidInput) as refused:
            book(check_in=first, check_out=second, occurred_at=late_in_greenwich)
        assert set(refused.value.fields) == {"check_in"}

        booking = book(check_in=second, check_out=second + DAY, occurred_at=late_in_greenwich)
        assert booking.booked_on == second

    def test_a_repeated_request_books_once(self, book, hotel):
        make_room(hotel=hotel)

        assert book(request_id="r-1") == book(request_id="r-1")

        assert Booking.objects.count() == 1

    def test_a_request_id_of_another_kind_is_refused(self, book, hotel, manager):
        room = make_room(hotel=hotel)
        perform(Action.MARK_DIRTY, room, by=manager, request_id="r-1")

        with pytest.raises(InvalidInput) as refused:
            book(request_id="r-1", check_in=hotel.business_date() + DAY)

        assert set(refused.value.fields) == {"request_id"}


class TestCancelAndNoShow:
    @pytest.mark.parametrize(
        ("end", "status", "action"),
        [
            (bookings.cancel, BookingStatus.CANCELLED, LogAction.BOOKING_CANCELLED),
            (bookings.no_show, BookingStatus.NO_SHOW, LogAction.BOOKING_NO_SHOW),
        ],
    )
    def test_the_room_is_free_again_and_its_card_is_told_once(
        self, end, status, action, hotel, clerk
    ):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=room, nights=3)

        end(booking, by=clerk)
        end(booking, by=clerk)

        stored = Booking.objects.get()
        assert (stored.status, stored.room) == (status, None)
        event = hotel.events.get()
        assert (event.action, event.room, event.booking) == (action, room, booking)
        room.refresh_from_db()
        assert room.last_seq == event.seq
        bookings.assign(make_booking(hotel=hotel), room, by=clerk)

    @pytest.mark.parametrize("end", [bookings.cancel, bookings.no_show])
    @pytest.mark.parametrize("status", [BookingStatus.IN_HOUSE, BookingStatus.COMPLETED])
    def test_a_stay_that_began_is_neither(self, end, status, hotel, clerk):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        booking = make_booking(hotel=hotel, room=room, status=status)

        with pytest.raises(IllegalTransition):
            end(booking, by=clerk)

        booking.refresh_from_db()
        assert (booking.status, booking.room) == (status, room)

    def test_one_who_did_not_come_is_not_cancelled_afterwards(self, hotel, clerk):
        booking = make_booking(hotel=hotel)
        bookings.no_show(booking, by=clerk)

        with pytest.raises(IllegalTransition, match="No-show"):
            bookings.cancel(booking, by=clerk)

    def test_it_is_too_early_for_a_no_show_before_the_day(self, hotel, clerk):
        booking = make_booking(hotel=hotel, arrives=1)

        with pytest.raises(IllegalTransition, match="too early"):
            bookings.no_show(booking, by=clerk)

        assert Booking.objects.get().status == BookingStatus.CONFIRMED

    @pytest.mark.parametrize("end", [bookings.cancel, bookings.no_show])
    def test_a_request_id_of_another_request_is_refused(self, end, hotel, clerk, manager):
        perform(Action.MARK_DIRTY, make_room(hotel=hotel), by=manager, request_id="r-1")
        booking = make_booking(hotel=hotel)

        with pytest.raises(InvalidInput) as refused:
            end(booking, by=clerk, request_id="r-1")

        assert set(refused.value.fields) == {"request_id"}
        assert Booking.objects.get().status == BookingStatus.CONFIRMED

    def test_a_cancelled_booking_frees_its_night_for_another(self, book, hotel, clerk):
        make_room(hotel=hotel)
        bookings.cancel(book(), by=clerk)

        assert book().status == BookingStatus.CONFIRMED


class TestWhoMay:
    @pytest.mark.parametrize("role", Role)
    def test_bookings_are_the_desks(self, role, hotel, staff, book):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, arrives=0, nights=1)
        later = hotel.business_date() + 9 * DAY
        tries = [
            lambda: book(by=staff[role], check_in=later, check_out=later + DAY),
            lambda: bookings.assign(booking, room, by=staff[role]),
            lambda: bookings.no_show(make_booking(hotel=hotel), by=staff[role]),
            lambda: bookings.no_show(make_booking(hotel=hotel, arrives=3), by=staff[role]),
            lambda: bookings.cancel(booking, by=staff[role]),
        ]
        answers = []
        for attempt in tries:
            try:
                attempt()
                answers.append("done")
            except ReadyroomError as refused:
                answers.append(refused.code)

        if role in (Role.FRONT_DESK, Role.MANAGER):
            assert answers == ["done", "done", "done", "illegal_transition", "done"]
        else:
            assert answers == ["not_allowed"] * 5
            assert not hotel.events.exists()

    def test_not_the_desk_of_another_hotel(self, hotel, book):
        stranger = make_staff(hotel=make_hotel(), role=Role.MANAGER)

        with pytest.raises(NotAllowed, match="does not work at Grand Hotel"):
            book(by=stranger)
        with pytest.raises(NotAllowed):
            bookings.cancel(make_booking(hotel=hotel), by=stranger)


class TestAssign:
    def test_a_room_is_kept_for_the_arrival_even_while_it_is_dirty(self, hotel, clerk):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        booking = make_booking(hotel=hotel)

        bookings.assign(booking, room, by=clerk)

        assert Booking.objects.get().room == room
        room.refresh_from_db()
        event = hotel.events.get()
        assert (event.action, event.room, event.booking) == (
            LogAction.ROOM_ASSIGNED,
            room,
            booking,
        )
        assert (room.last_seq, room.version, room.room_status) == (event.seq, 1, S.CHECKOUT_DIRTY)

    def test_another_room_frees_the_first_and_both_cards_are_told(self, hotel, clerk):
        first, second = make_room(hotel=hotel), make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=first)

        bookings.assign(booking, second, by=clerk)

        assert Booking.objects.get().room == second
        events = hotel.events.order_by("seq")
        assert [(e.action, e.room) for e in events] == [
            (LogAction.ROOM_UNASSIGNED, first),
            (LogAction.ROOM_ASSIGNED, second),
        ]

    def test_the_same_room_again_is_no_event(self, hotel, clerk):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=room)

        bookings.assign(booking, room, by=clerk)

        assert not hotel.events.exists()

    @pytest.mark.parametrize(
        ("arrives", "nights"), [(0, 3), (1, 1), (2, 5), (-1, 2), (1, 0)], ids=str
    )
    def test_a_room_kept_for_another_stay_at_the_time_is_taken(self, arrives, nights, hotel, clerk):
        room = make_room(hotel=hotel)
        make_booking(hotel=hotel, room=room, arrives=0, nights=3, booking_id="B-1")
        booking = make_booking(hotel=hotel, arrives=arrives, nights=nights)

        with pytest.raises(RoomTaken, match=f"Room {room.number} is kept for booking B-1"):
            bookings.assign(booking, room, by=clerk)

        booking.refresh_from_db()
        assert booking.room is None
        assert not hotel.events.exists()

    @pytest.mark.parametrize(("arrives", "nights"), [(5, 1), (0, 2), (5, 0), (2, 0)], ids=str)
    def test_a_room_is_free_before_the_other_stay_and_after_it(self, arrives, nights, hotel, clerk):
        room = make_room(hotel=hotel)
        make_booking(hotel=hotel, room=room, arrives=2, nights=3)
        booking = make_booking(hotel=hotel, arrives=arrives, nights=nights)

        bookings.assign(booking, room, by=clerk)

        assert booking.room == room

    @pytest.mark.parametrize(
        "status", [BookingStatus.CANCELLED, BookingStatus.NO_SHOW, BookingStatus.COMPLETED]
    )
    def test_a_stay_that_is_over_or_never_came_holds_no_room(self, status, hotel, clerk):
        room = make_room(hotel=hotel)
        make_booking(hotel=hotel, room=room, status=status, nights=3)

        bookings.assign(make_booking(hotel=hotel), room, by=clerk)

        assert room.bookings.filter(status=BookingStatus.CONFIRMED).count() == 1

    def test_a_room_in_use_is_kept_for_after_the_guest_leaves(self, hotel, clerk):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        make_booking(hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, nights=2)

        with pytest.raises(RoomTaken):
            bookings.assign(make_booking(hotel=hotel, arrives=1), room, by=clerk)
        bookings.assign(make_booking(hotel=hotel, arrives=2), room, by=clerk)

    @pytest.mark.parametrize(
        ("until", "message"), [(None, "no expected end"), (3, "until"), (-1, "no expected end")]
    )
    def test_a_room_out_of_order_on_arrival_cannot_be_kept(
        self, until, message, hotel, clerk, today
    ):
        room = make_room(
            hotel=hotel,
            status=S.OUT_OF_ORDER,
            out_of_order_from=today - 5 * DAY,
            out_of_order_until=until and today + until * DAY,
        )

        with pytest.raises(NotBookable, match=message):
            bookings.assign(make_booking(hotel=hotel, arrives=2), room, by=clerk)

        assert not hotel.events.exists()

    def test_a_room_back_in_order_by_the_arrival_can_be_kept(self, hotel, clerk, today):
        room = make_room(hotel=hotel, status=S.OUT_OF_ORDER, out_of_order_until=today + 2 * DAY)

        bookings.assign(make_booking(hotel=hotel, arrives=2), room, by=clerk)

        assert room.bookings.exists()

    def test_a_room_not_in_use_cannot_be_kept(self, hotel, clerk):
        with pytest.raises(NotBookable, match="not in use"):
            bookings.assign(
                make_booking(hotel=hotel), make_room(hotel=hotel, is_active=False), by=clerk
            )

    def test_a_room_of_another_hotel_does_not_exist(self, hotel, clerk):
        with pytest.raises(InvalidInput) as refused:
            bookings.assign(make_booking(hotel=hotel), make_room(hotel=make_hotel()), by=clerk)

        assert set(refused.value.fields) == {"room"}

    @pytest.mark.parametrize("status", [s for s in BookingStatus if s != BookingStatus.CONFIRMED])
    def test_only_an_awaited_booking_gets_a_room(self, status, hotel, clerk):
        own = make_room(hotel=hotel, status=S.OCCUPIED)
        booking = make_booking(hotel=hotel, room=own, status=status)

        with pytest.raises(IllegalTransition):
            bookings.assign(booking, make_room(hotel=hotel), by=clerk)

        booking.refresh_from_db()
        assert booking.room == own

    def test_a_booking_that_was_given_another_room_meanwhile_is_looked_at_again(
        self, hotel, clerk, manager
    ):
        booking = make_booking(hotel=hotel)
        as_the_clerk_saw_it = Booking.objects.get(pk=booking.pk)
        bookings.assign(booking, make_room(hotel=hotel, number="301"), by=manager)

        with pytest.raises(IllegalTransition, match="another room meanwhile"):
            bookings.assign(as_the_clerk_saw_it, make_room(hotel=hotel), by=clerk)

        assert Booking.objects.get().room.number == "301"

    def test_a_repeated_request_assigns_once(self, hotel, clerk):
        first, second = make_room(hotel=hotel), make_room(hotel=hotel)
        booking = make_booking(hotel=hotel)
        bookings.assign(booking, first, by=clerk, request_id="r-1")
        bookings.assign(booking, second, by=clerk)

        bookings.assign(booking, first, by=clerk, request_id="r-1")

        assert Booking.objects.get().room == second
