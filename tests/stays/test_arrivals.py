"""Arrivals: check-in, a change of room at the desk, day use, walk-ins."""

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
    StaleVersion,
)
from rooms.choices import Action, LogAction, RoomStatus
from rooms.models import Room, RoomEvent
from stays.availability import availability
from stays.choices import BookingStatus
from stays.models import Booking, Guest
from tests.acting import arrivals, bookings, departures, perform, undo
from tests.factories import make_booking, make_hotel, make_room, make_room_type, make_staff

S = RoomStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


def nothing_happened(booking: Booking, room: Room | None = None) -> bool:
    """Tell whether the guests are still awaited, and the room and the log as they were."""
    stored = Booking.objects.get(pk=booking.pk)
    return (
        stored.status == BookingStatus.CONFIRMED
        and stored.checked_in_at is None
        and not stored.guests.filter(room__isnull=False).exists()
        and not RoomEvent.objects.filter(action=Action.CHECK_IN).exists()
        and (room is None or not Room.objects.get(pk=room.pk).is_occupied)
    )


class TestCheckIn:
    @pytest.mark.parametrize("status", [S.AVAILABLE, S.READY_FOR_GUEST])
    def test_the_guests_are_in_the_room(self, status, hotel, clerk):
        room = make_room(hotel=hotel, status=status)
        booking = make_booking(hotel=hotel, room=room, guests=2)

        arrivals.check_in(booking, by=clerk)

        stored = Booking.objects.get()
        assert (stored.status, stored.room) == (BookingStatus.IN_HOUSE, room)
        assert stored.given_room_type == room.room_type
        room.refresh_from_db()
        assert (room.room_status, room.is_occupied) == (S.OCCUPIED, True)
        assert {guest.room for guest in stored.guests.all()} == {room}
        event = hotel.events.get()
        assert (event.action, event.booking, event.actor) == (Action.CHECK_IN, stored, clerk)
        assert stored.checked_in_at is not None

    def test_a_booking_without_named_guests_gets_its_booker(self, hotel, clerk):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=room, guest_name="Ada Lovelace")

        arrivals.check_in(booking, by=clerk)

        assert [(g.name, g.room) for g in booking.guests.all()] == [("Ada Lovelace", room)]

    def test_the_room_gets_a_new_pin(self, hotel, clerk):
        room = make_room(hotel=hotel, guest_pin="none")

        arrivals.check_in(make_booking(hotel=hotel, room=room), by=clerk)

        room.refresh_from_db()
        assert len(room.guest_pin) == 6
        assert room.guest_pin.isdigit()

    def test_a_room_is_chosen_at_the_desk_where_none_was_kept(self, hotel, clerk):
        room, booking = make_room(hotel=hotel), make_booking(hotel=hotel)
        with pytest.raises(InvalidInput) as refused:
            arrivals.check_in(booking, by=clerk)
        assert set(refused.value.fields) == {"room"}

        arrivals.check_in(booking, room, by=clerk)

        assert Booking.objects.get().room == room

    def test_a_repeated_request_checks_in_once(self, hotel, clerk):
        booking = make_booking(hotel=hotel, room=make_room(hotel=hotel))
        arrivals.check_in(booking, by=clerk, request_id="r-1")
        pin = Room.objects.get().guest_pin

        again = arrivals.check_in(booking, by=clerk, request_id="r-1")

        assert again.status == BookingStatus.IN_HOUSE
        assert hotel.events.count() == Guest.objects.count() == 1
        assert Room.objects.get().guest_pin == pin

    def test_a_request_id_of_another_check_in_is_refused(self, hotel, clerk):
        first, second = (make_booking(hotel=hotel, room=make_room(hotel=hotel)) for _ in "12")
        arrivals.check_in(first, by=clerk, request_id="r-1")

        with pytest.raises(InvalidInput):
            arrivals.check_in(second, by=clerk, request_id="r-1")

        second.refresh_from_db()
        assert second.status == BookingStatus.CONFIRMED

    def test_twice_without_one_is_refused(self, hotel, clerk):
        booking = make_booking(hotel=hotel, room=make_room(hotel=hotel))
        arrivals.check_in(booking, by=clerk)

        with pytest.raises(IllegalTransition, match="In house"):
            arrivals.check_in(booking, by=clerk)

    @pytest.mark.parametrize(
        "status", [BookingStatus.CANCELLED, BookingStatus.NO_SHOW, BookingStatus.COMPLETED]
    )
    def test_a_stay_that_is_not_awaited_does_not_begin(self, status, hotel, clerk):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=room, status=status)

        with pytest.raises(IllegalTransition):
            arrivals.check_in(booking, by=clerk)

        room.refresh_from_db()
        assert room.room_status == S.AVAILABLE

    def test_a_room_that_became_dirty_meanwhile_is_not_given(self, hotel, clerk, supervisor):
        room = make_room(hotel=hotel, number="204", status=S.READY_FOR_GUEST)
        booking = make_booking(hotel=hotel, room=room)
        as_the_desk_sees_it = Room.objects.get(pk=room.pk)
        perform(Action.MARK_DIRTY, room, by=supervisor, notes="housekeeping slept here")

        with pytest.raises(NotBookable, match="204 is “Needs cleaning”"):
            arrivals.check_in(booking, as_the_desk_sees_it, by=clerk)

        assert nothing_happened(booking, room)
        assert as_the_desk_sees_it.room_status == S.CHECKOUT_DIRTY

    @pytest.mark.parametrize("status", [s for s in S if s not in (S.AVAILABLE, S.READY_FOR_GUEST)])
    def test_nor_any_room_that_is_not_ready_now(self, status, hotel, clerk):
        room = make_room(hotel=hotel, status=status)
        booking = make_booking(hotel=hotel, room=room)

        with pytest.raises(NotBookable):
            arrivals.check_in(booking, by=clerk)

        booking.refresh_from_db()
        assert booking.status == BookingStatus.CONFIRMED

    def test_nor_one_that_is_not_in_use_and_the_reason_is_said(self, hotel, clerk):
        room = make_room(hotel=hotel, number="204", is_active=False)
        booking = make_booking(hotel=hotel, room=room)

        with pytest.raises(NotBookable, match=r"^Room 204 is not in use\.$"):
            arrivals.check_in(booking, by=clerk)

        assert nothing_happened(booking, room)

    def test_a_room_that_changed_since_the_clerk_looked_is_a_conflict(self, hotel, clerk, manager):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=room, guests=1)
        perform(Action.OVERRIDE, room, by=manager, notes="checked", room_status=S.READY_FOR_GUEST)

        with pytest.raises(StaleVersion, match="Mia Kern"):
            arrivals.check_in(booking, by=clerk, expected_version=1)

        assert nothing_happened(booking, room)
        assert booking.status == BookingStatus.CONFIRMED, "the booking in hand tells otherwise"

    def test_a_room_of_another_hotel_does_not_exist(self, hotel, clerk):
        booking = make_booking(hotel=hotel)

        with pytest.raises(InvalidInput) as refused:
            arrivals.check_in(booking, make_room(hotel=make_hotel()), by=clerk)

        assert set(refused.value.fields) == {"room"}
        assert nothing_happened(booking)

    @pytest.mark.parametrize("role", Role)
    def test_only_the_desk_lets_guests_in(self, role, hotel, staff):
        booking = make_booking(hotel=hotel, room=make_room(hotel=hotel))

        if role in (Role.FRONT_DESK, Role.MANAGER):
            arrivals.check_in(booking, by=staff[role])
            assert Booking.objects.get().status == BookingStatus.IN_HOUSE
        else:
            with pytest.raises(NotAllowed):
                arrivals.check_in(booking, by=staff[role])
            assert nothing_happened(booking)

    def test_not_the_desk_of_another_hotel(self, hotel):
        booking = make_booking(hotel=hotel, room=make_room(hotel=hotel))
        stranger = make_staff(hotel=make_hotel(), role=Role.MANAGER)

        with pytest.raises(NotAllowed):
            arrivals.check_in(booking, by=stranger)

        assert nothing_happened(booking)

    def test_a_fault_in_the_middle_leaves_everything_as_it_was(self, hotel, clerk, monkeypatch):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=room, guests=2)
        monkeypatch.setattr("hotel.statements.insert", lambda event: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            arrivals.check_in(booking, by=clerk)

        assert nothing_happened(booking, room)


class TestTheDayOfArrival:
    def test_a_stay_begins_on_its_day_and_not_before(self, hotel, clerk):
        booking = make_booking(hotel=hotel, room=make_room(hotel=hotel), arrives=1)

        with pytest.raises(IllegalTransition, match="a stay begins on its day"):
            arrivals.check_in(booking, by=clerk)

        assert nothing_happened(booking)

    def test_a_guest_who_comes_a_night_late_still_gets_in(self, hotel, clerk):
        booking = make_booking(hotel=hotel, room=make_room(hotel=hotel), arrives=-1, nights=3)

        arrivals.check_in(booking, by=clerk)

        assert Booking.objects.get().status == BookingStatus.IN_HOUSE

    def test_after_the_departure_there_is_no_stay_left(self, hotel, clerk):
        booking = make_booking(hotel=hotel, room=make_room(hotel=hotel), arrives=-2, nights=1)

        with pytest.raises(IllegalTransition, match="ended on"):
            arrivals.check_in(booking, by=clerk)

        assert nothing_happened(booking)

    @pytest.mark.parametrize(
        ("time_zone", "local_day"),
        [("Pacific/Kiritimati", dt.date(2026, 3, 2)), ("Pacific/Pago_Pago", dt.date(2026, 2, 28))],
    )
    def test_the_day_is_the_hotels_and_not_greenwichs(self, time_zone, local_day, hotel, clerk):
        hotel.time_zone = time_zone
        hotel.save(update_fields=["time_zone"])
        # 20:00 there is the 2nd already in Kiritimati; 09:00 is still the 28th in Pago Pago.
        hour = 20 if local_day.day == 2 else 9
        at = dt.datetime(2026, 3, 1, hour, tzinfo=dt.UTC)
        early = make_booking(
            hotel=hotel,
            room=make_room(hotel=hotel),
            check_in=local_day + DAY,
            check_out=local_day + 2 * DAY,
        )
        due = make_booking(
            hotel=hotel, room=make_room(hotel=hotel), check_in=local_day, check_out=local_day + DAY
        )

        with pytest.raises(IllegalTransition):
            arrivals.check_in(early, by=clerk, occurred_at=at)
        arrivals.check_in(due, by=clerk, occurred_at=at)

        due.refresh_from_db()
        assert (due.status, due.checked_in_at) == (BookingStatus.IN_HOUSE, at)

    def test_day_use_comes_and_goes_on_one_day(self, hotel, clerk):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=room, nights=0)
        tonight = make_booking(hotel=hotel, room=room, nights=1)

        arrivals.check_in(booking, by=clerk)
        with pytest.raises(NotBookable):
            arrivals.check_in(tonight, by=clerk)
        departures.check_out(booking, by=clerk)

        room.refresh_from_db()
        assert room.room_status == S.CHECKOUT_DIRTY
        assert Booking.objects.get(pk=booking.pk).status == BookingStatus.COMPLETED


