"""Many desks at once that change stays: the last rooms are had once, and nobody waits for ever.

As in test_races, on whichever database the tests run; PostgreSQL is where rows can be locked in
the wrong order.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from hotel.exceptions import ReadyroomError
from hotel.models import Hotel
from rooms.choices import RoomStatus
from rooms.models import Room
from stays.changes import StayChange
from stays.choices import BookingStatus
from stays.models import Booking
from tests.acting import arrivals, bookings, changes, departures, moves, reinstatement, sharing
from tests.factories import make_booking, make_room, make_room_type
from tests.invariants import Watch
from tests.racing import assert_no_gap, at_once
from tests.stories.pencil import compare, on_paper

pytestmark = pytest.mark.django_db(transaction=True)

S = RoomStatus
DAY = dt.timedelta(days=1)
Call = Callable[[], Any]


@pytest.fixture
def watch(hotel) -> Watch:
    return Watch(hotel)


@pytest.fixture
def desk(hotel, clerk) -> "Desk":
    return Desk(clerk)


class Desk:
    """What a clerk does, each time with bookings and rooms that the thread itself has read."""

    def __init__(self, by) -> None:
        self.by = by

    def book(self, room_type, arrives: int, nights: int) -> Booking:
        hotel = Hotel.objects.get(pk=room_type.hotel_id)
        check_in = hotel.business_date() + arrives * DAY
        until = check_in + nights * DAY
        given = {"room_type": room_type, "check_in": check_in, "guest_name": "Ada"}
        return bookings.create(hotel, check_out=until, by=self.by, **given)

    def walk_in(self, room: Room, nights: int) -> Booking:
        room = Room.objects.get(pk=room.pk)
        until = room.hotel.business_date() + nights * DAY
        return arrivals.walk_in(room, check_out=until, guest_name="Bo", by=self.by)

    def extend(self, stay: Booking, nights: int) -> Booking:
        wanted = StayChange(check_out=stay.check_out + nights * DAY)
        return changes.change_stay(own(stay), wanted=wanted, by=self.by)

    def move(self, stay: Booking, room: Room) -> Booking:
        return moves.move(own(stay), Room.objects.get(pk=room.pk), "Noise", by=self.by)

    def assign(self, stay: Booking, room: Room) -> Booking:
        return bookings.assign(own(stay), Room.objects.get(pk=room.pk), by=self.by)

    def swap(self, stay: Booking, other: Booking) -> Booking:
        return bookings.swap(own(stay), other=own(other), by=self.by)

    def share(self, stay: Booking, other: Booking) -> Booking:
        return sharing.share(own(stay), own(other), by=self.by)

    def unshare(self, stay: Booking) -> Booking:
        return sharing.unshare(own(stay), by=self.by)

    def reinstate(self, stay: Booking) -> Booking:
        return reinstatement.reinstate(own(stay), "Wrong row", by=self.by)

    def check_in(self, stay: Booking) -> Booking:
        return arrivals.check_in(own(stay), None, by=self.by)

    def check_out(self, stay: Booking) -> Booking:
        return departures.check_out(own(stay), by=self.by)

    def cancel(self, stay: Booking) -> Booking:
        return bookings.cancel(own(stay), by=self.by)


def own(booking: Booking) -> Booking:
    """Return the booking as a thread's own object."""
    return Booking.objects.select_related("hotel", "room__room_type", "room_type").get(
        pk=booking.pk
    )


def in_house(hotel: Hotel, *, nights: int = 1, arrives: int = -1, **fields: Any) -> Booking:
    room = make_room(hotel=hotel, status=S.OCCUPIED, **fields)
    stay = {"room": room, "status": "IN_HOUSE", "arrives": arrives, "nights": nights, "guests": 1}
    return make_booking(hotel=hotel, **stay)


