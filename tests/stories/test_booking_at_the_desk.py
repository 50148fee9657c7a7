"""A booking at the desk: giving it a room, letting it in and out, letting it go."""

import json

import pytest

from rooms.choices import RoomStatus
from rooms.models import Room, RoomEvent
from stays.choices import BookingStatus
from tests.acting import bookings
from tests.factories import make_booking, make_hotel, make_room, make_room_type
from tests.portal.reading import address, fields, htmx, read, toast

S = RoomStatus
B = BookingStatus


@pytest.fixture
def desk(sign_in, clerk):
    """The browser at the front desk."""
    return sign_in(clerk)


@pytest.fixture
def act(desk, hotel):
    """Do an action on a booking; by htmx unless told otherwise."""

    def act(booking, action, given=None, **extra):
        extra = extra or {"headers": htmx(f"booking-{booking.booking_id}")}
        return desk.post(
            address("booking_action", hotel, booking.booking_id, action), given or {}, **extra
        )

    return act


@pytest.fixture
def ask(desk, hotel):
    """Open the form of an action on a booking."""

    def ask(booking, action, headers=None):
        url = address("booking_action", hotel, booking.booking_id, action)
        return read(desk.get(url, headers=headers or {}))

    return ask


def test_one_tap_checks_in_to_the_assigned_room(hotel, act):
    room = make_room(hotel=hotel, number="204")
    booking = make_booking(hotel=hotel, room=room, guest_name="Ada")

    page = read(act(booking, "check-in", {"request_id": "tap-1"}))

    row = page.one("li", id=f"booking-{booking.booking_id}")
    assert row.texts("span", "tag") == ["In house"]
    assert row.one(cls="row-acts").texts("a") == ["Check out…"]
    room.refresh_from_db()
    assert toast(page).text == f"Ada checked in to 204, guest PIN {room.guest_pin} Undo"
    assert room.room_status == S.OCCUPIED


def test_without_htmx_it_leads_back_to_the_arrivals_and_says_so(hotel, act):
    room = make_room(hotel=hotel, number="204")
    booking = make_booking(hotel=hotel, room=room, guest_name="Ada")

    response = act(booking, "check-in", follow=True)

    room.refresh_from_db()
    assert response.redirect_chain == [(address("arrivals", hotel), 302)]
    said = read(response).one(id="toasts").text
    assert said == f"Ada checked in to 204, guest PIN {room.guest_pin}."


def test_a_second_tap_lets_nobody_in_again(hotel, act):
    booking = make_booking(hotel=hotel, room=make_room(hotel=hotel))
    for _ in range(2):
        response = act(booking, "check-in", {"request_id": "tap-1"})

    assert response.status_code == 200
    assert RoomEvent.objects.count() == 1


@pytest.mark.parametrize("action", ["cancel", "check-in"])
def test_a_request_id_that_another_booking_took_first_leaves_the_row_as_it_was(
    action, hotel, act, monkeypatch
):
    first, second = (make_booking(hotel=hotel, room=make_room(hotel=hotel)) for _ in range(2))
    act(first, "cancel", {"request_id": "tap-1"})
    # As where both looked for a repeat before either was done: only the database refuses.
    monkeypatch.setattr("rooms.log._repeat", lambda *request: None)

    response = act(second, action, {"request_id": "tap-1"})

    row = read(response).one("li", id=f"booking-{second.booking_id}")
    assert response.status_code == 422
    assert "This request id was used for another request." in row.text
    assert row.texts("a", "no") == [second.room.number]
    assert "Cancelled" not in row.text
    assert "In house" not in row.text


def test_a_guest_can_be_let_into_another_room_than_was_assigned(hotel, act, ask):
    booking = make_booking(hotel=hotel, room=make_room(hotel=hotel, number="1"))
    make_room(hotel=hotel, number="2")

    form = ask(booking, "check-in").one("form", "act")
    assert form.one("select", name="room").texts("option") == ["1 · D · floor 1", "2 · D · floor 1"]
    act(booking, "check-in", {"room": "2"})

    booking.refresh_from_db()
    assert (booking.status, booking.room.number) == (B.IN_HOUSE, "2")
    assert Room.objects.get(number="1").room_status == S.AVAILABLE


