"""The log: how a change is opened, a seq without gaps, and that nothing is rewritten."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError, QuerySet

from hotel.exceptions import IllegalTransition, InvalidInput, StaleVersion
from hotel.models import Hotel
from rooms import log as rooms_log
from rooms.choices import Action, LogAction, RoomStatus, Source
from rooms.models import Room, RoomEvent
from rooms.perform import lock
from tests.acting import change, log, perform
from tests.factories import make_booking, make_hotel, make_room, make_staff

S = RoomStatus


def row(room: Room) -> dict:
    return Room.objects.filter(pk=room.pk).values().get()


def written(event: RoomEvent) -> dict:
    """Return the event's row with other notes, for an instance that is made up."""
    row = RoomEvent.objects.filter(pk=event.pk).values().get()
    return row | {"notes": "rewritten"}


def raw(statement: str, event: RoomEvent) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [event.pk])


class TestTheSeq:
    def test_it_counts_a_hotels_events_without_gaps_and_each_hotel_by_itself(
        self, hotel, housekeeper
    ):
        elsewhere = make_hotel()
        cleaner_elsewhere = make_staff(hotel=elsewhere)
        for _ in range(3):
            perform(
                Action.START_CLEANING,
                make_room(hotel=hotel, status=S.CHECKOUT_DIRTY),
                by=housekeeper,
            )
            perform(
                Action.START_CLEANING,
                make_room(hotel=elsewhere, status=S.CHECKOUT_DIRTY),
                by=cleaner_elsewhere,
            )

        for house in (hotel, elsewhere):
            seqs = house.events.order_by("seq").values_list("seq", flat=True)
            assert list(seqs) == [1, 2, 3]
            house.refresh_from_db()
            assert house.last_seq == 3

    def test_a_refused_change_leaves_no_gap(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.START_CLEANING, room, by=housekeeper)
        with pytest.raises(IllegalTransition):
            perform(Action.START_CLEANING, room, by=housekeeper)

        assert perform(Action.MARK_CLEANED, room, by=housekeeper).seq == 2

    def test_a_change_that_is_rolled_back_leaves_no_gap(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        with transaction.atomic():
            assert perform(Action.START_CLEANING, room, by=housekeeper).seq == 1
            transaction.set_rollback(True)

        assert row(room)["room_status"] == S.CHECKOUT_DIRTY
        assert not RoomEvent.objects.exists()
        assert perform(Action.START_CLEANING, room, by=housekeeper).seq == 1

    def test_a_fault_while_the_event_is_written_leaves_the_room_as_it_was(
        self, hotel, housekeeper, monkeypatch
    ):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        before = row(room)
        monkeypatch.setattr("hotel.statements.insert", lambda event: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            perform(Action.START_CLEANING, room, by=housekeeper)

        assert row(room) == before
        hotel.refresh_from_db()
        assert hotel.last_seq == 0


class TestOpened:
    """A change, as every service opens it."""

    @pytest.fixture
    def room(self, hotel) -> Room:
        return make_room(hotel=hotel, number="204", status=S.CHECKOUT_DIRTY)

    @pytest.fixture
    def note(self, room, clerk):
        """Write one event of the room in an open change, and return what was yielded and it."""

        def note(*, notes: str = "", **given) -> tuple[RoomEvent | None, RoomEvent]:
            about = change(**{"by": clerk, **given})
            same = {"action": LogAction.ROOM_ASSIGNED, "room": room, "notes": notes}
            with rooms_log.opened(room.hotel, about, lambda: lock(room), **same) as repeat:
                if repeat:
                    return repeat, repeat
                return None, rooms_log.append(
                    room.hotel, LogAction.ROOM_ASSIGNED, about, room=room, notes=notes
                )

        return note

    def test_at_first_there_is_no_repeat(self, note):
        repeat, event = note(request_id="r-1")

        assert repeat is None
        assert RoomEvent.objects.get() == event

    def test_a_repeat_is_yielded_and_nothing_is_written(self, note):
        _, first = note(request_id="r-1")

        repeat, _ = note(request_id="r-1")

        assert repeat == first
        assert RoomEvent.objects.get() == first

    def test_without_a_request_id_nothing_is_a_repeat(self, note):
        note()

        assert note()[0] is None
        assert RoomEvent.objects.count() == 2

    def test_a_request_id_is_not_used_for_other_words(self, note):
        note(request_id="r-1")

        with pytest.raises(InvalidInput, match="used for another request") as refused:
            note(request_id="r-1", notes="other")

        assert set(refused.value.fields) == {"request_id"}
        assert RoomEvent.objects.count() == 1

    def test_nor_by_another_person(self, note, manager):
        note(request_id="r-1")

        with pytest.raises(InvalidInput):
            note(request_id="r-1", by=manager)

    def test_the_version_that_the_person_saw_is_let_through(self, note, room):
        assert note(expected_version=room.version)[0] is None

    def test_another_version_is_stale_and_says_what_happened(self, note, room, housekeeper):
        seen = room.version
        event = perform(Action.START_CLEANING, Room.objects.get(pk=room.pk), by=housekeeper)

        with pytest.raises(StaleVersion) as refused:
            note(expected_version=seen)

        assert refused.value.room.room_status == S.CLEANING_IN_PROGRESS
        assert refused.value.meanwhile == [event]
        assert RoomEvent.objects.get() == event

    def test_a_repeat_comes_before_the_version(self, note, room, housekeeper):
        seen = room.version
        _, first = note(request_id="r-1", expected_version=seen)
        perform(Action.START_CLEANING, Room.objects.get(pk=room.pk), by=housekeeper)

        assert note(request_id="r-1", expected_version=seen)[0] == first

    def test_without_a_room_no_version_counts(self, hotel, clerk):
        about = change(by=clerk, expected_version=99)

        with rooms_log.opened(hotel, about, lambda: None, action="x") as repeat:
            assert repeat is None

    def test_it_is_whole_or_not_at_all(self, hotel, room, clerk):
        def fail() -> None:
            about = change(by=clerk)
            with rooms_log.opened(hotel, about, lambda: lock(room), action="x"):
                rooms_log.append(hotel, LogAction.ROOM_ASSIGNED, about, room=room)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()

        assert not RoomEvent.objects.exists()
        assert Hotel.objects.get().last_seq == 0

    def test_an_id_that_was_written_meanwhile_is_told_and_the_room_brought_up_to_date(
        self, hotel, room, clerk
    ):
        """What the database finds where two requests pass the look for a repeat together."""

        def write_twice() -> None:
            about = change(by=clerk, request_id="r-1")
            with rooms_log.opened(hotel, about, lambda: lock(room), action="x"):
                for _ in range(2):
                    rooms_log.append(hotel, LogAction.ROOM_ASSIGNED, about, room=room)

        with pytest.raises(InvalidInput, match="used for another request"):
            write_twice()

        assert room.last_seq == 0
        assert not RoomEvent.objects.exists()


class TestAnEventAroundARoom:
    def test_it_marks_the_rooms_card_as_changed_and_not_its_version(self, hotel, clerk):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        booking = make_booking(hotel=hotel, room=room)

        event = log.append(
            hotel,
            LogAction.ROOM_ASSIGNED,
            by=clerk,
            source=Source.PORTAL,
            room=room,
            booking=booking,
        )

        assert (row(room)["last_seq"], row(room)["version"]) == (event.seq, 1)
        assert event.from_status == event.to_status == S.CHECKOUT_DIRTY
        assert event.room_version == 0

    def test_only_a_change_of_set_up_moves_the_hotels_setup_seq(self, hotel):
        log.append(hotel, LogAction.BOOKING_CREATED, by=None, source=Source.IMPORT)
        hotel.refresh_from_db()
        assert (hotel.last_seq, hotel.setup_seq) == (1, 0)

        log.append(hotel, LogAction.SETUP_CHANGED, by=None, source=Source.ADMIN)
        hotel.refresh_from_db()
        assert (hotel.last_seq, hotel.setup_seq) == (2, 2)

    def test_everything_after_a_seq_comes_oldest_first(self, hotel):
        for _ in range(4):
            log.append(hotel, LogAction.BOOKING_CREATED, by=None, source=Source.IMPORT)

        assert [event.seq for event in hotel.events.after(2)] == [3, 4]
        assert not hotel.events.after(4).exists()


class TestTheLogIsAppendOnly:
    @pytest.fixture
    def event(self, hotel):
        return log.append(hotel, LogAction.BOOKING_CREATED, by=None, source=Source.IMPORT)

    @pytest.mark.parametrize(
        "rewrite",
        [
            lambda event: event.save(),
            lambda event: event.save(update_fields=["notes"]),
            lambda event: event.delete(),
            lambda event: RoomEvent.objects.filter(pk=event.pk).update(notes="rewritten"),
            lambda event: RoomEvent.objects.filter(pk=event.pk).delete(),
            lambda event: RoomEvent.objects.bulk_update([event], ["notes"]),
            lambda event: RoomEvent.objects.update_or_create(
                defaults={"notes": "rewritten"}, pk=event.pk
            ),
            lambda event: event.hotel.events.all().delete(),
        ],
    )
    def test_an_event_is_neither_changed_nor_deleted(self, rewrite, event):
        event.notes = "rewritten"

        with pytest.raises(TypeError, match="append-only"), transaction.atomic():
            rewrite(event)

        assert RoomEvent.objects.get().notes == ""

    @pytest.mark.parametrize(
        "rewrite",
        [
            lambda event: RoomEvent(**written(event)).save(),
            lambda event: RoomEvent.objects.bulk_create(
                [RoomEvent(**written(event))],
                update_conflicts=True,
                update_fields=["notes"],
                unique_fields=["pk"],
            ),
            lambda event: QuerySet(RoomEvent).filter(pk=event.pk).update(notes="rewritten"),
            lambda event: RoomEvent.objects.filter(pk=event.pk)._raw_delete(using="default"),
            lambda event: raw(
                "UPDATE rooms_roomevent SET notes = 'rewritten' WHERE id = %s", event
            ),
            lambda event: raw("DELETE FROM rooms_roomevent WHERE id = %s", event),
        ],
        ids=["save", "upsert", "update", "raw delete", "SQL update", "SQL delete"],
    )
    def test_nor_is_it_past_djangos_back(self, rewrite, event):
        with pytest.raises(IntegrityError), transaction.atomic():
            rewrite(event)

        assert RoomEvent.objects.get().notes == ""

    def test_nor_through_the_manager_that_django_itself_uses(self, event):
        with pytest.raises(TypeError, match="append-only"):
            RoomEvent._base_manager.update(notes="rewritten")

    def test_the_databases_refusal_says_why(self, event):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            raw("DELETE FROM rooms_roomevent WHERE id = %s", event)

    def test_a_hotel_with_a_log_cannot_be_deleted_from_under_it(self, event):
        with pytest.raises(ProtectedError):
            event.hotel.delete()

        assert RoomEvent.objects.get() == event
