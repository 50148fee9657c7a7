"""One thread a process, with a connection of its own, that sees the hotels' logs move.

PostgreSQL says so by NOTIFY (rooms.log sends it), SQLite by `PRAGMA data_version`, which moves
with every commit of any other connection, in this process or another. Either is only a wake-up:
the seqs are read from the table, and read again at each heartbeat, so a lost one costs seconds.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from hotel.models import Hotel, Staff
from portal.live.hub import Hub, Subscription
from rooms.log import CHANNEL

logger = logging.getLogger(__name__)

# Seconds between two looks at SQLite's counter: 10 microseconds each.
LOOK = 0.03
# Seconds between two wake-ups on PostgreSQL: a burst becomes few, and a single change waits for
# nothing.
BURST = 0.05
# Seconds that a stop may have to wait for PostgreSQL to stay silent.
PATIENCE = 0.5


class Watcher(threading.Thread):
    """Wakes the streams of a hotel whose log has moved, and ends those that lost their right."""

    def __init__(self, hub: Hub, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(name="watcher", daemon=True)
        self.hub = hub
        self.loop = loop
        self.seqs: dict[int, int] = {}
        self.stopped = threading.Event()

    def run(self) -> None:
        """Watch until stopped; after a fault, such as a database that has gone, begin again."""
        while not self.stopped.is_set():
            try:
                self._watch()
            except Exception as error:
                # Whatever it was, also of the driver's own kind: without this thread nobody is told
                # anything, and nobody's stream ends with their session.
                logger.warning("Live updates stop for a second: %s", error, exc_info=True)
                self.stopped.wait(1)
            finally:
                with suppress(Exception):
                    connection.close()

    def stop(self) -> None:
        """End the thread and its connection; one that hangs does not hold the server."""
        self.stopped.set()
        self.join(2 * PATIENCE)

    def _watch(self) -> None:
        beat = 0.0
        for moved in self._commits():
            if self.stopped.is_set():
                return
            if time.monotonic() >= beat:
                self._look(everybody=True)
                beat = time.monotonic() + settings.LIVE_HEARTBEAT_SECONDS
            elif moved:
                self._look()

    def _commits(self) -> Iterator[bool]:
        """Yield True once somebody has committed, and False now and then."""
        connection.ensure_connection()
        # Django's wrapper costs more than the question itself.
        database: Any = connection.connection
        if connection.vendor == "postgresql":
            database.execute(f"LISTEN {CHANNEL}")
            while True:
                told = list(database.notifies(timeout=PATIENCE, stop_after=1))
                yield bool(told)
                if told:
                    self.stopped.wait(BURST)
        seen = None
        while True:
            (version,) = database.execute("PRAGMA data_version").fetchone()
            yield version != seen
            seen = version
            self.stopped.wait(LOOK)

    def _look(self, *, everybody: bool = False) -> None:
        """Read the seqs; wake whom they concern, or everybody, as at a heartbeat."""
        seqs = dict(Hotel.objects.order_by().values_list("pk", "last_seq"))
        news = seqs if everybody else dict(seqs.items() - self.seqs.items())
        self.seqs = seqs
        if news:
            ended = without_right(self.hub.subscriptions(news))
            self.loop.call_soon_threadsafe(self.hub.tell, news, ended)


def without_right(subscriptions: Collection[Subscription]) -> set[Subscription]:
    """Return those whose session has ended, whose password changed or who left the staff.

    Two questions, however many streams there are.
    """
    if not subscriptions:
        return set()
    sessions = Session.objects.filter(
        session_key__in={one.session for one in subscriptions}, expire_date__gt=timezone.now()
    )
    staff = Staff.objects.filter(
        pk__in={one.staff for one in subscriptions}, active=True, user__is_active=True
    )
    signed_in = set(sessions.values_list("session_key", flat=True))
    passwords = dict(staff.order_by().values_list("pk", "user__password"))
    return {
        one
        for one in subscriptions
        if one.session not in signed_in or passwords.get(one.staff) != one.password
    }
