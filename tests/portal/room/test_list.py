"""The room list: narrowed, paged, and as CSV."""

import datetime as dt

import pytest
from django.urls import reverse

from rooms.choices import Priority, RoomStatus
from tests.factories import make_room
from tests.portal.lists import numbers, table
from tests.portal.reading import Node, address, htmx, read

S = RoomStatus


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?floor=1", ["9", "10"]),
        ("?type=SUI", ["9"]),
        ("?status=maintenance&sort=number", ["21", "102"]),
        ("?priority=LOW", ["102"]),
        ("?q=10", ["10", "102"]),
        ("?floor=99", ["9", "10", "21", "102"]),
    ],
)
def test_the_rooms_are_narrowed_by_the_url(house, get_list, query, expected):
    assert numbers(get_list("rooms", query)) == expected


def test_maintenance_begins_with_every_open_fault_the_most_urgent_first(hotel, sign_in, maintainer):
    for number, status, priority in (
        ("1", S.OCCUPIED, Priority.MED),
        ("2", S.MAINTENANCE_REQUIRED, Priority.LOW),
        ("3", S.OUT_OF_ORDER, Priority.HIGH),
        ("4", S.OCCUPIED, ""),
        ("5", S.OCCUPIED, Priority.HIGH),
    ):
        make_room(hotel=hotel, number=number, status=status, priority=priority)

    page = read(sign_in(maintainer).get(reverse("home"), follow=True))

    assert page.one("h1").text == "Open faults"
    assert page.one("tbody").texts("a", "no") == ["3", "5", "1", "2"]


def test_a_room_tells_its_status_in_words_and_the_note_that_matters_now(hotel, get_list):
    room = make_room(
        hotel=hotel,
        number="204",
        floor="2",
        section="East",
        status=S.OCCUPIED,
        priority=Priority.HIGH,
        maintenance_notes="no hot water",
        housekeeping_notes="extra bed",
        status_since=dt.datetime(2026, 7, 1, 9, 5, tzinfo=dt.UTC),
    )

    (row,) = read(get_list("rooms")).one("tbody").all("tr")

    told = ["204", "2", "East", "D", "Occupied", "1 Jul 10:05", "High", "no hot water"]
    assert row.texts("td") == told
    assert row.all("a")[0]["href"] == address("room", hotel, room.number)


def test_long_lists_come_in_pages_of_twenty_five(hotel, get_list):
    for n in range(60):
        make_room(hotel=hotel, number=str(n + 1))

    pages = [numbers(get_list("rooms", f"?page={page}")) for page in (1, 2, 3)]

    assert [len(page) for page in pages] == [25, 25, 10]
    assert [number for page in pages for number in page] == [str(n + 1) for n in range(60)]


@pytest.mark.parametrize("page", ["0", "99", "x", "-1"])
def test_a_page_that_does_not_exist_is_no_error(hotel, get_list, page):
    for n in range(26):
        make_room(hotel=hotel, number=str(n + 1))

    assert numbers(get_list("rooms", f"?page={page}")) in (
        [str(n + 1) for n in range(25)],
        ["26"],
    )


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_of_rooms_asks_as_much_for_thirty_as_for_one(
    hotel, get_list, count, django_assert_num_queries
):
    for _ in range(count):
        make_room(hotel=hotel)

    # Session; staff; the filters' choices; how many; the page's rooms.
    with django_assert_num_queries(5):
        get_list("rooms")


def test_to_htmx_the_list_is_the_table_alone(house, get_list):
    response = get_list("rooms", "?sort=-number", headers=htmx("room-list"))

    page = read(response)
    tops = [node["id"] for node in page.children if isinstance(node, Node)]
    assert tops == ["room-list"]
    assert numbers(response) == ["102", "21", "10", "9"]
    assert "HX-Request" in response["Vary"]


def test_links_of_the_list_keep_its_filters(house, get_list):
    heads = read(get_list("rooms", "?floor=1&q=1")).one("thead").all("a")

    assert heads
    assert all("floor=1" in head["href"] and "q=1" in head["href"] for head in heads)


def test_the_csv_has_every_room_that_matches_whatever_the_page(hotel, get_list):
    for n in range(60):
        make_room(hotel=hotel, number=str(n + 1), floor=str(n % 2))

    link = read(get_list("rooms", "?floor=1&page=2")).one("a", data_export="")["href"]
    response = get_list("rooms", link)

    lines = table(response)
    assert lines[0] == [
        "Room",
        "Floor",
        "Section",
        "Type",
        "Status",
        "Since",
        "Priority",
        "Notes",
    ]
    assert [line[0] for line in lines[1:]] == [str(n + 1) for n in range(60) if n % 2]
    assert lines[1][4] == "Available"
    assert 'filename="grand-rooms.csv"' in response["Content-Disposition"]


@pytest.mark.parametrize("asked", ["-1", "0", "9" * 30, "x", "%00"])
def test_a_page_has_a_sane_length_whatever_the_address_asks_for(hotel, get_list, asked):
    for _ in range(30):
        make_room(hotel=hotel)

    response = get_list("rooms", f"?per_page={asked}")

    assert response.status_code == 200
    assert len(read(response).one("tbody").all("tr")) == 25


def test_another_export_format_is_not_served(house, get_list):
    assert get_list("rooms", "?export=xls")["Content-Type"].startswith("text/html")