class TestAnotherRoomOnArrival:
    def test_the_kept_room_is_free_again_and_its_card_is_told(self, hotel, clerk):
        kept, given = make_room(hotel=hotel), make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=kept)

        arrivals.check_in(booking, given, by=clerk)

        assert Booking.objects.get().room == given
        kept.refresh_from_db()
        assert (kept.room_status, kept.bookings.count()) == (S.AVAILABLE, 0)
        assert hotel.events.get(room=kept).action == LogAction.ROOM_UNASSIGNED
        assert kept.last_seq == hotel.events.get(room=kept).seq

    def test_a_room_kept_for_somebody_else_is_not_given(self, hotel, clerk):
        room = make_room(hotel=hotel)
        make_booking(hotel=hotel, room=room, arrives=1, booking_id="B-1")
        booking = make_booking(hotel=hotel, nights=2)

        with pytest.raises(RoomTaken, match="B-1"):
            arrivals.check_in(booking, room, by=clerk)

        assert nothing_happened(booking, room)

    def test_who_reserved_one_type_and_got_another_counts_on_the_one_given(
        self, hotel, clerk, today
    ):
        double, suite = (make_room_type(hotel=hotel, code=code) for code in ("D", "S"))
        make_room(hotel=hotel, room_type=double)
        room = make_room(hotel=hotel, room_type=suite)
        make_room(hotel=hotel, room_type=suite)
        booking = make_booking(hotel=hotel, room_type=double, nights=2)

        arrivals.check_in(booking, room, by=clerk)

        stored = Booking.objects.get()
        assert (stored.room_type, stored.given_room_type) == (double, suite)
        left = {
            offer.room_type.code: offer.sellable
            for offer in availability(hotel, today, today + 2 * DAY)
        }
        assert left == {"D": 1, "S": 1}


