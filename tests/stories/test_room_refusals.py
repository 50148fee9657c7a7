"""An action that is refused says why, shows the room as it is now, and loses nothing typed."""

import pytest

from hotel.choices import Role
from rooms.choices import Action, RoomStatus
from rooms.models import Room, RoomEvent
from rooms.transitions import TRANSITIONS
from tests.acting import perform
from tests.factories import make_booking, make_room, make_staff
from tests.portal.reading import action_address, fields, htmx, read, toast

S = RoomStatus
# A status in which the action cannot be done; every one has another action's room.
WRONG = {
    Action.CHECK_OUT: S.AVAILABLE,
    Action.START_CLEANING: S.CLEANING_IN_PROGRESS,
    Action.STOP_CLEANING: S.CHECKOUT_DIRTY,
    Action.MARK_CLEANED: S.OCCUPIED,
    Action.PASS_INSPECTION: S.CHECKOUT_DIRTY,
    Action.FAIL_INSPECTION: S.READY_FOR_GUEST,
    Action.MARK_MAINTENANCE: S.OUT_OF_ORDER,
    Action.COMPLETE_MAINTENANCE: S.AVAILABLE,
    Action.TAKE_OUT_OF_ORDER: S.OCCUPIED,
    Action.RETURN_TO_SERVICE: S.AVAILABLE,
    Action.MARK_DIRTY: S.CHECKOUT_DIRTY,
    Action.OVERRIDE: S.OCCUPIED,
}
# Enough for every form; each takes what it knows.
GIVEN = {"notes": "my note", "priority": "LOW", "room_status": "AVAILABLE", "booking": "B-1"}


def test_every_action_is_tried_where_it_cannot_be_done():
    # A check-in needs a guest to choose, and undo asks the log: both have tests of their own.
    of_booking = {Action.MOVE_OUT, Action.MOVE_IN, Action.REINSTATE}
    assert set(WRONG) == set(Action) - of_booking - {Action.CHECK_IN, Action.UNDO}


@pytest.mark.parametrize("action", WRONG)
def test_an_action_that_comes_too_late_says_how_the_room_stands_and_keeps_the_note(
    hotel, sign_in, manager, action
):
    room = make_room(hotel=hotel, number="204", status=WRONG[action])

    response = sign_in(manager).post(action_address(room, action), GIVEN, headers=htmx("card-204"))

    page = read(response)
    assert response.status_code == 409
    assert page.one("article", id="card-204")["data-col"] == page.one("article")["class"].split()[1]
    assert "Room 204" in page.one("p", "message").text
    assert page.one("textarea", readonly="").value == "my note"
    assert not page.all("form")
    assert not RoomEvent.objects.exists()


@pytest.mark.parametrize("action", WRONG)
def test_its_form_is_not_opened_and_the_reason_is_the_same(hotel, sign_in, manager, action):
    room = make_room(hotel=hotel, number="204", status=WRONG[action])
    client = sign_in(manager)

    asked = client.get(action_address(room, action), headers=htmx("card-204"))
    done = client.post(action_address(room, action), GIVEN, headers=htmx("card-204"))

    assert asked.status_code == 409
    assert not read(asked).all("form")
    assert read(asked).one("p", "message").text == read(done).one(role="alert").text


def test_without_htmx_the_reason_stands_on_the_rooms_page(hotel, sign_in, housekeeper):
    room = make_room(hotel=hotel, number="204", status=S.OCCUPIED)

    response = sign_in(housekeeper).post(action_address(room, Action.START_CLEANING))

    page = read(response)
    assert response.status_code == 409
    assert page.one("h1").text == "Room 204"
    assert page.one("p", "message").text == (
        "Room 204 is “Occupied”: “Start cleaning” cannot be done now."
    )


def test_a_room_that_is_not_ready_takes_no_guest(hotel, sign_in, clerk):
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    make_booking(hotel=hotel, booking_id="B-1")

    response = sign_in(clerk).post(action_address(room, Action.CHECK_IN), GIVEN, headers=htmx())

    assert response.status_code == 409
    assert "it can be given once it is ready" in read(response).one("p", "message").text


