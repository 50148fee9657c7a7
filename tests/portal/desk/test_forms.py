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


# Ready but for a small fault.
SMALL_FAULT = {
    "status": S.MAINTENANCE_REQUIRED,
    "return_status": S.READY_FOR_GUEST,
    "priority": "LOW",
    "maintenance_notes": "the bulb is blown",
}


def test_a_walk_in_gets_a_room_with_a_small_fault_last_and_only_when_it_is_confirmed(
    hotel, desk, stay
):
    make_room(hotel=hotel, number="1")
    room = make_room(hotel=hotel, number="2", **SMALL_FAULT)
    make_room(hotel=hotel, number="3", **SMALL_FAULT | {"priority": "MED"})
    url = address("walk_in", hotel)

    form = read(desk.get(url))
    (faulty,) = form.one("select", name="room").all("optgroup")
    assert (faulty["label"], faulty.texts("option")) == (
        "With a small fault",
        ["2 · D · floor 1 · the bulb is blown"],
    )
    assert not form.all("input", name="accept_fault")

    asked = desk.post(url, stay | {"room": "2"})
    assert asked.status_code == 422
    assert "Room 2 has a fault: “the bulb is blown" in read(asked).text
    assert read(asked).one("input", name="guest_name")["value"] == "Ada Byron"
    tick = read(asked).one("input", name="accept_fault")
    desk.post(url, stay | {"room": "2", "accept_fault": tick["value"]})

    room.refresh_from_db()
    assert (room.room_status, room.maintenance_notes) == (S.OCCUPIED, "the bulb is blown")
    assert Booking.objects.get().room == room


def test_a_tick_for_one_room_is_none_for_another(hotel, desk, stay):
    for number in ("1", "2"):
        make_room(hotel=hotel, number=number, **SMALL_FAULT)
    url = address("walk_in", hotel)
    tick = read(desk.post(url, stay | {"room": "1"})).one("input", name="accept_fault")["value"]

    response = desk.post(url, stay | {"room": "2", "accept_fault": tick})

    assert response.status_code == 422
    assert "Room 2 has a fault" in read(response).text
    assert "checked" not in read(response).one("input", name="accept_fault").attrs


class TestAnArrivalIntoARoomWithASmallFault:
    @pytest.fixture
    def check_in(self, hotel):
        return lambda booking: address("booking_action", hotel, booking.booking_id, "check-in")

    def test_is_offered_last_and_asked_about(self, hotel, desk, check_in):
        make_room(hotel=hotel, number="1")
        room = make_room(hotel=hotel, number="2", **SMALL_FAULT)
        booking = make_booking(hotel=hotel)

        form = read(desk.get(check_in(booking)))
        groups = form.one("select", name="room").all("optgroup")
        assert [group["label"] for group in groups] == [
            "Ready, Type D",
            "With a small fault, Type D",
        ]
        asked = desk.post(check_in(booking), {"room": "2"})
        assert asked.status_code == 422
        tick = read(asked).one("input", name="accept_fault")["value"]
        desk.post(check_in(booking), {"room": "2", "accept_fault": tick})

        booking.refresh_from_db()
        assert (booking.status, booking.room) == (B.IN_HOUSE, room)

    def test_is_asked_at_once_where_the_room_is_assigned(self, hotel, desk, check_in):
        room = make_room(hotel=hotel, number="2", **SMALL_FAULT)
        booking = make_booking(hotel=hotel, room=room)

        form = read(desk.get(check_in(booking)))
        assert "Room 2 has a fault: “the bulb is blown" in form.text
        # Left out, the room is the assigned one, and its fault is asked about all the same.
        assert desk.post(check_in(booking)).status_code == 422
        tick = form.one("input", name="accept_fault")["value"]
        desk.post(check_in(booking), {"accept_fault": tick})

        booking.refresh_from_db()
        assert (booking.status, booking.room) == (B.IN_HOUSE, room)

    def test_can_be_kept_for_later_without_a_question(self, hotel, desk):
        room = make_room(hotel=hotel, number="2", **SMALL_FAULT)
        booking = make_booking(hotel=hotel)

        desk.post(address("booking_action", hotel, booking.booking_id, "assign"), {"room": "2"})

        booking.refresh_from_db()
        assert booking.room == room
