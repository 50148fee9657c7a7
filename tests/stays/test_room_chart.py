"""The chart of a type's rooms: what blocks each, and who can be moved."""

import datetime as dt

import pytest

from rooms.choices import ClosureKind, ClosureStatus, RoomStatus
from rooms.models import Closure
from stays.choices import BookingStatus
from stays.room_chart import Chart, read_blocks, read_stays
from stays.tape_chart import NEVER
from tests.factories import make_booking, make_room, make_room_type

B = BookingStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel):
    return hotel.business_date()


@pytest.fixture
def chart(hotel, today):
    """Read the chart of type D; its half days count from this morning."""

    def chart() -> Chart:
        kind = make_room_type(hotel=hotel).pk
        charts = read_blocks(hotel, today, kind, kind)
        read_stays(hotel, charts, today)
        return charts[kind]

    return chart


@pytest.fixture
def since(today):
    now = 2 * today.toordinal()
    return lambda span: (span[0] - now, span[1] if span[1] == NEVER else span[1] - now)


@pytest.mark.parametrize(
    ("start", "until", "status", "blocked"),
    [
        (3, 5, ClosureStatus.PLANNED, [(6, 10)]),
        (3, None, ClosureStatus.PLANNED, [(6, NEVER)]),
        (-2, 5, ClosureStatus.RUNNING, [(0, 10)]),
        (-5, 0, ClosureStatus.RUNNING, []),
        (3, 5, ClosureStatus.CANCELLED, []),
        (3, 5, ClosureStatus.ENDED, []),
    ],
)
def test_a_closure_blocks_from_the_morning_of_its_first_day(
    hotel, today, chart, since, start, until, status, blocked
):
    room = make_room(hotel=hotel)
    Closure.objects.create(
        room=room,
        kind=ClosureKind.OUT_OF_ORDER,
        status=status,
        start=today + start * DAY,
        until=None if until is None else today + until * DAY,
        reason="paint",
    )

    assert list(map(since, chart().blocked[room.pk])) == blocked


@pytest.mark.parametrize(
    ("arrived", "nights", "blocked"),
    [
        (-2, 5, [(0, 6)]),
        (-2, 2, []),
        (-3, 2, [(0, 2)]),
        (0, 0, [(0, 1)]),
        (-1, 0, [(0, 2)]),
    ],
    ids=["stays on", "due out", "overdue", "day use", "day use of yesterday"],
)
def test_guests_in_house_block_their_room(hotel, chart, since, arrived, nights, blocked):
    room = make_room(hotel=hotel, status=RoomStatus.OCCUPIED)
    make_booking(hotel=hotel, room=room, arrives=arrived, nights=nights, status=B.IN_HOUSE)

    found = chart()

    assert list(map(since, found.blocked[room.pk])) == blocked
    assert found.parties == []


def test_those_expected_are_movable_for_what_is_left_of_their_stay(hotel, chart, since):
    room = make_room(hotel=hotel)
    suite = make_room_type(hotel=hotel, code="S")
    late = make_booking(hotel=hotel, room=room, arrives=-1, nights=3)
    # Booked as a suite and given a double; and the other way round.
    moved_down = make_booking(hotel=hotel, room=room, arrives=4, room_type=suite)
    double = make_room_type(hotel=hotel)
    upgraded = make_room(hotel=hotel, room_type=suite)
    make_booking(hotel=hotel, room=upgraded, arrives=4, room_type=double)
    never_came = {"arrives": -3, "nights": 2}
    make_booking(hotel=hotel, **never_came)
    make_booking(hotel=hotel, status=B.CANCELLED)

    found = chart()

    assert {(party.key, since(party[:2])) for party in found.parties} == {
        (late.pk, (1, 4)),
        (moved_down.pk, (9, 10)),
    }
    assert found.rooms == {late.pk: room.pk, moved_down.pk: room.pk}


def test_a_party_is_one_from_its_first_night_to_its_last(hotel, chart, since):
    room = make_room(hotel=hotel)
    holder = make_booking(hotel=hotel, room=room, arrives=2, nights=2)
    sharer = make_booking(hotel=hotel, arrives=3, nights=4, shares_with=holder)

    found = chart()

    (party,) = found.parties
    assert (party.key, since(party[:2])) == (holder.pk, (5, 14))
    assert found.members == {holder.pk: [holder.pk, sharer.pk]}


def test_a_party_of_which_one_is_in_house_keeps_the_room_until_the_last_leaves(hotel, chart, since):
    room = make_room(hotel=hotel, status=RoomStatus.OCCUPIED)
    holder = make_booking(hotel=hotel, room=room, arrives=-1, nights=2, status=B.IN_HOUSE)
    make_booking(hotel=hotel, arrives=1, nights=3, shares_with=holder)

    found = chart()

    assert list(map(since, found.blocked[room.pk])) == [(0, 8)]
    assert found.parties == []
