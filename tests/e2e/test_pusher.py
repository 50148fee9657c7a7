"""The real pusher-js, the real SDK and the relay, from a tap to another screen."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from hotel.choices import Role
from hotel.models import Hotel, Staff
from portal.live import pusher, relay
from rooms.choices import Action, RoomStatus
from tests.acting import perform
from tests.e2e.conftest import address
from tests.factories import make_hotel, make_room, make_staff
from tests.pusher_double import PusherDouble

Crew = dict[Role, Staff]
OpenPage = Callable[..., Page]
CHANNEL = "private-hotel-grand-rooms"

# What static/js/live/live.js is to the page: it notes what it is told.
LISTEN = """async () => {
  const { start } = await import("/static/js/live/pusher.js");
  window.told = [];
  const note = (...words) => window.told.push(words.join(" "));
  const [up, down] = [() => note("up"), () => note("down")];
  return start({ wake: (seq) => note("wake", seq), up, down });
}"""


# No page listens by itself here: what live.js makes of it is another test's.
SILENT_LIVE = "export const keepTrue = () => {};"


@pytest.fixture
def told(with_pusher: PusherDouble, hotel: Hotel) -> None:
    """Whatever there is of the log, the relay has told it."""
    relay.send_wake_ups(pusher.client())


@pytest.fixture
def open_page(open_context: Callable[..., Any], hotel: Hotel) -> OpenPage:
    """Open a page that does not listen by itself."""

    def open_page(staff: Staff, path: str) -> Page:
        context = open_context(staff)
        answer = {"content_type": "text/javascript", "body": SILENT_LIVE}
        context.route("**/js/live/live.js", lambda route: route.fulfill(**answer))
        page = context.new_page()
        page.goto(address(hotel, path))
        return page

    return open_page


def listen(page: Page) -> None:
    assert page.evaluate(LISTEN) is True


def expect_told(page: Page, *words: str) -> None:
    """Expect exactly this of what the page was told, in this order."""
    page.wait_for_function(
        "words => told.length >= words.length && words.every((word, n) => told[n] === word)",
        arg=list(words),
    )
    assert page.evaluate("told") == list(words)


def start_cleaning(hotel: Hotel, by: Staff, number: str) -> None:
    room = make_room(hotel=hotel, number=number, status=RoomStatus.CHECKOUT_DIRTY)
    perform(Action.START_CLEANING, room, by=by)


def test_a_change_wakes_a_page_through_the_relay(
    told: None,
    relay_at_work: None,
    double: PusherDouble,
    hotel: Hotel,
    crew: Crew,
    open_page: OpenPage,
) -> None:
    page = open_page(crew[Role.FRONT_DESK], "readiness/")
    listen(page)
    expect_told(page, "up")

    start_cleaning(hotel, crew[Role.HOUSEKEEPER], "101")
    expect_told(page, "up", "wake 1")
    start_cleaning(hotel, crew[Role.HOUSEKEEPER], "102")
    expect_told(page, "up", "wake 1", "wake 2")

    assert double.opened == double.subscribers(CHANNEL) == 1
    assert not double.refusals


def test_every_role_may_listen_to_its_own_hotel_and_no_other(
    told: None,
    relay_at_work: None,
    double: PusherDouble,
    hotel: Hotel,
    crew: Crew,
    open_page: OpenPage,
) -> None:
    other = make_hotel(slug="other")
    relay.send_wake_ups(pusher.client())
    pages = [open_page(staff, "board/") for staff in crew.values()]
    for page in pages:
        listen(page)
        expect_told(page, "up")

    start_cleaning(other, make_staff(hotel=other), "901")
    start_cleaning(hotel, crew[Role.HOUSEKEEPER], "101")

    for page in pages:
        expect_told(page, "up", "wake 1")
    assert double.subscribers(CHANNEL) == len(crew)


def test_a_lost_connection_is_told_and_comes_back_by_itself(
    told: None,
    relay_at_work: None,
    double: PusherDouble,
    hotel: Hotel,
    crew: Crew,
    open_page: OpenPage,
    allowed: list[str],
) -> None:
    allowed.append("WebSocket connection to .* failed")
    page = open_page(crew[Role.FRONT_DESK], "readiness/")
    listen(page)
    expect_told(page, "up")

    double.drop()
    expect_told(page, "up", "down", "up")
    double.refuse()
    expect_told(page, "up", "down", "up", "down")
    start_cleaning(hotel, crew[Role.HOUSEKEEPER], "101")
    double.accept()
    page.wait_for_function("() => told.filter((word) => word === 'up').length === 3")
    start_cleaning(hotel, crew[Role.HOUSEKEEPER], "102")
    page.wait_for_function("() => told.at(-1) === 'wake 2'")


def test_a_page_that_is_refused_is_told_that_it_is_down(
    with_pusher: PusherDouble, crew: Crew, open_page: OpenPage, allowed: list[str]
) -> None:
    allowed.append("status of 404")
    clerk = crew[Role.FRONT_DESK]
    page = open_page(clerk, "readiness/")
    clerk.active = False
    clerk.save()

    listen(page)

    expect_told(page, "down")
    assert with_pusher.subscribers(CHANNEL) == 0


@pytest.mark.parametrize(
    ("setting", "refusal"),
    [
        ("PUSHER_SECRET", f"Invalid signature for {CHANNEL}"),
        ("PUSHER_KEY", "There is no app at /app/another"),
    ],
)
def test_a_key_or_secret_that_the_server_does_not_know_is_refused_and_told(
    with_pusher: PusherDouble,
    crew: Crew,
    open_page: OpenPage,
    settings: Any,
    setting: str,
    refusal: str,
) -> None:
    setattr(settings, setting, "another")
    page = open_page(crew[Role.FRONT_DESK], "readiness/")

    listen(page)

    expect_told(page, "down")
    assert with_pusher.refusals == [refusal]


def test_where_nothing_is_configured_a_page_knows_nothing_of_pusher(
    crew: Crew, open_page: OpenPage
) -> None:
    page = open_page(crew[Role.FRONT_DESK], "readiness/")

    assert page.evaluate("typeof Pusher") == "undefined"
    assert page.evaluate(LISTEN) is False
