"""New bookings and walk-ins: what is typed is kept, what is refused says why, once is once."""

import datetime as dt
from urllib.parse import urlencode

import pytest

from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from stays.models import Booking
from tests.factories import make_booking, make_hotel, make_room
from tests.portal.reading import address, read

S = RoomStatus
B = BookingStatus


@pytest.fixture
def desk(sign_in, clerk):
    """The browser at the front desk."""
    return sign_in(clerk)


@pytest.fixture
def stay(hotel):
    """What is typed for a stay of two nights from today."""
    today = hotel.business_date()
    return {
        "guest_name": "Ada Byron",
        "room_type": "D",
        "check_in": str(today),
        "check_out": str(today + dt.timedelta(days=2)),
        "adults": "2",
        "children": "1",
    }


def test_a_booking_is_made_and_shown(hotel, desk, stay):
    make_room(hotel=hotel)

    response = desk.post(address("new_booking", hotel), stay, follow=True)

    made = Booking.objects.get()
    assert response.redirect_chain == [(address("booking", hotel, made.booking_id), 302)]
    assert read(response).one("h1").text == "Ada Byron"
    assert read(response).one(id="toasts").text == f"Booked: Ada Byron, {made.booking_id}."
    assert (made.nights, made.adults, made.children, made.status) == (2, 2, 1, B.CONFIRMED)


def test_the_new_form_proposes_one_night_from_today_for_two(hotel, desk):
    make_room(hotel=hotel)

    page = read(desk.get(address("new_booking", hotel)))

    today = hotel.business_date()
    proposed = {field["name"]: field.attrs.get("value", "") for field in page.all("input")}
    assert proposed["check_in"] == str(today)
    assert proposed["check_out"] == str(today + dt.timedelta(days=1))
    assert (proposed["adults"], proposed["children"]) == ("2", "0")
    assert page.one("select", name="room_type").texts("option")[1:] == ["D · Type D"]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"guest_name": " "}, "guest_name", "This field is required."),
        ({"check_in": "2001-01-01"}, "check_in", "The arrival is in the past."),
        ({"check_out": "2001-01-01"}, "check_out", "The departure is before the arrival."),
        ({"check_out": "2999-01-01"}, "check_out", "nights at most"),
        ({"check_out": "tomorrow"}, "check_out", "Enter a valid date."),
        ({"adults": "0", "children": "0"}, "adults", "Somebody must stay."),
        ({"adults": "-1"}, "adults", "greater than or equal to 0"),
        ({"room_type": "NONE"}, "room_type", "Select a valid choice."),
    ],
)
def test_what_is_wrong_with_a_booking_is_said_beside_it_and_the_rest_is_kept(
    hotel, desk, stay, wrong, field, words
):
    make_room(hotel=hotel)

    response = desk.post(address("new_booking", hotel), stay | wrong)

    page = read(response)
    assert response.status_code == 422
    assert words in page.one(id=f"div_id_{field}").one(cls="invalid-feedback").text
    if field != "guest_name":
        assert page.one("input", name="guest_name")["value"] == "Ada Byron"
    assert not Booking.objects.exists()


def test_a_night_that_is_sold_out_is_named(hotel, desk, stay):
    make_booking(hotel=hotel, room=make_room(hotel=hotel), arrives=1)

    response = desk.post(address("new_booking", hotel), stay)

    full = hotel.business_date() + dt.timedelta(days=1)
    assert response.status_code == 422
    beside = read(response).one(id="div_id_room_type").one(cls="invalid-feedback")
    assert beside.text == f"No Type D is left for {full.day} {full:%B %Y}."


def test_a_booking_sent_twice_is_made_once(hotel, desk, stay):
    make_room(hotel=hotel)
    make_room(hotel=hotel)
    url = address("new_booking", hotel)
    request_id = read(desk.get(url)).one("input", name="request_id")["value"]

    for _ in range(2):
        response = desk.post(url, stay | {"request_id": request_id}, follow=True)

    assert read(response).one("h1").text == "Ada Byron"
    assert Booking.objects.count() == 1


def test_a_walk_in_is_in_the_room_at_once_and_the_desk_is_told_the_pin(hotel, desk, stay):
    room = make_room(hotel=hotel, number="204")

    response = desk.post(address("walk_in", hotel), stay | {"room": "204"}, follow=True)

    room.refresh_from_db()
    assert response.redirect_chain == [(address("arrivals", hotel), 302)]
    told = read(response).one(id="toasts").text
    assert told == f"Ada Byron is in room 204; guest PIN {room.guest_pin}."
    made = Booking.objects.get()
    assert (made.status, made.room, made.check_in) == (B.IN_HOUSE, room, hotel.business_date())


def test_a_walk_in_can_have_only_a_room_that_is_ready(hotel, desk, stay):
    make_room(hotel=hotel, number="1")
    make_room(hotel=hotel, number="2", status=S.CLEANED_UNINSPECTED)

    options = read(desk.get(address("walk_in", hotel))).one("select", name="room").all("option")
    response = desk.post(address("walk_in", hotel), stay | {"room": "2"})

    assert [option["value"] for option in options] == ["", "1"]
    assert response.status_code == 422
    beside = read(response).one(id="div_id_room").one(cls="invalid-feedback")
    assert beside.text == "Room 2 is “Awaiting inspection”: it can be given once it is ready."


def test_a_walk_in_sent_twice_is_let_in_once(hotel, desk, stay):
    make_room(hotel=hotel, number="204")
    make_room(hotel=hotel)
    url = address("walk_in", hotel)
    request_id = read(desk.get(url)).one("input", name="request_id")["value"]

    for _ in range(2):
        response = desk.post(url, stay | {"room": "204", "request_id": request_id}, follow=True)

    assert "Ada Byron is in room 204" in read(response).one(id="toasts").text
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("number", ["999", "THEIRS"])
def test_a_walk_in_cannot_have_a_room_that_is_not_there(hotel, desk, stay, number):
    make_room(hotel=make_hotel(), number="THEIRS")

    response = desk.post(address("walk_in", hotel), stay | {"room": number})

    assert response.status_code == 422
    assert "Choose another" in read(response).one(id="div_id_room").text


def test_a_room_that_is_kept_for_somebody_is_refused_to_a_walk_in(hotel, desk, stay):
    room = make_room(hotel=hotel, number="1")
    make_room(hotel=hotel, number="2")
    make_booking(hotel=hotel, room=room, booking_id="B-KEPT")

    response = desk.post(address("walk_in", hotel), stay | {"room": "1"})

    assert response.status_code == 422
    assert "Room 1 is kept for booking B-KEPT" in read(response).one(id="div_id_room").text
    assert Booking.objects.count() == 1
    assert read(response).one("input", name="guest_name")["value"] == "Ada Byron"


def test_a_room_can_be_chosen_by_the_link_that_leads_to_the_form(hotel, desk):
    make_room(hotel=hotel, number="1")
    make_room(hotel=hotel, number="2")

    page = read(desk.get(address("walk_in", hotel) + "?" + urlencode({"room": "2"})))

    assert page.one("option", selected="").text == "2 · Type D"
