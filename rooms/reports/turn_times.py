"""Turn times and first-pass rate, read from the log.

Minutes are floats, and datetimes are aware. A value is None if there is nothing to measure.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from django.utils import timezone

from hotel.models import Hotel
from rooms.reports.facts import Inspection, Turnover, read_facts


def turnovers(hotel: Hotel, since: dt.datetime, until: dt.datetime) -> list[Turnover]:
    """Return the turnovers that ended within [since, until), in the order in which they ended.

    Turnovers longer than LONGEST_TURNOVER are left out, because the room was closed.
    """
    return [fact for fact in read_facts(hotel, since, until) if isinstance(fact, Turnover)]


@dataclass(frozen=True, kw_only=True)
class FirstPass:
    """How many first inspections there were, and how many of them passed.

    The inspection of a re-clean after a failed one does not count.
    """

    inspected: int
    passed: int

    @property
    def rate(self) -> float | None:
        """The first-pass rate from 0 to 1, or None without inspections."""
        return self.passed / self.inspected if self.inspected else None


@dataclass(frozen=True, kw_only=True)
class PartTime:
    """The median minutes of one part of the turn time, over the turnovers that have it."""

    median: float | None
    turnovers: int


@dataclass(frozen=True, kw_only=True)
class Performance:
    """Turn times and first-pass rate within [since, until).

    `turn_time` is the median in minutes. The parts are those of Turnover; each median covers only
    the turnovers that have the part, so the medians do not add up to `turn_time`. `wait_to_start`
    covers only turnovers in which somebody tapped start.
    """

    since: dt.datetime
    until: dt.datetime
    turnovers: int
    turn_time: float | None
    wait_to_start: PartTime
    cleaning: PartTime
    wait_to_inspect: PartTime
    reclean: PartTime
    out_of_service: PartTime
    first_pass: FirstPass


def performance(hotel: Hotel, days: int, at: dt.datetime | None = None) -> Performance:
    """Return the figures of the last `days` times 24 hours up to `at` (default: now).

    Runs one query.
    """
    until = at or timezone.now()
    since = until - dt.timedelta(days=days)
    facts = list(read_facts(hotel, since, until))
    found = [fact for fact in facts if isinstance(fact, Turnover)]
    return Performance(
        since=since,
        until=until,
        turnovers=len(found),
        turn_time=median_of(turnover.minutes for turnover in found),
        wait_to_start=_part_time(turnover.wait_to_start for turnover in found if turnover.cleaning),
        cleaning=_part_time(turnover.cleaning for turnover in found),
        wait_to_inspect=_part_time(turnover.wait_to_inspect for turnover in found),
        reclean=_part_time(turnover.reclean for turnover in found),
        out_of_service=_part_time(turnover.out_of_service for turnover in found),
        first_pass=first_pass(fact for fact in facts if isinstance(fact, Inspection)),
    )


def median_of(minutes: Iterable[float]) -> float | None:
    """Return the median, or None if there are no values."""
    values = list(minutes)
    return median(values) if values else None


def _part_time(minutes: Iterable[float]) -> PartTime:
    values = [value for value in minutes if value]
    return PartTime(median=median_of(values), turnovers=len(values))


def first_pass(inspections: Iterable[Inspection]) -> FirstPass:
    """Count the first inspections among these, and those that passed."""
    passed = [inspection.passed for inspection in inspections if inspection.first]
    return FirstPass(inspected=len(passed), passed=sum(passed))