def race(hotel: Hotel, watch: Watch, *calls: Call) -> list[Any]:
    """Run the calls at once; fail unless each was done or refused by a rule, and all holds."""
    answers = at_once(*calls)
    for answer in answers:
        if not isinstance(answer, Booking | ReadyroomError):
            raise AssertionError(f"neither done nor refused: {answer!r}") from answer
    watch.look()
    watch.look_at_guests()
    assert_no_gap(hotel)
    paper = on_paper(hotel)
    compare(hotel, paper)
    assert not paper.clashes(), paper
    for kind in {room.kind for room in paper.rooms}:
        spare = [paper.spare(kind, night) for night in range(10)]
        assert min(spare) >= 0, f"{kind} is oversold: {spare}"
    return answers


def done(answers: list[Any]) -> list[bool]:
    return [isinstance(answer, Booking) for answer in answers]


@pytest.mark.parametrize("round_", range(3))
def test_sixteen_desks_want_the_last_rooms(round_, hotel, desk, watch):
    hotel.readiness_policy = "NEVER"
    hotel.save()
    suite = make_room_type(hotel=hotel, code="S")
    double = make_room_type(hotel=hotel, code="D")
    inside = [in_house(hotel, nights=2 + n % 2) for n in range(4)]
    free = [make_room(hotel=hotel) for _ in range(2)]
    suites = [make_room(hotel=hotel, room_type=suite) for _ in range(2)]
    kept = [make_booking(hotel=hotel, room=room, arrives=2) for room in suites]
    roomless = [make_booking(hotel=hotel, arrives=1, nights=1) for _ in range(2)]
    gone = [make_booking(hotel=hotel, arrives=1, nights=2, status="CANCELLED") for _ in range(2)]
    calls: list[Call] = [
        *(partial(desk.extend, stay, 2) for stay in inside),
        *(partial(desk.move, stay, free[0]) for stay in inside[:2]),
        *(partial(desk.book, double, 1, 2) for _ in range(3)),
        *(partial(desk.walk_in, free[n], 2) for n in range(2)),
        *(partial(desk.assign, stay, suites[0]) for stay in roomless),
        partial(desk.swap, *kept),
        *(partial(desk.reinstate, stay) for stay in gone),
    ]
    assert len(calls) == 16

    answers = race(hotel, watch, *calls)

    assert any(done(answers))
    assert not all(done(answers)), "there are not rooms enough for all of them"


def test_one_night_is_added_to_one_stay_or_sold(hotel, desk, watch):
    stay = in_house(hotel, nights=2)
    for other in range(8):
        make_booking(hotel=hotel, status="CANCELLED", arrives=1, booking_id=f"C-{other}")

    answers = race(
        hotel,
        watch,
        *(partial(desk.extend, stay, 1) for _ in range(2)),
        *(partial(desk.book, stay.room_type, 1, 1) for _ in range(7)),
        *(partial(desk.reinstate, one) for one in hotel.bookings.filter(status="CANCELLED")[:7]),
    )

    # The second who extends finds it done: the same departure, no difference.
    extended = done(answers)[:2]
    assert extended in ([True, True], [False, False])
    assert sum(done(answers)[2:]) == (0 if extended[0] else 1)


def test_one_ready_room_is_moved_into_walked_into_or_checked_into(hotel, desk, watch):
    for _ in range(3):
        room = make_room(hotel=hotel)
        inside = [in_house(hotel, nights=3) for _ in range(2)]
        arrival = make_booking(hotel=hotel, room=room)

        answers = race(
            hotel,
            watch,
            *(partial(desk.move, stay, room) for stay in inside),
            *(partial(desk.walk_in, room, 1) for _ in range(2)),
            partial(desk.check_in, arrival),
        )

        assert done(answers) == [False] * 4 + [True], "it is promised"


