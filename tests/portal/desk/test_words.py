"""What the desk says of stays."""

import datetime as dt

import pytest

from portal.desk.words import TOLD, dates, told
from rooms.choices import Action, LogAction
from rooms.models import Room, RoomEvent
from stays.models import Booking


@pytest.mark.parametrize(
    ("check_in", "check_out", "said"),
    [
        ((2026, 6, 12), (2026, 6, 14), "12 to 14 June"),
        ((2026, 6, 30), (2026, 7, 2), "30 June to 2 July"),
        ((2026, 12, 30), (2027, 1, 2), "30 December to 2 January"),
        ((2026, 6, 12), (2027, 6, 14), "12 June to 14 June"),
        ((2026, 6, 12), (2026, 6, 12), "12 June"),
    ],
)
def test_dates_are_said_as_the_desk_says_them(check_in, check_out, said):
    stay = Booking(check_in=dt.date(*check_in), check_out=dt.date(*check_out))

    assert dates(stay) == said


def test_whatever_the_log_can_tell_of_a_booking_has_words_in_the_past_tense():
    not_of_a_booking = {LogAction.ROOM_ADDED, LogAction.SETUP_CHANGED}
    not_of_a_booking |= {action for action in LogAction if action.startswith("closure_")}

    of_stays = {Action.CHECK_IN, Action.CHECK_OUT, Action.MOVE_OUT, Action.MOVE_IN}
    of_stays |= {Action.REINSTATE, Action.UNDO}
    assert set(TOLD) == set(LogAction) - not_of_a_booking | of_stays


def test_a_room_is_named():
    event = RoomEvent(action="check_in", room=Room(number="204"))

    assert told(event) == "Checked in to room 204"
