"""The forms of actions on a room: what each asks."""

from rooms.choices import Action, Priority, RoomStatus
from stays.choices import BookingStatus
from tests.acting import perform
from tests.factories import make_booking, make_room, make_room_type
from tests.portal.reading import action_address, address, fields, htmx, read

S = RoomStatus


def test_the_check_in_form_lists_who_is_due_first_whom_the_room_is_kept_for(hotel, sign_in, clerk):
    room = make_room(hotel=hotel, number="204")
    suite = make_room_type(hotel=hotel, code="SUI")
    make_booking(hotel=hotel, guest_name="Other Type", room_type=suite, nights=2, booking_id="B-1")
    make_booking(hotel=hotel, guest_name="Same Type", nights=0, booking_id="B-2")
    make_booking(hotel=hotel, room=room, guest_name="Kept For", booking_id="B-3")
    make_booking(hotel=hotel, room=make_room(hotel=hotel), guest_name="Elsewhere")
    make_booking(hotel=hotel, guest_name="Tomorrow", arrives=1)
    make_booking(hotel=hotel, guest_name="Cancelled", status=BookingStatus.CANCELLED)

    form = read(sign_in(clerk).get(action_address(room, Action.CHECK_IN), headers=htmx()))

    assert form.one("select", name="booking").texts("option") == [
        "Kept For · 1 night · assigned here",
        "Same Type · day use · D",
        "Other Type · 2 nights · SUI",
    ]


def test_the_check_in_form_says_where_nobody_is_due(hotel, sign_in, clerk):
    room = make_room(hotel=hotel)

    form = read(sign_in(clerk).get(action_address(room, Action.CHECK_IN), headers=htmx()))

    assert "No arrival is waiting for a room like this today." in form.text
    assert not form.one("form").all("button")


def test_an_occupied_room_that_is_repaired_is_not_asked_whether_to_clean(
    hotel, sign_in, maintainer
):
    room = make_room(hotel=hotel, status=S.OCCUPIED, priority=Priority.LOW)

    form = read(sign_in(maintainer).get(action_address(room, Action.COMPLETE_MAINTENANCE)))

    assert not form.one("form", "act").all("input", name="needs_cleaning")


def test_the_inspection_form_posts_to_either_result(hotel, sign_in, supervisor):
    room = make_room(hotel=hotel, status=S.CLEANED_UNINSPECTED)

    form = read(sign_in(supervisor).get(action_address(room, Action.FAIL_INSPECTION)))

    assert {
        button.text: button["formaction"] for button in form.one("form", "act").all("button")
    } == {
        "Pass": action_address(room, Action.PASS_INSPECTION),
        "Fail": action_address(room, Action.FAIL_INSPECTION),
    }


def test_an_open_repair_is_reported_again_with_what_was_said_before(hotel, sign_in, housekeeper):
    room = make_room(
        hotel=hotel, status=S.MAINTENANCE_REQUIRED, priority="HIGH", maintenance_notes="tap drips"
    )

    form = read(sign_in(housekeeper).get(action_address(room, Action.MARK_MAINTENANCE)))

    shown = fields(form)
    assert (shown["notes"], shown["priority"]) == ("tap drips", "HIGH")


def test_cancel_gives_the_card_back(hotel, sign_in, housekeeper):
    room = make_room(hotel=hotel, number="204", status=S.CHECKOUT_DIRTY)
    client = sign_in(housekeeper)
    form = read(client.get(action_address(room, Action.MARK_CLEANED), headers=htmx("card-204")))

    url = form.one("form", "act").one("a", "btn")["hx-get"]
    card = client.get(url, headers=htmx("card-204"))

    board = read(client.get(address("board", hotel))).one("article", id="card-204")
    assert read(card).one("article").attrs == board.attrs
    assert not read(card).all("form")
    assert not read(card).all(id="toasts")