class TestWalkIn:
    def test_whoever_stands_at_the_desk_is_booked_and_in(self, hotel, clerk, today):
        room = make_room(hotel=hotel)

        booking = arrivals.walk_in(
            room,
            check_out=today + 2 * DAY,
            guest_name="Ada Lovelace",
            adults=2,
            by=clerk,
            expected_version=1,
        )

        stored = Booking.objects.get()
        assert stored == booking
        assert (stored.status, stored.room) == (BookingStatus.IN_HOUSE, room)
        assert (stored.check_in, stored.check_out) == (today, today + 2 * DAY)
        assert (stored.adults, stored.guests.get().name) == (2, "Ada Lovelace")
        actions = hotel.events.order_by("seq").values_list("action", flat=True)
        assert list(actions) == [LogAction.BOOKING_CREATED, Action.CHECK_IN]

    @pytest.mark.parametrize(
        ("status", "kept_for_another", "version", "error"),
        [
            (S.CHECKOUT_DIRTY, False, None, NoAvailability),
            (S.READY_FOR_GUEST, True, None, RoomTaken),
            (S.READY_FOR_GUEST, False, 7, StaleVersion),
        ],
    )
    def test_where_the_room_cannot_be_given_there_is_no_booking_either(
        self, status, kept_for_another, version, error, hotel, clerk, today
    ):
        room = make_room(hotel=hotel, status=status)
        if kept_for_another:
            make_room(hotel=hotel)
            make_booking(hotel=hotel, room=room)
        before = Booking.objects.count()

        with pytest.raises(error):
            arrivals.walk_in(
                room,
                check_out=today + DAY,
                guest_name="Ada",
                by=clerk,
                expected_version=version,
            )

        assert Booking.objects.count() == before
        assert not hotel.events.exists()
        hotel.refresh_from_db()
        assert hotel.last_seq == 0

    def test_a_dirty_room_is_not_given_though_the_type_has_another(self, hotel, clerk, today):
        dirty = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        make_room(hotel=hotel)

        with pytest.raises(NotBookable):
            arrivals.walk_in(dirty, check_out=today + DAY, guest_name="Ada", by=clerk)

        assert not Booking.objects.exists()

    def test_a_room_of_another_hotel_is_not_given(self, hotel, clerk, today):
        elsewhere = make_room(hotel=make_hotel())

        with pytest.raises(NotAllowed):
            arrivals.walk_in(elsewhere, check_out=today + DAY, guest_name="Ada", by=clerk)

        assert not Booking.objects.exists()

    def test_a_room_promised_by_type_is_not_given_to_a_walk_in(self, hotel, clerk, today):
        room = make_room(hotel=hotel)
        make_booking(hotel=hotel)

        with pytest.raises(NoAvailability):
            arrivals.walk_in(room, check_out=today + DAY, guest_name="Ada", by=clerk)

    def test_an_arrival_does_not_wait_for_a_booking_that_ends_first(self, hotel, clerk):
        room = make_room(hotel=hotel)
        later = make_booking(hotel=hotel, room=room, arrives=1)
        booking = make_booking(hotel=hotel, nights=1)

        arrivals.check_in(booking, room, by=clerk)

        with pytest.raises(ReadyroomError):
            arrivals.check_in(later, by=clerk)
        bookings.cancel(later, by=clerk)
        assert room.bookings.get() == booking


