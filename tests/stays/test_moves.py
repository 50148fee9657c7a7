"""A guest in house moves: both rooms, the stay and everything that goes with it, or nothing."""

import pytest

from hotel.choices import Role
from hotel.exceptions import (
    InvalidInput,
    NoAvailability,
    NotAllowed,
    NotCheckedIn,
    RoomNotReady,
    RoomTaken,
    StaleVersion,
)
from rooms.choices import Action, LogAction, Priority, RoomStatus
from rooms.models import Room
from stays.models import Booking, Order, RoomTypeInventory
from tests.acting import moves
from tests.factories import make_booking, make_hotel, make_room, make_room_type
from tests.invariants import Watch

S = RoomStatus


@pytest.fixture
def stay(hotel) -> Booking:
    room = make_room(hotel=hotel, number="204", status=S.OCCUPIED, housekeeping_notes="Cot")
    return make_booking(hotel=hotel, room=room, status="IN_HOUSE", nights=2, guests=2)


@pytest.fixture
def ready(hotel) -> Room:
    return make_room(hotel=hotel, number="207", status=S.READY_FOR_GUEST)


def move(stay: Booking, room: Room | None, by, reason: str = "Noise", **given) -> Booking:
    alone = given.pop("alone", False)
    moves.move(stay, room, reason, by=by, alone=alone, **given)
    return Booking.objects.get(pk=stay.pk)


@pytest.fixture(autouse=True)
def nothing_is_broken(hotel):
    watch = Watch(hotel)
    yield
    watch.look()
    watch.look_at_guests()


def test_the_guests_are_in_the_new_room_and_the_old_one_is_dirty(stay, ready, clerk, hotel):
    old = stay.room

    moved = move(stay, ready, clerk)

    old.refresh_from_db()
    ready.refresh_from_db()
    assert (moved.room, moved.status, moved.given_room_type) == (ready, "IN_HOUSE", ready.room_type)
    assert {guest.room for guest in stay.guests.all()} == {ready}
    assert (old.room_status, ready.room_status) == (S.CHECKOUT_DIRTY, S.OCCUPIED)
    assert old.housekeeping_notes == "Cot\nNoise", "what stood there still applies"
    out, into = hotel.events.order_by("seq")
    assert (out.action, out.room, out.notes) == (Action.MOVE_OUT, old, "Noise")
    assert (into.action, into.room, into.booking) == (Action.MOVE_IN, ready, stay)


def test_a_fault_stays_with_its_room(hotel, ready, clerk):
    room = make_room(hotel=hotel, status=S.OCCUPIED, priority=Priority.HIGH)
    stay = make_booking(hotel=hotel, room=room, status="IN_HOUSE", guests=1)

    move(stay, ready, clerk)

    room.refresh_from_db()
    ready.refresh_from_db()
    assert (room.room_status, room.return_status) == (S.MAINTENANCE_REQUIRED, S.CHECKOUT_DIRTY)
    assert not ready.maintenance_required


def test_the_room_has_a_new_pin_and_the_guests_own_device(stay, ready, clerk):
    old, pin = stay.room, ready.guest_pin
    Room.objects.filter(pk=old.pk).update(push_token="device")

    move(stay, ready, clerk)

    ready.refresh_from_db()
    assert ready.push_token == "device"
    assert ready.guest_pin != pin
    old.refresh_from_db()
    assert old.push_token == ""


def test_orders_go_with_the_guest(stay, ready, clerk):
    order = Order.objects.create(booking=stay, items="Tea")

    moved = move(stay, ready, clerk)

    assert list(moved.orders.filter(closed_at=None)) == [order]


@pytest.mark.parametrize(
    "status", [one for one in S if one not in (S.AVAILABLE, S.READY_FOR_GUEST, S.OCCUPIED)]
)
def test_into_a_room_that_is_not_ready_is_refused(status, stay, clerk, hotel):
    room = make_room(hotel=hotel, status=status)

    with pytest.raises(RoomNotReady):
        move(stay, room, clerk)
    assert not hotel.events.exists()


def test_into_a_promised_room_is_refused(stay, ready, clerk, hotel):
    make_booking(hotel=hotel, room=ready, arrives=1)

    with pytest.raises(RoomTaken):
        move(stay, ready, clerk)


