"""Closures by API: planned, listed and ended, with the bookings that they touch."""

import datetime as dt

import pytest

from rooms.choices import ClosureStatus, RoomStatus
from rooms.models import Closure, Room
from tests.factories import make_booking, make_closure, make_hotel, make_room
from tests.portal.api.calling import Program, done, refused

DAY = dt.timedelta(days=1)


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="101")


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


def test_a_planned_one_names_the_bookings_and_leaves_them_their_room(
    hotel, room, maintainer, today
):
    booking = make_booking(hotel=hotel, room=room, arrives=7, booking_id="B-1")
    make_booking(hotel=hotel, room=room, arrives=10, booking_id="B-2")
    start, until = (today + 7 * DAY).isoformat(), (today + 10 * DAY).isoformat()
    body = {"kind": "OUT_OF_ORDER", "from": start, "until": until, "reason": "painting"}

    made = done(Program(maintainer).post("rooms/101/closures/", body), 201)

    assert made == {
        "id": Closure.objects.get().pk,
        "kind": "OUT_OF_ORDER",
        "from": start,
        "until": until,
        "reason": "painting",
        "status": "PLANNED",
        "affected": ["B-1"],
    }
    booking.refresh_from_db()
    assert booking.room == room
    listed = done(Program(maintainer).get("rooms/101/closures/"))
    assert listed == {"closures": [made]}


def test_one_from_today_runs_at_once_and_ends_on_request(room, maintainer, today):
    program = Program(maintainer)
    body = {"kind": "OUT_OF_ORDER", "from": str(today), "reason": "wet", "needs_cleaning": True}

    made = done(program.post("rooms/101/closures/", body), 201)
    assert (made["status"], made["until"]) == ("RUNNING", None)
    ended = done(program.post(f"rooms/101/closures/{made['id']}/end/", {}))
    again = done(program.post(f"rooms/101/closures/{made['id']}/end/"))

    assert ended == again == {**made, "status": "ENDED"}
    room.refresh_from_db()
    assert room.room_status == RoomStatus.CHECKOUT_DIRTY
    assert done(program.get("rooms/101/closures/")) == {"closures": []}


def test_out_of_service_touches_no_booking(hotel, room, manager, today):
    make_booking(hotel=hotel, room=room)
    body = {"kind": "OUT_OF_SERVICE", "from": str(today), "reason": "blind"}

    assert done(Program(manager).post("rooms/101/closures/", body), 201)["affected"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"from": "2020-01-01"}, "from"),
        ({"until": "2099-01-01"}, "until"),
        ({"kind": "CLOSED"}, "kind"),
        ({"reason": ""}, "reason"),
        ({"reason": " "}, "reason"),
        ({"needs_cleaning": 1}, "needs_cleaning"),
        ({"start": "2099-01-01"}, "start"),
    ],
)
def test_what_is_wrong_is_said_by_field(room, manager, wrong, field):
    body = {"kind": "OUT_OF_ORDER", "from": "2099-01-01", "reason": "painting"}

    error = refused(Program(manager).post("rooms/101/closures/", body | wrong), 422, "invalid")

    assert set(error["fields"]) == {field}
    assert not Closure.objects.exists()


def test_two_that_meet_are_refused_beside_the_first_day(room, manager):
    closure = make_closure(room=room, reason="carpet")
    body = {"kind": "OUT_OF_ORDER", "from": str(closure.start), "reason": "painting"}

    error = refused(Program(manager).post("rooms/101/closures/", body), 422, "invalid")

    assert "carpet" in error["fields"]["from"][0]


def test_a_closure_of_another_room_is_not_found(hotel, room, manager):
    elsewhere = make_room(hotel=make_hotel(), number="101")
    for other in (make_room(hotel=hotel, number="102"), elsewhere):
        closure = make_closure(room=other)
        refused(Program(manager).post(f"rooms/101/closures/{closure.pk}/end/"), 404, "not_found")
        closure.refresh_from_db()
        assert closure.status == ClosureStatus.PLANNED
