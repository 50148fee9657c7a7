"""A closure is planned, begins, ends or is cancelled; the room and its history follow."""

import datetime as dt

import pytest

from hotel.choices import Role
from hotel.exceptions import InvalidInput, NotAllowed, RoomNotInUse
from rooms.choices import Action, ClosureKind, ClosureStatus, LogAction, RoomStatus, Source
from rooms.closures import to_begin, to_end, why_out_of_service
from rooms.models import Closure, Room
from tests.acting import closures, perform
from tests.factories import make_closure, make_room

S, K, C = RoomStatus, ClosureKind, ClosureStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="204", status=S.READY_FOR_GUEST)


def plan(room: Room, by, *, kind: ClosureKind = K.OUT_OF_ORDER, **given) -> Closure:
    start = given.pop("start", room.hotel.business_date() + 7 * DAY)
    given = {"until": start + 3 * DAY, "reason": "painting", **given}
    return closures.plan(room, kind=kind, start=start, by=by, **given)


def told(room: Room) -> list[tuple[str, str]]:
    return [(event.action, event.notes) for event in room.events.order_by("seq")]


def turn(closure: Closure, days: int = 0) -> bool:
    """Let the hotel's day demand what it does so many days from now."""
    hotel = closure.room.hotel
    noon = hotel.moment(hotel.business_date() + days * DAY, dt.time(12))
    closure = Closure.objects.select_related("room__hotel").get(pk=closure.pk)
    return bool(closures.catch_up(closure, by=None, source=Source.DAY_TURN, occurred_at=noon))


class TestPlan:
    def test_it_waits_for_its_day_and_the_history_says_what_is_planned(self, room, maintainer):
        start = dt.date(2099, 6, 3)

        closure = plan(room, maintainer, start=start, reason=" painting ")

        assert (closure.status, closure.planned_by) == (C.PLANNED, maintainer)
        room.refresh_from_db()
        assert (room.room_status, room.version) == (S.READY_FOR_GUEST, 1)
        assert told(room) == [
            ("closure_planned", "Out of order, 3 June 2099 to 6 June 2099: painting")
        ]
        assert room.last_seq == 1, "its card is drawn again"

    def test_without_an_end_it_is_open(self, room, manager):
        plan(room, manager, start=dt.date(2099, 6, 3), until=None)

        assert told(room)[0][1] == "Out of order, from 3 June 2099 on: painting"

    def test_one_that_starts_today_begins_at_once(self, room, maintainer, today):
        closure = plan(room, maintainer, start=today)

        assert Closure.objects.get() == closure
        closure.refresh_from_db()
        assert (closure.status, closure.start, closure.until) == (C.RUNNING, today, today + 3 * DAY)
        assert (room.room_status, room.out_of_order_until) == (S.OUT_OF_ORDER, closure.until)
        assert room.return_status == S.READY_FOR_GUEST
        assert [action for action, _ in told(room)] == ["closure_planned", "take_out_of_order"]

    def test_out_of_service_marks_the_room_and_leaves_it_as_it_is(self, room, maintainer, today):
        plan(room, maintainer, kind=K.OUT_OF_SERVICE, start=today, reason="blind broken")

        room.refresh_from_db()
        assert (room.is_out_of_service, room.room_status) == (True, S.READY_FOR_GUEST)
        assert room.is_bookable
        assert why_out_of_service(room) == "blind broken"
        assert [action for action, _ in told(room)] == ["closure_planned", "closure_began"]
        assert room.last_seq == 2

    def test_in_an_occupied_room_it_waits(self, hotel, maintainer, today):
        room = make_room(hotel=hotel, status=S.OCCUPIED)

        assert plan(room, maintainer, start=today).status == C.PLANNED

    @pytest.mark.parametrize("role", Role)
    def test_it_is_the_repairers_work(self, room, staff, role):
        if role in (Role.MAINTENANCE, Role.MANAGER):
            plan(room, staff[role])
        else:
            with pytest.raises(NotAllowed):
                plan(room, staff[role])
            assert not Closure.objects.exists()

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"start": -1}, "start"),
            ({"start": 7, "until": 7}, "until"),
            ({"start": 7, "until": 6}, "until"),
            ({"reason": "  "}, "reason"),
            ({"reason": "x" * 2001}, "reason"),
            ({"kind": K.OUT_OF_SERVICE, "needs_cleaning": True}, "needs_cleaning"),
        ],
    )
    def test_what_cannot_be_planned_is_said_beside_its_field(
        self, room, manager, today, given, field
    ):
        for name in ("start", "until"):
            if name in given:
                given = {**given, name: today + given[name] * DAY}

        with pytest.raises(InvalidInput) as refused:
            plan(room, manager, **given)

        assert set(refused.value.fields) == {field}
        assert not Closure.objects.exists()

    def test_a_room_that_is_not_in_use_is_not_closed(self, hotel, manager):
        with pytest.raises(RoomNotInUse):
            plan(make_room(hotel=hotel, is_active=False), manager)

    # The other one is from day 7 to day 10.
    @pytest.mark.parametrize(
        ("start", "until", "meets"),
        [
            (1, 7, False),
            (1, 8, True),
            (8, 9, True),
            (9, 20, True),
            (10, 20, False),
            (1, None, True),
            (9, None, True),
            (10, None, False),
        ],
    )
    def test_two_of_a_kind_never_meet(self, room, manager, today, start, until, meets):
        make_closure(room=room, begins=7, days=3, reason="painting")
        given = {"start": today + start * DAY, "until": until and today + until * DAY}

        if meets:
            with pytest.raises(InvalidInput, match="painting"):
                plan(room, manager, **given)
        else:
            plan(room, manager, **given)
        plan(room, manager, kind=K.OUT_OF_SERVICE, **given)

    @pytest.mark.parametrize("status", [C.ENDED, C.CANCELLED])
    def test_one_that_is_over_is_in_nobodys_way(self, room, manager, status):
        make_closure(room=room, status=status)

        plan(room, manager)

    def test_one_that_runs_without_an_end_is_in_the_way_of_every_other(self, room, manager):
        perform(Action.TAKE_OUT_OF_ORDER, room, by=manager, notes="flooded")

        with pytest.raises(InvalidInput, match="flooded"):
            plan(room, manager)

    def test_a_repeat_returns_the_first_and_plans_nothing(self, room, manager, today):
        first = plan(room, manager, start=today, request_id="r-1")

        again = plan(room, manager, start=today, request_id="r-1")

        assert again == first == Closure.objects.get()
        assert len(told(room)) == 2


