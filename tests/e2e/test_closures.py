"""Next week's painting: a manager closes a room that is promised to two stays."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from hotel.choices import Role
from rooms.choices import ClosureStatus
from rooms.models import Closure
from stays.day_turn import turn_day
from tests.e2e.conftest import DESKTOP, PHONE
from tests.factories import make_booking, make_room


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_next_weeks_painting_of_a_room_with_two_promises(hotel, crew, open_page, allowed, size):
    # The form that comes back with the question.
    allowed.append("status of 422")
    room = make_room(hotel=hotel, number="204", floor="2")
    other = make_room(hotel=hotel, number="205", floor="2")
    first = make_booking(hotel=hotel, room=room, arrives=7, nights=2, guest_name="Maria Lind")
    second = make_booking(hotel=hotel, room=room, arrives=9, nights=2, guest_name="Tom Okafor")
    start = hotel.business_date() + dt.timedelta(days=7)
    until = start + dt.timedelta(days=4)
    page = open_page(crew[Role.MANAGER], "rooms/204/", size=size)

    page.get_by_role("link", name="Plan a closure").click()
    page.get_by_label("From").fill(start.isoformat())
    page.get_by_label("Until").fill(until.isoformat())
    page.get_by_label("Reason").fill("Painting")
    page.get_by_label("The room needs cleaning afterwards").check()
    page.get_by_role("button", name="Close the room").click()

    # Nothing is closed yet, and nothing typed is lost.
    expect(page.get_by_text("Room 204 is promised to 2 stays on these days.")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("Painting")
    assert not Closure.objects.exists()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Maria Lind").select_option("205")
    page.get_by_label("Tom Okafor").select_option(label="No room yet")
    page.get_by_role("button", name="Close the room").click()

    expect(page.get_by_text("Planned: room 204 will be out of order")).to_be_visible()
    panel = page.get_by_role("region", name="Closures")
    expect(panel.get_by_text("Painting")).to_be_visible()
    for stay in (first, second):
        stay.refresh_from_db()
    assert (first.room, second.room) == (other, None)

    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Closures").click()
    row = page.get_by_role("row").filter(has_text="204")
    expect(row).to_contain_text("Painting")
    expect(row).to_contain_text("Planned")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # The day comes: the open page follows by itself.
    turn_day(hotel, hotel.moment(start, dt.time(12)))
    expect(row).to_contain_text("Running")
    row.get_by_role("link", name="End the closure of room 204").click()
    expect(page.get_by_text("It returns as: needs cleaning.")).to_be_visible()
    page.get_by_role("button", name="End it now").click()

    expect(page.get_by_text("The closure of room 204 has ended: Needs cleaning.")).to_be_visible()
    assert Closure.objects.get().status == ClosureStatus.ENDED
