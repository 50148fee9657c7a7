"""What the housekeeping did: rooms counted as they stand, turn times and cleans from the log.

Minutes are floats and moments aware; where there is nothing to measure, the answer is None. A
period is half-open [since, until), by `occurred_at`; an event that was undone never happened.
"""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Count, F
from django.utils import timezone

from hotel.choices import Role
from hotel.models import Hotel, Staff
from rooms.choices import BOOKABLE, OUT_OF_SERVICE, Action, Priority, RoomStatus
from rooms.models import Room, RoomEvent
from rooms.permissions import INSPECTIONS

# A room that took longer was closed, not turned over. The log is read from this long before a
# period; the same limit for every turnover makes the parts of a period add up to the whole.
LONGEST_TURNOVER = dt.timedelta(days=14)
MINUTE = dt.timedelta(minutes=1)
# What moves a room from departure to ready.
STEPS = [action for action in Action if action not in (Action.CHECK_IN, Action.UNDO)]

# The board's groups (design §2; the API's housekeeping/rooms).
GROUPS: dict[str, str] = {
    RoomStatus.CHECKOUT_DIRTY: "needs_cleaning",
    RoomStatus.CLEANING_IN_PROGRESS: "cleaning",
    RoomStatus.CLEANED_UNINSPECTED: "awaiting_inspection",
    RoomStatus.AVAILABLE: "ready",
    RoomStatus.READY_FOR_GUEST: "ready",
    RoomStatus.OCCUPIED: "occupied",
    RoomStatus.MAINTENANCE_REQUIRED: "maintenance",
    RoomStatus.OUT_OF_ORDER: "out_of_order",
}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The active rooms now: the answer of the API's housekeeping/stats, field for field.

    The six from `available_for_booking` to `out_of_order` add up to `total_rooms`; those being
    cleaned are in `needs_cleaning`. `maintenance_by_priority` counts every open maintenance, also
    that of a room occupied or out of order, so it may exceed `needs_maintenance`.
    """

    total_rooms: int
    available_for_booking: int
    occupied: int
    needs_cleaning: int
    needs_inspection: int
    needs_maintenance: int
    out_of_order: int
    cleaning_in_progress: int
    maintenance_by_priority: dict[str, int]


def counts(hotel: Hotel) -> Counts:
    """Count the hotel's active rooms, in one query, so that the parts agree with the total."""
    by_status: Counter[str] = Counter()
    by_priority = dict.fromkeys(Priority.values, 0)
    rooms = Room.objects.filter(hotel=hotel).active().order_by()
    for status, priority, count in rooms.values_list(
        "room_status", "maintenance_priority"
    ).annotate(Count("pk")):
        by_status[status] += count
        if priority:
            by_priority[priority] += count
    cleaning = by_status[RoomStatus.CLEANING_IN_PROGRESS]
    return Counts(
        total_rooms=by_status.total(),
        # Room's constraints leave no bookable status to a room under maintenance or out of
        # order: this is Room.objects.bookable().
        available_for_booking=sum(by_status[status] for status in BOOKABLE),
        occupied=by_status[RoomStatus.OCCUPIED],
        needs_cleaning=by_status[RoomStatus.CHECKOUT_DIRTY] + cleaning,
        needs_inspection=by_status[RoomStatus.CLEANED_UNINSPECTED],
        needs_maintenance=by_status[RoomStatus.MAINTENANCE_REQUIRED],
        out_of_order=by_status[RoomStatus.OUT_OF_ORDER],
        cleaning_in_progress=cleaning,
        maintenance_by_priority=by_priority,
    )


@dataclass(frozen=True, kw_only=True)
class FloorRow:
    """A floor's active rooms by the board's groups; here `needs_cleaning` is without `cleaning`."""

    floor: str
    needs_cleaning: int = 0
    cleaning: int = 0
    awaiting_inspection: int = 0
    ready: int = 0
    occupied: int = 0
    maintenance: int = 0
    out_of_order: int = 0
    total: int


def by_floor(hotel: Hotel) -> list[FloorRow]:
    """Count the hotel's active rooms floor by floor, in one query, in `floor_order`."""
    floors: defaultdict[str, Counter[str]] = defaultdict(Counter)
    rooms = Room.objects.filter(hotel=hotel).active().order_by()
    for floor, status, count in rooms.values_list("floor", "room_status").annotate(Count("pk")):
        floors[floor][GROUPS[status]] += count
    return [
        FloorRow(floor=floor, total=floors[floor].total(), **floors[floor])
        for floor in sorted(floors, key=floor_order)
    ]


def floor_order(floor: str) -> tuple[bool, list[tuple[int, int, str]], str]:
    """Return a floor's sort key: -1, 2, 10, then names (B2 before B10), and no floor last."""
    parts = [
        (0, int(part), "") if part.lstrip("-").isdecimal() else (1, 0, part.casefold())
        for part in re.findall(r"^-?\d+|\d+|\D+", floor)
    ]
    return not floor, parts, floor


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


