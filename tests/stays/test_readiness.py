"""What the desk asks all day: what each type has ready, and in which order to look at arrivals."""

import datetime as dt

import pytest

from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from stays.models import RoomTypeInventory
from stays.readiness import expected_cleaned_at, readiness, rooms_for_tonight
from tests.factories import make_booking, make_hotel, make_room, make_room_type

S = RoomStatus


def test_a_type_counts_its_rooms_and_the_guests_still_to_come(hotel):
    double = make_room_type(hotel=hotel, code="D")
    free = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
    promised = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
    coming = make_room(hotel=hotel, status=S.CLEANED_UNINSPECTED)
    for status in (S.OUT_OF_ORDER, S.MAINTENANCE_REQUIRED, S.OCCUPIED):
        make_room(hotel=hotel, status=status)
    make_room(hotel=hotel, status=S.AVAILABLE, is_active=False)
    make_booking(hotel=hotel, room=promised)
    for _ in range(3):
        make_booking(hotel=hotel)

    (of_type,) = readiness(hotel).types

    assert of_type.room_type == double
    assert (of_type.free, of_type.promised) == ([free], [promised])
    assert (of_type.on_its_way, of_type.out_of_use) == ([coming], 2)
    assert (of_type.expected, of_type.awaited, of_type.short) == (4, 1, 1)


@pytest.mark.parametrize("arrives", [-1, 1, 3])
def test_a_room_that_is_kept_for_another_day_is_free_today(hotel, arrives):
    """Yesterday's guest of one night never came; that keeps the room from nobody."""
    room = make_room(hotel=hotel)
    make_booking(hotel=hotel, room=room, arrives=arrives)

    (of_type,) = readiness(hotel).types

    assert (of_type.free, of_type.promised, of_type.expected) == ([room], [], 0)


def test_a_guest_with_a_room_of_another_type_counts_on_that_one(hotel):
    suite = make_room(hotel=hotel, room_type=make_room_type(hotel=hotel, code="S"))
    make_booking(hotel=hotel, room=suite, room_type=make_room_type(hotel=hotel, code="D"))

    assert {one.room_type.code: one.expected for one in readiness(hotel).types} == {"S": 1}


def test_a_type_with_neither_rooms_nor_guests_is_left_out(hotel):
    make_room_type(hotel=hotel, code="OLD")
    make_booking(hotel=hotel, room_type=make_room_type(hotel=hotel, code="NEW"))

    assert [one.room_type.code for one in readiness(hotel).types] == ["NEW"]


def test_arrivals_stand_in_the_order_in_which_the_desk_should_look(hotel):
    ready = make_booking(hotel=hotel, room=make_room(hotel=hotel))
    dirty = make_booking(hotel=hotel, room=make_room(hotel=hotel, status=S.CHECKOUT_DIRTY))
    late = make_booking(hotel=hotel, arrives=-1, nights=3)
    without = make_booking(hotel=hotel)
    make_booking(hotel=hotel, arrives=1)
    make_booking(hotel=hotel, status=BookingStatus.CANCELLED)
    make_booking(hotel=make_hotel())

    assert readiness(hotel).arrivals == [late, without, dirty, ready]


def test_rooms_on_their_way_stand_with_the_next_to_be_ready_first(hotel):
    rooms = [
        make_room(hotel=hotel, number=number, status=status)
        for number, status in [
            ("101", S.CHECKOUT_DIRTY),
            ("102", S.CLEANING_IN_PROGRESS),
            ("103", S.CLEANED_UNINSPECTED),
            ("104", S.CLEANED_UNINSPECTED),
        ]
    ]

    assert readiness(hotel).on_its_way == [rooms[2], rooms[3], rooms[1], rooms[0]]


def test_today_is_the_hotels_own_day(hotel):
    booking = make_booking(hotel=hotel, arrives=1)
    tomorrow = hotel.day_begins(booking.check_in)

    assert readiness(hotel).arrivals == []
    assert readiness(hotel, tomorrow - dt.timedelta(minutes=1)).arrivals == []
    assert readiness(hotel, tomorrow).arrivals == [booking]


def test_a_clean_should_end_after_the_minutes_of_its_type(hotel):
    quick = make_room_type(hotel=hotel, code="Q", departure_minutes=20)
    room = make_room(hotel=hotel, room_type=quick, status=S.CLEANING_IN_PROGRESS)

    assert expected_cleaned_at(room) == room.status_since + dt.timedelta(minutes=20)


def test_where_nobody_cleans_nothing_should_end(hotel):
    assert expected_cleaned_at(make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)) is None


class TestRoomsForTonight:
    """What a guest without a booking is offered."""

    def offered(self, hotel) -> list[str]:
        return [room.number for room in rooms_for_tonight(hotel)]

    def test_ready_rooms_as_people_count_and_what_is_out_of_service_last(self, hotel):
        make_room(hotel=hotel, number="10")
        make_room(hotel=hotel, number="9")
        make_room(hotel=hotel, number="8", is_out_of_service=True)
        make_room(hotel=hotel, number="7", status=S.CLEANED_UNINSPECTED)

        assert self.offered(hotel) == ["9", "10", "8"]

    @pytest.mark.parametrize(
        ("arrives", "nights", "kept"),
        [(0, 1, True), (-1, 3, True), (1, 1, False), (0, 0, False), (-2, 2, False)],
    )
    def test_none_that_is_kept_for_somebody_tonight(self, hotel, arrives, nights, kept):
        make_room(hotel=hotel, number="2")
        room = make_room(hotel=hotel, number="1")
        make_booking(hotel=hotel, room=room, arrives=arrives, nights=nights)

        assert self.offered(hotel) == (["2"] if kept else ["1", "2"])

    def test_none_of_a_type_that_is_promised_away(self, hotel):
        make_room(hotel=hotel, number="1", room_type=make_room_type(hotel=hotel, code="S"))
        make_room(hotel=hotel, number="2")
        make_booking(hotel=hotel, nights=3)

        assert self.offered(hotel) == ["1"]

    def test_none_of_a_type_that_is_not_sold_tonight(self, hotel):
        kind = make_room(hotel=hotel).room_type
        today = hotel.business_date()
        RoomTypeInventory.objects.create(room_type=kind, date=today, stop_sell=True)

        assert self.offered(hotel) == []
