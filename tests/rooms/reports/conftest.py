"""A room, and a log written for it."""

import pytest

from rooms.choices import Action, Priority, RoomStatus, Source
from rooms.models import Room
from tests.acting import perform
from tests.factories import make_booking, make_room
from tests.rooms.reports.telling import at


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="204", status=RoomStatus.OCCUPIED)


@pytest.fixture
def tell(supervisor, housekeeper, clerk, manager):
    """Write a log: the room, then (minute, action) with whatever differs from the usual."""
    actors = {
        Action.CHECK_IN: clerk,
        Action.MOVE_IN: clerk,
        Action.MOVE_OUT: clerk,
        Action.REINSTATE: clerk,
        Action.CHECK_OUT: clerk,
        Action.START_CLEANING: housekeeper,
        Action.STOP_CLEANING: housekeeper,
        Action.MARK_CLEANED: housekeeper,
        Action.PASS_INSPECTION: supervisor,
        Action.FAIL_INSPECTION: supervisor,
        Action.MARK_DIRTY: supervisor,
    }

    def tell(room: Room, *steps: tuple) -> None:
        for minute, action, *more in steps:
            given = {
                "by": actors.get(action, manager),
                "notes": "because",
                "priority": Priority.HIGH,
                "accept_fault": True,
                **dict(*more),
            }
            if action is Action.CHECK_IN:
                given["booking"] = make_booking(hotel=room.hotel, room=room, status="IN_HOUSE")
            perform(action, room, source=Source.REPLAY, occurred_at=at(minute), **given)
            # The log alone is read: the stay is over before the room's checkout is told.
            room.bookings.in_house().update(status="COMPLETED", checked_out_at=at(minute))

    return tell
