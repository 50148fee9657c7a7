"""A stay changes: its dates, type, guests and name, each with what it needs and no more."""

import datetime as dt

import pytest

from hotel.choices import ReadinessPolicy, Role
from hotel.exceptions import (
    CannotSwapShared,
    InvalidInput,
    NoAvailability,
    NotAllowed,
    RoomTaken,
    StayIsEnded,
)
from rooms.choices import LogAction, RoomStatus
from stays.availability import availability
from stays.changes import StayChange
from stays.models import Booking
from tests.acting import changes
from tests.factories import make_booking, make_hotel, make_room, make_room_type

S = RoomStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


@pytest.fixture
def in_house(hotel) -> Booking:
    """A guest who came yesterday and leaves tomorrow, in the only room of the type."""
    room = make_room(hotel=hotel, number="204", status=S.OCCUPIED)
    return make_booking(hotel=hotel, room=room, status="IN_HOUSE", arrives=-1, nights=2, guests=1)


def change_stay(booking: Booking, by, **wanted) -> Booking:
    about = {name: wanted.pop(name) for name in ("request_id",) & wanted.keys()}
    changes.change_stay(booking, StayChange(**wanted), by=by, **about)
    return Booking.objects.get(pk=booking.pk)


class TestTheDeparture:
    @pytest.mark.parametrize("policy", ReadinessPolicy)
    def test_of_a_guest_in_the_only_room_can_be_later(self, policy, in_house, clerk, hotel, today):
        hotel.readiness_policy = policy
        hotel.save()

        changed = change_stay(in_house, clerk, check_out=today + 3 * DAY)

        assert changed.check_out == today + 3 * DAY
        event = hotel.events.first()
        assert (event.action, event.booking) == (LogAction.STAY_CHANGED, in_house)
        assert event.room == in_house.room
        assert event.notes.startswith("departure ")

    def test_of_who_should_have_left_can_be_tomorrow(self, hotel, clerk, today):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        late = make_booking(hotel=hotel, room=room, status="IN_HOUSE", arrives=-4, nights=2)

        assert change_stay(late, clerk, check_out=today + DAY).check_out == today + DAY

    def test_can_be_earlier_and_gives_its_nights_back(self, in_house, clerk, hotel, today):
        change_stay(in_house, clerk, check_out=today + 4 * DAY)
        change_stay(in_house, clerk, check_out=today + DAY)

        (offer,) = availability(hotel, today + DAY, today + 4 * DAY)
        assert offer.sellable == 1

    def test_can_be_today_but_not_before(self, in_house, clerk, today):
        assert change_stay(in_house, clerk, check_out=today).check_out == today
        with pytest.raises(InvalidInput) as refused:
            change_stay(in_house, clerk, check_out=today - DAY)
        assert refused.value.fields == {
            "check_out": ["The departure can be today at the earliest."]
        }
        in_house.refresh_from_db()
        assert in_house.check_out == today

    def test_over_a_promised_room_names_who_has_it_and_the_rooms_that_are_free(
        self, in_house, clerk, hotel, today
    ):
        make_booking(
            hotel=hotel,
            room=in_house.room,
            arrives=2,
            nights=2,
            booking_id="B-NEXT",
            guest_name="N",
        )
        make_room(hotel=hotel, number="207", status=S.READY_FOR_GUEST)
        make_room(hotel=hotel, number="208", status=S.CHECKOUT_DIRTY)
        taken = make_room(hotel=hotel, number="209", status=S.AVAILABLE)
        make_booking(hotel=hotel, room=taken, arrives=1, nights=2)

        with pytest.raises(RoomTaken) as refused:
            change_stay(in_house, clerk, check_out=today + 3 * DAY)

        assert "Room 204 is kept for booking B-NEXT" in refused.value.message
        assert refused.value.message.endswith("Free for the whole time: 207.")
        in_house.refresh_from_db()
        assert in_house.check_out == today + DAY

    def test_says_where_nothing_else_is_free(self, in_house, clerk, hotel, today):
        make_booking(hotel=hotel, room=in_house.room, arrives=1)

        with pytest.raises(RoomTaken, match=r"No other room is free for the whole time\."):
            change_stay(in_house, clerk, check_out=today + 2 * DAY)

    def test_is_refused_where_the_type_is_sold_out(self, in_house, clerk, hotel, today):
        make_booking(hotel=hotel, arrives=1)

        with pytest.raises(NoAvailability):
            change_stay(in_house, clerk, check_out=today + 2 * DAY)


