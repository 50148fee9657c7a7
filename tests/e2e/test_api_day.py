"""A room's day by programs and people in turn: each sees at once what the other did."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Playwright, expect

from hotel.choices import Role
from rooms.choices import RoomStatus, Source
from stays.choices import BookingStatus
from tests.e2e.conftest import (
    actions_on,
    button,
    card,
    expect_counts,
    expect_in_column,
    tap,
)
from tests.factories import make_booking, make_room
from tests.portal.api.calling import bearer, token_of

S = RoomStatus


@pytest.fixture
def program(playwright: Playwright, live_server, hotel, crew) -> Iterator[Callable[..., Any]]:
    """Give a program a token: `program(role)` returns what sends its requests, over HTTP."""
    opened: list[APIRequestContext] = []

    def program(role: Role) -> APIRequestContext:
        context = playwright.request.new_context(
            base_url=f"{live_server.url}/api/staff/hotels/{hotel.slug}/",
            extra_http_headers=bearer(token_of(crew[role])),
        )
        opened.append(context)
        return context

    yield program
    for context in opened:
        context.dispose()


def seen_by(api: APIRequestContext, number: str = "101") -> dict[str, Any]:
    """Return the room as the API shows it."""
    return done(api.get(f"rooms/{number}/"))


def done(response: Any) -> dict[str, Any]:
    assert response.ok, response.text()
    answer: dict[str, Any] = response.json()
    return answer


@pytest.fixture
def room(hotel):
    return make_room(hotel=hotel, number="101", status=S.OCCUPIED)


@pytest.fixture
def leaving(hotel, room):
    """The guest who leaves today."""
    fields = {"booking_id": "B-1", "guest_name": "Ada Brown", "guests": 1}
    return make_booking(
        hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, arrives=-2, nights=2, **fields
    )


def test_a_room_is_turned_over_by_programs_and_people_in_turn(
    open_page, program, hotel, crew, room, leaving
):
    desk, housekeeping = program(Role.FRONT_DESK), program(Role.HOUSEKEEPER)
    cleaner = open_page(crew[Role.HOUSEKEEPER], "board/")
    expect_counts(cleaner, dirty=0, occupied=1)

    # The front desk's system checks out, the cleaner sees it.
    assert done(desk.post("bookings/B-1/checkout/"))["status"] == "COMPLETED"
    cleaner.reload()
    expect_in_column(cleaner, "101", "dirty")
    expect_counts(cleaner, dirty=1, occupied=0)

    # The cleaner starts in the browser, a program sees it and says when she is done.
    tap(button(card(cleaner, "101"), "Start cleaning"))
    expect_in_column(cleaner, "101", "cleaning")
    seen = seen_by(housekeeping)
    assert seen["room_status"] == "CLEANING_IN_PROGRESS"
    assert "mark_cleaned" in seen["actions"]
    body = {"notes": "Minibar refilled", "expected_version": seen["version"]}
    cleaned = done(housekeeping.post("rooms/101/mark-cleaned/", data=body))
    assert cleaned["room"]["cleaned_by_staff"]["name"] == "Ana Silva"

    # The supervisor reads the program's note and passes the room; the cleaner's page is old.
    supervisor = open_page(crew[Role.SUPERVISOR], "board/")
    expect_in_column(supervisor, "101", "inspection")
    expect(card(supervisor, "101")).to_contain_text("Minibar refilled")
    tap(button(card(supervisor, "101"), "Pass"))
    expect_in_column(supervisor, "101", "ready")

    # The next guest is booked, given the room and let in by the front desk's system.
    today = hotel.business_date().isoformat()
    arrival = {"room_type": "D", "guest_name": "Ben Okri", "check_in": today, "check_out": today}
    booking = done(desk.post("bookings/", data=arrival))["booking_id"]
    done(desk.post(f"bookings/{booking}/assign/", data={"room": "101"}))
    supervisor.reload()
    expect(card(supervisor, "101")).to_contain_text("Arrival")
    checked_in = done(desk.post(f"bookings/{booking}/check-in/"))
    assert (checked_in["status"], checked_in["room"]) == ("IN_HOUSE", "101")
    supervisor.reload()
    expect_in_column(supervisor, "101", "occupied")
    # A day use leaves today.
    page = open_page(crew[Role.FRONT_DESK], f"bookings/{booking}/")
    expect(page.get_by_text("Due out").first).to_be_visible()

    # The log has them all, each with the door that it came through.
    assert actions_on(room) == [
        "check_out",
        "start_cleaning",
        "mark_cleaned",
        "pass_inspection",
        "check_in",
    ]
    log = done(desk.get("events/"))["events"]
    by_door = [(event["action"], event["source"]) for event in log]
    assert by_door == [
        ("check_out", Source.API),
        ("start_cleaning", Source.PORTAL),
        ("mark_cleaned", Source.API),
        ("pass_inspection", Source.PORTAL),
        ("booking_created", Source.API),
        ("room_assigned", Source.API),
        ("check_in", Source.API),
    ]


def test_a_person_whose_page_is_old_is_told_what_a_program_did(
    open_page, program, allowed, hotel, crew
):
    allowed.append("409 .*/start-cleaning/")
    make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
    cleaner = open_page(crew[Role.HOUSEKEEPER], "board/")
    done(program(Role.MANAGER).post("rooms/101/start-cleaning/"))

    tap(button(card(cleaner, "101"), "Start cleaning"))

    expect(cleaner.get_by_text("Mia Kern")).not_to_have_count(0)
    assert seen_by(program(Role.MANAGER))["room_status"] == "CLEANING_IN_PROGRESS"


def test_a_program_that_saw_an_old_room_is_told_what_a_person_did(open_page, program, hotel, crew):
    make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
    api = program(Role.HOUSEKEEPER)
    version = seen_by(api)["version"]
    cleaner = open_page(crew[Role.HOUSEKEEPER], "board/")
    tap(button(card(cleaner, "101"), "Start cleaning"))
    expect_in_column(cleaner, "101", "cleaning")

    response = api.post("rooms/101/mark-cleaned/", data={"expected_version": version})

    assert (response.status, response.json()["error"]["code"]) == (409, "stale_version")
    assert response.json()["room"] == seen_by(api)


def test_what_a_person_did_their_own_program_can_undo(open_page, program, hotel, crew):
    make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
    cleaner = open_page(crew[Role.HOUSEKEEPER], "board/")
    tap(button(card(cleaner, "101"), "Start cleaning"))
    expect_in_column(cleaner, "101", "cleaning")

    done(program(Role.HOUSEKEEPER).post("rooms/101/undo/"))

    cleaner.reload()
    expect_in_column(cleaner, "101", "dirty")
