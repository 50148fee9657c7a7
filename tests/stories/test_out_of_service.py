"""Repairs, out of order, override: what leaves service, and what it comes back as."""

import datetime as dt

import pytest

from hotel.exceptions import IllegalTransition, InvalidInput
from rooms.choices import Action, Priority, RoomStatus
from rooms.models import Room
from tests.acting import perform
from tests.factories import make_room

S = RoomStatus
DAY = dt.timedelta(days=1)

COMES_BACK_AS = [
    (S.AVAILABLE, S.AVAILABLE),
    (S.READY_FOR_GUEST, S.READY_FOR_GUEST),
    (S.CLEANED_UNINSPECTED, S.CLEANED_UNINSPECTED),
    (S.CHECKOUT_DIRTY, S.CHECKOUT_DIRTY),
    (S.CLEANING_IN_PROGRESS, S.CHECKOUT_DIRTY),
]
REPAIR = {"notes": "no hot water", "priority": Priority.HIGH}


def row(room: Room) -> dict:
    return Room.objects.filter(pk=room.pk).values().get()


@pytest.mark.parametrize(("was", "comes_back_as"), COMES_BACK_AS)
def test_a_repaired_room_comes_back_as_it_was(was, comes_back_as, hotel, maintainer):
    room = make_room(hotel=hotel, status=was)
    perform(Action.MARK_MAINTENANCE, room, by=maintainer, **REPAIR)
    assert row(room)["return_status"] == comes_back_as

    perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer)

    now = row(room)
    assert now["room_status"] == comes_back_as
    assert now["return_status"] == now["maintenance_priority"] == now["maintenance_notes"] == ""
    assert now["maintenance_required"] is False


@pytest.mark.parametrize("was", [was for was, _ in COMES_BACK_AS])
def test_a_repair_that_made_a_mess_sends_the_room_to_be_cleaned(was, hotel, maintainer):
    room = make_room(hotel=hotel, status=was)
    perform(Action.MARK_MAINTENANCE, room, by=maintainer, **REPAIR)

    perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer, needs_cleaning=True)

    assert row(room)["room_status"] == S.CHECKOUT_DIRTY


@pytest.mark.parametrize(("was", "comes_back_as"), COMES_BACK_AS)
def test_a_room_returned_to_service_comes_back_as_it_was(was, comes_back_as, hotel, maintainer):
    room = make_room(hotel=hotel, status=was)
    perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="flood")
    assert row(room)["return_status"] == comes_back_as

    perform(Action.RETURN_TO_SERVICE, room, by=maintainer)

    now = row(room)
    assert now["room_status"] == comes_back_as
    assert now["return_status"] == now["out_of_order_reason"] == ""
    assert now["is_out_of_order"] is False
    assert now["out_of_order_from"] is now["out_of_order_until"] is None


class TestARepair:
    @pytest.mark.parametrize("priority", ["", "URGENT", "low"])
    def test_it_needs_a_priority_that_exists(self, priority, hotel, maintainer):
        room = make_room(hotel=hotel)

        with pytest.raises(InvalidInput) as refused:
            perform(Action.MARK_MAINTENANCE, room, by=maintainer, notes="x", priority=priority)

        assert "priority" in refused.value.fields
        assert row(room)["maintenance_required"] is False

    def test_a_second_report_replaces_the_first_and_the_room_still_comes_back_as_it_was(
        self, hotel, maintainer
    ):
        room = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
        perform(Action.MARK_MAINTENANCE, room, by=maintainer, notes="drip", priority="LOW")
        perform(Action.MARK_MAINTENANCE, room, by=maintainer, notes="flood", priority="HIGH")

        now = row(room)
        assert (now["maintenance_priority"], now["maintenance_notes"]) == ("HIGH", "flood")
        assert now["return_status"] == S.READY_FOR_GUEST

    def test_an_occupied_room_carries_it_until_checkout_and_is_then_dirty(
        self, hotel, clerk, maintainer
    ):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        perform(Action.MARK_MAINTENANCE, room, by=clerk, **REPAIR)
        assert row(room)["room_status"] == S.OCCUPIED
        assert row(room)["maintenance_required"] is True

        perform(Action.CHECK_OUT, room, by=clerk)
        now = row(room)
        assert now["room_status"] == S.MAINTENANCE_REQUIRED
        assert now["is_occupied"] is False
        assert now["return_status"] == S.CHECKOUT_DIRTY
        assert (now["maintenance_priority"], now["maintenance_notes"]) == ("HIGH", "no hot water")

        perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer)
        assert row(room)["room_status"] == S.CHECKOUT_DIRTY

    def test_it_can_be_done_while_the_guest_stays(self, hotel, maintainer):
        room = make_room(hotel=hotel, status=S.OCCUPIED, priority="LOW")

        perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer)

        assert row(room)["room_status"] == S.OCCUPIED
        assert row(room)["maintenance_required"] is False

    def test_a_room_with_a_guest_is_not_sent_to_be_cleaned(self, hotel, maintainer):
        room = make_room(hotel=hotel, status=S.OCCUPIED, priority="LOW")

        with pytest.raises(InvalidInput) as refused:
            perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer, needs_cleaning=True)

        assert "needs_cleaning" in refused.value.fields
        assert row(room)["maintenance_required"] is True

    def test_there_is_nothing_to_complete_without_one(self, hotel, maintainer):
        room = make_room(hotel=hotel, status=S.OCCUPIED)

        with pytest.raises(IllegalTransition, match="no open maintenance"):
            perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer)


