"""What a person sees when it does not work: never nothing, and no typed word is lost."""

import re
from urllib.parse import parse_qsl

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from hotel.choices import Role
from hotel.models import Staff
from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.e2e.conftest import (
    DESKTOP,
    PASSWORD,
    PHONE,
    actions_on,
    button,
    card,
    expect_in_column,
    more,
    status_of,
    tap,
    toast,
)
from tests.factories import make_booking, make_room

NOTE = "Minibar is empty"
# What the browser and htmx write down when a request does not come back.
NO_ANSWER = ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "htmx:(afterRequest|sendError)"]


@pytest.fixture
def dirty(hotel):
    return make_room(hotel=hotel, number="101", status=RoomStatus.CHECKOUT_DIRTY)


@pytest.fixture
def cleaning(hotel):
    return make_room(hotel=hotel, number="103", status=RoomStatus.CLEANING_IN_PROGRESS)


def write_note(page: Page, number: str = "103") -> None:
    """Open the form of “Cleaned” and type a note, without sending it."""
    tap(button(card(page, number), "Cleaned with a note"))
    card(page, number).get_by_label("Notes").fill(NOTE)


# ---- Somebody else was faster


def test_a_stale_tap_shows_the_card_as_it_is_and_who_changed_it(open_page, allowed, crew, dirty):
    allowed.append("409 .*/start-cleaning/")
    late = open_page(crew[Role.SUPERVISOR], "board/")
    quick = open_page(crew[Role.HOUSEKEEPER], "board/")
    button(card(quick, "101"), "Start cleaning").click()
    expect_in_column(quick, "101", "cleaning")

    button(card(late, "101"), "Start cleaning").click()

    expect_in_column(late, "101", "cleaning")
    expect(card(late, "101").get_by_role("alert")).to_have_text(
        "Room 101 changed meanwhile: Ana Silva made it “Cleaning”."
    )
    expect(late.locator("#lost")).to_be_hidden()
    assert actions_on(dirty) == ["start_cleaning"]
    button(card(late, "101"), "Cleaned").click()
    expect_in_column(late, "101", "inspection")


def test_a_stale_form_keeps_what_was_typed(open_page, allowed, crew, cleaning):
    allowed.append("409 .*/mark-cleaned/")
    late = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)
    write_note(late)
    quick = open_page(crew[Role.SUPERVISOR], "board/")
    button(card(quick, "103"), "Cleaned").click()
    expect_in_column(quick, "103", "inspection")

    tap(button(card(late, "103"), "Cleaned"))

    expect_in_column(late, "103", "inspection")
    expect(card(late, "103").get_by_role("alert")).to_contain_text("Rui Costa made it")
    expect(card(late, "103").get_by_label("Your note, not saved")).to_have_value(NOTE)


def test_a_stale_form_that_can_still_be_sent_stays_open(open_page, allowed, crew, cleaning):
    allowed.append("409 .*/mark-cleaned/")
    late = open_page(crew[Role.HOUSEKEEPER], "board/")
    write_note(late)
    quick = open_page(crew[Role.SUPERVISOR], "board/")
    button(more(card(quick, "103")), "Stop cleaning…").click()
    button(card(quick, "103"), "Stop cleaning").click()
    expect_in_column(quick, "103", "dirty")

    button(card(late, "103"), "Cleaned").click()
    expect_in_column(late, "103", "dirty")
    expect(card(late, "103").get_by_role("alert")).to_contain_text("Rui Costa made it")
    expect(card(late, "103").get_by_label("Notes")).to_have_value(NOTE)
    button(card(late, "103"), "Cleaned").click()

    expect_in_column(late, "103", "inspection")
    cleaning.refresh_from_db()
    assert cleaning.housekeeping_notes == NOTE
    assert cleaning.cleaned_by_staff == crew[Role.HOUSEKEEPER]


# ---- The Wi-Fi


def test_a_tap_without_signal_says_that_it_was_not_saved(open_page, allowed, crew, dirty):
    allowed += NO_ANSWER
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)
    page.context.set_offline(True)

    tap(button(card(page, "101"), "Start cleaning"))

    expect(page.get_by_role("alert")).to_contain_text("No connection: that was not saved.")
    expect_in_column(page, "101", "dirty")
    assert actions_on(dirty) == []
    page.context.set_offline(False)
    tap(button(card(page, "101"), "Start cleaning"))
    expect_in_column(page, "101", "cleaning")
    expect(page.locator("#lost")).to_be_hidden()
    assert actions_on(dirty) == ["start_cleaning"]


def test_a_note_typed_without_signal_is_sent_afterwards(open_page, allowed, crew, cleaning):
    allowed += NO_ANSWER
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)
    write_note(page)
    page.context.set_offline(True)

    tap(button(card(page, "103"), "Cleaned"))

    expect(page.get_by_role("alert")).to_contain_text("What you typed is still here")
    expect(card(page, "103").get_by_label("Notes")).to_have_value(NOTE)
    page.context.set_offline(False)
    tap(button(card(page, "103"), "Cleaned"))
    expect_in_column(page, "103", "inspection")
    cleaning.refresh_from_db()
    assert cleaning.housekeeping_notes == NOTE
    assert actions_on(cleaning) == ["mark_cleaned"]


