"""The forms that close a room ask, once and again, what becomes of the stays it is promised to."""

import datetime as dt

import pytest

from portal.closures.forms import PlanForm
from rooms.choices import Action, ClosureKind, RoomStatus
from rooms.models import Closure, Room
from stays.closures import Agreed
from tests.factories import make_booking, make_room, make_room_type
from tests.portal.reading import action_address, htmx, read

DAY = dt.timedelta(days=1)
ASKED = "Room 204 is promised to"


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="204")


def sent(room: Room, **more) -> dict:
    """Return what is sent to close the room from day 7 to day 10."""
    start = room.hotel.business_date() + 7 * DAY
    until = start + 3 * DAY
    given = {"kind": "OUT_OF_ORDER", "start": start, "until": until, "reason": "painting"}
    return {name: str(value) for name, value in {**given, **more}.items()}


class Data(dict):
    """What a browser sends, as far as a form asks for it."""

    def copy(self) -> "Data":
        return Data(self)


def plan_form(room: Room, staff, **more) -> PlanForm:
    return PlanForm(Data(sent(room, **more)), room=room, staff=staff)


def test_a_room_that_nobody_is_promised_is_closed_without_a_question(room, manager):
    form = plan_form(room, manager)

    assert form.is_valid(), form.errors
    assert form.answer == Agreed()


def test_out_of_service_asks_nothing(hotel, room, manager):
    make_booking(hotel=hotel, room=room, arrives=8)

    assert plan_form(room, manager, kind=ClosureKind.OUT_OF_SERVICE).is_valid()


def test_the_desks_roles_choose_a_room_for_each(hotel, room, manager):
    same = make_room(hotel=hotel, number="205")
    suite = make_room(hotel=hotel, number="101", room_type=make_room_type(hotel=hotel, code="S"))
    make_booking(hotel=hotel, room=room, arrives=7, booking_id="B-1", guest_name="Ada")
    make_booking(hotel=hotel, room=room, arrives=8, booking_id="B-2", guest_name="Bo")

    form = plan_form(room, manager)

    assert not form.is_valid()
    assert form.non_field_errors() == [
        "Room 204 is promised to 2 stays on these days. Say where each goes, then send again."
    ]
    assert form["agreed"].value() == "B-1 B-2"
    first = form["room_for_B-1"]
    assert [value for value, _ in first.field.choices] == ["", "205", "101"]
    assert first.label.startswith("Ada, ")
    # Neither stay overlaps the other, so one room will do for both.
    assert (first.value(), form["room_for_B-2"].value()) == ("205", "205")
    assert next(iter(form.fields)) == "room_for_B-1", "what is asked now stands first"

    answers = {"agreed": "B-1 B-2", "room_for_B-1": suite.number, "room_for_B-2": ""}
    form = plan_form(room, manager, **answers)
    assert form.is_valid(), form.errors
    assert form.answer.rooms == {"B-1": suite, "B-2": None}
    assert same.number == "205"


def test_two_stays_at_once_are_not_both_suggested_one_room(hotel, room, manager):
    make_room(hotel=hotel, number="205")
    make_booking(hotel=hotel, room=room, arrives=7, nights=3, booking_id="B-1")
    make_booking(hotel=hotel, room=room, arrives=8, nights=3, booking_id="B-2")

    form = plan_form(room, manager)
    form.is_valid()

    assert [form[f"room_for_B-{n}"].value() for n in (1, 2)] == ["205", ""]


def test_a_stay_promised_meanwhile_brings_the_question_again_and_keeps_the_answers(
    hotel, room, manager
):
    make_room(hotel=hotel, number="205")
    make_room(hotel=hotel, number="206")
    make_booking(hotel=hotel, room=room, arrives=7, booking_id="B-1")
    make_booking(hotel=hotel, room=room, arrives=7, nights=1, booking_id="B-2")

    form = plan_form(room, manager, agreed="B-1", **{"room_for_B-1": "206"})

    assert not form.is_valid()
    assert ASKED in form.non_field_errors()[0]
    assert form["room_for_B-1"].value() == "206"
    assert form["room_for_B-2"].value() == "205"


def test_a_room_that_was_taken_meanwhile_is_chosen_again(hotel, room, manager):
    other = make_room(hotel=hotel, number="205")
    make_booking(hotel=hotel, room=room, arrives=7, booking_id="B-1")
    make_booking(hotel=hotel, room=other, arrives=7)

    form = plan_form(room, manager, agreed="B-1", **{"room_for_B-1": "205"})

    assert not form.is_valid()
    assert form.non_field_errors() == ["Room 205 was taken meanwhile: choose again."]


def test_maintenance_sees_no_names_and_closes_with_the_stays_in_the_room(hotel, room, maintainer):
    make_booking(hotel=hotel, room=room, arrives=7, booking_id="B-1", guest_name="Ada")

    form = plan_form(room, maintainer)

    assert not form.is_valid()
    assert "B-1" in form.non_field_errors()[0]
    assert "Ada" not in str(form)
    form = plan_form(room, maintainer, agreed="B-1")
    assert form.is_valid()
    assert form.answer == Agreed(seen=frozenset({"B-1"}))


@pytest.mark.parametrize(
    ("action", "given"),
    [
        (Action.TAKE_OUT_OF_ORDER, {}),
        (Action.OVERRIDE, {"room_status": RoomStatus.OUT_OF_ORDER}),
    ],
)
def test_taking_a_room_out_of_order_now_asks_the_same(hotel, room, sign_in, manager, action, given):
    booking = make_booking(hotel=hotel, room=room, arrives=2, booking_id="B-1")
    given = {"notes": "flooded", "expected_version": 1, **given}
    client = sign_in(manager)

    asked = client.post(action_address(room, action), given, headers=htmx("card-204"))

    assert asked.status_code == 422
    form = read(asked).one("form", "act")
    assert ASKED in form.text
    assert form.one("textarea").value.strip() == "flooded"
    assert form.one("input", name="agreed")["value"] == "B-1"
    given |= {"agreed": "B-1", "room_for_B-1": ""}
    done = client.post(action_address(room, action), given, headers=htmx("card-204"))

    assert done.status_code == 200
    booking.refresh_from_db()
    assert booking.room is None
    assert Closure.objects.get().reason == "flooded"


def test_an_override_to_another_status_asks_nothing(hotel, room, sign_in, manager):
    make_booking(hotel=hotel, room=room, booking_id="B-1")
    given = {"notes": "seen it", "room_status": RoomStatus.CHECKOUT_DIRTY}

    done = sign_in(manager).post(action_address(room, Action.OVERRIDE), given, headers=htmx())

    assert done.status_code == 200
