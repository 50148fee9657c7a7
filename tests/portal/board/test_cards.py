"""A card: what it tells of its room, and buttons that are exactly what its viewer may do."""

import datetime as dt

import pytest
from django.template.defaultfilters import truncatechars

from hotel.choices import Role
from hotel.models import Staff
from portal.board.cards import natural, sort_key
from rooms.choices import Action, Priority, RoomStatus
from rooms.models import Room
from rooms.permissions import legal_actions
from tests.factories import make_booking, make_hotel, make_room, make_room_type, make_staff
from tests.portal.reading import Node, action_address, address, columns, htmx, read

pytestmark = pytest.mark.django_db

S = RoomStatus
# Every way in which a room can stand, as far as its buttons depend on it.
SITUATIONS = {
    **{status.value: {"status": status} for status in S},
    "occupied, to repair": {"status": S.OCCUPIED, "priority": Priority.LOW},
    "out of order, to repair": {"status": S.OUT_OF_ORDER, "priority": Priority.HIGH},
    "to repair, was ready": {"status": S.MAINTENANCE_REQUIRED, "return_status": S.READY_FOR_GUEST},
    "out of order, was available": {"status": S.OUT_OF_ORDER, "return_status": S.AVAILABLE},
    "cleaning beneath a fault": {
        "status": S.MAINTENANCE_REQUIRED,
        "return_status": S.CLEANING_IN_PROGRESS,
    },
    "cleaned beneath a fault": {
        "status": S.MAINTENANCE_REQUIRED,
        "return_status": S.CLEANED_UNINSPECTED,
    },
    "ready but for a small fault": {
        "status": S.MAINTENANCE_REQUIRED,
        "return_status": S.READY_FOR_GUEST,
        "priority": Priority.LOW,
    },
}
every_situation = pytest.mark.parametrize("situation", SITUATIONS)


@pytest.fixture
def board(sign_in):
    """Return the board's page as somebody sees it."""

    def board(who: Staff) -> Node:
        return read(sign_in(who).get(address("board", who.hotel)))

    return board


@pytest.fixture
def card_of(board):
    """Return a room's card as somebody sees it."""

    def card_of(room: Room, who: Staff) -> Node:
        return board(who).one("article", id=f"card-{room.number}")

    return card_of


def links(card: Node) -> list[str]:
    """Return where the card's buttons lead; the note's button repeats the main one."""
    return [link["href"] for link in card.all("a", "btn") if "note" not in link["class"].split()]


@pytest.mark.parametrize("role", Role)
def test_its_buttons_are_exactly_what_the_role_may_do(hotel, board, role):
    who = make_staff(hotel=hotel, role=role)
    rooms = {name: make_room(hotel=hotel, **fields) for name, fields in SITUATIONS.items()}
    page = board(who)

    found = {
        name: sorted(links(page.one("article", id=f"card-{room.number}")))
        for name, room in rooms.items()
    }

    assert found == {
        name: sorted(action_address(room, action) for action in legal_actions(who, room))
        for name, room in rooms.items()
    }


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.MANAGER])
@pytest.mark.parametrize("allowed", [True, False])
def test_ones_own_clean_has_no_inspection_buttons_unless_the_hotel_allows_it(
    sign_in, card_of, role, allowed
):
    who = make_staff(hotel=make_hotel(allow_self_inspection=allowed), role=role)
    room = make_room(hotel=who.hotel, status=S.CLEANED_UNINSPECTED, cleaned_by_staff=who)

    found = links(card_of(room, who))

    inspections = {
        action_address(room, action) for action in (Action.PASS_INSPECTION, Action.FAIL_INSPECTION)
    }
    assert inspections & set(found) == (inspections if allowed else set())


def test_a_colleague_sees_the_inspection_buttons_that_the_cleaner_does_not(
    hotel, supervisor, card_of
):
    room = make_room(hotel=hotel, status=S.CLEANED_UNINSPECTED, cleaned_by_staff=supervisor)
    card_of(room, supervisor)

    colleague = make_staff(hotel=hotel, role=Role.SUPERVISOR)

    assert action_address(room, Action.PASS_INSPECTION) in links(card_of(room, colleague))


@pytest.mark.parametrize(
    ("situation", "role", "main"),
    [
        (S.CHECKOUT_DIRTY, Role.HOUSEKEEPER, "Start cleaning"),
        (S.CLEANING_IN_PROGRESS, Role.HOUSEKEEPER, "Cleaned"),
        (S.CLEANED_UNINSPECTED, Role.SUPERVISOR, "Pass"),
        (S.READY_FOR_GUEST, Role.FRONT_DESK, "Check in…"),
        (S.OCCUPIED, Role.FRONT_DESK, "Check out"),
        (S.MAINTENANCE_REQUIRED, Role.MAINTENANCE, "Repaired…"),
        (S.OUT_OF_ORDER, Role.MAINTENANCE, "Return to service…"),
    ],
)
def test_its_main_button_is_the_rooms_next_step(hotel, card_of, situation, role, main):
    room = make_room(hotel=hotel, status=situation)

    assert card_of(room, make_staff(hotel=hotel, role=role)).one("a", "main").text == main


