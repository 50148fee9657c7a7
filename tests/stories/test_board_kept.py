"""The board is answered from memory until something that it shows has changed, and never after."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hotel.choices import Role
from portal import cache
from portal.board import cards
from rooms.choices import Action, LogAction, Priority, RoomStatus, Source
from tests.acting import arrivals, bookings, departures, log, perform, undo
from tests.factories import make_booking, make_hotel, make_room, make_room_type, make_staff
from tests.portal.reading import action_address, address, columns, htmx, read

S = RoomStatus


def change_setup(hotel) -> None:
    """Write what the admin writes after a change of set-up."""
    log.append(hotel, LogAction.SETUP_CHANGED, by=None, source=Source.ADMIN)


@pytest.fixture
def get(client):
    """Return the board's answer to whoever is signed in."""

    def get(hotel, query="", **extra):
        response = client.get(address("board", hotel) + query, **extra)
        assert response.status_code == 200
        return response

    return get


def queries(ask) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return [query["sql"] for query in captured]


def make_house(hotel, rooms: int) -> None:
    for n in range(rooms):
        make_room(hotel=hotel, number=str(n + 1), floor=str(n % 8), status=list(S)[n % 8])


@pytest.fixture(params=[1, 200])
def house(request, hotel):
    make_house(hotel, request.param)
    return hotel


def test_first_drawn_it_takes_as_many_queries_for_two_hundred_rooms_as_for_one(
    house, sign_in, manager, get
):
    sign_in(manager)

    # Session; staff; the filters' choices; arrivals; the rooms' rows; the rooms to draw.
    assert len(queries(lambda: get(house))) == 6


def test_after_a_change_too_and_fewer(house, sign_in, manager, get):
    sign_in(manager)
    get(house)
    room = house.rooms.earliest("pk")
    perform(Action.MARK_MAINTENANCE, room, by=manager, notes="tap", priority="LOW")

    # Session; staff; arrivals; the rooms' rows; the room to draw.
    assert len(queries(lambda: get(house))) == 5


def test_unchanged_it_reads_no_room(house, sign_in, manager, get):
    sign_in(manager)
    first = get(house)

    taken = queries(lambda: get(house))

    assert not [sql for sql in taken if "rooms_" in sql]
    assert len(taken) == 2  # the session, and who it is with their hotels
    assert get(house).content == first.content


def test_whatever_happens_it_is_what_a_newly_drawn_one_would_be(client, hotel):
    staff = {role: make_staff(hotel=hotel, role=role) for role in Role}
    hotel.refresh_from_db()
    boss, maid, fixer = staff[Role.MANAGER], staff[Role.HOUSEKEEPER], staff[Role.MAINTENANCE]
    dirty = make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
    ready = make_room(hotel=hotel, number="102", status=S.READY_FOR_GUEST)
    make_room(hotel=hotel, number="103", status=S.OCCUPIED)
    make_room(hotel=hotel, number="104")
    first, second = make_booking(hotel=hotel, adults=2), make_booking(hotel=hotel, adults=1)

    happenings = [
        lambda: bookings.assign(first, dirty, by=boss),
        lambda: bookings.assign(first, ready, by=boss),
        lambda: bookings.assign(second, dirty, by=boss),
        lambda: bookings.cancel(second, by=boss),
        lambda: perform(Action.START_CLEANING, dirty, by=maid, notes="lamp is broken"),
        lambda: perform(Action.UNDO, dirty, by=maid),
        lambda: perform(Action.MARK_CLEANED, dirty, by=staff[Role.SUPERVISOR]),
        lambda: perform(Action.FAIL_INSPECTION, dirty, by=boss, notes="dust"),
        lambda: perform(Action.MARK_MAINTENANCE, dirty, by=maid, notes="tap", priority="LOW"),
        lambda: perform(Action.TAKE_OUT_OF_ORDER, dirty, by=fixer, notes="flood"),
        lambda: perform(Action.COMPLETE_MAINTENANCE, dirty, by=fixer),
        lambda: perform(Action.RETURN_TO_SERVICE, dirty, by=fixer),
        lambda: arrivals.check_in(first, by=boss),
        lambda: undo.undo(ready, by=boss),
        lambda: arrivals.check_in(first, by=boss),
        lambda: perform(Action.MARK_MAINTENANCE, ready, by=boss, notes="x", priority="HIGH"),
        lambda: departures.check_out(first, by=boss),
        lambda: bookings.create(
            hotel,
            room_type=make_room_type(hotel=hotel),
            check_in=hotel.business_date(),
            check_out=hotel.business_date() + dt.timedelta(days=1),
            guest_name="Ada",
            by=boss,
        ),
        lambda: change_setup(hotel),
    ]

    def boards():
        for role in (Role.SUPERVISOR, Role.HOUSEKEEPER):
            client.force_login(staff[role].user, backend="portal.access.StaffBackend")
            for query in ("", "?status=ready"):
                yield client.get(address("board", hotel) + query).content

    before = list(boards())
    for number, happen in enumerate(happenings):
        happen()
        warm = list(boards())
        cache.clear_all()
        assert warm == list(boards()), f"after happening {number} somebody saw an old board"
        changed = warm != before
        # A booking without a room, and a change of set-up elsewhere, show on no card.
        assert changed or number >= len(happenings) - 2, f"happening {number} was not shown"
        before = warm


