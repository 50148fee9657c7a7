"""Send the hotels' new events to Pusher, in order and at least once.

The relay is a process of its own (`manage.py relay`), so that no request waits for Pusher. It
saves how far it has come in each hotel's log: if Pusher is down, it continues from there later.
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

# Seconds between two checks for new events, each one short query.
POLL = 0.2
# Seconds to wait for more events, so that a bulk checkout wakes every screen only once.
GATHER = 0.075
# Seconds between two tries while Pusher is down.
LONGEST_PAUSE = 10
# Pusher allows ten events a call and 10 KB an event; 100 room numbers take 1.4 KB.
BATCH = 10
MOST_ROOMS = 100
# The key of PostgreSQL's advisory lock: “relay” in ASCII.
LOCK = 0x72656C6179
# ValueError: the response was not JSON.
FAULTS = (PusherError, requests.RequestException, ValueError)


def follow(stop: threading.Event) -> None:
    """Send new events until `stop` is set; if Pusher fails, wait and try again.

    Database errors are not caught: when the connection is lost, the lock of only_one() is lost too.
    """
    client = pusher.client()
    faults = 0
    while not stop.is_set():
        if not _behind().exists():
            stop.wait(POLL)
            continue
        stop.wait(GATHER)
        try:
            send_wake_ups(client)
        except FAULTS as fault:
            if not faults:
                logger.warning("Pusher does not answer; new events wait: %s", _reason(fault))
            faults += 1
            stop.wait(pause(faults))
        else:
            if faults:
                logger.warning("Pusher answers again after %d tries; all events are sent.", faults)
            faults = 0


def send_wake_ups(client: "Pusher") -> None:
    """Send one event for each hotel whose log has grown, then save the position.

    A new hotel starts at its present seq; its past is not sent. Raises one of FAULTS if Pusher
    refuses or cannot be reached; what it did not accept is sent by the next call.
    """
    behind = list(_behind().order_by("pk").values_list("pk", "slug", "last_seq", "sent"))
    _save({pk: last_seq for pk, _, last_seq, sent in behind if sent is None})
    grown = [row for row in behind if row[3] is not None]
    for start in range(0, len(grown), BATCH):
        some = grown[start : start + BATCH]
        client.trigger_batch([_wake_up(*row) for row in some])
        _save({pk: last_seq for pk, _, last_seq, _ in some})


def pause(faults: int) -> float:
    """Return the seconds to wait after so many failures in a row, with some randomness."""
    longest = min(LONGEST_PAUSE, 0.25 * 2 ** min(faults, 10))
    return longest * random.uniform(0.5, 1)  # noqa: S311 (no secret)


@contextmanager
def only_one(stop: threading.Event) -> Iterator[None]:
    """Hold the lock that lets one relay at a time work on this database.

    Waits for the lock until `stop` is set. The lock ends with the process or its connection, so
    a crash does not leave it behind.
    """
    with _lock() as take:
        if not take():
            logger.warning("Another relay is running; this one waits until it ends.")
            while not stop.wait(1) and not take():
                pass
        yield


@contextmanager
def _lock() -> Iterator[Callable[[], bool]]:
    """Yield a function that tries to take the lock and returns whether it did."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            yield lambda: _take_in_database(cursor)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    else:
        # An SQLite file is on this machine only, and so is any other relay.
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


def _behind() -> Any:
    """Return the hotels with events that were not sent yet, each with `sent`, its position."""
    hotels = Hotel.objects.annotate(sent=F("relay_position__seq"))
    return hotels.filter(Q(sent=None) | Q(sent__lt=F("last_seq")))


def _wake_up(pk: int, slug: str, last_seq: int, sent: int) -> dict[str, Any]:
    """Return a hotel's event; `rooms` is None if more than MOST_ROOMS changed."""
    events = RoomEvent.objects.filter(hotel=pk, seq__gt=sent, seq__lte=last_seq)
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
    """Return the error as one short line.

    The message of `requests` is left out: it contains the signed URL.
    """
    said = "" if isinstance(fault, requests.RequestException) else str(fault)[:200]
    return f"{type(fault).__name__} {' '.join(said.split())}".rstrip()
