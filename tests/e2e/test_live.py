"""What is on the screen is what is true: by stream, by asking, after a silence, on every page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from playwright.sync_api import Page, expect

from hotel.choices import Role
from hotel.models import Staff
from rooms.choices import Action, Priority, RoomStatus
from rooms.models import Room
from tests.acting import bookings, perform
from tests.e2e.conftest import (
    PHONE,
    address,
    button,
    card,
    cookies,
    expect_counts,
    expect_focus_in,
    expect_in_column,
    more,
    toast,
)
from tests.factories import make_booking, make_room
from tests.serving import free_port, in_a_process, in_a_thread

S = RoomStatus
NOTE = "Minibar is empty"
NO_SERVER = ["ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_FAILED"]
NO_SERVER += ["ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE"]


@pytest.fixture
def server_url(db: None, settings: Any) -> Iterator[str]:
    """The server as it is installed, in place of pytest-django's, which can hold no stream."""
    settings.LIVE_HEARTBEAT_SECONDS = 1
    with in_a_thread(StaticFilesHandler(WSGIHandler())) as (_, url):
        yield url


def connection(page: Page) -> Any:
    return page.locator("#connection")


def no_stream(page: Page) -> None:
    """Let no event stream get through, as some proxies do."""
    page.route("**/live/", lambda route: route.abort())


