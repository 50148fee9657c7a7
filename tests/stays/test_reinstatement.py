"""A stay that ended by mistake is what it was before, unless somebody else has what it needs."""

import datetime as dt

import pytest

from hotel.choices import Role
from hotel.exceptions import (
    InvalidInput,
    NoAvailability,
    NotAllowed,
    NothingToReinstate,
    RoomIsOutOfOrder,
    RoomTaken,
    StayDataErased,
    StayedSince,
    StayOver,
)
from rooms.choices import Action, LogAction, Priority, RoomStatus
from rooms.models import Room
from stays.availability import availability
from stays.models import Booking, RoomTypeInventory
from tests.acting import arrivals, bookings, departures, perform, reinstatement
from tests.factories import make_booking, make_room
from tests.invariants import Watch
from tests.stays.belongings import everything_about, make_stay

S = RoomStatus
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def nothing_is_broken(hotel):
    watch = Watch(hotel)
    yield
    watch.look()
    watch.look_at_guests()


def reinstate(booking: Booking, by, reason: str = "Wrong row", **given) -> Booking:
    booking = Booking.objects.select_related("hotel", "room", "room_type").get(pk=booking.pk)
    reinstatement.reinstate(booking, reason, by=by, **given)
    return Booking.objects.get(pk=booking.pk)


class TestAMistakenCheckout:
    @pytest.fixture
    def stay(self, hotel) -> Booking:
        return make_stay(hotel=hotel, arrives=-1, nights=3)

    def test_is_taken_back_with_all_that_it_detached(self, stay, clerk, manager, hotel):
        before = everything_about(stay)
        departures.check_out(stay, by=clerk)

        reinstate(stay, manager)

        assert everything_about(stay) == before
        room = Room.objects.get(pk=stay.room.pk)
        assert room.room_status == S.OCCUPIED
        event = hotel.events.first()
        assert (event.action, event.actor, event.notes) == (Action.REINSTATE, manager, "Wrong row")

    def test_what_the_guest_had_closed_before_stays_closed(self, stay, clerk):
        order = stay.orders.get()
        order.closed_at = stay.checked_in_at
        order.save()
        departures.check_out(stay, by=clerk)

        reinstate(stay, clerk)

        order.refresh_from_db()
        assert order.closed_at is not None

    @pytest.mark.parametrize(
        "actions",
        [
            ["start_cleaning"],
            ["start_cleaning", "mark_cleaned"],
            ["mark_cleaned", "pass_inspection"],
        ],
    )
    def test_whatever_cleaning_has_made_of_the_room(self, actions, stay, clerk, manager):
        departures.check_out(stay, by=clerk)
        room = Room.objects.get(pk=stay.room.pk)
        room.hotel.allow_self_inspection = True
        room.hotel.save()
        for action in actions:
            perform(Action(action), room, by=manager)

        assert reinstate(stay, clerk).status == "IN_HOUSE"

    def test_with_a_fault_the_room_carries_it_on(self, stay, clerk):
        departures.check_out(stay, by=clerk)
        room = Room.objects.get(pk=stay.room.pk)
        perform(Action.MARK_MAINTENANCE, room, by=clerk, priority=Priority.LOW, notes="Bulb")

        reinstate(stay, clerk)

        room.refresh_from_db()
        assert (room.room_status, room.maintenance_required) == (S.OCCUPIED, True)

    def test_not_with_another_guest_in_the_room(self, stay, clerk, hotel):
        departures.check_out(stay, by=clerk)
        make_ready(stay.room)
        other = make_booking(hotel=hotel, guest_name="Next", booking_id="B-NEXT")
        arrivals.check_in(other, Room.objects.get(pk=stay.room.pk), by=clerk)

        with pytest.raises(RoomTaken, match="B-NEXT"):
            reinstate(stay, clerk)

    def test_not_after_another_guests_stay(self, stay, clerk, hotel):
        departures.check_out(stay, by=clerk)
        make_ready(stay.room)
        other = make_booking(hotel=hotel)
        arrivals.check_in(other, Room.objects.get(pk=stay.room.pk), by=clerk)
        departures.check_out(other, by=clerk)

        with pytest.raises(StayedSince):
            reinstate(stay, clerk)

    def test_not_where_the_room_is_promised_for_a_night_that_is_left(self, stay, clerk, hotel):
        departures.check_out(stay, by=clerk)
        make_booking(hotel=hotel, room=stay.room, arrives=1, booking_id="B-NEXT")

        with pytest.raises(RoomTaken, match="B-NEXT"):
            reinstate(stay, clerk)

    def test_who_leaves_today_is_taken_back_though_the_room_is_promised_tonight(self, clerk, hotel):
        stay = make_stay(hotel=hotel, arrives=-2, nights=2)
        departures.check_out(stay, by=clerk)
        make_booking(hotel=hotel, room=stay.room)

        assert reinstate(stay, clerk).status == "IN_HOUSE"

    def test_who_should_have_left_before_holds_tonight(self, clerk, hotel):
        stay = make_stay(hotel=hotel, arrives=-3, nights=2)
        departures.check_out(stay, by=clerk)
        promised = make_booking(hotel=hotel, room=stay.room)

        with pytest.raises(RoomTaken):
            reinstate(stay, clerk)
        promised.delete()
        reinstate(stay, clerk)
        today = hotel.business_date()
        assert availability(hotel, today, today + DAY)[0].nights[0].held == 1

    def test_not_into_a_room_out_of_order(self, stay, clerk, maintainer):
        departures.check_out(stay, by=clerk)
        perform(
            Action.TAKE_OUT_OF_ORDER,
            Room.objects.get(pk=stay.room.pk),
            by=maintainer,
            notes="Flood",
        )

        with pytest.raises(RoomIsOutOfOrder):
            reinstate(stay, clerk)

    def test_not_after_a_bulk_checkout_which_erased_it(self, stay, clerk, hotel):
        departures.bulk_check_out(hotel, [stay.room.number], by=clerk)

        with pytest.raises(StayDataErased):
            reinstate(stay, clerk)

    def test_it_is_a_fact_so_availability_is_not_asked(self, stay, clerk, hotel):
        departures.check_out(stay, by=clerk)
        RoomTypeInventory.objects.create(
            room_type=stay.room_type, date=hotel.business_date(), stop_sell=True
        )

        assert reinstate(stay, clerk).status == "IN_HOUSE"


