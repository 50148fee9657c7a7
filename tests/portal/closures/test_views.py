"""Closures on the pages: the room's panel, planning, ending."""

import datetime as dt

import pytest
from django.urls import reverse

from portal.closures.forms import PlanForm
from rooms.choices import ClosureKind, ClosureStatus, RoomStatus
from rooms.models import Closure, Room
from stays.day_turn import turn_day
from tests.factories import make_booking, make_closure, make_hotel, make_room
from tests.portal.reading import address, read

S, C = RoomStatus, ClosureStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="204", status=S.READY_FOR_GUEST)


def plan_url(room: Room) -> str:
    return reverse("plan_closure", args=[room.hotel.slug, room.number])


def end_url(closure: Closure) -> str:
    return reverse("end_closure", args=[closure.room.hotel.slug, closure.pk])


def sent(room: Room, begins: int = 7, **more) -> dict:
    start = room.hotel.business_date() + begins * DAY
    return {"kind": "OUT_OF_ORDER", "start": start, "reason": "painting", **more}


class TestTheRoomsPage:
    def test_it_shows_what_runs_and_what_is_planned_with_the_ways_out(
        self, hotel, room, sign_in, maintainer
    ):
        make_closure(room=room, kind=ClosureKind.OUT_OF_SERVICE, begins=0, reason="blind")
        planned = make_closure(room=room, reason="painting")
        make_closure(room=room, status=C.CANCELLED, reason="carpet")
        turn_day(hotel)

        panel = read(sign_in(maintainer).get(address("room", hotel, "204"))).one(
            "section", aria_labelledby="closures"
        )

        assert panel.texts("b") == ["Out of service", "Out of order"]
        assert panel.texts("a") == ["End…", "Cancel…", "Plan a closure…"]
        assert panel.all("a")[1]["href"] == end_url(planned)
        assert "carpet" not in panel.text

    def test_who_may_not_close_a_room_sees_and_does_nothing(self, hotel, room, sign_in, clerk):
        make_closure(room=room)

        panel = read(sign_in(clerk).get(address("room", hotel, "204"))).one(
            "section", aria_labelledby="closures"
        )

        assert "painting" in panel.text
        assert panel.texts("a") == []

    def test_one_that_waits_for_the_guest_says_so(self, hotel, sign_in, manager):
        make_closure(room=make_room(hotel=hotel, number="301", status=S.OCCUPIED), begins=0)

        page = read(sign_in(manager).get(address("room", hotel, "301")))

        assert "as soon as the room is vacant" in page.text


class TestPlan:
    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"begins": 0}, "Room 204 is out of order now."),
            ({"begins": 0, "kind": "OUT_OF_SERVICE"}, "Room 204 is out of service now."),
            ({}, "Planned: room 204 will be out of order from"),
        ],
    )
    def test_it_says_what_will_be(self, room, sign_in, maintainer, given, says):
        answer = sign_in(maintainer).post(plan_url(room), sent(room, **given), follow=True)

        assert says in read(answer).one(id="toasts").text
        assert Closure.objects.get().planned_by == maintainer

    def test_what_is_refused_stands_beside_its_field_and_nothing_is_lost(
        self, room, sign_in, manager
    ):
        make_closure(room=room, reason="carpet")

        answer = sign_in(manager).post(plan_url(room), sent(room))

        assert answer.status_code == 422
        page = read(answer)
        assert "carpet" in page.one(id="div_id_start").text
        assert page.one("textarea").value.strip() == "painting"

    def test_a_promise_made_in_the_last_moment_is_asked_about(
        self, hotel, room, sign_in, manager, monkeypatch
    ):
        real = PlanForm.plan

        def overtaken(form: PlanForm) -> Closure:
            make_booking(hotel=hotel, room=room, arrives=8, booking_id="B-9")
            return real(form)

        monkeypatch.setattr(PlanForm, "plan", overtaken)

        answer = sign_in(manager).post(plan_url(room), sent(room))

        assert answer.status_code == 422
        assert "Room 204 is promised to a stay" in read(answer).text
        assert not Closure.objects.exists()

    def test_a_second_tap_plans_nothing_again(self, room, sign_in, manager):
        given = sent(room, request_id="tap-1")
        client = sign_in(manager)

        for _ in range(2):
            assert client.post(plan_url(room), given).status_code == 302

        assert Closure.objects.count() == 1


class TestEnd:
    @pytest.mark.parametrize(
        ("begins", "asks", "says", "status"),
        [
            (0, "End the closure of room 204?", "has ended: Ready", C.ENDED),
            (7, "Cancel the closure of room 204?", "is cancelled", C.CANCELLED),
        ],
    )
    def test_it_asks_and_then_does(
        self, hotel, room, sign_in, maintainer, begins, asks, says, status
    ):
        closure = make_closure(room=room, begins=begins)
        turn_day(hotel)
        client = sign_in(maintainer)

        assert asks in read(client.get(end_url(closure))).text
        answer = client.post(end_url(closure), follow=True)

        assert says in read(answer).one(id="toasts").text
        closure.refresh_from_db()
        assert closure.status == status

    def test_one_that_is_over_cannot_be_ended_again(self, room, sign_in, manager):
        closure = make_closure(room=room, status=C.ENDED)

        page = read(sign_in(manager).get(end_url(closure)))

        assert "This closure is over already." in page.text
        assert not page.one("main").all("button")

    def test_another_hotels_closure_does_not_exist(self, hotel, sign_in, manager):
        closure = make_closure(room=make_room(hotel=make_hotel()))

        url = reverse("end_closure", args=[hotel.slug, closure.pk])
        assert sign_in(manager).post(url).status_code == 404
        closure.refresh_from_db()
        assert closure.status == C.PLANNED


def test_a_card_out_of_service_says_so_and_why(hotel, room, sign_in, clerk):
    make_closure(room=room, kind=ClosureKind.OUT_OF_SERVICE, begins=0, reason="blind <broken>")
    client = sign_in(clerk)
    client.get(address("board", hotel))

    turn_day(hotel)

    card = read(client.get(address("board", hotel))).one(id="card-204")
    assert card.one("p", "service").text == "Out of service"
    assert card.one("p", "service")["title"] == "blind <broken>"
