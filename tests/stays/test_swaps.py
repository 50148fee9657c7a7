"""The shortest chain and the fewest parts are compared with trying everything."""

import random
from itertools import combinations, pairwise, product

import pytest

from stays.swaps import (
    Blocked,
    Chain,
    Held,
    Move,
    Segment,
    chain_of_plan,
    fewest_segments,
    free_rooms,
    overlap,
    shortest_chain,
)
from stays.tape_chart import EXTRA, Item, Key, Span, most_that_fit, nights_span


def stay(check_in: int, check_out: int, key: Key) -> Item:
    return Item(*nights_span(check_in, check_out), key)


def in_the_end(held: Held, asked: Span, chain: Chain) -> list[tuple[Item, Key]]:
    """Return every stay with its room after the chain, the one asked for too."""
    rooms = {item.key: room for room, items in held.items() for item in items}
    for move in chain.moves:
        assert move.from_room == rooms[move.key] != move.to_room
        rooms[move.key] = move.to_room
    stays = [item for items in held.values() for item in items]
    return [(Item(*asked, "asked"), chain.room), *[(item, rooms[item.key]) for item in stays]]


def holds(blocked: Blocked, given: list[tuple[Item, Key]]) -> bool:
    """Tell whether nobody has a room when it is blocked or somebody else's."""
    return all(
        not any(overlap(item, block) for block in blocked[room])
        and not any(room == other and overlap(item, one) for one, other in given[n + 1 :])
        for n, (item, room) in enumerate(given)
    )


def fewest_moves(blocked: Blocked, held: Held, asked: Span) -> int | None:
    """Return how many stays must move, by trying all sets of stays in all rooms."""
    stays = [(item, room) for room, items in held.items() for item in items]
    for moves in range(len(stays) + 1):
        for moving in combinations(stays, moves):
            for rooms in product(blocked, repeat=moves + 1):
                placed = [(item, room) for (item, _), room in zip(moving, rooms[1:], strict=True)]
                rest = [one for one in stays if one not in moving]
                if holds(blocked, [(Item(*asked, "asked"), rooms[0]), *placed, *rest]):
                    return moves
    return None


def fewest_parts(blocked: Blocked, held: Held, check_in: int, check_out: int) -> int:
    """Return into how many parts the nights must be cut, 0 for none, by trying all cuts."""
    for cuts in range(check_out - check_in):
        for days in combinations(range(check_in + 1, check_out), cuts):
            parts = pairwise([check_in, *days, check_out])
            if all(free_rooms(blocked, held, nights_span(*part)) for part in parts):
                return cuts + 1
    return 0


def small_house(rng: random.Random) -> tuple[Blocked, Held]:
    """Up to four rooms, with guests in house and closures, and up to six assigned stays."""
    rooms = range(rng.randint(1, 4))
    blocked: dict[Key, list[Span]] = {room: [] for room in rooms}
    held: dict[Key, list[Item]] = {room: [] for room in rooms}
    for blocks in blocked.values():
        if rng.random() < 0.4:
            blocks.append((0, 2 * rng.randint(1, 4)))
        if rng.random() < 0.4:
            start = rng.randint(0, 8)
            blocks.append((2 * start, 2 * (start + rng.randint(1, 3))))
    for key in range(12):
        room = rng.choice(rooms)
        check_in = rng.randint(0, 8)
        item = stay(check_in, check_in + rng.choice([0, 1, 1, 2, 2, 3]), key)
        few = sum(map(len, held.values())) < 6
        if few and not any(overlap(item, taken) for taken in (*blocked[room], *held[room])):
            held[room].append(item)
    return blocked, held


@pytest.mark.parametrize("part", range(5))
def test_no_chain_is_shorter_and_no_parts_are_fewer(part):
    for seed in range(60 * part, 60 * (part + 1)):
        rng = random.Random(seed)
        blocked, held = small_house(rng)
        check_in = rng.randint(0, 6)
        check_out = check_in + rng.randint(1, 6)
        asked = nights_span(check_in, check_out)
        least = fewest_moves(blocked, held, asked)

        free = free_rooms(blocked, held, asked)
        chain = None if free else shortest_chain(blocked, held, asked, most=6, seconds=10)
        parts = fewest_segments(blocked, held, check_in, check_out)

        assert bool(free) == (least == 0), seed
        if chain:
            assert len(chain.moves) == least, seed
            assert holds(blocked, in_the_end(held, asked, chain)), seed
        else:
            assert least in (0, None), seed
        assert len(parts) == fewest_parts(blocked, held, check_in, check_out), seed
        assert not parts or (parts[0].check_in, parts[-1].check_out) == (check_in, check_out)
        for one, next_one in pairwise(parts):
            assert one.check_out == next_one.check_in


def test_the_moves_of_a_whole_plan_hold_too():
    for seed in range(500):
        rng = random.Random(seed)
        blocked, held = small_house(rng)
        asked = nights_span(check_in := rng.randint(0, 6), check_in + rng.randint(1, 6))
        stays = [item for items in held.values() for item in items]
        fit = most_that_fit(blocked, stays, asked)

        chain = chain_of_plan(fit.plan, held, asked, [(EXTRA, n) for n in range(fit.count)])

        assert (chain is None) == (fit.count == 0)
        if chain:
            assert not chain.shortest
            assert holds(blocked, in_the_end(held, asked, chain)), seed


def test_one_move_frees_a_room():
    blocked: Blocked = {204: [], 207: [(0, 24)]}
    held = {204: [stay(12, 14, "B-12")]}

    assert shortest_chain(blocked, held, nights_span(10, 14), 3) == Chain(
        204, (Move("B-12", 204, 207),)
    )
    assert shortest_chain(blocked, held, nights_span(10, 14), 0) is None


def test_two_stays_exchange_their_rooms():
    # The short one can go where the long one cannot: 207 closes on the 14th.
    blocked: Blocked = {204: [], 207: [(28, 40)]}
    held = {204: [stay(10, 12, "short")], 207: [stay(8, 10, "before")]}

    chain = shortest_chain(blocked, held, nights_span(11, 16), 3)

    assert chain == Chain(204, (Move("short", 204, 207),))


def test_the_room_that_is_free_longest_comes_first():
    blocked: Blocked = {204: [(24, 60)], 208: [(20, 22)], 209: [(22, 60)]}

    assert fewest_segments(blocked, {}, 10, 16) == (Segment(10, 12, 204), Segment(12, 16, 208))
    assert fewest_segments({204: [(24, 60)]}, {}, 10, 16) == ()


def test_without_time_no_chain_is_found():
    blocked: Blocked = {204: [], 207: [], 208: []}
    held = {204: [stay(1, 3, 1)], 207: [stay(2, 5, 2)], 208: [stay(1, 5, 3)]}

    assert shortest_chain(blocked, held, nights_span(1, 4), 3, seconds=0) is None
