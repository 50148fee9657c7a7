"""A booking's life, as a front desk system lives it."""

import datetime as dt

import pytest
from django.utils import timezone

from hotel.models import Hotel
from rooms.choices import RoomStatus, Source
from rooms.models import Room, RoomEvent, RoomType
from stays.choices import BookingStatus
from stays.models import Booking
from tests.factories import make_booking, make_room
from tests.portal.api.calling import (
    BOOKING,
    NIGHTS,
    YEAR,
    Program,
    all_pages,
    done,
    everything,
    refused,
)
from tests.stays.belongings import LEFT_BEHIND, everything_about, make_stay

S = RoomStatus
B = BookingStatus
NEW = {"room_type": "D", "guest_name": "Maria Lind", **NIGHTS}


@pytest.fixture
def program(clerk) -> Program:
    return Program(clerk)


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="101")


@pytest.fixture
def arrival(hotel, room) -> Booking:
    """A stay that arrives today, with room 101 kept for it."""
    return make_booking(hotel=hotel, room=room, booking_id="B-1", guests=2)


@pytest.fixture
def stay(hotel) -> Booking:
    """A stay in house in room 201."""
    occupied = make_room(hotel=hotel, number="201", status=S.OCCUPIED)
    return make_stay(hotel=hotel, room=occupied, booking_id="B-2")


def today(hotel: Hotel, days: int = 0) -> str:
    return (hotel.business_date() + dt.timedelta(days=days)).isoformat()


class TestANewBooking:
    def test_answers_with_the_fields_of_the_contract(self, room, program):
        booking = done(program.post("bookings/", {**NEW, "booking_id": "PMS-8821"}), 201)

        assert booking == {
            "booking_id": "PMS-8821",
            "status": "CONFIRMED",
            "room_type": "D",
            "room": None,
            "check_in": f"{YEAR}-07-01",
            "check_out": f"{YEAR}-07-03",
            "checked_in_at": None,
            "checked_out_at": None,
            "guest_name": "Maria Lind",
            "adults": 1,
            "children": 0,
        }
        assert booking == done(program.get("bookings/PMS-8821/"))

    def test_is_in_the_log_as_the_apis(self, room, program, clerk):
        done(program.post("bookings/", NEW), 201)

        event = RoomEvent.objects.get()
        assert (event.source, event.actor) == (Source.API, clerk)

    def test_is_given_an_id_where_the_caller_has_none(self, room, program):
        for body in (NEW, {**NEW, "booking_id": None, "check_in": f"{YEAR}-06-30"}):
            make_room(hotel=room.hotel)
            assert done(program.post("bookings/", body), 201)["booking_id"].startswith("B-")

    def test_may_be_for_a_day_only(self, room, program):
        done(program.post("bookings/", {**NEW, "check_out": NEW["check_in"]}), 201)

    def test_is_refused_on_a_night_that_is_sold_out(self, room, program):
        done(program.post("bookings/", NEW), 201)

        error = refused(program.post("bookings/", NEW), 409, "no_availability")

        assert f"1 July {YEAR}" in error["message"]
        assert Booking.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"room_type": "X"}, "room_type"),
            ({"room_type": None}, "room_type"),
            ({"room_type": "\0"}, "room_type"),
            ({"check_in": f"{YEAR}-7-1"}, "check_in"),
            ({"check_in": f"{YEAR}-02-30"}, "check_in"),
            ({"check_in": 20635}, "check_in"),
            ({"check_in": "2020-01-01", "check_out": "2020-01-01"}, "check_in"),
            ({"check_out": f"{YEAR}-06-30"}, "check_out"),
            ({"check_out": "3000-08-06"}, "check_out"),
            ({"guest_name": ""}, "guest_name"),
            ({"guest_name": "  "}, "guest_name"),
            ({"guest_name": "n" * 201}, "guest_name"),
            ({"guest_name": "a\0"}, "guest_name"),
            ({"adults": "2"}, "adults"),
            ({"adults": 0}, "adults"),
            ({"adults": -1}, "adults"),
            ({"adults": 100}, "adults"),
            ({"adults": True}, "adults"),
            ({"adults": 1.5}, "adults"),
            ({"children": None}, "children"),
            ({"booking_id": ""}, "booking_id"),
            ({"booking_id": "a/b"}, "booking_id"),
            ({"booking_id": "ü"}, "booking_id"),
            ({"booking_id": "B-1\n"}, "booking_id"),
            ({"booking_id": ".."}, "booking_id"),
            ({"booking_id": "b" * 41}, "booking_id"),
            ({"status": "IN_HOUSE"}, "status"),
        ],
    )
    def test_names_the_field_that_cannot_be_used(self, room, program, change, field):
        error = refused(program.post("bookings/", NEW | change), 422, "invalid")

        assert list(error["fields"]) == [field]
        assert not Booking.objects.exists()

    @pytest.mark.parametrize(
        ("change", "field", "message"),
        [
            ({"adults": 3}, "adults", "Type D takes 2 adults at most."),
            (
                {"adults": 1, "children": 3},
                "children",
                "Type D takes 3 people at most, children included.",
            ),
            ({"check_in": "2999-03-01", "check_out": "2999-03-04"}, "check_in", "Arrivals can be"),
        ],
    )
    def test_keeps_to_the_limits_of_the_hotel_and_the_type(
        self, room, program, change, field, message
    ):
        RoomType.objects.update(max_adults=2, max_persons=3)

        error = refused(program.post("bookings/", NEW | change), 422, "invalid")

        assert list(error["fields"]) == [field]
        assert error["fields"][field][0].startswith(message)
        assert not Booking.objects.exists()

    @pytest.mark.parametrize("field", sorted(NEW))
    def test_needs_its_fields(self, room, program, field):
        body = {name: value for name, value in NEW.items() if name != field}

        error = refused(program.post("bookings/", body), 422, "invalid")

        assert error["fields"] == {field: ["This field is required."]}

    def test_does_not_take_an_id_that_exists(self, arrival, program):
        make_room(hotel=arrival.hotel)

        error = refused(program.post("bookings/", {**NEW, "booking_id": "B-1"}), 422, "invalid")

        assert list(error["fields"]) == ["booking_id"]