@every_situation
def test_one_tap_posts_and_dots_say_that_a_form_opens_first(hotel, manager, card_of, situation):
    room = make_room(hotel=hotel, **SITUATIONS[situation])

    buttons = [link for link in card_of(room, manager).all("a", "btn") if link.text]

    assert buttons
    for button in buttons:
        asks = button.text.endswith("…")
        assert ("hx-get" in button, "hx-post" in button) == (asks, not asks), button.text
        assert button.attrs.get("hx-get", button.attrs.get("hx-post")) == button["href"]


def test_a_clean_can_be_told_with_a_note_too(hotel, housekeeper, card_of):
    room = make_room(hotel=hotel, status=S.CLEANING_IN_PROGRESS)

    note = card_of(room, housekeeper).one("a", "note")

    assert note["hx-get"] == action_address(room, Action.MARK_CLEANED)
    assert note["aria-label"] == "Cleaned with a note"


# What a drag must give besides, for the server to take it.
GIVEN = {
    Action.MARK_MAINTENANCE: {"priority": "LOW"},
    Action.CHECK_IN: {"booking": "B-1"},
}


def drops(card: Node) -> dict[str, str]:
    """Return the column that each action's button says a drag for it ends in."""
    return {
        link["href"].rstrip("/").rsplit("/", 1)[1].replace("-", "_"): link["data-to"]
        for link in card.all("a", "btn")
        if link.attrs.get("data-to")
    }


def ends(client, actions, hotel, situation) -> dict[str, str]:
    """Do each action to a room of its own, and return the column in which its card then is."""
    ended = {}
    for action in actions:
        room = make_room(hotel=hotel, **situation)
        given = {"notes": "why", **GIVEN.get(Action(action), {})}
        response = client.post(action_address(room, action), given, headers=htmx())
        assert response.status_code == 200, read(response).text
        ended[action] = read(response).one("article")["data-col"]
    return ended


@every_situation
def test_a_card_is_dropped_where_its_action_really_takes_it(hotel, manager, sign_in, situation):
    client = sign_in(manager)
    room = make_room(hotel=hotel, **SITUATIONS[situation])
    make_booking(hotel=hotel, booking_id="B-1")

    meant = drops(read(client.get(address("board", hotel))).one("article"))
    if room.is_occupied:
        # The wish is clear, but while the guest is in the room its card stays.
        assert meant.pop("mark_maintenance") == "maintenance"
    if room.is_givable_with_fault:
        # Its form asks first whether the guest gets the room with its fault.
        assert meant.pop("check_in") == "occupied"

    assert meant == ends(client, meant, hotel, SITUATIONS[situation])


@every_situation
def test_an_inspector_too_drops_a_card_where_her_action_really_takes_it(
    hotel, supervisor, sign_in, situation
):
    client = sign_in(supervisor)
    make_room(hotel=hotel, **SITUATIONS[situation])

    meant = drops(read(client.get(address("board", hotel))).one("article"))
    # Said by the column, though her card of a room to clean stays for her where it is.
    assert meant.pop("mark_maintenance", "maintenance") == "maintenance"

    assert meant == ends(client, meant, hotel, SITUATIONS[situation])


