"""The story the portal is for: from a guest's departure to the next guest's arrival."""

import pytest
from playwright.sync_api import Page, expect

from hotel.choices import Role
from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.e2e.conftest import (
    DESKTOP,
    PHONE,
    actions_on,
    button,
    card,
    column,
    expect_counts,
    expect_in_column,
    show_column,
    sign_in,
    tap,
    toast,
)
from tests.factories import make_booking, make_room

FAILED = "Hair in the shower"
CLEANED = "Minibar is empty"


@pytest.fixture
def room(hotel):
    return make_room(hotel=hotel, number="101", status=RoomStatus.OCCUPIED)


@pytest.fixture
def leaving(hotel, room):
    return make_booking(
        hotel=hotel,
        room=room,
        status=BookingStatus.IN_HOUSE,
        arrives=-2,
        nights=2,
        guest_name="Ada Brown",
        guests=1,
    )


@pytest.fixture
def coming(hotel, room):
    return make_booking(hotel=hotel, room=room, nights=3, guest_name="Ben Okri", adults=2)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("way", ["arrivals", "board"])
def test_a_room_is_turned_over(open_page, allowed, hotel, crew, room, leaving, coming, size, way):
    allowed.append("422 .*/fail-inspection/")
    make_room(hotel=hotel, number="102", status=RoomStatus.OCCUPIED)
    desk = open_page(size=size)
    sign_in(desk, crew[Role.FRONT_DESK])
    expect(desk.get_by_role("heading", name="Readiness")).to_be_visible()
    expect(arrival(desk)).to_contain_text("Occupied")
    expect(arrival(desk).get_by_role("button", name="Check in…")).to_be_visible()
    if way == "arrivals":
        check_out_on_arrivals(desk)
    else:
        check_out_on_board(desk)

    cleaner = open_page(crew[Role.HOUSEKEEPER], "board/", size=size)
    expect_counts(cleaner, dirty=1, cleaning=0, inspection=0, ready=0, occupied=1)
    expect(card(cleaner, "101")).to_contain_text("Arrival · 2 guests")
    tap(button(card(cleaner, "101"), "Start cleaning"))
    expect_in_column(cleaner, "101", "cleaning")
    expect(toast(cleaner)).to_contain_text("101 cleaning started · Cleaning")
    expect_counts(cleaner, dirty=0, cleaning=1)
    expect(column(cleaner, "dirty").get_by_text("No room waits for cleaning.")).to_be_attached()

    show_column(cleaner, "cleaning")
    tap(button(card(cleaner, "101"), "Cleaned with a note"))
    card(cleaner, "101").get_by_label("Notes").fill(CLEANED)
    tap(button(card(cleaner, "101"), "Cleaned"))
    expect_in_column(cleaner, "101", "inspection")
    expect(toast(cleaner)).to_contain_text("101 cleaned · Awaiting inspection")

    inspector = open_page(crew[Role.SUPERVISOR], "board/", size=size)
    expect(card(inspector, "101")).to_contain_text(CLEANED)
    expect(card(inspector, "101")).to_contain_text("Ana Silva")
    tap(button(card(inspector, "101"), "Fail…"))
    tap(button(card(inspector, "101"), "Fail"))
    expect(card(inspector, "101")).to_contain_text("Say why, in a few words.")
    card(inspector, "101").get_by_label("Notes").fill(FAILED)
    tap(button(card(inspector, "101"), "Fail"))
    expect_in_column(inspector, "101", "dirty")
    expect(toast(inspector)).to_contain_text("101 failed inspection · Needs cleaning")
    expect_counts(inspector, dirty=1, inspection=0)

    cleaner.reload()
    expect(card(cleaner, "101")).to_contain_text(FAILED)
    tap(button(card(cleaner, "101"), "Start cleaning"))
    expect_in_column(cleaner, "101", "cleaning")
    show_column(cleaner, "cleaning")
    tap(button(card(cleaner, "101"), "Cleaned"))
    expect_in_column(cleaner, "101", "inspection")

    inspector.reload()
    tap(button(card(inspector, "101"), "Pass"))
    expect_in_column(inspector, "101", "ready")
    expect(toast(inspector)).to_contain_text("101 passed inspection · Ready")
    expect_counts(inspector, inspection=0, ready=1)

    tap(desk.get_by_role("link", name="Readiness"))
    expect(desk.locator(".lede")).to_have_text(
        "1 room ready now, 1 of them promised · 1 arrival to come"
    )
    expect(desk.locator('.room-links[data-label="Ready, promised"]')).to_have_text("101")
    expect(arrival(desk)).to_contain_text("Ready")
    tap(button(arrival(desk), "Check in"))
    expect(toast(desk)).to_contain_text("Ben Okri checked in to 101")
    expect(desk.locator(f"#booking-{coming.booking_id}")).to_contain_text("In house")

    room.refresh_from_db()
    assert room.room_status == RoomStatus.OCCUPIED
    assert room.is_occupied
    assert actions_on(room) == [
        "check_out",
        "start_cleaning",
        "mark_cleaned",
        "fail_inspection",
        "start_cleaning",
        "mark_cleaned",
        "pass_inspection",
        "check_in",
    ]
    assert room.events.get(action="fail_inspection").notes == FAILED
    assert room.events.filter(notes=CLEANED, actor=crew[Role.HOUSEKEEPER]).count() == 1
    leaving.refresh_from_db()
    coming.refresh_from_db()
    assert (leaving.status, coming.status) == (BookingStatus.COMPLETED, BookingStatus.IN_HOUSE)


def arrival(page: Page):
    """Return the row of the guest who comes."""
    return page.get_by_role("listitem").filter(has_text="Ben Okri")


def check_out_on_arrivals(desk: Page) -> None:
    tap(desk.get_by_role("link", name="Arrivals"))
    departures = desk.get_by_role("region", name="Departures")
    row = departures.get_by_role("listitem").filter(has_text="Ada Brown")
    tap(button(row, "Check out"))
    expect(row).to_contain_text("Completed")
    expect(toast(desk)).to_contain_text("Ada Brown checked out of 101")


def check_out_on_board(desk: Page) -> None:
    tap(desk.get_by_role("link", name="Board"))
    show_column(desk, "occupied")
    tap(button(card(desk, "101"), "Check out"))
    expect_in_column(desk, "101", "dirty")
    expect(toast(desk)).to_contain_text("101 checked out · Needs cleaning")
    expect_counts(desk, dirty=1, occupied=1)
