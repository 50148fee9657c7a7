"""A hotel in a real browser: pages as its staff open them, and what must never happen on any."""

import os
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from hotel.choices import Role
from hotel.models import Hotel, Staff
from rooms.choices import RoomStatus
from rooms.models import Room
from tests.factories import make_room, make_staff

# Playwright runs an event loop in this thread, which makes Django refuse the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
PASSWORD = "a-long-password-42"
NAMES = {
    Role.HOUSEKEEPER: "Ana Silva",
    Role.SUPERVISOR: "Rui Costa",
    Role.MAINTENANCE: "Tom Reed",
    Role.FRONT_DESK: "Eva Lind",
    Role.MANAGER: "Mia Kern",
}
QUIET = ["--disable-gpu", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]

# Milliseconds to wait for what the page will do: longer than its slowest honest answer, which is a
# question that got no answer in 15 seconds and the next one, up to 30 later, on a busy machine.
SLOWEST = 90_000
expect.set_options(timeout=SLOWEST)

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this directory, so that no file can forget to."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    chosen = {"executable_path": path} if (path := os.environ.get("CHROMIUM")) else {}
    return {**browser_type_launch_args, **chosen, "args": QUIET + sandbox}


@pytest.fixture
def crew(hotel: Hotel, settings: Any) -> dict[Role, Staff]:
    """One member of staff in each role, with a password."""
    # A password of the tests is no secret: five slow hashes a test would be seconds.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    crew = {role: make_staff(hotel=hotel, role=role, name=NAMES[role]) for role in Role}
    for staff in crew.values():
        staff.user.set_password(PASSWORD)
        staff.user.save()
    return crew


@pytest.fixture
def rooms(hotel: Hotel) -> list[Room]:
    """Twelve dirty rooms on two floors, from 101."""
    return [
        make_room(
            hotel=hotel, number=str(101 + n), status=RoomStatus.CHECKOUT_DIRTY, floor=str(n % 2)
        )
        for n in range(12)
    ]


@pytest.fixture
def allowed() -> list[str]:
    """Patterns of the console errors that the test itself brings about."""
    return []


@pytest.fixture
def server_url(live_server: Any) -> str:
    """Where the pages are served; this server holds no event stream."""
    return str(live_server.url)


@pytest.fixture
def open_context(
    server_url: str, browser: Browser, allowed: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser of somebody's own, signed in where `staff` is given.

    The test fails if any page logs an error (a breach of the content security policy is one) or
    throws one.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"{message.text} ({message.location['url']})")

    def open_context(
        staff: Staff | None = None, size: dict[str, int] = DESKTOP, **options: Any
    ) -> BrowserContext:
        touch = size["width"] < 768
        context = browser.new_context(
            base_url=server_url, viewport=size, has_touch=touch, is_mobile=touch, **options
        )
        contexts.append(context)
        context.set_default_timeout(SLOWEST)
        context.on("console", listen)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        if staff:
            context.add_cookies(cookies(staff, server_url))
        return context

    yield open_context
    for context in contexts:
        context.close()
    unexpected = [line for line in problems if not any(re.search(ok, line) for ok in allowed)]
    assert not unexpected, "\n".join(unexpected)


@pytest.fixture
def open_page(open_context: Callable[..., BrowserContext], hotel: Hotel) -> OpenPage:
    """Open a page of the hotel in a browser of somebody's own: `open_page(staff, "board")`."""

    def open_page(staff: Staff | None = None, path: str = "", **options: Any) -> Page:
        page = open_context(staff, **options).new_page()
        page.goto(address(hotel, path) if staff else "/sign-in/")
        return page

    return open_page


def cookies(staff: Staff, url: str) -> list[Any]:
    """Return what a browser keeps after `staff` has signed in."""
    client = Client()
    client.force_login(staff.user, backend="portal.access.StaffBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [
        {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url, "httpOnly": True},
        {"name": settings.CSRF_COOKIE_NAME, "value": secrets.token_hex(16), "url": url},
    ]


def address(hotel: Hotel, path: str = "") -> str:
    """Return the address of a page of the hotel; `path` may carry a query."""
    return f"/h/{hotel.slug}/{path}"


def sign_in(page: Page, staff: Staff) -> None:
    """Sign in as a person does."""
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(staff.user.username)
    page.get_by_label("Password").fill(PASSWORD)
    tap(page.get_by_role("button", name="Sign in"))


def is_phone(page: Page) -> bool:
    """Tell whether the page is seen on a phone."""
    return bool(page.viewport_size and page.viewport_size["width"] < 768)


def tap(what: Locator) -> None:
    """Tap it on a phone, click it elsewhere."""
    if is_phone(what.page):
        what.tap()
    else:
        what.click()


def card(page: Page, number: str | Room) -> Locator:
    """Return a room's card on the board."""
    return page.locator(f"#card-{number}")


def column(page: Page, key: str) -> Locator:
    """Return a column of the board."""
    return page.locator(f"#col-{key}")


def show_column(page: Page, key: str) -> None:
    """Bring a column on the screen: on a phone by its tab."""
    if is_phone(page):
        tab = page.locator(f"[data-tab={key}]")
        tab.tap()
        expect(tab).to_have_attribute("aria-current", "true")


def button(where: Locator, name: str) -> Locator:
    """Return a button by its exact words."""
    return where.get_by_role("button", name=name, exact=True)


def more(where: Locator) -> Locator:
    """Open what stands under “More” on a card or a row, and return it."""
    tap(where.locator("summary"))
    return where.locator("details")


def toast(page: Page) -> Locator:
    """Return what the page says about the last action."""
    return page.locator("#toasts")


def expect_in_column(page: Page, room: str | Room, key: str) -> None:
    """Expect the room's one card in the column."""
    expect(column(page, key).locator(f"#card-{room}")).to_have_count(1)
    expect(card(page, room)).to_have_count(1)


def expect_counts(page: Page, **counts: int) -> None:
    """Expect the columns' counts, in heads and tabs: `dirty=2, out_of_order=0`."""
    for key, number in counts.items():
        badges = page.locator(f'[data-count="{key.replace("_", "-")}"]')
        expect(badges).to_have_text([str(number)] * 2)


def expect_focus_in(where: Locator) -> None:
    """Expect the keyboard's focus on the element or inside it."""
    expect(where.locator(":scope:focus, :scope :focus")).to_have_count(1)


def status_of(room: Room) -> RoomStatus:
    """Return the room's status as the database has it."""
    return RoomStatus(Room.objects.values_list("room_status", flat=True).get(pk=room.pk))


def actions_on(room: Room) -> list[str]:
    """Return what the log says was done to the room, oldest first."""
    return list(room.events.of_status().order_by("seq").values_list("action", flat=True))
