"""Rooms out of service are given last, after a confirmation."""

import datetime as dt

import pytest

from rooms.choices import ClosureKind
from stays.choices import BookingStatus
from tests.factories import make_booking, make_closure, make_room
from tests.portal.reading import address, read


def booking_url(hotel, action: str) -> str:
    return address("booking_action", hotel, "B-1", action)


@pytest.fixture
def rooms(hotel):
    good, poor = make_room(hotel=hotel, number="101"), make_room(hotel=hotel, number="102")
    make_closure(room=poor, kind=ClosureKind.OUT_OF_SERVICE, begins=0, reason="blind broken")
    return good, poor


@pytest.mark.parametrize("action", ["assign", "check-in"])
def test_it_stands_last_and_needs_the_tick(hotel, rooms, sign_in, clerk, action):
    booking = make_booking(hotel=hotel, booking_id="B-1")
    client = sign_in(clerk)

    form = read(client.get(booking_url(hotel, action)))
    groups = form.one("select", name="room").all("optgroup")
    assert [group["label"] for group in groups] == ["Ready, Type D", "Out of service: blind broken"]
    refused = client.post(booking_url(hotel, action), {"room": "102"})

    assert refused.status_code == 422
    assert "Room 102 is out of service: blind broken. Tick this" in read(refused).text
    booking.refresh_from_db()
    assert (booking.status, booking.room) == (BookingStatus.CONFIRMED, None)
    client.post(booking_url(hotel, action), {"room": "102", "confirmed": "on"})
    booking.refresh_from_db()
    assert booking.room == rooms[1]


def test_another_room_needs_no_tick_and_a_stay_after_it_does_not_ask(hotel, rooms, sign_in, clerk):
    make_booking(hotel=hotel, booking_id="B-1", arrives=5)
    client = sign_in(clerk)

    form = read(client.get(booking_url(hotel, "assign")))

    assert not form.all("input", name="confirmed")
    assert client.post(booking_url(hotel, "assign"), {"room": "102"}).status_code == 302


def test_a_walk_in_too(hotel, rooms, sign_in, clerk):
    client, url = sign_in(clerk), address("walk_in", hotel)
    tomorrow = hotel.business_date() + dt.timedelta(days=1)
    given = {"guest_name": "Ada", "room": "102", "check_out": tomorrow, "adults": 1, "children": 0}

    form = read(client.get(url))
    assert form.one("optgroup")["label"] == "Out of service: blind broken"
    assert "out of service: blind broken" in read(client.post(url, given)).text
    assert not hotel.bookings.exists()
    assert client.post(url, {**given, "confirmed": "on"}).status_code == 302
    assert hotel.bookings.get().room == rooms[1]
