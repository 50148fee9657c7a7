"""A thread that notices when a hotel's log grows, one in each process.

PostgreSQL sends NOTIFY (from rooms.log). SQLite is polled with `PRAGMA data_version`, which
changes with every commit of another connection, in this process or another. Both are only hints:
the seqs are read from the table, and again at each heartbeat, so a lost hint costs seconds.
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
from django.db import OperationalError, connection
from django.utils import timezone

from hotel.models import Hotel, Staff
from portal.api.rate_limit import save_uses
from portal.live.hub import Hub, Subscription
from rooms.log import CHANNEL

logger = logging.getLogger(__name__)

# Seconds between two polls of SQLite, each of which takes 10 microseconds.
LOOK = 0.03
# Seconds to wait after a notification, so that a burst becomes a few. A single change is not
# delayed.
BURST = 0.05
# Seconds to wait for a notification before checking whether to stop.
PATIENCE = 0.5


class Watcher(threading.Thread):
    """Wakes the streams of hotels whose log has grown, and ends those no longer allowed."""

    def __init__(self, hub: Hub, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(name="watcher", daemon=True)
        self.hub = hub
        self.loop = loop
        self.seqs: dict[int, int] = {}
        self.stopped = threading.Event()

    def run(self) -> None:
        """Watch until stopped; after an error, such as a lost database, start again."""
        while not self.stopped.is_set():
            try:
                self._watch()
            except Exception as error:
                # Catch everything, the database driver's own errors too: without this thread no
                # stream is woken, and none ends with its session.
                logger.warning("Live updates pause for a second: %s", error, exc_info=True)
                self.stopped.wait(1)
            finally:
                with suppress(Exception):
                    connection.close()

    def stop(self) -> None:
        """End the thread and close its connection, without waiting long if it hangs."""
        self.stopped.set()
        self.join(2 * PATIENCE)

    def _watch(self) -> None:
        beat = 0.0
        for moved in self._commits():
            if self.stopped.is_set():
                return
            if time.monotonic() >= beat:
                self._look(everybody=True)
                # If the database is locked or full, they are saved at a later heartbeat.
                with suppress(OperationalError):
                    save_uses()
                beat = time.monotonic() + settings.LIVE_HEARTBEAT_SECONDS
            elif moved:
                self._look()

    def _commits(self) -> Iterator[bool]:
        """Yield True after a commit, and False from time to time without one."""
        connection.ensure_connection()
        if connection.vendor == "sqlite":
            # A heartbeat's one write, save_uses(), must not delay the streams.
            connection.connection.execute("PRAGMA busy_timeout = 100")
        # The driver's own connection: Django's wrapper takes longer than the query.
        database: Any = connection.connection
        if connection.vendor == "postgresql":
            database.execute(f"LISTEN {CHANNEL}")
            while True:
                notices = list(database.notifies(timeout=PATIENCE, stop_after=1))
                yield bool(notices)
                if notices:
                    self.stopped.wait(BURST)
        seen = None
        while True:
            (version,) = database.execute("PRAGMA data_version").fetchone()
            yield version != seen
            seen = version
            self.stopped.wait(LOOK)

    def _look(self, *, everybody: bool = False) -> None:
        """Read the seqs and wake the hotels whose seq has changed, or all for a heartbeat."""
        seqs = dict(Hotel.objects.order_by().values_list("pk", "last_seq"))
        news = seqs if everybody else dict(seqs.items() - self.seqs.items())
        self.seqs = seqs
        if news:
            ended = without_right(self.hub.subscriptions(news))
            self.loop.call_soon_threadsafe(self.hub.wake, news, ended)


def without_right(subscriptions: Collection[Subscription]) -> set[Subscription]:
    """Return the subscriptions whose session ended, password changed, or person left the staff.

    Runs two queries, however many subscriptions there are.
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