class TestEnd:
    def test_a_planned_one_is_cancelled(self, room, maintainer):
        closure = plan(room, maintainer, start=dt.date(2099, 6, 3))

        closures.end(closure, by=maintainer)

        closure.refresh_from_db()
        assert closure.status == C.CANCELLED
        assert told(room)[-1] == (
            "closure_cancelled",
            "Out of order, 3 June 2099 to 6 June 2099: painting",
        )

    @pytest.mark.parametrize(
        ("needs_cleaning", "returns"), [(False, S.READY_FOR_GUEST), (True, S.CHECKOUT_DIRTY)]
    )
    def test_out_of_order_ends_with_the_return_to_service(
        self, room, maintainer, today, needs_cleaning, returns
    ):
        closure = plan(room, maintainer, start=today, needs_cleaning=needs_cleaning)
        assert room.return_status == returns, "the card says so from the start"

        closures.end(closure, by=maintainer)

        room.refresh_from_db()
        assert room.room_status == returns
        closure.refresh_from_db()
        assert (closure.status, closure.ended_on) == (C.ENDED, today)
        assert told(room)[-1][0] == "return_to_service"

    def test_out_of_service_ends_with_the_mark(self, room, maintainer, today):
        closure = plan(room, maintainer, kind=K.OUT_OF_SERVICE, start=today)

        closures.end(closure, by=maintainer)

        room.refresh_from_db()
        assert not room.is_out_of_service
        assert why_out_of_service(room) == ""
        assert told(room)[-1][0] == LogAction.CLOSURE_ENDED
        closure.refresh_from_db()
        assert (closure.status, closure.ended_on) == (C.ENDED, today)

    @pytest.mark.parametrize("start", [0, 7])
    def test_a_second_call_and_a_repeat_change_nothing(self, room, manager, today, start):
        closure = plan(room, manager, start=today + start * DAY)
        twice = Closure.objects.get()
        closures.end(closure, by=manager, request_id="r-1")
        events = len(told(room))

        closures.end(closure, by=manager)
        closures.end(twice, by=manager, request_id="r-1")

        assert len(told(room)) == events

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.MAINTENANCE, Role.MANAGER}))
    def test_it_is_the_repairers_work(self, room, staff, role):
        closure = make_closure(room=room)

        with pytest.raises(NotAllowed):
            closures.end(closure, by=staff[role])


