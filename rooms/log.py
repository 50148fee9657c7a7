"""The hotel's log: the one place that takes a seq and writes an event.

Locks are always taken in one order: rooms by pk, then the booking, then the hotel's row, which
`append` locks last and holds until the transaction ends. So seq has no gaps, events become
visible in its order, and no two callers wait for each other. No lock is on a row's key: whoever
has written a row that refers to the same hotel, room or booking can still have it next.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from hotel.exceptions import InvalidInput, StaleVersion
from hotel.models import Hotel, Staff
from rooms.choices import Action, LogAction, Source
from rooms.models import Room, RoomEvent

USED = "This request id was used for another request."
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
    *,
    by: Staff | None,
    source: Source,
    room: Room | None = None,
    booking: Model | None = None,
    notes: str = "",
    request_id: str = "",
    occurred_at: dt.datetime | None = None,
) -> RoomEvent:
    """Write an event that does not change a room's status, and mark the room's card as changed.

    `by` is None where a program did it. Returns the event; runs inside the caller's transaction.
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
        actor=by,
        source=source,
        notes=notes,
        request_id=request_id,
        occurred_at=occurred_at or timezone.now(),
    )


@contextmanager
def one_request(room: Room) -> Iterator[None]:
    """Run a change whole or not at all; a request id that the log has already is InvalidInput.

    The room in hand, which the change has touched by then, is read again.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        # PostgreSQL names the constraint request_id_once_per_hotel, SQLite its columns.
        if "request_id" in str(error):
            room.refresh_from_db(from_queryset=Room.objects.with_house())
            raise InvalidInput({"request_id": USED}) from error
        raise


def first_result(
    hotel: Hotel, request_id: str, *, by: Staff, notes: str = "", **same: Any
) -> RoomEvent | None:
    """Return the event that this request id wrote before, or None.

    A repeat comes from the same person with the same notes; `same` names what else it must have
    in common with the first (action, room, booking). Raises InvalidInput where the id was used
    for something else.
    """
    if not request_id:
        return None
    found = RoomEvent.objects.filter(hotel=hotel, request_id=request_id).order_by()
    # Nearly always there is none: the short question first.
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        return None
    event = RoomEvent.objects.select_related("booking", "actor__user").get(pk=pk)
    same |= {"actor": by, "notes": notes}
    if any(getattr(event, name) != value for name, value in same.items()):
        raise InvalidInput({"request_id": USED})
    return event


def require_version(room: Room, expected_version: int | None) -> None:
    """Raise StaleVersion, with what happened since, unless the room is as the person saw it."""
    if expected_version is None or expected_version == room.version:
        return
    events = list(
        room.events.of_status()
        .filter(room_version__gt=expected_version)
        .select_related("actor__user")
        .order_by("seq")
    )
    who = events[-1].actor.name if events and events[-1].actor else "somebody"
    raise StaleVersion(
        f"Room {room.number} changed meanwhile: {who} made it “{room.get_room_status_display()}”.",
        room,
        events,
    )
