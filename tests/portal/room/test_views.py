"""Actions on a room over HTTP: each is done, answered with the room as it is now, and undoable."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotel.choices import Role
from rooms.choices import Action, Priority, RoomStatus
from rooms.models import Room, RoomEvent
from stays.choices import BookingStatus
from stays.models import Booking
from tests.factories import make_booking, make_room, make_staff
from tests.portal.reading import action_address, address, aimed_at, fields, htmx, read, toast

S = RoomStatus


@dataclass(frozen=True)
class Case:
    """An action as its usual person does it: what they give, where it ends, what they are told."""

    role: Role
    room: dict[str, Any]
    status: RoomStatus
    column: str
    told: str
    given: dict[str, Any] = field(default_factory=dict)


CASES = {
    Action.CHECK_IN: Case(
        Role.FRONT_DESK,
        {"status": S.READY_FOR_GUEST},
        S.OCCUPIED,
        "occupied",
        "checked in · Occupied",
        {"booking": "B-1"},
    ),
    Action.CHECK_OUT: Case(
        Role.FRONT_DESK,
        {"status": S.OCCUPIED},
        S.CHECKOUT_DIRTY,
        "dirty",
        "checked out · Needs cleaning",
    ),
    Action.START_CLEANING: Case(
        Role.HOUSEKEEPER,
        {"status": S.CHECKOUT_DIRTY},
        S.CLEANING_IN_PROGRESS,
        "cleaning",
        "cleaning started · Cleaning",
    ),
    Action.STOP_CLEANING: Case(
        Role.HOUSEKEEPER,
        {"status": S.CLEANING_IN_PROGRESS},
        S.CHECKOUT_DIRTY,
        "dirty",
        "cleaning stopped · Needs cleaning",
        {"notes": "guest came back"},
    ),
    Action.MARK_CLEANED: Case(
        Role.HOUSEKEEPER,
        {"status": S.CLEANING_IN_PROGRESS},
        S.CLEANED_UNINSPECTED,
        "inspection",
        "cleaned · Awaiting inspection",
        {"notes": "one towel short"},
    ),
    Action.PASS_INSPECTION: Case(
        Role.SUPERVISOR,
        {"status": S.CLEANED_UNINSPECTED},
        S.READY_FOR_GUEST,
        "ready",
        "passed inspection · Ready",
    ),
    Action.FAIL_INSPECTION: Case(
        Role.SUPERVISOR,
        {"status": S.CLEANED_UNINSPECTED},
        S.CHECKOUT_DIRTY,
        "dirty",
        "failed inspection · Needs cleaning",
        {"notes": "hair in the shower"},
    ),
    Action.MARK_MAINTENANCE: Case(
        Role.HOUSEKEEPER,
        {"status": S.CHECKOUT_DIRTY},
        S.MAINTENANCE_REQUIRED,
        # Where who cleans it still finds it.
        "dirty",
        "maintenance reported · Maintenance",
        {"notes": "tap drips", "priority": "HIGH"},
    ),
    Action.COMPLETE_MAINTENANCE: Case(
        Role.MAINTENANCE,
        {"status": S.MAINTENANCE_REQUIRED, "return_status": S.READY_FOR_GUEST},
        S.CHECKOUT_DIRTY,
        "dirty",
        "repaired · Needs cleaning",
        {"notes": "new washer", "needs_cleaning": "on"},
    ),
    Action.TAKE_OUT_OF_ORDER: Case(
        Role.MAINTENANCE,
        {"status": S.AVAILABLE},
        S.OUT_OF_ORDER,
        "out-of-order",
        "taken out of order · Out of order",
        {"notes": "flood", "until": "2099-01-01"},
    ),
    Action.RETURN_TO_SERVICE: Case(
        Role.MAINTENANCE,
        {"status": S.OUT_OF_ORDER},
        S.CHECKOUT_DIRTY,
        "dirty",
        "back in service · Needs cleaning",
        {"notes": "dry again"},
    ),
    Action.MARK_DIRTY: Case(
        Role.FRONT_DESK,
        {"status": S.READY_FOR_GUEST},
        S.CHECKOUT_DIRTY,
        "dirty",
        "marked dirty · Needs cleaning",
        {"notes": "smells of smoke"},
    ),
    Action.OVERRIDE: Case(
        Role.MANAGER,
        {"status": S.CHECKOUT_DIRTY},
        S.AVAILABLE,
        "ready",
        "status overridden · Available",
        {"notes": "was never used", "room_status": "AVAILABLE"},
    ),
}
# What stands before the name of who did it.
MADE_SO = {
    Action.CHECK_IN: "Checked in by",
    Action.CHECK_OUT: "Checked out by",
    Action.START_CLEANING: "Being cleaned by",
    Action.STOP_CLEANING: "Cleaning stopped by",
    Action.MARK_CLEANED: "Cleaned by",
    Action.PASS_INSPECTION: "Inspected by",
    Action.FAIL_INSPECTION: "Failed by",
    Action.MARK_MAINTENANCE: "Reported by",
    Action.COMPLETE_MAINTENANCE: "Repaired by",
    Action.TAKE_OUT_OF_ORDER: "Taken out of order by",
    Action.RETURN_TO_SERVICE: "Returned to service by",
    Action.MARK_DIRTY: "Marked dirty by",
    Action.OVERRIDE: "Status set by",
}
every_action = pytest.mark.parametrize("action", CASES)


# Done on the booking.
OF_BOOKING = {Action.MOVE_OUT, Action.MOVE_IN, Action.REINSTATE}


def test_every_action_on_a_room_is_tried_here():
    assert set(CASES) == set(Action) - OF_BOOKING - {Action.UNDO}


@pytest.mark.parametrize("action", sorted(OF_BOOKING))
def test_what_is_done_on_the_booking_has_no_address_on_the_room(hotel, sign_in, manager, action):
    client = sign_in(manager)
    for status in (S.AVAILABLE, S.OCCUPIED):
        room = make_room(hotel=hotel, status=status)

        for response in (
            client.get(action_address(room, action)),
            client.post(action_address(room, action), {"notes": "why"}),
        ):
            assert response.status_code == 404
    assert not RoomEvent.objects.exists()


# Beneath a fault: how the clean stood, who does what, where the card then is for them.
BENEATH = [
    (Role.HOUSEKEEPER, "CHECKOUT_DIRTY", Action.START_CLEANING, "cleaning"),
    (Role.HOUSEKEEPER, "CLEANING_IN_PROGRESS", Action.STOP_CLEANING, "dirty"),
    (Role.HOUSEKEEPER, "CLEANING_IN_PROGRESS", Action.MARK_CLEANED, "inspection"),
    (Role.SUPERVISOR, "CLEANED_UNINSPECTED", Action.PASS_INSPECTION, "maintenance"),
    (Role.SUPERVISOR, "CLEANED_UNINSPECTED", Action.FAIL_INSPECTION, "dirty"),
    (Role.MANAGER, "CHECKOUT_DIRTY", Action.START_CLEANING, "maintenance"),
    (Role.MANAGER, "CLEANED_UNINSPECTED", Action.PASS_INSPECTION, "maintenance"),
]
TOLD = {
    Action.START_CLEANING: "cleaning started · Cleaning",
    Action.STOP_CLEANING: "cleaning stopped · Needs cleaning",
    Action.MARK_CLEANED: "cleaned · Awaiting inspection",
    Action.PASS_INSPECTION: "passed inspection · Ready",
    Action.FAIL_INSPECTION: "failed inspection · Needs cleaning",
}


@pytest.mark.parametrize(("role", "stood", "action", "column"), BENEATH)
def test_beneath_a_fault_a_tap_tells_how_the_clean_stands(
    hotel, sign_in, staff, role, stood, action, column
):
    beneath = {"status": S.MAINTENANCE_REQUIRED, "return_status": stood}
    room = make_room(hotel=hotel, number="204", **beneath)
    client = sign_in(staff[role])

    response = client.post(action_address(room, action), {"notes": "why"}, headers=htmx("card-204"))

    page = read(response)
    assert response.status_code == 200
    assert page.one("article")["data-col"] == column
    assert toast(page).one("p").text == f"204 {TOLD[action]}"
    undo = toast(page).one("button")["hx-post"]
    client.post(undo, headers=htmx("card-204"))
    room.refresh_from_db()
    assert (room.room_status, room.return_status) == (S.MAINTENANCE_REQUIRED, stood)


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.HOUSEKEEPER, ["Cleaning", "Fault, medium"]),
        (Role.SUPERVISOR, ["Cleaning", "Fault, medium"]),
        (Role.MAINTENANCE, ["Maintenance"]),
        (Role.FRONT_DESK, ["Maintenance"]),
        (Role.MANAGER, ["Maintenance"]),
    ],
)
def test_the_rooms_page_shows_the_clean_to_who_cleans_and_the_fault_to_all(
    hotel, sign_in, staff, role, shown
):
    beneath = {"status": S.MAINTENANCE_REQUIRED, "return_status": S.CLEANING_IN_PROGRESS}
    room = make_room(hotel=hotel, maintenance_notes="tap drips", **beneath)

    page = read(sign_in(staff[role]).get(address("room", hotel, room.number)))

    head = page.one(id="room").one("div", "head")
    assert [*head.texts(cls="status"), *head.texts(cls="tag")] == shown
    assert "Medium priority tap drips" in page.one("dl", "facts").text


@pytest.fixture
def room(hotel, action) -> Room:
    """A room on which the action can be done."""
    room = make_room(hotel=hotel, number="204", **CASES[action].room)
    if action is Action.CHECK_IN:
        make_booking(hotel=hotel, booking_id="B-1", guest_name="Ada")
    if action is Action.CHECK_OUT:
        make_booking(hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, guests=2)
    return room


@pytest.fixture
def client_of(hotel, sign_in, action):
    """The browser of the action's usual person."""
    return sign_in(make_staff(hotel=hotel, role=CASES[action].role, name="Joy Day"))


