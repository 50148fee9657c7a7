"""Refusals: each has a code for programs, and a sentence for people that can be built."""

import datetime as dt
import string
from typing import Any

import pytest
from django.utils import translation

from hotel import exceptions
from hotel.exceptions import (
    ArrivesLater,
    InvalidInput,
    NoAvailability,
    ReadyroomError,
    RoomOutOfOrder,
    RoomTaken,
    StaleVersion,
)

DAY = dt.date(2026, 3, 9)
KINDS = [
    kind
    for kind in vars(exceptions).values()
    if isinstance(kind, type) and issubclass(kind, ReadyroomError)
]
WITH_A_SENTENCE = [kind for kind in KINDS if kind.sentence]
# Programs go by these: a code stays, whatever becomes of the sentence.
CODES = {
    "illegal_transition",
    "invalid",
    "no_availability",
    "not_allowed",
    "not_bookable",
    "not_checked_in",
    "room_taken",
    "stale_version",
}


class Stay:
    """As much of a booking as a refusal shows."""

    check_in, check_out = DAY, DAY + dt.timedelta(days=2)

    def __str__(self) -> str:
        return "B-7"


class StaleRoom:
    """As much of a room as a refusal shows."""

    def __str__(self) -> str:
        return "204"

    def get_room_status_display(self) -> str:
        return "Cleaning"


def about(kind: type[ReadyroomError]) -> dict[str, Any]:
    """Return a value for each name in the sentence; a format tells a date."""
    names = {
        name: spec for _, name, spec, _ in string.Formatter().parse(str(kind.sentence)) if name
    }
    dates = {"check_in", "check_out", "until", "night"}
    return {name: DAY if name in dates or spec else f"the {name}" for name, spec in names.items()}


def made(kind: type[ReadyroomError]) -> ReadyroomError:
    """Return a refusal as the rules raise it."""
    if issubclass(kind, RoomTaken):
        return kind(StaleRoom(), Stay())
    if kind is StaleVersion:
        return StaleVersion(StaleRoom(), [])
    return kind(**about(kind))


@pytest.mark.parametrize("kind", WITH_A_SENTENCE)
def test_its_sentence_is_whole(kind):
    message = made(kind).message

    assert message.endswith(".")
    assert "{" not in message
    assert "2026-" not in message


@pytest.mark.parametrize("kind", WITH_A_SENTENCE)
def test_what_it_is_about_is_all_in_its_sentence(kind):
    refused = made(kind)

    for name, value in refused.about.items():
        shown = "9 March" if value == DAY else "11 March" if name == "check_out" else str(value)
        assert shown in refused.message


@pytest.mark.parametrize("kind", KINDS)
def test_programs_know_it_by_its_code(kind):
    assert kind.code in CODES or kind is ReadyroomError


@pytest.mark.parametrize("kind", WITH_A_SENTENCE)
def test_without_what_it_is_about_it_has_no_sentence(kind):
    if about(kind):
        with pytest.raises((KeyError, TypeError)):
            _ = kind().message


@pytest.mark.parametrize(
    "refused",
    [
        lambda: ArrivesLater(booking="B-7", check_in=DAY),
        lambda: RoomOutOfOrder(room="204", until=DAY),
        lambda: RoomTaken("204", Stay()),
        lambda: NoAvailability(room_type="Suite", night=DAY),
    ],
)
def test_a_day_is_written_in_the_readers_language(refused):
    assert "9 March" in refused().message

    with translation.override("de"):
        assert "9 März" in refused().message


def test_what_a_stale_version_knows_is_told_with_the_rooms_present_status():
    assert made(StaleVersion).message == (
        "Room 204 changed meanwhile: somebody made it “Cleaning”."
    )


def test_invalid_input_says_all_that_is_wrong_and_where():
    refused = InvalidInput({"notes": "Say why.", "until": "Too early."})

    assert refused.fields == {"notes": ["Say why."], "until": ["Too early."]}
    assert str(refused) == refused.message == "Say why. Too early."
