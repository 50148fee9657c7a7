"""Who may not do what to a room, and how a refusal says so."""

import pytest

from hotel.choices import Role
from hotel.exceptions import (
    IllegalTransition,
    NotAllowed,
)
from hotel.models import Hotel, Staff
from rooms.choices import Action, RoomStatus
from rooms.models import Room, RoomEvent
from tests.acting import perform
from tests.factories import make_hotel, make_room, make_staff

S = RoomStatus


def row(room: Room) -> dict:
    return Room.objects.filter(pk=room.pk).values().get()


class TestInspection:
    @pytest.mark.parametrize("action", [Action.PASS_INSPECTION, Action.FAIL_INSPECTION])
    @pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.MANAGER])
    def test_nobody_inspects_their_own_clean(self, action, role, hotel, staff):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.MARK_CLEANED, room, by=staff[role])

        with pytest.raises(NotAllowed, match="somebody else inspects it"):
            perform(action, room, by=staff[role], notes="x")

        assert row(room)["room_status"] == S.CLEANED_UNINSPECTED

    @pytest.mark.parametrize("action", [Action.PASS_INSPECTION, Action.FAIL_INSPECTION])
    def test_nor_beneath_a_fault(self, action, hotel, supervisor, manager):
        beneath = {"status": S.MAINTENANCE_REQUIRED, "return_status": S.CHECKOUT_DIRTY}
        room = make_room(hotel=hotel, **beneath)
        perform(Action.MARK_CLEANED, room, by=supervisor)

        with pytest.raises(NotAllowed, match="somebody else inspects it"):
            perform(action, room, by=supervisor, notes="x")
        perform(Action.PASS_INSPECTION, room, by=manager)

        assert row(room)["return_status"] == S.READY_FOR_GUEST

    def test_unless_the_hotel_allows_it(self, supervisor):
        hotel = supervisor.hotel
        hotel.allow_self_inspection = True
        hotel.save(update_fields=["allow_self_inspection"])
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.MARK_CLEANED, room, by=supervisor)

        perform(Action.PASS_INSPECTION, room, by=supervisor)

        assert row(room)["room_status"] == S.READY_FOR_GUEST

    def test_somebody_elses_clean_is_inspected_and_signed(self, hotel, housekeeper, supervisor):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.MARK_CLEANED, room, by=housekeeper)

        event = perform(Action.PASS_INSPECTION, room, by=supervisor)

        now = row(room)
        assert now["cleaned_by_staff_id"] == housekeeper.pk
        assert now["inspected_by_staff_id"] == supervisor.pk
        assert now["last_inspected_at"] == event.occurred_at

    def test_her_own_clean_of_an_earlier_round_does_not_bar_a_supervisor(
        self, hotel, housekeeper, supervisor, manager
    ):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        perform(Action.MARK_CLEANED, room, by=supervisor)
        perform(Action.FAIL_INSPECTION, room, by=manager, notes="again, please")
        perform(Action.MARK_CLEANED, room, by=housekeeper)

        perform(Action.PASS_INSPECTION, room, by=supervisor)

        assert row(room)["room_status"] == S.READY_FOR_GUEST

    def test_where_inspection_is_off_a_cleaned_room_is_ready(self, hotel, housekeeper):
        hotel.inspection_required = False
        hotel.save(update_fields=["inspection_required"])
        room = make_room(hotel=hotel, status=S.CLEANING_IN_PROGRESS)

        perform(Action.MARK_CLEANED, room, by=housekeeper)

        now = row(room)
        assert now["room_status"] == S.READY_FOR_GUEST
        assert now["cleaned_by_staff_id"] == housekeeper.pk
        assert now["inspected_by_staff_id"] is None


class TestWhoMayNot:
    def test_staff_of_another_hotel(self, hotel):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        stranger = make_staff(hotel=make_hotel(), role=Role.MANAGER, name="Stan Ranger")

        with pytest.raises(NotAllowed, match="Stan Ranger does not work at Grand Hotel"):
            perform(Action.START_CLEANING, room, by=stranger)

        assert row(room)["room_status"] == S.CHECKOUT_DIRTY

    def test_staff_who_left(self, hotel):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        gone = make_staff(hotel=hotel, role=Role.MANAGER, active=False)

        with pytest.raises(NotAllowed):
            perform(Action.START_CLEANING, room, by=gone)

    @pytest.mark.parametrize("action", list(Action))
    def test_a_room_not_in_use_takes_no_action(self, action, hotel, manager):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY, is_active=False)

        with pytest.raises(IllegalTransition, match="not in use"):
            perform(action, room, by=manager, notes="x", priority="LOW")

        assert not RoomEvent.objects.exists()


def test_a_refusal_says_who_may_and_where_the_room_stands(
    hotel: Hotel, housekeeper: Staff, supervisor: Staff
):
    room = make_room(hotel=hotel, number="204", status=RoomStatus.CHECKOUT_DIRTY)

    with pytest.raises(NotAllowed) as not_hers:
        perform(Action.PASS_INSPECTION, room, by=housekeeper)
    with pytest.raises(IllegalTransition) as not_now:
        perform(Action.PASS_INSPECTION, room, by=supervisor)

    assert not_hers.value.message == (
        "“Pass inspection” is for supervisor or manager; you are housekeeper."
    )
    assert not_now.value.message == (
        "Room 204 is “Needs cleaning”: “Pass inspection” cannot be done now."
    )
