"""The room list and the statistics: sorted, paged and narrowed by the URL, and as CSV."""

import codecs
import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from hotel.choices import Role
from portal.export import as_text
from rooms.choices import Action, Priority, RoomStatus, Source
from tests.acting import perform
from tests.factories import make_hotel, make_room, make_room_type, make_staff
from tests.portal.reading import Node, address, htmx, read

S = RoomStatus


@pytest.fixture
def get(sign_in, supervisor):
    """Return a list's answer to a supervisor."""
    client = sign_in(supervisor)

    def get(name, query="", **extra):
        response = client.get(address(name, supervisor.hotel) + query, **extra)
        assert response.status_code == 200
        return response

    return get


def numbers(response) -> list[str]:
    return [row.all("td")[0].text for row in read(response).one("tbody").all("tr")]


def table(response) -> list[list[str]]:
    """Return a CSV's lines."""
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


# ---- Rooms


@pytest.fixture
def house(hotel):
    suite = make_room_type(hotel=hotel, code="SUI")
    make_room(hotel=hotel, number="10", floor="1", status=S.CHECKOUT_DIRTY)
    make_room(hotel=hotel, number="9", floor="1", status=S.OCCUPIED, room_type=suite)
    make_room(hotel=hotel, number="102", floor="10", status=S.MAINTENANCE_REQUIRED, priority="LOW")
    make_room(hotel=hotel, number="21", floor="2", status=S.MAINTENANCE_REQUIRED, priority="HIGH")
    make_room(hotel=hotel, number="UNUSED", is_active=False)
    make_room(hotel=make_hotel(), number="THEIRS")


SORTS = [
    ("", ["9", "10", "21", "102"]),
    ("?sort=number", ["9", "10", "21", "102"]),
    ("?sort=-number", ["102", "21", "10", "9"]),
    ("?sort=floor", ["9", "10", "21", "102"]),
    ("?sort=-floor", ["102", "21", "10", "9"]),
    ("?sort=room_type", ["10", "21", "102", "9"]),
    ("?sort=maintenance_priority", ["21", "102", "9", "10"]),
    ("?sort=-maintenance_priority", ["9", "10", "102", "21"]),
    ("?sort=room_status", ["10", "9", "21", "102"]),
    ("?sort=remarks", ["9", "10", "21", "102"]),
    ("?sort=nonsense", ["9", "10", "21", "102"]),
]


@pytest.mark.parametrize(("query", "expected"), SORTS)
def test_the_rooms_are_sorted_as_a_person_would(house, get, query, expected):
    assert numbers(get("rooms", query)) == expected


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
def test_the_rooms_are_narrowed_by_the_url(house, get, query, expected):
    assert numbers(get("rooms", query)) == expected


def test_a_room_tells_its_status_in_words_and_the_note_that_matters_now(hotel, get):
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

    (row,) = read(get("rooms")).one("tbody").all("tr")

    told = ["204", "2", "East", "D", "Occupied", "1 Jul 10:05", "High", "no hot water"]
    assert row.texts("td") == told
    assert row.all("a")[0]["href"] == address("room", hotel, room.number)


def test_long_lists_come_in_pages_of_twenty_five(hotel, get):
    for n in range(60):
        make_room(hotel=hotel, number=str(n + 1))

    pages = [numbers(get("rooms", f"?page={page}")) for page in (1, 2, 3)]

    assert [len(page) for page in pages] == [25, 25, 10]
    assert [number for page in pages for number in page] == [str(n + 1) for n in range(60)]


@pytest.mark.parametrize("page", ["0", "99", "x", "-1"])
def test_a_page_that_does_not_exist_is_no_error(hotel, get, page):
    for n in range(26):
        make_room(hotel=hotel, number=str(n + 1))

    assert numbers(get("rooms", f"?page={page}")) in (
        [str(n + 1) for n in range(25)],
        ["26"],
    )


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_of_rooms_asks_as_much_for_thirty_as_for_one(
    hotel, get, count, django_assert_num_queries
):
    for _ in range(count):
        make_room(hotel=hotel)

    # Session; staff; the filters' choices; how many; the page's rooms.
    with django_assert_num_queries(5):
        get("rooms")


def test_to_htmx_the_list_is_the_table_alone(house, get):
    response = get("rooms", "?sort=-number", headers=htmx("room-list"))

    page = read(response)
    tops = [node["id"] for node in page.children if isinstance(node, Node)]
    assert tops == ["room-list"]
    assert numbers(response) == ["102", "21", "10", "9"]
    assert "HX-Request" in response["Vary"]


