"""The desk's pages: what is ready for whom, who comes and goes, and one booking."""

import datetime as dt

import pytest
from django.utils import timezone

from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.factories import make_booking, make_hotel, make_room, make_room_type
from tests.portal.reading import Node, address, htmx, read

S = RoomStatus
B = BookingStatus


@pytest.fixture
def desk(sign_in, clerk):
    """The browser at the front desk."""
    return sign_in(clerk)


@pytest.fixture
def readiness(desk, hotel):
    return lambda: read(desk.get(address("readiness", hotel)))


@pytest.fixture
def arrivals(desk, hotel):
    return lambda: read(desk.get(address("arrivals", hotel)))


def section(page: Node, heading: str) -> Node:
    return page.one("section", aria_labelledby=heading)


def row_of(page: Node, booking) -> Node:
    return page.one("li", id=f"booking-{booking.booking_id}")


def test_each_type_shows_what_is_ready_on_its_way_out_and_awaited(hotel, readiness):
    suite = make_room_type(hotel=hotel, code="SUI", name="Suite")
    for number, status in enumerate(S, start=1):
        make_room(hotel=hotel, number=str(number), status=status, room_type=suite)
    make_room(hotel=hotel, number="9", is_active=False, room_type=suite)
    make_booking(hotel=hotel, room=hotel.rooms.get(number="1"))
    make_room_type(hotel=hotel, code="NONE", name="A type without rooms")

    (row,) = section(readiness(), "by-type").one("tbody").all("tr")

    cells = {cell.attrs.get("data-label", "rooms"): cell.text for cell in row.all("td")}
    assert row.one("th").text == "SUI Suite"
    assert cells == {
        "Free": "1",
        "Promised": "1",
        "On its way": "3",
        "Out of use": "2",
        "Awaited": "1",
        "Ready and free": "8",
        "Ready, promised": "1",
    }


@pytest.mark.parametrize(
    ("guests", "ready", "on_their_way", "said"),
    [
        (3, 0, 0, "3 short"),
        (3, 0, 2, "1 short, 2 on their way"),
        (3, 1, 1, "1 short, 1 on its way"),
        (3, 1, 2, "2 on their way"),
        (3, 0, 9, "3 on their way"),
        (3, 3, 1, ""),
        (0, 0, 2, ""),
    ],
)
def test_a_type_says_how_many_guests_have_no_ready_room_and_for_how_many_one_is_coming(
    hotel, readiness, guests, ready, on_their_way, said
):
    make_room(hotel=hotel, status=S.OCCUPIED)
    for _ in range(ready):
        make_room(hotel=hotel)
    for _ in range(on_their_way):
        make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    for _ in range(guests):
        make_booking(hotel=hotel)

    (row,) = section(readiness(), "by-type").one("tbody").all("tr")

    assert row.one("td", data_label="Awaited").text == f"{guests} {said}".strip()
    assert (row.attrs.get("class") == "short") is ("short" in said)


def test_its_first_line_counts_rooms_and_arrivals(hotel, readiness):
    make_room(hotel=hotel)
    make_room(hotel=hotel)
    make_booking(hotel=hotel)
    make_booking(hotel=hotel, arrives=1)

    assert readiness().one("p", "lede").text == "2 rooms ready now · 1 arrival to come"

    make_booking(hotel=hotel, room=make_room(hotel=hotel))
    said = "3 rooms ready now, 1 of them promised · 2 arrivals to come"
    assert readiness().one("p", "lede").text == said


@pytest.mark.parametrize(
    ("minutes_ago", "said"), [(10, "about "), (29, "about "), (31, "any minute now")]
)
def test_a_room_that_is_being_cleaned_says_when_it_should_be_done(
    hotel, readiness, minutes_ago, said
):
    began = timezone.now() - dt.timedelta(minutes=minutes_ago)
    room = make_room(hotel=hotel, status=S.CLEANING_IN_PROGRESS, status_since=began)
    booking = make_booking(hotel=hotel, room=room)

    page = readiness()

    expected = (
        f"about {timezone.localtime(began + dt.timedelta(minutes=30), hotel.tz):%H:%M}"
        if said == "about "
        else said
    )
    # One time, one word for it: the clean ends, and the inspection is still to come.
    assert row_of(page, booking).all("small")[-1].text == f"cleaned {expected}"
    assert section(page, "way").all("small")[-1].text == f"cleaned {expected}"


