"""Read turnovers, cleans and inspections from the log.

Minutes are floats, and datetimes are aware. A period is half-open, [since, until), and compares
`occurred_at`. Undone events are ignored.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import F, Q

from hotel.models import Hotel
from rooms.choices import BOOKABLE, WITH_RETURN_STATUS, Action, RoomStatus
from rooms.models import RoomEvent
from rooms.permissions import INSPECTIONS

# A longer turnover means that the room was closed, so it is not counted. The log is read from this
# long before a period. With the same limit for all, the turnovers of two adjoining periods are
# those of the whole.
LONGEST_TURNOVER = dt.timedelta(days=14)
MINUTE = dt.timedelta(minutes=1)
# Every action between one arrival and the next.
ARRIVALS = (Action.CHECK_IN, Action.MOVE_IN)
DEPARTURES = (Action.CHECK_OUT, Action.MOVE_OUT)
STEPS = [action for action in Action if action not in (*ARRIVALS, Action.UNDO)]
# What the clean becomes beneath a fault; the event says only that the room stays in maintenance.
# Without inspection it is ready once it is cleaned, which changes nothing here.
BENEATH: dict[str, RoomStatus] = {
    Action.START_CLEANING: RoomStatus.CLEANING_IN_PROGRESS,
    Action.STOP_CLEANING: RoomStatus.CHECKOUT_DIRTY,
    Action.MARK_CLEANED: RoomStatus.CLEANED_UNINSPECTED,
    Action.PASS_INSPECTION: RoomStatus.READY_FOR_GUEST,
    Action.FAIL_INSPECTION: RoomStatus.CHECKOUT_DIRTY,
}


@dataclass(frozen=True, kw_only=True)
class Turnover:
    """The minutes a room took from departure to ready for the next guest.

    It starts when the guests check out or move out (not with `mark_dirty`) and ends when the room
    can be given to a guest: inspected, cleaned if the hotel does not inspect, or overridden to a
    bookable status. A room that was given with a fault, or whose guest came back to it because the
    departure was a mistake, has no turnover.

    The parts add up to `minutes`:
    - `wait_to_start`: dirty until the first clean starts, and again while it is paused. Includes
      the clean itself if nobody tapped start.
    - `cleaning`: the first clean.
    - `wait_to_inspect`: all waits for an inspection.
    - `reclean`: dirty or being cleaned after the first clean.
    - `out_of_service`: maintenance and out of order, also while the room is cleaned beneath a
      fault.

    `attended_by` is the Staff id of the person whose clean made the room ready, or None after an
    override.
    """

    room_id: int
    departed_at: dt.datetime
    ready_at: dt.datetime
    attended_by: int | None
    wait_to_start: float = 0.0
    cleaning: float = 0.0
    wait_to_inspect: float = 0.0
    reclean: float = 0.0
    out_of_service: float = 0.0

    @property
    def minutes(self) -> float:
        """The turn time: the sum of the five parts."""
        before_inspection = self.wait_to_start + self.cleaning + self.wait_to_inspect
        return before_inspection + self.reclean + self.out_of_service


@dataclass(frozen=True)
class Clean:
    """A room was marked cleaned; `minutes` is None if nobody tapped start."""

    room_id: int
    by: int
    minutes: float | None
    after_failure: bool


@dataclass(frozen=True)
class Inspection:
    """A clean was inspected; `cleaned_by` is None if the log does not say who cleaned."""

    passed: bool
    first: bool
    cleaned_by: int | None


@dataclass
class RoomProgress:
    """What the log said about a room since it was last occupied or ready."""

    departed_at: dt.datetime | None = None
    status: str = ""
    clean: str = ""  # the status, or how the clean stands beneath a fault
    since: dt.datetime | None = None
    parts: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    been_cleaned: bool = False
    failed: bool = False
    worked: float | None = None  # minutes of the present clean
    cleaned_by: int | None = None  # who did the last finished clean

    def add_time(self, until: dt.datetime) -> None:
        """Add the time in the present status to its part of the turn time."""
        if self.since is None:
            return
        minutes = (until - self.since) / MINUTE
        if self.clean == RoomStatus.CLEANING_IN_PROGRESS:
            self.worked = (self.worked or 0.0) + minutes
        if self.status in WITH_RETURN_STATUS:
            self.parts["out_of_service"] += minutes
        elif self.status == RoomStatus.CLEANED_UNINSPECTED:
            self.parts["wait_to_inspect"] += minutes
        elif self.been_cleaned:
            self.parts["reclean"] += minutes
        elif self.status == RoomStatus.CLEANING_IN_PROGRESS:
            self.parts["cleaning"] += minutes
        else:
            self.parts["wait_to_start"] += minutes

    def enter(self, status: str, at: dt.datetime, clean: str = "") -> None:
        """Change the status; `clean` is what the clean becomes beneath a fault."""
        self.status, self.since = status, at
        self.clean = clean or status
        if self.clean == RoomStatus.CLEANED_UNINSPECTED:
            self.been_cleaned, self.worked = True, None
        elif self.clean == RoomStatus.CHECKOUT_DIRTY:
            self.cleaned_by = None


def read_facts(
    hotel: Hotel, since: dt.datetime, until: dt.datetime
) -> Iterator[Turnover | Clean | Inspection]:
    """Yield what happened within [since, until), oldest first, in one query."""
    events = RoomEvent.objects.filter(hotel=hotel, occurred_at__gte=since - LONGEST_TURNOVER)
    steps = (
        events.filter(occurred_at__lt=until, action__in=STEPS)
        # A subquery, because a join on undone_by would make PostgreSQL read the whole log.
        .exclude(pk__in=events.filter(undoes__isnull=False).values("undoes"))
        # Such as maintenance reported for an occupied room, which stays occupied.
        .exclude(Q(from_status=F("to_status")) & ~Q(action__in=BENEATH))
        .order_by("occurred_at", "seq")
        .values_list("room_id", "action", "to_status", "actor_id", "occurred_at")
    )
    rooms: defaultdict[int, RoomProgress] = defaultdict(RoomProgress)
    for room_id, action, status, actor, at in steps:
        room = rooms[room_id]
        room.add_time(at)
        if action in DEPARTURES:
            room = rooms[room_id] = RoomProgress(departed_at=at)
        elif action == Action.MARK_CLEANED:
            if at >= since:
                yield Clean(room_id, actor, room.worked, room.failed)
            room.cleaned_by = actor
        elif action in INSPECTIONS:
            passed = action == Action.PASS_INSPECTION
            if at >= since:
                yield Inspection(passed, not room.failed, room.cleaned_by)
            room.failed = not passed
        if status == RoomStatus.OCCUPIED:
            rooms[room_id] = RoomProgress()
        elif status in BOOKABLE:
            if at >= since and room.departed_at and at - room.departed_at <= LONGEST_TURNOVER:
                yield Turnover(
                    room_id=room_id,
                    departed_at=room.departed_at,
                    ready_at=at,
                    attended_by=room.cleaned_by,
                    **room.parts,
                )
            rooms[room_id] = RoomProgress()
        else:
            beneath = BENEATH.get(action, "") if status == RoomStatus.MAINTENANCE_REQUIRED else ""
            room.enter(status, at, beneath)
