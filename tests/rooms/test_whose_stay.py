"""A check-in and a checkout change one stay, and it is this room's own."""

import pytest

from hotel.exceptions import IllegalTransition, InvalidInput
from rooms.choices import Action, RoomStatus
from rooms.models import Room, RoomEvent
from rooms.perform import perform
from stays.choices import BookingStatus
from tests.factories import make_booking, make_hotel, make_room

S = RoomStatus
IN_HOUSE, COMPLETED = BookingStatus.IN_HOUSE, BookingStatus.COMPLETED


def test_a_check_in_names_its_booking(hotel, clerk):
    room = make_room(hotel=hotel)

    with pytest.raises(InvalidInput) as refused:
        perform(Action.CHECK_IN, room, by=clerk)

    assert "booking" in refused.value.fields
    assert Room.objects.get().room_status == S.AVAILABLE


def test_a_stay_in_house_is_not_left_behind_by_a_checkout_of_the_room(hotel, clerk):
    room = make_room(hotel=hotel, status=S.OCCUPIED)
    make_booking(hotel=hotel, room=room, status=IN_HOUSE)

    with pytest.raises(InvalidInput) as refused:
        perform(Action.CHECK_OUT, room, by=clerk)

    assert "booking" in refused.value.fields
    assert Room.objects.get().is_occupied is True


def test_a_room_imported_as_occupied_checks_out_without_a_stay(hotel, clerk):
    room = make_room(hotel=hotel, status=S.OCCUPIED)

    perform(Action.CHECK_OUT, room, by=clerk)

    assert Room.objects.get().room_status == S.CHECKOUT_DIRTY


@pytest.mark.parametrize(
    ("action", "status", "right"),
    [(Action.CHECK_IN, S.AVAILABLE, IN_HOUSE), (Action.CHECK_OUT, S.OCCUPIED, COMPLETED)],
    ids=["check_in", "check_out"],
)
class TestTheStayGiven:
    def test_it_is_this_rooms_and_stands_as_the_action_leaves_it(
        self, action, status, right, hotel, clerk
    ):
        room = make_room(hotel=hotel, status=status)
        stay = make_booking(hotel=hotel, room=room, status=right)

        assert perform(action, room, by=clerk, booking=stay).booking == stay

    @pytest.mark.parametrize("whose", ["another room's", "no room's", "another hotel's"])
    def test_another_is_refused(self, whose, action, status, right, hotel, clerk):
        room = make_room(hotel=hotel, status=status)
        house = make_hotel() if whose == "another hotel's" else hotel
        kept = None if whose == "no room's" else make_room(hotel=house)
        stay = make_booking(
            hotel=house, room=kept, status=right if kept else BookingStatus.CONFIRMED
        )

        with pytest.raises(InvalidInput) as refused:
            perform(action, room, by=clerk, booking=stay)

        assert "booking" in refused.value.fields
        assert Room.objects.get(pk=room.pk).room_status == status
        assert not RoomEvent.objects.exists()

    def test_neither_is_one_that_stands_otherwise(self, action, status, right, hotel, clerk):
        room = make_room(hotel=hotel, status=status)
        for other in set(BookingStatus) - {right}:
            stay = make_booking(hotel=hotel, room=room, status=other)
            with pytest.raises(InvalidInput):
                perform(action, room, by=clerk, booking=stay)

        assert Room.objects.get().room_status == status


def test_an_earlier_stay_does_not_check_the_present_one_out(hotel, clerk):
    room = make_room(hotel=hotel, status=S.OCCUPIED)
    earlier = make_booking(hotel=hotel, room=room, status=COMPLETED)
    make_booking(hotel=hotel, room=room, status=IN_HOUSE)

    with pytest.raises(InvalidInput):
        perform(Action.CHECK_OUT, room, by=clerk, booking=earlier)

    assert Room.objects.get().is_occupied is True


@pytest.mark.parametrize("action", [Action.START_CLEANING, Action.UNDO])
def test_what_is_not_about_a_stay_takes_none(action, hotel, manager):
    room = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
    perform(Action.MARK_DIRTY, room, by=manager)
    stay = make_booking(hotel=hotel, room=room)

    with pytest.raises((InvalidInput, IllegalTransition)):
        perform(action, room, by=manager, booking=stay)

    assert RoomEvent.objects.get().booking is None
