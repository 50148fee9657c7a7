"""What the log says was done to the rooms: turnovers, cleans and inspections.

Minutes are floats and moments aware. A period is half-open [since, until), by `occurred_at`; an
event that was undone never happened.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import F

from hotel.models import Hotel
from rooms.choices import BOOKABLE, OUT_OF_SERVICE, Action, RoomStatus
from rooms.models import RoomEvent
from rooms.permissions import INSPECTIONS

# A room that took longer was closed, not turned over. The log is read from this long before a
# period; the same limit for every turnover makes the parts of a period add up to the whole.
LONGEST_TURNOVER = dt.timedelta(days=14)
MINUTE = dt.timedelta(minutes=1)
# What moves a room from departure to ready.
STEPS = [action for action in Action if action not in (Action.CHECK_IN, Action.UNDO)]


@dataclass(frozen=True, kw_only=True)
class Turnover:
    """A room's way from departure to ready for the next guest (vocabulary), in minutes.

    It begins with a check-out, not with `mark_dirty`, and ends as soon as a guest could be let
    in: inspected, cleaned where the hotel does not inspect, or overridden to a bookable status.
    The vocabulary's parts: `wait_to_start`, dirty before the first clean is done, pauses included
    (and the clean itself, where nobody tapped start); `cleaning`, the first clean;
    `wait_to_inspect`, every wait for an inspection; `reclean`, dirty or cleaning after that first
    clean. Ours: `out_of_service`, maintenance and out of order. `attended_by` is the Staff id of
    whose clean made the room ready; None where an override did.
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
        """The turn time: the sum of the five parts (vocabulary)."""
        before_inspection = self.wait_to_start + self.cleaning + self.wait_to_inspect
        return before_inspection + self.reclean + self.out_of_service


@dataclass(frozen=True)
class Clean:
    """A room was marked cleaned; `minutes` of work are None where nobody tapped start."""

    room_id: int
    by: int
    minutes: float | None
    after_failure: bool


@dataclass(frozen=True)
class Inspection:
    """A clean was inspected; `cleaned_by` is None where the log does not say who cleaned."""

    passed: bool
    first: bool
    cleaned_by: int | None


@dataclass
class Way:
    """What is known of a room since it was last occupied or ready."""

    departed_at: dt.datetime | None = None
    status: str = ""
    since: dt.datetime | None = None
    parts: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    been_cleaned: bool = False
    failed: bool = False
    worked: float | None = None  # minutes, on the clean that is not finished
    cleaned_by: int | None = None  # the clean that is finished

    def pass_time(self, until: dt.datetime) -> None:
        """Add the time in the present status to the part of the turn time that it is."""
        if self.since is None:
            return
        minutes = (until - self.since) / MINUTE
        if self.status == RoomStatus.CLEANING_IN_PROGRESS:
            self.worked = (self.worked or 0.0) + minutes
        if self.status in OUT_OF_SERVICE:
            self.parts["out_of_service"] += minutes
        elif self.status == RoomStatus.CLEANED_UNINSPECTED:
            self.parts["wait_to_inspect"] += minutes
        elif self.been_cleaned:
            self.parts["reclean"] += minutes
        elif self.status == RoomStatus.CLEANING_IN_PROGRESS:
            self.parts["cleaning"] += minutes
        else:
            self.parts["wait_to_start"] += minutes

    def enter(self, status: str, at: dt.datetime) -> None:
        """Go on in another status."""
        self.status, self.since = status, at
        if status == RoomStatus.CLEANED_UNINSPECTED:
            self.been_cleaned, self.worked = True, None
        elif status == RoomStatus.CHECKOUT_DIRTY:
            self.cleaned_by = None


def read_facts(
    hotel: Hotel, since: dt.datetime, until: dt.datetime
) -> Iterator[Turnover | Clean | Inspection]:
    """Read the log once and yield what came about within [since, until), oldest first."""
    log = RoomEvent.objects.filter(hotel=hotel, occurred_at__gte=since - LONGEST_TURNOVER)
    steps = (
        log.filter(occurred_at__lt=until, action__in=STEPS)
        # Not by a join on undone_by: PostgreSQL would read the whole log for it.
        .exclude(pk__in=log.filter(undoes__isnull=False).values("undoes"))
        # Such as a maintenance reported on an occupied room: the room stays where it was.
        .exclude(from_status=F("to_status"))
        .order_by("occurred_at", "seq")
        .values_list("room_id", "action", "to_status", "actor_id", "occurred_at")
    )
    ways: defaultdict[int, Way] = defaultdict(Way)
    for room_id, action, status, actor, at in steps:
        way = ways[room_id]
        way.pass_time(at)
        if action == Action.CHECK_OUT:
            way = ways[room_id] = Way(departed_at=at)
        elif action == Action.MARK_CLEANED:
            if at >= since:
                yield Clean(room_id, actor, way.worked, way.failed)
            way.cleaned_by = actor
        elif action in INSPECTIONS:
            passed = action == Action.PASS_INSPECTION
            if at >= since:
                yield Inspection(passed, not way.failed, way.cleaned_by)
            way.failed = not passed
        if status in BOOKABLE:
            if at >= since and way.departed_at and at - way.departed_at <= LONGEST_TURNOVER:
                yield Turnover(
                    room_id=room_id,
                    departed_at=way.departed_at,
                    ready_at=at,
                    attended_by=way.cleaned_by,
                    **way.parts,
                )
            ways[room_id] = Way()
        else:
            way.enter(status, at)
