"""The hotel as a whole: checkout of many, checkout needed, availability, the log."""

import datetime as dt

import pytest
from django.utils import timezone

from portal.api.serializers import serialize_type
from rooms.choices import ClosureKind, LogAction, RoomStatus, Source
from rooms.models import Closure, Room
from stays.availability import Night, TypeAvailability
from stays.choices import BookingStatus
from stays.models import Guest
from stays.tape_chart import Fit
from tests.acting import departures, log
from tests.factories import make_booking, make_room, make_room_type
from tests.portal.api.calling import EVENT, NIGHTS, YEAR, Program, done, everything, refused
from tests.stays.belongings import LEFT_BEHIND, everything_about, make_stay

S = RoomStatus
B = BookingStatus
CHECKOUT = "/api/hotels/grand/rooms/checkout/"
NEEDED = "/api/hotels/grand/rooms/checkout-needed/"
AVAILABILITY = "/api/hotels/grand/availability/"


@pytest.fixture
def program(clerk) -> Program:
    return Program(clerk)


class TestBulkCheckout:
    @pytest.fixture
    def stays(self, hotel):
        rooms = [
            make_room(hotel=hotel, number=n, status=S.OCCUPIED, guest_pin="old", push_token="token")
            for n in ("201", "202")
        ]
        return [make_stay(hotel=hotel, room=room, booking_id=f"B-{room}") for room in rooms]

    def test_tells_what_it_did_and_what_it_left(self, hotel, stays, program):
        make_room(hotel=hotel, number="301", status=S.CHECKOUT_DIRTY)

        answer = done(program.post(CHECKOUT, {"room_numbers": ["202", "301", "201", "999", "202"]}))

        assert answer["checked_out"] == [
            {
                "room": number,
                "booking_id": f"B-{number}",
                "guests_deleted": 2,
                "orders_cleared": 2,
                "conversations_deleted": 1,
            }
            for number in ("202", "201")
        ]
        assert [set(row) for row in answer["skipped"]] == [{"room", "reason"}] * 2
        assert [row["room"] for row in answer["skipped"]] == ["301", "999"]
        assert set(answer) == {"checked_out", "skipped"}

    def test_completes_the_stay_and_erases_what_it_left(self, stays, program):
        done(program.post(CHECKOUT, {"room_numbers": ["201"]}))

        stay, other = stays
        stay.refresh_from_db()
        assert stay.status == B.COMPLETED
        assert not Guest.objects.filter(booking=stay).exists()
        assert not any(model.objects.filter(booking=stay).exists() for model in LEFT_BEHIND)
        assert all(model.objects.filter(booking=other).exists() for model in LEFT_BEHIND)

    def test_readies_the_room_for_the_next_guest(self, stays, program):
        done(program.post(CHECKOUT, {"room_numbers": ["201"]}))

        room = Room.objects.get(number="201")
        assert (room.room_status, room.push_token) == (S.CHECKOUT_DIRTY, "")
        assert room.guest_pin != "old"

    @pytest.mark.parametrize("status", [B.CONFIRMED, B.CANCELLED, B.COMPLETED])
    def test_touches_no_other_stay_of_the_room(self, hotel, stays, program, status):
        arrives = -3 if status == B.COMPLETED else 5
        other = make_stay(hotel=hotel, room=stays[0].room, status=status, arrives=arrives)
        before = everything_about(other)

        done(program.post(CHECKOUT, {"room_numbers": ["201"]}))

        assert everything_about(other) == before

    def test_is_done_for_a_room_that_is_occupied_without_a_stay(self, hotel, program):
        make_room(hotel=hotel, number="201", status=S.OCCUPIED)

        (row,) = done(program.post(CHECKOUT, {"room_numbers": ["201"]}))["checked_out"]

        assert (row["booking_id"], row["guests_deleted"]) == (None, 0)

    def test_a_second_time_skips_what_is_done(self, stays, program):
        done(program.post(CHECKOUT, {"room_numbers": ["201"]}))
        before = everything()

        answer = done(program.post(CHECKOUT, {"room_numbers": ["201"]}))

        assert (answer["checked_out"], len(answer["skipped"])) == ([], 1)
        assert everything() == before

    def test_is_all_or_nothing_on_a_fault(self, stays, program, monkeypatch):
        program.client.raise_request_exception = False
        before = everything()
        count = departures.what_bulk_erases

        def fail_at_the_second(stay):
            if stay.room.number == "202":
                raise RuntimeError("the disk is full")
            return count(stay)

        monkeypatch.setattr("stays.departures.what_bulk_erases", fail_at_the_second)
        refused(program.post(CHECKOUT, {"room_numbers": ["201", "202"]}), 500, "internal_error")

        assert everything() == before

    @pytest.mark.parametrize(
        "numbers", [[], None, "201", [201], [None], ["\0"], ["1" * 11], ["1"] * 1001, {"201": 1}]
    )
    def test_refuses_what_is_no_list_of_rooms(self, stays, program, numbers):
        error = refused(program.post(CHECKOUT, {"room_numbers": numbers}), 422, "invalid")

        assert list(error["fields"]) == ["room_numbers"]


