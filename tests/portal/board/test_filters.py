"""The board narrowed by the URL."""

import pytest

from hotel.choices import Role
from portal.board.columns import COLUMNS
from rooms.choices import RoomStatus
from tests.factories import make_room
from tests.portal.reading import address, columns, read

EVERY_ROOM = {"101", "102", "201", "210", "1010", "1011", "B1"}
FILTERS = [
    ("floor=2", {"201", "210"}),
    ("floor=10", {"1010", "1011"}),
    ("type=SUI", {"102", "210"}),
    ("status=ready", {"102", "201"}),
    ("status=occupied", {"210", "1010"}),
    ("priority=HIGH", {"1010"}),
    ("q=101", {"101", "1010", "1011"}),
    ("q=b1", {"B1"}),
    ("q=bed", {"201", "1011", "B1"}),
    ("q=50%25+off", {"201"}),
    ("q=%25", {"201"}),
    ("q=+bed+", {"201", "1011", "B1"}),
    ("q=nothing+like+it", set()),
    ("floor=2&type=SUI", {"210"}),
    ("floor=10&status=occupied&q=10", {"1010"}),
    ("floor=&type=&status=&priority=&q=", EVERY_ROOM),
    # What nobody offered is left out of account.
    ("floor=99", EVERY_ROOM),
    ("type=NONE&floor=2", {"201", "210"}),
    ("status=nonsense", EVERY_ROOM),
    ("priority=URGENT", EVERY_ROOM),
    ("colour=blue", EVERY_ROOM),
    (f"q={'x' * 51}", EVERY_ROOM),
    ("q=%00", EVERY_ROOM),
    ("floor=2&floor=1", {"101", "102"}),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_the_url_narrows_it(house, see, query, expected):
    shown = {number for numbers in columns(see(f"?{query}")).values() for number in numbers}

    assert shown == expected


def test_only_the_chosen_status_has_a_column(house, see):
    assert list(columns(see("?status=occupied"))) == ["occupied"]
    assert list(columns(see())) == [column.key for column in COLUMNS]


def test_the_filters_show_what_is_chosen_and_what_can_be(house, see):
    form = see("?floor=2&q=bed").one("form", id="filters")

    assert form.one("input", name="q")["value"] == "bed"
    assert form.texts("option", selected="") == ["Floor 2", *form.texts("option", value="")[1:]]
    floors = form.one("select", name="floor").texts("option")
    assert floors == ["All floors", "Floor 1", "Floor 2", "Floor 10"]


def test_what_is_searched_for_is_not_run(house, sign_in, manager):
    response = sign_in(manager).get(address("board", manager.hotel) + '?q="><script>alert(1)')

    assert "<script>alert" not in response.content.decode()
    assert read(response).one("input", name="q")["value"] == '"><script>alert(1)'


@pytest.mark.parametrize("query", ["?floor=2", "?floor=2&type=NONE"])
def test_a_column_that_the_filters_emptied_says_so(house, see, query):
    ready = see(query).one("section", id="col-maintenance")

    assert ready.one("p", "empty").text == "No room matches the filters here."


@pytest.mark.parametrize(
    ("role", "query", "expected"),
    [
        (Role.HOUSEKEEPER, "status=dirty", {"1", "2"}),
        (Role.SUPERVISOR, "status=inspection", {"3"}),
        (Role.HOUSEKEEPER, "status=maintenance", {"4"}),
        (Role.HOUSEKEEPER, "status=ready", set()),
        (Role.MAINTENANCE, "status=maintenance", {"2", "3", "4"}),
        (Role.FRONT_DESK, "status=dirty", {"1"}),
        (Role.MANAGER, "status=maintenance&priority=LOW", {"2"}),
        (Role.HOUSEKEEPER, "status=dirty&priority=LOW", {"2"}),
    ],
)
def test_a_status_means_what_the_role_sees_there(hotel, sign_in, staff, role, query, expected):
    under = RoomStatus.MAINTENANCE_REQUIRED
    make_room(hotel=hotel, number="1", status=RoomStatus.CHECKOUT_DIRTY)
    make_room(hotel=hotel, number="2", status=under, return_status="CHECKOUT_DIRTY", priority="LOW")
    make_room(hotel=hotel, number="3", status=under, return_status="CLEANED_UNINSPECTED")
    make_room(hotel=hotel, number="4", status=under, return_status="READY_FOR_GUEST")

    page = read(sign_in(staff[role]).get(f"{address('board', hotel)}?{query}"))

    assert {number for numbers in columns(page).values() for number in numbers} == expected
