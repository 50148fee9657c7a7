"""A stay begins and ends with its booking: nobody changes the room of a stay alone."""

import pytest

from hotel.exceptions import InvalidInput, UndoneWithItsStay
from rooms.change import ActionInput
from rooms.choices import Action, RoomStatus
from rooms.models import Room, RoomEvent
from rooms.perform import perform
from stays.choices import BookingStatus
from tests.acting import arrivals, change, departures
from tests.factories import make_booking, make_room

S = RoomStatus


@pytest.mark.parametrize(
    ("action", "status"), [(Action.CHECK_IN, S.AVAILABLE), (Action.CHECK_OUT, S.OCCUPIED)]
)
def test_a_room_alone_is_neither_checked_in_nor_out(action, status, hotel, clerk):
    room = make_room(hotel=hotel, status=status)

    with pytest.raises(InvalidInput) as refused:
        perform(action, room, ActionInput(), change(by=clerk))

    assert "booking" in refused.value.fields
    assert Room.objects.get().room_status == status
    assert not RoomEvent.objects.exists()


def test_a_room_imported_as_occupied_checks_out_without_a_stay(hotel, clerk):
    room = make_room(hotel=hotel, status=S.OCCUPIED)

    departures.check_out_room(room, by=clerk)

    assert Room.objects.get().room_status == S.CHECKOUT_DIRTY
    assert RoomEvent.objects.get().booking is None


def test_a_check_in_is_not_undone_without_its_stay(hotel, clerk):
    booking = make_booking(hotel=hotel, room=make_room(hotel=hotel))
    arrivals.check_in(booking, by=clerk)

    with pytest.raises(UndoneWithItsStay):
        perform(Action.UNDO, booking.room, ActionInput(), change(by=clerk))

    booking.refresh_from_db()
    assert booking.status == BookingStatus.IN_HOUSE
    assert Room.objects.get().is_occupied is True
