"""Who works when in a replay. If a hotel has too few staff, more are created."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model

from hotel.choices import Role
from hotel.models import Hotel, Staff

ROOMS_PER_ATTENDANT = 14
ROOMS_PER_INSPECTOR = 60
ROOMS_PER_REPAIRER = 120
ROOMS_PER_CLERK = 70

EARLY = (dt.time(8, 0), dt.time(17, 0))
LATE = (dt.time(12, 0), dt.time(21, 0))
# Inspectors work through both shifts, and until after the day's last clean.
INSPECTIONS = (dt.time(8, 0), dt.time(21, 30))
REPAIRS = (dt.time(8, 0), dt.time(20, 0))
# One of every four attendants works the late shift.
LATE_EVERY = 4

# Minutes. A longer clean would fit into no shift, so it counts as this long.
LONGEST_WAIT_FOR_A_SHIFT = 240

NAMES = (
    "Lena", "Marek", "Inês", "Yusuf", "Chidi", "Sofia", "Anh", "Pavel", "Leila", "Diego",
    "Freya", "Kofi", "Nadia", "Luca", "Mei", "Omar", "Zofia", "Tiago", "Amina", "Jonas",
)  # fmt: skip


@dataclass
class Worker:
    """A person on a shift, in the hotel's local time; `free_at` is when the present job ends."""

    staff: Staff
    start: dt.time
    end: dt.time
    free_at: dt.datetime | None = None

    def can_take(self, minutes: float, at: dt.datetime) -> bool:
        """Return whether the person is on shift, free, and can finish before the shift ends."""
        local = at.astimezone(self.staff.hotel.tz)
        needed = dt.timedelta(minutes=min(minutes, LONGEST_WAIT_FOR_A_SHIFT))
        end = dt.datetime.combine(local.date(), self.end, tzinfo=local.tzinfo)
        if self.free_at and self.free_at > at:
            return False
        return local.time() >= self.start and local + needed <= end


@dataclass
class Roster:
    """The people who work in a replay."""

    attendants: list[Worker]
    inspectors: list[Worker]
    repairers: list[Staff]
    clerks: list[Staff]

    def shift_starts(self) -> set[dt.time]:
        """Return the times of day at which attendants and inspectors start."""
        return {worker.start for worker in (*self.attendants, *self.inspectors)}


def make_roster(
    hotel: Hotel, *, attendants: int | None = None, inspectors: int | None = None
) -> Roster:
    """Put the hotel's active staff on shifts, and create missing staff, who cannot sign in.

    Without a number all staff of the role work, but at least one attendant for every 14 rooms and
    one inspector for every 60.
    """
    rooms = hotel.rooms.active().count()
    cleaning = _team(hotel, Role.HOUSEKEEPER, rooms / ROOMS_PER_ATTENDANT, attendants)
    inspecting = _team(hotel, Role.SUPERVISOR, rooms / ROOMS_PER_INSPECTOR, inspectors)
    return Roster(
        attendants=list(_on_shifts(cleaning)),
        inspectors=[Worker(staff, *INSPECTIONS) for staff in inspecting],
        repairers=_team(hotel, Role.MAINTENANCE, rooms / ROOMS_PER_REPAIRER),
        clerks=_team(hotel, Role.FRONT_DESK, rooms / ROOMS_PER_CLERK),
    )


def _on_shifts(team: list[Staff]) -> Iterable[Worker]:
    if len(team) == 1:
        yield Worker(team[0], EARLY[0], LATE[1])
        return
    for n, staff in enumerate(team):
        late = n % LATE_EVERY == 1
        yield Worker(staff, *(LATE if late else EARLY))


def _team(hotel: Hotel, role: Role, needed: float, exactly: int | None = None) -> list[Staff]:
    team = list(
        hotel.staff.filter(role=role, active=True).select_related("user", "hotel").order_by("pk")
    )
    if exactly is not None:
        team = team[:exactly]
    wanted = max(1, round(needed), len(team)) if exactly is None else exactly
    while len(team) < wanted:
        team.append(_hire(hotel, role, len(team) + 1))
    return team


def _hire(hotel: Hotel, role: Role, number: int) -> Staff:
    user, created = get_user_model().objects.get_or_create(
        username=f"replay-{hotel.slug}-{role.lower()}-{number}",
        defaults={"first_name": NAMES[number % len(NAMES)], "last_name": f"(replay {number})"},
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return Staff.objects.get_or_create(hotel=hotel, user=user, defaults={"role": role})[0]