def test_a_new_hotel_name_a_new_floor_and_a_new_role_are_seen_at_once(
    hotel, sign_in, supervisor, get
):
    sign_in(supervisor)
    room = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
    get(hotel)

    hotel.name = "Little Hotel"
    hotel.save(update_fields=["name"])
    room.floor = "77"
    room.save(update_fields=["floor"])
    supervisor.role = Role.HOUSEKEEPER
    supervisor.save()
    change_setup(hotel)

    page = read(get(hotel))
    assert page.one("h1").text == "Board of Little Hotel"
    assert "Floor 77" in page.one("select", name="floor").texts("option")
    assert "· fl 77" in page.one("article").text
    assert "Mark dirty…" not in page.texts("a", "btn")
    assert "Housekeeper" in page.one("header", "top").text


def test_a_card_shows_a_new_code_of_its_type_and_a_new_name_of_who_was_there(
    hotel, sign_in, supervisor, housekeeper, get
):
    sign_in(supervisor)
    room = make_room(hotel=hotel, floor="", status_by=housekeeper)
    get(hotel)

    room.room_type.code = "DELUXE"
    room.room_type.save()
    housekeeper.user.first_name = "Ana Reis"
    housekeeper.user.save()
    change_setup(hotel)

    card = read(get(hotel)).one("article")
    assert card.one("header").one("span").text == "DELUXE"
    assert card.texts(cls="by") == ["Ana Reis"]


def test_a_renamed_second_hotel_has_its_new_name_in_the_switcher_at_once(
    hotel, sign_in, housekeeper, get
):
    second = make_hotel(name="Sea View")
    make_staff(hotel=second, user=housekeeper.user)
    sign_in(housekeeper)
    assert read(get(hotel)).one(cls="hotel-menu").texts("li") == ["Sea View"]

    second.name = "Lake View"
    second.save(update_fields=["name"])
    change_setup(second)

    assert read(get(hotel)).one(cls="hotel-menu").texts("li") == ["Lake View"]


def test_a_second_hotel_appears_in_the_switcher_at_once(hotel, sign_in, housekeeper, get):
    sign_in(housekeeper)
    assert not read(get(hotel)).all(cls="hotel-menu")

    make_staff(hotel=make_hotel(name="Sea View"), user=housekeeper.user)

    assert read(get(hotel)).one(cls="hotel-menu").texts("li") == ["Sea View"]