class TestARoomWithASmallFault:
    @pytest.fixture
    def room(self, hotel) -> Room:
        return make_room(
            hotel=hotel,
            number="204",
            status=S.MAINTENANCE_REQUIRED,
            return_status=S.READY_FOR_GUEST,
            priority="LOW",
            maintenance_notes="the bulb is blown",
        )

    def test_is_refused_with_its_fault_unless_it_is_accepted(self, room, hotel, clerk):
        booking = make_booking(hotel=hotel, room=room)

        with pytest.raises(NotBookable) as refused:
            arrivals.check_in(booking, by=clerk)

        assert refused.value.message == (
            "Room 204 has a fault: “the bulb is blown”. "
            "Confirm that the guest gets it all the same."
        )
        assert nothing_happened(booking, room)

    def test_is_given_with_it_and_comes_back_under_maintenance(self, room, hotel, clerk):
        booking = make_booking(hotel=hotel, room=room)

        arrivals.check_in(booking, by=clerk, accept_fault=True)
        room.refresh_from_db()
        assert (room.room_status, room.maintenance_priority) == (S.OCCUPIED, "LOW")

        departures.check_out(booking, by=clerk)
        room.refresh_from_db()
        assert (room.room_status, room.return_status) == (
            S.MAINTENANCE_REQUIRED,
            S.CHECKOUT_DIRTY,
        )

    def test_is_as_before_once_the_check_in_is_undone(self, room, hotel, clerk):
        booking = make_booking(hotel=hotel, room=room)
        arrivals.check_in(booking, by=clerk, accept_fault=True)

        undo.undo(room, by=clerk)

        room.refresh_from_db()
        assert room.is_givable_with_fault

    def test_is_given_to_a_walk_in_too(self, room, hotel, clerk, today):
        make_room(hotel=hotel)
        stay = {"check_out": today + DAY, "guest_name": "Ada", "by": clerk}

        with pytest.raises(NotBookable, match="the bulb is blown"):
            arrivals.walk_in(room, **stay)
        assert not Booking.objects.exists()
        arrivals.walk_in(room, **stay, accept_fault=True)

        assert Booking.objects.get().room == room

    @pytest.mark.parametrize("priority", ["MED", "HIGH"])
    def test_a_larger_fault_is_not_accepted(self, priority, room, hotel, clerk):
        Room.objects.update(maintenance_priority=priority)
        booking = make_booking(hotel=hotel, room=room)

        with pytest.raises(NotBookable, match="it can be given once it is ready"):
            arrivals.check_in(booking, by=clerk, accept_fault=True)

        assert nothing_happened(booking, room)
