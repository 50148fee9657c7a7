"""Who gets in: every address of the portal is tried, and a new one without expectations fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from hotel.choices import DESK, EVERYONE, INSPECTORS, REPAIRERS, Role
from portal import urls
from portal.models import ApiToken
from rooms.choices import RoomStatus
from rooms.models import Closure, Room, RoomEvent
from stays.choices import BookingStatus
from stays.models import Booking
from tests.factories import make_booking, make_closure, make_hotel, make_room, make_staff
from tests.portal.reading import htmx, read, toast

MANAGERS = frozenset({Role.MANAGER})
READ = {"GET", "HEAD"}
WRITE = {"GET", "HEAD", "POST"}


@dataclass(frozen=True)
class Expected:
    """Who may open an address of a hotel, and with which methods."""

    roles: frozenset[Role]
    methods: set[str]
    says: str = ""
    status: tuple[int, ...] = (200, 204, 302)


IN_A_HOTEL = {
    "hotel": Expected(EVERYONE, READ),
    "board": Expected(EVERYONE, READ),
    "board_changes": Expected(EVERYONE, READ),
    "stream": Expected(EVERYONE, READ),
    "room": Expected(EVERYONE, READ),
    "room_action": Expected(EVERYONE, WRITE),
    "readiness": Expected(DESK, READ, "“Readiness” is for front desk or manager"),
    "arrivals": Expected(DESK, READ, "“Arrivals” is for front desk or manager"),
    "walk_in": Expected(DESK, WRITE, "“Arrivals” is for front desk or manager"),
    "new_booking": Expected(DESK, WRITE, "“Arrivals” is for front desk or manager"),
    "bulk_check_out": Expected(DESK, {"POST"}, "“Arrivals” is for front desk or manager"),
    "booking": Expected(DESK, READ, "“Arrivals” is for front desk or manager"),
    "booking_action": Expected(DESK, WRITE, "“Arrivals” is for front desk or manager"),
    "room_plan": Expected(DESK, {"POST"}, "“Arrivals” is for front desk or manager"),
    "rooms": Expected(
        DESK | INSPECTORS | {Role.MAINTENANCE},
        READ,
        "“Rooms” is for supervisor, maintenance, front desk or manager",
    ),
    "closures": Expected(
        DESK | INSPECTORS | REPAIRERS,
        READ,
        "“Closures” is for supervisor, maintenance, front desk or manager",
    ),
    "plan_closure": Expected(REPAIRERS, WRITE, "“Plan a closure” is for maintenance or manager"),
    "end_closure": Expected(REPAIRERS, WRITE, "“End a closure” is for maintenance or manager"),
    "tokens": Expected(MANAGERS, WRITE, "“API tokens” is for manager"),
    "revoke_token": Expected(MANAGERS, WRITE, "“API tokens” is for manager"),
    # Not there without Pusher; test_pusher_auth.py asks with it.
    "pusher_auth": Expected(EVERYONE, {"POST"}, status=(404,)),
    "statistics": Expected(INSPECTORS, READ, "“Statistics” is for supervisor or manager"),
}
# Each has its own tests in account/test_views.py.
OUTSIDE = {"home": True, "password": True, "sign_in": False, "sign_out": False}
ACTIONS = {"room_action": "mark-maintenance", "booking_action": "cancel"}


def patterns(found: list[Any]) -> Iterator[URLPattern]:
    for item in found:
        if isinstance(item, URLResolver):
            yield from patterns(item.url_patterns)
        else:
            yield item


PATTERNS = {pattern.name: pattern for pattern in patterns(urls.urlpatterns)}
HOTEL_NAMES = sorted(
    name for name, found in PATTERNS.items() if "hotel_slug" in found.pattern.converters
)
every_address = pytest.mark.parametrize("name", HOTEL_NAMES)


def test_every_address_has_an_expectation_in_this_file():
    assert set(HOTEL_NAMES) == set(IN_A_HOTEL)
    assert set(PATTERNS) - set(HOTEL_NAMES) == set(OUTSIDE)


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="101")


@pytest.fixture
def booking(hotel) -> Booking:
    return make_booking(hotel=hotel, booking_id="B-1")


@pytest.fixture
def token(hotel) -> ApiToken:
    """A token of the hotel's."""
    return ApiToken.issue(staff=make_staff(hotel=hotel), name="Front desk system")[0]


@pytest.fixture
def closure(room) -> Closure:
    return make_closure(room=room)