class TestTheList:
    @pytest.fixture
    def book(self, hotel, arrival, stay) -> None:
        """B-1 arrives today, B-2 is in house and leaves tomorrow; and these."""
        make_booking(hotel=hotel, booking_id="B-3", arrives=2, nights=3)
        make_booking(hotel=hotel, booking_id="B-4", status=B.CANCELLED)
        make_booking(hotel=hotel, booking_id="B-5", status=B.NO_SHOW, arrives=-1)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, ["B-5", "B-1", "B-2", "B-4", "B-3"]),
            ({"status": "CONFIRMED"}, ["B-1", "B-3"]),
            ({"status": "IN_HOUSE"}, ["B-2"]),
            ({"arriving": 0}, ["B-1", "B-2", "B-4"]),
            ({"arriving": 0, "status": "CONFIRMED"}, ["B-1"]),
            ({"departing": 5}, ["B-3"]),
            ({"departing": 4}, []),
            ({"in_house": "true"}, ["B-2"]),
            ({"in_house": "false"}, ["B-5", "B-1", "B-4", "B-3"]),
        ],
    )
    def test_is_by_arrival_and_filtered(self, hotel, book, program, query, found):
        days = {name: today(hotel, n) if isinstance(n, int) else n for name, n in query.items()}

        answer = done(program.get("bookings/", **days))

        assert set(answer) == {"bookings", "next"}
        assert all(set(booking) == BOOKING for booking in answer["bookings"])
        assert [booking["booking_id"] for booking in answer["bookings"]] == found

    def test_holds_every_booking_once_page_by_page(self, book, program):
        found = all_pages(program, "bookings/", "bookings", limit=2)

        assert [booking["booking_id"] for booking in found] == ["B-5", "B-1", "B-2", "B-4", "B-3"]

    def test_neither_repeats_nor_skips_when_bookings_are_made_between_pages(
        self, hotel, book, program
    ):
        first = done(program.get("bookings/", limit=2))
        for n in range(4):
            make_booking(hotel=hotel, booking_id=f"B-1{n}", arrives=n - 1)

        rest = all_pages(program, "bookings/", "bookings", limit=2, cursor=first["next"])

        found = [booking["booking_id"] for booking in first["bookings"] + rest]
        assert len(set(found)) == len(found)
        assert {"B-1", "B-2", "B-3", "B-4", "B-5"} <= set(found)

    @pytest.mark.parametrize(
        "query",
        [{"status": "GONE"}, {"arriving": "today"}, {"in_house": "perhaps"}, {"room": "101"}],
    )
    def test_refuses_a_question_that_it_does_not_understand(self, book, program, query):
        error = refused(program.get("bookings/", **query), 422, "invalid")

        assert list(error["fields"]) == list(query)


