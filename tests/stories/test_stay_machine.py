"""Whatever the desk does in whatever order: every invariant, and the count by hand, at each step.

A hotel of five rooms and two types, whose clock the machine turns. A refused step changes nothing;
one that was done sells nothing that was not there, and puts no two stays into one room.
"""

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hotel.choices import ReadinessPolicy, Role
from hotel.exceptions import ReadyroomError
from rooms.choices import Action
from rooms.models import Closure, Room
from stays.changes import StayChange
from stays.models import Booking
from tests.acting import (
    arrivals,
    bookings,
    changes,
    departures,
    moves,
    perform,
    reinstatement,
    sharing,
    undo,
)
from tests.factories import make_booking, make_hotel, make_room, make_room_type, make_staff
from tests.invariants import Watch
from tests.stories.pencil import Paper, compare, on_paper

DAY = dt.timedelta(days=1)
WINDOW = range(10)
# It is still the day before at 00:30; a day use leaves by 17:00.
HOURS = (dt.time(0, 30), dt.time(10), dt.time(12, 30), dt.time(18), dt.time(23))
EXPECTED, INSIDE, GONE = ("CONFIRMED",), ("IN_HOUSE",), ("COMPLETED", "CANCELLED", "NO_SHOW")
# Who and where: drawn evenly, which Hypothesis' own draws are not.
LUCK = st.integers(0, 2**32).map(Random)
# These restore what is so, sold out or not (docs/adr/0008).
FACTS = ("the clock", "undo", "reinstate a guest")


def anybody(*statuses: str) -> Callable[["Desk"], bool]:
    """Tell whether there is such a stay."""
    return lambda desk: any(stay.status in statuses for stay in desk.paper.stays)


def any_room(*statuses: str) -> Callable[["Desk"], bool]:
    """Tell whether there is such a room."""
    return lambda desk: any(room.status in statuses for room in desk.paper.rooms)


def sharers(desk: "Desk") -> bool:
    return any(stay.shares is not None for stay in desk.paper.stays)


def gone(desk: "Desk") -> bool:
    return desk.hotel.bookings.exclude(status__in=[*EXPECTED, *INSIDE]).exists()


def broken(desk: "Desk") -> bool:
    return any(room.priority for room in desk.paper.rooms)


def in_good_order(desk: "Desk") -> bool:
    """Tell whether all but one of the rooms can be sold: the desk has work then."""
    bad = [room for room in desk.paper.rooms if room.priority or room.closures or room.back]
    return len(bad) + any_room("OUT_OF_ORDER")(desk) < 2


