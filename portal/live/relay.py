"""Tells Pusher what the hotels' logs say: from a saved position, at least once, in order.

It runs as a process of its own (`manage.py relay`): no request ever waits for Pusher, and while
Pusher is away the log waits for it.
"""

import fcntl
import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from django.db import connection
from django.db.models import F, Q
from pusher.errors import PusherError

from hotel.models import Hotel
from portal.live import pusher
from portal.models import RelayPosition
from rooms.models import RoomEvent

if TYPE_CHECKING:
    from pusher import Pusher

logger = logging.getLogger(__name__)

# Seconds between two looks at the hotels' counters: one short query, whatever the log's length.
POLL = 0.2
# Seconds to let a burst gather, so that a bulk checkout wakes every screen once.
GATHER = 0.075
LONGEST_PAUSE = 10
# Pusher's limits: ten events a call, and 10 KB an event, of which 100 numbers take 1.4.
BATCH = 10
MOST_ROOMS = 100
# For whoever looks at the locks of a PostgreSQL: “relay” in ASCII.
LOCK = 0x72656C6179
# ValueError: an answer in Pusher's name that is not JSON.
FAULTS = (PusherError, requests.RequestException, ValueError)


def follow(stop: threading.Event) -> None:
    """Tell Pusher of everything that the logs gain, until `stop` is set; faults are outlived.

    An error of the database ends it: a lost connection has lost the lock of only_one() as well.
    """
    client = pusher.client()
    faults = 0
    while not stop.is_set():
        if not _untold().exists():
            stop.wait(POLL)
            continue
        stop.wait(GATHER)
        try:
            tell(client)
        except FAULTS as fault:
            if not faults:
                logger.warning("Pusher is away, its news wait: %s", _reason(fault))
            faults += 1
            stop.wait(pause(faults))
        else:
            if faults:
                logger.warning("Pusher is back after %d tries and knows everything.", faults)
            faults = 0


def tell(client: "Pusher") -> None:
    """Send one wake-up for each hotel whose log has grown; save how far once it is accepted.

    A hotel met for the first time begins at its present seq: nobody waits for its past. Raises
    one of FAULTS; what was not accepted by then is sent the next time.
    """
    untold = list(_untold().order_by("pk").values_list("pk", "slug", "last_seq", "told"))
    _save({pk: last_seq for pk, _, last_seq, told in untold if told is None})
    grown = [row for row in untold if row[3] is not None]
    for start in range(0, len(grown), BATCH):
        some = grown[start : start + BATCH]
        client.trigger_batch([_wake_up(*row) for row in some])
        _save({pk: last_seq for pk, _, last_seq, _ in some})


def pause(faults: int) -> float:
    """Return the seconds to wait after so many faults in a row; no two relays keep in step."""
    longest = min(LONGEST_PAUSE, 0.25 * 2 ** min(faults, 10))
    return longest * random.uniform(0.5, 1)  # noqa: S311 (no secret)


@contextmanager
def only_one(stop: threading.Event) -> Iterator[None]:
    """Wait until no other relay works on this database, or `stop` is set; keep others waiting.

    The lock ends with its process or connection: a crashed relay leaves none behind.
    """
    with _lock() as take:
        if not take():
            logger.warning("Another relay is at work; this one waits for it to end.")
            while not stop.wait(1) and not take():
                pass
        yield


@contextmanager
def _lock() -> Iterator[Callable[[], bool]]:
    """Give a function that tries to take the lock and tells whether it got it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            yield lambda: _take_in_database(cursor)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    else:
        # SQLite's file is on this machine alone, and so is whoever may compete.
        with Path(f"{connection.settings_dict['NAME']}-relay").open("w") as file:
            yield lambda: _take_on_disk(file)


def _take_in_database(cursor: Any) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
    return bool(cursor.fetchone()[0])


def _take_on_disk(file: Any) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _untold() -> Any:
    hotels = Hotel.objects.annotate(told=F("relay_position__seq"))
    return hotels.filter(Q(told=None) | Q(told__lt=F("last_seq")))


def _wake_up(pk: int, slug: str, last_seq: int, told: int) -> dict[str, Any]:
    """Return the event that wakes a hotel's screens; many rooms are told as None."""
    events = RoomEvent.objects.filter(hotel=pk, seq__gt=told, seq__lte=last_seq)
    numbers = events.exclude(room=None).values_list("room__number", flat=True)
    rooms = list(numbers.order_by("room__number").distinct()[: MOST_ROOMS + 1])
    return {
        "channel": pusher.channel(slug),
        "name": pusher.EVENT,
        "data": {
            "hotel": slug,
            "seq": last_seq,
            "rooms": rooms if len(rooms) <= MOST_ROOMS else None,
        },
    }


def _save(positions: dict[int, int]) -> None:
    RelayPosition.objects.bulk_create(
        [RelayPosition(hotel_id=pk, seq=seq) for pk, seq in positions.items()],
        update_conflicts=True,
        unique_fields=["hotel"],
        update_fields=["seq"],
    )


def _reason(fault: Exception) -> str:
    """Name the fault in one short line; the text of `requests` repeats the signed address."""
    said = "" if isinstance(fault, requests.RequestException) else str(fault)[:200]
    return f"{type(fault).__name__} {' '.join(said.split())}".rstrip()
