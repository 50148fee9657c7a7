"""Undo of a check-in and of a checkout, and which rooms' last change may be undone."""

import datetime as dt

import pytest
from django.utils import timezone

from hotel.choices import Role
from hotel.exceptions import IllegalTransition, InvalidInput, NotAllowed, RoomTaken, StaleVersion
from rooms.choices import Action, LogAction, RoomStatus, Source
from rooms.models import Room
from rooms.perform import UNDO_WINDOW
from stays.choices import BookingStatus
from stays.models import Booking, Guest, Order
from tests.acting import arrivals, bookings, departures, perform, undo
from tests.factories import make_booking, make_room, make_room_type
from tests.stays.belongings import everything_about, make_stay

S = RoomStatus


def room_row(room: Room) -> dict:
    """Return the room's row without its counters and its PIN, which undo leaves alone."""
    left_alone = {"version", "last_seq", "guest_pin", "push_token"}
    row = Room.objects.filter(pk=room.pk).values().get()
    return {name: value for name, value in row.items() if name not in left_alone}


class TestUndoOfACheckIn:
    def test_the_guests_are_awaited_again_and_the_room_as_it_was(self, hotel, clerk):
        room = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
        booking = make_booking(hotel=hotel, room=room, guests=2)
        before, room_before = everything_about(booking), room_row(room)
        arrivals.check_in(booking, by=clerk)

        event = undo.undo(room, by=clerk)

        assert everything_about(booking) == before
        assert room_row(room) == room_before
        assert (event.booking, event.undoes.action) == (booking, Action.CHECK_IN)

    def test_they_can_then_be_let_into_the_right_room(self, hotel, clerk):
        wrong, right = make_room(hotel=hotel), make_room(hotel=hotel)
        booking = make_booking(hotel=hotel)
        arrivals.check_in(booking, wrong, by=clerk)
        undo.undo(wrong, by=clerk)

        arrivals.check_in(Booking.objects.get(), right, by=clerk)

        stored = Booking.objects.get()
        assert (stored.room, stored.guests.get().room) == (right, right)
        wrong.refresh_from_db()
        assert wrong.is_bookable

    def test_a_walk_in_undone_is_a_booking_that_can_be_cancelled(self, hotel, clerk):
        room = make_room(hotel=hotel)
        tomorrow = hotel.business_date() + dt.timedelta(days=1)
        booking = arrivals.walk_in(room, check_out=tomorrow, guest_name="Ada", by=clerk)
        undo.undo(room, by=clerk)
        booking.refresh_from_db()

        bookings.cancel(booking, by=clerk)

        room.refresh_from_db()
        assert room.is_bookable
        assert not room.bookings.exists()

    def test_a_booking_without_a_room_or_named_guests_is_without_them_again(self, hotel, clerk):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel)
        before = everything_about(booking)
        arrivals.check_in(booking, room, by=clerk)

        undo.undo(room, by=clerk)

        assert everything_about(booking) == before
        assert not room.bookings.exists()

    def test_a_guest_of_the_bookings_own_name_who_was_there_before_stays(self, hotel, clerk):
        booking = make_booking(hotel=hotel, room=make_room(hotel=hotel), guest_name="Ada")
        Guest.objects.create(booking=booking, name="Ada")
        arrivals.check_in(booking, by=clerk)

        undo.undo(booking.room, by=clerk)

        assert Guest.objects.get().name == "Ada"

    def test_the_type_that_an_imported_stay_was_given_is_known_again(self, hotel, clerk):
        suite = make_room_type(hotel=hotel, code="S")
        booking = make_booking(hotel=hotel, room=make_room(hotel=hotel), given_room_type=suite)
        arrivals.check_in(booking, by=clerk)

        undo.undo(booking.room, by=clerk)

        assert Booking.objects.get().given_room_type == suite

    def test_the_room_kept_before_is_kept_again_and_both_cards_are_told(self, hotel, clerk):
        # The former room has the lower pk once and the higher once: the locks' order.
        for former_first in (True, False):
            rooms = [make_room(hotel=hotel), make_room(hotel=hotel)]
            kept, given = rooms if former_first else rooms[::-1]
            booking = make_booking(hotel=hotel, room=kept, guests=1)
            before = everything_about(booking)
            arrivals.check_in(booking, given, by=clerk)
            seen = hotel.events.latest().seq

            undone = undo.undo(given, by=clerk)

            assert everything_about(booking) == before
            assert [(e.action, e.room, e.booking) for e in hotel.events.after(seen)] == [
                (Action.UNDO, given, booking),
                (LogAction.ROOM_ASSIGNED, kept, booking),
            ]
            for room in rooms:
                room.refresh_from_db()
            assert given.last_seq == undone.seq
            assert kept.last_seq == undone.seq + 1

    def test_unless_another_stay_has_it_by_now(self, hotel, clerk):
        kept, given = make_room(hotel=hotel), make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=kept)
        arrivals.check_in(booking, given, by=clerk)
        other = bookings.assign(make_booking(hotel=hotel), kept, by=clerk)

        undo.undo(given, by=clerk)

        booking.refresh_from_db()
        assert (booking.status, booking.room) == (BookingStatus.CONFIRMED, None)
        assert kept.bookings.get() == other
        assert hotel.events.latest().action == Action.UNDO


