"""Replay past days of a hotel through the real functions, as a discrete-event simulation.

Imported stays come with their days and room type. The replay chooses the room, the hours and all
housekeeping at random, from a seed: the same days with the same seed give the same result.
"""

import datetime as dt
import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from hotel.exceptions import (
    IllegalTransition,
    InvalidInput,
    NoAvailability,
    NotBookable,
    RoomTaken,
)
from hotel.models import Hotel, Staff
from rooms.change import Change
from rooms.choices import BOOKABLE, Action, Source
from rooms.models import Room
from simulation.housekeeping import Clock, HousekeepingTeam
from simulation.report import Report
from simulation.roster import Roster, make_roster
from simulation.unplanned import Rates, Unplanned
from stays import arrivals, bookings, departures
from stays.choices import BookingStatus
from stays.models import Booking

DAY = dt.timedelta(days=1)
# Hours of the day: earliest, latest, most likely.
ARRIVES = (13.0, 22.0, 15.5)
LEAVES = (7.0, 12.0, 10.5)
DAY_USE_ARRIVES = (9.5, 11.5, 10.0)
DAY_USE_LEAVES = (16.0, 18.5, 17.0)
# At this time a guest who still waits gets a room of any type, or is walked to another hotel.
LAST_CALL = dt.time(23, 30)
MOVES = (11.0, 16.0, 12.5)
SHORTEST_STAY = dt.timedelta(hours=1)
# When a mistaken checkout is noticed, and how much later these guests leave.
NOTICED_AFTER_MINUTES, THEN_LEAVES_AFTER_MINUTES = 60, 120
GUEST_REPORTS_A_FAULT = 0.02
FAULT_AFTER_HOURS = (1, 12)


@dataclass(eq=False)
class Stay:
    """A stay to replay, with its arrival, its day of departure and the room type it gets."""

    booking: Booking
    arrives: dt.datetime
    leaves_on: dt.date
    room_type: int
    imported: bool

    def __str__(self) -> str:
        return self.booking.booking_id


@dataclass(frozen=True, kw_only=True)
class Days:
    """The days to replay, `first` to `last`, both included.

    Nothing happens after `until` (default: now). The guests of the booking ids in `staying` do not
    leave. Another `seed` gives other hours. `rates` say how often a stay goes otherwise than
    booked.
    """

    first: dt.date
    last: dt.date
    until: dt.datetime | None = None
    staying: Collection[str] = ()
    seed: int = 0
    rates: Rates = field(default_factory=Rates)


def replay(
    hotel: Hotel,
    days: Days,
    *,
    attendants: int | None = None,
    inspectors: int | None = None,
    on_event: Callable[[], None] = lambda: None,
    on_day: Callable[[dt.date, int], None] = lambda day, events: None,
) -> Report:
    """Replay the arrivals of the days until those guests have left.

    Replays confirmed bookings, and imported finished stays that were not replayed before. Guests
    who are in house on the first morning are checked in at their own time of arrival. Departures
    and cleaning continue after the last day. Ctrl-C stops between two transactions.

    Calls `on_event` after each change, and `on_day` after each day with its number of events.
    Raises InvalidInput if the last day is before the first, or if the log has later arrivals.
    """
    if days.last < days.first:
        raise InvalidInput({"to": "The last day is before the first."})
    _require_forward(hotel, days.last)
    roster = make_roster(hotel, attendants=attendants, inspectors=inspectors)
    return _Replay(hotel, days, roster, on_event, on_day).play()


def reopen(stay: Booking) -> None:
    """Make an imported finished stay expected again, in the transaction that checks it in.

    Only the replay may do this. Such a stay never had a room here, so no history is rewritten.
    """
    Booking.objects.filter(pk=stay.pk, status=BookingStatus.COMPLETED, room=None).update(
        status=BookingStatus.CONFIRMED,
        given_room_type=None,
        checked_in_at=None,
        checked_out_at=None,
    )


def _replayed(by: Staff, moment: dt.datetime) -> Change:
    return Change(by=by, source=Source.REPLAY, occurred_at=moment)


def _require_forward(hotel: Hotel, last: dt.date) -> None:
    end = hotel.day_begins(last + DAY)
    later = hotel.events.filter(action=Action.CHECK_IN, occurred_at__gte=end)
    if event := later.order_by("occurred_at").first():
        day = hotel.business_date(event.occurred_at)
        raise InvalidInput({"to": f"The log already has an arrival on {day}, a later day."})