def turnovers(hotel: Hotel, since: dt.datetime, until: dt.datetime) -> list[Turnover]:
    """Return the turnovers that ended within [since, until), the first to be ready first.

    One that took longer than LONGEST_TURNOVER is left out: the room was closed.
    """
    return [fact for fact in _facts(hotel, since, until) if isinstance(fact, Turnover)]


@dataclass(frozen=True, kw_only=True)
class FirstPass:
    """First-pass rate (vocabulary): first inspections of a clean, and how many of them passed.

    The inspection of a re-clean after a failure is not a first one.
    """

    inspected: int
    passed: int

    @property
    def rate(self) -> float | None:
        """From 0 to 1; None before there is a first inspection."""
        return self.passed / self.inspected if self.inspected else None


@dataclass(frozen=True, kw_only=True)
class PartTime:
    """The median minutes of one part of the turn time, over the `turnovers` that had the part."""

    median: float | None
    turnovers: int


@dataclass(frozen=True, kw_only=True)
class Performance:
    """Turn time and quality over [since, until); `turn_time` is the median in minutes.

    The parts are those of `Turnover`, each over the turnovers that had it: their medians do not
    add up to `turn_time`. `wait_to_start` leaves out those that nobody tapped start on.
    """

    since: dt.datetime
    until: dt.datetime
    turnovers: int
    turn_time: float | None
    wait_to_start: PartTime
    cleaning: PartTime
    wait_to_inspect: PartTime
    reclean: PartTime
    out_of_service: PartTime
    first_pass: FirstPass


def performance(hotel: Hotel, days: int, at: dt.datetime | None = None) -> Performance:
    """Measure the last `days` times 24 hours up to `at` (default: now), in one query."""
    until = at or timezone.now()
    since = until - dt.timedelta(days=days)
    facts = list(_facts(hotel, since, until))
    found = [fact for fact in facts if isinstance(fact, Turnover)]
    return Performance(
        since=since,
        until=until,
        turnovers=len(found),
        turn_time=_median(turnover.minutes for turnover in found),
        wait_to_start=_part_time(one.wait_to_start for one in found if one.cleaning),
        cleaning=_part_time(one.cleaning for one in found),
        wait_to_inspect=_part_time(one.wait_to_inspect for one in found),
        reclean=_part_time(one.reclean for one in found),
        out_of_service=_part_time(one.out_of_service for one in found),
        first_pass=_first_pass(fact for fact in facts if isinstance(fact, Inspection)),
    )


@dataclass(frozen=True, kw_only=True)
class AttendantRow:
    """What one member of staff cleaned in a period.

    `cleans` counts the rooms they marked cleaned, re-cleans among them; `cleaning_minutes` is the
    median of those with a start, pauses left out. `first_pass` and `failed` are the inspections
    in the period of what they had marked cleaned; `failed` counts those of re-cleans too.
    `planned_minutes` totals the room types' departure minutes as they are now, as credits: a
    re-clean after a failed inspection earns none.
    """

    staff_id: int
    name: str
    role: Role
    cleans: int
    cleaning_minutes: float | None
    planned_minutes: int
    first_pass: FirstPass
    failed: int


def cleans_by_attendant(
    hotel: Hotel, days: int, at: dt.datetime | None = None
) -> list[AttendantRow]:
    """Return who cleaned in the last `days` times 24 hours up to `at`, most cleans first.

    Three queries. Someone whose clean of before the period was inspected in it has a row too.
    """
    until = at or timezone.now()
    cleans: defaultdict[int, list[Clean]] = defaultdict(list)
    inspections: defaultdict[int, list[Inspection]] = defaultdict(list)
    for fact in _facts(hotel, until - dt.timedelta(days=days), until):
        if isinstance(fact, Clean):
            cleans[fact.by].append(fact)
        elif isinstance(fact, Inspection) and fact.cleaned_by is not None:
            inspections[fact.cleaned_by].append(fact)
    rooms = Room.objects.filter(hotel=hotel)
    planned = dict(rooms.values_list("pk", "room_type__departure_minutes"))
    rows = []
    people = Staff.objects.filter(hotel=hotel, pk__in=cleans.keys() | inspections.keys())
    for person in people.select_related("user"):
        done, judged = cleans[person.pk], inspections[person.pk]
        rows.append(
            AttendantRow(
                staff_id=person.pk,
                name=person.name,
                role=Role(person.role),
                cleans=len(done),
                cleaning_minutes=_median(one.minutes for one in done if one.minutes is not None),
                planned_minutes=sum(planned[one.room_id] for one in done if not one.after_failure),
                first_pass=_first_pass(judged),
                failed=sum(not one.passed for one in judged),
            )
        )
    return sorted(rows, key=lambda row: (-row.cleans, row.name.casefold(), row.staff_id))


def _median(minutes: Iterable[float]) -> float | None:
    values = list(minutes)
    return median(values) if values else None


def _part_time(minutes: Iterable[float]) -> PartTime:
    values = [value for value in minutes if value]
    return PartTime(median=_median(values), turnovers=len(values))


def _first_pass(inspections: "Iterable[Inspection]") -> FirstPass:
    passed = [inspection.passed for inspection in inspections if inspection.first]
    return FirstPass(inspected=len(passed), passed=sum(passed))


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


def _facts(
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
