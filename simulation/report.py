"""The report that a replay prints at its end."""

import datetime as dt
import statistics
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Turns:
    """Housekeeping's results: turn times in minutes, and first inspections."""

    minutes: list[float] = field(default_factory=list)
    inspected: int = 0
    passed: int = 0


@dataclass
class Report:
    """The results of a replay.

    `walked` and `moved` hold booking ids: guests who got no room, or a room of another type than
    planned. `refused` counts check-ins refused because the room was not ready. `given_unready`
    counts check-ins to a room that was not bookable; it must be 0. `unplanned` counts what no
    booking said (simulation.unplanned).
    """

    first: dt.date
    last: dt.date
    checked_in: int = 0
    checked_out: int = 0
    in_house: int = 0
    events: int = 0
    walked: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    refused: int = 0
    given_unready: int = 0
    turns: Turns = field(default_factory=Turns)
    unplanned: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def median_turn(self) -> float | None:
        """The median minutes from departure to ready, or None without turnovers."""
        return statistics.median(self.turns.minutes) if self.turns.minutes else None

    @property
    def first_pass_rate(self) -> float | None:
        """The share of first inspections that passed, or None without inspections."""
        return self.turns.passed / self.turns.inspected if self.turns.inspected else None

    def __str__(self) -> str:
        median, passed = self.median_turn, self.first_pass_rate
        lines = {
            "Days": f"{self.first} to {self.last}{', interrupted' if self.interrupted else ''}",
            "Stays replayed": f"{self.checked_in:,} checked in, {self.checked_out:,} checked out, "
            f"{self.in_house:,} still in house",
            "Events": f"{self.events:,}",
            "Walked guests": _some(self.walked),
            "Moved guests": _some(self.moved),
            "Check-ins refused, room not ready": f"{self.refused:,}",
            "Rooms given unready": f"{self.given_unready:,}",
            "Median turn time": "none"
            if median is None
            else f"{median:.0f} minutes over {len(self.turns.minutes):,} turns",
            "First-pass rate": "none"
            if passed is None
            else f"{passed:.1%} of {self.turns.inspected:,} first inspections",
            "Took": f"{self.seconds:.1f} seconds",
        }
        width = max(map(len, lines))
        return "\n".join(f"{name:<{width}}  {value}" for name, value in lines.items())


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    return f"{len(names):,}" + (f" ({shown})" if names else "")