def test_when_the_hotels_day_turns_tomorrows_arrivals_are_todays(
    monkeypatch, sign_in, housekeeper, get
):
    hotel = housekeeper.hotel
    hotel.time_zone = "Asia/Tokyo"
    hotel.save()
    late = dt.datetime(2026, 3, 2, 2, 50, tzinfo=hotel.tz)
    monkeypatch.setattr(timezone, "now", lambda: late)
    sign_in(housekeeper)
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    make_booking(hotel=hotel, room=room, arrives=1)
    assert not read(get(hotel)).all(cls="arrival")

    monkeypatch.setattr(timezone, "now", lambda: late + dt.timedelta(minutes=20))

    assert len(read(get(hotel)).all(cls="arrival")) == 1


def test_the_card_that_an_action_answers_with_is_the_one_on_the_board(hotel, sign_in, manager, get):
    client = sign_in(manager)
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    make_booking(hotel=hotel, room=room, arrives=-1, adults=1, guest_name="Late")
    make_booking(hotel=hotel, room=room, arrives=0, adults=3, guest_name="Today's")

    answer = client.post(action_address(room, Action.START_CLEANING), headers=htmx())

    told = [read(page).texts(cls="arrival") for page in (answer, get(hotel))]
    assert told[0] == told[1]


def test_each_role_gets_its_own_buttons(hotel, sign_in, staff, get):
    make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)

    words = {}
    for role, person in staff.items():
        sign_in(person)
        words[role] = set(read(get(hotel)).one("article").texts("a", "main"))

    assert words == {
        Role.HOUSEKEEPER: {"Start cleaning"},
        Role.SUPERVISOR: {"Start cleaning"},
        Role.MAINTENANCE: set(),
        Role.FRONT_DESK: set(),
        Role.MANAGER: {"Start cleaning"},
    }


def test_a_colleague_of_the_same_role_gets_a_page_with_their_own_name(
    hotel, sign_in, housekeeper, get
):
    sign_in(housekeeper)
    get(hotel)

    sign_in(make_staff(hotel=hotel, name="Bea Lopes"))

    top = read(get(hotel)).one("header", "top").text
    assert "Bea Lopes" in top
    assert "Ana Silva" not in top


def test_two_hotels_of_one_person_are_never_mixed_up(sign_in, housekeeper, get):
    first, second = housekeeper.hotel, make_hotel(name="Sea View")
    make_staff(hotel=second, user=housekeeper.user)
    make_room(hotel=first, number="1")
    make_room(hotel=second, number="2")
    sign_in(housekeeper)

    shown = [columns(read(get(which)))["ready"] for which in (first, second, first)]

    assert shown == [["1"], ["2"], ["1"]]


def test_filters_are_never_mixed_up(hotel, sign_in, manager, get):
    make_room(hotel=hotel, number="1", floor="1")
    make_room(hotel=hotel, number="2", floor="2", status=S.OCCUPIED, priority=Priority.LOW)
    sign_in(manager)

    shown = [
        [number for numbers in columns(read(get(hotel, query))).values() for number in numbers]
        for query in ("?floor=1", "?floor=2", "", "?floor=1")
    ]

    assert shown == [["1"], ["2"], ["1", "2"], ["1"]]


def test_a_change_in_another_hotel_draws_nothing_anew(hotel, sign_in, manager, get):
    make_room(hotel=hotel)
    sign_in(manager)
    get(hotel)
    there = make_staff(hotel=make_hotel(), role=Role.MANAGER)
    theirs = make_room(hotel=there.hotel, status=S.CHECKOUT_DIRTY)

    perform(Action.START_CLEANING, theirs, by=there)

    assert not [sql for sql in queries(lambda: get(hotel)) if "rooms_" in sql]


def test_only_the_changed_card_is_drawn_again(hotel, sign_in, manager, get, monkeypatch):
    make_house(hotel, 20)
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    sign_in(manager)
    get(hotel)
    drawn = []
    render = cards.render_to_string
    monkeypatch.setattr(
        cards,
        "render_to_string",
        lambda template, context: drawn.append(context["room"]) or render(template, context),
    )

    perform(Action.START_CLEANING, room, by=manager)
    get(hotel)
    get(hotel, headers=htmx("board"))

    assert drawn == [room]
