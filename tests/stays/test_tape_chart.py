"""The search is compared with trying everything, on thousands of small houses."""

import random
from collections.abc import Mapping, Sequence

import pytest

from stays.tape_chart import (
    EXTRA,
    NEVER,
    Fit,
    Item,
    Span,
    connected,
    most_that_fit,
    nights_span,
    windows_of,
)

Blocked = Mapping[int, Sequence[Span]]
DAYS = 10


def stay(check_in: int, check_out: int, key: object = "stay") -> Item:
    return Item(*nights_span(check_in, check_out), key)


def closed(start: int, until: int) -> Span:
    return 2 * start, 2 * until


def most(blocked: Blocked, stays: list[Item], check_in: int, check_out: int) -> int:
    fit = most_that_fit(blocked, stays, nights_span(check_in, check_out))
    assert fit.exact
    assert_a_plan(blocked, stays, nights_span(check_in, check_out), fit)
    return fit.count


def assert_a_plan(blocked: Blocked, stays: list[Item], asked: Span, fit: Fit) -> None:
    """Everybody who matters has one room, which nobody else has then and nothing blocks."""
    if not fit.count:
        return
    everybody = housed(blocked, connected(stays, asked)[0])
    everybody += [Item(*asked, (EXTRA, n)) for n in range(fit.count)]
    assert set(fit.plan) == {item.key for item in everybody}
    for room, blocks in blocked.items():
        taken = [item[:2] for item in everybody if fit.plan[item.key] == room]
        taken = sorted([*taken, *blocks])
        for n, one in enumerate(taken):
            assert all(
                one[1] <= other[0]
                for other in taken[n + 1 :]
                if not (one in blocks and other in blocks)
            )


def housed(blocked: Blocked, stays: list[Item]) -> list[Item]:
    """Leave out who is too many at a moment: whoever would stay longest, of these the latest."""
    everybody = sorted(stays, key=lambda item: (item[0], -item[1]))
    for moment in range(3 * DAYS + 10):
        here = [item for item in everybody if item.start <= moment < item.end]
        free = sum(not any(a <= moment < b for a, b in blocks) for blocks in blocked.values())
        for item in sorted(here, key=lambda item: (item[1], item[0]))[free:]:
            everybody.remove(item)
    return everybody


def rooms_left(blocked: Blocked, stays: list[Item], asked: Span) -> int:
    """Count, at each moment, the rooms without a block and the stays."""
    return min(
        sum(not any(a <= moment < b for a, b in blocks) for blocks in blocked.values())
        - sum(item.start <= moment < item.end for item in stays)
        for moment in range(*asked)
    )


def tried(blocked: Blocked, stays: list[Item], asked: Span) -> int:
    """Return how many more fit, by trying every room for every stay."""

    def fit(items: list[Item], rooms: list[list[Span]]) -> bool:
        if not items:
            return True
        (start, end, _), *others = items
        for room in rooms:
            if all(end <= taken[0] or taken[1] <= start for taken in room):
                room.append((start, end))
                if fit(others, rooms):
                    return True
                room.pop()
        return False

    everybody = housed(blocked, connected(stays, asked)[0])
    for more in range(1, rooms_left(blocked, stays, asked) + 1):
        if not fit([*everybody, *[Item(*asked, None)] * more], [list(b) for b in blocked.values()]):
            return more - 1
    return max(0, rooms_left(blocked, stays, asked))


def small_house(rng: random.Random) -> tuple[Blocked, list[Item], Span]:
    """Up to four rooms, with guests in house, closures (one for good), and up to eight stays."""
    blocked: dict[int, list[Span]] = {}
    for room in range(rng.randint(1, 4)):
        blocked[room] = [closed(0, rng.randint(0, 5))] if rng.random() < 0.5 else []
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            start = rng.randint(0, DAYS - 1)
            until = NEVER if rng.random() < 0.1 else start + rng.randint(1, 4)
            blocked[room].append(closed(start, until))
    stays = []
    for key in range(rng.randint(0, 8)):
        check_in = rng.randint(0, DAYS - 1)
        nights = 0 if rng.random() < 0.1 else rng.randint(1, 4)
        stays.append(stay(check_in, check_in + nights, key))
    check_in = rng.randint(0, DAYS - 1)
    return blocked, stays, nights_span(check_in, check_in + rng.randint(0, 5))


@pytest.mark.parametrize("part", range(10))
def test_the_answer_is_that_of_trying_everything(part):
    for seed in range(300 * part, 300 * (part + 1)):
        blocked, stays, asked = small_house(random.Random(seed))

        fit = most_that_fit(blocked, stays, asked, seconds=10)

        assert fit.exact, seed
        assert fit.count == tried(blocked, stays, asked), seed
        assert_a_plan(blocked, stays, asked, fit)


def test_two_rooms_each_closed_for_a_part():
    blocked = {204: [closed(10, 12)], 205: [closed(12, 14)]}

    assert most(blocked, [], 10, 14) == 0
    assert most(blocked, [], 10, 12) == 1
    assert most(blocked, [], 12, 14) == 1
    assert most(blocked, [], 14, 20) == 2