def test_who_should_have_left_does_not_move_into_a_room_promised_for_tonight(ready, clerk, hotel):
    room = make_room(hotel=hotel, status=S.OCCUPIED)
    late = make_booking(hotel=hotel, room=room, status="IN_HOUSE", arrives=-3, nights=2, guests=1)
    make_booking(hotel=hotel, room=ready)

    with pytest.raises(RoomTaken):
        move(late, ready, clerk)


def test_into_another_type_that_is_sold_out_is_refused(stay, clerk, hotel):
    suite = make_room_type(hotel=hotel, code="S")
    room = make_room(hotel=hotel, room_type=suite)
    RoomTypeInventory.objects.create(room_type=suite, date=hotel.business_date(), stop_sell=True)

    with pytest.raises(NoAvailability):
        move(stay, room, clerk)


@pytest.mark.parametrize(
    ("room", "reason", "field"),
    [(None, "Noise", "room"), ("ready", " ", "reason"), ("own", "Noise", "room")],
)
def test_without_a_room_or_a_reason_is_refused(room, reason, field, stay, ready, clerk):
    with pytest.raises(InvalidInput) as refused:
        move(stay, {"ready": ready, "own": stay.room}.get(room), clerk, reason)
    assert list(refused.value.fields) == [field]


def test_into_another_hotels_room_is_refused(stay, clerk):
    with pytest.raises(InvalidInput):
        move(stay, make_room(hotel=make_hotel()), clerk)


def test_who_is_not_in_house_does_not_move(hotel, ready, clerk):
    with pytest.raises(NotCheckedIn):
        move(make_booking(hotel=hotel), ready, clerk)


@pytest.mark.parametrize("role", [Role.HOUSEKEEPER, Role.SUPERVISOR, Role.MAINTENANCE])
def test_it_is_the_desks(role, stay, ready, staff):
    with pytest.raises(NotAllowed):
        move(stay, ready, staff[role])


def test_a_stale_room_is_refused(stay, ready, clerk):
    with pytest.raises(StaleVersion):
        move(stay, ready, clerk, expected_version=ready.version - 1)


def test_a_repeated_request_moves_once(stay, ready, clerk, hotel):
    move(stay, ready, clerk, request_id="r-1")

    assert move(stay, ready, clerk, request_id="r-1").room == ready
    assert hotel.events.count() == 2


class TestSharers:
    @pytest.fixture
    def sharer(self, stay, hotel) -> Booking:
        return make_booking(
            hotel=hotel, room=stay.room, status="IN_HOUSE", guests=1, shares_with=stay
        )

    @pytest.fixture
    def coming(self, stay, hotel) -> Booking:
        return make_booking(hotel=hotel, room=stay.room, arrives=1, shares_with=stay)

    @pytest.mark.parametrize("who", ["holder", "sharer"])
    def test_move_together_and_who_is_to_come_follows(
        self, who, stay, sharer, coming, ready, clerk
    ):
        old = stay.room

        move({"holder": stay, "sharer": sharer}[who], ready, clerk)

        for one in (stay, sharer, coming):
            one.refresh_from_db()
            assert one.room == ready
        old.refresh_from_db()
        assert old.room_status == S.CHECKOUT_DIRTY

    def test_alone_needs_a_room_that_is_not_sold(self, stay, sharer, ready, clerk, hotel):
        make_booking(hotel=hotel, nights=2)

        with pytest.raises(NoAvailability):
            move(sharer, ready, clerk, alone=True)

    @pytest.mark.parametrize("who", ["holder", "sharer"])
    def test_alone_leaves_the_others_in_their_room(self, who, stay, sharer, ready, clerk, hotel):
        goes, stays = (stay, sharer) if who == "holder" else (sharer, stay)
        old = stay.room

        moved = move(goes, ready, clerk, alone=True)

        old.refresh_from_db()
        stays.refresh_from_db()
        assert (moved.room, moved.shares_with) == (ready, None)
        assert (stays.room, stays.shares_with) == (old, None)
        assert old.room_status == S.OCCUPIED
        actions = [event.action for event in hotel.events.order_by("seq")]
        assert actions == [LogAction.SHARER_MOVED, Action.MOVE_IN]