@pytest.fixture
def at(hotel, room, booking, token, closure):
    """Give an address of the hotel's, or of the hotel, room or booking that is named."""

    def at(name: str, **other: str) -> str:
        known = {
            "hotel_slug": hotel.slug,
            "room_number": room.number,
            "booking_id": booking.booking_id,
            "action": ACTIONS.get(name, ""),
            "token_id": token.pk,
            "closure_id": closure.pk,
            **other,
        }
        return reverse(name, kwargs={key: known[key] for key in PATTERNS[name].pattern.converters})

    return at


def ask(client: Client, name: str, url: str, **extra: Any) -> Any:
    """Open an address in the way it is meant to be opened."""
    return client.get(url, **extra) if "GET" in IN_A_HOTEL[name].methods else client.post(url)


@every_address
def test_without_a_sign_in_it_leads_to_the_sign_in_page_and_back(client, at, name):
    response = ask(client, name, at(name))

    assert response.status_code == 302
    assert response["Location"].startswith(f"{reverse('sign_in')}?next=/h/grand/")


@every_address
def test_a_fragment_without_a_sign_in_sends_the_browser_there_and_swaps_nothing(client, at, name):
    method = client.get if "GET" in IN_A_HOTEL[name].methods else client.post
    seen = "https://elsewhere.example/h/grand/board/?floor=2"

    response = method(at(name), headers={**htmx(), "HX-Current-URL": seen})

    # Back to the page that the person had open, of this site whatever the header says.
    back = urlencode({"next": "/h/grand/board/?floor=2"})
    assert response["HX-Redirect"] == f"{reverse('sign_in')}?{back}"
    assert response.content == b""


@every_address
def test_no_page_of_a_hotel_stays_behind_in_a_browser_that_is_passed_on(sign_in, manager, at, name):
    assert "no-store" in ask(sign_in(manager), name, at(name))["Cache-Control"]


@pytest.mark.parametrize(("name", "protected"), OUTSIDE.items())
def test_outside_the_hotels_only_signing_in_and_out_need_no_sign_in(client, db, name, protected):
    assert client.get(reverse(name)).status_code == (302 if protected else 200)


@every_address
def test_to_another_hotels_staff_it_does_not_exist(sign_in, at, name):
    stranger = make_staff(hotel=make_hotel(), role=Role.MANAGER)

    assert ask(sign_in(stranger), name, at(name)).status_code == 404


@every_address
def test_another_hotel_looks_like_one_that_does_not_exist(sign_in, at, name):
    client = sign_in(make_staff(hotel=make_hotel(), role=Role.MANAGER))

    theirs, nowhere = (
        ask(client, name, url) for url in (at(name), at(name, hotel_slug="no-such-hotel"))
    )

    assert (theirs.status_code, nowhere.status_code) == (404, 404)
    assert theirs.content == nowhere.content
    assert "Grand Hotel" not in theirs.content.decode()


@every_address
def test_to_staff_who_left_it_does_not_exist(sign_in, hotel, at, name):
    left = make_staff(hotel=hotel, role=Role.MANAGER, active=False)

    assert ask(sign_in(left), name, at(name)).status_code == 404


@every_address
def test_to_a_superuser_who_is_not_on_the_staff_it_does_not_exist(sign_in, at, name):
    admin = get_user_model().objects.create_superuser("root")

    assert ask(sign_in(admin), name, at(name)).status_code == 404


def test_a_user_who_was_switched_off_is_signed_out(sign_in, manager, at):
    client = sign_in(manager)
    manager.user.is_active = False
    manager.user.save()

    assert client.get(at("board")).status_code == 302


@every_address
@pytest.mark.parametrize("role", Role)
def test_a_page_is_for_its_roles_and_says_so_to_the_others(sign_in, hotel, at, name, role):
    response = ask(sign_in(make_staff(hotel=hotel, role=role)), name, at(name))

    expected = IN_A_HOTEL[name]
    if role in expected.roles:
        assert response.status_code in expected.status
    else:
        assert response.status_code == 403
        assert f"{expected.says}; you are {role.label.lower()}." in read(response).text


@pytest.mark.parametrize("name", [name for name in HOTEL_NAMES if IN_A_HOTEL[name].says])
def test_a_fragment_for_the_wrong_role_says_so_in_a_toast_and_swaps_nothing(
    sign_in, housekeeper, at, name
):
    client = sign_in(housekeeper)
    method = client.get if "GET" in IN_A_HOTEL[name].methods else client.post

    response = method(at(name), headers=htmx())

    assert response.status_code == 403
    assert response["HX-Reswap"] == "none"
    assert IN_A_HOTEL[name].says in toast(read(response)).text


