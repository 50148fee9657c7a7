"""The board: every room once, in the column of its status."""

import gzip

import pytest
from django.conf import settings
from django.urls import reverse

from hotel.choices import Role
from portal.board.columns import COLUMNS
from rooms.choices import Action, RoomStatus
from tests.factories import make_hotel, make_room, make_staff
from tests.portal.reading import action_address, address, columns, htmx, read

S = RoomStatus


def test_every_status_has_its_column_and_available_stands_with_ready(hotel, see):
    for number, status in enumerate(S, start=1):
        make_room(hotel=hotel, number=str(number), status=status)
    by_number = dict(enumerate(S, start=1))

    shown = {
        key: {by_number[int(number)] for number in numbers}
        for key, numbers in columns(see()).items()
    }

    assert shown == {
        "dirty": {S.CHECKOUT_DIRTY},
        "cleaning": {S.CLEANING_IN_PROGRESS},
        "inspection": {S.CLEANED_UNINSPECTED},
        "ready": {S.READY_FOR_GUEST, S.AVAILABLE},
        "occupied": {S.OCCUPIED},
        "maintenance": {S.MAINTENANCE_REQUIRED},
        "out-of-order": {S.OUT_OF_ORDER},
    }


def test_every_room_in_use_is_there_once_and_no_other(hotel, see):
    mine = [make_room(hotel=hotel, status=status).number for status in [*S, *S]]
    make_room(hotel=hotel, number="UNUSED", is_active=False)
    make_room(hotel=make_hotel(), number="THEIRS")

    shown = [number for numbers in columns(see()).values() for number in numbers]

    assert sorted(shown) == sorted(mine)


def test_each_column_is_counted_on_its_head_and_on_its_tab(hotel, see):
    for status in (S.AVAILABLE, S.READY_FOR_GUEST, S.OCCUPIED):
        make_room(hotel=hotel, status=status)

    counts = {badge["data-count"]: badge.text for badge in see().one("nav", "tabs").all("b")}
    heads = {badge["data-count"]: badge.text for badge in see().one(cls="columns").all("b")}

    assert counts == heads == dict.fromkeys(heads, "0") | {"ready": "2", "occupied": "1"}


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.HOUSEKEEPER, "dirty"),
        (Role.SUPERVISOR, "inspection"),
        (Role.MAINTENANCE, "maintenance"),
        (Role.FRONT_DESK, "ready"),
        (Role.MANAGER, "dirty"),
    ],
)
def test_a_phone_opens_it_where_the_roles_work_lies(hotel, sign_in, role, first):
    page = read(sign_in(make_staff(hotel=hotel, role=role)).get(address("board", hotel)))

    assert page.one(id="board")["data-first"] == first
    assert page.one("section", "first")["id"] == f"col-{first}"


def test_an_empty_column_says_what_that_means(hotel, see):
    make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)

    said = {section["id"]: section.one("p", "empty").text for section in see().all("section")}

    assert said["col-occupied"] == "No guest is in house."
    assert said["col-maintenance"] == "Nothing to repair."


def test_to_htmx_it_is_the_columns_alone(house, see, sign_in, manager):
    response = sign_in(manager).get(address("board", manager.hotel), headers=htmx("board"))

    fragment = read(response)
    assert [node.attrs.get("id") for node in fragment.children if not isinstance(node, str)] == [
        "board"
    ]
    assert columns(fragment) == columns(see())
    assert {"HX-Request", "Accept-Encoding"} <= {
        name.strip() for name in response["Vary"].split(",")
    }


def test_page_and_fragment_of_one_address_are_not_mixed_up(house, see):
    assert see().all("header", "top")
    assert not see(headers=htmx("board")).all("header", "top")
    assert see().all("header", "top")


def test_no_store_on_the_way_keeps_a_page_that_is_one_persons(house, sign_in, manager):
    response = sign_in(manager).get(address("board", manager.hotel))

    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert "Accept-Encoding" in response["Vary"]


def test_compressed_it_is_the_same_page(house, sign_in, manager):
    client = sign_in(manager)
    url = address("board", manager.hotel)

    plain = client.get(url)
    zipped = client.get(url, headers={"Accept-Encoding": "br, gzip"})

    assert zipped["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(zipped.content) == plain.content
    assert len(zipped.content) < len(plain.content) / 2


def test_it_holds_no_token_that_its_compressed_length_could_betray(house, sign_in, manager):
    client = sign_in(manager)

    response = client.get(address("board", manager.hotel))

    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert client.cookies[settings.CSRF_COOKIE_NAME].value not in response.content.decode()


def test_a_message_is_shown_once(hotel, sign_in, housekeeper):
    client = sign_in(housekeeper)
    room = make_room(hotel=hotel, number="7", status=S.CHECKOUT_DIRTY)
    client.get(address("board", hotel))
    client.post(action_address(room, Action.START_CLEANING))

    first, second = (read(client.get(address("board", hotel))) for _ in range(2))

    assert first.one(id="toasts").text == "Room 7 cleaning started: Cleaning."
    assert second.one(id="toasts").text == ""
    assert columns(first) == columns(second)


def test_a_message_waits_for_a_page_that_shows_it(hotel, sign_in, housekeeper):
    client = sign_in(housekeeper)
    room = make_room(hotel=hotel, number="7", status=S.CHECKOUT_DIRTY)
    client.post(action_address(room, Action.START_CLEANING))
    client.get(address("board", hotel), headers=htmx("board"))

    page = read(client.get(address("board", hotel)))

    assert page.one(id="toasts").text == "Room 7 cleaning started: Cleaning."


def test_a_message_never_reaches_a_colleague(hotel, sign_in, housekeeper):
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    client = sign_in(housekeeper)
    client.post(action_address(room, Action.START_CLEANING))
    client.get(address("board", hotel))

    colleague = sign_in(make_staff(hotel=hotel))

    assert read(colleague.get(address("board", hotel))).one(id="toasts").text == ""


def test_a_hotel_without_rooms_has_a_board_that_says_so_in_every_column(see):
    page = see()

    assert columns(page) == {column.key: [] for column in COLUMNS}
    assert page.texts("p", "empty") == [column.empty for column in COLUMNS]


def test_its_first_page_leads_to_it(sign_in, housekeeper):
    response = sign_in(housekeeper).get(reverse("home"), follow=True)

    assert read(response).one("h1").text == "Board of Grand Hotel"