def test_links_of_the_list_keep_its_filters(house, get):
    heads = read(get("rooms", "?floor=1&q=1")).one("thead").all("a")

    assert heads
    assert all("floor=1" in head["href"] and "q=1" in head["href"] for head in heads)


def test_the_csv_has_every_room_that_matches_whatever_the_page(hotel, get):
    for n in range(60):
        make_room(hotel=hotel, number=str(n + 1), floor=str(n % 2))

    link = read(get("rooms", "?floor=1&page=2")).one("a", data_export="")["href"]
    response = get("rooms", link)

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


FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_note_in_the_csv_is_run_as_a_formula(hotel, get, formula):
    make_room(hotel=hotel, housekeeping_notes=formula)

    assert table(get("rooms", "?export=csv"))[1][7] == f"'{formula}"


@pytest.mark.parametrize(("field", "column"), [("floor", 1), ("section", 2)])
def test_neither_is_what_an_import_wrote(hotel, get, field, column):
    make_room(hotel=hotel, **{field: "=1+1"})

    assert table(get("rooms", "?export=csv"))[1][column] == "'=1+1"


def test_neither_is_a_floor_in_the_statistics(hotel, get):
    make_room(hotel=hotel, floor="=1+1")

    assert table(get("statistics", "?export=floors"))[1][0] == "'=1+1"


@pytest.mark.parametrize(
    ("note", "cell"),
    [
        ("\t=1+1", "'\t=1+1"),
        (" =1+1", "' =1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff20SUM", "'\uff20SUM"),
        ("wet;=1+1", "wet;'=1+1"),
        ("wet; -1+1", "wet;' -1+1"),
        ("wet\n=1+1", "wet\n'=1+1"),
        ("a=b; c", "a=b; c"),
    ],
)
def test_nor_behind_blanks_wide_signs_or_a_separator(note, cell):
    assert as_text(note) == cell


def test_the_csv_opens_as_utf8_and_tells_the_hotels_time(hotel, get):
    since = dt.datetime(2026, 7, 1, 11, 30, tzinfo=dt.UTC)
    make_room(hotel=hotel, status_since=since, housekeeping_notes="Doña Inés")

    response = get("rooms", "?export=csv")

    assert response.content.startswith(codecs.BOM_UTF8)
    (line,) = table(response)[1:]
    assert (line[5], line[7]) == ("2026-07-01 12:30:00+01:00", "Doña Inés")


@pytest.mark.parametrize("asked", ["-1", "0", "9" * 30, "x", "%00"])
def test_a_page_has_a_sane_length_whatever_the_address_asks_for(hotel, get, asked):
    for _ in range(30):
        make_room(hotel=hotel)

    response = get("rooms", f"?per_page={asked}")

    assert response.status_code == 200
    assert len(read(response).one("tbody").all("tr")) == 25


def test_a_basement_stays_a_number_in_the_csv(hotel, get):
    make_room(hotel=hotel, floor="-1")

    assert table(get("rooms", "?export=csv"))[1][1] == "-1"


def test_another_export_format_is_not_served(house, get):
    assert get("rooms", "?export=xls")["Content-Type"].startswith("text/html")


# ---- Statistics


@pytest.fixture
def worked(hotel, supervisor, housekeeper, monkeypatch):
    """One turnover, 12 + 20 + 8 minutes, passed; one failed clean by the same person."""
    clerk = make_staff(hotel=hotel, role=Role.FRONT_DESK)
    began = timezone.now() - dt.timedelta(days=1)

    def at(minutes, action, room, by, **given):
        moment = began + dt.timedelta(minutes=minutes)
        perform(action, room, by=by, occurred_at=moment, source=Source.REPLAY, **given)

    good = make_room(hotel=hotel, floor="1", status=S.OCCUPIED)
    at(0, Action.CHECK_OUT, good, clerk)
    at(12, Action.START_CLEANING, good, housekeeper)
    at(32, Action.MARK_CLEANED, good, housekeeper)
    at(40, Action.PASS_INSPECTION, good, supervisor)
    bad = make_room(hotel=hotel, floor="2", status=S.CHECKOUT_DIRTY)
    at(0, Action.START_CLEANING, bad, housekeeper)
    at(30, Action.MARK_CLEANED, bad, housekeeper)
    at(35, Action.FAIL_INSPECTION, bad, supervisor, notes="dust")


