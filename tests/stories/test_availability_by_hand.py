"""Availability against the count that a clerk would make with a pencil, in made-up hotels."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random

import pytest

from hotel.choices import ReadinessPolicy
from hotel.models import Hotel
from rooms.choices import RoomStatus
from stays.availability import availability
from stays.choices import BookingStatus
from stays.models import RoomTypeInventory
from tests.factories import make_booking, make_room, make_room_type

S = RoomStatus
DAY = dt.timedelta(days=1)
HOLDING = ("CONFIRMED", "IN_HOUSE")
READY = ("AVAILABLE", "READY_FOR_GUEST")


@dataclass
class Stay:
    """Days are counted from today."""

    kind: str
    room: int | None
    status: str
    arrives: int
    leaves: int

    def over(self, night: int) -> bool:
        return self.status in HOLDING and self.arrives <= night < self.leaves

    def through(self, day: int) -> bool:
        """Tell whether the stay needs its room at noon of the day."""
        day_use = self.arrives == self.leaves == day
        return self.status in HOLDING and (day_use or self.arrives < day < self.leaves)


@dataclass
class MadeUp:
    """A hotel: rooms as (type, status, in use, repair open, out of order until), stays, limits."""

    policy: str
    rooms: list[tuple[str, str, bool, bool, int | None]]
    stays: list[Stay]
    limits: dict[tuple[str, int], int | None] = field(default_factory=dict)

    def left(self, kind: str, night: int, *, by_day: bool = False) -> int:
        """Count what can be sold, room by room; the whole of design §4 in a dozen lines."""
        if night < 0:
            return 0
        there = Stay.through if by_day else Stay.over
        here = [stay for stay in self.stays if there(stay, night)]
        at_home = {stay.room for stay in here if stay.status == "IN_HOUSE"}
        promised = {stay.room for stay in here if stay.status == "CONFIRMED"}
        free = 0
        for number, (of_kind, status, in_use, repair, until) in enumerate(self.rooms):
            back = until is not None and 0 < until <= night
            gone = repair or (status == "OUT_OF_ORDER" and not back)
            late = status not in READY and (
                self.policy == "EVERY_NIGHT" or (self.policy == "TONIGHT" and night == 0)
            )
            free += (
                of_kind == kind
                and in_use
                and (number in at_home or not (gone or (late and number not in promised)))
            )
        cap = self.limits.get((kind, night))
        free = free if cap is None else min(free, cap)
        kinds = [self.rooms[s.room][0] if s.room is not None else s.kind for s in here]
        return max(0, free - kinds.count(kind))


def make_up(seed: int) -> MadeUp:
    """Make up a hotel of a dozen rooms in two types, with whatever can be wrong with them."""
    luck = Random(seed)  # the same hotel for the same seed
    rooms, stays = [], []
    for number in range(luck.randint(1, 12)):
        kind, status = luck.choice("DS"), luck.choice([*S, S.AVAILABLE, S.OCCUPIED])
        occupied, out = status == S.OCCUPIED, status == S.OUT_OF_ORDER
        repair = status == S.MAINTENANCE_REQUIRED or ((occupied or out) and luck.random() < 0.3)
        until = luck.choice([None, -1, 0, 1, 2, 5]) if out else None
        rooms.append((kind, status.value, occupied or luck.random() < 0.9, repair, until))
        if occupied and luck.random() < 0.9:
            arrived = luck.randint(-4, 0)
            leaves = luck.randint(arrived, 5)
            stays.append(Stay(luck.choice("DS"), number, "IN_HOUSE", arrived, leaves))
    for _ in range(luck.randint(0, 10)):
        room = luck.choice([None, luck.randrange(len(rooms))])
        status = luck.choice(["CONFIRMED", "CONFIRMED", "COMPLETED", "CANCELLED", "NO_SHOW"])
        arrives = luck.randint(-3, 6)
        stays.append(Stay(luck.choice("DS"), room, status, arrives, arrives + luck.randint(0, 4)))
    limits = {
        (luck.choice("DS"), luck.randint(-1, 7)): luck.choice([None, 0, 1, 3, 20])
        for _ in range(luck.randint(0, 4))
    }
    return MadeUp(luck.choice(ReadinessPolicy.values), rooms, stays, limits)


def build(hotel: Hotel, made_up: MadeUp) -> None:
    today = hotel.business_date()
    hotel.readiness_policy = made_up.policy
    kinds = {code: make_room_type(hotel=hotel, code=code) for code in "DS"}
    rooms = [
        make_room(
            hotel=hotel,
            room_type=kinds[kind],
            status=S(status),
            is_active=in_use,
            priority="LOW" if repair else "",
            **({"out_of_order_until": today + until * DAY} if until is not None else {}),
        )
        for kind, status, in_use, repair, until in made_up.rooms
    ]
    for stay in made_up.stays:
        make_booking(
            hotel=hotel,
            room=None if stay.room is None else rooms[stay.room],
            room_type=kinds[stay.kind],
            status=BookingStatus(stay.status),
            arrives=stay.arrives,
            nights=stay.leaves - stay.arrives,
        )
    for (code, night), cap in made_up.limits.items():
        RoomTypeInventory.objects.create(
            room_type=kinds[code],
            date=today + night * DAY,
            # Stop-sell where the pencil says none, whatever number stands beside it.
            total_rooms=7 if cap == 0 else cap,
            stop_sell=cap == 0,
        )


@pytest.mark.parametrize("seed", range(60))
def test_it_counts_what_a_clerk_counts_with_a_pencil(seed: int, hotel: Hotel):
    made_up, today = make_up(seed), hotel.business_date()
    build(hotel, made_up)

    for arrives, nights in [(0, 1), (-2, 11), (3, 2)]:
        check_in = today + arrives * DAY
        for kind in availability(hotel, check_in, check_in + nights * DAY):
            by_hand = [
                made_up.left(kind.room_type.code, night)
                for night in range(arrives, arrives + nights)
            ]
            assert [night.sellable for night in kind.nights] == by_hand, made_up
            assert kind.sellable == min(by_hand)
    for day in range(-1, 7):
        for kind in availability(hotel, today + day * DAY, today + day * DAY):
            by_hand = made_up.left(kind.room_type.code, day, by_day=True)
            assert kind.sellable == by_hand, (day, made_up)


def test_the_made_up_hotels_differ_enough_to_find_something():
    counts = [
        made_up.left(kind, night)
        for made_up in map(make_up, range(60))
        for kind in "DS"
        for night in range(8)
    ]

    assert {0, 1, 2, 3, 4} <= set(counts)
    assert counts.count(0) < len(counts) * 0.7