class TestCheckoutNeeded:
    @pytest.fixture(autouse=True)
    def afternoon(self, hotel, monkeypatch):
        """It is 14:00 in Lisbon; guests leave by 11:00, with half an hour's grace."""
        now = hotel.moment(hotel.business_date(), dt.time(14))
        monkeypatch.setattr(timezone, "now", lambda: now)

    def test_lists_stays_past_their_checkout_the_longest_first(self, hotel, program):
        for number, left in (("201", 0), ("202", -1), ("203", 1)):
            room = make_room(hotel=hotel, number=number, status=S.OCCUPIED)
            make_booking(
                hotel=hotel,
                room=room,
                status=B.IN_HOUSE,
                booking_id=f"B-{number}",
                guest_name="Ada",
                arrives=left - 2,
                nights=2,
            )

        answer = done(program.get(NEEDED))

        today = hotel.business_date()
        assert answer == {
            "rooms": [
                {
                    "room": number,
                    "booking_id": f"B-{number}",
                    "guest_name": "Ada",
                    "check_out": (today - dt.timedelta(days=days)).isoformat(),
                    "minutes_overdue": 150 + days * 24 * 60,
                }
                for number, days in (("202", 1), ("201", 0))
            ]
        }

    def test_is_empty_where_everybody_left(self, program):
        assert done(program.get(NEEDED)) == {"rooms": []}


class TestAvailability:
    def test_has_the_fields_of_the_contract(self, hotel, program):
        for status in (S.AVAILABLE, S.AVAILABLE, S.OUT_OF_ORDER):
            make_room(hotel=hotel, status=status)
        make_booking(hotel=hotel, check_in=dt.date(YEAR, 7, 2), check_out=dt.date(YEAR, 7, 9))
        make_room_type(hotel=hotel, code="S")

        double, suite = done(program.get(AVAILABILITY, **NIGHTS))["room_types"]

        night = {"rooms": 3, "out_of_order": 1, "not_ready": 0}
        assert double == {
            "code": "D",
            "sellable": 1,
            "without_move": 1,
            "ready_now": 2,
            "nights": [
                {"date": f"{YEAR}-07-01", **night, "held": 0, "sellable": 2},
                {"date": f"{YEAR}-07-02", **night, "held": 1, "sellable": 1},
            ],
        }
        assert (suite["code"], suite["sellable"]) == ("S", 0)

    def test_tells_how_many_stays_could_keep_one_room(self, hotel, program):
        for start, until in ((1, 2), (2, 3)):
            Closure.objects.create(
                room=make_room(hotel=hotel),
                kind=ClosureKind.OUT_OF_ORDER,
                start=dt.date(YEAR, 7, start),
                until=dt.date(YEAR, 7, until),
                reason="paint",
            )

        (one_night,) = done(program.get(AVAILABILITY, **NIGHTS | {"check_out": f"{YEAR}-07-02"}))[
            "room_types"
        ]
        (both,) = done(program.get(AVAILABILITY, **NIGHTS))["room_types"]

        assert one_night["without_move"] == 1
        assert both["without_move"] == 0

    def test_says_where_that_is_not_exact(self, hotel):
        found = TypeAvailability(make_room_type(hotel=hotel), [Night(dt.date(2999, 7, 1), 1)])

        exact, hasty = (serialize_type(found, Fit(1, exact=exact)) for exact in (True, False))

        assert "without_move_exact" not in exact
        assert hasty == {**exact, "without_move_exact": False}

    def test_is_of_one_type_where_asked(self, hotel, program):
        make_room(hotel=hotel)
        make_room_type(hotel=hotel, code="S")

        found = done(program.get(AVAILABILITY, **NIGHTS, room_type="S"))["room_types"]

        assert [kind["code"] for kind in found] == ["S"]

    def test_agrees_with_what_can_be_booked(self, hotel, program):
        make_room(hotel=hotel)
        today = hotel.business_date()
        nights = {"check_in": f"{today}", "check_out": f"{today + dt.timedelta(days=3)}"}
        body = {"room_type": "D", "guest_name": "Ada", **nights}
        (before,) = done(program.get(AVAILABILITY, **nights))["room_types"]
        done(program.post("bookings/", body), 201)

        (after,) = done(program.get(AVAILABILITY, **nights))["room_types"]

        assert (before["sellable"], after["sellable"]) == (1, 0)
        refused(program.post("bookings/", body), 409, "no_availability")

    def test_is_told_for_400_nights_at_most(self, hotel, program):
        make_room(hotel=hotel)
        first = dt.date(2999, 1, 1)
        for nights, status in ((400, 200), (401, 422)):
            last = first + dt.timedelta(days=nights)
            response = program.get(AVAILABILITY, check_in=first, check_out=last)
            assert response.status_code == status
        assert list(refused(response, 422, "invalid")["fields"]) == ["check_out"]

    @pytest.mark.parametrize("days", [("0001-01-01", "0001-01-01"), ("9999-12-31", "9999-12-31")])
    def test_is_told_to_the_ends_of_the_calendar(self, hotel, program, days):
        make_room(hotel=hotel)

        (kind,) = done(program.get(AVAILABILITY, check_in=days[0], check_out=days[1]))["room_types"]

        assert [night["date"] for night in kind["nights"]] == [days[0]]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"check_out": f"{YEAR}-06-30"}, "check_out"),
            ({"check_in": f"1.7.{YEAR}"}, "check_in"),
            ({"check_in": "20635"}, "check_in"),
            ({"check_in": f"{YEAR}-07-01T00:00:00"}, "check_in"),
            ({"room_type": "X"}, "room_type"),
            ({"room_type": "\0"}, "room_type"),
            ({"type": "D"}, "type"),
        ],
    )
    def test_names_what_it_does_not_understand(self, hotel, program, change, field):
        make_room(hotel=hotel)

        error = refused(program.get(AVAILABILITY, **(NIGHTS | change)), 422, "invalid")

        assert list(error["fields"]) == [field]

    def test_needs_its_dates(self, program):
        error = refused(program.get(AVAILABILITY), 422, "invalid")

        assert set(error["fields"]) == {"check_in", "check_out"}


