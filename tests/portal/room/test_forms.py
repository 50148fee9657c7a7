"""The forms of actions on a room: what each asks."""

from rooms.choices import Action, Priority, RoomStatus
from stays.choices import BookingStatus
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
