"""The hotel's log: the one place that takes a seq and writes an event.

Locks are always taken in one order: rooms by pk, then the booking, then the hotel's row, which
`append` locks last and holds until the transaction ends. So seq has no gaps, events become
visible in its order, and no two callers wait for each other. No lock includes the row's key, so a
transaction that has inserted a row referring to the hotel, room or booking can still take the lock.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from hotel.exceptions import InvalidInput, StaleVersion
from hotel.models import Hotel
from rooms.change import Change
from rooms.choices import Action, LogAction
from rooms.models import Room, RoomEvent

USED = _("This request id was used for another request.")
# Where PostgreSQL tells the other connections that a log has moved.
CHANNEL = "readyroom"


def lock(hotel: Hotel) -> Hotel:
    """Lock the hotel's row, the last in the order above, and return it as it is now."""
    return Hotel.objects.select_for_update(no_key=True).get(pk=hotel.pk)


def take_seqs(hotel: Hotel, count: int = 1) -> int:
    """Take the hotel's next `count` seqs and return the first; the row stays locked.

    Must run in the transaction that writes the events: rolled back, the seqs were never taken.
    """
    # One statement instead of two under the lock; both databases know RETURNING.
    taken = "UPDATE hotel_hotel SET last_seq = last_seq + %s WHERE id = %s RETURNING last_seq"
    if connection.vendor == "postgresql":
        # Sent when the transaction commits, once however often it says so, and never before.
        taken += f", pg_notify('{CHANNEL}', '')"
    with connection.cursor() as cursor:
        cursor.execute(taken, [count, hotel.pk])
        last = cursor.fetchone()[0]
    hotel.last_seq = last
    return int(last) - count + 1


def append(
    hotel: Hotel,
    action: Action | LogAction,
    change: Change,
    *,
    room: Room | None = None,
    booking: Any = None,
    notes: str = "",
) -> RoomEvent:
    """Write an event that does not change a room's status, and mark the room's card as changed.

    `booking` is a stays.Booking. Returns the event; runs inside the caller's transaction.
    """
    seq = take_seqs(hotel)
    if room is not None:
        Room.objects.filter(pk=room.pk).update(last_seq=seq)
        room.last_seq = seq
    if action is LogAction.SETUP_CHANGED:
        Hotel.objects.filter(pk=hotel.pk).update(setup_seq=seq)
    return RoomEvent.objects.create(
        hotel=hotel,
        seq=seq,
        room=room,
        booking=booking,
        action=action,
        from_status=room.room_status if room else "",
        to_status=room.room_status if room else "",
        actor=change.by,
        source=change.source,
        notes=notes,
        request_id=change.request_id,
        occurred_at=change.moment,
    )


@contextmanager
def opened(
    hotel: Hotel,
    change: Change,
    lock: Callable[[], Room | None],
    *,
    raises_version: bool = False,
    **same: Any,
) -> Iterator[RoomEvent | None]:
    """Open a change, whole or not at all: take the locks, look for a repeat, check the version.

    `lock` takes the locks, brings what it locked up to date, and returns the room whose version
    the person saw, or None where no version counts. Yields the event that the same request wrote
    before, or None. A context manager cannot skip its body, so the body returns the repeat.

    A repeat comes from the same person; `same` names what else it has in common with the first:
    action, room, booking, notes (None: the change words them itself, so they are not compared).
    Raises InvalidInput for a request id that was used for something else, and StaleVersion where
    the room has moved on since the person saw it.

    With `raises_version` the change raises the version of the locked room: at the version that the
    person saw, it cannot have been done before, and no repeat is looked for.
    """
    room = None
    try:
        with transaction.atomic():
            room = lock()
            repeat = None
            seen = room is not None and change.expected_version == room.version
            if not (raises_version and seen):
                repeat = _repeat(hotel, change, same)
                if room is not None and repeat is None:
                    _require_version(room, change.expected_version)
            yield repeat
    except IntegrityError as error:
        # PostgreSQL names the constraint request_id_once_per_hotel, SQLite its columns.
        if "request_id" not in str(error):
            raise
        if room is not None:
            # The change has touched the room in hand by then.
            room.refresh_from_db(from_queryset=Room.objects.with_house())
        raise InvalidInput({"request_id": USED}) from error


def _repeat(hotel: Hotel, change: Change, same: dict[str, Any]) -> RoomEvent | None:
    """Return the event that this request id wrote before, or None."""
    if not change.request_id:
        return None
    found = RoomEvent.objects.filter(hotel=hotel, request_id=change.request_id).order_by()
    # Nearly always there is none: the short question first.
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        return None
    event = RoomEvent.objects.select_related("booking", "actor__user").get(pk=pk)
    same = {"notes": "", **same, "actor": change.by}
    if same["notes"] is None:
        del same["notes"]
    if any(getattr(event, name) != value for name, value in same.items()):
        raise InvalidInput({"request_id": USED})
    return event


def _require_version(room: Room, expected_version: int | None) -> None:
    """Raise StaleVersion, with what happened since, unless the room is as the person saw it."""
    if expected_version is None or expected_version == room.version:
        return
    meanwhile = room.events.of_status().filter(room_version__gt=expected_version)
    raise StaleVersion(room, list(meanwhile.select_related("actor__user").order_by("seq")))
