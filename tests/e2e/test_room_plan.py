"""A stay that finds no room for all its nights: others move, or the guest does, at one tap."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from hotel.choices import Role
from rooms.choices import ClosureKind, RoomStatus
from rooms.models import Closure
from stays.choices import BookingStatus
from tests.e2e.conftest import DESKTOP, PHONE, button, more, tap
from tests.factories import make_booking, make_room

SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@SIZES
def test_others_change_rooms_so_that_one_is_free(hotel, crew, open_page, size):
    first = make_room(hotel=hotel, number="204")
    second = make_room(hotel=hotel, number="207", status=RoomStatus.OCCUPIED)
    in_house = BookingStatus.IN_HOUSE
    make_booking(hotel=hotel, room=second, arrives=-1, nights=3, status=in_house)
    moved = make_booking(hotel=hotel, room=first, arrives=2, nights=2, booking_id="B-12")
    asked = make_booking(hotel=hotel, nights=6, booking_id="B-13", guest_name="Maria Lind")
    page = open_page(crew[Role.FRONT_DESK], "arrivals/", size=size)
    row = page.locator("#booking-B-13")

    tap(button(more(row), "Assign room…"))
    offer = row.get_by_role("form", name="A room for the whole stay")
    expect(offer).to_contain_text("No Type D room is free for the whole stay.")
    expect(offer).to_contain_text("then 204 is free for the whole stay.")
    tap(button(offer, "Move and assign 204"))

    expect(page.get_by_text("Maria Lind: room 204 for the whole stay.")).to_be_visible()
    expect(page.locator("#booking-B-13")).to_contain_text("204")
    for booking, room in ((moved, second), (asked, first)):
        booking.refresh_from_db()
        assert booking.room == room


@SIZES
def test_the_guest_changes_rooms_on_a_day(hotel, crew, open_page, size):
    today = hotel.business_date()
    for number, start, until in (("204", 2, 9), ("208", 0, 1)):
        Closure.objects.create(
            room=make_room(hotel=hotel, number=number),
            kind=ClosureKind.OUT_OF_ORDER,
            start=today + dt.timedelta(days=start),
            until=today + dt.timedelta(days=until),
            reason="paint",
        )
    make_booking(hotel=hotel, nights=4, booking_id="B-13", guest_name="Maria Lind")
    day = today + dt.timedelta(days=2)
    change = f"204 until {day.day} {day:%B}, then 208"
    page = open_page(crew[Role.FRONT_DESK], "bookings/B-13/assign/", size=size)

    offer = page.get_by_role("form", name="A room for the whole stay")
    expect(offer).to_contain_text(f"The guest has to change rooms: {change}.")
    expect(offer).to_contain_text("becomes a further booking of Maria Lind")
    tap(button(offer, "Divide the stay"))

    expect(page.get_by_text(f"Maria Lind: {change}.")).to_be_visible()
    stays = hotel.bookings.order_by("check_in").select_related("room")
    assert [(stay.room.number, stay.nights) for stay in stays] == [("204", 2), ("208", 2)]
