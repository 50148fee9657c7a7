"""How statuses are grouped, and that a new action has a place in the log."""

import pytest

from rooms.choices import (
    ALL,
    BOOKABLE,
    GROUP_OF,
    RETURNABLE,
    TURNING,
    VACANT,
    WITH_RETURN_STATUS,
    Action,
    LogAction,
    RoomGroup,
    RoomStatus,
    event_actions,
)
from rooms.models import RoomEvent

S = RoomStatus


@pytest.mark.parametrize("status", S)
def test_a_status_stands_in_one_group_which_knows_it(status):
    assert [group for group in RoomGroup if status in group.statuses] == [GROUP_OF[status]]


def test_a_status_is_ready_on_its_way_out_of_service_or_occupied():
    parts = [BOOKABLE, TURNING, WITH_RETURN_STATUS, {S.OCCUPIED}]

    assert sorted(status for part in parts for status in part) == sorted(ALL)
    assert ALL - {S.OCCUPIED} == VACANT


def test_a_room_returns_to_a_status_that_somebody_can_do_something_with():
    assert set(RETURNABLE) == VACANT - set(WITH_RETURN_STATUS)


def test_the_log_can_record_every_action_once():
    values = [value for value, _ in event_actions()]

    assert values == [*Action.values, *LogAction.values]
    assert len(set(values)) == len(values)
    assert max(map(len, values)) <= RoomEvent._meta.get_field("action").max_length
