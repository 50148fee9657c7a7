"""An action on a room: what it writes, when it happened, repeats, old versions, notes."""

import datetime as dt

import pytest
from django.utils import timezone

from hotel.exceptions import IllegalTransition, InvalidInput, StaleVersion
from rooms.choices import Action, Priority, RoomStatus, Source
from rooms.models import Room, RoomEvent
from tests.acting import bookings, perform
from tests.factories import make_booking, make_hotel, make_room, make_staff

S = RoomStatus


def row(room: Room) -> dict:
    return Room.objects.filter(pk=room.pk).values().get()


class TestARequestRepeated:
    def test_it_answers_with_the_first_event_and_changes_nothing(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        first = perform(Action.START_CLEANING, room, by=housekeeper, request_id="tap-1")
        after_first = row(room)

        again = perform(Action.START_CLEANING, room, by=housekeeper, request_id="tap-1")

        assert again == first
        assert row(room) == after_first
        assert RoomEvent.objects.count() == 1

    def test_it_does_so_even_with_the_version_seen_before_the_first(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        send = {"by": housekeeper, "request_id": "tap-1", "expected_version": room.version}
        first = perform(Action.START_CLEANING, room, **send)

        assert perform(Action.START_CLEANING, room, **send) == first

    def test_it_shows_the_room_as_it_is_now(self, hotel, housekeeper, supervisor):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.START_CLEANING, room, by=housekeeper, request_id="tap-1")
        perform(Action.MARK_CLEANED, room, by=supervisor)
        seen_long_ago = Room.objects.get(pk=room.pk)
        seen_long_ago.room_status = S.CHECKOUT_DIRTY

        again = perform(Action.START_CLEANING, seen_long_ago, by=housekeeper, request_id="tap-1")

        assert again.room.room_status == S.CLEANED_UNINSPECTED

    def test_a_refused_request_can_be_sent_again_under_its_id(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        with pytest.raises(InvalidInput):
            perform(Action.MARK_MAINTENANCE, room, by=housekeeper, notes="tap", request_id="r")

        event = perform(
            Action.MARK_MAINTENANCE,
            room,
            by=housekeeper,
            notes="tap",
            priority=Priority.LOW,
            request_id="r",
        )

        assert event.request_id == "r"

    def test_its_id_cannot_serve_another_action(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.START_CLEANING, room, by=housekeeper, request_id="tap-1")

        with pytest.raises(InvalidInput) as refused:
            perform(Action.MARK_CLEANED, room, by=housekeeper, request_id="tap-1")

        assert "request_id" in refused.value.fields
        assert row(room)["room_status"] == S.CLEANING_IN_PROGRESS

    def test_its_id_cannot_serve_another_room(self, hotel, housekeeper):
        room, other = (make_room(hotel=hotel, status=S.CHECKOUT_DIRTY) for _ in range(2))
        perform(Action.START_CLEANING, room, by=housekeeper, request_id="tap-1")

        with pytest.raises(InvalidInput):
            perform(Action.START_CLEANING, other, by=housekeeper, request_id="tap-1")

        assert row(other)["room_status"] == S.CHECKOUT_DIRTY

    @pytest.mark.parametrize("other", ["a colleague", "other words"])
    def test_its_id_cannot_serve_another_person_or_other_words(
        self, other, hotel, housekeeper, supervisor
    ):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        send = {"by": housekeeper, "notes": "wet floor", "request_id": "tap-1"}
        perform(Action.START_CLEANING, room, **send)

        with pytest.raises(InvalidInput) as refused:
            perform(
                Action.START_CLEANING,
                room,
                **send | ({"by": supervisor} if other == "a colleague" else {"notes": "dry floor"}),
            )

        assert "request_id" in refused.value.fields
        assert perform(Action.START_CLEANING, room, **send | {"notes": " wet floor "})

    def test_its_id_cannot_serve_an_override_to_another_status(self, hotel, manager):
        room = make_room(hotel=hotel)
        send = {"by": manager, "notes": "seen", "request_id": "tap-1"}
        perform(Action.OVERRIDE, room, room_status=S.CHECKOUT_DIRTY, **send)

        with pytest.raises(InvalidInput):
            perform(Action.OVERRIDE, room, room_status=S.READY_FOR_GUEST, **send)

        assert perform(Action.OVERRIDE, room, room_status=S.CHECKOUT_DIRTY, **send)

    def test_nor_with_the_very_version_of_that_room(self, hotel, housekeeper):
        room, other = (make_room(hotel=hotel, status=S.CHECKOUT_DIRTY) for _ in range(2))
        perform(Action.START_CLEANING, room, by=housekeeper, request_id="tap-1")
        before = row(other)

        with pytest.raises(InvalidInput) as refused:
            perform(
                Action.START_CLEANING,
                other,
                by=housekeeper,
                request_id="tap-1",
                expected_version=other.version,
            )

        assert set(refused.value.fields) == {"request_id"}
        assert row(other) == before
        assert (other.room_status, other.version) == (S.CHECKOUT_DIRTY, 1), "the room in hand"

    def test_two_hotels_may_use_the_same_id(self, hotel, housekeeper):
        elsewhere = make_hotel()
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        room_elsewhere = make_room(hotel=elsewhere, status=S.CHECKOUT_DIRTY)
        perform(Action.START_CLEANING, room, by=housekeeper, request_id="tap-1")

        perform(
            Action.START_CLEANING,
            room_elsewhere,
            by=make_staff(hotel=elsewhere),
            request_id="tap-1",
        )

        assert row(room_elsewhere)["room_status"] == S.CLEANING_IN_PROGRESS


class TestAStaleVersion:
    def test_it_is_refused_and_says_who_did_what_meanwhile(self, hotel, housekeeper, supervisor):
        room = make_room(hotel=hotel, number="204", status=S.CHECKOUT_DIRTY)
        seen = room.version
        perform(Action.START_CLEANING, room, by=housekeeper)
        perform(Action.MARK_CLEANED, room, by=supervisor, notes="minibar empty")

        with pytest.raises(StaleVersion) as stale:
            perform(Action.START_CLEANING, room, by=housekeeper, expected_version=seen)

        assert stale.value.message == (
            "Room 204 changed meanwhile: Rui Costa made it “Awaiting inspection”."
        )
        assert [(e.actor, e.action, e.notes) for e in stale.value.meanwhile] == [
            (housekeeper, Action.START_CLEANING, ""),
            (supervisor, Action.MARK_CLEANED, "minibar empty"),
        ]
        assert stale.value.room.version == seen + 2
        assert stale.value.room.room_status == S.CLEANED_UNINSPECTED
        assert row(room)["version"] == seen + 2

    def test_it_comes_before_what_the_role_may_not_do(self, hotel, housekeeper, supervisor):
        room = make_room(hotel=hotel, status=S.CLEANED_UNINSPECTED)
        perform(Action.PASS_INSPECTION, room, by=supervisor)

        with pytest.raises(StaleVersion):
            perform(Action.PASS_INSPECTION, room, by=housekeeper, expected_version=1)

    def test_a_booking_around_the_room_does_not_make_it_stale(self, hotel, housekeeper, clerk):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        seen = room.version
        bookings.assign(make_booking(hotel=hotel), room, by=clerk)

        perform(Action.START_CLEANING, room, by=housekeeper, expected_version=seen)

        assert row(room)["room_status"] == S.CLEANING_IN_PROGRESS

    def test_a_version_that_never_was_is_stale_too(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)

        with pytest.raises(StaleVersion) as stale:
            perform(Action.START_CLEANING, room, by=housekeeper, expected_version=99)

        assert stale.value.meanwhile == []

    def test_the_version_seen_lets_the_change_through(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)

        perform(Action.START_CLEANING, room, by=housekeeper, expected_version=1)

        assert row(room)["version"] == 2


class TestNotes:
    def test_a_failed_inspection_sends_the_room_back_with_the_reason(self, hotel, supervisor):
        room = make_room(hotel=hotel, status=S.CLEANED_UNINSPECTED)

        perform(Action.FAIL_INSPECTION, room, by=supervisor, notes="hair in the shower")

        assert row(room)["room_status"] == S.CHECKOUT_DIRTY
        assert row(room)["housekeeping_notes"] == "hair in the shower"
        assert room.events.latest().notes == "hair in the shower"

    def test_the_reason_stays_while_the_room_is_cleaned_again_and_then_goes(
        self, hotel, housekeeper
    ):
        room = make_room(
            hotel=hotel, status=S.CHECKOUT_DIRTY, housekeeping_notes="hair in the shower"
        )

        perform(Action.START_CLEANING, room, by=housekeeper)
        assert row(room)["housekeeping_notes"] == "hair in the shower"

        perform(Action.MARK_CLEANED, room, by=housekeeper)
        assert row(room)["housekeeping_notes"] == ""

    def test_a_checkout_clears_what_was_noted_about_the_last_clean(self, hotel, clerk):
        room = make_room(hotel=hotel, status=S.OCCUPIED, housekeeping_notes="extra bed in")

        perform(Action.CHECK_OUT, room, by=clerk)

        assert row(room)["housekeeping_notes"] == ""

    def test_a_repairs_notes_leave_the_housekeeping_notes_alone(self, hotel, maintainer):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY, housekeeping_notes="extra bed in")

        perform(
            Action.MARK_MAINTENANCE, room, by=maintainer, notes="tap drips", priority=Priority.LOW
        )
        assert row(room)["maintenance_notes"] == "tap drips"
        assert row(room)["housekeeping_notes"] == "extra bed in"

        perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer, notes="new washer")
        assert row(room)["maintenance_notes"] == ""
        assert row(room)["housekeeping_notes"] == "extra bed in"
        assert room.events.latest().notes == "new washer"

    def test_notes_of_two_thousand_characters_are_kept_and_longer_ones_refused(
        self, hotel, housekeeper
    ):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        with pytest.raises(InvalidInput) as refused:
            perform(Action.START_CLEANING, room, by=housekeeper, notes="x" * 2001)
        assert "notes" in refused.value.fields
        assert row(room)["room_status"] == S.CHECKOUT_DIRTY

        perform(Action.START_CLEANING, room, by=housekeeper, notes="x" * 2000)

        assert row(room)["housekeeping_notes"] == "x" * 2000


