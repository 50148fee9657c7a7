"""Many rooms at once: each its own in-house stay, erased; all of them or none."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hotel.exceptions import IllegalTransition
from rooms.choices import Action, RoomStatus
from rooms.models import Room
from stays.choices import BookingStatus
from stays.departures import CheckedOut, Skipped, apply
from stays.models import Message, Order
from tests.acting import departures, perform, undo
from tests.factories import make_hotel, make_room
from tests.hotel.belongings import everything_about, make_stay

S = RoomStatus


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
