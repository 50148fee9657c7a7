"""Departures: one stay, or whoever is in a room; and who should have left by now."""

import datetime as dt

import pytest
from django.utils import timezone

from hotel.choices import Role
from hotel.exceptions import InvalidInput, NotAllowed, NotCheckedIn, StaleVersion
from rooms.choices import Action, Priority, RoomStatus
from rooms.models import Room
from stays import overdue
from stays.availability import availability
from stays.choices import BookingStatus
from stays.models import Booking, Order
from tests.acting import arrivals, departures, perform
from tests.factories import make_booking, make_hotel, make_room, make_staff
from tests.hotel.belongings import LEFT_BEHIND, everything_about, make_stay

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

        with pytest.raises(NotCheckedIn):
            departures.check_out(stay, by=clerk)

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


class TestCheckoutNeeded:
    """The hotel's checkout is at 11:00 with 30 minutes' grace."""

    @pytest.fixture
    def stay(self, hotel) -> Booking:
        return make_stay(hotel=hotel, check_in=dt.date(2026, 3, 1), check_out=dt.date(2026, 3, 3))

    @pytest.mark.parametrize(
        ("day", "time", "minutes"),
        [
            (2, dt.time(23, 0), None),
            (3, dt.time(10, 59), None),
            (3, dt.time(11, 30), None),
            (3, dt.time(11, 31), 1),
            (3, dt.time(12, 30), 60),
            (4, dt.time(11, 30), 24 * 60),
        ],
    )
    def test_a_guest_is_overdue_once_the_grace_has_run_out(self, day, time, minutes, hotel, stay):
        at = hotel.moment(dt.date(2026, 3, day), time)

        found = [(late.booking, late.minutes) for late in overdue.checkout_needed(hotel, at)]

        assert found == ([(stay, minutes)] if minutes else [])

    def test_by_the_hotels_clock(self, hotel, stay):
        hotel.time_zone = "America/Los_Angeles"  # eight hours behind
        noon_in_greenwich = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)

        assert overdue.checkout_needed(hotel, noon_in_greenwich) == []
        (late,) = overdue.checkout_needed(hotel, noon_in_greenwich + dt.timedelta(hours=8))
        assert late.minutes == 30

    def test_by_the_hotels_own_hour_and_grace(self, hotel, stay):
        hotel.checkout_time, hotel.late_checkout_grace = dt.time(23, 50), 20
        midnight = hotel.moment(dt.date(2026, 3, 4), dt.time(0, 0))

        assert overdue.checkout_needed(hotel, midnight + dt.timedelta(minutes=10)) == []
        (late,) = overdue.checkout_needed(hotel, midnight + dt.timedelta(minutes=11))
        assert late.minutes == 1

    def test_day_use_is_due_on_its_day(self, hotel):
        day = dt.date(2026, 3, 3)
        stay = make_stay(hotel=hotel, check_in=day, check_out=day)

        (late,) = overdue.checkout_needed(hotel, hotel.moment(day, dt.time(20, 0)))

        assert late.booking == stay

    def test_the_longest_overdue_comes_first_and_nobody_else_is_there(self, hotel, clerk):
        short = make_stay(hotel=hotel, arrives=-3, nights=2)
        long = make_stay(hotel=hotel, arrives=-9, nights=2)
        make_stay(hotel=hotel, arrives=-1, nights=9)
        make_stay(hotel=hotel, arrives=-9, nights=1, status=BookingStatus.COMPLETED)
        make_stay(hotel=make_hotel(), arrives=-9, nights=1)

        assert [late.booking for late in overdue.checkout_needed(hotel)] == [long, short]

        departures.check_out(long, by=clerk)
        assert [late.booking for late in overdue.checkout_needed(hotel)] == [short]

    def test_it_asks_the_database_once_however_many_are_late(
        self, hotel, django_assert_num_queries
    ):
        for nights in range(1, 6):
            make_stay(hotel=hotel, arrives=-9, nights=nights)

        with django_assert_num_queries(1):
            rooms = [late.booking.room.room_type for late in overdue.checkout_needed(hotel)]

        assert len(rooms) == 5
