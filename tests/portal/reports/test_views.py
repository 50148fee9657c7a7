"""The statistics page and its CSV files."""

import datetime as dt

import pytest
from django.utils import timezone

from hotel.choices import Role
from rooms.choices import Action, RoomStatus, Source
from tests.acting import perform
from tests.factories import make_room, make_staff
from tests.portal.lists import table
from tests.portal.reading import read

S = RoomStatus


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


def test_the_statistics_are_what_counting_by_hand_gives(worked, hotel, get_list):
    for status in S:
        make_room(hotel=hotel, floor="3", status=status)

    page = read(get_list("statistics"))

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


def test_rooms_by_floor_add_up(worked, hotel, get_list):
    floors = read(get_list("statistics")).one("section", aria_labelledby="floors")

    assert [row.texts("td") for row in floors.one("tbody").all("tr")] == [
        ["1", "0", "0", "0", "1", "0", "0", "0", "1"],
        ["2", "1", "0", "0", "0", "0", "0", "0", "1"],
    ]
    assert floors.one("tfoot").texts("td") == ["All", "1", "0", "0", "1", "0", "0", "0", "2"]


def test_each_attendants_cleans_are_told_with_their_first_pass_rate(worked, get_list):
    attendants = read(get_list("statistics")).one("section", aria_labelledby="attendants")

    (row,) = attendants.one("tbody").all("tr")
    assert row.texts("td") == ["Ana Silva", "2", "25", "50%", "1"]


@pytest.mark.parametrize(("query", "days"), [("", "7"), ("?days=30", "30"), ("?days=x", "7")])
def test_the_period_can_be_switched(worked, get_list, query, days):
    switch = read(get_list("statistics", query)).one(cls="switch")

    assert switch.texts("a", aria_current="true") == [f"{days} days"]


def test_what_is_older_than_a_week_is_in_the_month_alone(hotel, housekeeper, get_list):
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    perform(
        Action.MARK_CLEANED,
        room,
        by=housekeeper,
        occurred_at=timezone.now() - dt.timedelta(days=20),
        source=Source.REPLAY,
    )

    week, month = (
        read(get_list("statistics", query)).one("section", aria_labelledby="attendants")
        for query in ("?days=7", "?days=30")
    )

    assert "Nobody has marked a room cleaned in this time." in week.text
    assert month.one("tbody").all("tr")[0].texts("td") == ["Ana Silva", "1", "–", "–", "0"]


def test_both_tables_can_be_taken_away(worked, get_list):
    page = read(get_list("statistics", "?days=30"))
    links = [link["href"] for link in page.all("a", "btn") if "export" in link["href"]]
    assert links == ["?export=floors", "?days=30&export=attendants"]

    floors, attendants = (table(get_list("statistics", link)) for link in links)

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


@pytest.mark.parametrize("export", ["floors", "attendants"])
def test_an_empty_table_can_be_taken_away_too(get_list, export):
    assert len(table(get_list("statistics", f"?export={export}"))) == 1
