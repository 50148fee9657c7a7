"""The watch that other tests rely on sees what is broken."""

import pytest

from hotel.models import Hotel
from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.factories import make_booking, make_room
from tests.invariants import Watch


def test_the_watch_sees_a_room_whose_stay_is_missing(hotel):
    make_room(hotel=hotel, status=RoomStatus.OCCUPIED)
    with pytest.raises(AssertionError, match="one stay in house"):
        Watch(hotel).look()


def test_the_watch_sees_a_stay_in_a_room_that_is_not_occupied(hotel):
    make_booking(hotel=hotel, room=make_room(hotel=hotel), status=BookingStatus.IN_HOUSE)
    with pytest.raises(AssertionError, match="one stay in house"):
        Watch(hotel).look()


def test_the_watch_sees_a_gap_in_the_log(hotel):
    watch = Watch(hotel)
    Hotel.objects.filter(pk=hotel.pk).update(last_seq=1)
    with pytest.raises(AssertionError, match="not to 1"):
        watch.look()


def test_the_watch_sees_a_guest_without_the_stays_room(hotel):
    room = make_room(hotel=hotel, status=RoomStatus.OCCUPIED)
    booking = make_booking(hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, guests=2)
    Watch(hotel).look_at_guests()
    booking.guests.filter(pk=booking.guests.first().pk).update(room=None)
    with pytest.raises(AssertionError, match="1 misplaced"):
        Watch(hotel).look_at_guests()
