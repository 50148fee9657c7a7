"""A stay changes in the browser: a move at noon, a checkout by mistake, one night more."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from hotel.choices import Role
from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.e2e.conftest import (
    DESKTOP,
    PHONE,
    button,
    expect_focus_in,
    more,
    status_of,
    tap,
    toast,
)
from tests.e2e.test_accessibility import look
from tests.factories import make_booking, make_room

both_sizes = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def rooms(hotel):
    """Room 204, with guests in it, and 207, which is ready."""
    return [
        make_room(hotel=hotel, number="204", status=RoomStatus.OCCUPIED),
        make_room(hotel=hotel, number="207"),
    ]


@pytest.fixture
def olga(hotel, rooms):
    return make_booking(
        hotel=hotel,
        room=rooms[0],
        status=BookingStatus.IN_HOUSE,
        arrives=-1,
        nights=2,
        guest_name="Olga Lopez",
        booking_id="B-OLGA",
        guests=1,
    )


def facts(page: Page):
    return page.locator("#booking-B-OLGA .facts")


@both_sizes
def test_a_guest_moves_rooms_at_noon(open_page, allowed, crew, rooms, olga, size):
    allowed.append("422 .*/move/")
    page = open_page(crew[Role.FRONT_DESK], "bookings/B-OLGA/", size=size)
    look(page)
    tap(button(page.locator("#booking-now"), "Move to another room…"))
    form = page.locator("form.act")
    expect(form).to_contain_text("Room 204 becomes dirty; the guests, their orders and chats go")
    look(page)
    tap(button(form, "Move to another room"))
    expect(form).to_contain_text("Say why, in a few words.")
    form.get_by_label("Reason").fill("Noise from the street")
    tap(button(form, "Move to another room"))

    expect(toast(page)).to_contain_text("Olga Lopez: moved, room 207")
    expect(facts(page)).to_contain_text("207")
    expect(page.locator(".timeline")).to_contain_text("Moved out of room 204")
    expect(page.locator(".timeline")).to_contain_text("Noise from the street")
    assert [status_of(room) for room in rooms] == [
        RoomStatus.CHECKOUT_DIRTY,
        RoomStatus.OCCUPIED,
    ]


@both_sizes
def test_a_checkout_by_mistake_is_reinstated_by_somebody_else(
    open_page, crew, hotel, rooms, olga, size
):
    desk = open_page(crew[Role.FRONT_DESK], "arrivals/?q=Olga", size=size)
    row = desk.locator("#booking-B-OLGA")
    tap(button(row, "Check out…"))
    tap(button(row.locator("form.act"), "Check out"))
    expect(toast(desk)).to_contain_text("Olga Lopez checked out of 204")
    expect(button(toast(desk), "Undo")).to_be_visible()

    manager = open_page(crew[Role.MANAGER], "arrivals/", size=size)
    manager.get_by_label("Find a stay by guest or booking").fill("olga")
    tap(button(manager.get_by_role("search"), "Find"))
    found = manager.locator("#booking-B-OLGA")
    expect(found).to_contain_text("Completed")
    tap(button(found, "Reinstate…"))
    form = found.locator("form.act")
    expect(form).to_contain_text("Olga Lopez is in house again in room 204; the room becomes")
    look(manager)
    form.get_by_label("Reason").fill("Wrong row")
    tap(button(form, "Reinstate"))

    expect(found).to_contain_text("In house")
    expect(toast(manager)).to_contain_text("Olga Lopez: in house again, room 204")
    assert status_of(rooms[0]) == RoomStatus.OCCUPIED
    # The colleague's open page shows it too.
    desk.goto(manager.url.partition("arrivals/")[0] + "bookings/B-OLGA/")
    expect(desk.locator(".timeline")).to_contain_text("Reinstated in room 204")
    expect(desk.locator(".timeline")).to_contain_text("Wrong row")


@both_sizes
def test_a_night_that_is_promised_leads_to_a_move(
    open_page, allowed, crew, hotel, rooms, olga, size
):
    allowed.append("409 .*/change/")
    make_booking(hotel=hotel, room=rooms[0], arrives=1, booking_id="B-NEXT")
    page = open_page(crew[Role.FRONT_DESK], "bookings/B-OLGA/", size=size)

    tap(button(page.locator("#booking-now"), "Extend one night"))

    form = page.locator("form.act")
    expect(form.get_by_role("alert")).to_contain_text("Room 204 is kept for booking B-NEXT")
    expect(form.get_by_role("alert")).to_contain_text("Free for the whole time: 207.")
    until = hotel.business_date() + dt.timedelta(days=2)
    expect(form.get_by_label("Departure")).to_have_value(until.isoformat())
    look(page)
    tap(button(form, "Move to 207…"))
    expect(form.get_by_label("Room")).to_have_value("207")
    expect(form).to_contain_text(f"The stay then ends on {until.day} {until:%B}.")
    form.get_by_label("Reason").fill("Stays longer")
    tap(button(form, "Move to another room"))

    expect(toast(page)).to_contain_text("moved, room 207")
    olga.refresh_from_db()
    assert (olga.room, olga.check_out) == (rooms[1], until)


def test_a_stay_is_changed_from_its_row_by_the_keyboard(open_page, crew, hotel):
    make_room(hotel=hotel)
    booking = make_booking(hotel=hotel, guest_name="Ada Brown")
    page = open_page(crew[Role.FRONT_DESK], "arrivals/")
    row = page.locator(f"#booking-{booking.booking_id}")
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    button(row, "Change stay…").focus()
    page.keyboard.press("Enter")

    expect_focus_in(row.locator("form.act"))
    row.get_by_label("Adults").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("3")
    page.keyboard.press("Enter")

    expect(row).to_contain_text("3 guests")
    expect_focus_in(row)


@both_sizes
def test_every_form_of_an_arrival_opens_in_its_row_and_shuts_nobody_out(
    open_page, crew, hotel, size
):
    booking, _ = (
        make_booking(hotel=hotel, room=make_room(hotel=hotel, number=number)) for number in "12"
    )
    page = open_page(crew[Role.FRONT_DESK], "arrivals/", size=size)
    row = page.locator(f"#booking-{booking.booking_id}")
    for name in ("Change stay", "Swap rooms", "Share a room"):
        tap(button(more(row), f"{name}…"))
        expect(row.locator("form.act h3")).to_have_text(name)
        look(page)
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0
        tap(row.get_by_role("link", name="Back"))
        expect(row.locator("form.act")).to_have_count(0)