@every_action
def test_a_tap_answers_with_the_card_in_its_new_column_and_an_offer_to_undo(
    room, client_of, action
):
    case = CASES[action]

    response = client_of.post(
        action_address(room, action),
        {"expected_version": room.version, "request_id": "tap-1", **case.given},
        headers=htmx("card-204"),
    )

    page = read(response)
    room.refresh_from_db()
    assert (response.status_code, room.room_status) == (200, case.status)
    card = page.one("article", id="card-204")
    assert card["data-col"] == case.column
    # A card names who brought the room to its status, and how.
    if case.status != case.room["status"]:
        assert f"{MADE_SO[action]} Joy Day" in card.texts("p", "by")
    assert toast(page).one("p").text == f"204 {case.told}"
    undo = toast(page).one("button")
    assert undo["hx-post"] == action_address(room, Action.UNDO)
    assert undo["hx-vals"] == f'{{"expected_version":{room.version}}}'
    assert aimed_at(undo) == "card-204"
    assert toast(page).one(cls="note-toast")["data-seconds"] == "120"


@every_action
def test_what_was_given_with_it_is_in_the_log(room, client_of, action):
    case = CASES[action]

    client_of.post(action_address(room, action), case.given, headers=htmx())

    event = RoomEvent.objects.get(action=action)
    assert (event.room, event.to_status) == (room, case.status)
    assert (event.actor.name, event.source) == ("Joy Day", "PORTAL")
    assert event.notes == case.given.get("notes", "")


