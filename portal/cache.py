"""Answers kept in memory, and the one value that says for whom an answer may be used again.

Nothing kept here expires by time. A key holds everything that its answer depends on, among it a
seq of the hotel's log, so a change makes another key and the old answer is never asked for again.
"""

from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakSet

from cachetools import LRUCache

from hotel.models import Staff

Value = TypeVar("Value")


class Viewer(NamedTuple):
    """What an answer depends on about who looks at it. Every key begins with one.

    `hotel` and `setup_seq`: an answer shows names and settings of the hotel, which move its
    setup_seq when they change. `role` decides which actions are offered, `language` in which
    words. `person` is set where the answer is for one person alone, such as a page with their
    name on it, and None where colleagues in the same role and language share it.

    A named tuple and not a dataclass: the board compares one for each of its cards, and tuples
    are hashed and compared without running Python code.
    """

    hotel: int
    setup_seq: int
    role: str
    language: str
    person: int | None

    @classmethod
    def of(cls, staff: Staff, *, personal: bool) -> "Viewer":
        """Return this member of staff as a viewer; `personal` where no colleague may share."""
        hotel = staff.hotel
        person = staff.pk if personal else None
        return cls(hotel.pk, hotel.setup_seq, staff.role, staff.language, person)


class SeqCache(Generic[Value]):
    """Keeps the answers used last, up to `maxsize`. Any thread may use it.

    `Value` must not be able to be None: None means that nothing is kept under a key.
    """

    def __init__(self, maxsize: int) -> None:
        self._kept: LRUCache[Hashable, Value] = LRUCache(maxsize)
        self._lock = Lock()
        _caches.add(self)

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Value | None:
        """Return what is kept under the key, or None."""
        with self._lock:
            return self._kept.get(key)

    def get_many(self, keys: Iterable[Hashable]) -> list[Value | None]:
        """Return what is kept under each key, in the same order, or None."""
        # Made before the lock is taken: no thread waits while another makes its keys.
        keys = list(keys)
        with self._lock:
            return [self._kept.get(key) for key in keys]

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value under the key."""
        with self._lock:
            self._kept[key] = value

    def get_or_make(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what is kept under the key, or make it and keep it.

        The lock is not held meanwhile: two threads may make the same value, none waits for another.
        """
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


_caches: WeakSet[SeqCache[Any]] = WeakSet()


def clear_all() -> None:
    """Forget everything in every cache of this process.

    For tests and measurements: a database that is rolled back gives the same ids and seqs to other
    rows. Nothing else needs it.
    """
    for cache in list(_caches):
        cache.clear()