class TestTheEvent:
    def test_it_tells_who_did_what_from_where_to_where(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CLEANING_IN_PROGRESS)

        perform(Action.MARK_CLEANED, room, by=housekeeper, notes=" done \n", source=Source.IMPORT)

        event = RoomEvent.objects.get()
        assert (event.hotel, event.room, event.actor) == (hotel, room, housekeeper)
        assert event.action == Action.MARK_CLEANED
        assert (event.from_status, event.to_status) == (
            S.CLEANING_IN_PROGRESS,
            S.CLEANED_UNINSPECTED,
        )
        assert (event.notes, event.source) == ("done", Source.IMPORT)
        assert event.room_version == row(room)["version"] == 2
        assert event.seq == row(room)["last_seq"] == 1

    def test_the_room_in_hand_is_brought_up_to_date(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.START_CLEANING, Room.objects.get(pk=room.pk), by=housekeeper)
        assert room.room_status == S.CHECKOUT_DIRTY

        with pytest.raises(IllegalTransition):
            perform(Action.START_CLEANING, room, by=housekeeper)

        assert room.room_status == S.CLEANING_IN_PROGRESS

    def test_a_change_saves_only_what_it_is_about(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        in_hand = Room.objects.get(pk=room.pk)
        Room.objects.filter(pk=room.pk).update(number="900", push_token="token")

        perform(Action.START_CLEANING, in_hand, by=housekeeper)

        assert row(room)["number"] == "900"
        assert row(room)["push_token"] == "token"


class TestWhenItHappened:
    @pytest.fixture
    def room(self, hotel):
        long_ago = timezone.now() - dt.timedelta(days=3)
        return make_room(hotel=hotel, status=S.CHECKOUT_DIRTY, status_since=long_ago)

    def test_without_a_word_from_the_device_it_is_now(self, room, housekeeper):
        before = timezone.now()

        event = perform(Action.START_CLEANING, room, by=housekeeper)

        assert before <= event.occurred_at <= event.recorded_at <= timezone.now()
        assert row(room)["status_since"] == event.occurred_at

    def test_the_devices_word_counts_within_the_last_day(self, room, housekeeper):
        tapped = timezone.now() - dt.timedelta(hours=3)

        event = perform(Action.MARK_CLEANED, room, by=housekeeper, occurred_at=tapped)

        assert event.occurred_at == tapped
        assert row(room)["status_since"] == tapped
        assert row(room)["last_cleaned_at"] == tapped
        assert event.recorded_at > tapped

    def test_a_device_that_is_ahead_is_brought_back_to_now(self, room, housekeeper):
        tomorrow = timezone.now() + dt.timedelta(days=1)

        event = perform(Action.START_CLEANING, room, by=housekeeper, occurred_at=tomorrow)

        assert event.occurred_at <= timezone.now()

    def test_a_tap_of_last_week_counts_as_a_day_old(self, room, housekeeper):
        last_week = timezone.now() - dt.timedelta(days=2)

        event = perform(Action.START_CLEANING, room, by=housekeeper, occurred_at=last_week)

        age = timezone.now() - event.occurred_at
        assert dt.timedelta(hours=24) <= age < dt.timedelta(hours=24, minutes=1)

    def test_nothing_happens_before_what_happened_to_the_room_before(self, room, housekeeper):
        first = perform(Action.START_CLEANING, room, by=housekeeper)

        second = perform(
            Action.MARK_CLEANED,
            room,
            by=housekeeper,
            occurred_at=first.occurred_at - dt.timedelta(hours=2),
        )

        assert second.occurred_at == first.occurred_at

    def test_nor_before_a_repair_that_left_the_status_alone(self, hotel, maintainer, manager):
        since = timezone.now() - dt.timedelta(hours=9)
        room = make_room(hotel=hotel, status=S.OCCUPIED, status_since=since)
        reported = perform(
            Action.MARK_MAINTENANCE, room, by=maintainer, notes="drain", priority=Priority.LOW
        )

        done = perform(
            Action.COMPLETE_MAINTENANCE,
            room,
            by=maintainer,
            occurred_at=reported.occurred_at - dt.timedelta(hours=2),
        )

        assert done.occurred_at >= reported.occurred_at

    def test_a_replay_of_other_years_is_taken_at_its_word(self, room, housekeeper):
        years_ago = dt.datetime(2017, 7, 1, 12, tzinfo=dt.UTC)

        event = perform(
            Action.START_CLEANING,
            room,
            by=housekeeper,
            occurred_at=years_ago,
            source=Source.REPLAY,
        )

        assert event.occurred_at == years_ago


class TestAFaultInTheMiddleOfAClean:
    def test_it_is_cleaned_inspected_and_ready_once_it_is_repaired(
        self, hotel, housekeeper, supervisor, maintainer
    ):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.START_CLEANING, room, by=housekeeper)
        perform(Action.MARK_MAINTENANCE, room, by=housekeeper, priority="MED", notes="tap drips")
        perform(Action.MARK_CLEANED, room, by=housekeeper)
        perform(Action.PASS_INSPECTION, room, by=supervisor)
        perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer)

        now = row(room)
        assert (now["room_status"], now["return_status"]) == (S.READY_FOR_GUEST, "")
        assert now["cleaned_by_staff_id"] == housekeeper.pk
        assert now["inspected_by_staff_id"] == supervisor.pk

    def test_a_second_report_does_not_stop_the_clean_and_out_of_order_does(
        self, hotel, housekeeper, maintainer
    ):
        beneath = {"status": S.MAINTENANCE_REQUIRED, "return_status": S.CHECKOUT_DIRTY}
        room = make_room(hotel=hotel, **beneath)
        perform(Action.START_CLEANING, room, by=housekeeper)
        perform(Action.MARK_MAINTENANCE, room, by=housekeeper, priority="HIGH", notes="a flood")
        assert row(room)["return_status"] == S.CLEANING_IN_PROGRESS

        perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="a flood")
        assert row(room)["return_status"] == S.CHECKOUT_DIRTY

        perform(Action.UNDO, room, by=maintainer)
        assert row(room)["return_status"] == S.CLEANING_IN_PROGRESS

    def test_an_inspected_room_that_the_repair_left_dirty_is_cleaned_again(
        self, hotel, supervisor, maintainer
    ):
        beneath = {"status": S.MAINTENANCE_REQUIRED, "return_status": S.CLEANED_UNINSPECTED}
        room = make_room(hotel=hotel, **beneath)
        perform(Action.PASS_INSPECTION, room, by=supervisor)

        perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer, needs_cleaning=True)

        assert row(room)["room_status"] == S.CHECKOUT_DIRTY


