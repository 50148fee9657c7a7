"""A request id answers its own request again and no other: same person, same words, same wishes."""

import datetime as dt
from functools import partial

import pytest

from hotel.exceptions import InvalidInput
from rooms.choices import RoomStatus
from rooms.models import Room
from stays.choices import BookingStatus
from stays.models import Booking, Guest
from tests.acting import arrivals, bookings, departures, undo
from tests.factories import make_booking, make_room, make_room_type
from tests.stays.belongings import make_stay

S = RoomStatus
DAY = dt.timedelta(days=1)


def wishes(hotel) -> dict:
    """Return what a booking or a walk-in asks for."""
    today = hotel.business_date()
    return {"check_out": today + 2 * DAY, "guest_name": "Ada", "adults": 2, "children": 1}


@pytest.fixture
def requests(hotel, clerk):
    """One request of each kind, to be sent with whoever sends it."""
    kept = make_booking(hotel=hotel, room=make_room(hotel=hotel))
    in_house = make_stay(hotel=hotel)
    undone = make_stay(hotel=hotel)
    departures.check_out(undone, by=clerk)
    free, walked_into = make_room(hotel=hotel), make_room(hotel=hotel)
    make_room(hotel=hotel)
    return {
        "create": partial(
            bookings.create,
            hotel,
            room_type=free.room_type,
            check_in=hotel.business_date(),
            **wishes(hotel),
        ),
        "walk_in": partial(arrivals.walk_in, walked_into, **wishes(hotel)),
        "assign": partial(bookings.assign, make_booking(hotel=hotel, arrives=9), free),
        "check_in": partial(arrivals.check_in, kept),
        "check_out": partial(departures.check_out, in_house),
        "cancel": partial(bookings.cancel, make_booking(hotel=hotel, arrives=9)),
        "undo": partial(undo.undo, undone.room),
    }


@pytest.mark.parametrize(
    "name", ["create", "walk_in", "assign", "check_in", "check_out", "cancel", "undo"]
)
def test_a_colleagues_request_of_the_same_id_is_another_one(name, requests, hotel, clerk, manager):
    send = partial(requests[name], request_id="r-1")
    first = send(by=clerk)
    events = hotel.events.count()

    with pytest.raises(InvalidInput) as refused:
        send(by=manager)

    assert set(refused.value.fields) == {"request_id"}
    assert send(by=clerk) == first
    assert hotel.events.count() == events


@pytest.mark.parametrize("name", ["create", "walk_in"])
@pytest.mark.parametrize(
    "other",
    [{"guest_name": "Ben"}, {"adults": 1}, {"children": 0}, {"check_out": dt.date(2999, 1, 1)}],
    ids=lambda other: next(iter(other)),
)
def test_a_booking_of_other_wishes_is_another_request(name, other, requests, hotel, clerk):
    send = partial(requests[name], by=clerk, request_id="r-1")
    send()
    before = Booking.objects.count()
    if "check_out" in other:
        other = {"check_out": hotel.business_date() + 3 * DAY}

    with pytest.raises(InvalidInput) as refused:
        send(**other)

    assert set(refused.value.fields) == {"request_id"}
    assert Booking.objects.count() == before


def test_so_is_one_of_another_type_or_arrival(requests, hotel, clerk):
    send = partial(requests["create"], by=clerk, request_id="r-1")
    send()
    suite = make_room(hotel=hotel, room_type=make_room_type(hotel=hotel, code="S")).room_type

    for other in ({"room_type": suite}, {"check_in": hotel.business_date() + DAY}):
        with pytest.raises(InvalidInput):
            send(**other)


def test_an_assignment_or_check_in_to_another_room_is_another_request(requests, hotel, clerk):
    other = make_room(hotel=hotel)
    requests["assign"](by=clerk, request_id="r-1")
    requests["check_in"](by=clerk, request_id="r-2")

    with pytest.raises(InvalidInput):
        bookings.assign(requests["assign"].args[0], other, by=clerk, request_id="r-1")
    with pytest.raises(InvalidInput):
        arrivals.check_in(requests["check_in"].args[0], other, by=clerk, request_id="r-2")

    assert not other.bookings.exists()


class TestAWalkInSentTwice:
    def test_it_returns_the_first_booking_and_changes_nothing(self, requests, hotel, clerk):
        send = partial(requests["walk_in"], by=clerk, request_id="r-1")
        first = send()
        before = list(Room.objects.order_by("pk").values())
        events, guests = hotel.events.count(), Guest.objects.count()

        again = send()

        assert (again, again.status) == (first, BookingStatus.IN_HOUSE)
        assert list(Room.objects.order_by("pk").values()) == before
        assert (hotel.events.count(), Guest.objects.count()) == (events, guests)

    def test_so_it_does_to_a_person_who_sees_the_room_as_it_is_now(self, requests, clerk):
        send = partial(requests["walk_in"], by=clerk, request_id="r-1")
        first = send(expected_version=1)

        assert send(expected_version=first.room.version) == first

    def test_nor_does_it_let_the_guest_in_again_after_an_undo(self, requests, hotel, clerk):
        send = partial(requests["walk_in"], by=clerk, request_id="r-1")
        undo.undo(send().room, by=clerk)

        assert send().status == BookingStatus.CONFIRMED

    def test_into_another_room_it_is_another_request(self, requests, hotel, clerk):
        other = make_room(hotel=hotel)
        requests["walk_in"](by=clerk, request_id="r-1")

        with pytest.raises(InvalidInput):
            arrivals.walk_in(other, **wishes(hotel), by=clerk, request_id="r-1")

        assert not other.bookings.exists()

    def test_the_id_of_a_booking_cannot_serve_a_walk_in(self, requests, hotel, clerk):
        requests["create"](by=clerk, request_id="r-1")

        with pytest.raises(InvalidInput):
            requests["walk_in"](by=clerk, request_id="r-1")

        assert not requests["walk_in"].args[0].bookings.exists()
