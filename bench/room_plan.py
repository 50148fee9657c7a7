"""How long the room plan takes: 200 rooms of one type, nearly full, with 20 closures ahead.

Compares a hotel at 95 % with a full one, in which two stays have just been cancelled and somebody
asks for the nights of both in one room. No database. `python -m bench room_plan`
"""

import random
import time
from statistics import median
from typing import Any

ROOMS, CLOSURES, DAYS = 200, 20, 60
OCCUPANCY = 0.95
HOTELS, ASKED = 10, 5


def main() -> None:
    """Print the time of the search, and how many answers were exact."""
    from stays.tape_chart import most_that_fit

    for occupancy, what in ((OCCUPANCY, "any stay"), (1.0, "two stays' nights in one room")):
        times, fits, count = [], [], 0
        for seed in range(HOTELS):
            rng = random.Random(seed)
            blocked, stays = _hotel(rng, occupancy)
            count += len(stays) // HOTELS
            for _ in range(ASKED):
                left, asked = _ask(rng, stays) if occupancy < 1 else _ask_again(rng, stays)
                begun = time.perf_counter()
                fits.append(most_that_fit(blocked, left, asked))
                times.append((time.perf_counter() - begun) * 1000)
        exact = sum(fit.exact for fit in fits)
        print(f"{ROOMS} rooms, {CLOSURES} closures, {count} stays, {occupancy:.0%} taken: {what}")
        print(f"  median {median(times):.1f} ms, longest {max(times):.1f} ms")
        print(f"  {exact} of {len(fits)} answers exact")


def _ask(rng: random.Random, stays: list[Any]) -> tuple[list[Any], tuple[int, int]]:
    """Ask for up to ten nights."""
    from stays.tape_chart import nights_span

    check_in = rng.randint(0, DAYS - 10)
    return stays, nights_span(check_in, check_in + rng.choice([1, 2, 4, 7, 10]))


def _ask_again(rng: random.Random, stays: list[Any]) -> tuple[list[Any], tuple[int, int]]:
    """Cancel two stays, one of which begins on the day the other ends; ask for both in one room."""
    first, second = rng.choice(
        [
            (one, other)
            for one in rng.sample(stays, 50)
            for other in stays
            if other.start == one.end + 1
        ]
    )
    left = [stay for stay in stays if stay not in (first, second)]
    return left, (first.start, second.end)


def _hotel(rng: random.Random, occupancy: float) -> tuple[dict[int, Any], list[Any]]:
    """Return when each room is blocked, and stays until no night has more than these left."""
    from stays.tape_chart import Item, nights_span

    left = [ROOMS] * (DAYS + 40)
    blocked: dict[int, list[tuple[int, int]]] = {room: [] for room in range(ROOMS)}
    in_house = [(room, 0, rng.randint(1, 7)) for room in rng.sample(range(ROOMS), 180)]
    closures = []
    for room in rng.sample(range(ROOMS), CLOSURES):
        start = rng.randint(8, DAYS)
        closures.append((room, start, start + rng.choice([1, 2, 5, 7, 14])))
    for room, start, until in in_house + closures:
        blocked[room].append((2 * start, 2 * until))
        for day in range(start, until):
            left[day] -= 1
    stays = []
    for _ in range(20_000):
        start = rng.randint(0, DAYS)
        until = start + min(14, 1 + int(rng.expovariate(1 / 3)))
        if min(left[start:until]) > ROOMS * (1 - occupancy):
            stays.append(Item(*nights_span(start, until), len(stays)))
            for day in range(start, until):
                left[day] -= 1
    return blocked, stays
