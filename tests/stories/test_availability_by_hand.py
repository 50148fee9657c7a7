"""Availability against the count that a clerk would make with a pencil, in made-up hotels."""

import datetime as dt
from dataclasses import dataclass, field, replace
from random import Random

import pytest

from hotel.choices import ReadinessPolicy
from hotel.models import Hotel
from rooms.choices import RoomStatus
from rooms.models import Closure
from stays.availability import availability
from stays.choices import BookingStatus
from stays.models import Booking, RoomTypeInventory
from tests.factories import make_booking, make_room, make_room_type

S = RoomStatus
DAY = dt.timedelta(days=1)
HOLDING = ("CONFIRMED", "IN_HOUSE")
READY = ("AVAILABLE", "READY_FOR_GUEST")


@dataclass
class Stay:
    """Days are counted from today; `shares` is the place in the list of who it shares with."""

    kind: str
    room: int | None
    status: str
    arrives: int
    leaves: int
    shares: int | None = None

    @property
    def gone(self) -> int:
        """The first day without the guests; who should have left holds tonight."""
        overstays = self.status == "IN_HOUSE" and self.leaves < 0
        return 1 if overstays else self.leaves

    def over(self, night: int) -> bool:
        return self.status in HOLDING and self.arrives <= night < self.gone

    def through(self, day: int) -> bool:
        """Tell whether the stay needs its room at noon of the day."""
        day_use = self.arrives == self.leaves == day
        overstays = self.gone != self.leaves and day == 0
        inside = day_use or self.arrives < day < self.gone or overstays
        return self.status in HOLDING and inside


@dataclass
class MadeUpRoom:
    """A room, its open repair (priority, not to be sold, done on) and its planned closures."""

    kind: str
    status: str
    in_use: bool = True
    priority: str = ""
    unsaleable: bool = False
    repaired: int | None = None
    returns: str = "CHECKOUT_DIRTY"
    back: int | None = None
    closures: list[tuple[int, int | None]] = field(default_factory=list)

    def off_sale(self, night: int) -> bool:
        """Tell whether it cannot be sold: closed, out of order, or with a fault that stops it."""
        closed = any(
            start <= night and (end is None or night < end) for start, end in self.closures
        )
        out = self.status == "OUT_OF_ORDER" and not over_by(self.back, night)
        stopped = self.priority == "HIGH" or self.unsaleable
        return closed or out or (stopped and not over_by(self.repaired, night))

    def ready(self, policy: str) -> bool:
        small = self.priority == "LOW" and not self.unsaleable and policy != "EVERY_NIGHT"
        beneath = small and self.status == "MAINTENANCE_REQUIRED" and self.returns in READY
        return self.status in READY or beneath


def over_by(end: int | None, night: int) -> bool:
    """Tell whether an expected end lies ahead and by that night is reached."""
    return end is not None and 0 < end <= night


@dataclass
class MadeUp:
    """A hotel: rooms, stays, and limits by type and night."""

    policy: str
    rooms: list[MadeUpRoom]
    stays: list[Stay]
    limits: dict[tuple[str, int], int | None] = field(default_factory=dict)

    def left(self, kind: str, night: int, *, by_day: bool = False) -> int:
        """Count what can be sold."""
        return 0 if night < 0 else max(0, self.spare(kind, night, by_day=by_day))

    def spare(self, kind: str, night: int, *, by_day: bool = False) -> int:
        """Count room by room, below 0 where more is held than there is: design §4 in a dozen lines.

        The night is tonight or later.
        """
        there = Stay.through if by_day else Stay.over
        here = {n: stay for n, stay in enumerate(self.stays) if there(stay, night)}
        at_home = {stay.room for stay in here.values() if stay.status == "IN_HOUSE"}
        promised = {stay.room for stay in here.values() if stay.status == "CONFIRMED"}
        free = 0
        for number, room in enumerate(self.rooms):
            late = not room.ready(self.policy) and (
                self.policy == "EVERY_NIGHT" or (self.policy == "TONIGHT" and night == 0)
            )
            lost = room.off_sale(night) or (late and number not in promised)
            free += room.kind == kind and room.in_use and (number in at_home or not lost)
        cap = self.limits.get((kind, night))
        free = free if cap is None else min(free, cap)
        parties = {
            (n if stay.shares is None else stay.shares, self.kind_of(stay))
            for n, stay in here.items()
        }
        return free - [kind for _, kind in parties].count(kind)

    def kind_of(self, stay: Stay) -> str:
        return stay.kind if stay.room is None else self.rooms[stay.room].kind


