"""Play the demo hotel's last hours: a late morning, whenever the demo is loaded.

Minutes count back from now, so that nothing is in the future. If the demo is loaded just after
midnight, some events fall on the day before; only a check-in is moved to its own day.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from hotel.models import Hotel, Staff
from rooms.change import ActionInput, Change
from rooms.choices import Action, Priority, RoomStatus, Source
from rooms.models import Room
from rooms.perform import perform
from simulation.demo_plan import CLOSED_DAYS
from stays import arrivals, bookings, departures
from stays.choices import BookingStatus
from stays.models import Booking, BreakfastOrder, Conversation, GuestChatSession, Message, Order

MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Step:
    """An action on a room: how many minutes ago, and by whom (a demo username)."""

    minutes: int
    action: Action
    by: str
    notes: str = ""
    priority: str = ""


def _cleaned(by: str, start: int, end: int, notes: str = "") -> tuple[Step, ...]:
    return Step(start, Action.START_CLEANING, by), Step(end, Action.MARK_CLEANED, by, notes)


def _passed(minutes: int) -> tuple[Step, ...]:
    return (Step(minutes, Action.PASS_INSPECTION, "rosa"),)


# The rooms that guests left this morning: minutes since then, and the steps taken in between.
LEFT: tuple[tuple[int, tuple[Step, ...]], ...] = (
    # Dirty.
    (8, ()),
    (14, ()),
    (23, ()),
    (31, ()),
    (47, ()),
    (66, ()),
    (84, ()),
    (
        190,
        (
            *_cleaned("maria", 150, 118),
            Step(22, Action.FAIL_INSPECTION, "rosa", "Hair in the shower, one towel short"),
        ),
    ),
    (
        125,
        (
            Step(110, Action.START_CLEANING, "grace"),
            Step(98, Action.STOP_CLEANING, "grace", "Luggage is still in the room"),
        ),
    ),
    # Being cleaned.
    (72, (Step(12, Action.START_CLEANING, "ana"),)),
    (96, (Step(21, Action.START_CLEANING, "maria", "Extra bed to be taken out"),)),
    (118, (Step(6, Action.START_CLEANING, "joao"),)),
    # Awaiting inspection.
    (141, _cleaned("linh", 75, 44, "Minibar refilled")),
    (132, _cleaned("joao", 60, 32)),
    (105, _cleaned("fatima", 45, 14, "Scratch on the desk, cannot be polished out")),
    (112, _cleaned("grace", 33, 5)),
    # Ready again.
    (240, _cleaned("ana", 205, 178) + _passed(169)),
    (236, _cleaned("maria", 200, 170) + _passed(161)),
    (229, _cleaned("joao", 190, 158) + _passed(150)),
    (221, _cleaned("linh", 180, 150) + _passed(141)),
    (204, _cleaned("ana", 160, 131) + _passed(120)),
    (187, _cleaned("fatima", 140, 108) + _passed(97)),
    # Under repair.
    (
        88,
        (
            Step(
                55,
                Action.MARK_MAINTENANCE,
                "grace",
                "Water under the washbasin, still dripping",
                Priority.HIGH,
            ),
        ),
    ),
)
VIEWED = Step(37, Action.MARK_DIRTY, "eva", "Shown to a wedding party: beds were sat on")
DIM = Step(203, Action.MARK_MAINTENANCE, "ana", "Bulb over the desk is out", Priority.LOW)
STUCK = Step(131, Action.MARK_MAINTENANCE, "eva", "Guest says the safe does not open", Priority.MED)
CLOSED = Step(214, Action.TAKE_OUT_OF_ORDER, "tom", "Bathroom is being re-tiled")
EARLY_GUEST = 41

# The statuses of rooms assigned to arrivals; the other arrivals have no room yet.
ASSIGNED = (
    RoomStatus.READY_FOR_GUEST,
    RoomStatus.READY_FOR_GUEST,
    RoomStatus.READY_FOR_GUEST,
    RoomStatus.CLEANING_IN_PROGRESS,
    RoomStatus.CLEANING_IN_PROGRESS,
    RoomStatus.CHECKOUT_DIRTY,
    RoomStatus.CHECKOUT_DIRTY,
    RoomStatus.CLEANED_UNINSPECTED,
)


class Morning:
    """Plays the hours before `now` in a hotel whose past days were replayed."""

    def __init__(self, hotel: Hotel, people: dict[str, Staff], now: dt.datetime) -> None:
        self.hotel = hotel
        self.people = people
        self.now = now
        self.today = hotel.business_date(now)
        self._jobs: list[tuple[dt.datetime, Callable[[], object]]] = []

    def play(self) -> None:
        """Do everything in order of time."""
        for room in self._rooms():
            self._tidy(room)
        self._plan_departures()
        self._plan_idle_rooms()
        for _, job in sorted(self._jobs, key=lambda planned: planned[0]):
            job()
        self._assign_rooms()
        self._add_guest_data()

    def _rooms(self) -> list[Room]:
        return list(Room.objects.filter(hotel=self.hotel).with_people().order_by("number"))

    def _do(self, step: Step, room: Room, *, at: dt.datetime | None = None) -> None:
        until = self.today + dt.timedelta(days=CLOSED_DAYS)
        given = ActionInput(
            notes=step.notes,
            priority=step.priority,
            until=until if step.action is Action.TAKE_OUT_OF_ORDER else None,
        )
        perform(step.action, room, given, self._change(step.by, at or self._ago(step.minutes)))

    def _change(self, by: str, at: dt.datetime) -> Change:
        return Change(by=self.people[by], source=Source.REPLAY, occurred_at=at)

    def _ago(self, minutes: float) -> dt.datetime:
        return self.now - minutes * MINUTE

    def _plan(self, minutes: float, job: Callable[[], object]) -> None:
        self._jobs.append((self._ago(minutes), job))

    def _plan_steps(self, room: Room, steps: Iterable[Step]) -> None:
        for step in steps:
            self._plan(step.minutes, partial(self._do, step, room))

    def _tidy(self, room: Room) -> None:
        """Finish work left from yesterday, one minute for each step."""
        last = room.events.of_status().first()
        at = last.occurred_at if last else self.now

        def do(action: Action, by: str) -> None:
            nonlocal at
            at = min(at + MINUTE, self.now)
            self._do(Step(0, action, by), room, at=at)

        if room.maintenance_required:
            do(Action.COMPLETE_MAINTENANCE, "tom")
        if room.room_status in (RoomStatus.CHECKOUT_DIRTY, RoomStatus.CLEANING_IN_PROGRESS):
            do(Action.MARK_CLEANED, "ana")
        if room.room_status == RoomStatus.CLEANED_UNINSPECTED:
            do(Action.PASS_INSPECTION, "rosa")

    def _plan_departures(self) -> None:
        """Check out most of the guests due out, and clean some of their rooms."""
        rooms = {room.pk: room for room in self._rooms()}
        due_out = self.hotel.bookings.filter(status=BookingStatus.IN_HOUSE, check_out=self.today)
        leaving = list(due_out.select_related("hotel", "room").order_by("booking_id"))
        for stay, (minutes, steps) in zip(leaving, LEFT, strict=False):
            stay.room = rooms[stay.room_id or 0]
            self._plan(minutes, partial(self._check_out, stay, self._ago(minutes)))
            self._plan_steps(stay.room, steps)

    def _check_out(self, stay: Booking, at: dt.datetime) -> None:
        departures.check_out(stay, self._change("eva", at))

    def _plan_idle_rooms(self) -> None:
        """Put a room out of order, report faults, and check in a guest who came early."""
        rooms = self._rooms()
        idle = [room for room in rooms if room.is_bookable]
        # From the type with the most rooms, so that every guest still gets one.
        idle.sort(key=lambda room: -sum(other.room_type == room.room_type for other in rooms))
        for step in (CLOSED, DIM, VIEWED):
            self._plan_steps(idle.pop(0), [step])
        in_house = self.hotel.bookings.filter(
            status=BookingStatus.IN_HOUSE, check_out__gt=self.today
        )
        if stay := in_house.order_by("booking_id").first():
            room = next(room for room in rooms if room.pk == stay.room_id)
            self._plan_steps(room, [STUCK])
        for booking in self._arrivals():
            for room in idle:
                if room.room_type_id == booking.room_type_id:
                    # A check-in must be on the day of arrival, even just after the day's turn.
                    at = max(self._ago(EARLY_GUEST), self.hotel.day_begins(self.today))
                    self._plan(EARLY_GUEST, partial(self._check_in, booking, room, at))
                    return

    def _check_in(self, booking: Booking, room: Room, at: dt.datetime) -> None:
        arrivals.check_in(booking, room, self._change("eva", at))

    def _arrivals(self) -> list[Booking]:
        due_in = self.hotel.bookings.filter(status=BookingStatus.CONFIRMED, check_in=self.today)
        return list(due_in.select_related("hotel", "room_type").order_by("booking_id"))

    def _assign_rooms(self) -> None:
        """Assign rooms in different statuses to some of today's arrivals, minutes ago."""
        arrivals, rooms = self._arrivals(), self._rooms()
        for n, status in enumerate(ASSIGNED):
            fits = (
                (booking, room)
                for booking in arrivals
                for room in rooms
                if room.room_status == status and room.room_type_id == booking.room_type_id
            )
            if pair := next(fits, None):
                booking, room = pair
                arrivals.remove(booking)
                rooms.remove(room)
                minutes = (len(ASSIGNED) - n) / 2
                bookings.assign(booking, room, self._change("eva", self._ago(minutes)))

    def _add_guest_data(self) -> None:
        """Add orders and messages of some guests, which checkout will erase."""
        in_house = self.hotel.bookings.filter(
            status=BookingStatus.IN_HOUSE, check_out__gt=self.today
        )
        hungry, chatty, early = in_house.order_by("booking_id")[:3]
        Order.objects.create(
            booking=hungry,
            items="2 club sandwiches, 1 still water",
            created_at=self._ago(24),
        )
        BreakfastOrder.objects.create(
            booking=early,
            date=self.today + dt.timedelta(days=1),
            items="2 continental breakfasts at 07:30",
            created_at=self._ago(95),
        )
        GuestChatSession.objects.create(booking=chatty, created_at=self._ago(52))
        talk = Conversation.objects.create(booking=chatty, created_at=self._ago(51))
        for minutes, who, text in (
            (51, None, "Hello, could we have two more pillows?"),
            (47, "eva", "Of course, they are on their way."),
            (29, None, "Thank you! When is the pool open?"),
        ):
            Message.objects.create(
                conversation=talk,
                staff=self.people[who] if who else None,
                text=text,
                sent_at=self._ago(minutes),
            )