class TestACancelledOrMissedBooking:
    @pytest.fixture(params=["cancel", "no_show"])
    def end(self, request):
        return getattr(bookings, request.param)

    def test_is_confirmed_again_in_the_room_that_it_had(self, end, hotel, clerk):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=room, nights=2)
        end(booking, by=clerk)

        again = reinstate(booking, clerk)

        assert (again.status, again.room) == ("CONFIRMED", room)
        assert hotel.events.first().action == LogAction.BOOKING_REINSTATED

    def test_without_the_room_that_somebody_else_has(self, end, hotel, clerk):
        room = make_room(hotel=hotel)
        make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=room)
        end(booking, by=clerk)
        make_booking(hotel=hotel, room=room)

        assert reinstate(booking, clerk).room is None

    def test_not_where_its_night_is_sold(self, end, hotel, clerk):
        booking = make_booking(hotel=hotel, room=make_room(hotel=hotel))
        end(booking, by=clerk)
        make_booking(hotel=hotel)

        with pytest.raises(NoAvailability):
            reinstate(booking, clerk)

    def test_not_when_its_nights_are_past(self, hotel, clerk):
        booking = make_booking(hotel=hotel, arrives=-2, nights=2, status="NO_SHOW")

        with pytest.raises(StayOver):
            reinstate(booking, clerk)


@pytest.mark.parametrize(("status", "room"), [("CONFIRMED", None), ("IN_HOUSE", S.OCCUPIED)])
def test_a_stay_that_has_not_ended_is_not_reinstated(status, room, hotel, clerk):
    room = room and make_room(hotel=hotel, status=room)
    booking = make_booking(hotel=hotel, room=room, status=status, guests=1)

    with pytest.raises(NothingToReinstate):
        reinstate(booking, clerk)


def test_a_reason_is_asked_for(hotel, clerk):
    booking = make_booking(hotel=hotel, status="CANCELLED")

    with pytest.raises(InvalidInput) as refused:
        reinstate(booking, clerk, "  ")
    assert list(refused.value.fields) == ["reason"]


@pytest.mark.parametrize("role", [Role.HOUSEKEEPER, Role.SUPERVISOR, Role.MAINTENANCE])
def test_it_is_the_desks(role, hotel, staff):
    with pytest.raises(NotAllowed):
        reinstate(make_booking(hotel=hotel, status="CANCELLED"), staff[role])


def test_a_repeated_request_reinstates_once(hotel, clerk):
    stay = make_stay(hotel=hotel)
    departures.check_out(stay, by=clerk)
    reinstate(stay, clerk, request_id="r-1")

    assert reinstate(stay, clerk, request_id="r-1").status == "IN_HOUSE"
    assert hotel.events.count() == 2


def make_ready(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(room_status=S.READY_FOR_GUEST)
