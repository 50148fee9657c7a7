"""A room kept for an arrival, and when it cannot be."""

import datetime as dt

import pytest

from hotel.exceptions import IllegalTransition, InvalidInput, NotBookable, RoomTaken
from rooms.choices import LogAction, RoomStatus
from stays.choices import BookingStatus
from stays.models import Booking
from tests.acting import bookings
from tests.factories import make_booking, make_hotel, make_room

S = RoomStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


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

    @pytest.mark.parametrize(("arrives", "nights"), [(3, 1), (-2, 2), (3, 0), (0, 0)], ids=str)
    def test_a_room_is_free_before_the_other_stay_and_after_it(self, arrives, nights, hotel, clerk):
        room = make_room(hotel=hotel)
        make_booking(hotel=hotel, room=room, arrives=0, nights=3)
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
