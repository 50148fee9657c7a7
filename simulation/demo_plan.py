"""Plan the demo hotel's bookings: four weeks around today, at random from a fixed seed.

Nothing is written to the database, and days are offsets from today. Stays are planned room by
room, so that the hotel is never overbooked; the room that a guest really gets is decided later.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

FIRST, LAST = -14, 14
# The nights of a stay, and the free nights after it; one of each is chosen at random.
NIGHTS = (1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5)
RESTS = (0, 0, 0, 1, 1, 2)
# The days on which stays were booked: before the first day of the replay.
BOOKED = (-60, -15)
ID_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

FIRST_NAMES = (
    "Amara", "Anders", "Beatriz", "Carlos", "Chiara", "Daniel", "Dilnoza", "Elif", "Emeka",
    "Eszter", "Farid", "Greta", "Hana", "Henrik", "Ingrid", "Isabel", "Ivan", "Jakub", "Jing",
    "Kwame", "Laila", "Lucia", "Mahmoud", "Marta", "Mateo", "Minh", "Naomi", "Nikos", "Noor",
    "Olga", "Oscar", "Paula", "Priya", "Rafael", "Saoirse", "Sara", "Stefan", "Takumi", "Thandi",
    "Viktor", "Yara", "Yuki", "Zeynep",
)  # fmt: skip
LAST_NAMES = (
    "Abebe", "Almeida", "Andersson", "Bianchi", "Castro", "Chen", "Dubois", "Eriksen", "Fischer",
    "Gonzalez", "Haddad", "Horvat", "Ibrahim", "Jansen", "Kaya", "Kim", "Kovács", "Lopez",
    "Mbeki", "Murphy", "Nakamura", "Nguyen", "Novak", "Okafor", "Papadopoulos", "Patel",
    "Pereira", "Popescu", "Rossi", "Salazar", "Schmidt", "Silva", "Singh", "Sokolov", "Suzuki",
    "Tran", "Van Dijk", "Weber", "Yilmaz", "Zhang",
)  # fmt: skip


class LastNight(Enum):
    """How a room was used last night."""

    STAYS_ON = auto()
    LEAVES_TODAY = auto()
    OVERSTAYED = auto()
    EMPTY = auto()
    CLOSED = auto()


# The number of rooms for each; the CLOSED one goes out of order today.
LAST_NIGHT = (
    (LastNight.STAYS_ON, 11),
    (LastNight.LEAVES_TODAY, 26),
    (LastNight.OVERSTAYED, 1),
    (LastNight.EMPTY, 9),
    (LastNight.CLOSED, 1),
)
ROOMS = sum(count for _, count in LAST_NIGHT)
CLOSED_TYPE = "D"
CLOSED_DAYS = 3
ARRIVE_TODAY = 15


@dataclass(frozen=True, kw_only=True)
class PlannedStay:
    """A stay to book, with days counted from today; `overstays` if the guest is still in house."""

    booking_id: str
    room_type: str
    booked: int
    check_in: int
    check_out: int
    guests: tuple[str, ...]
    children: int
    overstays: bool


def plan_stays(chance: random.Random, room_types: list[str]) -> list[PlannedStay]:
    """Return the stays of a hotel with one room for each entry of `room_types`.

    They are sorted by the day they were booked.
    """
    nights = [night for night, count in LAST_NIGHT for _ in range(count)]
    chance.shuffle(nights)
    # The room that is closed today must be of a type with many rooms.
    closed, wanted = nights.index(LastNight.CLOSED), room_types.index(CLOSED_TYPE)
    nights[closed], nights[wanted] = nights[wanted], nights[closed]
    free = [
        room
        for room, night in enumerate(nights)
        if night in (LastNight.LEAVES_TODAY, LastNight.EMPTY)
    ]
    arriving = set(chance.sample(free, ARRIVE_TODAY))
    stays = [
        _stay(chance, room_types[room], check_in, check_out, night, room)
        for room, night in enumerate(nights)
        for check_in, check_out in _stays_of_a_room(chance, night, room in arriving)
    ]
    return sorted(stays, key=lambda stay: (stay.booked, stay.booking_id))


def _stays_of_a_room(
    chance: random.Random, night: LastNight, arrives_today: bool
) -> Iterator[tuple[int, int]]:
    """Yield the stays of one room as pairs of arrival and departure days."""
    match night:
        case LastNight.STAYS_ON:
            begins, ends = chance.randint(-4, -1), chance.randint(1, 4)
        case LastNight.LEAVES_TODAY:
            # Not since yesterday: just after midnight their check-out could be before their
            # check-in.
            begins, ends = chance.randint(-5, -2), 0
        case LastNight.OVERSTAYED:
            begins, ends = -4, -1
        case _:
            begins = ends = -1
    if begins < ends:
        yield begins, ends
    yield from _before(chance, begins)
    if arrives_today:
        ends = 0
    elif night is LastNight.CLOSED:
        ends = CLOSED_DAYS + 1
    elif night is LastNight.OVERSTAYED:
        ends = 2
    else:
        ends = max(1, ends) + chance.choice(RESTS)
    yield from _after(chance, ends)


def _before(chance: random.Random, begins: int) -> Iterator[tuple[int, int]]:
    while True:
        ends = begins - chance.choice(RESTS)
        begins = ends - chance.choice(NIGHTS)
        if begins < FIRST:
            return
        yield begins, ends


def _after(chance: random.Random, begins: int) -> Iterator[tuple[int, int]]:
    while begins <= LAST:
        ends = begins + chance.choice(NIGHTS)
        yield begins, ends
        begins = ends + chance.choice(RESTS)


def _stay(
    chance: random.Random,
    room_type: str,
    check_in: int,
    check_out: int,
    night: LastNight,
    room: int,
) -> PlannedStay:
    family = chance.choice(LAST_NAMES)
    adults = 1 if room_type == "S" else chance.choice((1, 2, 2, 2))
    guests = chance.sample(FIRST_NAMES, adults)
    return PlannedStay(
        booking_id="B-" + "".join(chance.choices(ID_LETTERS, k=8)),
        room_type=room_type,
        booked=chance.randint(*BOOKED),
        check_in=check_in,
        check_out=check_out,
        guests=tuple(f"{name} {family}" for name in guests),
        children=chance.randint(1, 2) if room_type == "F" else 0,
        overstays=night is LastNight.OVERSTAYED and check_out == -1,
    )