ROLE_AND_ACTION = [
    (role, action)
    for action in TRANSITIONS
    for role in Role
    # What is done on the booking has no address on the room.
    if role not in TRANSITIONS[action].roles and not TRANSITIONS[action].of_booking
]


@pytest.mark.parametrize(("role", "action"), ROLE_AND_ACTION)
def test_the_wrong_role_is_told_so_and_nothing_is_swapped_away(hotel, sign_in, role, action):
    client = sign_in(make_staff(hotel=hotel, role=role))
    room = make_room(hotel=hotel)

    responses = [
        ask(action_address(room, action), headers=htmx("card-1"))
        for ask in (client.get, client.post)
    ]

    for response in responses:
        assert response.status_code == 403
        assert response["HX-Reswap"] == "none"
        said = toast(read(response)).text
        assert said.startswith(f"“{action.label}” is for ")
        assert said.endswith(f"; you are {role.label.lower()}.")
    assert not RoomEvent.objects.exists()


def test_without_htmx_the_wrong_role_gets_a_page_that_says_so(hotel, sign_in, housekeeper):
    room = make_room(hotel=hotel, status=S.CLEANED_UNINSPECTED)

    response = sign_in(housekeeper).post(action_address(room, Action.PASS_INSPECTION))

    assert response.status_code == 403
    page = read(response)
    assert page.one("h1").text == "Not for you"
    assert "“Pass inspection” is for supervisor or manager; you are housekeeper." in page.text


@pytest.mark.parametrize("action", [Action.PASS_INSPECTION, Action.FAIL_INSPECTION])
def test_nobody_inspects_their_own_clean(hotel, sign_in, supervisor, action):
    room = make_room(hotel=hotel, status=S.CLEANED_UNINSPECTED, cleaned_by_staff=supervisor)
    client = sign_in(supervisor)

    asked = client.get(action_address(room, action), headers=htmx())
    done = client.post(action_address(room, action), GIVEN, headers=htmx())

    reason = "You cleaned this room: somebody else inspects it."
    assert read(asked).one("p", "message").text == reason
    assert not read(asked).all("form")
    assert (done.status_code, toast(read(done)).text) == (403, reason)
    room.refresh_from_db()
    assert room.room_status == S.CLEANED_UNINSPECTED


def test_nobody_undoes_what_somebody_else_did(hotel, sign_in, supervisor, housekeeper):
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    perform(Action.START_CLEANING, room, by=housekeeper)

    response = sign_in(supervisor).post(action_address(room, Action.UNDO), headers=htmx())

    assert response.status_code == 403
    assert "Only the person who made the last change" in toast(read(response)).text


def test_where_there_is_nothing_to_undo_that_is_said(hotel, sign_in, housekeeper):
    room = make_room(hotel=hotel, number="204")

    response = sign_in(housekeeper).post(action_address(room, Action.UNDO), headers=htmx())

    assert response.status_code == 409
    assert read(response).one("p", "message").text == "There is nothing to undo on room 204."