def test_only_rooms_that_are_ready_now_are_offered_to_a_guest_at_the_desk(hotel, ask):
    booking = make_booking(hotel=hotel)
    numbers = {status: make_room(hotel=hotel, status=status).number for status in S}

    options = ask(booking, "check-in").one("select", name="room").all("option")

    assert {option["value"] for option in options} == {
        numbers[S.AVAILABLE],
        numbers[S.READY_FOR_GUEST],
    }


def test_an_assigned_room_that_is_not_ready_lets_nobody_in(hotel, act):
    room = make_room(hotel=hotel, number="204", status=S.CHECKOUT_DIRTY)
    booking = make_booking(hotel=hotel, room=room)

    response = act(booking, "check-in")

    assert response.status_code == 409
    said = read(response).one("p", "message").text
    assert said == "Room 204 is “Needs cleaning”: it can be given once it is ready."
    booking.refresh_from_db()
    assert booking.status == B.CONFIRMED


def test_without_any_room_one_must_be_chosen(hotel, act):
    booking = make_booking(hotel=hotel)
    make_room(hotel=hotel)

    response = act(booking, "check-in")

    assert response.status_code == 422
    assert "Choose a room: none is assigned yet." in read(response).one("form").text


def test_where_no_room_is_ready_there_is_no_button_to_press(hotel, ask):
    booking = make_booking(hotel=hotel)
    make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)

    form = ask(booking, "check-in").one("form", "act")

    assert "No room is available now." in form.text
    assert not form.all("button")


def test_one_tap_checks_out(hotel, act):
    room = make_room(hotel=hotel, number="204", status=S.OCCUPIED)
    booking = make_booking(hotel=hotel, room=room, status=B.IN_HOUSE, arrives=-1, guest_name="Ada")

    page = read(act(booking, "check-out"))

    assert page.one("li").texts("span", "tag") == ["Completed"]
    assert not page.one("li").all("a", "btn")
    assert toast(page).text == "Ada checked out of 204 Undo"
    room.refresh_from_db()
    assert room.room_status == S.CHECKOUT_DIRTY


@pytest.mark.parametrize(
    ("action", "status", "before"),
    [("check-in", B.CONFIRMED, S.AVAILABLE), ("check-out", B.IN_HOUSE, S.OCCUPIED)],
)
def test_what_was_done_to_the_wrong_row_is_undone_from_the_toast(
    hotel, act, desk, action, status, before
):
    room = make_room(hotel=hotel, number="204", status=before)
    booking = make_booking(hotel=hotel, room=room, status=status, guests=1)

    undo = toast(read(act(booking, action))).one("button")
    answer = desk.post(undo["hx-post"], json.loads(undo["hx-vals"]), headers=htmx("toasts"))

    assert "204 change undone" in toast(read(answer)).text
    booking.refresh_from_db()
    room.refresh_from_db()
    assert (booking.status, room.room_status) == (status, before)


def test_a_ready_room_is_assigned_at_one_tap(hotel, desk):
    booking = make_booking(hotel=hotel, guest_name="Ada")
    make_room(hotel=hotel, number="207")
    page = read(desk.get(address("arrivals", hotel)))
    (button,) = [link for link in page.all("a", "btn") if link.text == "Assign 207"]

    answer = desk.post(button["hx-post"], json.loads(button["hx-vals"]), headers=htmx("x"))

    assert toast(read(answer)).text == "Ada has room 207"
    booking.refresh_from_db()
    assert booking.room.number == "207"


def test_who_is_not_in_house_is_not_checked_out(hotel, act):
    booking = make_booking(hotel=hotel, booking_id="B-1")

    response = act(booking, "check-out")

    assert response.status_code == 409
    assert read(response).one("p", "message").text == "Booking B-1 is not in house."


def test_a_room_is_kept_for_a_guest(hotel, act):
    room = make_room(hotel=hotel, number="204", status=S.CHECKOUT_DIRTY)
    booking = make_booking(hotel=hotel, guest_name="Ada")

    page = read(act(booking, "assign", {"room": "204"}))

    assert toast(page).text == "Ada has room 204"
    assert page.one("li").one("a", "no").text == "204"
    booking.refresh_from_db()
    assert booking.room == room