class TestHowLongAFaultKeepsARoomFromSale:
    def report(self, room, by, **given):
        return perform(Action.MARK_MAINTENANCE, room, by=by, notes="tap", **given)

    def test_is_said_with_it_and_forgotten_with_it(self, hotel, maintainer):
        room = make_room(hotel=hotel)
        until = hotel.business_date() + dt.timedelta(days=1)
        self.report(room, maintainer, priority="MED", until=until, stops_sale=True)
        now = row(room)
        assert (now["maintenance_until"], now["maintenance_stops_sale"]) == (until, True)

        perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer)
        now = row(room)
        assert (now["maintenance_until"], now["maintenance_stops_sale"]) == (None, False)

        perform(Action.UNDO, room, by=maintainer)
        now = row(room)
        assert (now["maintenance_until"], now["maintenance_stops_sale"]) == (until, True)

    def test_goes_with_an_override_too(self, hotel, manager):
        room = make_room(hotel=hotel)
        until = hotel.business_date() + dt.timedelta(days=1)
        self.report(room, manager, priority="HIGH", until=until, stops_sale=True)

        perform(Action.OVERRIDE, room, by=manager, notes="it is fine", room_status=S.AVAILABLE)

        now = row(room)
        assert (now["maintenance_until"], now["maintenance_stops_sale"]) == (None, False)

    @pytest.mark.parametrize("days", [0, -1])
    def test_is_a_day_after_today(self, days, hotel, maintainer):
        room = make_room(hotel=hotel)
        until = hotel.business_date() + dt.timedelta(days=days)

        with pytest.raises(InvalidInput) as refused:
            self.report(room, maintainer, priority="LOW", until=until)

        assert refused.value.fields == {"until": ["Choose a day after today, or leave it open."]}
        assert row(room)["room_status"] == S.AVAILABLE

    def test_is_kept_while_the_room_is_out_of_order_or_occupied(self, hotel, manager):
        until = hotel.business_date() + dt.timedelta(days=3)
        for status in (S.OCCUPIED, S.AVAILABLE):
            room = make_room(hotel=hotel, status=status)
            self.report(room, manager, priority="LOW", until=until)
            if status == S.AVAILABLE:
                perform(Action.TAKE_OUT_OF_ORDER, room, by=manager, notes="flood")

            assert row(room)["maintenance_until"] == until
