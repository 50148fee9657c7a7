"""What a replay adds to its bookings: guests who stay longer, leave early or move, and mistakes."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hotel.exceptions import ReadyroomError
from rooms.change import Change
from rooms.models import Room
from stays import changes, moves, reinstatement
from stays.changes import StayChange
from stays.choices import BookingStatus
from stays.models import Booking

DAY = dt.timedelta(days=1)
REASONS = ("Noise from the lift", "No hot water", "Wants a sea view", "Smells of smoke")


@dataclass(frozen=True, kw_only=True)
class Rates:
    """How often it happens, as a share of the stays: 0.05 is one in twenty.

    `mistaken` checkouts are of guests who are still there, and are reinstated.
    """

    extended: float = 0.0
    left_early: float = 0.0
    moved: float = 0.0
    mistaken: float = 0.0


class Unplanned:
    """Decides by chance, and does it as the desk does; what a rule refuses is counted.

    Its numbers are its own: without rates, a replay plays what it played before. `done` counts what
    happened, by what it is, and `refused` what a rule refused. `on_event` is called after each.
    """

    def __init__(self, rates: Rates, seed: int, on_event: Callable[[], None]) -> None:
        self.rates = rates
        self.chance = random.Random(f"unplanned {seed}")  # noqa: S311 (not a secret)
        self.on_event = on_event
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._early: set[int] = set()

    def leaves_early(self, booking: Booking, day: dt.date) -> bool:
        """Decide whether guests with a night left leave a day before `day`."""
        early = day - DAY > booking.check_in and self.chance.random() < self.rates.left_early
        if early:
            self._early.add(booking.pk)
        return early

    def wants_to_move(self, booking: Booking, day: dt.date) -> bool:
        """Decide whether guests who leave on `day` want another room on the day after arrival."""
        return day - DAY > booking.check_in and self.chance.random() < self.rates.moved

    def is_a_mistake(self) -> bool:
        """Decide whether a checkout was of the wrong row."""
        return self.chance.random() < self.rates.mistaken

    def shorten(self, booking: Booking, today: dt.date, change: Change) -> None:
        """Let the stay of guests who leave early end today, where it is booked for longer."""
        if booking.pk in self._early and booking.check_out > today:
            self._change("left_early", booking, today, change)

    def extend(self, booking: Booking, today: dt.date, change: Change) -> bool:
        """Let the guests who should leave today stay on by chance; tell whether they do."""
        due = booking.check_in < booking.check_out <= today
        if not due or self.chance.random() >= self.rates.extended:
            return False
        return self._change("extended", booking, today + DAY, change)

    def _change(self, what: str, booking: Booking, until: dt.date, change: Change) -> bool:
        return self._try(
            what, lambda: changes.change_stay(booking, StayChange(check_out=until), change)
        )

    def move(self, booking: Booking, rooms: Iterable[Room], change: Change) -> Room | None:
        """Move guests who are in house to the first of the rooms that they may have, and return it.

        Returns None where there is none, or the guests have left.
        """
        if booking.status != BookingStatus.IN_HOUSE:
            return None
        reason = self.chance.choice(REASONS)
        for room in rooms:

            def move(room: Room = room) -> Booking:
                return moves.move(booking, room, reason, change)

            if self._try("moved", move):
                return room
        return None

    def reinstate(self, booking: Booking, change: Change) -> bool:
        """Put guests who were checked out by mistake back into their room, if it is still free."""
        return self._try(
            "mistaken", lambda: reinstatement.reinstate(booking, "Wrong row, still here", change)
        )

    def _try(self, what: str, do: Callable[[], Booking]) -> bool:
        try:
            do()
        except ReadyroomError:
            self.refused[what] += 1
            return False
        self.done[what] += 1
        self.on_event()
        return True