@every_action
def test_its_answer_is_short_and_asks_little(room, client_of, action):
    given = {"expected_version": room.version, "request_id": "tap-1", **CASES[action].given}

    with CaptureQueriesContext(connection) as captured:
        response = client_of.post(action_address(room, action), given, headers=htmx("card-204"))

    assert response.status_code == 200
    assert len(response.content) < 3000
    # The stay of a check-in or checkout is written too, with who shares the room; and the closure
    # of a room out of order, which asks about the stays that the room is promised to.
    most = {Action.CHECK_IN: 24, Action.CHECK_OUT: 24}
    most |= {Action.TAKE_OUT_OF_ORDER: 17, Action.RETURN_TO_SERVICE: 11}
    assert len(captured) <= most.get(action, 10), "\n".join(
        query["sql"][:150] for query in captured
    )


@every_action
def test_without_htmx_it_leads_back_to_the_room_and_says_what_happened(room, client_of, action):
    case = CASES[action]

    response = client_of.post(action_address(room, action), case.given, follow=True)

    assert response.redirect_chain == [(address("room", room.hotel, "204"), 302)]
    done, status = case.told.split(" · ")
    assert read(response).one(id="toasts").text == f"Room 204 {done}: {status}."
    room.refresh_from_db()
    assert room.room_status == case.status