class TestOutOfOrder:
    def test_from_today_and_without_an_end_unless_said_otherwise(self, hotel, maintainer):
        room = make_room(hotel=hotel)

        perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes=" flood ")

        now = row(room)
        assert now["is_out_of_order"] is True
        assert now["out_of_order_reason"] == "flood"
        assert now["out_of_order_from"] == hotel.business_date()
        assert now["out_of_order_until"] is None

    def test_with_its_dates(self, hotel, maintainer):
        room, today = make_room(hotel=hotel), hotel.business_date()

        perform(
            Action.TAKE_OUT_OF_ORDER,
            room,
            by=maintainer,
            notes="flood",
            start=today - 2 * DAY,
            until=today + DAY,
        )

        assert row(room)["out_of_order_from"] == today - 2 * DAY
        assert row(room)["out_of_order_until"] == today + DAY

    @pytest.mark.parametrize(("field", "days"), [("start", 1), ("until", 0), ("until", -1)])
    def test_not_from_a_day_to_come_nor_until_a_day_that_was(self, field, days, hotel, maintainer):
        room = make_room(hotel=hotel)
        date = hotel.business_date() + days * DAY

        with pytest.raises(InvalidInput) as refused:
            perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="x", **{field: date})

        assert set(refused.value.fields) == {field}
        assert row(room)["room_status"] == S.AVAILABLE

    def test_today_is_the_hotels(self, maintainer, hotel):
        hotel.time_zone = "Pacific/Kiritimati"
        hotel.save(update_fields=["time_zone"])
        room = make_room(hotel=hotel)

        perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="x")

        now_there = dt.datetime.now(dt.timezone(dt.timedelta(hours=14)))
        assert row(room)["out_of_order_from"] == now_there.date()

    def test_taken_again_it_gets_a_new_end_and_keeps_its_beginning(self, hotel, maintainer):
        room, today = make_room(hotel=hotel, status=S.READY_FOR_GUEST), hotel.business_date()
        start = today - 5 * DAY
        perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="flood", start=start)

        perform(
            Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="mould too", until=today + 9 * DAY
        )

        now = row(room)
        assert (now["out_of_order_from"], now["out_of_order_until"]) == (start, today + 9 * DAY)
        assert now["out_of_order_reason"] == "mould too"
        assert now["return_status"] == S.READY_FOR_GUEST

    def test_with_a_repair_open_it_comes_back_to_the_repair_and_then_as_it_was(
        self, hotel, maintainer
    ):
        room = make_room(hotel=hotel, status=S.CLEANED_UNINSPECTED)
        perform(Action.MARK_MAINTENANCE, room, by=maintainer, **REPAIR)
        perform(Action.TAKE_OUT_OF_ORDER, room, by=maintainer, notes="flood")
        assert row(room)["maintenance_required"] is True

        perform(Action.RETURN_TO_SERVICE, room, by=maintainer)
        assert row(room)["room_status"] == S.MAINTENANCE_REQUIRED
        assert row(room)["maintenance_notes"] == "no hot water"

        perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer)
        assert row(room)["room_status"] == S.CLEANED_UNINSPECTED

    @pytest.mark.parametrize(
        ("needs_cleaning", "comes_back_as"),
        [(False, S.CLEANED_UNINSPECTED), (True, S.CHECKOUT_DIRTY)],
    )
    def test_a_repair_done_while_out_of_order_leaves_it_out_of_order(
        self, needs_cleaning, comes_back_as, hotel, maintainer
    ):
        room = make_room(
            hotel=hotel, status=S.OUT_OF_ORDER, priority="LOW", return_status=S.CLEANED_UNINSPECTED
        )

        perform(Action.COMPLETE_MAINTENANCE, room, by=maintainer, needs_cleaning=needs_cleaning)
        assert row(room)["room_status"] == S.OUT_OF_ORDER
        assert row(room)["maintenance_required"] is False
        assert row(room)["return_status"] == comes_back_as

        perform(Action.RETURN_TO_SERVICE, room, by=maintainer)
        assert row(room)["room_status"] == comes_back_as