def test_rooms_on_their_way_come_in_the_order_in_which_they_will_be_ready(hotel, readiness):
    for number, status in (
        ("1", S.CHECKOUT_DIRTY),
        ("2", S.CLEANING_IN_PROGRESS),
        ("3", S.CLEANED_UNINSPECTED),
        ("4", S.AVAILABLE),
    ):
        make_room(hotel=hotel, number=number, status=status)

    assert section(readiness(), "way").texts("a", "no") == ["3", "2", "1"]


def test_the_desk_sees_first_the_guest_without_a_room_then_the_room_that_is_not_ready(
    hotel, readiness
):
    make_booking(hotel=hotel, room=make_room(hotel=hotel), guest_name="Ready")
    dirty = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    make_booking(hotel=hotel, room=dirty, guest_name="Waits")
    make_booking(hotel=hotel, guest_name="No room")

    rows = section(readiness(), "arrivals")

    assert rows.texts("a", "strong") == ["No room", "Waits", "Ready"]
    assert rows.texts("span", "tag") == ["No room yet"]
    assert rows.texts("span", "status") == ["Needs cleaning", "Available"]


@pytest.mark.parametrize("name", ["readiness", "arrivals"])
@pytest.mark.parametrize(("one", "many"), [(1, 30)])
def test_it_asks_the_database_no_more_often_for_thirty_rooms_than_for_one(
    hotel, desk, name, one, many, django_assert_num_queries
):
    def fill(count):
        for _ in range(count):
            room = make_room(hotel=hotel, status=S.CLEANING_IN_PROGRESS)
            make_booking(hotel=hotel, room=room)
            make_booking(hotel=hotel)
            make_room(hotel=hotel)
            occupied = make_room(hotel=hotel, status=S.OCCUPIED)
            make_booking(hotel=hotel, room=occupied, status=B.IN_HOUSE, arrives=-1)

    for count in (one, many):
        fill(count)
        # Session and staff; types, rooms, arrivals, departures, what ready rooms are kept for — or
        # arrivals, ready rooms, what those are kept for, departures, who never came.
        with django_assert_num_queries(7):
            assert desk.get(address(name, hotel)).status_code == 200


def test_arrivals_are_those_who_are_due_and_nobody_else(hotel, arrivals):
    make_booking(hotel=hotel, guest_name="Today")
    make_booking(hotel=hotel, guest_name="Yesterday", arrives=-1, nights=3)
    make_booking(hotel=hotel, guest_name="Tomorrow", arrives=1)
    make_booking(hotel=hotel, guest_name="Cancelled", status=B.CANCELLED)
    make_booking(hotel=make_hotel(), guest_name="Elsewhere")

    rows = section(arrivals(), "arrivals")

    assert rows.texts("a", "strong") == ["Yesterday", "Today"]
    assert rows.one("h2").text == "Arrivals 2"
    yesterday = hotel.business_date() - dt.timedelta(days=1)
    assert f"expected {yesterday:%-d %b}" in rows.all("li")[0].text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"nights": 1, "adults": 1}, "D · 1 night · 1 guest"),
        ({"nights": 2, "adults": 2, "children": 1, "babies": 1}, "D · 2 nights · 4 guests"),
        ({"nights": 0, "adults": 2}, "D · day use · 2 guests"),
    ],
)
def test_an_arrival_tells_its_type_nights_and_guests(hotel, arrivals, fields, words):
    booking = make_booking(hotel=hotel, **fields)

    assert row_of(arrivals(), booking).all("small")[0].text == words


def test_departures_are_those_who_leave_today_or_should_have_left(hotel, arrivals):
    for guest, arrives, nights, status in (
        ("Leaves today", -1, 1, B.IN_HOUSE),
        ("Left behind", -3, 1, B.IN_HOUSE),
        ("Stays", -1, 5, B.IN_HOUSE),
        ("Gone", -1, 1, B.COMPLETED),
    ):
        make_booking(
            hotel=hotel,
            room=make_room(hotel=hotel, status=S.OCCUPIED),
            status=status,
            arrives=arrives,
            nights=nights,
            guest_name=guest,
        )

    rows = section(arrivals(), "departures")

    assert sorted(rows.texts("a", "strong")) == ["Leaves today", "Left behind"]
    assert rows.one("h2").text == "Departures 2"


