"""Housekeeping in a replay: attendants, inspectors and repairers make rooms ready again.

Every step is a real action at its simulated time. The next step always follows from the status
that the room then has.
"""

import datetime as dt
import heapq
import random
from collections.abc import Callable
from itertools import count
from typing import Any

from hotel.models import Staff
from rooms.change import ActionInput, Change
from rooms.choices import Action, Priority, RoomStatus, Source
from rooms.models import Room
from rooms.perform import perform
from simulation.report import Turns
from simulation.roster import REPAIRS, Roster, Worker

Job = Callable[[], None]

# How long a clean takes, as a factor of its room type's minutes: shortest, longest, most likely.
SPREAD = (0.7, 1.5, 1.0)
# The share of a full clean that a re-clean after a failed inspection takes.
TOUCH_UP = 0.4
# How many stayovers an attendant does between two departures. They write no events.
STAYOVERS = (0.0, 3.0)
INSPECTION_MINUTES = (3, 8)
REPAIR_HOURS = (1, 4)
# Probabilities.
FAILS = 0.08
FAULT_FOUND = 0.03
CLEAN_AFTER_REPAIR = 0.4

FAILED = (
    "Hair in the shower",
    "Dust under the bed",
    "Towels missing",
    "Minibar not refilled",
    "Stain on the carpet",
    "Smudged mirror",
)
FAULTS = (
    (Priority.HIGH, "Water under the washbasin"),
    (Priority.HIGH, "No hot water"),
    (Priority.MED, "Air conditioning rattles"),
    (Priority.MED, "Balcony door does not lock"),
    (Priority.MED, "Remote control dead"),
    (Priority.LOW, "Bulb over the desk is out"),
    (Priority.LOW, "Curtain rail loose"),
)