def test_an_answer_that_was_lost_on_the_way_is_not_done_twice(open_page, allowed, crew, cleaning):
    """The server did it, the phone did not hear so: the same form again, the same request id."""
    allowed += NO_ANSWER
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    write_note(page)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/mark-cleaned/", lose_the_answer, times=1)
    button(card(page, "103"), "Cleaned").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert status_of(cleaning) == RoomStatus.CLEANED_UNINSPECTED

    button(card(page, "103"), "Cleaned").click()

    expect_in_column(page, "103", "inspection")
    expect(card(page, "103").get_by_role("alert")).to_have_count(0)
    assert actions_on(cleaning) == ["mark_cleaned"]


def busy_once(page: Page, path: str) -> list[str]:
    """Answer the next request to `path` with 503; return the bodies of all requests to it."""
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.append(route.request.post_data or "")
        if len(sent) == 1:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body="<h1>Busy</h1>")
        else:
            route.continue_()

    page.route(path, answer)
    return sent


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_a_busy_server_is_asked_again_with_the_same_request(
    open_page, allowed, crew, cleaning, size
):
    allowed += ["503 .*/mark-cleaned/", "Response Status Error Code 503"]
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=size)
    sent = busy_once(page, "**/mark-cleaned/")
    write_note(page)

    tap(button(card(page, "103"), "Cleaned"))

    expect(page.get_by_role("alert")).to_contain_text("The server is busy. Trying again")
    expect(card(page, "103").get_by_label("Notes")).to_have_value(NOTE)
    expect_in_column(page, "103", "inspection")
    expect(page.locator("#lost")).to_be_hidden()
    first, second = (dict(parse_qsl(body)) for body in sent[-2:])
    assert first == second
    assert first["request_id"]
    cleaning.refresh_from_db()
    assert cleaning.housekeeping_notes == NOTE
    assert actions_on(cleaning) == ["mark_cleaned"]


def test_another_tap_on_the_card_waits_for_the_first(open_page, allowed, crew, dirty):
    allowed += ["503 .*/start-cleaning/", "Response Status Error Code 503"]
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    sent = busy_once(page, "**/start-cleaning/")
    button(card(page, "101"), "Start cleaning").click()
    expect(page.get_by_role("alert")).to_contain_text("Trying again")

    button(card(page, "101"), "Start cleaning").click()

    expect_in_column(page, "101", "cleaning")
    page.wait_for_timeout(1500)
    assert len(sent) == 2
    assert actions_on(dirty) == ["start_cleaning"]


def test_what_waits_is_still_said_after_another_cards_answer(open_page, allowed, crew, dirty):
    allowed += ["503 .*/start-cleaning/", "Response Status Error Code 503"]
    make_room(hotel=dirty.hotel, number="102", status=RoomStatus.CHECKOUT_DIRTY)
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    busy = {"status": 503, "headers": {"Retry-After": "3600"}, "body": "<h1>Busy</h1>"}
    page.route("**/101/start-cleaning/", lambda route: route.fulfill(**busy))
    button(card(page, "101"), "Start cleaning").click()
    expect(page.get_by_role("alert")).to_contain_text("Trying again")

    button(card(page, "102"), "Start cleaning").click()

    expect_in_column(page, "102", "cleaning")
    expect(page.get_by_role("alert")).to_contain_text("Trying again")


def test_a_note_that_is_corrected_meanwhile_is_not_sent_as_it_was(
    open_page, allowed, crew, cleaning
):
    allowed += ["503 .*/mark-cleaned/", "Response Status Error Code 503"]
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    sent = busy_once(page, "**/mark-cleaned/")
    write_note(page)
    button(card(page, "103"), "Cleaned").click()
    expect(page.get_by_role("alert")).to_contain_text("Trying again")

    card(page, "103").get_by_label("Notes").fill("Minibar is full")

    expect(page.get_by_role("alert")).to_contain_text("Send it again")
    page.wait_for_timeout(1500)
    assert len(sent) == 1
    button(card(page, "103"), "Cleaned").click()
    expect_in_column(page, "103", "inspection")
    cleaning.refresh_from_db()
    assert cleaning.housekeeping_notes == "Minibar is full"


def test_a_server_fault_says_that_it_was_not_saved(open_page, allowed, crew, dirty):
    allowed += ["500 .*/start-cleaning/", "Response Status Error Code 500"]
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    page.route("**/start-cleaning/", lambda route: route.fulfill(status=500, body="<h1>No</h1>"))

    button(card(page, "101"), "Start cleaning").click()

    expect(page.get_by_role("alert")).to_contain_text("The server had a fault")
    expect_in_column(page, "101", "dirty")


