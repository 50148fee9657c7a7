"""The desk at the edges of a day: a walk-in after midnight, a guest who should have left."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hotel.choices import Role
from hotel.models import Hotel
from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.e2e.conftest import DESKTOP, PHONE, OpenPage, toast
from tests.factories import make_booking, make_room

each_size = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def half_past_midnight(hotel: Hotel) -> dt.date:
    """Move the hotel to where it is past midnight now; return the date on its wall."""
    hour = timezone.now().hour
    # In these names the sign is turned round: Etc/GMT+5 is five hours behind.
    hotel.time_zone = f"Etc/GMT+{hour}" if hour <= 12 else f"Etc/GMT-{24 - hour}"
    hotel.save()
    return timezone.now().astimezone(hotel.tz).date()


@each_size
def test_a_walk_in_after_midnight_stays_last_night(
    hotel, crew, open_page: OpenPage, half_past_midnight, size
):
    room = make_room(hotel=hotel, number="207")
    yesterday = half_past_midnight - dt.timedelta(days=1)
    page = open_page(crew[Role.FRONT_DESK], "arrivals/", size=size)
    expect(page.locator("h1")).to_have_text(f"{yesterday:%A} {yesterday.day} {yesterday:%B}")

    page.get_by_role("link", name="Walk-in").click()
    page.get_by_label("Guest's name").fill("Nora Late")
    page.get_by_label("Room").select_option("207")
    expect(page.get_by_label("Departure")).to_have_value(f"{half_past_midnight}")
    page.get_by_role("button", name="Check in").click()

    expect(page.locator("#toasts")).to_contain_text("Nora Late is in room 207")
    stay = room.bookings.get()
    assert (stay.check_in, stay.check_out) == (yesterday, half_past_midnight)
    assert stay.status == BookingStatus.IN_HOUSE
    # Not due out before the day turns.
    expect(page.get_by_text("Nobody leaves today.")).to_be_visible()


@pytest.fixture
def overstayer(hotel: Hotel):
    room = make_room(hotel=hotel, number="205", status=RoomStatus.OCCUPIED)
    return make_booking(
        hotel=hotel,
        room=room,
        status=BookingStatus.IN_HOUSE,
        arrives=-3,
        nights=2,
        guest_name="Olga Lopez",
        guests=1,
    )


@each_size
@pytest.mark.parametrize("name", ["arrivals", "readiness"])
def test_a_guest_who_should_have_left_is_extended_at_one_tap(
    hotel, crew, open_page: OpenPage, overstayer, name, size
):
    page = open_page(crew[Role.FRONT_DESK], f"{name}/", size=size)
    row = page.locator(f"[id='departure-{overstayer.booking_id}']")
    expect(row).to_contain_text("Should have left on")

    row.get_by_role("button", name="Extend one night").click()

    expect(row).to_have_count(0)
    overstayer.refresh_from_db()
    assert overstayer.check_out == hotel.business_date() + dt.timedelta(days=1)


@each_size
def test_a_checkout_of_the_wrong_row_is_undone_from_the_toast(
    crew, open_page: OpenPage, overstayer, size
):
    page = open_page(crew[Role.FRONT_DESK], "arrivals/", size=size)
    row = page.locator(f"[id='departure-{overstayer.booking_id}']")
    row.get_by_role("button", name="Check out").click()
    expect(toast(page)).to_contain_text("Olga Lopez checked out of 205")

    toast(page).get_by_role("button", name="Undo").click()

    expect(toast(page)).to_contain_text("205 change undone")
    expect(row).to_contain_text("Should have left on")
    overstayer.refresh_from_db()
    assert overstayer.status == BookingStatus.IN_HOUSE


@each_size
def test_a_ready_room_is_assigned_at_one_tap(hotel, crew, open_page: OpenPage, size):
    make_room(hotel=hotel, number="207")
    booking = make_booking(hotel=hotel, guest_name="Ada Brown")
    page = open_page(crew[Role.FRONT_DESK], "readiness/", size=size)

    page.get_by_role("button", name="Assign 207").click()

    expect(toast(page)).to_contain_text("Ada Brown has room 207")
    booking.refresh_from_db()
    assert booking.room.number == "207"