class _Replay:
    """The guests in a replay: they arrive, wait for a room of their type, and leave."""

    def __init__(
        self,
        hotel: Hotel,
        days: Days,
        roster: Roster,
        on_event: Callable[[], None],
        on_day: Callable[[dt.date, int], None],
    ) -> None:
        self.hotel = hotel
        self.days = days
        self.first, self.last = days.first, days.last
        self.on_event = on_event
        self.on_day = on_day
        self.roster = roster
        self.chance = random.Random(days.seed)  # noqa: S311 (not a secret)
        self.clock = Clock(hotel.day_begins(self.first))
        self.housekeeping = HousekeepingTeam(
            self.clock,
            roster,
            self.chance,
            is_rushed=lambda room: any(self._fits(stay, room) for stay in self.waiting),
            on_ready=self._room_is_ready,
            on_event=on_event,
        )
        self.unplanned = Unplanned(days.rates, days.seed, on_event)
        self.report = Report(
            self.first,
            self.last,
            turns=self.housekeeping.turns,
            unplanned=self.unplanned.done,
        )
        self.rooms = {room.pk: room for room in Room.objects.filter(hotel=hotel).with_people()}
        self.types = {room.room_type_id for room in self.rooms.values() if room.is_active}
        self.waiting: list[Stay] = []
        hotel.refresh_from_db(fields=["last_seq"])
        self.first_seq = self.seq_at_day_start = hotel.last_seq

    def play(self) -> Report:
        """Run until everything is done, the days' `until`, or Ctrl-C; return the report."""
        began = time.perf_counter()
        try:
            self._prepare()
            self._open_day(self.first)
            self.clock.run(self.days.until or timezone.now())
        except KeyboardInterrupt:
            self.report.interrupted = True
        self._close_report(time.perf_counter() - began)
        return self.report

    def _close_report(self, seconds: float) -> None:
        self.hotel.refresh_from_db(fields=["last_seq"])
        played = self.hotel.events.filter(seq__gt=self.first_seq)
        given = played.filter(action=Action.CHECK_IN)
        self.report.events = self.hotel.last_seq - self.first_seq
        self.report.given_unready = given.exclude(from_status__in=BOOKABLE).count()
        self.report.in_house = self.hotel.bookings.in_house().count()
        self.report.seconds = seconds

    def _prepare(self) -> None:
        """Plan work for the rooms, and check in those who are in house on the first morning."""
        over = self.hotel.day_begins(self.last + DAY)
        for room in self.rooms.values():
            # In an earlier replay guests may have left after its last day; until then the room is
            # theirs. A room without any event was ready from the start.
            free = room.status_since if room.version > 1 else self.clock.now
            if room.is_active and free < over:
                self.clock.at(free, partial(self.housekeeping.take_up, room))
        for booking in self._stays_in_house():
            self._plan_departure(booking, max(booking.check_out, self.first))
        for stay in map(self._stay, self._stays_to_check_in()):
            if not self._check_in(stay, at=stay.arrives):
                self.waiting.append(stay)

    def _open_day(self, day: dt.date) -> None:
        """Plan a day: its arrivals, its shifts and its last call."""
        if day <= self.last:
            for stay in map(self._stay, self._arrivals(day)):
                self.clock.at(stay.arrives, partial(self._arrive, stay))
        for start in sorted(self.roster.shift_starts()):
            self.clock.at(self.hotel.moment(day, start), self.housekeeping.dispatch)
        self.clock.at(self.hotel.moment(day, LAST_CALL), self._last_call)
        self.clock.at(self.hotel.day_begins(day + DAY), partial(self._close_day, day))

    def _close_day(self, day: dt.date) -> None:
        self.hotel.refresh_from_db(fields=["last_seq"])
        events = self.hotel.last_seq - self.seq_at_day_start
        self.seq_at_day_start = self.hotel.last_seq
        self.on_day(day, events)
        # After the last day, go on while guests have to leave or rooms wait and are worked on.
        if day < self.last or self.clock or (self.housekeeping.has_work and events):
            self._open_day(day + DAY)

    def _arrivals(self, day: dt.date) -> QuerySet[Booking]:
        to_play = Q(status=BookingStatus.COMPLETED, room=None) | Q(status=BookingStatus.CONFIRMED)
        return self._bookings().filter(to_play, check_in=day).order_by("pk")

    def _stays_to_check_in(self) -> QuerySet[Booking]:
        return (
            self._bookings()
            .filter(
                status=BookingStatus.COMPLETED,
                room=None,
                check_in__lt=self.first,
                checked_out_at__gte=self.hotel.day_begins(self.first),
            )
            .order_by("checked_in_at", "pk")
        )

    def _stays_in_house(self) -> QuerySet[Booking]:
        """Return the stays in house that leave by the last day or that a stopped replay checked in.

        The real departures of the latter are lost, so they leave on their booked day.
        """
        checked_in = self.hotel.events.filter(action=Action.CHECK_IN, source=Source.REPLAY)
        ours = Q(check_out__lte=self.last) | Q(pk__in=checked_in.values("booking"))
        return self._bookings().filter(ours, status=BookingStatus.IN_HOUSE).order_by("pk")

    def _bookings(self) -> QuerySet[Booking]:
        return self.hotel.bookings.select_related("hotel")

    def _stay(self, booking: Booking) -> Stay:
        imported = booking.status == BookingStatus.COMPLETED
        leaves_on = booking.check_out
        if booking.checked_out_at:
            leaves_on = self.hotel.business_date(booking.checked_out_at)
        given = booking.given_room_type_id
        if booking.check_in < self.first and booking.checked_in_at:
            arrives = booking.checked_in_at
        else:
            hours = DAY_USE_ARRIVES if leaves_on == booking.check_in else ARRIVES
            arrives = self._some_time(booking.check_in, hours)
        room_type = given if given in self.types else booking.room_type_id
        return Stay(booking, arrives, leaves_on, room_type, imported)

    def _arrive(self, stay: Stay) -> None:
        if not self._check_in(stay):
            self.waiting.append(stay)
            # The rooms of this type now come first.
            self.housekeeping.dispatch()

    def _room_is_ready(self, room: Room) -> None:
        """Check in the guest who has waited longest for such a room."""
        for stay in self.waiting:
            if self._fits(stay, room) and self._check_in(stay):
                self.waiting.remove(stay)
                return

    def _last_call(self) -> None:
        for stay in self.waiting:
            if self._check_in(stay):
                continue
            if self._check_in(stay, any_room=True):
                self.report.moved.append(str(stay))
            else:
                self._walk(stay)
        self.waiting.clear()

    def _check_in(
        self, stay: Stay, *, at: dt.datetime | None = None, any_room: bool = False
    ) -> bool:
        """Check in to a ready room and plan the departure; return False if there is no room."""
        moment = at or self.clock.now
        for room in self._ready_rooms(stay, moment, any_room):
            try:
                with transaction.atomic():
                    if stay.imported:
                        reopen(stay.booking)
                    clerk = self.chance.choice(self.roster.clerks)
                    arrivals.check_in(stay.booking, room, _replayed(clerk, moment))
            except NotBookable:
                self.report.refused += 1
            except (RoomTaken, IllegalTransition, NoAvailability):
                continue
            else:
                self.report.checked_in += 1
                self.on_event()
                self._plan_departure(stay.booking, self._leaves_on(stay))
                self._maybe_a_fault(stay.booking)
                return True
        return False

    def _ready_rooms(self, stay: Stay, at: dt.datetime, any_room: bool) -> list[Room]:
        """Return the ready rooms for the stay, the one cleaned longest ago first."""
        ready = Room.objects.bookable().filter(hotel=self.hotel)
        if not any_room and stay.booking.room_id:
            ready = ready.filter(pk=stay.booking.room_id)
        elif not any_room:
            ready = ready.filter(room_type=stay.room_type)
        ready = ready.exclude(version__gt=1, status_since__gt=at)
        longest = F("last_cleaned_at").asc(nulls_first=True)
        return [self.rooms[pk] for pk in ready.order_by(longest, "pk").values_list("pk", flat=True)]

    def _fits(self, stay: Stay, room: Room) -> bool:
        if stay.booking.room_id:
            return stay.booking.room_id == room.pk
        return stay.room_type == room.room_type_id

    def _walk(self, stay: Stay) -> None:
        """Cancel the booking: no room is ready tonight, so the guests go to another hotel."""
        with transaction.atomic():
            if stay.imported:
                reopen(stay.booking)
            clerk = self.chance.choice(self.roster.clerks)
            bookings.cancel(stay.booking, _replayed(clerk, self.clock.now))
        self.report.walked.append(str(stay))
        self.on_event()

    def _leaves_on(self, stay: Stay) -> dt.date:
        """Return the day on which guests who have just come leave; plan their move, if they do."""
        booking, day = stay.booking, stay.leaves_on
        if self.unplanned.leaves_early(booking, day):
            day -= DAY
        if self.unplanned.wants_to_move(booking, day):
            self.clock.at(self._some_time(booking.check_in + DAY, MOVES), lambda: self._move(stay))
        return day

    def _move(self, stay: Stay) -> None:
        """Move the guests, to a room of their type if one is ready."""
        booking = stay.booking
        left = self.rooms[booking.room_id or 0]
        ready = self._ready_rooms(stay, self.clock.now, any_room=True)
        ready.sort(key=lambda room: room.room_type_id != left.room_type_id)
        if self.unplanned.move(booking, ready, self._by_a_clerk()):
            left.refresh_from_db(from_queryset=Room.objects.with_people())
            self.housekeeping.guest_left(left)

    def _plan_departure(self, booking: Booking, day: dt.date) -> None:
        if booking.booking_id in self.days.staying:
            return
        hours = DAY_USE_LEAVES if day == booking.check_in else LEAVES
        moment = self._some_time(day, hours)
        if booking.checked_in_at:
            moment = max(moment, booking.checked_in_at + SHORTEST_STAY)
        self.clock.at(moment, partial(self._leave, booking))

    def _leave(self, booking: Booking) -> None:
        """Check the guests out, unless they stay on; a mistake is noticed an hour later."""
        today = self.hotel.business_date(self.clock.now)
        if self.unplanned.extend(booking, today, self._by_a_clerk()):
            self._plan_departure(booking, today + DAY)
            return
        self.unplanned.shorten(booking, today, self._by_a_clerk())
        self._check_out(booking)
        if self.unplanned.is_a_mistake():
            self.clock.after(NOTICED_AFTER_MINUTES, partial(self._reinstate, booking))

    def _reinstate(self, booking: Booking) -> None:
        room = self.rooms[booking.room_id or 0]
        if self.unplanned.reinstate(booking, self._by_a_clerk()):
            room.refresh_from_db(from_queryset=Room.objects.with_people())
            self.housekeeping.guest_is_back(room)
            self.clock.after(THEN_LEAVES_AFTER_MINUTES, partial(self._check_out, booking))

    def _by_a_clerk(self) -> Change:
        """Return an unplanned change of now."""
        clerk = self.unplanned.chance.choice(self.roster.clerks)
        return _replayed(clerk, self.clock.now)

    def _check_out(self, booking: Booking) -> None:
        clerk = self.chance.choice(self.roster.clerks)
        room = booking.room = self.rooms[booking.room_id or 0]
        departures.check_out(booking, _replayed(clerk, self.clock.now))
        self.report.checked_out += 1
        self.on_event()
        self.housekeeping.guest_left(room)

    def _maybe_a_fault(self, booking: Booking) -> None:
        if self.chance.random() < GUEST_REPORTS_A_FAULT:
            hours = self.chance.uniform(*FAULT_AFTER_HOURS)
            self.clock.after(hours * 60, partial(self._report_fault, booking))

    def _report_fault(self, booking: Booking) -> None:
        if booking.status == BookingStatus.IN_HOUSE:
            # They may have moved since.
            room = self.rooms[booking.room_id or 0]
            self.housekeeping.report_fault(room, self.chance.choice(self.roster.clerks))

    def _some_time(self, day: dt.date, hours: tuple[float, float, float]) -> dt.datetime:
        """Return a moment of the day, drawn from (earliest, latest, most likely) hours."""
        # Counted from noon: the clocks change in the night.
        noon = self.hotel.moment(day, dt.time(12))
        seconds = (self.chance.triangular(*hours) - 12) * 3600
        return noon + dt.timedelta(seconds=round(seconds))