@every_action
def test_on_the_rooms_page_the_answer_is_the_page_as_it_is_now(room, client_of, action):
    case = CASES[action]

    response = client_of.post(action_address(room, action), case.given, headers=htmx("room"))

    page = read(response)
    assert page.one("h1")["class"] == case.column
    assert aimed_at(toast(page).one("button")) == "room"
    # The last line of the history; an assignment is not one of these.
    assert page.one("ol", "timeline").all("li")[0].one("b").text == action.label


@every_action
@pytest.mark.parametrize("asked", ["card", "rooms page", "link"])
def test_its_form_opens_where_it_was_asked_for(room, client_of, action, asked):
    headers = {"card": htmx("card-204"), "rooms page": htmx("room"), "link": {}}[asked]

    response = client_of.get(action_address(room, action), headers=headers)

    assert response.status_code == 200
    page = read(response)
    form = page.one("form", "act")
    assert (form["method"], form["action"]) == ("post", action_address(room, action))
    assert form["hx-target"] == ("closest article" if asked == "card" else "#room")
    assert bool(page.all("article")) == (asked == "card")
    assert bool(page.all("header", "top")) == (asked == "link")
    assert form.one("a", "btn")["hx-get"] == address("room", room.hotel, "204")


@every_action
def test_the_form_as_it_was_shown_can_be_sent(room, client_of, action):
    url = action_address(room, action)
    shown = fields(read(client_of.get(url)))

    response = client_of.post(url, shown | CASES[action].given)

    assert response.status_code == 302
    room.refresh_from_db()
    assert room.room_status == CASES[action].status
    assert RoomEvent.objects.get(action=action).request_id == shown["request_id"]


@every_action
def test_sent_twice_it_is_done_once(room, client_of, action):
    url = action_address(room, action)
    given = {"expected_version": room.version, "request_id": "tap-1", **CASES[action].given}
    client_of.post(url, given, headers=htmx())
    before = (Room.objects.values().get(), list(Booking.objects.values()))

    response = client_of.post(url, given, headers=htmx())

    assert response.status_code == 200
    assert read(response).one("article")["data-col"] == CASES[action].column
    assert (Room.objects.values().get(), list(Booking.objects.values())) == before
    assert RoomEvent.objects.filter(action=action).count() == 1