class Clock:
    """The simulated time and the planned jobs. Jobs of the same time run in the order added."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self._jobs: list[tuple[dt.datetime, int, Job]] = []
        self._order = count()

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def at(self, moment: dt.datetime, job: Job) -> None:
        """Plan a job; if the moment has passed, it runs next."""
        heapq.heappush(self._jobs, (max(moment, self.now), next(self._order), job))

    def after(self, minutes: float, job: Job) -> dt.datetime:
        """Plan a job this many minutes from now, to the second; return its moment."""
        moment = self.now + dt.timedelta(seconds=round(minutes * 60))
        self.at(moment, job)
        return moment

    def run(self, until: dt.datetime) -> None:
        """Run the jobs in order, up to and including `until`."""
        while self._jobs and self._jobs[0][0] <= until:
            self.now, _, job = heapq.heappop(self._jobs)
            job()


class HousekeepingTeam:
    """Cleans, inspects and repairs rooms with the people on the roster.

    `is_rushed(room)` returns whether a guest waits for such a room. `on_ready(room)` is called
    when a room is ready for a guest, `on_event()` after each change.
    """

    def __init__(
        self,
        clock: Clock,
        roster: Roster,
        chance: random.Random,
        *,
        is_rushed: Callable[[Room], bool],
        on_ready: Callable[[Room], None],
        on_event: Callable[[], None],
    ) -> None:
        self.clock = clock
        self.roster = roster
        self.chance = chance
        self.is_rushed = is_rushed
        self.on_ready = on_ready
        self.on_event = on_event
        self.turns = Turns()
        self._dirty: list[Room] = []
        self._uninspected: list[Room] = []
        self._left_at: dict[int, dt.datetime] = {}
        self._failed: set[int] = set()
        self._under_repair: set[int] = set()

    @property
    def has_work(self) -> bool:
        """Return whether a room waits to be cleaned or inspected."""
        return bool(self._dirty or self._uninspected)

    def guest_left(self, room: Room) -> None:
        """Note when the guest left, and plan the room's next step."""
        self._left_at[room.pk] = self.clock.now
        self.take_up(room)

    def guest_is_back(self, room: Room) -> None:
        """Leave the room alone: its guest was checked out by mistake and is in it again."""
        self._left_at.pop(room.pk, None)
        self._failed.discard(room.pk)
        for waiting in (self._dirty, self._uninspected):
            if room in waiting:
                waiting.remove(room)

    def take_up(self, room: Room) -> None:
        """Plan the next step that the room's status calls for."""
        match room.room_status:
            case RoomStatus.CHECKOUT_DIRTY if room.pk in self._failed:
                self._dirty.insert(0, room)
            case RoomStatus.CHECKOUT_DIRTY:
                self._dirty.append(room)
            case RoomStatus.CLEANING_IN_PROGRESS:
                # An interrupted replay stopped in the middle of this clean.
                attendant = self.roster.attendants[0].staff
                self.clock.after(self._minutes(room), lambda: self._finish(room, attendant))
            case RoomStatus.CLEANED_UNINSPECTED:
                self._uninspected.append(room)
            case RoomStatus.MAINTENANCE_REQUIRED:
                self._plan_repair(room)
            case RoomStatus.READY_FOR_GUEST | RoomStatus.AVAILABLE:
                self._is_ready(room)
        self.dispatch()

    def dispatch(self) -> None:
        """Give free attendants and inspectors their next room.

        Attendants start with rooms that a guest waits for, then take the oldest.
        """
        for worker in self.roster.attendants:
            room = min(self._dirty, key=lambda room: not self.is_rushed(room), default=None)
            if room and worker.can_take(room.room_type.departure_minutes, self.clock.now):
                self._dirty.remove(room)
                self._start(room, worker)
        for worker in self.roster.inspectors:
            room = next((room for room in self._uninspected if _may_inspect(worker, room)), None)
            if room and worker.can_take(INSPECTION_MINUTES[1], self.clock.now):
                self._uninspected.remove(room)
                minutes = self.chance.uniform(*INSPECTION_MINUTES)
                worker.free_at = self.clock.after(minutes, self._inspection(room, worker))

    def report_fault(self, room: Room, by: Staff) -> None:
        """Report a random fault and plan its repair, unless maintenance is already open."""
        if not room.maintenance_required:
            priority, notes = self.chance.choice(FAULTS)
            self._do(Action.MARK_MAINTENANCE, room, by, priority=priority, notes=notes)
            self._plan_repair(room)

    def _do(self, action: Action, room: Room, by: Staff, **given: Any) -> None:
        change = Change(by=by, source=Source.REPLAY, occurred_at=self.clock.now)
        perform(action, room, ActionInput(**given), change)
        self.on_event()

    def _minutes(self, room: Room) -> float:
        share = TOUCH_UP if room.pk in self._failed else 1.0
        return share * room.room_type.departure_minutes * self.chance.triangular(*SPREAD)

    def _start(self, room: Room, worker: Worker) -> None:
        self._do(Action.START_CLEANING, room, worker.staff)
        cleaning = self._minutes(room)
        stayovers = room.room_type.stayover_minutes * self.chance.uniform(*STAYOVERS)
        self.clock.after(cleaning, lambda: self._finish(room, worker.staff))
        worker.free_at = self.clock.after(cleaning + stayovers, self.dispatch)

    def _finish(self, room: Room, by: Staff) -> None:
        """Finish a clean. A fault may be found, half of the time before the clean is done."""
        if room.is_occupied:
            return
        faulty = self.chance.random() < FAULT_FOUND
        if not faulty or self.chance.random() < 0.5:
            self._do(Action.MARK_CLEANED, room, by)
        if faulty:
            self.report_fault(room, by)
        self.take_up(room)

    def _inspection(self, room: Room, worker: Worker) -> Job:
        return lambda: self._inspect(room, worker.staff)

    def _inspect(self, room: Room, by: Staff) -> None:
        if room.is_occupied:
            return
        first = room.pk not in self._failed
        passes = self.chance.random() >= FAILS
        if first:
            self.turns.inspected += 1
            self.turns.passed += passes
        if passes:
            self._do(Action.PASS_INSPECTION, room, by)
        else:
            self._failed.add(room.pk)
            self._do(Action.FAIL_INSPECTION, room, by, notes=self.chance.choice(FAILED))
        self.take_up(room)

    def _plan_repair(self, room: Room) -> None:
        if room.pk in self._under_repair:
            return
        self._under_repair.add(room.pk)
        hours = self.chance.uniform(*REPAIR_HOURS)
        done = self.clock.now + dt.timedelta(seconds=round(hours * 3600))
        local = done.astimezone(room.hotel.tz)
        if not REPAIRS[0] <= local.time() <= REPAIRS[1]:
            day = local.date() + dt.timedelta(days=local.time() > REPAIRS[1])
            opens = room.hotel.moment(day, REPAIRS[0]).astimezone(dt.UTC)
            done = opens + dt.timedelta(seconds=round(hours * 3600))
        self.clock.at(done, lambda: self._repair(room))

    def _repair(self, room: Room) -> None:
        self._under_repair.discard(room.pk)
        if not room.maintenance_required:
            return
        vacant = room.room_status == RoomStatus.MAINTENANCE_REQUIRED
        self._do(
            Action.COMPLETE_MAINTENANCE,
            room,
            self.chance.choice(self.roster.repairers),
            needs_cleaning=vacant and self.chance.random() < CLEAN_AFTER_REPAIR,
        )
        if vacant:
            self.take_up(room)

    def _is_ready(self, room: Room) -> None:
        self._failed.discard(room.pk)
        if left_at := self._left_at.pop(room.pk, None):
            self.turns.minutes.append((self.clock.now - left_at).total_seconds() / 60)
        self.on_ready(room)


def _may_inspect(worker: Worker, room: Room) -> bool:
    own = worker.staff.pk == room.cleaned_by_staff_id
    return room.hotel.allow_self_inspection or not own
