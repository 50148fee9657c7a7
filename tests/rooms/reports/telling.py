"""The time line of the logs that the tests of reports write."""

import datetime as dt

from rooms.choices import Action

NOON = dt.datetime(2024, 3, 10, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def at(minute: float) -> dt.datetime:
    """Return the moment so many minutes after noon."""
    return NOON + dt.timedelta(minutes=minute)


def plain_turnover(start: float) -> list[tuple]:
    """Return a log of 20 minutes' wait, 30 of cleaning, 10 until it passes."""
    return [
        (start, Action.CHECK_OUT),
        (start + 20, Action.START_CLEANING),
        (start + 50, Action.MARK_CLEANED),
        (start + 60, Action.PASS_INSPECTION),
    ]
