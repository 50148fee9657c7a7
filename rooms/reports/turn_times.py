"""Turn times and first-pass rate, measured from the log.

Minutes are floats and moments aware; where there is nothing to measure, the answer is None.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from django.utils import timezone

from hotel.models import Hotel
from rooms.reports.facts import Inspection, Turnover, read_facts


def turnovers(hotel: Hotel, since: dt.datetime, until: dt.datetime) -> list[Turnover]:
    """Return the turnovers that ended within [since, until), the first to be ready first.

    One that took longer than LONGEST_TURNOVER is left out: the room was closed.
    """
    return [fact for fact in read_facts(hotel, since, until) if isinstance(fact, Turnover)]


@dataclass(frozen=True, kw_only=True)
class FirstPass:
    """First-pass rate (vocabulary): first inspections of a clean, and how many of them passed.

    The inspection of a re-clean after a failure is not a first one.
    """

    inspected: int
    passed: int

    @property
    def rate(self) -> float | None:
        """From 0 to 1; None before there is a first inspection."""
        return self.passed / self.inspected if self.inspected else None


@dataclass(frozen=True, kw_only=True)
class PartTime:
    """The median minutes of one part of the turn time, over the `turnovers` that had the part."""

    median: float | None
    turnovers: int


@dataclass(frozen=True, kw_only=True)
class Performance:
    """Turn time and quality over [since, until); `turn_time` is the median in minutes.

    The parts are those of `Turnover`, each over the turnovers that had it: their medians do not
    add up to `turn_time`. `wait_to_start` leaves out those that nobody tapped start on.
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
    """Measure the last `days` times 24 hours up to `at` (default: now), in one query."""
    until = at or timezone.now()
    since = until - dt.timedelta(days=days)
    facts = list(read_facts(hotel, since, until))
    found = [fact for fact in facts if isinstance(fact, Turnover)]
    return Performance(
        since=since,
        until=until,
        turnovers=len(found),
        turn_time=median_of(turnover.minutes for turnover in found),
        wait_to_start=_part_time(one.wait_to_start for one in found if one.cleaning),
        cleaning=_part_time(one.cleaning for one in found),
        wait_to_inspect=_part_time(one.wait_to_inspect for one in found),
        reclean=_part_time(one.reclean for one in found),
        out_of_service=_part_time(one.out_of_service for one in found),
        first_pass=first_pass(fact for fact in facts if isinstance(fact, Inspection)),
    )


def median_of(minutes: Iterable[float]) -> float | None:
    """Return the median, or None of nothing."""
    values = list(minutes)
    return median(values) if values else None


def _part_time(minutes: Iterable[float]) -> PartTime:
    values = [value for value in minutes if value]
    return PartTime(median=median_of(values), turnovers=len(values))


def first_pass(inspections: Iterable[Inspection]) -> FirstPass:
    """Return the first-pass rate of these inspections."""
    passed = [inspection.passed for inspection in inspections if inspection.first]
    return FirstPass(inspected=len(passed), passed=sum(passed))