class TestAnArrival:
    def test_gets_other_dates_in_its_room(self, hotel, clerk, today):
        room = make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, room=room, arrives=2, nights=2)

        changed = change_stay(booking, clerk, check_in=today + 3 * DAY, check_out=today + 5 * DAY)

        assert (changed.check_in, changed.check_out) == (today + 3 * DAY, today + 5 * DAY)
        assert changed.room == room

    def test_asks_only_for_the_nights_that_are_added(self, hotel, clerk, today):
        make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, arrives=2, nights=2)
        make_booking(hotel=hotel, arrives=5)

        changed = change_stay(booking, clerk, check_in=today + DAY, check_out=today + 5 * DAY)
        assert changed.nights == 4
        with pytest.raises(NoAvailability):
            change_stay(booking, clerk, check_out=today + 6 * DAY)

    def test_who_is_overbooked_already_can_still_stay_less(self, hotel, clerk, today):
        make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, arrives=1, nights=3)
        make_booking(hotel=hotel, arrives=1, nights=3)

        assert change_stay(booking, clerk, check_out=today + 2 * DAY).nights == 1

    def test_of_another_type_gives_the_room_back(self, hotel, clerk):
        room = make_room(hotel=hotel)
        suite = make_room_type(hotel=hotel, code="S")
        make_room(hotel=hotel, room_type=suite)
        booking = make_booking(hotel=hotel, room=room, arrives=1)

        changed = change_stay(booking, clerk, room_type=suite)

        assert (changed.room_type, changed.room) == (suite, None)
        assert [event.action for event in hotel.events.all()] == [
            LogAction.STAY_CHANGED,
            LogAction.ROOM_UNASSIGNED,
        ]

    def test_of_the_type_of_its_room_keeps_it(self, hotel, clerk):
        suite = make_room_type(hotel=hotel, code="S")
        room = make_room(hotel=hotel, room_type=suite)
        booking = make_booking(
            hotel=hotel, room=room, arrives=1, room_type=make_room_type(hotel=hotel)
        )

        assert change_stay(booking, clerk, room_type=suite).room == room

    def test_of_a_type_that_is_sold_out_is_refused(self, hotel, clerk):
        make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, arrives=1)

        with pytest.raises(NoAvailability):
            change_stay(booking, clerk, room_type=make_room_type(hotel=hotel, code="S"))

    @pytest.mark.parametrize(
        ("wanted", "field"),
        [
            ({"check_in": -1}, "check_in"),
            ({"check_out": -1}, "check_out"),
            ({"check_out": 1}, "check_out"),
            ({"check_in": 4}, "check_out"),
            ({"guest_name": "  "}, "guest_name"),
            ({"adults": 0, "children": 0}, "adults"),
        ],
    )
    def test_is_refused_what_no_stay_can_be(self, wanted, field, hotel, clerk, today):
        make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, arrives=2)
        given = {
            name: today + value * DAY if name.startswith("check") else value
            for name, value in wanted.items()
        }

        with pytest.raises(InvalidInput) as refused:
            change_stay(booking, clerk, **given)

        assert list(refused.value.fields) == [field]
        assert not hotel.events.exists()

    def test_day_use_becomes_a_night(self, hotel, clerk, today):
        make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, arrives=1, nights=0)

        assert change_stay(booking, clerk, check_out=today + 2 * DAY).nights == 1

    def test_a_night_becomes_day_use(self, hotel, clerk, today):
        make_room(hotel=hotel)
        booking = make_booking(hotel=hotel, arrives=1)

        assert change_stay(booking, clerk, check_out=today + DAY).nights == 0