class TestAssign:
    def test_keeps_the_room(self, hotel, arrival, program):
        make_room(hotel=hotel, number="102", status=S.CHECKOUT_DIRTY)

        booking = done(program.post("bookings/B-1/assign/", {"room": "102"}))

        assert (booking["room"], booking["status"]) == ("102", "CONFIRMED")

    def test_the_same_room_again_changes_nothing(self, arrival, program):
        before = everything()

        done(program.post("bookings/B-1/assign/", {"room": "101"}))

        assert everything() == before

    def test_a_room_that_another_stay_has_is_taken(self, hotel, arrival, program):
        make_booking(hotel=hotel, booking_id="B-9", nights=3)

        refused(program.post("bookings/B-9/assign/", {"room": "101"}), 409, "room_taken")

    def test_a_room_out_of_order_is_not_bookable(self, hotel, arrival, program):
        make_room(hotel=hotel, number="102", status=S.OUT_OF_ORDER)

        refused(program.post("bookings/B-1/assign/", {"room": "102"}), 409, "not_bookable")

    def test_a_stay_in_house_is_not_moved(self, room, stay, program):
        refused(program.post("bookings/B-2/assign/", {"room": "101"}), 409, "illegal_transition")

    def test_a_stale_version_is_refused_with_the_room(self, arrival, program):
        body = {"room": "101", "expected_version": 5}

        response = program.post("bookings/B-1/assign/", body)

        refused(response, 409, "stale_version")
        assert response.json()["room"]["number"] == "101"

    @pytest.mark.parametrize("number", ["999", "", "\0", None, 101, "1" * 11])
    def test_a_room_that_is_none_is_named(self, arrival, program, number):
        response = program.post("bookings/B-1/assign/", {"room": number})

        assert list(refused(response, 422, "invalid")["fields"]) == ["room"]


class TestCheckIn:
    def test_lets_the_guests_into_the_assigned_room(self, arrival, room, program):
        booking = done(program.post("bookings/B-1/check-in/"))

        assert (booking["status"], booking["room"]) == ("IN_HOUSE", "101")
        arrival.refresh_from_db()
        assert dt.datetime.fromisoformat(booking["checked_in_at"]) == arrival.checked_in_at
        assert set(room.guests.values_list("booking__booking_id", flat=True)) == {"B-1"}
        assert done(program.get("rooms/101/"))["room_status"] == S.OCCUPIED

    def test_or_into_the_room_that_is_named(self, hotel, arrival, program):
        make_room(hotel=hotel, number="102", status=S.READY_FOR_GUEST)

        assert done(program.post("bookings/B-1/check-in/", {"room": "102"}))["room"] == "102"

    def test_without_any_room_asks_for_one(self, hotel, room, program):
        make_booking(hotel=hotel, booking_id="B-9")

        error = refused(program.post("bookings/B-9/check-in/", {}), 422, "invalid")

        assert list(error["fields"]) == ["room"]

    @pytest.mark.parametrize(
        "status", [status for status in S if status not in (S.AVAILABLE, S.READY_FOR_GUEST)]
    )
    def test_is_refused_while_the_room_is_not_ready(self, hotel, program, status):
        room = make_room(hotel=hotel, number="101", status=status)
        make_booking(hotel=hotel, room=room, booking_id="B-1")

        refused(program.post("bookings/B-1/check-in/"), 409, "not_bookable")

    def test_is_refused_before_its_day(self, hotel, room, program):
        make_booking(hotel=hotel, room=room, booking_id="B-1", arrives=1)

        refused(program.post("bookings/B-1/check-in/"), 409, "illegal_transition")

    def test_is_refused_a_second_time(self, arrival, program):
        done(program.post("bookings/B-1/check-in/"))

        refused(program.post("bookings/B-1/check-in/"), 409, "illegal_transition")

    def test_a_stale_version_is_refused_with_the_room(self, arrival, program):
        response = program.post("bookings/B-1/check-in/", {"expected_version": 5})

        refused(response, 409, "stale_version")
        assert response.json()["room"] == done(program.get("rooms/101/"))