def test_the_statistics_are_what_counting_by_hand_gives(worked, hotel, get):
    for status in S:
        make_room(hotel=hotel, floor="3", status=status)

    page = read(get("statistics"))

    tiles = {tile.one("span").text: tile.one("b").text for tile in page.all("li", "tile")}
    assert tiles == {
        "Ready now": "3",
        "Occupied": "1",
        "Needs cleaning": "3",
        "Awaiting inspection": "1",
        "Maintenance": "1",
        "Out of order": "1",
    }
    assert page.one("p", "lede").text == "10 rooms in use"
    assert "1 being cleaned" in page.text
    assert "1 medium" in page.text
    week, month = page.one("section", aria_labelledby="turn").one("tbody").all("tr")
    assert week.texts("td") == ["1", "40 min", "12 min", "20 min", "8 min", "50% of 2"]
    assert month.texts("td") == week.texts("td")


def test_rooms_by_floor_add_up(worked, hotel, get):
    floors = read(get("statistics")).one("section", aria_labelledby="floors")

    assert [row.texts("td") for row in floors.one("tbody").all("tr")] == [
        ["1", "0", "0", "0", "1", "0", "0", "0", "1"],
        ["2", "1", "0", "0", "0", "0", "0", "0", "1"],
    ]
    assert floors.one("tfoot").texts("td") == ["All", "1", "0", "0", "1", "0", "0", "0", "2"]


def test_each_attendants_cleans_are_told_with_their_first_pass_rate(worked, get):
    attendants = read(get("statistics")).one("section", aria_labelledby="attendants")

    (row,) = attendants.one("tbody").all("tr")
    assert row.texts("td") == ["Ana Silva", "2", "25", "50%", "1"]


@pytest.mark.parametrize(("query", "days"), [("", "7"), ("?days=30", "30"), ("?days=x", "7")])
def test_the_period_can_be_switched(worked, get, query, days):
    switch = read(get("statistics", query)).one(cls="switch")

    assert switch.texts("a", aria_current="true") == [f"{days} days"]


def test_what_is_older_than_a_week_is_in_the_month_alone(hotel, housekeeper, get):
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    perform(
        Action.MARK_CLEANED,
        room,
        by=housekeeper,
        occurred_at=timezone.now() - dt.timedelta(days=20),
        source=Source.REPLAY,
    )

    week, month = (
        read(get("statistics", query)).one("section", aria_labelledby="attendants")
        for query in ("?days=7", "?days=30")
    )

    assert "Nobody has marked a room cleaned in this time." in week.text
    assert month.one("tbody").all("tr")[0].texts("td") == ["Ana Silva", "1", "–", "–", "0"]


def test_both_tables_can_be_taken_away(worked, get):
    page = read(get("statistics", "?days=30"))
    links = [link["href"] for link in page.all("a", "btn") if "export" in link["href"]]
    assert links == ["?export=floors", "?days=30&export=attendants"]

    floors, attendants = (table(get("statistics", link)) for link in links)

    assert floors[0][:2] == ["Floor", "Needs cleaning"]
    assert [line[0] for line in floors[1:]] == ["1", "2"]
    assert attendants == [
        [
            "Attendant",
            "Rooms cleaned",
            "Minutes a room, median",
            "First-pass rate",
            "Failed inspections",
        ],
        ["Ana Silva", "2", "25", "50%", "1"],
    ]


@pytest.mark.parametrize("formula", FORMULAS[:4])
def test_nobodys_name_is_run_as_a_formula(hotel, get, formula):
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    perform(Action.MARK_CLEANED, room, by=make_staff(hotel=hotel, name=formula))

    assert table(get("statistics", "?export=attendants"))[1][0] == f"'{formula}"


@pytest.mark.parametrize("export", ["floors", "attendants"])
def test_an_empty_table_can_be_taken_away_too(get, export):
    assert len(table(get("statistics", f"?export={export}"))) == 1


# ---- A hotel without rooms


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("board", "No room waits for cleaning."),
        ("rooms", "No room matches the filters."),
        ("readiness", "No rooms yet. A hotel's rooms are set up in the admin, or imported."),
        ("arrivals", "Nobody else is expected today."),
        ("statistics", "No rooms yet."),
        ("walk_in", "Walk-in"),
        ("new_booking", "New booking"),
    ],
)
def test_every_page_of_a_hotel_without_rooms_opens_and_says_so(sign_in, manager, name, words):
    response = sign_in(manager).get(address(name, manager.hotel))

    assert response.status_code == 200
    assert words in read(response).text