class TestOverride:
    @pytest.mark.parametrize("target", ["OCCUPIED", "", "HAUNTED"])
    def test_it_takes_only_a_status_of_a_vacant_room(self, target, hotel, manager):
        room = make_room(hotel=hotel)

        with pytest.raises(InvalidInput) as refused:
            perform(Action.OVERRIDE, room, by=manager, notes="x", room_status=target)

        assert "room_status" in refused.value.fields
        assert row(room)["room_status"] == S.AVAILABLE

    def test_it_leaves_a_trace_of_who_and_why(self, hotel, manager):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)

        perform(Action.OVERRIDE, room, by=manager, notes="walked it", room_status=S.AVAILABLE)

        event = room.events.latest()
        assert (event.actor, event.notes) == (manager, "walked it")
        assert (event.from_status, event.to_status) == (S.CHECKOUT_DIRTY, S.AVAILABLE)

    def test_into_maintenance_it_opens_a_repair(self, hotel, manager):
        room = make_room(hotel=hotel, status=S.CLEANING_IN_PROGRESS)

        perform(
            Action.OVERRIDE,
            room,
            by=manager,
            notes="burst pipe",
            room_status=S.MAINTENANCE_REQUIRED,
        )

        now = row(room)
        assert now["room_status"] == S.MAINTENANCE_REQUIRED
        assert (now["maintenance_priority"], now["maintenance_notes"]) == ("MED", "burst pipe")
        assert now["return_status"] == S.CHECKOUT_DIRTY

    def test_into_maintenance_it_keeps_the_repair_that_is_open(self, hotel, manager):
        room = make_room(
            hotel=hotel,
            status=S.OUT_OF_ORDER,
            priority="HIGH",
            maintenance_notes="no light",
            return_status=S.READY_FOR_GUEST,
        )

        perform(
            Action.OVERRIDE, room, by=manager, notes="dried", room_status=S.MAINTENANCE_REQUIRED
        )

        now = row(room)
        assert now["is_out_of_order"] is False
        assert (now["maintenance_priority"], now["maintenance_notes"]) == ("HIGH", "no light")
        assert now["return_status"] == S.READY_FOR_GUEST

    def test_into_out_of_order_it_sets_the_dates_and_the_reason(self, hotel, manager):
        room = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
        until = hotel.business_date() + 3 * DAY

        perform(
            Action.OVERRIDE,
            room,
            by=manager,
            notes="roof leaks",
            room_status=S.OUT_OF_ORDER,
            until=until,
        )

        now = row(room)
        assert now["is_out_of_order"] is True
        assert now["out_of_order_reason"] == "roof leaks"
        assert (now["out_of_order_from"], now["out_of_order_until"]) == (
            hotel.business_date(),
            until,
        )
        assert now["return_status"] == S.READY_FOR_GUEST

    def test_out_of_service_with_a_repair_open_it_ends_both(self, hotel, manager):
        room = make_room(hotel=hotel, status=S.OUT_OF_ORDER, priority="HIGH")

        perform(Action.OVERRIDE, room, by=manager, notes="all done", room_status=S.READY_FOR_GUEST)

        now = row(room)
        assert now["room_status"] == S.READY_FOR_GUEST
        assert now["maintenance_required"] is now["is_out_of_order"] is False
        assert now["return_status"] == now["maintenance_priority"] == ""
        assert room.is_bookable


def test_an_override_of_a_room_out_of_order_takes_the_new_reason_and_dates(hotel, manager):
    today = hotel.business_date()
    room = make_room(
        hotel=hotel,
        status=S.OUT_OF_ORDER,
        out_of_order_reason="flood",
        out_of_order_from=today - 2 * DAY,
        out_of_order_until=today + DAY,
    )

    perform(Action.OVERRIDE, room, by=manager, notes="mould", room_status=S.OUT_OF_ORDER)
    now = row(room)
    assert (now["out_of_order_reason"], now["out_of_order_from"]) == ("mould", today - 2 * DAY)
    assert now["out_of_order_until"] == today + DAY

    until = today + 9 * DAY
    perform(
        Action.OVERRIDE, room, by=manager, notes="mould", room_status=S.OUT_OF_ORDER, until=until
    )
    assert row(room)["out_of_order_until"] == until