# Ready but for a small fault.
SMALL_FAULT = {
    "status": S.MAINTENANCE_REQUIRED,
    "return_status": S.READY_FOR_GUEST,
    "priority": Priority.LOW,
    "maintenance_notes": "the bulb over the bed is blown",
}


def test_a_room_with_a_small_fault_is_given_once_the_desk_confirms_the_fault(hotel, sign_in, clerk):
    room = make_room(hotel=hotel, number="204", **SMALL_FAULT)
    booking = make_booking(hotel=hotel, room=room)
    client, url = sign_in(clerk), action_address(room, Action.CHECK_IN)

    shown = read(client.get(url))
    question = shown.one("form", "act").one("label", for_="id_204_accept_fault").text
    assert "Room 204 has a fault: “the bulb over the bed is blown" in question
    given = fields(shown) | {"booking": booking.booking_id}
    given.pop("accept_fault", None)

    asked = client.post(url, given)
    assert asked.status_code == 422
    assert "Tick that the guest gets it" in read(asked).one("form", "act").text
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CONFIRMED

    tick = read(asked).one("input", name="accept_fault")
    assert "checked" not in tick.attrs
    done = client.post(url, given | {"accept_fault": tick["value"]})

    assert done.status_code == 302
    booking.refresh_from_db()
    room.refresh_from_db()
    assert booking.status == BookingStatus.IN_HOUSE
    assert (room.room_status, room.maintenance_required) == (S.OCCUPIED, True)
    assert room.maintenance_priority == "LOW"


def test_a_tick_for_another_state_of_the_room_does_not_count(hotel, sign_in, clerk, housekeeper):
    room = make_room(hotel=hotel, number="204", **SMALL_FAULT)
    booking = make_booking(hotel=hotel, room=room)
    client, url = sign_in(clerk), action_address(room, Action.CHECK_IN)
    tick = read(client.get(url)).one("input", name="accept_fault")["value"]
    perform(
        Action.MARK_MAINTENANCE, room, by=housekeeper, priority="LOW", notes="the lamp is broken"
    )

    response = client.post(url, {"booking": booking.booking_id, "accept_fault": tick})

    assert response.status_code == 422
    assert "Room 204 has a fault: “the lamp is broken" in read(response).text


def test_a_report_says_what_each_priority_means_for_the_sale(hotel, sign_in, housekeeper):
    room = make_room(hotel=hotel)

    form = read(sign_in(housekeeper).get(action_address(room, Action.MARK_MAINTENANCE)))

    low, medium, high = form.one("fieldset", "choices").texts("small")
    assert "still given, last" in low
    assert medium == "Medium: not given now. Later nights are sold."
    assert "not sold until the expected day, or at all without one" in high


def test_until_when_and_whether_it_stops_the_sale_are_said_with_a_report_and_shown_again(
    hotel, sign_in, housekeeper
):
    room = make_room(hotel=hotel)
    client, url = sign_in(housekeeper), action_address(room, Action.MARK_MAINTENANCE)
    given = {"priority": "MED", "notes": "tiles", "until": "2099-01-02", "stops_sale": "on"}

    client.post(url, given)

    room.refresh_from_db()
    assert (str(room.maintenance_until), room.maintenance_stops_sale) == ("2099-01-02", True)
    again = read(client.get(url))
    assert fields(again)["until"] == "2099-01-02"
    assert "checked" in again.one("input", name="stops_sale").attrs


def test_a_day_that_is_over_is_refused_beside_its_field_and_nothing_typed_is_lost(
    hotel, sign_in, housekeeper
):
    room = make_room(hotel=hotel, number="204")
    given = {"priority": "LOW", "notes": "tiles", "until": "2020-01-01"}

    response = sign_in(housekeeper).post(action_address(room, Action.MARK_MAINTENANCE), given)

    page = read(response)
    assert response.status_code == 422
    assert "Choose a day after today" in page.one(id="div_id_204_until").text
    assert page.one("textarea", name="notes").value.strip() == "tiles"
