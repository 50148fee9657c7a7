"""The report of a replay, as it is printed."""

import datetime as dt

from simulation.report import Report, Turns

DAYS = {"first": dt.date(2016, 7, 1), "last": dt.date(2016, 7, 3)}


def lines(report: Report) -> dict[str, str]:
    """Return the printed report: what stands beside each name."""
    pairs = (line.split("  ", 1) for line in str(report).splitlines())
    return {name: value.strip() for name, value in pairs}


def test_it_tells_what_was_played():
    told = lines(
        Report(
            **DAYS,
            checked_in=1234,
            checked_out=1230,
            in_house=4,
            events=9876,
            turns=Turns(minutes=[40, 50, 90], inspected=3, passed=2),
            seconds=1.25,
        )
    )

    assert told["Days"] == "2016-07-01 to 2016-07-03"
    assert told["Stays replayed"] == "1,234 checked in, 1,230 checked out, 4 still in house"
    assert told["Events"] == "9,876"
    assert told["Median turn time"] == "50 minutes over 3 turns"
    assert told["First-pass rate"] == "66.7% of 3 first inspections"
    assert told["Took"] == "1.2 seconds"


def test_without_turnovers_there_is_no_median_and_no_rate():
    report = Report(**DAYS)

    assert (report.median_turn, report.first_pass_rate) == (None, None)
    assert lines(report)["Median turn time"] == lines(report)["First-pass rate"] == "none"


def test_guests_are_named_up_to_five():
    told = lines(Report(**DAYS, walked=["B-1"], moved=[f"B-{n}" for n in range(6)]))

    assert told["Walked guests"] == "1 (B-1)"
    assert told["Moved guests"] == "6 (B-0, B-1, B-2, B-3, B-4, …)"


def test_an_interrupted_replay_says_so():
    assert lines(Report(**DAYS, interrupted=True))["Days"].endswith(", interrupted")
