"""A thread that turns the hotels' days, one in each server process.

It looks every half minute whether something is due, by one query. Several processes may find the
same: stays.day_turn does each thing once.
"""

import logging
import threading
from contextlib import suppress

from django.db import connection

from stays.day_turn import turn_all

logger = logging.getLogger(__name__)

# Seconds between two looks.
LOOK = 30
# Seconds to wait for a day that is being turned when the server stops.
PATIENCE = 1


class Clock(threading.Thread):
    """Begins and ends what the hotels' days demand, from the server's start to its stop."""

    def __init__(self) -> None:
        super().__init__(name="clock", daemon=True)
        self.stopped = threading.Event()

    def run(self) -> None:
        """Look at once, for what was missed while the server was down, and then again and again."""
        while not self.stopped.is_set():
            try:
                turn_all()
            except Exception as error:
                # Catch everything, such as a lost database: the next look may find it again.
                logger.warning("The day's turn waits half a minute: %s", error, exc_info=True)
            finally:
                # A connection for a moment, not for good: it is needed twice a minute.
                with suppress(Exception):
                    connection.close()
            self.stopped.wait(LOOK)

    def stop(self) -> None:
        """End the thread, without waiting long if it is at work: a rest is done after the start."""
        self.stopped.set()
        self.join(PATIENCE)
