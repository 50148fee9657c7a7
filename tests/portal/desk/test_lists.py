"""The desk's lists: who should have left, who never came, which room is offered to whom."""

import datetime as dt

import pytest
from django.utils import timezone

from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.acting import bookings
from tests.factories import make_booking, make_room, make_room_type
from tests.portal.reading import Node, address, read

S = RoomStatus
B = BookingStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk(sign_in, clerk):
    """The browser at the front desk."""
    return sign_in(clerk)


@pytest.fixture
def show(desk, hotel):
    return lambda name: read(desk.get(address(name, hotel)))


@pytest.fixture
def at(hotel, monkeypatch):
    """Set the hotel's clock on 12 June, before anybody signs in."""

    def set_clock(clock: str) -> None:
        now = dt.datetime.combine(
            dt.date(2026, 6, 12), dt.time.fromisoformat(clock), tzinfo=hotel.tz
        )
        monkeypatch.setattr(timezone, "now", lambda: now)

    set_clock("12:40")
    return set_clock


def in_house(hotel, guest: str, *, arrives: int, nights: int):
    room = make_room(hotel=hotel, status=S.OCCUPIED)
    return make_booking(
        hotel=hotel,
        room=room,
        status=B.IN_HOUSE,
        arrives=arrives,
        nights=nights,
        guest_name=guest,
    )


def section(page: Node, heading: str) -> Node:
    return page.one("section", aria_labelledby=heading)


class TestWhoShouldHaveLeft:
    @pytest.fixture
    def stays(self, at, hotel):
        return {
            guest: in_house(hotel, guest, arrives=arrives, nights=nights)
            for guest, arrives, nights in (
                ("Day use", 0, 0),
                ("Leaves today", -1, 1),
                ("Forgotten", -4, 1),
                ("Stays", -1, 4),
            )
        }

    def test_comes_first_among_the_departures_in_words(self, stays, show):
        rows = section(show("arrivals"), "departures")

        assert rows.texts("a", "strong") == ["Forgotten", "Leaves today", "Day use"]
        assert rows.texts("span", "tag") == ["Should have left on 9 June", "Overdue 1 h 10 min"]
        assert "day use, until 17:00" in rows.all("li")[-1].text

    def test_stands_on_top_of_readiness(self, stays, show):
        page = show("readiness")

        assert page.all("h2")[0].text == "Guests who should have left 2"
        assert section(page, "overdue").texts("a", "strong") == ["Forgotten", "Leaves today"]

    def test_is_not_there_where_everybody_left(self, at, hotel, show):
        in_house(hotel, "Stays", arrives=-1, nights=4)

        assert not show("readiness").all("section", aria_labelledby="overdue")

    @pytest.mark.parametrize("name", ["arrivals", "readiness"])
    @pytest.mark.parametrize("guest", ["Forgotten", "Leaves today"])
    def test_is_extended_by_tonight_at_one_tap_beside_check_out(
        self, stays, hotel, show, name, guest
    ):
        row = show(name).one("li", id=f"departure-{stays[guest].booking_id}")

        form = row.one("form")
        assert (form["method"], form["action"]) == (
            "post",
            address("booking_action", hotel, stays[guest].booking_id, "change"),
        )
        assert form.one("input", name="check_out")["value"] == "2026-06-13"
        assert row.one(cls="row-acts").text == "Extend one night Check out"

    def test_whoever_is_in_time_is_only_checked_out(self, stays, show):
        row = show("arrivals").one("li", id=f"departure-{stays['Day use'].booking_id}")

        assert row.one(cls="row-acts").text == "Check out"

    def test_at_half_past_midnight_it_is_still_the_day_before(self, stays, hotel, at, show):
        at("00:30")  # of 12 June: the business date is the 11th

        rows = section(show("arrivals"), "departures")
        assert rows.texts("a", "strong") == ["Forgotten"]
        assert rows.one("input", name="check_out")["value"] == "2026-06-12"


class TestWhoNeverCame:
    def test_stands_apart_from_todays_arrivals(self, hotel, show):
        over = make_booking(hotel=hotel, arrives=-2, nights=2, guest_name="Never came")
        make_booking(hotel=hotel, arrives=-1, nights=2, guest_name="May still come")

        page = show("arrivals")

        assert section(page, "arrivals").texts("a", "strong") == ["May still come"]
        assert page.one(id="arrivals-now")["data-said"].startswith("1 arrival,")
        ended = section(page, "without-arrival")
        assert ended.one("h2").text == "Ended without arrival 1"
        row = ended.one("li", id=f"booking-{over.booking_id}")
        assert row.one(cls="row-acts").texts("a")[0] == "No-show…"
        assert not {"Check in…", "Assign room…"} & set(row.texts("a"))
        begins = over.check_in
        assert f"{begins.day} {begins:%b} to" in row.text

    def test_is_in_no_count_of_readiness(self, hotel, show):
        make_room(hotel=hotel)
        make_booking(hotel=hotel, arrives=-2, nights=2)

        page = show("readiness")

        assert page.one("p", "lede").text == "1 room ready now · 0 arrivals to come"
        assert page.one("td", data_label="Awaited").text == "0"
        assert page.one(id="readiness-now")["data-said"] == "1 room ready, 0 arrivals to come"

    def test_once_called_a_no_show_can_be_reinstated(self, hotel, clerk, show):
        missed = make_booking(hotel=hotel)
        bookings.no_show(missed, by=clerk)

        row = section(show("arrivals"), "without-arrival").one("li")

        (button,) = row.one(cls="row-acts").all("a")
        assert button.text == "Reinstate…"
        url = address("booking_action", hotel, missed.booking_id, "reinstate")
        assert button["hx-get"] == url

    def test_where_everybody_came_nothing_is_said(self, hotel, show):
        assert not show("arrivals").all("section", aria_labelledby="without-arrival")


class TestARoomForAnArrival:
    @pytest.mark.parametrize("name", ["arrivals", "readiness"])
    def test_a_ready_room_of_the_type_is_offered_each_to_one_guest(self, hotel, show, name):
        for number in ("207", "99"):
            make_room(hotel=hotel, number=number)
        make_room(hotel=hotel, number="1", room_type=make_room_type(hotel=hotel, code="S"))
        make_room(hotel=hotel, number="2", status=S.CLEANED_UNINSPECTED)
        for guest in ("Ada", "Ben", "Cy"):
            make_booking(hotel=hotel, guest_name=guest, booking_id=f"B-{guest}")

        page = show(name)

        offers = {
            row.one("a", "strong").text: [
                text for text in row.texts("a") if text.startswith("Assign ") and text[-1] != "…"
            ]
            for row in section(page, "arrivals").all("li")
        }
        assert offers == {"Ada": ["Assign 99"], "Ben": ["Assign 207"], "Cy": []}

    @pytest.mark.parametrize("name", ["arrivals", "readiness"])
    @pytest.mark.parametrize(("arrives", "offered"), [(0, False), (1, False), (2, True)])
    def test_a_room_that_is_kept_on_one_of_the_nights_is_not(
        self, hotel, show, name, arrives, offered
    ):
        room = make_room(hotel=hotel, number="207")
        make_booking(hotel=hotel, nights=2)
        make_booking(hotel=hotel, room=room, arrives=arrives)

        assert ("Assign 207" in section(show(name), "arrivals").text) is offered