class TestCatchUp:
    def test_it_begins_on_its_day_and_ends_on_its_date(self, room):
        closure = make_closure(room=room, begins=7, days=3)

        assert not turn(closure, 6)
        assert turn(closure, 7)
        room.refresh_from_db()
        assert (room.room_status, room.out_of_order_reason) == (S.OUT_OF_ORDER, "painting")
        assert not turn(closure, 9)
        assert turn(closure, 10)

        room.refresh_from_db()
        closure.refresh_from_db()
        assert (room.room_status, closure.status) == (S.READY_FOR_GUEST, C.ENDED)
        assert closure.ended_on == closure.until
        assert {(event.actor, event.source) for event in room.events.all()} == {
            (None, Source.DAY_TURN)
        }
        assert not turn(closure, 10), "once"

    def test_without_an_end_it_runs_on(self, room):
        closure = make_closure(room=room, begins=0, days=None)
        turn(closure)

        assert not turn(closure, 300)

    def test_one_that_never_could_begin_is_dropped(self, hotel):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        closure = make_closure(room=room, begins=1, days=2)

        assert not turn(closure, 1)
        assert turn(closure, 3)

        closure.refresh_from_db()
        assert closure.status == C.CANCELLED
        assert told(room)[-1][0] == LogAction.CLOSURE_CANCELLED

    def test_a_fault_that_is_still_open_keeps_the_room(self, room, maintainer, today):
        closure = plan(room, maintainer, start=today)
        Room.objects.filter(pk=room.pk).update(
            maintenance_required=True, maintenance_priority="HIGH"
        )

        turn(closure, 3)

        room.refresh_from_db()
        assert room.room_status == S.MAINTENANCE_REQUIRED

    def test_a_guest_in_a_room_out_of_service_is_not_disturbed_by_its_end(self, room, manager):
        closure = make_closure(room=room, kind=K.OUT_OF_SERVICE, begins=0)
        turn(closure)
        Room.objects.filter(pk=room.pk).update(room_status=S.OCCUPIED, is_occupied=True)

        assert turn(closure, 3)

        room.refresh_from_db()
        assert (room.room_status, room.is_out_of_service) == (S.OCCUPIED, False)


@pytest.mark.parametrize("kind", K)
@pytest.mark.parametrize(
    ("status", "fields", "begins"),
    [
        (S.AVAILABLE, {}, True),
        (S.CHECKOUT_DIRTY, {}, True),
        (S.MAINTENANCE_REQUIRED, {}, True),
        (S.OCCUPIED, {}, False),
        (S.AVAILABLE, {"is_active": False}, False),
    ],
)
def test_what_is_due_is_what_can_be_done(hotel, today, kind, status, fields, begins):
    closure = make_closure(
        room=make_room(hotel=hotel, status=status, **fields), kind=kind, begins=0
    )

    assert to_begin(hotel, today) == ([closure] if begins else [])
    assert to_begin(hotel, today - DAY) == []
    assert to_end(hotel, today + 2 * DAY) == []
    assert to_end(hotel, today + 3 * DAY) == ([] if "is_active" in fields else [closure])
    assert turn(closure) == begins


@pytest.mark.parametrize("kind", K)
def test_one_waits_for_another_of_its_kind(room, manager, today, kind):
    other = plan(room, manager, kind=kind, start=today, until=None)
    closure = make_closure(room=room, kind=kind, begins=0)

    assert to_begin(room.hotel, today) == []
    assert not turn(closure)
    closures.end(other, by=manager)
    assert to_begin(room.hotel, today) == [closure]
    assert turn(closure)
