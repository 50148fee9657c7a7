"""A line in which the writers of one process wait for their turn, first come, first served."""

from collections import deque
from threading import Lock


class Line:
    """A lock that is handed to whoever has waited longest.

    SQLite itself has no line: a writer that finds the database locked sleeps and tries again,
    and whoever happens to try first gets it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken = False
        # Each waits for its own lock to be released.
        self._waiting: deque[Lock] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for the turn, at most so long; tell whether it came."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        # A negative timeout would raise, and leave a place in the line that nobody stands in.
        if mine.acquire(timeout=max(0, seconds)):
            return True
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        # The turn came at the last moment.
        return True

    def leave(self) -> None:
        """Give the turn to the next."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
