"""The portal in one hand: tabs instead of columns, thumbs instead of a pointer, and night."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hotel.choices import Role
from portal.board.columns import COLUMNS, FIRST_COLUMN
from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.e2e.conftest import (
    DESKTOP,
    PHONE,
    address,
    button,
    card,
    column,
    expect_counts,
    expect_in_column,
    more,
    show_column,
    tap,
)
from tests.factories import make_booking, make_room

LONG = "Antidisestablishmentarianism-Wolfeschlegelsteinhausenbergerdorff " * 3
PAGES = {
    "board/": set(Role),
    "rooms/101/": set(Role),
    "rooms/103/mark-maintenance/": set(Role),
    "readiness/": {Role.FRONT_DESK, Role.MANAGER},
    "arrivals/": {Role.FRONT_DESK, Role.MANAGER},
    "arrivals/walk-in/": {Role.FRONT_DESK, Role.MANAGER},
    "arrivals/new/": {Role.FRONT_DESK, Role.MANAGER},
    "bookings/B-1/": {Role.FRONT_DESK, Role.MANAGER},
    "bookings/B-1/check-in/": {Role.FRONT_DESK, Role.MANAGER},
    "rooms/": {Role.FRONT_DESK, Role.SUPERVISOR, Role.MANAGER},
    "closures/": set(Role) - {Role.HOUSEKEEPER},
    "rooms/101/closures/new/": {Role.MAINTENANCE, Role.MANAGER},
    "statistics/": {Role.SUPERVISOR, Role.MANAGER},
}


@pytest.fixture
def house(hotel, crew):
    """A room in each status, with names and notes as long as people write them."""
    rooms = {
        status: make_room(
            hotel=hotel,
            status=status,
            number=str(101 + n),
            status_by=crew[Role.HOUSEKEEPER],
            housekeeping_notes=LONG,
        )
        for n, status in enumerate(RoomStatus)
    }
    stay = {"status": BookingStatus.IN_HOUSE, "arrives": -3, "nights": 2, "guest_name": LONG}
    make_booking(hotel=hotel, room=rooms[RoomStatus.OCCUPIED], **stay)
    make_booking(hotel=hotel, room=rooms[RoomStatus.READY_FOR_GUEST], guest_name=LONG)
    make_booking(hotel=hotel, booking_id="B-1", guest_name=LONG)
    return rooms


def current_tab(page: Page):
    return page.locator(".tabs [aria-current]")


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("role", Role)
def test_no_page_is_wider_than_the_phone(open_page, hotel, crew, house, role):
    page = open_page(crew[role], "board/", size=PHONE)
    for path, roles in PAGES.items():
        if role in roles:
            page.goto(address(hotel, path))
            expect(page.locator("main h1")).to_have_count(1)
            # A phone zooms out to what is wider than it: the window is the measure as well.
            assert page.evaluate("innerWidth") == PHONE["width"], path
            assert overflow(page) == 0, path


@pytest.mark.parametrize("role", Role)
def test_the_first_tab_is_the_roles_own(open_page, crew, house, role):
    page = open_page(crew[role], "board/", size=PHONE)

    first = FIRST_COLUMN[role]
    expect(current_tab(page)).to_have_attribute("data-tab", first)
    expect(current_tab(page)).to_be_in_viewport()
    expect(column(page, first).locator(".room").first).to_be_in_viewport()
    places = {c.key: column(page, c.key).bounding_box()["x"] for c in COLUMNS}
    assert min(places, key=places.get) == first
    assert places[first] == 0


def test_a_tab_brings_its_column(open_page, crew, house):
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)

    page.locator("[data-tab=occupied]").tap()

    expect(current_tab(page)).to_have_attribute("data-tab", "occupied")
    expect(card(page, house[RoomStatus.OCCUPIED])).to_be_in_viewport()
    expect(card(page, house[RoomStatus.CHECKOUT_DIRTY])).not_to_be_in_viewport()
    assert column(page, "occupied").bounding_box()["x"] == 0


def test_the_way_back_from_a_room_ends_at_its_card(open_page, crew, house):
    room = house[RoomStatus.OCCUPIED]
    page = open_page(crew[Role.HOUSEKEEPER], f"rooms/{room}/", size=PHONE)

    tap(page.locator("#room").get_by_role("link", name="Board"))

    expect(current_tab(page)).to_have_attribute("data-tab", "occupied")
    expect(card(page, room)).to_be_in_viewport()


def test_a_swipe_turns_the_tab(open_page, crew, house):
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)
    expect(current_tab(page)).to_have_attribute("data-tab", "dirty")

    swipe_left(page, y=500)

    expect(current_tab(page)).to_have_attribute("data-tab", "cleaning")
    # Snapped: a column stands whole on the screen, never half.
    left = "document.querySelector('#col-cleaning').getBoundingClientRect().x"
    page.wait_for_function(f"() => {left} === 0")


def test_the_column_on_screen_stays_when_a_card_leaves_it(open_page, hotel, crew, house):
    make_room(hotel=hotel, number="099", status=RoomStatus.CHECKOUT_DIRTY)
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)
    dirty = house[RoomStatus.CHECKOUT_DIRTY]

    tap(button(card(page, "099"), "Start cleaning"))

    expect_in_column(page, "099", "cleaning")
    expect(current_tab(page)).to_have_attribute("data-tab", "dirty")
    expect(card(page, dirty)).to_be_in_viewport()
    # The room under maintenance is to be cleaned too.
    expect_counts(page, dirty=2, cleaning=2)
    assert page.evaluate("scrollY") == 0


def test_the_filter_leaves_the_tabs_working(open_page, hotel, crew, house):
    make_room(hotel=hotel, number="201", status=RoomStatus.OCCUPIED)
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)
    page.get_by_label("Search by room or note").fill("10")
    expect_counts(page, occupied=1)

    show_column(page, "occupied")

    expect(card(page, house[RoomStatus.OCCUPIED])).to_be_in_viewport()
    # Leaving the search field asks for nothing anew, or the first tab would be back.
    page.wait_for_load_state("networkidle")
    expect(current_tab(page)).to_have_attribute("data-tab", "occupied")


@pytest.mark.parametrize("role", Role)
def test_what_a_thumb_must_hit_is_44_pixels_high(open_page, hotel, crew, house, role):
    page = open_page(crew[role], "board/", size=PHONE)
    paths = [path for path, roles in PAGES.items() if role in roles]
    small = {}
    for path in paths:
        page.goto(address(hotel, path))
        small[path] = page.locator("main .btn").evaluate_all(
            """buttons => buttons.filter(each => each.checkVisibility())
                .map(each => [each.textContent.trim(), each.getBoundingClientRect().height])
                .filter(([, height]) => height < 44)"""
        )
    assert not any(small.values()), small


def test_more_opens_within_the_screen(open_page, crew, house):
    page = open_page(crew[Role.MANAGER], "board/", size=PHONE)
    opened = more(card(page, house[RoomStatus.CHECKOUT_DIRTY]))
    expect(button(opened, "Override status…")).to_be_visible()
    assert overflow(page) == 0
    page.goto(page.url.replace("board/", "arrivals/"))
    opened = more(page.get_by_role("region", name="Arrivals").get_by_role("listitem").first)
    expect(button(opened, "No-show…")).to_be_in_viewport(ratio=1)
    assert overflow(page) == 0


GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_night_follows_the_device_until_the_person_chooses(open_page, crew, size):
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=size, color_scheme="light")
    light = page.evaluate(GROUND)

    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    dark = page.evaluate(GROUND)
    assert dark != light
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    assert page.evaluate(GROUND) == light

    tap(page.locator(".account-menu summary"))
    tap(page.get_by_role("button", name="Light or dark"))
    assert page.evaluate(GROUND) == dark
    page.reload()
    assert page.evaluate(GROUND) == dark


def swipe_left(page: Page, y: int) -> None:
    """Swipe with one finger, as the browser gets it from the screen."""
    screen = page.context.new_cdp_session(page)
    screen.send("Input.dispatchTouchEvent", finger("touchStart", 330, y))
    for x in range(310, 60, -20):
        screen.send("Input.dispatchTouchEvent", finger("touchMove", x, y))
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    screen.detach()


def finger(kind: str, x: int, y: int) -> dict[str, Any]:
    return {"type": kind, "touchPoints": [{"x": x, "y": y}]}