class Desk(RuleBasedStateMachine):
    """A clerk, a hotel and a clock; each example in a transaction that is undone."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("django.utils.timezone.now", lambda: self.now)
        self.now = dt.datetime(2026, 3, 26, 9, tzinfo=dt.UTC)
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.done: list[str] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.patch.undo()
        TRIED.extend(self.done)

    @initialize(policy=st.sampled_from(ReadinessPolicy.values))
    def open_the_hotel(self, policy: str) -> None:
        # Its clocks go forward in the night to the 29th.
        self.hotel = make_hotel(time_zone="Europe/Lisbon", readiness_policy=policy)
        self.by = make_staff(hotel=self.hotel, role=Role.MANAGER)
        self.inspector = make_staff(hotel=self.hotel, role=Role.SUPERVISOR)
        self.kinds = [make_room_type(hotel=self.hotel, code=code) for code in "DS"]
        rooms = [make_room(hotel=self.hotel, room_type=self.kinds[n > 2]) for n in range(5)]
        self.rooms = [room.pk for room in rooms]
        self.guests_of_the_first_day()
        self.watch = Watch(self.hotel)
        self.turned_at = 0
        self.paper = on_paper(self.hotel)

    def guests_of_the_first_day(self) -> None:
        """Two in house, one to go today; two who share a room and come today, two others."""
        first, second, _, suite, _ = Room.objects.filter(pk__in=self.rooms).order_by("pk")
        for room, arrived, nights in ((first, -2, 2), (suite, -1, 4)):
            stay = {"room": room, "arrives": arrived, "nights": nights}
            stay = make_booking(hotel=self.hotel, room_type=room.room_type, **stay)
            arrivals.check_in(
                stay, None, by=self.by, occurred_at=self.now + arrived * DAY, source="REPLAY"
            )
        holder = make_booking(hotel=self.hotel, room=second, nights=2)
        make_booking(hotel=self.hotel, room=second, nights=3, shares_with=holder)
        make_booking(hotel=self.hotel, room=first, arrives=1, nights=2)
        make_booking(hotel=self.hotel, room_type=self.kinds[1], nights=1, status="CANCELLED")

    # ---- Who, where and when

    @property
    def today(self) -> dt.date:
        return self.hotel.business_date(self.now)

    def booking(self, luck: Random, *statuses: str, **like: Any) -> Booking | None:
        """Return a booking of one of the statuses and like this; one time in ten, any."""
        found = self.hotel.bookings.select_related("hotel", "room__room_type", "room_type")
        if statuses and luck.random() < 0.9:
            found = found.filter(status__in=statuses, **like)
        stays = list(found.order_by("pk"))
        return luck.choice(stays) if stays else None

    def room(self, luck: Random, **like: Any) -> Room | None:
        """Return a room like this; one time in ten, any."""
        found = Room.objects.filter(pk__in=self.rooms).with_people()
        if like and luck.random() < 0.9:
            found = found.filter(**like)
        rooms = list(found.order_by("pk"))
        return luck.choice(rooms) if rooms else None

    def step(self, name: str, do: Callable[..., Any], *args: Any, **given: Any) -> None:
        """Do it, and look at everything."""
        before = self.snapshot()
        given.setdefault("by", self.by)
        try:
            do(*args, **given)
        except ReadyroomError as refused:
            self.done.append(f"{name}: {refused.code}")
            assert self.snapshot() == before, f"{name} was refused and changed something"
        else:
            self.done.append(name)
            self.look(name)
            self.ended_stays_are_as_they_were(before)

    def snapshot(self) -> tuple[dict, dict, int]:
        rooms = Room.objects.filter(pk__in=self.rooms).order_by("pk").values()
        stays = self.hotel.bookings.order_by("pk").values()
        self.hotel.refresh_from_db(fields=["last_seq"])
        return (
            {room["id"]: room for room in rooms},
            {stay["id"]: stay for stay in stays},
            self.hotel.last_seq,
        )

    def look(self, name: str) -> None:
        self.watch.look()
        self.watch.look_at_guests()
        before, self.paper = self.paper, on_paper(self.hotel)
        compare(self.hotel, self.paper, nights=len(WINDOW))
        self.nobody_gets_what_somebody_has(name, before)
        if name not in FACTS:
            self.nothing_is_oversold(name, before)
        self.sharers_are_in_one_room()

    def nobody_gets_what_somebody_has(self, name: str, before: Paper) -> None:
        new = self.paper.clashes() - before.clashes()
        if name == "the clock":
            # Who does not leave is in the way of who comes.
            late = self.paper.overstaying()
            new = {pair for pair in new if not pair & late}
        assert not new, f"two stays in one room after {name}: {new} {self.paper}"

    def nothing_is_oversold(self, name: str, before: Paper) -> None:
        """Where a step has a stay hold a further room, there was one left."""
        after = self.paper
        policy = after.policy if name == "book" else "NEVER"
        counted = Paper(policy, after.rooms, after.stays, after.limits, after.pks, after.parties)
        for kind in "DS":
            for day in WINDOW:
                for by_day in (False, True):
                    more = after.held(kind, day, by_day=by_day) > before.held(
                        kind, day, by_day=by_day
                    )
                    if more:
                        spare = counted.spare(kind, day, by_day=by_day)
                        assert spare >= 0, f"{name} oversells {kind} on day {day}: {after}"

    def sharers_are_in_one_room(self) -> None:
        parties: dict[int, set] = {}
        for stay in self.hotel.bookings.holding():
            party = parties.setdefault(stay.shares_with_id or stay.pk, set())
            party.add((stay.room_id, stay.room_type_id if stay.room_id is None else None))
        apart = {party: rooms for party, rooms in parties.items() if len(rooms) > 1}
        assert not apart, apart

    def ended_stays_are_as_they_were(self, before: tuple[dict, dict, int]) -> None:
        """What is completed is history: only its own way back touches it."""
        now = {stay["id"]: stay for stay in self.hotel.bookings.values()}
        for pk, was in before[1].items():
            is_now = now[pk]
            if was["status"] == is_now["status"] == "COMPLETED":
                same = {name: is_now[name] for name in was if name != "shares_with_id"}
                assert same == {name: was[name] for name in same}, (was, is_now)

    # ---- What the desk does

    @rule(luck=LUCK)
    def book(self, luck: Random) -> None:
        check_in = self.today + luck.choice([0, 0, 0, 1, 1, 2, 4]) * DAY
        nights = luck.choice([0, 1, 1, 2, 3, 5])
        given = {"room_type": self.kinds[luck.random() < 0.4], "guest_name": "Ada"}
        until = check_in + nights * DAY
        self.step("book", bookings.create, self.hotel, check_in=check_in, check_out=until, **given)

    @precondition(any_room("AVAILABLE", "READY_FOR_GUEST"))
    @rule(luck=LUCK, nights=st.sampled_from([0, 1, 1, 2, 4]))
    def walk_in(self, luck: Random, nights: int) -> None:
        if room := self.room(luck, room_status__in=["AVAILABLE", "READY_FOR_GUEST"]):
            until = self.today + nights * DAY
            self.step("walk in", arrivals.walk_in, room, check_out=until, guest_name="Bo")

    @precondition(anybody(*EXPECTED))
    @rule(luck=LUCK)
    def assign(self, luck: Random) -> None:
        if booking := self.booking(luck, *EXPECTED):
            self.step("assign", bookings.assign, booking, self.room(luck))

    @precondition(anybody(*EXPECTED))
    @rule(luck=LUCK)
    def unassign(self, luck: Random) -> None:
        if booking := self.booking(luck, *EXPECTED):
            self.step("unassign", bookings.unassign, booking)

    @precondition(anybody(*EXPECTED))
    @rule(luck=LUCK)
    def swap(self, luck: Random) -> None:
        assigned = [self.booking(luck, *EXPECTED, room__isnull=False) for _ in range(2)]
        if assigned[0]:
            self.step("swap", bookings.swap, assigned[0], other=assigned[1])

    @precondition(anybody(*EXPECTED))
    @rule(luck=LUCK)
    def check_in(self, luck: Random) -> None:
        booking = self.booking(luck, *EXPECTED, check_in__lte=self.today)
        if booking:
            ready = {"room_status__in": ["AVAILABLE", "READY_FOR_GUEST"]}
            chosen = booking.room is None or luck.random() < 0.3
            room = self.room(luck, **ready) if chosen else None
            self.step("check in", arrivals.check_in, booking, room)

    @precondition(anybody(*INSIDE))
    @rule(luck=LUCK)
    def check_out(self, luck: Random) -> None:
        if booking := self.booking(luck, *INSIDE):
            self.step("check out", departures.check_out, booking)

    @precondition(anybody(*INSIDE))
    @rule(luck=LUCK)
    def check_out_the_room(self, luck: Random) -> None:
        if room := self.room(luck, is_occupied=True):
            self.step("check out the room", departures.check_out_room, room)

    @precondition(anybody(*EXPECTED, *INSIDE))
    @rule(luck=LUCK, later=st.sampled_from([-2, -1, 1, 1, 2]))
    def extend_or_shorten(self, luck: Random, later: int) -> None:
        if booking := self.booking(luck, *INSIDE, *EXPECTED):
            wanted = StayChange(check_out=booking.check_out + later * DAY)
            self.step("extend", changes.change_stay, booking, wanted=wanted)

    @precondition(anybody(*EXPECTED))
    @rule(luck=LUCK, arrives=st.integers(0, 4), nights=st.integers(0, 3))
    def come_on_other_dates(self, luck: Random, arrives: int, nights: int) -> None:
        if booking := self.booking(luck, *EXPECTED):
            check_in = self.today + arrives * DAY
            wanted = StayChange(check_in=check_in, check_out=check_in + nights * DAY)
            self.step("other dates", changes.change_stay, booking, wanted=wanted)

    @precondition(anybody(*EXPECTED))
    @rule(luck=LUCK, kind=st.integers(0, 1), adults=st.sampled_from([None, 2]))
    def have_another_type(self, luck: Random, kind: int, adults: int | None) -> None:
        if booking := self.booking(luck, *EXPECTED):
            wanted = StayChange(room_type=self.kinds[kind], adults=adults)
            self.step("other type", changes.change_stay, booking, wanted=wanted)

    @precondition(anybody(*INSIDE))
    @rule(luck=LUCK, alone=st.booleans())
    def move(self, luck: Random, alone: bool) -> None:
        if booking := self.booking(luck, *INSIDE):
            room = self.room(luck, room_status__in=["AVAILABLE", "READY_FOR_GUEST"])
            self.step("move", moves.move, booking, room, "Noise", alone=alone)

    @precondition(anybody(*EXPECTED))
    @rule(luck=LUCK)
    def share(self, luck: Random) -> None:
        if booking := self.booking(luck, *EXPECTED):
            meets = {"check_in__lt": booking.check_out, "check_out__gt": booking.check_in}
            other = self.booking(luck, *EXPECTED, *INSIDE, **meets)
            self.step("share", sharing.share, booking, other)

    @precondition(sharers)
    @rule(luck=LUCK)
    def unshare(self, luck: Random) -> None:
        if booking := self.booking(luck, *EXPECTED):
            self.step("unshare", sharing.unshare, booking)

    @precondition(gone)
    @rule(luck=LUCK)
    def reinstate(self, luck: Random) -> None:
        if booking := self.booking(luck, *GONE):
            left = booking.status == "COMPLETED"
            name = "reinstate a guest" if left else "reinstate a booking"
            self.step(name, reinstatement.reinstate, booking, "Wrong row")

    @precondition(anybody(*EXPECTED))
    @rule(luck=LUCK)
    def cancel(self, luck: Random) -> None:
        if booking := self.booking(luck, *EXPECTED):
            self.step("cancel", bookings.cancel, booking)

    @precondition(anybody(*EXPECTED))
    @rule(luck=LUCK)
    def no_show(self, luck: Random) -> None:
        if booking := self.booking(luck, *EXPECTED):
            self.step("no-show", bookings.no_show, booking)

    @rule(luck=LUCK)
    def undo(self, luck: Random) -> None:
        room = self.room(luck)
        # Only in the minute in which the change was made.
        if room and room.events.of_status().filter(seq__gt=self.turned_at).exists():
            self.step("undo", undo.undo, room)

    # ---- What happens to the rooms

    @precondition(any_room("CHECKOUT_DIRTY", "CLEANED_UNINSPECTED"))
    @rule(luck=LUCK)
    def clean(self, luck: Random) -> None:
        ways = {
            "CHECKOUT_DIRTY": (Action.MARK_CLEANED, self.by),
            "CLEANED_UNINSPECTED": (Action.PASS_INSPECTION, self.inspector),
        }
        for room in Room.objects.filter(pk__in=self.rooms, room_status__in=ways).with_people():
            if luck.random() < 0.7:
                action, by = ways[room.room_status]
                self.step(action.label, perform, action, room, by=by)

    @precondition(in_good_order)
    @rule(luck=LUCK, priority=st.sampled_from(["LOW", "MED", "HIGH"]))
    def break_something(self, luck: Random, priority: str) -> None:
        if room := self.room(luck, maintenance_required=False):
            broken = {"priority": priority, "notes": "Bulb"}
            self.step("fault", perform, Action.MARK_MAINTENANCE, room, **broken)

    @precondition(broken)
    @rule(luck=LUCK)
    def repair(self, luck: Random) -> None:
        if room := self.room(luck, maintenance_required=True):
            self.step("repair", perform, Action.COMPLETE_MAINTENANCE, room)

    @precondition(in_good_order)
    @rule(luck=LUCK, days=st.sampled_from([None, 1, 3]))
    def take_out_of_order(self, luck: Random, days: int | None) -> None:
        if room := self.room(luck, is_occupied=False, is_out_of_order=False):
            until = None if days is None else self.today + days * DAY
            out = {"notes": "Paint", "until": until}
            self.step("out of order", perform, Action.TAKE_OUT_OF_ORDER, room, **out)

    @precondition(any_room("OUT_OF_ORDER"))
    @rule(luck=LUCK)
    def return_to_service(self, luck: Random) -> None:
        if room := self.room(luck, is_out_of_order=True):
            self.step("return", perform, Action.RETURN_TO_SERVICE, room)

    @precondition(in_good_order)
    @rule(luck=LUCK, start=st.integers(1, 5), nights=st.sampled_from([None, 1, 2, 3]))
    def plan_a_closure(self, luck: Random, start: int, nights: int | None) -> None:
        if room := self.room(luck):
            begins = self.today + start * DAY
            Closure.objects.create(
                room=room,
                kind="OUT_OF_ORDER",
                start=begins,
                until=None if nights is None else begins + nights * DAY,
                reason="Painting",
            )
            self.look("a closure")

    @precondition(lambda self: hasattr(self, "watch"))
    @rule(hours=st.sampled_from([1, 4, 9, 24]))
    def the_clock_goes_on(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)
        self.hotel.refresh_from_db(fields=["last_seq"])
        self.turned_at = self.hotel.last_seq
        self.look("the clock")


TRIED: list[str] = []


def run(examples: int, steps: int) -> None:
    TRIED.clear()
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            # A failing sequence can be read as it is; to shorten it would take minutes.
            phases=[Phase.generate],
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


@pytest.mark.django_db
def test_any_day_at_the_desk_holds():
    run(examples=6, steps=25)


@pytest.mark.slow
@pytest.mark.django_db
def test_many_days_at_the_desk_hold():
    run(examples=60, steps=50)