class TestCheckOut:
    def test_ends_the_stay_and_leaves_the_room_dirty(self, stay, program):
        before = timezone.now()

        booking = done(program.post("bookings/B-2/checkout/"))

        assert (booking["status"], booking["room"]) == ("COMPLETED", "201")
        assert before <= dt.datetime.fromisoformat(booking["checked_out_at"]) <= timezone.now()
        assert done(program.get("rooms/201/"))["room_status"] == S.CHECKOUT_DIRTY
        assert not stay.guests.filter(room__isnull=False).exists()

    def test_closes_what_the_stay_left_open_and_of_no_other_stay(self, hotel, stay, program):
        other = make_stay(hotel=hotel, room=stay.room, status=B.CONFIRMED, arrives=1)
        before = everything_about(other)

        done(program.post("bookings/B-2/checkout/"))

        for model in LEFT_BEHIND:
            assert model.objects.get(booking=stay).closed_at is not None
        assert everything_about(other) == before

    def test_twice_answers_the_same_and_changes_nothing(self, stay, program):
        first = done(program.post("bookings/B-2/checkout/"))
        before = everything()

        assert done(program.post("bookings/B-2/checkout/", {"expected_version": 1})) == first
        assert everything() == before

    @pytest.mark.parametrize("status", [B.CONFIRMED, B.CANCELLED, B.NO_SHOW])
    def test_is_refused_for_a_stay_that_is_not_in_house(self, hotel, program, status):
        make_booking(hotel=hotel, booking_id="B-1", status=status)

        refused(program.post("bookings/B-1/checkout/"), 409, "not_checked_in")


@pytest.mark.parametrize(("path", "status"), [("cancel", B.CANCELLED), ("no-show", B.NO_SHOW)])
class TestAStayThatDoesNotBegin:
    def test_frees_its_room(self, arrival, room, program, path, status):
        booking = done(program.post(f"bookings/B-1/{path}/"))

        assert (booking["status"], booking["room"]) == (status, None)
        assert not room.bookings.exists()

    def test_twice_changes_nothing(self, arrival, program, path, status):
        first = done(program.post(f"bookings/B-1/{path}/"))
        before = everything()

        assert done(program.post(f"bookings/B-1/{path}/", {})) == first
        assert everything() == before

    def test_once_begun_is_refused(self, stay, program, path, status):
        refused(program.post(f"bookings/B-2/{path}/"), 409, "illegal_transition")


def test_before_its_day_nobody_is_a_no_show(hotel, program):
    make_booking(hotel=hotel, booking_id="B-1", arrives=1)

    refused(program.post("bookings/B-1/no-show/"), 409, "illegal_transition")


def test_a_room_with_a_small_fault_is_given_to_a_program_that_accepts_the_fault(
    hotel, arrival, room, program
):
    Room.objects.update(
        room_status=S.MAINTENANCE_REQUIRED,
        return_status=S.READY_FOR_GUEST,
        maintenance_required=True,
        maintenance_priority="LOW",
        maintenance_notes="the bulb is blown",
    )

    error = refused(program.post("bookings/B-1/check-in/"), 409, "not_bookable")
    assert "the bulb is blown" in error["message"]
    refused(program.post("bookings/B-1/check-in/", {"accept_fault": "yes"}), 422, "invalid")
    booking = done(program.post("bookings/B-1/check-in/", {"accept_fault": True}))

    assert (booking["status"], booking["room"]) == ("IN_HOUSE", "101")
    assert Room.objects.get(pk=room.pk).maintenance_priority == "LOW"
