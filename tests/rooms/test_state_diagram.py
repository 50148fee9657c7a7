"""docs/states.md says what the table says, and its arrows are what rooms really do."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from hotel.choices import Role
from hotel.exceptions import ReadyroomError
from hotel.models import Hotel, Staff
from rooms import state_diagram
from rooms.choices import Action, Priority, RoomStatus
from rooms.models import Room
from rooms.state_diagram import NOT_DRAWN, arrows, arrows_beneath, states_markdown
from tests.acting import perform
from tests.factories import make_booking, make_room

S = RoomStatus


@pytest.fixture
def docs(settings, tmp_path):
    """An empty docs directory in place of the real one."""
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs"


def test_the_page_in_docs_is_drawn_from_the_table_as_it_is():
    call_command("draw_states", check=True)


def test_the_command_writes_the_page_and_then_finds_it_up_to_date(docs):
    call_command("draw_states", stdout=StringIO())

    assert (docs / "states.md").read_text() == states_markdown()
    call_command("draw_states", check=True)


def test_the_check_fails_where_the_page_is_missing_or_differs(docs):
    with pytest.raises(CommandError, match="draw_states") as missing:
        call_command("draw_states", check=True)
    (docs / "states.md").write_text(states_markdown() + "\nA room can also be haunted.\n")
    with pytest.raises(CommandError, match="draw_states") as differs:
        call_command("draw_states", check=True)

    assert missing.value.returncode == differs.value.returncode == 1
    assert "haunted" in (docs / "states.md").read_text()


def test_the_check_notices_a_change_of_the_table(monkeypatch):
    without_undo = {a: t for a, t in state_diagram.TRANSITIONS.items() if a != Action.UNDO}
    monkeypatch.setattr(state_diagram, "TRANSITIONS", without_undo)

    with pytest.raises(CommandError):
        call_command("draw_states", check=True)


def test_every_action_has_a_line_in_the_table():
    lines = states_markdown().splitlines()

    for action in Action:
        assert sum(line.startswith(f"| {action.value} |") for line in lines) == 1, action
    from_clean = "`CLEANED_UNINSPECTED`; beneath a fault too"
    assert f"| fail_inspection | {from_clean} | `CHECKOUT_DIRTY` |" in states_markdown()
    assert "with a small fault, if it is accepted" in states_markdown()
    assert "supervisor or manager | yes |" in states_markdown()


def test_the_arrows_drawn_are_the_ones_that_rooms_take(hotel: Hotel, manager: Staff):
    taken = set()
    for inspection_required in (True, False):
        hotel.inspection_required = inspection_required
        hotel.save(update_fields=["inspection_required"])
        for room in some_rooms(hotel):
            for action in set(Action) - set(NOT_DRAWN):
                taken |= tried(action, room.pk, hotel, manager)

    assert taken == {
        (source, target, action)
        for (source, target), actions in arrows().items()
        for action in actions
    }


def test_the_arrows_beneath_a_fault_are_the_ones_that_rooms_take(hotel: Hotel, manager: Staff):
    taken = set()
    for inspection_required in (True, False):
        hotel.inspection_required = inspection_required
        hotel.save(update_fields=["inspection_required"])
        for room in some_rooms(hotel):
            if room.room_status == S.MAINTENANCE_REQUIRED:
                for action in Action:
                    taken |= tried_beneath(action, room.pk, manager)

    assert taken == {
        (source, target, action)
        for (source, target), actions in arrows_beneath().items()
        for action in actions
    }


def some_rooms(hotel: Hotel) -> list[Room]:
    """One room in every status, with and without a repair, for every way it may come back."""
    back = (S.CHECKOUT_DIRTY, S.CLEANED_UNINSPECTED, S.READY_FOR_GUEST, S.AVAILABLE)
    cleaning = S.CLEANING_IN_PROGRESS
    rooms = [
        make_room(hotel=hotel, status=status)
        for status in S
        if status not in (S.OUT_OF_ORDER, S.MAINTENANCE_REQUIRED)
    ]
    rooms.append(make_room(hotel=hotel, status=S.OCCUPIED, priority=Priority.LOW))
    # Cleaned beneath a fault; out of order nobody cleans it.
    rooms.append(make_room(hotel=hotel, status=S.MAINTENANCE_REQUIRED, return_status=cleaning))
    for status in back:
        rooms += [
            make_room(hotel=hotel, status=S.MAINTENANCE_REQUIRED, return_status=status),
            make_room(
                hotel=hotel, status=S.MAINTENANCE_REQUIRED, return_status=status, priority="LOW"
            ),
            make_room(hotel=hotel, status=S.OUT_OF_ORDER, return_status=status),
            make_room(hotel=hotel, status=S.OUT_OF_ORDER, return_status=status, priority="LOW"),
        ]
    return rooms


def tried(action: Action, room_pk: int, hotel: Hotel, manager: Staff) -> set:
    """Try the action in a transaction that is rolled back; return the arrow it took, if any."""
    assert manager.role == Role.MANAGER, "only a manager may do everything"
    with transaction.atomic():
        room = Room.objects.get(pk=room_pk)
        booking = None
        if action == Action.CHECK_IN:
            booking = make_booking(hotel=hotel, room=room, status="IN_HOUSE")
        try:
            given = {"notes": "why", "priority": "LOW", "accept_fault": True}
            event = perform(action, room, by=manager, booking=booking, **given)
            return {(event.from_status, event.to_status, action)}
        except ReadyroomError:
            return set()
        finally:
            transaction.set_rollback(True)


def tried_beneath(action: Action, room_pk: int, manager: Staff) -> set:
    """As `tried`, for the return status of a room that stays under maintenance."""
    with transaction.atomic():
        room = Room.objects.get(pk=room_pk)
        before = room.return_status
        try:
            perform(action, room, by=manager, notes="why", priority="LOW", room_status=S.AVAILABLE)
            moved = room.room_status == S.MAINTENANCE_REQUIRED and room.return_status != before
            return {(before, room.return_status, action)} if moved else set()
        except ReadyroomError:
            return set()
        finally:
            transaction.set_rollback(True)