# Where each role finds the card of a room under maintenance, by how its clean stands.
WORK = {
    "CHECKOUT_DIRTY": "dirty",
    "CLEANING_IN_PROGRESS": "cleaning",
    "CLEANED_UNINSPECTED": "inspection",
    "READY_FOR_GUEST": "maintenance",
    "AVAILABLE": "maintenance",
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("clean", WORK)
def test_who_cleans_finds_a_room_with_a_fault_where_its_clean_stands(
    hotel, staff, card_of, role, clean
):
    room = make_room(
        hotel=hotel,
        status=S.MAINTENANCE_REQUIRED,
        return_status=clean,
        priority="LOW",
        maintenance_notes="the bulb is blown",
    )
    sees_it = role in (Role.HOUSEKEEPER, Role.SUPERVISOR) and WORK[clean] != "maintenance"

    card = card_of(room, staff[role])

    assert card["data-col"] == (WORK[clean] if sees_it else "maintenance")
    (tag,) = card.all(cls="tag")
    assert tag["class"] == "tag LOW"
    assert tag.all("svg")
    assert tag.text == ("Fault, low" if sees_it else "Low priority")
    assert "the bulb is blown" in card.text
    assert ("Returns as" in card.text) is not sees_it


@pytest.mark.parametrize(
    ("role", "clean", "main", "beside"),
    [
        (Role.HOUSEKEEPER, S.CHECKOUT_DIRTY, ["Start cleaning"], []),
        (Role.HOUSEKEEPER, S.CLEANING_IN_PROGRESS, ["Cleaned"], []),
        (Role.HOUSEKEEPER, S.CLEANED_UNINSPECTED, [], []),
        (Role.SUPERVISOR, S.CHECKOUT_DIRTY, ["Start cleaning"], []),
        (Role.SUPERVISOR, S.CLEANED_UNINSPECTED, ["Pass"], ["Fail…"]),
        (Role.SUPERVISOR, S.READY_FOR_GUEST, ["Repaired…"], []),
        (Role.MAINTENANCE, S.CLEANING_IN_PROGRESS, ["Repaired…"], []),
        (Role.MANAGER, S.CLEANED_UNINSPECTED, ["Repaired…"], []),
    ],
)
def test_the_next_step_is_that_of_the_column_in_which_one_sees_the_room(
    hotel, staff, card_of, role, clean, main, beside
):
    room = make_room(hotel=hotel, status=S.MAINTENANCE_REQUIRED, return_status=clean)

    footer = card_of(room, staff[role]).one("footer")

    assert footer.texts("a", "main") == main
    more = footer.one("details").all("a") if footer.all("details") else []
    shown = [link.text for link in footer.all("a", "btn") if "sq" not in link["class"].split()]
    assert shown == [*main, *beside, *(link.text for link in more)]


@pytest.mark.parametrize("status", [S.CHECKOUT_DIRTY, S.CLEANING_IN_PROGRESS])
def test_where_the_hotel_does_not_inspect_a_clean_is_dropped_on_ready(card_of, status):
    housekeeper = make_staff(hotel=make_hotel(inspection_required=False))
    room = make_room(hotel=housekeeper.hotel, status=status)

    assert drops(card_of(room, housekeeper))["mark_cleaned"] == "ready"


def test_an_override_is_never_meant_by_a_drag(hotel, manager, card_of):
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)

    override = card_of(room, manager).one("a", href=action_address(room, Action.OVERRIDE))

    assert "data-to" not in override.attrs


def test_it_tells_number_type_floor_and_since_when_by_whom(sign_in, clerk, housekeeper, card_of):
    clerk.hotel.time_zone = "Asia/Tokyo"
    clerk.hotel.save()
    room = make_room(
        hotel=clerk.hotel,
        number="204",
        floor="2",
        room_type=make_room_type(hotel=clerk.hotel, code="SUI"),
        status_since=dt.datetime(2026, 3, 1, 20, 5, tzinfo=dt.UTC),
        status_by=housekeeper,
    )

    card = card_of(room, clerk)

    assert card.one("header").text == "204 SUI · fl 2 2 Mar 05:05"
    assert dt.datetime.fromisoformat(card.one("time")["datetime"]) == room.status_since
    assert card.texts(cls="by") == ["Ana Silva"]
    assert card.one("a", "no")["href"] == address("room", clerk.hotel, "204")


def test_it_announces_todays_arrival_with_its_guests(hotel, clerk, card_of):
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    make_booking(hotel=hotel, room=room, adults=2, children=1)

    assert card_of(room, clerk).texts(cls="arrival") == ["Arrival · 3 guests"]


def test_an_arrival_of_one_guest_is_told_in_the_singular(hotel, clerk, card_of):
    room = make_room(hotel=hotel)
    make_booking(hotel=hotel, room=room, adults=1)

    assert card_of(room, clerk).texts(cls="arrival") == ["Arrival · 1 guest"]


@pytest.mark.parametrize(
    "booking", [{"arrives": 1}, {"status": "IN_HOUSE"}, {"status": "CANCELLED"}]
)
def test_nobody_is_announced_who_is_not_due_today(hotel, clerk, card_of, booking):
    room = make_room(hotel=hotel, status=S.OCCUPIED)
    make_booking(hotel=hotel, room=room, **booking)

    assert card_of(room, clerk).all(cls="arrival") == []


def test_it_tells_the_repair_its_priority_and_what_the_room_returns_as(hotel, maintainer, card_of):
    room = make_room(
        hotel=hotel,
        status=S.MAINTENANCE_REQUIRED,
        priority="HIGH",
        maintenance_notes="tap drips",
        return_status=S.READY_FOR_GUEST,
    )

    card = card_of(room, maintainer)

    assert card.texts(cls="tag") == ["High priority"]
    assert card.texts(cls="text") == ["tap drips"]
    assert card.texts(cls="by") == ["Returns as: ready"]