class TestUndoOfACheckOut:
    def test_the_guests_are_back_with_all_that_was_open(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        Order.objects.create(booking=stay, items="wine", closed_at=timezone.now())
        before, room_before = everything_about(stay), room_row(stay.room)
        departures.check_out(stay, by=clerk)

        undo.undo(stay.room, by=clerk)

        assert everything_about(stay) == before
        assert room_row(stay.room) == room_before

    def test_a_room_imported_as_occupied_is_occupied_again(self, hotel, clerk):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        departures.check_out_room(room, by=clerk)

        undo.undo(room, by=clerk)

        room.refresh_from_db()
        assert room.room_status == S.OCCUPIED

    def test_and_can_leave_a_second_time(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        departures.check_out(stay, by=clerk, request_id="r-1")
        undo.undo(stay.room, by=clerk)

        departures.check_out(Booking.objects.get(), by=clerk, request_id="r-2")

        assert Booking.objects.get().status == BookingStatus.COMPLETED
        assert Room.objects.get().room_status == S.CHECKOUT_DIRTY

    def test_not_once_the_room_was_promised_to_somebody_else(self, hotel, clerk):
        stay = make_stay(hotel=hotel, arrives=-1, nights=5)
        departures.check_out(stay, by=clerk)
        bookings.assign(make_booking(hotel=hotel, booking_id="B-1"), stay.room, by=clerk)

        with pytest.raises(RoomTaken, match="B-1"):
            undo.undo(stay.room, by=clerk)

        assert Booking.objects.get(pk=stay.pk).status == BookingStatus.COMPLETED
        assert Room.objects.get().room_status == S.CHECKOUT_DIRTY

    def test_not_after_a_bulk_checkout_which_erased_the_stays_data(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        departures.bulk_check_out(hotel, [stay.room.number], by=clerk)

        assert not undo.may_undo(clerk, stay.room)
        with pytest.raises(IllegalTransition, match="erased the stay's data"):
            undo.undo(stay.room, by=clerk)

        assert Room.objects.get().room_status == S.CHECKOUT_DIRTY

    def test_a_colleague_cannot_undo_it(self, hotel, clerk, manager):
        stay = make_stay(hotel=hotel)
        departures.check_out(stay, by=clerk)

        assert not undo.may_undo(manager, stay.room)
        with pytest.raises(NotAllowed):
            undo.undo(stay.room, by=manager)

        assert Booking.objects.get().status == BookingStatus.COMPLETED

    def test_nor_one_who_no_longer_works_at_the_desk(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        departures.check_out(stay, by=clerk)
        clerk.role = Role.HOUSEKEEPER
        clerk.save(update_fields=["role"])

        assert not undo.may_undo(clerk, stay.room)
        with pytest.raises(NotAllowed):
            undo.undo(stay.room, by=clerk)

    def test_it_is_not_undone_without_its_stay(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        departures.check_out(stay, by=clerk)

        with pytest.raises(IllegalTransition, match="with its stay"):
            perform(Action.UNDO, stay.room, by=clerk)

        assert Room.objects.get().room_status == S.CHECKOUT_DIRTY


class TestAnyUndo:
    def test_an_action_without_a_stay_is_undone_as_well(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.START_CLEANING, room, by=housekeeper)
        assert undo.may_undo(housekeeper, room)

        undo.undo(room, by=housekeeper)

        room.refresh_from_db()
        assert room.room_status == S.CHECKOUT_DIRTY
        assert not undo.may_undo(housekeeper, room)

    def test_a_repeated_request_is_undone_once(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        departures.check_out(stay, by=clerk)
        first = undo.undo(stay.room, by=clerk, request_id="u-1")
        after = everything_about(stay)

        assert undo.undo(stay.room, by=clerk, request_id="u-1") == first
        assert everything_about(stay) == after
        assert hotel.events.count() == 2

    def test_its_request_id_cannot_be_that_of_the_action(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        departures.check_out(stay, by=clerk, request_id="r-1")

        with pytest.raises(InvalidInput):
            undo.undo(stay.room, by=clerk, request_id="r-1")

        assert Booking.objects.get().status == BookingStatus.COMPLETED

    def test_who_saw_an_older_version_is_told_who_did_what_meanwhile(
        self, hotel, clerk, housekeeper
    ):
        stay = make_stay(hotel=hotel)
        departures.check_out(stay, by=clerk)
        seen = Room.objects.get().version
        perform(Action.START_CLEANING, stay.room, by=housekeeper)

        with pytest.raises(StaleVersion, match="Ana Silva"):
            undo.undo(stay.room, by=clerk, expected_version=seen)


@pytest.fixture
def house(hotel, staff) -> dict[str, Room]:
    """Rooms of every kind of last change."""
    manager, clerk = staff[Role.MANAGER], staff[Role.FRONT_DESK]
    long_ago = timezone.now() - UNDO_WINDOW - dt.timedelta(hours=3)
    rooms = {
        name: make_room(hotel=hotel, number=name, status=S.CHECKOUT_DIRTY)
        for name in ("nothing", "cleaned", "of-another", "undone", "replayed", "assigned")
    }
    perform(Action.MARK_CLEANED, rooms["cleaned"], by=manager)
    perform(Action.MARK_CLEANED, rooms["of-another"], by=manager)
    perform(Action.MARK_DIRTY, rooms["of-another"], by=clerk)
    perform(Action.START_CLEANING, rooms["undone"], by=manager)
    perform(Action.UNDO, rooms["undone"], by=manager)
    perform(
        Action.START_CLEANING,
        rooms["replayed"],
        by=manager,
        source=Source.REPLAY,
        occurred_at=long_ago,
    )
    perform(Action.START_CLEANING, rooms["assigned"], by=manager)
    awaited = make_booking(hotel=hotel, arrives=1, room_type=rooms["assigned"].room_type)
    bookings.assign(awaited, rooms["assigned"], by=clerk)

    rooms["in"] = make_room(hotel=hotel, number="in")
    arrivals.check_in(make_booking(hotel=hotel), rooms["in"], by=manager)
    for name in ("out", "erased", "given", "by-clerk"):
        rooms[name] = make_room(hotel=hotel, number=name, status=S.OCCUPIED)
        make_stay(hotel=hotel, room=rooms[name], nights=3)
    for name in ("out", "given"):
        departures.check_out_room(rooms[name], by=manager)
    departures.check_out_room(rooms["by-clerk"], by=clerk)
    departures.bulk_check_out(hotel, ["erased"], by=manager)
    make_booking(hotel=hotel, room=rooms["given"], nights=1)
    rooms["no-stay"] = make_room(hotel=hotel, number="no-stay", status=S.OCCUPIED)
    departures.bulk_check_out(hotel, ["no-stay"], by=manager)
    return rooms


@pytest.mark.parametrize("role", Role)
def test_for_all_rooms_as_for_each(house, hotel, staff, role):
    for room in house.values():
        room.refresh_from_db()

    each = {room.pk for room in house.values() if undo.may_undo(staff[role], room)}

    assert undo.undoable_rooms(staff[role]) == each


def test_these_are_the_managers(house, staff):
    found = Room.objects.filter(pk__in=undo.undoable_rooms(staff[Role.MANAGER]))

    assert {room.number for room in found} == {"cleaned", "assigned", "in", "out"}


def test_after_two_minutes_there_is_none(house, staff, monkeypatch):
    later = timezone.now() + UNDO_WINDOW
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert undo.undoable_rooms(staff[Role.MANAGER]) == set()


def test_it_takes_one_query(house, staff, django_assert_num_queries):
    with django_assert_num_queries(1):
        undo.undoable_rooms(staff[Role.MANAGER])