class TestTheLog:
    @pytest.fixture
    def events(self, hotel, manager):
        """Nine changes of room 101, seq 1 to 9."""
        make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
        program = Program(manager)
        for n in range(9):
            path = "start" if n % 2 == 0 else "stop"
            done(program.post(f"rooms/101/{path}-cleaning/"))

    def seqs(self, answer) -> list[int]:
        return [event["seq"] for event in answer["events"]]

    def test_has_every_event_oldest_first(self, events, program, manager):
        answer = done(program.get("events/"))

        assert set(answer) == {"events", "next", "last_seq"}
        assert all(set(event) == EVENT for event in answer["events"])
        assert self.seqs(answer) == list(range(1, 10))
        assert (answer["next"], answer["last_seq"]) == (None, 9)
        first = answer["events"][0]
        assert (first["room"], first["action"], first["source"]) == ("101", "start_cleaning", "API")
        assert first["actor"] == {"id": manager.pk, "name": manager.name}

    @pytest.mark.parametrize("after", [0, 4, 9, 2**63 - 1])
    def test_begins_after_what_the_caller_has(self, events, program, after):
        answer = done(program.get("events/", after=after))

        assert self.seqs(answer) == list(range(after + 1, 10))
        assert answer["last_seq"] == 9

    def test_is_read_by_after_or_by_cursor(self, events, program):
        first = done(program.get("events/", after=2, limit=3))
        by_cursor = done(program.get("events/", after=2, limit=3, cursor=first["next"]))
        by_after = done(program.get("events/", after=self.seqs(first)[-1], limit=3))

        assert self.seqs(first) == [3, 4, 5]
        assert self.seqs(by_cursor) == self.seqs(by_after) == [6, 7, 8]

    def test_is_empty_in_a_new_hotel(self, program):
        assert done(program.get("events/")) == {"events": [], "next": None, "last_seq": 0}

    def test_has_bookings_too_and_programs_without_a_name(self, hotel, program):
        booking = make_booking(hotel=hotel)
        log.append(hotel, LogAction.BOOKING_CREATED, by=None, source=Source.IMPORT, booking=booking)

        (event,) = done(program.get("events/"))["events"]

        assert (event["room"], event["actor"], event["source"]) == (None, None, "IMPORT")
        assert (event["from_status"], event["to_status"]) == (None, None)

    def test_tells_what_a_set_up_change_says_to_managers_alone(self, hotel, clerk, manager):
        log.append(
            hotel, LogAction.SETUP_CHANGED, by=manager, source=Source.ADMIN, notes="Ada: new role"
        )

        for who, said in ((clerk, ""), (manager, "Ada: new role")):
            (event,) = done(Program(who).get("events/"))["events"]
            assert event["notes"] == said

    @pytest.mark.parametrize("query", [{"after": -1}, {"after": "x"}, {"after": 2**63}, {"seq": 1}])
    def test_refuses_what_it_does_not_understand(self, events, program, query):
        error = refused(program.get("events/", **query), 422, "invalid")

        assert list(error["fields"]) == list(query)