def test_it_tells_why_a_room_is_out_of_order_and_until_when(hotel, maintainer, card_of):
    room = make_room(
        hotel=hotel,
        status=S.OUT_OF_ORDER,
        out_of_order_reason="new carpet",
        out_of_order_until=dt.date(2031, 5, 4),
    )

    assert card_of(room, maintainer).texts(cls="text") == ["new carpet Back 4 May"]


def test_a_long_note_is_cut_on_the_card_and_whole_on_the_rooms_page(
    hotel, housekeeper, sign_in, card_of
):
    note = "the guest wrote that " * 20
    room = make_room(hotel=hotel, housekeeping_notes=note.strip())

    assert card_of(room, housekeeper).texts(cls="text") == [truncatechars(note.strip(), 160)]
    whole = read(sign_in(housekeeper).get(address("room", hotel, room.number)))
    assert note.strip() in whole.text


SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "situation",
    [
        {"housekeeping_notes": SCRIPT},
        {"status": S.MAINTENANCE_REQUIRED, "maintenance_notes": SCRIPT},
        {"status": S.OUT_OF_ORDER, "out_of_order_reason": SCRIPT},
        {"number": "<b>1"},
        {"floor": "<i>1</i>"},
    ],
    ids=lambda fields: next(reversed(fields)),
)
@pytest.mark.parametrize("page", ["board", "room", "rooms"])
def test_what_people_typed_is_shown_as_they_typed_it_and_never_run(
    hotel, manager, sign_in, situation, page
):
    room = make_room(hotel=hotel, **{"number": "101", **situation})
    typed = next(reversed(situation.values()))

    response = sign_in(manager).get(
        address(page, hotel, *([room.number] if page == "room" else []))
    )

    assert typed not in response.content.decode()
    assert typed in read(response).text


def test_a_colleagues_name_is_never_run_either(hotel, manager, card_of):
    room = make_room(hotel=hotel, status_by=make_staff(hotel=hotel, name=SCRIPT))

    assert card_of(room, manager).texts(cls="by") == [SCRIPT]


@pytest.mark.parametrize("numbers", [["9", "10", "101", "1001"], ["A2", "A10", "B1"]])
def test_room_numbers_sort_as_people_count(numbers):
    assert sorted(numbers, key=natural) == numbers


def test_in_a_column_guests_who_wait_come_first_then_urgency_then_the_number(hotel, manager, board):
    number = iter(["9", "10", "11", "12"])
    dirty = [make_room(hotel=hotel, status=S.CHECKOUT_DIRTY, number=n) for n in number]
    make_booking(hotel=hotel, room=dirty[2])
    for number, priority in (("20", "LOW"), ("21", "HIGH"), ("3", "MED"), ("22", "HIGH")):
        make_room(hotel=hotel, status=S.MAINTENANCE_REQUIRED, priority=priority, number=number)

    shown = columns(board(manager))

    assert shown["dirty"] == ["11", "9", "10", "12"]
    assert shown["maintenance"] == ["21", "22", "3", "20"]


def test_among_the_rooms_to_clean_those_with_a_fault_come_last(hotel, housekeeper, board):
    for number, priority in (("1", "HIGH"), ("2", "LOW"), ("3", "")):
        status = S.MAINTENANCE_REQUIRED if priority else S.CHECKOUT_DIRTY
        make_room(hotel=hotel, number=number, status=status, priority=priority)
    make_booking(hotel=hotel, room=make_room(hotel=hotel, number="9", status=S.CHECKOUT_DIRTY))

    assert columns(board(housekeeper))["dirty"] == ["9", "3", "1", "2"]


def test_a_fault_tells_until_when_and_that_it_stops_the_sale(hotel, clerk, card_of):
    room = make_room(
        hotel=hotel,
        status=S.MAINTENANCE_REQUIRED,
        maintenance_notes="new tiles",
        maintenance_until=dt.date(2031, 5, 4),
        maintenance_stops_sale=True,
    )

    card = card_of(room, clerk)
    assert card.texts(cls="text") == ["new tiles"]
    assert " ".join(card.one(cls="limits").text.split()) == "Expected done 4 May Cannot be sold"


def test_a_ready_room_with_an_arrival_waits_for_nobody(hotel):
    assert sort_key("9", S.AVAILABLE, "", None) == sort_key("9", S.AVAILABLE, "", 2)


def test_each_card_carries_the_key_that_the_page_sorts_it_by(hotel, manager, board):
    for number in ("9", "10", "B2"):
        make_room(hotel=hotel, number=number)

    keys = [card["data-sort"] for card in board(manager).all("article")]

    assert keys == sorted(keys)
    assert len(set(keys)) == 3
