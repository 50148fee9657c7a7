"""The portal without JavaScript: every step is a page of its own."""

import pytest
from playwright.sync_api import expect

from hotel.choices import Role
from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.e2e.conftest import actions_on, button, card, column, status_of
from tests.factories import make_booking, make_room


@pytest.fixture
def open_plain(open_page):
    """Open a page in a browser whose JavaScript is switched off."""

    def open_plain(staff, path):
        return open_page(staff, path, java_script_enabled=False)

    return open_plain


def test_a_room_is_turned_over(open_plain, allowed, hotel, crew):
    allowed.append("422 .*/fail-inspection/")
    room = make_room(hotel=hotel, number="101", status=RoomStatus.OCCUPIED)
    leaving = make_booking(
        hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, arrives=-1, guests=1
    )
    coming = make_booking(hotel=hotel, room=room, guest_name="Ben Okri")

    desk = open_plain(crew[Role.FRONT_DESK], "arrivals/")
    departure = desk.get_by_role("region", name="Departures").get_by_role("listitem")
    button(departure, "Check out").click()
    button(desk.locator("form.act"), "Check out").click()
    expect(desk.get_by_role("status")).to_contain_text("checked out of 101")

    cleaner = open_plain(crew[Role.HOUSEKEEPER], "board/")
    button(card(cleaner, "101"), "Start cleaning").click()
    button(cleaner.locator("form.act"), "Start cleaning").click()
    expect(cleaner.get_by_role("status")).to_contain_text("Room 101 cleaning started")
    button(cleaner.locator("#room"), "Cleaned").click()
    cleaner.get_by_label("Notes").fill("Minibar is empty")
    button(cleaner.locator("form.act"), "Cleaned").click()
    expect(cleaner.locator("#room")).to_contain_text("Awaiting inspection")

    inspector = open_plain(crew[Role.SUPERVISOR], "board/")
    expect(column(inspector, "inspection")).to_contain_text("Minibar is empty")
    button(card(inspector, "101"), "Fail…").click()
    button(inspector.locator("form.act"), "Fail").click()
    expect(inspector.locator("form.act")).to_contain_text("Say why, in a few words.")
    button(inspector.locator("form.act"), "Pass").click()
    expect(inspector.get_by_role("status")).to_contain_text("passed inspection")

    desk.goto(desk.url.replace("arrivals/", "readiness/"))
    button(desk.get_by_role("listitem").filter(has_text="Ben Okri"), "Check in").click()
    button(desk.locator("form.act"), "Check in").click()
    expect(desk.get_by_role("status")).to_contain_text("Ben Okri checked in to 101")

    assert actions_on(room) == [
        "check_out",
        "start_cleaning",
        "mark_cleaned",
        "pass_inspection",
        "check_in",
    ]
    leaving.refresh_from_db()
    coming.refresh_from_db()
    assert (leaving.status, coming.status) == (BookingStatus.COMPLETED, BookingStatus.IN_HOUSE)


def test_the_last_change_is_undone_on_the_rooms_page(open_plain, hotel, crew):
    room = make_room(hotel=hotel, number="101", status=RoomStatus.CHECKOUT_DIRTY)
    page = open_plain(crew[Role.HOUSEKEEPER], "rooms/101/start-cleaning/")
    button(page.locator("form.act"), "Start cleaning").click()

    button(page.locator("#room"), "Undo my last change").click()
    button(page.locator("form.act"), "Undo").click()

    expect(page.get_by_role("status")).to_contain_text("change undone")
    assert status_of(room) == RoomStatus.CHECKOUT_DIRTY


def test_filters_are_sent_by_their_button(open_plain, hotel, crew):
    make_room(hotel=hotel, number="101", floor="1")
    make_room(hotel=hotel, number="201", floor="2")
    page = open_plain(crew[Role.HOUSEKEEPER], "board/")

    page.locator("#filters summary").click()
    page.get_by_label("Floor").select_option("2")
    page.get_by_role("button", name="Show").click()

    expect(card(page, "201")).to_be_visible()
    expect(card(page, "101")).to_have_count(0)


def test_somebody_signs_out(open_plain, crew):
    page = open_plain(crew[Role.HOUSEKEEPER], "board/")
    page.locator(".account-menu summary").click()
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