@pytest.mark.parametrize(
    ("clock", "said"),
    [("11:29", []), ("11:31", ["Overdue 1 min"]), ("13:40", ["Overdue 2 h 10 min"])],
)
def test_a_guest_is_overdue_once_the_hotels_checkout_time_and_grace_have_passed(
    hotel, sign_in, clerk, monkeypatch, clock, said
):
    now = dt.datetime.combine(dt.date(2026, 7, 1), dt.time.fromisoformat(clock), tzinfo=hotel.tz)
    monkeypatch.setattr(timezone, "now", lambda: now)
    room = make_room(hotel=hotel, status=S.OCCUPIED)
    make_booking(hotel=hotel, room=room, status=B.IN_HOUSE, arrives=-1)

    page = read(sign_in(clerk).get(address("arrivals", hotel)))

    assert section(page, "departures").texts("span", "tag") == said


@pytest.mark.parametrize("name", ["readiness", "arrivals"])
def test_where_nobody_comes_that_is_said(desk, hotel, name):
    page = read(desk.get(address(name, hotel)))

    assert "Nobody else is expected today." in section(page, "arrivals").text


def test_where_nobody_leaves_that_is_said(arrivals):
    assert "Nobody leaves today." in section(arrivals(), "departures").text


def test_a_guests_name_is_never_run(hotel, desk):
    make_booking(hotel=hotel, guest_name="<script>alert(1)</script>")

    for name in ("arrivals", "readiness"):
        assert "<script>alert" not in desk.get(address(name, hotel)).content.decode()


def test_a_stay_of_another_day_is_found_by_its_guest_or_number(hotel, sign_in, clerk):
    later = make_booking(hotel=hotel, arrives=9, guest_name="Ada Brown", booking_id="B-7")
    make_booking(hotel=hotel, arrives=9, guest_name="Ben Okri")
    client = sign_in(clerk)

    for words in ("ada", "b-7"):
        found = section(read(client.get(address("arrivals", hotel) + f"?q={words}")), "found")
        assert later.guest_name in found.text
        assert "Ben Okri" not in found.text
    nobody = read(client.get(address("arrivals", hotel) + "?q=zz"))
    assert "No expected or in-house stay matches" in section(nobody, "found").text


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_action_is_not_found(hotel, desk, method):
    booking = make_booking(hotel=hotel)

    url = address("booking_action", hotel, booking.booking_id, "upgrade")

    assert getattr(desk, method)(url).status_code == 404


def test_the_page_of_a_booking_tells_what_the_desk_needs(hotel, desk):
    room = make_room(hotel=hotel, status=S.OCCUPIED, guest_pin="123456")
    booking = make_booking(
        hotel=hotel, room=room, status=B.IN_HOUSE, guest_name="Ada", booking_id="B-1", nights=2
    )

    page = read(desk.get(address("booking", hotel, "B-1")))

    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert page.one("h1").text == "Ada"
    assert facts["Booking"] == "B-1"
    stay = (f"{day:%a} {day.day} {day:%b %Y}" for day in (booking.check_in, booking.check_out))
    assert facts["Stay"] == " to ".join(stay)
    assert (facts["Type"], facts["Guest PIN"]) == ("D · Type D", "123456")
    assert "Checked in" in facts
    assert "Checked out" not in facts


def test_the_pin_of_the_guest_before_is_not_told_for_the_next(hotel, desk):
    room = make_room(hotel=hotel, status=S.OCCUPIED, guest_pin="123456")
    make_booking(hotel=hotel, room=room, booking_id="B-NEXT")

    assert "123456" not in read(desk.get(address("booking", hotel, "B-NEXT"))).text


@pytest.mark.parametrize("booking_id", ["B-1", "1.2.3", "_-"])
def test_its_row_is_given_back_when_a_form_is_left(hotel, desk, booking_id):
    booking = make_booking(hotel=hotel, booking_id=booking_id)
    form = read(desk.get(address("booking_action", hotel, booking_id, "cancel"), headers=htmx("x")))

    row = read(desk.get(form.one("form").one("a", "btn")["hx-get"], headers=htmx("x")))

    assert row.one("li")["id"] == f"booking-{booking.booking_id}"
    assert not row.all("form")
    assert not row.all("header", "top")
