"""A POST that is sent again with its Idempotency-Key: done once, answered as the first was."""

import datetime as dt
from collections import Counter
from functools import partial

import pytest
from django.utils import timezone

from hotel.choices import Role
from portal.api import idempotency, rooms
from portal.models import IdempotentAnswer
from rooms.choices import Priority, RoomStatus
from rooms.models import Room, RoomEvent
from stays.models import Booking
from tests.factories import make_hotel, make_room, make_staff
from tests.portal.api.calling import (
    CREATES,
    EXAMPLES,
    NIGHTS,
    OPERATIONS,
    POSTS,
    Program,
    done,
    everything,
    refused,
    set_scene,
)
from tests.racing import assert_no_gap, at_once

S = RoomStatus
every_post = pytest.mark.parametrize("name", POSTS)
# They change no room that the caller could have seen, or many.
WITHOUT_VERSION = {"create_booking", "cancel", "no_show", "bulk_check_out"}
WITHOUT_VERSION |= {"plan_closure", "end_closure"}
WITHOUT_VERSION |= {"unassign", "swap", "change", "share", "unshare", "reinstate"}
START = "rooms/101/start-cleaning/"


@pytest.fixture
def dirty(hotel) -> Room:
    return make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)


def assert_replayed(again, first) -> None:
    """Fail unless the second answer is the first one, byte for byte, and says so."""
    assert again["Idempotent-Replay"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Content-Type"] == first["Content-Type"] == "application/json"


@every_post
def test_a_repeat_is_answered_as_the_first_and_changes_nothing(hotel, manager, name):
    set_scene(name, hotel=hotel, by=manager)
    program = Program(manager)
    before = everything()

    first = program.call(name, key="k-1")
    after = everything()
    again = program.call(name, key="k-1")

    done(first, 201 if name in CREATES else 200)
    assert "Idempotent-Replay" not in first
    assert_replayed(again, first)
    assert before != after == everything()


@pytest.mark.parametrize("name", [name for name in POSTS if name not in WITHOUT_VERSION])
def test_a_refusal_is_repeated_too(hotel, manager, name):
    set_scene(name, hotel=hotel, by=manager)
    program = Program(manager)
    url, body = OPERATIONS[name].url("grand"), (EXAMPLES[name].body or {}) | {"expected_version": 9}

    first = program.post(url, body, key="k-1")

    refused(first, 409, "stale_version")
    assert_replayed(program.post(url, body, key="k-1"), first)


@pytest.mark.parametrize("name", ["cancel", "no_show", "unassign", "unshare", "reinstate"])
def test_a_refusal_about_a_booking_is_repeated_too(hotel, manager, name):
    set_scene("check_out", hotel=hotel, by=manager)
    program = Program(manager)

    first = program.call(name, key="k-1")

    refused(first, 409, "illegal_transition")
    assert_replayed(program.call(name, key="k-1"), first)


def test_a_sold_out_night_stays_the_answer_when_there_is_a_room_again(manager, dirty):
    program = Program(manager)
    booked = done(program.call("create_booking"), 201)
    first = program.call("create_booking", key="k-1")
    refused(first, 409, "no_availability")
    done(program.post(f"bookings/{booked['booking_id']}/cancel/"))

    assert_replayed(program.call("create_booking", key="k-1"), first)
    done(program.call("create_booking", key="k-2"), 201)


def test_a_refusal_stays_the_answer_when_the_room_has_moved_on(hotel, manager, dirty):
    program = Program(manager)
    first = program.post("rooms/101/inspect/", {"passed": True}, key="k-1")
    refused(first, 409, "illegal_transition")
    done(program.post("rooms/101/mark-cleaned/"))

    again = program.post("rooms/101/inspect/", {"passed": True}, key="k-1")

    assert_replayed(again, first)
    dirty.refresh_from_db()
    assert dirty.room_status == S.CLEANED_UNINSPECTED


def test_a_stale_version_is_repeated_with_the_room_as_it_was_then(manager, dirty):
    program = Program(manager)
    first = program.post(START, {"expected_version": 9}, key="k-1")
    done(program.post(START))

    assert_replayed(program.post(START, {"expected_version": 9}, key="k-1"), first)


def test_what_a_role_may_not_do_is_repeated_too(maintainer, dirty):
    program = Program(maintainer)
    first = program.post(START, key="k-1")

    refused(first, 403, "not_allowed")
    assert_replayed(program.post(START, key="k-1"), first)


def test_without_a_key_a_request_is_done_again(manager, dirty):
    program = Program(manager)

    done(program.post("rooms/101/mark-maintenance/", EXAMPLES["mark_maintenance"].body))
    done(program.post("rooms/101/mark-maintenance/", EXAMPLES["mark_maintenance"].body))

    assert dirty.events.count() == 2


class TestTheSameKeyForAnotherRequest:
    @pytest.fixture
    def program(self, manager, dirty):
        program = Program(manager)
        done(program.post(START, {"notes": "a"}, key="k-1"))
        return program

    def is_refused(self, response) -> None:
        error = refused(response, 422, "invalid")
        assert error["fields"] == {
            "Idempotency-Key": ["This key was used for another request."],
        }
        assert RoomEvent.objects.count() == 1

    def test_another_body_is_refused(self, program):
        self.is_refused(program.post(START, {"notes": "b"}, key="k-1"))

    def test_no_body_is_another_body(self, program):
        self.is_refused(program.post(START, key="k-1"))

    def test_another_address_is_refused(self, program, hotel):
        make_room(hotel=hotel, number="102", status=S.CHECKOUT_DIRTY)

        for path in ("rooms/102/start-cleaning/", "rooms/101/stop-cleaning/"):
            self.is_refused(program.post(path, {"notes": "a"}, key="k-1"))

    def test_another_member_of_staff_is_refused(self, program, hotel):
        other = Program(make_staff(hotel=hotel, role=Role.MANAGER))

        self.is_refused(other.post(START, {"notes": "a"}, key="k-1"))

    def test_another_token_of_the_same_person_is_not_another_request(self, program, manager):
        again = Program(manager).post(START, {"notes": "a"}, key="k-1")

        assert again["Idempotent-Replay"] == "true"

    def test_nor_are_other_spaces_and_another_order(self, program):
        body = {"notes": "c", "priority": Priority.LOW}
        first = program.post("rooms/101/mark-maintenance/", body, key="k-2")

        again = program.post(
            "rooms/101/mark-maintenance/", ' {"priority":"LOW",\n "notes": "c"}', key="k-2"
        )

        assert_replayed(again, first)

    def test_the_first_answer_is_still_to_be_had(self, program):
        program.post(START, {"notes": "b"}, key="k-1")

        assert program.post(START, {"notes": "a"}, key="k-1")["Idempotent-Replay"] == "true"

    def test_a_hotel_has_its_own_keys(self, program):
        elsewhere = make_hotel()
        room = make_room(hotel=elsewhere, number="101", status=S.CHECKOUT_DIRTY)

        done(Program(make_staff(hotel=elsewhere)).post(START, {"notes": "a"}, key="k-1"))

        assert room.events.count() == 1


class TestAFault:
    """What a program sends again because it got no answer, or none that tells."""

    @pytest.fixture
    def program(self, manager, dirty):
        program = Program(manager)
        program.client.raise_request_exception = False
        return program

    def fail(self, *args, **kwargs):
        raise RuntimeError("The power is gone.")

    def test_died_before_its_commit_it_was_never_there_and_the_repeat_does_it(
        self, program, monkeypatch
    ):
        before = everything()
        with monkeypatch.context() as patch:
            patch.setattr(idempotency, "to_jsonable_python", self.fail)
            refused(program.post(START, key="k-1"), 500, "internal_error")
        assert everything() == before
        assert not IdempotentAnswer.objects.exists()

        again = program.post(START, key="k-1")

        done(again)
        assert "Idempotent-Replay" not in again
        assert RoomEvent.objects.count() == 1

    def test_died_after_its_commit_the_repeat_tells_what_it_did(self, program, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(idempotency, "answer", self.fail)
            refused(program.post(START, key="k-1"), 500, "internal_error")
        assert RoomEvent.objects.count() == 1

        again = program.post(START, key="k-1")

        assert again["Idempotent-Replay"] == "true"
        assert done(again)["room"]["room_status"] == S.CLEANING_IN_PROGRESS
        assert RoomEvent.objects.count() == 1

    def test_in_the_change_itself_it_is_not_kept_as_the_answer(self, program, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(rooms, "act", self.fail)
            refused(program.post(START, key="k-1"), 500, "internal_error")

        done(program.post(START, key="k-1"))


class TestAKey:
    def test_has_64_characters_at_most_and_at_least_one(self, manager, dirty):
        program = Program(manager)
        for key in ("k" * 65, ""):
            response = program.post(START, **{"Idempotency-Key": key})
            error = refused(response, 422, "invalid")
            assert list(error["fields"]) == ["Idempotency-Key"]

        done(program.post(START, key="k" * 64))

    def test_may_be_any_text(self, manager, dirty):
        program = Program(manager)
        key = "'; -- \u00e9 \u00ff {} 100%"
        first = program.post(START, key=key)

        done(first)
        assert_replayed(program.post(START, key=key), first)

    def test_holds_no_character_that_a_database_cannot_keep(self, manager, dirty):
        refused(Program(manager).post(START, key="k\0"), 422, "invalid")

    def test_is_free_still_after_a_request_that_could_not_be_read(self, manager, dirty):
        program = Program(manager)
        refused(program.post(START, "{", key="k-1"), 400, "malformed")
        refused(program.post(START, {"note": "a"}, key="k-1"), 422, "invalid")

        done(program.post(START, {"notes": "a"}, key="k-1"))

    def test_is_forgotten_after_seven_days(self, hotel, manager, dirty):
        program = Program(manager)
        for days, key in ((6, "young"), (8, "old")):
            done(program.post("rooms/101/mark-maintenance/", self.report(key), key=key))
            ago = timezone.now() - dt.timedelta(days=days)
            IdempotentAnswer.objects.filter(key=key).update(created_at=ago)

        done(program.post("rooms/101/mark-maintenance/", self.report("new"), key="new"))

        assert set(IdempotentAnswer.objects.values_list("key", flat=True)) == {"young", "new"}
        done(program.post("rooms/101/mark-maintenance/", self.report("old"), key="old"))
        assert dirty.events.count() == 4

    def report(self, notes: str) -> dict[str, str]:
        return {"priority": "LOW", "notes": notes}


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_request_sent_by_four_connections_is_done_once(self, hotel, manager, dirty):
        programs = [Program(manager) for _ in range(4)]

        answers = at_once(*(partial(p.post, START, key="k-1") for p in programs))

        assert Counter(answer.status_code for answer in answers) == {200: 4}
        assert len({answer.content for answer in answers}) == 1
        assert sum("Idempotent-Replay" in answer for answer in answers) == 3
        assert dirty.events.count() == 1
        assert_no_gap(hotel)

    def test_one_booking_sent_by_four_connections_is_made_once(self, hotel, clerk, dirty):
        body = {"room_type": "D", "guest_name": "Ada", **NIGHTS}
        programs = [Program(clerk) for _ in range(4)]

        answers = at_once(*(partial(p.post, "bookings/", body, key="k-1") for p in programs))

        assert Counter(answer.status_code for answer in answers) == {201: 4}
        assert len({answer.content for answer in answers}) == 1
        assert Booking.objects.count() == 1

    def test_a_refusal_for_one_is_the_same_refusal_for_all(self, hotel, manager, dirty):
        programs = [Program(manager) for _ in range(4)]
        undo = "rooms/101/undo/"

        answers = at_once(*(partial(p.post, undo, {}, key="k-1") for p in programs))

        assert Counter(answer.status_code for answer in answers) == {409: 4}
        assert len({answer.content for answer in answers}) == 1

    def test_of_two_requests_with_one_key_one_is_done_and_the_other_refused(
        self, hotel, manager, dirty
    ):
        programs = [Program(manager) for _ in range(2)]

        answers = at_once(
            *(partial(p.post, START, {"notes": str(n)}, key="k-1") for n, p in enumerate(programs))
        )

        assert Counter(answer.status_code for answer in answers) == {200: 1, 422: 1}
        assert dirty.events.count() == 1

    def test_many_keys_at_once_leave_a_log_without_gaps(self, hotel, manager):
        for n in range(6):
            make_room(hotel=hotel, number=str(n), status=S.CHECKOUT_DIRTY)
        programs = [Program(manager) for _ in range(6)]

        answers = at_once(
            *(
                partial(program.post, f"rooms/{n}/start-cleaning/", key=f"k-{n}")
                for n, program in enumerate(programs)
            )
        )

        assert Counter(answer.status_code for answer in answers) == {200: 6}
        assert_no_gap(hotel)
