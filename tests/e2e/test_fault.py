"""A small fault that turns up in the middle of a clean: the work goes on, and the room is given."""

from playwright.sync_api import expect

from hotel.choices import Role
from rooms.choices import RoomStatus
from tests.e2e.conftest import (
    PHONE,
    actions_on,
    button,
    card,
    expect_counts,
    expect_in_column,
    more,
    show_column,
    tap,
    toast,
)
from tests.factories import make_booking, make_room

FAULT = "The bulb over the bed is blown"


def test_a_room_with_a_blown_bulb_is_cleaned_inspected_and_given(open_page, allowed, hotel, crew):
    allowed.append("422 .*/check-in/")
    room = make_room(hotel=hotel, number="204", status=RoomStatus.CHECKOUT_DIRTY)
    make_room(hotel=hotel, number="205", status=RoomStatus.CHECKOUT_DIRTY)
    booking = make_booking(hotel=hotel, guest_name="Ben Okri")

    cleaner = open_page(crew[Role.HOUSEKEEPER], "board/", size=PHONE)
    tap(button(card(cleaner, "204"), "Start cleaning"))
    expect_in_column(cleaner, "204", "cleaning")
    show_column(cleaner, "cleaning")
    tap(button(more(card(cleaner, "204")), "Report maintenance…"))
    form = card(cleaner, "204").locator("form")
    expect(form).to_contain_text("still given, last")
    form.get_by_role("radio", name="Low").check()
    form.get_by_label("What is wrong?").fill(FAULT)
    tap(form.get_by_role("button", name="Report maintenance"))
    expect(toast(cleaner)).to_contain_text("204 maintenance reported · Maintenance")

    # The clean was interrupted; the card is among those to clean, with its fault.
    expect_in_column(cleaner, "204", "dirty")
    expect_counts(cleaner, dirty=2, cleaning=0, maintenance=0)
    show_column(cleaner, "dirty")
    expect(card(cleaner, "204")).to_contain_text("Fault, low")
    expect(card(cleaner, "204")).to_contain_text(FAULT)
    tap(button(card(cleaner, "204"), "Start cleaning"))
    expect_in_column(cleaner, "204", "cleaning")
    show_column(cleaner, "cleaning")
    tap(button(card(cleaner, "204"), "Cleaned"))
    expect(toast(cleaner)).to_contain_text("204 cleaned · Awaiting inspection")
    expect_in_column(cleaner, "204", "inspection")

    inspector = open_page(crew[Role.SUPERVISOR], "board/", size=PHONE)
    expect_counts(inspector, inspection=1, maintenance=0)
    tap(button(card(inspector, "204"), "Pass"))
    expect(toast(inspector)).to_contain_text("204 passed inspection · Ready")
    expect_in_column(inspector, "204", "maintenance")
    room.refresh_from_db()
    assert (room.room_status, room.return_status) == (
        RoomStatus.MAINTENANCE_REQUIRED,
        RoomStatus.READY_FOR_GUEST,
    )

    desk = open_page(crew[Role.FRONT_DESK], "arrivals/")
    row = desk.locator(f"#booking-{booking.booking_id}")
    tap(button(row, "Check in…"))
    choice = row.get_by_label("Room")
    expect(choice.locator("optgroup")).to_have_count(1)
    assert choice.locator("optgroup").get_attribute("label") == "With a small fault, Type D"
    tap(button(row, "Check in"))
    question = row.get_by_label(f"Room 204 has a fault: “{FAULT}")
    expect(question).not_to_be_checked()
    question.check()
    tap(button(row, "Check in"))
    expect(toast(desk)).to_contain_text("Ben Okri checked in to 204")

    room.refresh_from_db()
    assert (room.room_status, room.maintenance_notes) == (RoomStatus.OCCUPIED, FAULT)
    assert actions_on(room) == [
        "start_cleaning",
        "mark_maintenance",
        "start_cleaning",
        "mark_cleaned",
        "pass_inspection",
        "check_in",
    ]