INVALID = [
    (Action.FAIL_INSPECTION, S.CLEANED_UNINSPECTED, {}, "notes", "Say why, in a few words."),
    (Action.FAIL_INSPECTION, S.CLEANED_UNINSPECTED, {"notes": "  "}, "notes", "Say why"),
    (Action.MARK_MAINTENANCE, S.AVAILABLE, {"priority": "LOW"}, "notes", "Say why"),
    (Action.MARK_MAINTENANCE, S.AVAILABLE, {"notes": "tap"}, "priority", "Choose a priority"),
    (
        Action.MARK_MAINTENANCE,
        S.AVAILABLE,
        {"notes": "tap", "priority": "URGENT"},
        "priority",
        "not one of the available choices",
    ),
    (Action.TAKE_OUT_OF_ORDER, S.AVAILABLE, {}, "notes", "Say why"),
    (
        Action.TAKE_OUT_OF_ORDER,
        S.AVAILABLE,
        {"notes": "flood", "until": "2001-01-01"},
        "until",
        "Choose a day after today",
    ),
    (
        Action.TAKE_OUT_OF_ORDER,
        S.AVAILABLE,
        {"notes": "flood", "start": "2099-01-01"},
        "start",
        "choose today or earlier",
    ),
    (
        Action.TAKE_OUT_OF_ORDER,
        S.AVAILABLE,
        {"notes": "flood", "until": "soon"},
        "until",
        "Enter a valid date",
    ),
    (Action.OVERRIDE, S.AVAILABLE, {"room_status": "AVAILABLE"}, "notes", "Say why"),
    (
        Action.OVERRIDE,
        S.AVAILABLE,
        {"notes": "why", "room_status": "OCCUPIED"},
        "room_status",
        "not one of the available choices",
    ),
    (Action.MARK_CLEANED, S.CHECKOUT_DIRTY, {"notes": "a\n  b" * 500}, "notes", "at most 2000"),
    (Action.CHECK_IN, S.AVAILABLE, {}, "booking", "Choose who arrives."),
    (Action.CHECK_IN, S.AVAILABLE, {"booking": "B-NONE"}, "booking", "Select a valid choice"),
]


@pytest.mark.parametrize(("action", "status", "given", "name", "words"), INVALID)
@pytest.mark.parametrize("target", ["card-204", "room", None])
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(
    hotel, sign_in, manager, action, status, given, name, words, target
):
    room = make_room(hotel=hotel, number="204", status=status)
    make_booking(hotel=hotel, booking_id="B-1")

    response = sign_in(manager).post(
        action_address(room, action), given, headers=htmx(target) if target else {}
    )

    page = read(response)
    assert response.status_code == 422
    beside = page.one(id=f"div_id_204_{name}")
    assert words in " ".join(beside.texts(cls="invalid-feedback"))
    assert page.one("form", "act").all(cls="invalid-feedback") == beside.all(cls="invalid-feedback")
    typed = fields(page)
    for field in {"notes", "until", "start"} & set(given):
        assert typed[field].strip() == given[field].strip()
    assert not RoomEvent.objects.exists()


def test_a_check_in_where_nobody_is_due_any_more_says_so(hotel, sign_in, clerk):
    room = make_room(hotel=hotel)

    response = sign_in(clerk).post(
        action_address(room, Action.CHECK_IN), {"booking": "B-GONE"}, headers=htmx()
    )

    assert response.status_code in (409, 422)
    assert "arriv" in read(response).text.lower()


def stale(room: Room, seen: int, **given: str) -> dict[str, str]:
    return {"expected_version": str(seen), "request_id": "late-tap", **given}


@pytest.fixture
def moved_on(hotel, housekeeper) -> Room:
    """A room that Ana began to clean after somebody else had looked."""
    room = make_room(hotel=hotel, number="204", status=S.CHECKOUT_DIRTY)
    perform(Action.START_CLEANING, room, by=housekeeper)
    return room


MEANWHILE = "Room 204 changed meanwhile: Ana Silva made it “Cleaning”."


@pytest.mark.parametrize("target", ["card-204", "room", None])
def test_on_an_old_page_nothing_happens_and_who_did_what_is_said(
    moved_on, sign_in, supervisor, target
):
    response = sign_in(supervisor).post(
        action_address(moved_on, Action.START_CLEANING),
        stale(moved_on, 1),
        headers=htmx(target) if target else {},
    )

    assert response.status_code == 409
    page = read(response)
    assert page.one("p", "message").text == MEANWHILE
    assert RoomEvent.objects.count() == 1
    assert not page.all("textarea")


