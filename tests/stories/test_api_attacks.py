"""What an attack found once: odd bodies, late answers, erased names."""

import json

import pytest
from django.test import Client

from portal.models import IdempotentAnswer
from rooms.choices import Action, RoomStatus
from rooms.models import Room
from stays.choices import BookingStatus
from stays.departures import ERASED_NAME
from stays.models import Booking
from tests.acting import departures, perform
from tests.factories import make_booking, make_room
from tests.portal.api.calling import NIGHTS, Program, done, refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/nope/", "/api/docs", "/sign-in/"])
def test_a_plain_form_in_another_character_set_is_a_bad_request(path):
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "b" * 32
    kind = "application/x-www-form-urlencoded; charset=latin-1"

    assert client.generic("POST", path, b"a=%E9", kind).status_code in (400, 403, 404)


def test_a_form_with_a_session_is_malformed_and_no_fault(sign_in, manager, hotel):
    make_room(hotel=hotel, number="101", status=RoomStatus.CHECKOUT_DIRTY)
    sign_in(manager)
    client = Client(enforce_csrf_checks=True)
    client.cookies = sign_in(manager).cookies
    client.cookies["csrftoken"] = "b" * 32
    body = b'--x\r\nContent-Disposition: form-data; name="notes"\r\n\r\nana\r\n--x--\r\n'

    answer = client.generic(
        "POST",
        "/api/staff/hotels/grand/rooms/101/start-cleaning/",
        body,
        "multipart/form-data; boundary=x",
        headers={"X-CSRFToken": "b" * 32},
    )

    refused(answer, 400, "malformed")


def test_an_answer_of_404_is_kept_too(manager, hotel):
    program = Program(manager)
    refused(program.post("bookings/LATE-1/cancel/", key="k"), 404, "not_found")
    make_booking(hotel=hotel, booking_id="LATE-1")

    again = program.post("bookings/LATE-1/cancel/", key="k")

    refused(again, 404, "not_found")
    assert again["Idempotent-Replay"] == "true"
    assert Booking.objects.get().status == BookingStatus.CONFIRMED


def test_an_erased_name_is_in_no_answer_kept(manager, hotel):
    program = Program(manager)
    make_room(hotel=hotel, number="101")
    body = {
        "booking_id": "B-1",
        "room_type": "D",
        "guest_name": "Ada Lovelace",
        "check_in": hotel.business_date().isoformat(),
        "check_out": NIGHTS["check_out"].replace("2999", str(hotel.business_date().year + 1)),
    }
    first = done(program.post("bookings/", body, key="k"), 201)
    done(program.post("bookings/B-1/check-in/", {"room": "101"}, key="in"))
    assert done(program.post("bookings/", body, key="k"), 201) == first

    departures.bulk_check_out(hotel, ["101"], by=manager)

    again = done(program.post("bookings/", body, key="k"), 201)
    assert again == first | {"guest_name": ERASED_NAME}
    assert "Ada" not in json.dumps(list(IdempotentAnswer.objects.values_list("body", flat=True)))


def test_nothing_can_be_undone_on_a_room_that_is_not_in_use(manager, hotel):
    room = make_room(hotel=hotel, number="101", status=RoomStatus.CHECKOUT_DIRTY)
    perform(Action.START_CLEANING, room, by=manager)
    Room.objects.update(is_active=False)
    program = Program(manager)

    assert done(program.get("rooms/101/"))["actions"] == []
    refused(program.post("rooms/101/undo/"), 409, "illegal_transition")


@pytest.mark.parametrize("day", ["1795392000", "2999-7-001", "29990701", "2999-07-1 "])
def test_a_date_is_written_as_a_date(manager, hotel, day):
    program = Program(manager)

    error = refused(program.get("bookings/", arriving=day), 422, "invalid")

    assert error["fields"] == {"arriving": ["Give a date as YYYY-MM-DD."]}


@pytest.mark.parametrize(
    ("notes", "words"),
    [("", "This field must not be empty."), ("x" * 2001, "Keep it to 2000 characters.")],
)
def test_words_that_are_too_few_or_too_many_are_told_for_people(manager, hotel, notes, words):
    make_room(hotel=hotel, number="101")
    body = {"room_status": "CHECKOUT_DIRTY", "notes": notes}

    error = refused(Program(manager).post("rooms/101/override/", body), 422, "invalid")

    assert error["fields"] == {"notes": [words]}
