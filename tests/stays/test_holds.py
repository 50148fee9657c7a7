"""What stays hold, counted by hand, and what a change of it may take."""

import datetime as dt
from collections import Counter

import pytest

from hotel.exceptions import NoAvailability
from rooms.choices import RoomStatus
from stays.holds import NIGHT, NOON, held, require_left
from tests.factories import make_booking, make_room, make_room_type

S = RoomStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


@pytest.mark.parametrize(
    ("status", "arrives", "nights", "days"),
    [
        ("CONFIRMED", 1, 2, [1, 2]),
        ("CONFIRMED", -1, 3, [0, 1]),
        ("CONFIRMED", -3, 2, []),
        ("IN_HOUSE", -1, 2, [0]),
        ("IN_HOUSE", -2, 2, []),
        ("IN_HOUSE", -3, 2, [0]),
        ("COMPLETED", 0, 2, []),
        ("CANCELLED", 1, 2, []),
        ("NO_SHOW", 0, 2, []),
    ],
)
def test_the_nights_from_today_on(status, arrives, nights, days, hotel, today):
    room = make_room(hotel=hotel, status=S.OCCUPIED) if status == "IN_HOUSE" else None
    stay = make_booking(hotel=hotel, room=room, status=status, arrives=arrives, nights=nights)

    found = held([[stay]], today)

    assert found == Counter({(stay.room_type, today + day * DAY, NIGHT): 1 for day in days})


def test_a_day_use_holds_its_noon(hotel, today):
    stay = make_booking(hotel=hotel, arrives=1, nights=0)

    assert held([[stay]], today) == {(stay.room_type, today + DAY, NOON): 1}


def test_of_the_type_of_its_room(hotel, today):
    suite = make_room_type(hotel=hotel, code="S")
    room = make_room(hotel=hotel, room_type=suite)
    stay = make_booking(hotel=hotel, room=room, room_type=make_room_type(hotel=hotel))

    assert held([[stay]], today) == {(suite, today, NIGHT): 1}


def test_sharers_hold_a_night_once_and_others_each(hotel, today):
    one, two, alone = (make_booking(hotel=hotel) for _ in range(3))

    assert held([[one, two], [alone]], today) == {(one.room_type, today, NIGHT): 2}


class TestWhatIsLeft:
    def test_what_was_held_before_is_not_asked(self, hotel, today):
        stay = make_booking(hotel=hotel)
        before = held([[stay]], today)

        require_left(hotel, before, before, None, in_a_room=False)

    def test_what_is_added_is(self, hotel, today):
        stay = make_booking(hotel=hotel)
        before = held([[stay]], today)
        stay.check_out += DAY

        with pytest.raises(NoAvailability):
            require_left(hotel, before, held([[stay]], today), None, in_a_room=False)

    def test_as_many_as_are_added(self, hotel, today):
        make_room(hotel=hotel)
        room_type = make_room_type(hotel=hotel)
        two = Counter({(room_type, today + DAY, NIGHT): 2})

        with pytest.raises(NoAvailability):
            require_left(hotel, Counter(), two, None, in_a_room=False)
        make_room(hotel=hotel)
        require_left(hotel, Counter(), two, None, in_a_room=False)

    @pytest.mark.parametrize("in_a_room", [True, False])
    def test_a_room_on_its_way_will_do_where_one_is_chosen(self, in_a_room, hotel, today):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        wanted = Counter({(room.room_type, today, NIGHT): 1})

        if in_a_room:
            require_left(hotel, Counter(), wanted, None, in_a_room=True)
        else:
            with pytest.raises(NoAvailability):
                require_left(hotel, Counter(), wanted, None, in_a_room=False)

    def test_a_stay_that_was_there_at_noon_can_become_day_use(self, hotel, today):
        make_room(hotel=hotel)
        stay = make_booking(hotel=hotel, arrives=1, nights=2)
        before = held([[stay]], today)
        stay.check_in = stay.check_out = today + 2 * DAY

        require_left(hotel, before, held([[stay]], today), None, in_a_room=False)