def test_the_card_is_then_the_present_one(moved_on, sign_in, supervisor):
    response = sign_in(supervisor).post(
        action_address(moved_on, Action.START_CLEANING), stale(moved_on, 1), headers=htmx()
    )

    card = read(response).one("article")
    assert card["data-col"] == "cleaning"
    assert card["hx-vals"] == f'{{"expected_version":{moved_on.version}}}'
    assert card.one("a", "main").text == "Cleaned"


def test_a_note_is_kept_in_an_open_form_while_the_action_is_still_possible(
    moved_on, sign_in, supervisor
):
    client = sign_in(supervisor)
    url = action_address(moved_on, Action.MARK_CLEANED)

    refused = client.post(url, stale(moved_on, 1, notes="one towel short"), headers=htmx())

    page = read(refused)
    again = fields(page)
    assert page.one("p", "message").text == MEANWHILE
    assert again["notes"] == "one towel short"
    assert again["expected_version"] == str(moved_on.version)
    assert again["request_id"] not in ("", "late-tap")

    assert client.post(url, again, headers=htmx()).status_code == 200
    moved_on.refresh_from_db()
    assert moved_on.housekeeping_notes == "one towel short"


def test_all_that_was_chosen_is_kept_with_the_note(moved_on, sign_in, supervisor):
    response = sign_in(supervisor).post(
        action_address(moved_on, Action.MARK_MAINTENANCE),
        stale(moved_on, 1, notes="tap drips", priority="HIGH"),
        headers=htmx(),
    )

    again = fields(read(response))
    assert (again["notes"], again["priority"]) == ("tap drips", "HIGH")


def test_a_note_can_be_copied_where_the_action_is_possible_no_more(moved_on, sign_in, supervisor):
    response = sign_in(supervisor).post(
        action_address(moved_on, Action.PASS_INSPECTION),
        stale(moved_on, 1, notes="<b>very</b> clean"),
        headers=htmx(),
    )

    page = read(response)
    assert response.status_code == 409
    assert not page.all("form")
    assert page.one("textarea", readonly="").value == "<b>very</b> clean"
    assert "Your note, not saved" in page.one("label", "kept").text


def test_a_repeated_request_is_answered_like_the_first_also_from_an_old_page(
    hotel, sign_in, housekeeper, supervisor
):
    client = sign_in(housekeeper)
    room = make_room(hotel=hotel, number="204", status=S.CHECKOUT_DIRTY)
    url, tap = action_address(room, Action.START_CLEANING), stale(room, 1)
    client.post(url, tap, headers=htmx())
    perform(Action.MARK_CLEANED, room, by=supervisor)

    response = client.post(url, tap, headers=htmx())

    assert response.status_code == 200
    assert read(response).one("article")["data-col"] == "inspection"
    assert RoomEvent.objects.count() == 2


def test_a_request_id_of_another_request_is_refused_in_words(hotel, sign_in, housekeeper):
    client = sign_in(housekeeper)
    first, second = (make_room(hotel=hotel, status=S.CHECKOUT_DIRTY) for _ in range(2))
    client.post(action_address(first, Action.START_CLEANING), {"request_id": "1"}, headers=htmx())

    response = client.post(
        action_address(second, Action.START_CLEANING), {"request_id": "1"}, headers=htmx()
    )

    assert response.status_code == 422
    assert "This request id was used for another request." in read(response).text
    second.refresh_from_db()
    assert second.room_status == S.CHECKOUT_DIRTY


def test_an_unknown_action_is_not_found(hotel, sign_in, manager):
    room = make_room(hotel=hotel)

    assert sign_in(manager).get(action_address(room, "explode")).status_code == 404


def test_a_room_that_is_no_longer_in_use_takes_no_action(hotel, sign_in, manager):
    room = make_room(hotel=hotel, number="204", status=S.CHECKOUT_DIRTY, is_active=False)

    response = sign_in(manager).post(
        action_address(room, Action.START_CLEANING), headers=htmx("card-204")
    )

    assert response.status_code == 409
    assert read(response).one("p", "message").text == "Room 204 is not in use."