@every_action
def test_undo_brings_back_what_was_and_offers_nothing_more(room, client_of, action):
    before = Room.objects.values("room_status", "maintenance_required", "is_out_of_order").get()
    stays_before = list(Booking.objects.values("status", "checked_in_at", "checked_out_at"))
    done = client_of.post(action_address(room, action), CASES[action].given, headers=htmx())
    undo = toast(read(done)).one("button")

    response = client_of.post(
        undo["hx-post"],
        {"expected_version": undo["hx-vals"].split(":")[1].rstrip("}"), "request_id": "undo-1"},
        headers=htmx("card-204"),
    )

    assert response.status_code == 200
    assert toast(read(response)).one("p").text.startswith("204 change undone")
    assert not toast(read(response)).all("button")
    after = Room.objects.values("room_status", "maintenance_required", "is_out_of_order").get()
    assert after == before
    assert list(Booking.objects.values("status", "checked_in_at", "checked_out_at")) == stays_before


@every_action
def test_the_rooms_page_offers_undo_to_who_did_it_and_to_nobody_else(
    room, client_of, sign_in, manager, action
):
    client_of.post(action_address(room, action), CASES[action].given)
    url = address("room", room.hotel, "204")
    undo = action_address(room, Action.UNDO)

    assert len(read(client_of.get(url)).all("a", hx_post=undo)) == 1
    assert read(sign_in(manager).get(url)).all("a", hx_post=undo) == []


@pytest.mark.parametrize("action", [Action.START_CLEANING])
def test_undo_without_htmx_asks_first_and_then_says_so(room, client_of, action):
    client_of.post(action_address(room, action))
    undo = action_address(room, Action.UNDO)

    asked = read(client_of.get(undo))
    response = client_of.post(undo, fields(asked), follow=True)

    assert asked.one("form", "act").one("h3").text == "Undo"
    expected = "Room 204 change undone: Needs cleaning."
    assert read(response).one(id="toasts").text.endswith(expected)


def test_a_checkout_takes_the_arrival_of_the_next_guest_onto_the_card(hotel, sign_in, clerk):
    room = make_room(hotel=hotel, status=S.OCCUPIED)
    make_booking(hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, arrives=-1)
    make_booking(hotel=hotel, room=room, adults=2)

    response = sign_in(clerk).post(action_address(room, Action.CHECK_OUT), headers=htmx())

    assert read(response).texts(cls="arrival") == ["Arrival · 2 guests"]


def test_a_check_in_takes_its_own_arrival_off_the_card(hotel, sign_in, clerk):
    room = make_room(hotel=hotel)
    booking = make_booking(hotel=hotel, room=room)

    response = sign_in(clerk).post(
        action_address(room, Action.CHECK_IN), {"booking": booking.booking_id}, headers=htmx()
    )

    assert read(response).texts(cls="arrival") == []


def test_a_room_that_was_imported_occupied_can_be_checked_out(hotel, sign_in, clerk):
    room = make_room(hotel=hotel, status=S.OCCUPIED)

    response = sign_in(clerk).post(action_address(room, Action.CHECK_OUT), headers=htmx())

    assert read(response).one("article")["data-col"] == "dirty"


def test_maintenance_of_an_occupied_room_leaves_the_guest_where_they_are(hotel, sign_in, clerk):
    room = make_room(hotel=hotel, status=S.OCCUPIED)

    response = sign_in(clerk).post(
        action_address(room, Action.MARK_MAINTENANCE),
        {"notes": "no hot water", "priority": Priority.HIGH},
        headers=htmx(),
    )

    card = read(response).one("article")
    assert card["data-col"] == "occupied"
    assert card.texts(cls="tag") == ["High priority"]


@pytest.mark.parametrize("number", ["204", "10.A", "A_1"])
def test_the_offer_to_undo_finds_its_card_whatever_the_rooms_number(
    hotel, sign_in, housekeeper, number
):
    room = make_room(hotel=hotel, number=number, status=S.CHECKOUT_DIRTY)

    response = sign_in(housekeeper).post(
        action_address(room, Action.START_CLEANING), headers=htmx(f"card-{number}")
    )

    assert aimed_at(toast(read(response)).one("button")) == f"card-{number}"