def test_guests_in_house_pin_their_rooms_and_stays_to_come_are_moved():
    # One room until 12, another from 12: whoever comes stays to one side of that day or the other.
    blocked = {204: [closed(0, 12)], 205: [], 206: [closed(16, 20)]}

    assert most(blocked, [], 10, 17) == 1
    assert most(blocked, [stay(10, 14)], 10, 17) == 1
    assert most(blocked, [stay(10, 17)], 10, 17) == 0
    assert most(blocked, [stay(10, 14), stay(14, 16, 2)], 10, 17) == 1


def test_a_day_use_fits_between_departure_and_arrival():
    blocked = {204: [closed(3, 5)]}

    assert most(blocked, [stay(1, 2, 1), stay(2, 3, 2)], 2, 2) == 1
    assert most(blocked, [stay(2, 2, 1)], 2, 2) == 0
    assert most(blocked, [stay(1, 3, 1)], 2, 2) == 0
    # The closure begins in the morning, and is over in the morning.
    assert most(blocked, [], 3, 3) == 0
    assert most(blocked, [], 5, 5) == 1


def test_who_is_too_many_on_another_night_takes_no_room_from_this_one():
    blocked = {204: [], 205: []}
    three_on_the_second = [stay(1, 3, 1), stay(2, 4, 2), stay(2, 3, 3)]

    assert most(blocked, three_on_the_second, 2, 5) == 0
    assert most(blocked, three_on_the_second, 3, 5) == 1
    assert most(blocked, three_on_the_second, 4, 5) == 2


def test_nobody_fits_where_the_stays_alone_do_not_though_they_are_not_too_many():
    # On each night one room and one stay, but the stay would have to change rooms.
    blocked = {204: [closed(12, 16)], 205: [closed(8, 12)], 206: [closed(10, 12)]}

    assert most(blocked, [stay(10, 14)], 13, 15) == 0
    assert most(blocked, [stay(12, 14)], 13, 15) == 1


def test_at_most_is_kept():
    assert most_that_fit({1: [], 2: [], 3: []}, [], (1, 4), at_most=2).count == 2


def test_only_what_overlaps_connect_is_looked_at():
    stays = [stay(1, 3, "a"), stay(2, 5, "b"), stay(5, 6, "c"), stay(4, 7, "d"), stay(8, 9, "e")]

    found, span = connected(stays, nights_span(3, 4))

    assert {item.key for item in found} == {"a", "b", "c", "d"}
    assert span == (3, 14)
    assert connected(stays, nights_span(7, 8)) == ([], nights_span(7, 8))


def test_a_room_is_taken_apart_at_its_blocks():
    blocked = {204: [(0, 6), (10, 14)], 205: [(4, 8), (6, 9)], 206: [], 207: [(0, NEVER)]}

    found = {(room, start, end) for start, end, room in windows_of(blocked, (2, 30))}

    assert found == {
        (204, 6, 10),
        (204, 14, NEVER),
        (205, 2, 4),
        (205, 9, NEVER),
        (206, 2, NEVER),
    }


def large_house(rng: random.Random) -> tuple[Blocked, list[Item], list[int]]:
    """200 rooms at 95 %, 20 closures in the next two months; and the rooms left by night."""
    rooms, days = 200, 60
    left = [rooms] * 100
    blocked: dict[int, list[Span]] = {room: [] for room in range(rooms)}

    def take(start: int, until: int) -> None:
        for day in range(start, until):
            left[day] -= 1

    for room in rng.sample(range(rooms), 180):
        until = rng.randint(1, 7)
        blocked[room].append(closed(0, until))
        take(0, until)
    for room in rng.sample(range(rooms), 20):
        start = rng.randint(8, days)
        until = start + rng.randint(1, 14)
        blocked[room].append(closed(start, until))
        take(start, until)
    stays: list[Item] = []
    for _ in range(20_000):
        start = rng.randint(0, days)
        until = start + min(14, 1 + int(rng.expovariate(1 / 3)))
        if min(left[start:until]) > rooms * 0.05:
            stays.append(stay(start, until, len(stays)))
            take(start, until)
    return blocked, stays, left


@pytest.mark.parametrize("seed", range(5))
def test_200_rooms_nearly_full_with_20_closures_are_exact(seed):
    rng = random.Random(seed)
    blocked, stays, left = large_house(rng)
    for nights in (1, 4, 10):
        check_in = rng.randint(0, 50)
        asked = nights_span(check_in, check_in + nights)

        fit = most_that_fit(blocked, stays, asked, seconds=5)

        assert fit.exact
        assert 0 < fit.count <= min(left[check_in : check_in + nights])
        assert_a_plan(blocked, stays, asked, fit)


def test_a_search_without_time_says_that_it_is_not_exact():
    # The sweep is stuck at two, the matching refutes nothing: only the search finds the second.
    blocked = {1: [closed(7, 11)], 2: [closed(0, 5)], 3: [closed(0, 3)], 4: []}
    stays = [stay(2, 6, 1), stay(9, 10, 2), stay(4, 7, 3), stay(5, 7, 4)]
    asked = nights_span(6, 9)

    assert most(blocked, stays, 6, 9) == 2
    hasty = most_that_fit(blocked, stays, asked, seconds=0)
    assert (hasty.count, hasty.exact) == (1, False)
    assert_a_plan(blocked, stays, asked, hasty)
