"""What axe finds on every page: nothing, light and dark, on a phone and at the desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from hotel.choices import Role
from rooms.choices import Action, Priority, RoomStatus
from stays.choices import BookingStatus
from tests.acting import perform
from tests.e2e.conftest import DESKTOP, PHONE, button, card, more, show_column, tap
from tests.factories import make_booking, make_room

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def house(hotel, crew):
    """A room in each status, with what pages can show beside it."""
    rooms = {
        status: make_room(
            hotel=hotel,
            status=status,
            number=str(101 + n),
            status_by=crew[Role.HOUSEKEEPER],
            housekeeping_notes="Two pillows more",
        )
        for n, status in enumerate(RoomStatus)
    }
    urgent = {"maintenance_priority": Priority.HIGH, "maintenance_notes": "Tap drips"}
    type(rooms[RoomStatus.OCCUPIED]).objects.filter(
        pk=rooms[RoomStatus.MAINTENANCE_REQUIRED].pk
    ).update(**urgent)
    make_booking(
        hotel=hotel,
        room=rooms[RoomStatus.OCCUPIED],
        status=BookingStatus.IN_HOUSE,
        arrives=-3,
        nights=2,
        guests=1,
    )
    make_booking(hotel=hotel, room=rooms[RoomStatus.READY_FOR_GUEST])
    make_booking(hotel=hotel, room=rooms[RoomStatus.CHECKOUT_DIRTY])
    make_booking(hotel=hotel, booking_id="B-1", arrives=-1, nights=3)
    perform(Action.MARK_CLEANED, rooms[RoomStatus.CLEANING_IN_PROGRESS], by=crew[Role.HOUSEKEEPER])
    return rooms


def look(page: Page) -> None:
    """Fail with what axe says is wrong, and where."""
    result = Axe().run(page, options=RULES)
    found = [
        f"{rule['id']}: {rule['help']}\n  " + "\n  ".join(node["html"] for node in rule["nodes"])
        for rule in result.response["violations"]
    ]
    assert not found, "\n".join(found)


PAGES = (
    "board/",
    "readiness/",
    "arrivals/",
    "rooms/",
    "rooms/102/",
    "rooms/102/closures/new/",
    "closures/",
    "statistics/",
)
PAGES += ("arrivals/walk-in/", "arrivals/new/", "rooms/103/start-cleaning/")
PAGES += ("rooms/103/mark-maintenance/", "bookings/B-1/", "bookings/B-1/check-in/", "tokens/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_page_of_the_hotel_shuts_anybody_out(open_page, house, crew, size, scheme):
    page = open_page(crew[Role.MANAGER], "board/", size=size, color_scheme=scheme)
    base = page.url.removesuffix("board/")
    for path in PAGES:
        page.goto(base + path)
        look(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nor_does_what_opens_in_them(open_page, allowed, house, crew, size, scheme):
    allowed.append("422")
    page = open_page(crew[Role.MANAGER], "board/", size=size, color_scheme=scheme)
    dirty = card(page, house[RoomStatus.CHECKOUT_DIRTY].number)
    show_column(page, "dirty")
    tap(button(more(dirty), "Report maintenance…"))
    expect(dirty.get_by_label("What is wrong?")).to_be_visible()
    look(page)
    tap(button(dirty, "Report maintenance"))
    expect(dirty).to_contain_text("Say why, in a few words.")
    look(page)
    page.goto(page.url.replace("board/", "arrivals/"))
    more(page.get_by_role("listitem").filter(has=page.locator(".row-acts details")).first)
    look(page)


def test_nor_does_a_hotel_without_rooms_or_a_refusal(open_page, allowed, crew):
    allowed += ["403 .*/statistics/", "404 .*/rooms/999/"]
    page = open_page(crew[Role.FRONT_DESK], "board/", size=PHONE)
    base = page.url.removesuffix("board/")
    for path in ("board/", "readiness/", "arrivals/", "rooms/", "statistics/", "rooms/999/"):
        page.goto(base + path)
        look(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_do_the_pages_around_the_hotel(open_page, crew, scheme):
    page = open_page(color_scheme=scheme, size=PHONE)
    look(page)
    signed_in = open_page(crew[Role.MANAGER], color_scheme=scheme, size=PHONE)
    for path in ("/sign-out/", "/account/password/"):
        signed_in.goto(path)
        look(signed_in)


def test_on_paper_the_board_has_its_cards_and_no_buttons(open_page, house, crew):
    page = open_page(crew[Role.MANAGER], "board/")
    page.emulate_media(media="print")

    expect(card(page, house[RoomStatus.CHECKOUT_DIRTY].number)).to_be_visible()
    for nothing in (".room footer", "nav.pages", "#filters"):
        expect(page.locator(nothing).first).to_be_hidden()
