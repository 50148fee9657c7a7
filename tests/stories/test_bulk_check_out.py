"""Checking out many rooms at once and erasing their data: never without having said what."""

import pytest

from rooms.choices import RoomStatus
from rooms.models import Room, RoomEvent
from stays.choices import BookingStatus
from stays.models import BreakfastOrder, Conversation, Guest, Order
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
    """A stay with something of everything that it leaves behind."""
    room = make_room(hotel=hotel, number="204", status=S.OCCUPIED, guest_pin="111111")
    stay = make_booking(hotel=hotel, room=room, status=B.IN_HOUSE, arrives=-1, guests=2)
    Order.objects.create(booking=stay, items="tea")
    BreakfastOrder.objects.create(booking=stay, items="eggs", date=hotel.business_date())
    Conversation.objects.create(booking=stay)
    return stay


@pytest.fixture
def bulk(desk, hotel):
    """Send the choice of rooms to check out, and follow where it leads."""

    def bulk(*numbers, **given):
        given = {"room_numbers": numbers, **given}
        return desk.post(address("bulk_check_out", hotel), given, follow=True)

    return bulk


def erasable() -> list[int]:
    return [kind.objects.count() for kind in (Guest, Order, BreakfastOrder, Conversation)]


def test_before_a_bulk_checkout_it_is_said_what_will_be_erased_and_nothing_is(stay, bulk):
    page = read(bulk("204"))

    assert page.one("h1").text == "Check out 1 room and erase their data?"
    assert "This cannot be undone." in page.text
    (row,) = page.one("tbody").all("tr")
    assert row.one("th").text == "204"
    assert row.texts("td") == [stay.guest_name, stay.booking_id, "2", "2", "1"]
    stay.refresh_from_db()
    assert stay.status == B.IN_HOUSE
    assert erasable() == [2, 1, 1, 1]
    assert not RoomEvent.objects.exists()


def test_once_confirmed_the_rooms_are_checked_out_and_their_data_is_gone(stay, desk, bulk):
    form = read(bulk("204")).one("form", "panel")
    confirmed = [(field["name"], field["value"]) for field in form.all("input")]
    assert ("confirmed", "yes") in confirmed

    assert ("agreed", stay.booking_id) in confirmed

    response = bulk("204", confirmed="yes", agreed=stay.booking_id)

    room = Room.objects.get()
    stay.refresh_from_db()
    assert (stay.status, room.room_status) == (B.COMPLETED, S.CHECKOUT_DIRTY)
    assert erasable() == [0, 0, 0, 0]
    assert room.guest_pin != "111111"
    assert (
        read(response).one(id="toasts").text
        == "Checked out 1: 204. Their guests, names, chats and orders are erased."
    )


def test_the_confirmation_asks_for_exactly_the_rooms_that_were_chosen(stay, hotel, bulk):
    other = make_room(hotel=hotel, number="205", status=S.OCCUPIED)
    make_booking(hotel=hotel, room=other, status=B.IN_HOUSE, arrives=-1)

    form = read(bulk("204")).one("form", "panel")

    assert [field["value"] for field in form.all("input", name="room_numbers")] == ["204"]
    assert form["action"] == address("bulk_check_out", hotel)


@pytest.mark.parametrize("given", [{}, {"confirmed": "yes"}])
def test_where_no_room_was_chosen_that_is_said(stay, bulk, given):
    response = bulk(**given)

    toasts = read(response).one(id="toasts")
    assert toasts.text == "Choose at least one room to check out."
    assert erasable() == [2, 1, 1, 1]


def test_a_room_that_became_vacant_meanwhile_is_named_and_the_others_are_done(stay, hotel, bulk):
    make_room(hotel=hotel, number="7", status=S.CHECKOUT_DIRTY)

    response = bulk("204", "7", "404", confirmed="yes", agreed=stay.booking_id)

    told = read(response).one(id="toasts").texts("p")
    assert told == [
        "Checked out 1: 204. Their guests, names, chats and orders are erased.",
        "Room 7 is not occupied: “Needs cleaning”.",
        "Grand Hotel has no room 404.",
    ]
    stay.refresh_from_db()
    assert stay.status == B.COMPLETED


def test_a_guest_who_came_in_between_question_and_answer_is_not_erased(stay, bulk):
    response = bulk("204", confirmed="yes", agreed="B-OF-SOMEBODY-WHO-LEFT")

    assert read(response).one(id="toasts").text == "Room 204 has another guest now."
    stay.refresh_from_db()
    assert stay.status == B.IN_HOUSE
    assert erasable() == [2, 1, 1, 1]


def test_where_all_became_vacant_nothing_is_left_to_confirm(hotel, bulk):
    make_room(hotel=hotel, number="7", status=S.CHECKOUT_DIRTY)

    page = read(bulk("7"))

    assert "None of these rooms has a guest now." in page.text
    assert not page.one("form", "panel").all("button")


def test_another_hotels_guests_are_out_of_reach(stay, desk, bulk, hotel):
    elsewhere = make_hotel()
    room = make_room(hotel=elsewhere, number="900", status=S.OCCUPIED)
    theirs = make_booking(hotel=elsewhere, room=room, status=B.IN_HOUSE, guests=1)

    page = read(bulk("900"))
    bulk("900", confirmed="yes", agreed=theirs.booking_id)

    assert theirs.booking_id not in page.text
    theirs.refresh_from_db()
    assert theirs.status == B.IN_HOUSE
    assert theirs.guests.count() == 1


def test_the_departures_list_sends_the_chosen_rooms(stay, desk, hotel):
    page = read(desk.get(address("arrivals", hotel)))
    form = page.one("section", aria_labelledby="departures").one("form")

    assert (form["method"], form["action"]) == ("post", address("bulk_check_out", hotel))
    box = page.one("input", name="room_numbers")
    assert (box["value"], box["form"]) == ("204", form["id"])
