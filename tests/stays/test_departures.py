"""Departures: one stay, whoever is in a room, or many rooms at once."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hotel.choices import Role
from hotel.exceptions import IllegalTransition, InvalidInput, NotAllowed, NotCheckedIn, StaleVersion
from rooms.choices import Action, Priority, RoomStatus
from rooms.models import Room
from stays.availability import availability
from stays.choices import BookingStatus
from stays.departures import CheckedOut, Skipped, apply
from stays.models import Booking, Message, Order
from tests.acting import arrivals, departures, perform, undo
from tests.factories import make_booking, make_hotel, make_room, make_staff
from tests.stays.belongings import LEFT_BEHIND, everything_about, make_stay

S = RoomStatus
IN_HOUSE = BookingStatus.IN_HOUSE
DAY = dt.timedelta(days=1)


class TestCheckOut:
    def test_the_stay_is_over_the_room_dirty_and_its_records_closed(self, hotel, clerk):
        stay = make_stay(hotel=hotel)

        departures.check_out(stay, by=clerk)

        stored = Booking.objects.get()
        assert stored.status == BookingStatus.COMPLETED
        assert stored.room == stay.room, "history keeps the room"
        assert [guest.room for guest in stored.guests.all()] == [None, None]
        room = Room.objects.get()
        assert (room.room_status, room.is_occupied) == (S.CHECKOUT_DIRTY, False)
        for records in LEFT_BEHIND:
            assert records.objects.get().closed_at == stored.checked_out_at
        event = hotel.events.get()
        assert (event.action, event.booking, event.actor) == (Action.CHECK_OUT, stored, clerk)

    def test_what_was_closed_before_keeps_its_time(self, hotel, clerk):
        stay, delivered = make_stay(hotel=hotel), timezone.now() - dt.timedelta(hours=5)
        Order.objects.update(closed_at=delivered)

        departures.check_out(stay, by=clerk)

        assert Order.objects.get().closed_at == delivered

    def test_another_stay_of_the_room_is_not_touched(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        last_week = make_stay(
            hotel=hotel, room=stay.room, status=BookingStatus.COMPLETED, arrives=-7
        )
        next_week = make_stay(
            hotel=hotel, room=stay.room, status=BookingStatus.CONFIRMED, arrives=7
        )
        before = [everything_about(other) for other in (last_week, next_week)]

        departures.check_out(stay, by=clerk)

        assert [everything_about(other) for other in (last_week, next_week)] == before

    def test_a_second_call_answers_the_same_and_changes_nothing(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        departures.check_out(stay, by=clerk)
        before, version = everything_about(stay), Room.objects.get().version

        again = departures.check_out(stay, by=clerk)
        from_a_page_opened_before = departures.check_out(
            Booking.objects.get(pk=stay.pk), by=clerk, expected_version=1
        )

        assert again == from_a_page_opened_before == stay
        assert again.status == BookingStatus.COMPLETED
        assert everything_about(stay) == before
        assert (Room.objects.get().version, hotel.events.count()) == (version, 1)

    def test_a_second_call_leaves_the_next_guest_in_the_room(self, hotel, clerk, manager):
        stay = make_stay(hotel=hotel)
        departures.check_out(stay, by=clerk)
        perform(Action.OVERRIDE, stay.room, by=manager, notes="x", room_status=S.READY_FOR_GUEST)
        next_stay = make_booking(hotel=hotel, room=stay.room)
        arrivals.check_in(next_stay, by=clerk)

        departures.check_out(stay, by=clerk)

        next_stay.refresh_from_db()
        assert next_stay.status == IN_HOUSE
        assert Room.objects.get().is_occupied

    @pytest.mark.parametrize(
        "status", [BookingStatus.CONFIRMED, BookingStatus.CANCELLED, BookingStatus.NO_SHOW]
    )
    def test_who_is_not_in_house_cannot_leave(self, status, hotel, clerk):
        stay = make_booking(hotel=hotel, room=make_room(hotel=hotel), status=status)

        for version in (None, 1, 99):
            with pytest.raises(NotCheckedIn):
                departures.check_out(stay, by=clerk, expected_version=version)

        assert not hotel.events.exists()

    def test_a_stale_version_changes_nothing_not_even_the_booking_in_hand(
        self, hotel, clerk, maintainer
    ):
        stay = make_stay(hotel=hotel)
        before = everything_about(stay)
        perform(Action.MARK_MAINTENANCE, stay.room, by=maintainer, notes="x", priority="LOW")

        with pytest.raises(StaleVersion, match="Tom Reed"):
            departures.check_out(stay, by=clerk, expected_version=1)

        assert everything_about(stay) == before
        assert (stay.status, stay.checked_out_at) == (IN_HOUSE, None)

    def test_the_request_id_of_an_earlier_stays_checkout_is_refused(self, hotel, clerk, manager):
        first = make_stay(hotel=hotel)
        departures.check_out(first, by=clerk, request_id="r-1")
        room = first.room
        perform(Action.OVERRIDE, room, by=manager, notes="x", room_status=S.READY_FOR_GUEST)
        second = make_booking(hotel=hotel, room=room)
        arrivals.check_in(second, by=clerk)

        with pytest.raises(InvalidInput) as refused:
            departures.check_out(second, by=clerk, request_id="r-1")

        assert set(refused.value.fields) == {"request_id"}
        second.refresh_from_db()
        assert second.status == IN_HOUSE

    def test_a_guest_who_leaves_early_frees_the_nights_to_come(self, hotel, clerk):
        today = hotel.business_date()
        stay = make_stay(hotel=hotel, arrives=-1, nights=9)
        (offer,) = availability(hotel, today + DAY, today + 2 * DAY)
        assert offer.sellable == 0

        departures.check_out(stay, by=clerk)

        (offer,) = availability(hotel, today + DAY, today + 2 * DAY)
        assert offer.sellable == 1

    def test_a_guest_may_leave_after_midnight_of_the_last_day(self, hotel, clerk):
        stay = make_stay(hotel=hotel, arrives=-3, nights=1)
        late = hotel.moment(stay.check_out, dt.time(0, 30)) + 2 * DAY

        departures.check_out(stay, by=clerk, occurred_at=late)

        stored = Booking.objects.get()
        assert (stored.status, stored.checked_out_at) == (BookingStatus.COMPLETED, late)
        assert stored.check_out == stay.check_out

    def test_a_room_with_a_repair_open_goes_to_repair(self, hotel, clerk, maintainer):
        stay = make_stay(hotel=hotel)
        perform(Action.MARK_MAINTENANCE, stay.room, by=maintainer, notes="x", priority="HIGH")

        departures.check_out(stay, by=clerk)

        room = Room.objects.get()
        assert room.room_status == S.MAINTENANCE_REQUIRED
        assert (room.return_status, room.maintenance_priority) == (
            S.CHECKOUT_DIRTY,
            Priority.HIGH,
        )

    @pytest.mark.parametrize("role", Role)
    def test_only_the_desk_sees_guests_off(self, role, hotel, staff):
        stay = make_stay(hotel=hotel)

        if role in (Role.FRONT_DESK, Role.MANAGER):
            departures.check_out(stay, by=staff[role])
            assert not Room.objects.get().is_occupied
        else:
            for attempt in (
                lambda: departures.check_out(stay, by=staff[role]),
                lambda: departures.check_out_room(stay.room, by=staff[role]),
                lambda: departures.bulk_check_out(hotel, [stay.room.number], by=staff[role]),
            ):
                with pytest.raises(NotAllowed):
                    attempt()
            assert Room.objects.get().is_occupied

    def test_not_the_desk_of_another_hotel(self, hotel):
        stay = make_stay(hotel=hotel)
        stranger = make_staff(hotel=make_hotel(), role=Role.MANAGER)

        with pytest.raises(NotAllowed):
            departures.check_out(stay, by=stranger)
        with pytest.raises(NotAllowed):
            departures.bulk_check_out(hotel, [stay.room.number], by=stranger)

        assert Room.objects.get().is_occupied


class TestCheckOutOfARoom:
    def test_whoever_is_in_it_leaves(self, hotel, clerk):
        stay = make_stay(hotel=hotel)

        assert departures.check_out_room(stay.room, by=clerk) == stay
        assert Booking.objects.get().status == BookingStatus.COMPLETED

    def test_a_room_imported_as_occupied_becomes_dirty_without_a_stay(self, hotel, clerk):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        future = make_booking(hotel=hotel, room=room, arrives=3)

        assert departures.check_out_room(room, by=clerk) is None

        future.refresh_from_db()
        assert future.status == BookingStatus.CONFIRMED
        assert Room.objects.get().room_status == S.CHECKOUT_DIRTY


class TestBulk:
    def test_each_rooms_own_stay_is_over_and_its_data_erased(self, hotel, clerk):
        first = make_stay(hotel=hotel, guests=2)
        second = make_stay(hotel=hotel, guests=1)
        Order.objects.create(booking=second, items="wine", closed_at=timezone.now())
        staying = make_stay(hotel=hotel)
        before = everything_about(staying)

        done, skipped = departures.bulk_check_out(
            hotel, [second.room.number, first.room.number], by=clerk
        )

        assert done == [
            CheckedOut(second.room.number, second.booking_id, 1, 3, 1),
            CheckedOut(first.room.number, first.booking_id, 2, 2, 1),
        ]
        assert skipped == []
        for stay in (first, second):
            assert everything_about(stay)[1:] == [[], [], [], [], []]
            stay.refresh_from_db()
            assert (stay.status, stay.guest_name) == (BookingStatus.COMPLETED, "Erased guest")
            room = Room.objects.get(pk=stay.room_id)
            assert room.room_status == S.CHECKOUT_DIRTY
            assert room.push_token == ""
            assert len(room.guest_pin) == 6
        assert everything_about(staying) == before
        assert Room.objects.get(pk=staying.room_id).push_token == "token"
        assert Message.objects.get().conversation.booking == staying

    def test_other_stays_of_the_room_are_not_touched(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        others = [
            make_stay(hotel=hotel, room=stay.room, status=status, arrives=arrives)
            for status, arrives in [
                (BookingStatus.COMPLETED, -9),
                (BookingStatus.CANCELLED, 0),
                (BookingStatus.NO_SHOW, -1),
                (BookingStatus.CONFIRMED, 0),
                (BookingStatus.CONFIRMED, 5),
            ]
        ]
        before = [everything_about(other) for other in others]

        departures.bulk_check_out(hotel, [stay.room.number], by=clerk)

        assert [everything_about(other) for other in others] == before

    def test_a_room_that_cannot_be_checked_out_is_skipped_with_the_reason(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        dirty = make_room(hotel=hotel, number="701", status=S.CHECKOUT_DIRTY)
        make_room(hotel=make_hotel(), number="801", status=S.OCCUPIED)

        done, skipped = departures.bulk_check_out(
            hotel, ["701", "801", stay.room.number, stay.room.number], by=clerk
        )

        assert [room.room for room in done] == [stay.room.number]
        assert skipped == [
            Skipped("701", "Room 701 is not occupied: “Needs cleaning”."),
            Skipped("801", "Grand Hotel has no room 801."),
        ]
        dirty.refresh_from_db()
        assert dirty.version == 1

    def test_a_second_call_finds_nothing_left_to_do(self, hotel, clerk):
        stay = make_stay(hotel=hotel)
        departures.bulk_check_out(hotel, [stay.room.number], by=clerk)
        events = hotel.events.count()

        done, skipped = departures.bulk_check_out(hotel, [stay.room.number], by=clerk)

        assert (done, len(skipped), hotel.events.count()) == ([], 1, events)

    def test_a_room_imported_as_occupied_is_freed_without_a_stay(self, hotel, clerk):
        room = make_room(hotel=hotel, status=S.OCCUPIED, push_token="token")

        done, _ = departures.bulk_check_out(hotel, [room.number], by=clerk)

        assert done == [CheckedOut(room.number, None, 0, 0, 0)]
        room.refresh_from_db()
        assert (room.room_status, room.push_token) == (S.CHECKOUT_DIRTY, "")

    def test_that_cannot_be_undone_either(self, hotel, clerk):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        departures.bulk_check_out(hotel, [room.number], by=clerk)

        assert not undo.may_undo(clerk, room)
        with pytest.raises(IllegalTransition, match="cannot be undone"):
            undo.undo(room, by=clerk)

    @pytest.mark.postgres
    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole file")
    def test_all_bookings_are_locked_before_the_hotels_row(self, hotel, clerk):
        numbers = [make_stay(hotel=hotel).room.number for _ in range(2)]

        with CaptureQueriesContext(connection) as captured:
            departures.bulk_check_out(hotel, numbers, by=clerk)

        said = [query["sql"] for query in captured]
        hotels_row = next(n for n, sql in enumerate(said) if sql.startswith("UPDATE hotel_hotel"))
        locks = [sql for sql in said[:hotels_row] if "FOR NO KEY UPDATE" in sql]
        assert ["stays_booking" in sql.partition("WHERE")[0] for sql in locks[:2]] == [False, True]
        assert "LIMIT" not in locks[1]

    def test_a_room_with_a_repair_open_goes_to_repair(self, hotel, clerk, maintainer):
        stay = make_stay(hotel=hotel)
        perform(Action.MARK_MAINTENANCE, stay.room, by=maintainer, notes="x", priority="LOW")

        departures.bulk_check_out(hotel, [stay.room.number], by=clerk)

        assert Room.objects.get().room_status == S.MAINTENANCE_REQUIRED

    def test_a_fault_at_the_third_room_leaves_all_three_as_they_were(
        self, hotel, clerk, monkeypatch
    ):
        three = [make_stay(hotel=hotel) for _ in range(3)]
        before = [everything_about(stay) for stay in three], list(Room.objects.values())
        real, calls = apply, []

        def faulty(*args, **kwargs):
            calls.append(args)
            return 1 / 0 if len(calls) == 3 else real(*args, **kwargs)

        monkeypatch.setattr("stays.departures.apply", faulty)

        with pytest.raises(ZeroDivisionError):
            departures.bulk_check_out(hotel, [stay.room.number for stay in three], by=clerk)

        assert len(calls) == 3
        assert ([everything_about(stay) for stay in three], list(Room.objects.values())) == before
        assert not hotel.events.exists()
        hotel.refresh_from_db()
        assert hotel.last_seq == 0

    def test_no_rooms_are_no_work(self, hotel, clerk):
        assert departures.bulk_check_out(hotel, [], by=clerk) == ([], [])