def test_a_whole_page_never_ends_up_in_a_card(open_page, crew, dirty):
    """Such as the page with which a hotel's Wi-Fi asks to sign in, with status 200."""
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    body = "<!DOCTYPE html><html><body><h1>Welcome to our Wi-Fi</h1></body></html>"
    page.route("**/start-cleaning/", lambda route: route.fulfill(body=body), times=1)

    button(card(page, "101"), "Start cleaning").click()

    expect(page.get_by_role("alert")).to_contain_text("that was not saved")
    expect_in_column(page, "101", "dirty")
    expect(page.get_by_text("Welcome to our Wi-Fi")).to_have_count(0)
    button(card(page, "101"), "Start cleaning").click()
    expect_in_column(page, "101", "cleaning")


# ---- Who may


def test_a_lost_session_leads_to_the_sign_in_page_and_back(open_page, crew, cleaning):
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)
    board = page.url
    write_note(page)
    Session.objects.all().delete()

    tap(button(card(page, "103"), "Cleaned"))

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.locator(".room")).to_have_count(0)
    assert actions_on(cleaning) == []
    page.get_by_label("Username").fill(crew[Role.HOUSEKEEPER].user.username)
    page.get_by_label("Password").fill(PASSWORD)
    tap(page.get_by_role("button", name="Sign in"))
    expect(page).to_have_url(board)
    tap(button(card(page, "103"), "Cleaned with a note"))
    expect(card(page, "103").get_by_label("Notes")).to_have_value(NOTE)


def test_a_lost_session_on_a_page_leads_to_the_sign_in_page(open_page, crew, dirty):
    page = open_page(crew[Role.FRONT_DESK], "readiness/")
    Session.objects.all().delete()

    page.get_by_role("link", name="Arrivals").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_new_role_refuses_with_its_reason(open_page, allowed, crew, dirty):
    allowed.append("403 .*/start-cleaning/")
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    Staff.objects.filter(pk=crew[Role.HOUSEKEEPER].pk).update(role=Role.FRONT_DESK)

    button(card(page, "101"), "Start cleaning").click()

    expect(toast(page)).to_contain_text(
        "“Start cleaning” is for housekeeper, supervisor or manager; you are front desk."
    )
    expect_in_column(page, "101", "dirty")
    assert actions_on(dirty) == []


def test_a_refused_form_keeps_what_was_typed(open_page, allowed, crew, cleaning):
    allowed.append("403 .*/mark-cleaned/")
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    write_note(page)
    Staff.objects.filter(pk=crew[Role.HOUSEKEEPER].pk).update(role=Role.FRONT_DESK)

    button(card(page, "103"), "Cleaned").click()

    expect(toast(page)).to_contain_text("you are front desk")
    expect(card(page, "103").get_by_label("Notes")).to_have_value(NOTE)


def test_who_has_left_the_hotel_sees_why_nothing_happens(open_page, allowed, crew, dirty):
    allowed.append("404 .*/(start-cleaning|board/changes|live)/")
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    Staff.objects.filter(pk=crew[Role.HOUSEKEEPER].pk).update(active=False)

    button(card(page, "101"), "Start cleaning").click()

    expect(toast(page)).to_contain_text("This is no longer here.")
    expect_in_column(page, "101", "dirty")


def test_without_its_cookie_a_tap_is_refused_in_words(open_page, allowed, crew, dirty):
    allowed.append("403 .*/start-cleaning/")
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    page.context.clear_cookies(name="csrftoken")

    button(card(page, "101"), "Start cleaning").click()

    expect(toast(page)).to_contain_text("Your change was not saved. Reload the page and try again.")
    page.reload()
    button(card(page, "101"), "Start cleaning").click()
    expect_in_column(page, "101", "cleaning")


# ---- Two taps


def test_a_double_tap_is_sent_once(open_page, crew, dirty):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else 0)

    button(card(page, "101"), "Start cleaning").dblclick()

    expect_in_column(page, "101", "cleaning")
    page.wait_for_load_state("networkidle")
    assert len(sent) == 1
    assert actions_on(dirty) == ["start_cleaning"]


def test_a_double_tap_on_a_slow_line_is_sent_once(open_page, crew, cleaning):
    page = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)
    write_note(page)
    held: list[Route] = []
    page.route(re.compile("/mark-cleaned/$"), lambda route: held.append(route))
    send = button(card(page, "103"), "Cleaned")

    tap(send)
    send.dispatch_event("click")
    send.press("Enter")
    held[0].continue_()

    expect_in_column(page, "103", "inspection")
    assert len(held) == 1
    assert actions_on(cleaning) == ["mark_cleaned"]


def test_a_guest_is_checked_in_once(open_page, hotel, crew):
    room = make_room(hotel=hotel, number="101", status=RoomStatus.READY_FOR_GUEST)
    booking = make_booking(hotel=hotel, room=room)
    page = open_page(crew[Role.FRONT_DESK], "readiness/")

    button(page.locator(f"#booking-{booking.booking_id}"), "Check in").dblclick()

    expect(toast(page)).to_contain_text("checked in to 101")
    page.wait_for_load_state("networkidle")
    booking.refresh_from_db()
    assert booking.status == BookingStatus.IN_HOUSE
    assert actions_on(room) == ["check_in"]