class TestGuests:
    def test_can_be_more_and_have_another_name_which_the_log_does_not_hold(self, in_house, clerk):
        changed = change_stay(in_house, clerk, adults=2, children=1, guest_name="Olga Lopez")

        assert (changed.adults, changed.children, changed.guest_name) == (2, 1, "Olga Lopez")
        notes = in_house.hotel.events.first().notes
        assert "adults 1 → 2" in notes
        assert "name corrected" in notes
        assert "Olga" not in notes

    @pytest.mark.parametrize("wanted", ["check_in", "room_type"])
    def test_in_house_keep_their_arrival_and_type(self, wanted, in_house, clerk, hotel, today):
        values = {"check_in": today, "room_type": make_room_type(hotel=hotel, code="S")}

        with pytest.raises(InvalidInput) as refused:
            change_stay(in_house, clerk, **{wanted: values[wanted]})

        assert list(refused.value.fields) == [wanted]


@pytest.mark.parametrize("status", ["COMPLETED", "CANCELLED", "NO_SHOW"])
def test_an_ended_stay_is_reinstated_first(status, hotel, clerk):
    booking = make_booking(hotel=hotel, room=make_room(hotel=hotel), status=status)

    with pytest.raises(StayIsEnded):
        change_stay(booking, clerk, adults=2)


@pytest.mark.parametrize("role", [Role.HOUSEKEEPER, Role.SUPERVISOR, Role.MAINTENANCE])
def test_it_is_the_desks(role, in_house, staff, today):
    with pytest.raises(NotAllowed):
        change_stay(in_house, staff[role], check_out=today + 2 * DAY)


def test_without_a_difference_nothing_is_written(in_house, clerk, hotel):
    change_stay(in_house, clerk, check_out=in_house.check_out, adults=in_house.adults)

    assert not hotel.events.exists()


def test_a_repeated_request_changes_nothing(in_house, clerk, hotel, today):
    change_stay(in_house, clerk, check_out=today + 2 * DAY, request_id="r-1")
    change_stay(in_house, clerk, check_out=today + 3 * DAY)

    assert change_stay(in_house, clerk, check_out=today + 2 * DAY, request_id="r-1").check_out == (
        today + 3 * DAY
    )
    assert hotel.events.count() == 2


def test_another_hotels_type_is_refused(in_house, hotel, clerk):
    booking = make_booking(hotel=hotel, arrives=1)

    with pytest.raises(InvalidInput):
        change_stay(booking, clerk, room_type=make_room_type(hotel=make_hotel(), code="D"))


def test_the_type_of_sharers_does_not_change(hotel, clerk):
    room = make_room(hotel=hotel)
    first = make_booking(hotel=hotel, room=room, arrives=1)
    second = make_booking(hotel=hotel, room=room, arrives=1, shares_with=first)

    with pytest.raises(CannotSwapShared):
        change_stay(second, clerk, room_type=make_room_type(hotel=hotel, code="S"))


def test_sharers_hold_an_added_night_together(hotel, clerk, today):
    room = make_room(hotel=hotel)
    first = make_booking(hotel=hotel, room=room, arrives=1, nights=3)
    second = make_booking(hotel=hotel, room=room, arrives=1, nights=1, shares_with=first)

    assert change_stay(second, clerk, check_out=today + 4 * DAY).nights == 3


@pytest.mark.parametrize("why", ["out of order", "promised"])
def test_a_stay_is_shortened_whatever_became_of_its_room(why, hotel, clerk):
    """It needs no more of the room than before: to refuse would keep the desk from the way out."""
    room = make_room(hotel=hotel, status=S.OUT_OF_ORDER if why == "out of order" else S.AVAILABLE)
    stay = make_booking(hotel=hotel, room=room, nights=4)
    if why == "promised":
        make_booking(hotel=hotel, room=room, arrives=1)

    assert change_stay(stay, clerk, check_out=stay.check_in + 3 * DAY).nights == 3
