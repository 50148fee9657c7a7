"""Two values that every service takes whole: who changes something and how, and what they gave."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from hotel.models import Staff
from rooms.choices import Source

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from rooms.models import Room


@dataclass(frozen=True, kw_only=True)
class Change:
    """Who changes something, through which door, when, and on what they had seen.

    `by` is None where no member of staff did it: an import, or a superuser. `occurred_at` is when
    the person did it, by their device; None means now. `request_id` is the request's own id,
    unique in the hotel. `expected_version` is the version of the room that the person saw.

    `user` is who sets a hotel up, often a superuser who works in several hotels or in none:
    rooms.setup makes their place on the hotel's staff the event's actor, or names them in the
    notes.
    """

    by: Staff | None
    source: Source
    occurred_at: dt.datetime | None = None
    request_id: str = ""
    expected_version: int | None = None
    user: "User | None" = None

    @property
    def moment(self) -> dt.datetime:
        """When it happened."""
        return self.occurred_at or timezone.now()

    def part(self) -> "Change":
        """Return the change for a further event of the same operation.

        It has no request id, since that is unique, and no version, since that was checked.
        """
        return replace(self, request_id="", expected_version=None)


@dataclass(frozen=True, kw_only=True)
class ActionInput:
    """What the person gave with an action.

    `notes` are the reason for take_out_of_order; `start` and `until` its half-open dates. For
    mark_maintenance `until` is the day on which the repair should be done, and `stops_sale` says
    that the room cannot be sold before. `room_status` is override's choice; `booking` is the stay
    that checks in to a room, and `room` the room that a booking gets; `accept_fault` says that the
    guest gets it with its small fault. `stay` is what is to be different about a stay
    (stays.changes.StayChange), `other` the booking that it swaps or shares with; with `alone`, a
    guest moves without their sharers.
    """

    notes: str = ""
    priority: str = ""
    needs_cleaning: bool = False
    start: dt.date | None = None
    until: dt.date | None = None
    stops_sale: bool = False
    room_status: str = ""
    booking: Any = None
    room: "Room | None" = None
    accept_fault: bool = False
    stay: Any = None
    other: Any = None
    alone: bool = False
