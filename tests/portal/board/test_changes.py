"""What board/changes answers: exactly what a board lacks, for this viewer, in few questions."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotel.choices import Role
from rooms.choices import Action, LogAction, Priority, RoomStatus, Source
from tests.acting import bookings, log, perform
from tests.factories import make_booking, make_hotel, make_room, make_staff
from tests.portal.reading import address, columns, parse, read

S = RoomStatus


class Board:
    """A board in a browser: loaded once, then kept true by what board/changes says."""

    def __init__(self, client, hotel, query=""):
        self.client, self.hotel, self.query = client, hotel, query
        page = read(client.get(f"{address('board', hotel)}?{query}"))
        root = page.one(id="board")
        self.url, self.seq, self.day = root["data-live"], root["data-seq"], root["data-day"]
        self.cards = {card["id"]: card for card in root.all("article")}
        self.told: dict = {}

    def ask(self, **headers):
        return self.client.get(f"{self.url}&after={self.seq}&day={self.day}", headers=headers)

    def catch_up(self) -> dict:
        self.told = json.loads(self.ask().content)
        if self.told["whole"]:
            self.cards.clear()
        for card in self.told["cards"]:
            (drawn,) = parse(card["html"]).all("article")
            self.cards[drawn["id"]] = drawn
        for number in self.told["gone"]:
            self.cards.pop(f"card-{number}", None)
        self.seq, self.day = self.told["seq"], self.told["day"]
        return self.told

    @property
    def columns(self) -> dict[str, list[str]]:
        """The room numbers by column, each card in its sorted place."""
        found: dict[str, list[str]] = {}
        for card in sorted(self.cards.values(), key=lambda card: card["data-sort"]):
            found.setdefault(card["data-col"], []).append(card.one(cls="no").text)
        return found

    def fresh(self) -> dict[str, list[str]]:
        """What a reload would show."""
        page = read(self.client.get(f"{address('board', self.hotel)}?{self.query}"))
        return {key: numbers for key, numbers in columns(page).items() if numbers}


@pytest.fixture
def rooms(hotel):
    return [
        make_room(hotel=hotel, number=str(100 + n), floor=str(n % 2), status=S.CHECKOUT_DIRTY)
        for n in range(6)
    ]


@pytest.fixture
def board(sign_in, manager, hotel, rooms):
    sign_in(manager)
    return lambda query="": Board(sign_in(manager), hotel, query)


def test_nothing_new_is_said_in_few_words(board):
    seen = board()

    assert seen.catch_up() == {
        "seq": int(seen.seq),
        "day": seen.day,
        "whole": False,
        "counts": {},
        "cards": [],
        "gone": [],
    }


def test_a_changed_card_comes_with_who_changed_it_and_the_counts(board, rooms, housekeeper):
    seen = board()
    perform(Action.START_CLEANING, rooms[0], by=housekeeper)

    told = seen.catch_up()

    (card,) = told["cards"]
    assert card["by"] == "Ana Silva"
    assert told["counts"]["dirty"] == 5
    assert told["counts"]["cleaning"] == 1
    assert (told["whole"], told["gone"]) == (False, [])
    assert seen.columns == seen.fresh()
    assert seen.cards["card-100"]["data-seq"] == str(told["seq"])


@pytest.mark.parametrize("query", ["", "status=cleaning", "status=maintenance", "floor=0"])
@pytest.mark.parametrize("role", Role)
def test_a_clean_beneath_a_fault_is_counted_where_the_role_sees_it(
    sign_in, hotel, rooms, staff, role, query
):
    seen = Board(sign_in(staff[role]), hotel, query)
    cleaner = staff[Role.HOUSEKEEPER]
    for room in rooms[:4]:
        perform(Action.START_CLEANING, room, by=cleaner)
        perform(Action.MARK_MAINTENANCE, room, by=cleaner, priority="LOW", notes="bulb")
    for room in rooms[:3]:
        perform(Action.START_CLEANING, room, by=cleaner)
    perform(Action.MARK_CLEANED, rooms[0], by=cleaner)

    told = seen.catch_up()

    assert seen.columns == seen.fresh()
    shown = {column: len(numbers) for column, numbers in seen.columns.items()}
    assert {column: count for column, count in told["counts"].items() if count} == shown
    if role in (Role.HOUSEKEEPER, Role.SUPERVISOR) and not query:
        assert shown == {"dirty": 3, "cleaning": 2, "inspection": 1}
    elif not query:
        assert shown == {"dirty": 2, "maintenance": 4}


def test_after_a_long_sleep_one_answer_leads_to_the_same_board(board, rooms, hotel, manager):
    seen = board()
    for room in rooms[:4]:
        perform(Action.START_CLEANING, room, by=manager)
    for room in rooms[:2]:
        perform(Action.MARK_CLEANED, room, by=manager)
    booking = make_booking(hotel=hotel, adults=2)
    bookings.assign(booking, rooms[4], by=manager)
    bookings.assign(booking, rooms[5], by=manager)

    told = seen.catch_up()

    assert len(told["cards"]) == 6
    assert seen.columns == seen.fresh()
    fresh = Board(seen.client, hotel)
    assert {id: card.text for id, card in seen.cards.items()} == {
        id: card.text for id, card in fresh.cards.items()
    }


def test_a_card_that_no_longer_matches_the_filters_is_gone(board, rooms, manager):
    seen = board("status=dirty")
    perform(Action.START_CLEANING, rooms[0], by=manager)

    assert seen.catch_up()["gone"] == ["100"]
    assert seen.columns == seen.fresh()


def test_one_that_matches_now_appears(board, rooms, manager):
    seen = board("priority=HIGH")
    perform(Action.MARK_MAINTENANCE, rooms[0], by=manager, notes="tap", priority=Priority.HIGH)

    assert [card["by"] for card in seen.catch_up()["cards"]] == ["Mia Kern"]
    assert seen.columns == seen.fresh() == {"maintenance": ["100"]}


def test_a_change_outside_the_filters_is_told_as_gone_and_nothing_more(board, rooms, manager):
    seen = board("floor=1")
    perform(Action.START_CLEANING, rooms[0], by=manager)  # on floor 0

    told = seen.catch_up()

    assert (told["cards"], told["gone"]) == ([], ["100"])
    assert seen.columns == seen.fresh()


def test_a_new_set_up_makes_the_answer_whole(board, rooms, hotel):
    seen = board()
    rooms[0].is_active = False
    rooms[0].save(update_fields=["is_active"])
    log.append(hotel, LogAction.SETUP_CHANGED, by=None, source=Source.ADMIN)

    told = seen.catch_up()

    assert told["whole"]
    assert len(told["cards"]) == 5
    assert seen.columns == seen.fresh()


def test_a_new_day_makes_it_whole(board, hotel, rooms):
    seen = board()
    make_booking(hotel=hotel, room=rooms[0], arrives=1)
    seen.day = "2020-01-01"

    assert seen.catch_up()["whole"]


@pytest.mark.parametrize("after", ["", "x", "-1", "²", "9" * 30, "1" * 5000, "999999"])
def test_a_seq_that_is_not_one_of_ours_makes_it_whole(board, after):
    seen = board()
    seen.seq = after

    assert seen.catch_up()["whole"]
    assert seen.columns == seen.fresh()


def test_each_role_gets_its_own_buttons(client, hotel, rooms, manager):
    people = [make_staff(hotel=hotel, role=role) for role in Role]
    answers = set()
    for person in people:
        client.force_login(person.user, backend="portal.access.StaffBackend")
        seen = Board(client, hotel)
        seen.seq = ""
        answers.add(seen.ask().content)

    assert len(answers) > 3


def test_an_inspector_who_cleaned_it_herself_gets_another_card_than_her_colleague(
    client, hotel, rooms, supervisor
):
    colleague = make_staff(hotel=hotel, role=Role.SUPERVISOR)
    boards = []
    for person in (supervisor, colleague):
        client.force_login(person.user, backend="portal.access.StaffBackend")
        boards.append(Board(client, hotel))
    perform(Action.MARK_CLEANED, rooms[0], by=supervisor)

    passes = []
    for person, seen in zip((supervisor, colleague), boards, strict=True):
        client.force_login(person.user, backend="portal.access.StaffBackend")
        seen.catch_up()
        passes.append("Pass" in seen.cards["card-100"].text)

    assert passes == [False, True]


# ---- Asked again and again


def test_a_poll_that_finds_nothing_new_is_304_and_empty(board, rooms, manager):
    seen = board()
    first = seen.ask()

    again = seen.ask(if_none_match=first["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    perform(Action.START_CLEANING, rooms[0], by=manager)
    assert seen.ask(if_none_match=first["ETag"]).status_code == 200


def test_what_one_person_has_is_not_304_to_another(client, hotel, rooms, manager, housekeeper):
    client.force_login(manager.user, backend="portal.access.StaffBackend")
    etag = Board(client, hotel).ask()["ETag"]
    client.force_login(housekeeper.user, backend="portal.access.StaffBackend")

    assert Board(client, hotel).ask(if_none_match=etag).status_code == 200


def test_a_new_role_is_another_answer(board, manager):
    seen = board()
    etag = seen.ask()["ETag"]
    manager.role = Role.HOUSEKEEPER
    manager.save()

    assert seen.ask(if_none_match=etag).status_code == 200


@pytest.mark.parametrize("query", ["", "floor=1"])
def test_unchanged_it_asks_two_questions(board, query):
    seen = board(query)
    etag = seen.ask()["ETag"]

    with CaptureQueriesContext(connection) as first:
        seen.ask()
    with CaptureQueriesContext(connection) as second:
        seen.ask(if_none_match=etag)

    assert (len(first), len(second)) == (2, 2)  # the session, and who it is with their hotels


@pytest.mark.parametrize(("query", "most"), [("", 6), ("floor=0", 8)])
def test_one_changed_card_takes_few_questions_however_many_rooms(
    board, hotel, manager, rooms, query, most
):
    for n in range(100):
        make_room(hotel=hotel, number=f"9{n:02}", floor="0")
    seen = board(query)
    perform(Action.START_CLEANING, rooms[0], by=manager)

    with CaptureQueriesContext(connection) as taken:
        told = seen.catch_up()

    assert len(told["cards"]) == 1
    # Session; staff; arrivals; the rooms' rows; the room to draw; who did it. With filters also
    # their choices, and which rooms have gone.
    assert len(taken) == most
    seen.seq = str(int(seen.seq) - 1)
    with CaptureQueriesContext(connection) as again:
        seen.ask()
    assert len(again) == 2


def test_what_is_kept_is_not_given_to_another_hotel(client, hotel, rooms, manager):
    other = make_hotel()
    make_room(hotel=other, number="777")
    boss = make_staff(hotel=other, role=Role.MANAGER)
    for staff in (manager, boss):
        client.force_login(staff.user, backend="portal.access.StaffBackend")
        seen = Board(client, staff.hotel)
        seen.seq = "0"
        seen.catch_up()
        assert seen.columns == seen.fresh()


def test_a_signed_out_tab_is_sent_to_sign_in_and_gets_nothing(client, board):
    seen = board()
    client.logout()

    answer = seen.ask(hx_request="true")

    assert answer["HX-Redirect"].startswith("/sign-in/")
    assert answer.content == b""


def test_a_deactivated_member_gets_nothing(board, manager):
    seen = board()
    etag = seen.ask()["ETag"]
    manager.active = False
    manager.save()

    assert seen.ask(if_none_match=etag).status_code == 404