def shown(page: Page) -> dict[str, list[str]]:
    """Return every card's text by column, without its age."""
    found: dict[str, list[str]] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".cards")].map((cards) => [
            cards.dataset.column + " " + document.querySelector(
                `h2 [data-count="${cards.dataset.column}"]`).textContent,
            [...cards.children].map((card) => {
                const copy = card.cloneNode(true);
                copy.querySelector("time").remove();
                return copy.textContent.replace(/\\s+/g, " ");
            }),
        ]))"""
    )
    return found


def expect_as_fresh(page: Page, fresh: Page) -> None:
    """Expect the board to be what a browser shows that has just loaded it."""
    fresh.reload()
    assert shown(page) == shown(fresh)


def thirty_actions(rooms: list[Room], crew: Any) -> None:
    """Do what a busy hour does."""
    maid, boss = crew[Role.HOUSEKEEPER], crew[Role.SUPERVISOR]
    for room in rooms[:10]:
        perform(Action.START_CLEANING, room, by=maid)
    for room in rooms[:9]:
        perform(Action.MARK_CLEANED, room, by=maid, notes="done")
    for room in rooms[:6]:
        perform(Action.PASS_INSPECTION, room, by=boss)
    perform(Action.FAIL_INSPECTION, rooms[6], by=boss, notes="dust under the bed")
    for room in rooms[9:11]:
        perform(Action.MARK_MAINTENANCE, room, by=maid, notes="tap", priority=Priority.HIGH)
    perform(Action.TAKE_OUT_OF_ORDER, rooms[11], by=crew[Role.MANAGER], notes="painting")
    perform(Action.MARK_DIRTY, rooms[0], by=boss, notes="used again")


# ---- Two browsers side by side


@pytest.mark.parametrize("way", ["Live", "Polling"])
def test_a_tap_in_one_browser_moves_the_card_in_the_other_even_after_a_silence(
    open_page, open_context, allowed, hotel, crew, rooms, way
):
    allowed += NO_SERVER
    maid = open_page(crew[Role.HOUSEKEEPER], "board/")
    other = open_context(crew[Role.SUPERVISOR]).new_page()
    if way == "Polling":
        no_stream(other)
    other.goto(address(hotel, "board/"))
    # A page that nothing wakes asks first after five seconds.
    expect(connection(other)).to_have_text(way, timeout=10_000)

    button(card(maid, "101"), "Start cleaning").click()

    expect_in_column(other, "101", "cleaning")
    expect_counts(other, dirty=11, cleaning=1)

    other.context.set_offline(True)
    expect(connection(other)).to_have_text(re.compile(r"Offline since \d\d:\d\d"))
    perform(Action.UNDO, Room.objects.get(number="101"), by=crew[Role.HOUSEKEEPER])
    thirty_actions([Room.objects.get(pk=room.pk) for room in rooms], crew)
    other.wait_for_timeout(10_000 if way == "Live" else 1000)
    expect_in_column(other, "101", "cleaning")
    other.context.set_offline(False)

    expect(connection(other)).to_have_text(way)
    expect_counts(other, ready=5, inspection=2)
    fresh = open_page(crew[Role.SUPERVISOR], "board/")
    expect_as_fresh(other, fresh)


def test_filters_hold_for_what_comes_later(open_page, crew, rooms):
    page = open_page(crew[Role.SUPERVISOR], "board/?status=dirty")
    expect(connection(page)).to_have_text("Live")

    perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])

    expect(card(page, "101")).to_be_hidden()
    expect(page.locator("#col-dirty [data-count]")).to_have_text("11")
    perform(Action.STOP_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])
    expect_in_column(page, "101", "dirty")
    first = page.locator("#col-dirty article").first
    expect(first).to_have_id("card-101")


def test_a_filter_chosen_later_counts_from_then_on(open_page, crew, rooms):
    page = open_page(crew[Role.SUPERVISOR], "board/")
    page.get_by_role("searchbox").fill("101")
    expect(page.locator("article")).to_have_count(1)

    perform(Action.START_CLEANING, rooms[1], by=crew[Role.HOUSEKEEPER])
    perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])

    expect_in_column(page, "101", "cleaning")
    expect(page.locator(".columns article")).to_have_count(1)


def test_a_card_whose_guest_has_come_moves_up_within_its_column(open_page, crew, hotel, rooms):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    expect(connection(page)).to_have_text("Live")

    bookings.assign(make_booking(hotel=hotel, adults=2), rooms[5], by=crew[Role.FRONT_DESK])

    expect(page.locator("#col-dirty article").first).to_have_id("card-106")
    expect(card(page, "106")).to_contain_text("Arrival · 2 guests")


# ---- What a person has in hand


def write_note(page: Page) -> None:
    button(card(page, "101"), "Cleaned with a note").click()
    card(page, "101").get_by_label("Notes").press_sequentially(NOTE)


@pytest.fixture
def typing(open_page, crew, rooms):
    """Ana types a note for room 101, and Rui is faster."""
    perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    expect(connection(page)).to_have_text("Live")
    write_note(page)
    perform(Action.MARK_CLEANED, rooms[0], by=crew[Role.SUPERVISOR])
    return page


def test_a_form_that_is_typed_in_is_marked_and_not_replaced(typing):
    held = card(typing, "101").locator(".held")
    expect(held).to_contain_text("Changed by Rui Costa: Awaiting inspection.")
    expect_in_column(typing, "101", "cleaning")
    expect(card(typing, "101").get_by_label("Notes")).to_have_value(NOTE)
    expect(card(typing, "101").get_by_label("Notes")).to_be_focused()
    expect(typing.locator("#said")).to_contain_text(
        "Room 101, which you have open. Changed by Rui Costa: Awaiting inspection."
    )
    # The counts tell the truth all the same.
    expect_counts(typing, cleaning=0, inspection=1)


def test_the_person_may_see_it_as_it_is_now(typing):
    button(card(typing, "101"), "Show it as it is now").click()

    expect_in_column(typing, "101", "inspection")
    expect(card(typing, "101").locator("form")).to_have_count(0)
    expect_focus_in(card(typing, "101"))


def test_or_keep_typing_and_be_told_when_it_is_sent(typing, allowed):
    allowed.append("409 .*/mark-cleaned/")
    button(card(typing, "101"), "Keep typing").click()

    expect(card(typing, "101").get_by_label("Notes")).to_be_focused()
    expect(card(typing, "101")).to_contain_text("Changed by Rui Costa")
    button(card(typing, "101"), "Cleaned").click()
    expect_in_column(typing, "101", "inspection")
    expect(card(typing, "101").get_by_label("Your note, not saved")).to_have_value(NOTE)


def test_cancel_shows_it_as_it_is_now(typing):
    expect(card(typing, "101").locator(".held")).to_be_visible()

    card(typing, "101").get_by_text("Cancel", exact=True).click()

    expect_in_column(typing, "101", "inspection")
    expect(card(typing, "101").locator(".held")).to_have_count(0)


def test_an_open_menu_stays_until_it_is_closed(open_page, crew, rooms):
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)
    expect(connection(page)).to_have_text("Live")
    menu = more(card(page, "101"))

    perform(Action.START_CLEANING, rooms[0], by=crew[Role.SUPERVISOR])

    expect(card(page, "101").locator(".held")).to_contain_text("Changed by Rui Costa: Cleaning.")
    expect(menu).to_have_attribute("open", "")
    menu.locator("summary").tap()
    expect_in_column(page, "101", "cleaning")


def test_the_focus_stays_where_it_is(open_page, crew, rooms):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    expect(connection(page)).to_have_text("Live")
    mine = card(page, "102").locator("a.no")
    mine.focus()

    for room in rooms[:3]:
        perform(Action.START_CLEANING, room, by=crew[Role.SUPERVISOR])

    expect_in_column(page, "102", "cleaning")
    expect_in_column(page, "103", "cleaning")
    expect(mine).to_be_focused()


@pytest.mark.parametrize(("motion", "name"), [("no-preference", "changed"), ("reduce", "none")])
def test_a_changed_card_is_shown_up_briefly_where_motion_is_welcome(
    open_page, crew, rooms, motion, name
):
    page = open_page(crew[Role.SUPERVISOR], "board/", reduced_motion=motion)
    expect(connection(page)).to_have_text("Live")

    perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])

    expect_in_column(page, "101", "cleaning")
    expect(card(page, "101")).to_have_css("animation-name", name)


def test_a_screen_reader_hears_a_summary_and_nothing_of_ones_own(open_page, crew, rooms):
    page = open_page(crew[Role.SUPERVISOR], "board/")
    expect(connection(page)).to_have_text("Live")
    said = page.locator("#said")
    expect(said).to_have_attribute("aria-live", "polite")

    button(card(page, "112"), "Start cleaning").click()
    expect(toast(page)).to_contain_text("112")
    perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])
    expect(said).to_have_text("Room 101: Cleaning, by Ana Silva.")

    for room in rooms[1:5]:
        perform(Action.START_CLEANING, room, by=crew[Role.HOUSEKEEPER])
    expect(said).to_have_text(re.compile(r"\d rooms changed: \d Cleaning\.|Room 10\d: Cleaning"))


# ---- Who may not see it any more


def test_a_tab_whose_session_ended_goes_to_the_sign_in_page(open_page, crew, rooms):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    expect(connection(page)).to_have_text("Live")

    Session.objects.all().delete()

    page.wait_for_url("**/sign-in/?next=**")


def test_a_deactivated_member_loses_the_page(open_page, allowed, crew, rooms):
    allowed += ["404 .*"]
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    expect(connection(page)).to_have_text("Live")
    crew[Role.HOUSEKEEPER].active = False
    crew[Role.HOUSEKEEPER].save()

    expect(page.locator("article")).to_have_count(0)
    expect(page.get_by_text("This page does not exist")).to_be_visible()


def test_a_tab_whose_browser_is_signed_in_as_somebody_else_becomes_theirs(
    open_page, allowed, crew, rooms
):
    page = open_page(crew[Role.MANAGER], "board/")
    expect(connection(page)).to_have_text("Live")
    page.context.add_cookies(cookies(crew[Role.HOUSEKEEPER], page.url.split("/h/")[0]))

    button(card(page, "101"), "Start cleaning").click()

    expect(page.locator(".account-menu")).to_contain_text("Ana Silva")
    # The tap was the manager's: it is nobody's.
    assert not rooms[0].events.exists()


def test_a_new_role_is_seen_without_a_reload(open_page, crew, rooms):
    page = open_page(crew[Role.SUPERVISOR], "board/")
    expect(connection(page)).to_have_text("Live")
    Staff.objects.filter(pk=crew[Role.SUPERVISOR].pk).update(role=Role.HOUSEKEEPER)

    perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])

    expect(page.locator(".account-menu")).to_contain_text("Housekeeper")


def test_a_change_that_crosses_an_answer_of_nothing_new_is_not_lost(open_page, hotel, crew, rooms):
    page = open_page(crew[Role.SUPERVISOR], "board/")
    expect(connection(page)).to_have_text("Live")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    held = []

    def hold(route):
        answer = route.fetch()
        if answer.status == 304 and not held:
            held.append(perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER]))
            # The wake-up overtakes the answer.
            page.wait_for_timeout(700)
        route.fulfill(response=answer)

    page.route("**/board/changes/**", hold)
    page.evaluate("dispatchEvent(new Event('online'))")

    expect_in_column(page, "101", "cleaning")
    assert held


# ---- The other pages


def test_readiness_counts_and_rows_follow(open_page, hotel, crew, rooms):
    make_booking(hotel=hotel, room=rooms[0], guest_name="Nora Hill")
    page = open_page(crew[Role.FRONT_DESK], "readiness/")
    expect(connection(page)).to_have_text("Live")
    row = page.locator(".row-item", has_text="Nora Hill")
    expect(row).to_contain_text("Needs cleaning")

    perform(Action.MARK_CLEANED, rooms[0], by=crew[Role.HOUSEKEEPER])
    perform(Action.PASS_INSPECTION, rooms[0], by=crew[Role.SUPERVISOR])

    expect(page.locator(".lede")).to_contain_text("1 room ready now")
    expect(row).to_contain_text("Ready")
    expect(page.locator("#said")).to_have_text("1 room ready, 1 arrival to come.")
    button(row, "Check in").click()
    expect(toast(page)).to_contain_text("Nora Hill checked in")
    expect(page.locator(".lede")).to_contain_text("0 rooms ready now · 0 arrivals to come")


def test_arrivals_counts_follow_an_action_in_a_row(open_page, hotel, crew, rooms):
    ready = make_room(hotel=hotel, number="201", status=S.READY_FOR_GUEST)
    make_booking(hotel=hotel, room=ready, guest_name="Nora Hill")
    make_booking(hotel=hotel, guest_name="Otto Berg")
    page = open_page(crew[Role.FRONT_DESK], "arrivals/")
    expect(page.locator("h2#arrivals")).to_have_text("Arrivals 2")

    button(page.locator(".row-item", has_text="Nora Hill"), "Check in").click()

    expect(toast(page)).to_contain_text("Nora Hill checked in to 201")
    expect(page.locator("h2#arrivals")).to_have_text("Arrivals 1")


def test_a_row_with_an_open_form_stays_while_the_rest_follows(open_page, hotel, crew, rooms):
    booking = make_booking(hotel=hotel, guest_name="Nora Hill")
    make_booking(hotel=hotel, guest_name="Otto Berg")
    page = open_page(crew[Role.FRONT_DESK], "arrivals/")
    expect(connection(page)).to_have_text("Live")
    row = page.locator(".row-item", has_text="Nora Hill")
    button(more(row), "Assign room…").click()
    chosen = row.locator("select")
    chosen.focus()
    chosen.select_option(index=2)
    value = chosen.input_value()

    make_one = make_booking(hotel=hotel, guest_name="Pia Roth")
    bookings.assign(make_one, rooms[4], by=crew[Role.MANAGER])
    expect(page.locator("h2#arrivals")).to_have_text("Arrivals 3")
    expect(page.locator(".row-item", has_text="Pia Roth")).to_be_visible()
    expect(chosen).to_have_value(value)
    expect(chosen).to_be_focused()
    expect(row.locator(".held")).to_have_count(0)

    bookings.cancel(booking, by=crew[Role.MANAGER])
    expect(row.locator(".held")).to_contain_text("Changed meanwhile: no longer in this list.")
    expect(page.locator("h2#arrivals")).to_have_text("Arrivals 2")
    button(row, "Show it as it is now").click()
    expect(row).to_have_count(0)


def test_chosen_rooms_stay_chosen(open_page, hotel, crew, rooms):
    for n in range(2):
        house = make_room(hotel=hotel, number=f"20{n}", status=S.OCCUPIED)
        make_booking(hotel=hotel, room=house, status="IN_HOUSE", arrives=-1)
    page = open_page(crew[Role.FRONT_DESK], "arrivals/")
    expect(connection(page)).to_have_text("Live")
    page.get_by_label("201").check()
    seq = page.locator("[data-live]").get_attribute("data-seq")

    perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])

    expect(page.locator("[data-live]")).not_to_have_attribute("data-seq", seq or "")
    expect(page.get_by_label("201")).to_be_checked()
    expect(page.get_by_label("200")).not_to_be_checked()


def test_a_rooms_page_follows_and_keeps_what_is_typed(open_page, crew, rooms):
    page = open_page(crew[Role.HOUSEKEEPER], "rooms/101/")
    expect(connection(page)).to_have_text("Live")

    perform(Action.START_CLEANING, rooms[0], by=crew[Role.SUPERVISOR])

    expect(page.locator("#room .status")).to_have_text("Cleaning")
    expect(page.locator("#said")).to_have_text("Room 101: Cleaning, by Rui Costa.")
    page.locator("#room").get_by_text("Report maintenance…").click()
    page.locator("#room textarea").press_sequentially(NOTE)
    perform(Action.MARK_CLEANED, rooms[0], by=crew[Role.SUPERVISOR])
    held = page.locator("#room .held")
    expect(held).to_contain_text("Changed by Rui Costa: Awaiting inspection.")
    expect(page.locator("#room textarea")).to_have_value(NOTE)
    expect(page.locator("#room textarea")).to_be_focused()
    held.get_by_text("Show it as it is now").click()
    expect(page.locator("#room .status")).to_have_text("Awaiting inspection")


@pytest.mark.parametrize(
    ("path", "what", "before", "after"),
    [
        ("rooms/", "#room-list tr:has-text('101')", "Needs cleaning", "Cleaning"),
        ("statistics/", ".tile.dirty", "0 being cleaned", "1 being cleaned"),
    ],
)
def test_lists_follow(open_page, crew, rooms, path, what, before, after):
    page = open_page(crew[Role.MANAGER], path)
    expect(connection(page)).to_have_text("Live")

    perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])

    expect(page.locator(what)).to_contain_text(after)


# ---- Pusher comes first, where the page has it

COUNT_STREAMS = """
window.streams = 0;
const Real = window.EventSource;
window.EventSource = class extends Real { constructor(url) { super(url); window.streams += 1; } };
"""
FAKE_PUSHER = """
export const start = (hooks) => {
  window.pusher = hooks;
  setTimeout(hooks.up, 50);
  return true;
};
"""


def test_with_pusher_no_stream_is_opened_until_pusher_is_lost(open_context, hotel, crew, rooms):
    page = open_context(crew[Role.SUPERVISOR]).new_page()
    page.add_init_script(COUNT_STREAMS)
    answer = {"content_type": "text/javascript", "body": FAKE_PUSHER}
    page.route("**/js/live/pusher.js", lambda route: route.fulfill(**answer))
    page.goto(address(hotel, "board/"))
    expect(connection(page)).to_have_text("Live")

    seq = perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER]).seq
    page.evaluate(f"pusher.wake({seq})")
    expect_in_column(page, "101", "cleaning")
    assert page.evaluate("streams") == 0

    page.evaluate("pusher.down()")
    expect(connection(page)).to_have_text("Live")
    perform(Action.START_CLEANING, rooms[1], by=crew[Role.HOUSEKEEPER])
    expect_in_column(page, "102", "cleaning")
    assert page.evaluate("streams") == 1

    page.evaluate("pusher.up()")
    perform(Action.START_CLEANING, rooms[2], by=crew[Role.HOUSEKEEPER])
    page.evaluate("pusher.wake(9999)")
    expect_in_column(page, "103", "cleaning")


# ---- The server stops, and another takes its place


class TestARealServer:
    """A process of its own, started and stopped."""

    @pytest.fixture
    def server_url(self, db: None) -> str:
        return f"http://127.0.0.1:{free_port()}"

    def test_pages_come_back_by_themselves_after_a_restart(
        self, open_page, allowed, crew, rooms, server_url
    ):
        allowed += NO_SERVER
        port = int(server_url.rpartition(":")[2])
        with in_a_process(port):
            page = open_page(crew[Role.SUPERVISOR], "board/")
            expect(connection(page)).to_have_text("Live")
        expect(connection(page)).to_have_text(re.compile("Offline since"))
        perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])
        with in_a_process(port):
            expect(connection(page)).to_have_text("Live")
            expect_in_column(page, "101", "cleaning")
            page.context.close()
