"""The two values that every service takes whole."""

import datetime as dt
from dataclasses import FrozenInstanceError, asdict

import pytest
from django.utils import timezone

from rooms.change import ActionInput, Change
from rooms.choices import Source

LONG_AGO = dt.datetime(2024, 3, 10, 12, 0, tzinfo=dt.UTC)
WHOLE = Change(
    by=None,
    source=Source.API,
    occurred_at=LONG_AGO,
    request_id="r-1",
    expected_version=7,
)


def test_a_part_is_the_same_change_without_what_serves_once():
    assert asdict(WHOLE.part()) == {
        **asdict(WHOLE),
        "request_id": "",
        "expected_version": None,
    }


def test_a_part_leaves_the_whole_as_it_was():
    WHOLE.part()

    assert (WHOLE.request_id, WHOLE.expected_version) == ("r-1", 7)


def test_its_moment_is_what_the_device_says():
    assert WHOLE.moment == LONG_AGO


def test_without_a_word_from_the_device_its_moment_is_now():
    before = timezone.now()

    assert before <= Change(by=None, source=Source.PORTAL).moment <= timezone.now()


@pytest.mark.parametrize("value", [WHOLE, ActionInput(notes="x")])
def test_neither_value_changes_on_its_way(value):
    with pytest.raises(FrozenInstanceError):
        value.notes = value.request_id = "other"


def test_nobody_forgets_to_say_who_and_how():
    with pytest.raises(TypeError, match=r"'by' and 'source'"):
        Change()