def make_up(seed: int) -> MadeUp:
    """Make up a hotel of a dozen rooms in two types, with whatever can be wrong with them."""
    luck = Random(seed)  # the same hotel for the same seed
    rooms, stays = [], []
    for number in range(luck.randint(1, 12)):
        status = luck.choice([*S, S.AVAILABLE, S.OCCUPIED])
        occupied, out = status == S.OCCUPIED, status == S.OUT_OF_ORDER
        repair = status == S.MAINTENANCE_REQUIRED or ((occupied or out) and luck.random() < 0.3)
        room = MadeUpRoom(luck.choice("DS"), status.value, occupied or luck.random() < 0.9)
        if repair:
            room.priority = luck.choice(["LOW", "LOW", "MED", "HIGH"])
            room.unsaleable = luck.random() < 0.2
            room.repaired = luck.choice([None, -1, 0, 2, 4])
        if out or repair:
            room.returns = luck.choice(["CHECKOUT_DIRTY", "READY_FOR_GUEST", "AVAILABLE"])
        if out:
            room.back = luck.choice([None, -1, 0, 1, 2, 5])
        if luck.random() < 0.2:
            start = luck.randint(-1, 5)
            room.closures.append((start, luck.choice([None, start + luck.randint(1, 4)])))
        rooms.append(room)
        if occupied and luck.random() < 0.9:
            arrived = luck.randint(-4, 0)
            leaves = luck.randint(arrived, 5)
            stays.append(Stay(luck.choice("DS"), number, "IN_HOUSE", arrived, leaves))
    for _ in range(luck.randint(0, 10)):
        given = luck.choice([None, luck.randrange(len(rooms))])
        how = luck.choice(["CONFIRMED", "CONFIRMED", "COMPLETED", "CANCELLED", "NO_SHOW"])
        arrives = luck.randint(-3, 6)
        stays.append(Stay(luck.choice("DS"), given, how, arrives, arrives + luck.randint(0, 4)))
    for first, stay in enumerate(list(stays)):
        if stay.status in HOLDING and luck.random() < 0.2:
            arrives = luck.randint(-2, 4)
            leaves = arrives + luck.randint(0, 4)
            stays.append(replace(stay, arrives=arrives, leaves=leaves, shares=first))
    limits = {
        (luck.choice("DS"), luck.randint(-1, 7)): luck.choice([None, 0, 1, 3, 20])
        for _ in range(luck.randint(0, 4))
    }
    return MadeUp(luck.choice(ReadinessPolicy.values), rooms, stays, limits)


def build(hotel: Hotel, made_up: MadeUp) -> None:
    today = hotel.business_date()

    def day(number: int | None) -> dt.date | None:
        return None if number is None else today + number * DAY

    hotel.readiness_policy = made_up.policy
    kinds = {code: make_room_type(hotel=hotel, code=code) for code in "DS"}
    rooms = []
    for one in made_up.rooms:
        room = make_room(
            hotel=hotel,
            room_type=kinds[one.kind],
            status=S(one.status),
            return_status=S(one.returns),
            is_active=one.in_use,
            priority=one.priority,
            maintenance_stops_sale=one.unsaleable,
            maintenance_until=day(one.repaired),
            out_of_order_until=day(one.back),
        )
        rooms.append(room)
        for start, end in one.closures:
            Closure.objects.create(
                room=room, kind="OUT_OF_ORDER", start=day(start), until=day(end), reason="Paint"
            )
    stays: list[Booking] = []
    for stay in made_up.stays:
        stays.append(
            make_booking(
                hotel=hotel,
                room=None if stay.room is None else rooms[stay.room],
                room_type=kinds[stay.kind],
                status=BookingStatus(stay.status),
                arrives=stay.arrives,
                nights=stay.leaves - stay.arrives,
                shares_with=None if stay.shares is None else stays[stay.shares],
            )
        )
    for (code, night), cap in made_up.limits.items():
        RoomTypeInventory.objects.create(
            room_type=kinds[code],
            date=today + night * DAY,
            # Stop-sell where the pencil says none, whatever number stands beside it.
            total_rooms=7 if cap == 0 else cap,
            stop_sell=cap == 0,
        )


@pytest.mark.parametrize("seed", range(120))
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
        for made_up in map(make_up, range(120))
        for kind in "DS"
        for night in range(8)
    ]

    assert {0, 1, 2, 3, 4} <= set(counts)
    assert counts.count(0) < len(counts) * 0.7