def test_the_rooms_to_assign_are_grouped_by_what_the_guest_wants(hotel, ask):
    suite = make_room_type(hotel=hotel, code="SUI", name="Suite")
    booking = make_booking(hotel=hotel, room_type=suite)
    make_room(hotel=hotel, number="1", room_type=suite, floor="")
    make_room(hotel=hotel, number="2")
    make_room(hotel=hotel, number="3", room_type=suite, status=S.CLEANING_IN_PROGRESS)
    make_room(hotel=hotel, number="4", status=S.CHECKOUT_DIRTY)
    make_room(hotel=hotel, number="5", room_type=suite, status=S.OCCUPIED)
    taken = make_room(hotel=hotel, number="6", room_type=suite)
    make_booking(hotel=hotel, room=taken)

    select = ask(booking, "assign").one("select", name="room")

    assert {group["label"]: group.texts("option") for group in select.all("optgroup")} == {
        "Ready, Suite": ["1 · SUI"],
        "Ready, other types": ["2 · D · floor 1"],
        "On its way, Suite": ["3 · SUI · floor 1 · cleaning"],
    }


def test_a_room_that_another_stay_has_is_refused_by_name(hotel, act):
    room = make_room(hotel=hotel, number="204")
    make_booking(hotel=hotel, room=room, booking_id="B-FIRST", nights=3)
    booking = make_booking(hotel=hotel, arrives=1)

    response = act(booking, "assign", {"room": "204"})

    assert response.status_code == 409
    assert "Room 204 is kept for booking B-FIRST" in read(response).one("p", "message").text
    booking.refresh_from_db()
    assert booking.room is None


@pytest.mark.parametrize("action", ["assign", "check-in"])
def test_a_better_room_of_a_type_that_is_sold_out_is_refused_with_the_date(hotel, act, action):
    suite = make_room_type(hotel=hotel, code="SUI", name="Suite")
    make_room(hotel=hotel, number="9", room_type=suite)
    make_booking(hotel=hotel, room_type=suite)
    booking = make_booking(hotel=hotel)

    response = act(booking, action, {"room": "9"})

    assert response.status_code == 409
    said = f"No Suite is left for {booking.check_in:%-d %B %Y}."
    assert said in read(response).one("p", "message").text


@pytest.mark.parametrize("number", ["", "999", "THEIRS"])
def test_a_room_that_is_not_there_is_refused_beside_the_field(hotel, act, number):
    make_room(hotel=make_hotel(), number="THEIRS")
    booking = make_booking(hotel=hotel)
    make_room(hotel=hotel)

    response = act(booking, "assign", {"room": number})

    assert response.status_code == 422
    words = "Choose a room." if not number else "That room cannot be given now. Choose another."
    assert words in read(response).one("form").one(cls="invalid-feedback").text


@pytest.mark.parametrize(
    ("action", "status", "title"),
    [("cancel", B.CANCELLED, "Cancel booking?"), ("no-show", B.NO_SHOW, "No-show?")],
)
def test_letting_a_booking_go_is_asked_first_and_then_frees_its_room(
    hotel, act, ask, action, status, title
):
    booking = make_booking(hotel=hotel, room=make_room(hotel=hotel, number="204"))

    asked = ask(booking, action, htmx(f"booking-{booking.booking_id}"))

    assert asked.one("h3").text == title
    assert "This cannot be undone. Room 204 becomes free for other guests." in asked.text
    assert asked.one("form").one("a", "btn").text == "Keep the booking"
    booking.refresh_from_db()
    assert booking.status == B.CONFIRMED

    done = act(booking, action, fields(asked))

    assert read(done).one("li").texts("span", "tag") == [status.label]
    booking.refresh_from_db()
    assert (booking.status, booking.room) == (status, None)


def test_a_guest_who_is_due_tomorrow_is_no_no_show_yet(hotel, act):
    booking = make_booking(hotel=hotel, arrives=1)

    response = act(booking, "no-show")

    assert response.status_code == 409
    assert "too early to call it a no-show" in read(response).one("p", "message").text


def test_what_a_colleague_did_meanwhile_is_said_and_shown(hotel, act, clerk):
    booking = make_booking(hotel=hotel)
    bookings.cancel(booking, by=clerk)

    response = act(booking, "no-show")

    row = read(response).one("li")
    assert response.status_code == 409
    assert "is “Cancelled”" in row.one("p", "message").text
    assert row.texts("span", "tag") == ["Cancelled"]
    assert not row.all("a", "btn")