def test_two_desks_share_the_same_two_bookings_the_other_way_round(hotel, desk, watch):
    for _ in range(5):
        first, second = (
            make_booking(hotel=hotel, room=make_room(hotel=hotel), nights=2) for _ in range(2)
        )

        answers = race(
            hotel, watch, partial(desk.share, first, second), partial(desk.share, second, first)
        )

        assert any(done(answers))
        first.refresh_from_db()
        second.refresh_from_db()
        holders = [one.shares_with_id is None for one in (first, second)]
        assert sorted(holders) == [False, True]
        assert first.room == second.room


def test_a_ring_of_three_that_share_ends_in_one_party(hotel, desk, watch):
    for _ in range(3):
        ring = [make_booking(hotel=hotel, room=make_room(hotel=hotel), nights=2) for _ in range(3)]

        race(hotel, watch, *(partial(desk.share, ring[n], ring[n - 1]) for n in range(3)))

        for stay in ring:
            stay.refresh_from_db()
            assert stay.shares_with is None or stay.shares_with.shares_with is None
            assert stay.room == (stay.shares_with or stay).room


@pytest.mark.parametrize("other", ["assign", "cancel", "unshare", "check_in"])
def test_who_begins_to_share_while_the_other_changes_has_its_room(other, hotel, desk, watch):
    for _ in range(4):
        holder, joins = (
            make_booking(hotel=hotel, room=make_room(hotel=hotel), nights=2) for _ in range(2)
        )
        elsewhere = make_room(hotel=hotel)
        meanwhile = {
            "assign": partial(desk.assign, holder, elsewhere),
            "cancel": partial(desk.cancel, holder),
            "unshare": partial(desk.unshare, joins),
            "check_in": partial(desk.check_in, holder),
        }[other]

        race(hotel, watch, partial(desk.share, joins, holder), meanwhile)

        joins.refresh_from_db()
        if joins.shares_with:
            assert joins.room == joins.shares_with.room


def test_a_move_and_a_checkout_of_one_stay(hotel, desk, watch):
    for _ in range(5):
        stay, room = in_house(hotel, nights=2), make_room(hotel=hotel)

        moved, left = done(
            race(hotel, watch, partial(desk.move, stay, room), partial(desk.check_out, stay))
        )

        stay.refresh_from_db()
        assert moved or left
        ended = stay.status == BookingStatus.COMPLETED
        assert left is ended
        assert Room.objects.get(pk=room.pk).is_occupied is (not ended)


def test_two_who_move_into_each_others_way(hotel, desk, watch):
    """Into the rooms that the others leave: those are dirty, so nobody gets one."""
    inside = [in_house(hotel, nights=2) for _ in range(4)]

    answers = race(
        hotel, watch, *(partial(desk.move, one, two.room) for one, two in pairwise(inside))
    )

    assert done(answers) == [False] * 3


@pytest.mark.parametrize("crossed", [False, True], ids=["same order", "other order"])
def test_a_swap_against_a_swap(crossed, hotel, desk, watch):
    for _ in range(5):
        first, second, third = (
            make_booking(hotel=hotel, room=make_room(hotel=hotel), nights=2) for _ in range(3)
        )
        rooms = {stay.room_id for stay in (first, second, third)}

        race(
            hotel,
            watch,
            partial(desk.swap, first, second),
            partial(desk.swap, second, first) if crossed else partial(desk.swap, second, third),
            partial(desk.swap, third, first),
        )

        assert {own(stay).room_id for stay in (first, second, third)} == rooms


def test_one_room_is_back_with_its_guest_or_given_to_the_next(hotel, desk, watch):
    for _ in range(4):
        room = make_room(hotel=hotel)
        stay = in_house(hotel, nights=3)
        desk.check_out(stay)
        Room.objects.filter(pk=stay.room_id).update(room_status=S.READY_FOR_GUEST)
        arrival = make_booking(hotel=hotel, room=room)

        back, walked_in, moved = done(
            race(
                hotel,
                watch,
                partial(desk.reinstate, stay),
                partial(desk.walk_in, stay.room, 1),
                partial(desk.assign, arrival, stay.room),
            )
        )

        assert [back, walked_in, moved].count(True) == 1