@every_address
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_only_the_methods_that_mean_something_are_answered(sign_in, manager, at, name, method):
    response = sign_in(manager).generic(method, at(name))

    assert (response.status_code == 405) == (method not in IN_A_HOTEL[name].methods)


@pytest.mark.parametrize("name", ["room", "room_action"])
@pytest.mark.parametrize("number", ["202", "999"])
def test_another_hotels_room_is_not_found_and_neither_is_one_that_nobody_has(
    sign_in, manager, at, name, number
):
    make_room(hotel=make_hotel(), number="202")

    assert sign_in(manager).get(at(name, room_number=number)).status_code == 404


def test_a_room_number_that_two_hotels_have_is_ones_own(sign_in, manager, at):
    make_room(hotel=make_hotel(), number="101", housekeeping_notes="the other hotel's note")

    page = read(sign_in(manager).get(at("room")))

    assert "the other hotel's note" not in page.text


@pytest.mark.parametrize("name", ["booking", "booking_action"])
@pytest.mark.parametrize("booking_id", ["B-THEIRS", "B-NOBODYS"])
def test_another_hotels_booking_is_not_found_and_neither_is_one_that_nobody_has(
    sign_in, manager, at, name, booking_id
):
    make_booking(hotel=make_hotel(), booking_id="B-THEIRS")

    assert sign_in(manager).get(at(name, booking_id=booking_id)).status_code == 404


def test_the_reason_of_a_not_found_page_names_nothing(sign_in, manager, at):
    page = read(sign_in(manager).get(at("room", room_number="999")))

    assert "This page does not exist, or it belongs to another hotel." in page.text


@pytest.mark.parametrize(
    "name", sorted(name for name, expected in IN_A_HOTEL.items() if "POST" in expected.methods)
)
def test_nothing_is_done_for_another_site_that_posts_without_our_token(manager, at, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager.user, backend="portal.access.StaffBackend")

    response = client.post(at(name), {"notes": "leak", "priority": "LOW", "request_id": "1"})

    assert response.status_code == 403
    assert "Send it again" in response.content.decode()
    assert not RoomEvent.objects.exists()
    assert Booking.objects.get().status == BookingStatus.CONFIRMED


def test_a_fragment_without_our_token_gets_no_page_swapped_into_its_card(housekeeper, at):
    client = Client(enforce_csrf_checks=True)
    client.force_login(housekeeper.user, backend="portal.access.StaffBackend")

    response = client.post(at("room_action", action="start-cleaning"), headers=htmx("card-101"))

    assert response.status_code == 403
    assert "<html" not in response.content.decode()


def test_a_fragment_of_staff_who_left_meanwhile_gets_no_page_swapped_into_its_card(
    sign_in, housekeeper, at
):
    client = sign_in(housekeeper)
    housekeeper.active = False
    housekeeper.save()

    response = client.post(at("room_action", action="start-cleaning"), headers=htmx("card-101"))

    assert response.status_code == 404
    assert "<html" not in response.content.decode()


def test_the_token_of_the_boards_cookie_is_taken_from_the_header(hotel, housekeeper, at):
    client = Client(enforce_csrf_checks=True)
    client.force_login(housekeeper.user, backend="portal.access.StaffBackend")
    dirty = make_room(hotel=hotel, status=RoomStatus.CHECKOUT_DIRTY)
    client.get(at("board"))

    response = client.post(
        at("room_action", room_number=dirty.number, action="start-cleaning"),
        headers={**htmx(), "X-CSRFToken": client.cookies["csrftoken"].value},
    )

    assert response.status_code == 200
    dirty.refresh_from_db()
    assert dirty.room_status == RoomStatus.CLEANING_IN_PROGRESS


@pytest.mark.parametrize(
    "path", ["rooms/%00/", "rooms/%00/undo/", "bookings/%00/", "bookings/%00/cancel/"]
)
def test_a_nul_byte_names_nothing(path, hotel, sign_in, manager):
    assert sign_in(manager).get(f"/h/{hotel.slug}/{path}").status_code == 404


def test_nor_does_it_find_or_check_out_anything(hotel, sign_in, manager):
    client = sign_in(manager)

    assert client.get(f"/h/{hotel.slug}/arrivals/?q=%00").status_code == 200
    answer = client.post(f"/h/{hotel.slug}/arrivals/checkout/", {"room_numbers": "\0"})
    assert answer.status_code == 302
