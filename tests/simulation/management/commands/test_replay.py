"""The replay command: its report and its refusals."""

import pytest
from django.core.management import CommandError, call_command

from hotel.exceptions import RoomChangedMeanwhile
from simulation import housekeeping

pytestmark = pytest.mark.slow


def test_the_command_plays_and_prints_the_report(hotel, busy, capsys):
    call_command("replay", hotel.slug, "--from", "2016-07-01", "--to", "2016-07-03")

    told = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    n = len(busy)
    assert told["Stays replayed"].strip() == f"{n} checked in, {n} checked out, 0 still in house"
    assert told["Walked guests"].strip() == "0"
    assert told["Rooms given unready"].strip() == "0"
    assert "minutes over" in told["Median turn time"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--from", "2016-07-03", "--to", "2016-07-01"), "before the first"),
        (("--from", "July", "--to", "2016-07-01"), "not a date"),
        (("--from", "2016-07-01"), "--to"),
        (("--from", "2016-07-01", "--to", "2016-07-01", "--attendants", "0"), "at least 1"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(hotel, options, why):
    with pytest.raises(CommandError, match=why):
        call_command("replay", hotel.slug, *options)


def test_somebody_elses_change_ends_the_command_with_a_sentence(hotel, busy, monkeypatch):
    def refuse(*args, **kwargs):
        raise RoomChangedMeanwhile(room=101)

    monkeypatch.setattr(housekeeping, "perform", refuse)
    with pytest.raises(CommandError, match="Somebody else changed this hotel"):
        call_command("replay", hotel.slug, "--from", "2016-07-01", "--to", "2016-07-03")
