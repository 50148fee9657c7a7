"""How many more stays fit into the rooms of a type, each throughout in one room.

Plain values, no database. Time runs in half days: the nights [check_in, check_out) take
[2 * check_in + 1, 2 * check_out), from afternoon to morning; a day use on a day takes
[2 * day, 2 * day + 1). The days are ordinals.

A room is taken apart into windows, the times between two of its blocks, and a stay needs one
window that holds it. Of idle windows that end together any will do, so a window's end is all that
tells it from others. Where no block begins later than now, counting rooms is exact. Otherwise:
a sweep finds a plan nearly always, a matching at each moment refutes nearly always, and what is
left is searched.
"""

import time
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import NamedTuple

NEVER = 1 << 40
# How long the search may take before it says that its answer is not exact, and how many steps.
SECONDS = 0.15
STEPS = 1 << 17

Span = tuple[int, int]
Key = Hashable


class Item(NamedTuple):
    """A stay, or a party that shares a room: [start, end) in half days."""

    start: int
    end: int
    key: Key


class Window(NamedTuple):
    """A time during which a room takes stays; `end` is NEVER where nothing blocks it later."""

    start: int
    end: int
    room: Key


@dataclass(frozen=True)
class Fit:
    """How many more stays fit, and `plan`, the room of each stay in one way to do it.

    Where `exact` is false the search ran out of time: so many fit, and perhaps more would. The
    further stays have the keys (EXTRA, 0), (EXTRA, 1) and so on in the plan.
    """

    count: int
    exact: bool = True
    plan: Mapping[Key, Key] = field(default_factory=dict)


EXTRA = "extra"


def nights_span(check_in: int, check_out: int) -> Span:
    """Return the half days of a stay between two days; of a day use where they are the same."""
    if check_in == check_out:
        return 2 * check_in, 2 * check_in + 1
    return 2 * check_in + 1, 2 * check_out


def most_that_fit(
    blocked: Mapping[Key, Sequence[Span]],
    stays: Iterable[Item],
    asked: Span,
    at_most: int = NEVER,
    seconds: float = SECONDS,
) -> Fit:
    """Return how many further stays `asked` fit together with `stays`, each in one room.

    `blocked` are the rooms with the times at which each takes nobody. Only stays that overlaps
    connect with the one asked for are looked at. Where they outnumber the rooms at another time
    than that asked for, those that nobody can house are left out: they do so with or without it.
    0 where the rest do not fit as they are.
    """
    items, span = connected(stays, asked)
    windows = windows_of(blocked, span)
    most = min(at_most, _left_during(windows, items, asked))
    if most <= 0:
        return Fit(0)
    items = _housed(windows, items)
    limit = _Limit(seconds)
    best, refuted, exact = Fit(-1), most + 1, True
    count = most
    while best.count + 1 < refuted:
        plan, sure = _pack(windows, items + [Item(*asked, (EXTRA, n)) for n in range(count)], limit)
        if plan is not None:
            best = Fit(count, plan=plan)
        else:
            refuted, exact = count, sure
        count = (best.count + refuted) // 2
    return Fit(max(0, best.count), exact, best.plan)


class _Limit:
    """How much the search may still do."""

    def __init__(self, seconds: float) -> None:
        self.until = time.perf_counter() + seconds
        self.steps = STEPS

    def reached(self) -> bool:
        """Count a step; tell whether it is one too many, or the time is over."""
        late = self.steps % 64 == 0 and time.perf_counter() >= self.until
        self.steps -= 1
        return late or self.steps < 0


def connected(stays: Iterable[Item], asked: Span) -> tuple[list[Item], Span]:
    """Return the stays that overlaps connect with `asked`, by start, and the time that they span.

    At the ends of that time no stay is in any room, so what lies beyond cannot matter.
    """
    own = Item(*asked, EXTRA)
    group: list[Item] = []
    end, with_asked = -NEVER, False
    # The longest of those that begin together come first.
    for item in sorted([own, *stays], key=lambda item: (item[0], -item[1])):
        if item.start >= end:
            if with_asked:
                break
            group = []
        group.append(item)
        end = max(end, item.end)
        with_asked = with_asked or item is own
    begin = group[0].start
    return [item for item in group if item is not own], (begin, end)


def windows_of(blocked: Mapping[Key, Sequence[Span]], span: Span) -> list[Window]:
    """Return the windows of the rooms within a time; one that outlasts it ends NEVER."""
    begin, end = span
    found = []
    for room, blocks in blocked.items():
        free_from = begin
        for start, until in sorted(blocks):
            if start >= end:
                break
            if start > free_from:
                found.append(Window(free_from, start, room))
            free_from = max(free_from, until)
        if free_from < end:
            found.append(Window(free_from, NEVER, room))
    return found


def rooms_left(blocked: Mapping[Key, Sequence[Span]], stays: Iterable[Item], asked: Span) -> int:
    """Return by how many the rooms outnumber the stays, at the worst moment of `asked`."""
    return _left_during(windows_of(blocked, asked), stays, asked)


def _left_during(windows: list[Window], items: Iterable[Item], asked: Span) -> int:
    left = 0
    change = Counter({asked[0]: 0})
    for sign, spans in ((1, windows), (-1, items)):
        for start, end, _ in spans:
            if start < asked[1] and end > asked[0]:
                change[max(start, asked[0])] += sign
                change[end] -= sign
    moments = sorted(moment for moment in change if moment < asked[1])
    return min(left := left + change[moment] for moment in moments)


def _housed(windows: list[Window], items: list[Item]) -> list[Item]:
    """Return the stays without those too many: at each moment, those that would stay longest."""
    closing = sorted(window.end for window in windows)
    opening = sorted(window.start for window in windows)
    left_out = set()
    here: list[tuple[int, int, int]] = []
    moments = sorted({item.start for item in items} | {end for end in closing if end < NEVER})
    n = 0
    for moment in moments:
        while n < len(items) and items[n].start <= moment:
            here.append((items[n].end, items[n].start, n))
            n += 1
        here = [one for one in here if one[0] > moment]
        many = len(here) - bisect_right(opening, moment) + bisect_right(closing, moment)
        if many > 0:
            here.sort()
            left_out |= {one[2] for one in here[-many:]}
            here = here[:-many]
    return [item for n, item in enumerate(items) if n not in left_out]


def _pack(
    windows: list[Window], items: list[Item], limit: _Limit
) -> tuple[Mapping[Key, Key] | None, bool]:
    """Return the room of each stay, or None where they do not fit; and whether that is sure."""
    items = sorted(items, key=lambda item: (item[0], -item[1]))
    if (plan := _sweep(windows, items)) is not None:
        return plan, True
    if not _could_match(windows, items):
        return None, True
    return _search(windows, items, limit)


def _sweep(windows: list[Window], items: list[Item]) -> Mapping[Key, Key] | None:
    """Give each stay, by its start, the idle window that ends soonest after it; None if stuck.

    Where every idle window ends too soon, two windows exchange what they hold since they were
    last idle together, so that one which lasts becomes idle.
    """
    opening = sorted(range(len(windows)), key=lambda n: -windows[n].start)
    idle: list[tuple[int, int]] = []
    busy: list[tuple[int, int]] = []
    held: list[list[Item]] = [[] for _ in windows]
    for item in items:
        while opening and windows[opening[-1]].start <= item.start:
            n = opening.pop()
            insort(idle, (windows[n].end, n))
        while busy and busy[0][0] <= item.start:
            _, n = heappop(busy)
            if windows[n].end > item.start:
                insort(idle, (windows[n].end, n))
        place = bisect_left(idle, (item.end, -1))
        while place == len(idle):
            if not _exchange(windows, held, idle, busy, item):
                return None
            place = bisect_left(idle, (item.end, -1))
        _, n = idle.pop(place)
        held[n].append(item)
        heappush(busy, (item.end, n))
    return {item.key: windows[n].room for n, items in enumerate(held) for item in items}


def _exchange(
    windows: list[Window],
    held: list[list[Item]],
    idle: list[tuple[int, int]],
    busy: list[tuple[int, int]],
    item: Item,
) -> bool:
    """Make a window idle that ends later than one that is idle now; tell whether there was one."""
    lasting = sorted(busy, key=lambda entry: -windows[entry[1]].end)
    for x_end, x in reversed(idle):
        if x_end <= item.start:
            break
        for until, y in lasting:
            if windows[y].end <= x_end:
                break
            if until > x_end:
                continue
            cut = _idle_together(held[x], held[y])
            if cut is None or cut[2] < max(windows[x].start, windows[y].start):
                continue
            a, b, _ = cut
            held[x][a:], held[y][b:] = held[y][b:], held[x][a:]
            idle.remove((x_end, x))
            insort(idle, (windows[y].end, y))
            busy[busy.index((until, y))] = (until, x)
            heapify(busy)
            return True
    return False


def _idle_together(x: list[Item], y: list[Item]) -> tuple[int, int, int]:
    """Return when two windows were last idle together: the index in each from there, the time."""
    a, b = len(x), len(y) - 1
    time = y[b].start
    while True:
        if a and x[a - 1].end > time:
            a -= 1
            time = min(time, x[a].start)
        elif b and y[b - 1].end > time:
            b -= 1
            time = min(time, y[b].start)
        else:
            return a, b, time


def _could_match(windows: list[Window], items: list[Item]) -> bool:
    """Tell whether at each moment the stays then in house have a window each that holds them."""
    for moment in sorted({item.start for item in items}):
        open_now = sorted(w[:2] for w in windows if w.start <= moment < w.end)
        if all(end == NEVER for _, end in open_now) and open_now[-1:][0][0] <= items[0].start:
            continue
        here = sorted((i.start, i.end) for i in items if i.start <= moment < i.end)
        # By start: each takes, of the windows open by then, the one that ends soonest after it.
        ends: list[int] = []
        opened = 0
        for start, end in here:
            while opened < len(open_now) and open_now[opened][0] <= start:
                insort(ends, open_now[opened][1])
                opened += 1
            place = bisect_left(ends, end)
            if place == len(ends):
                return False
            ends.pop(place)
    return True


def _search(
    windows: list[Window], items: list[Item], limit: _Limit
) -> tuple[Mapping[Key, Key] | None, bool]:
    """Try every choice that can matter: of the windows' ends, one for each stay by its start.

    What has failed is remembered by the stays that occupy windows with an end; the rest follows.
    After the last end no choice is left, and counting has said that the stays fit.
    """
    choices, finished = _choose(windows, items, limit)
    if choices is None:
        return None, finished
    plan: dict[Key, Key] = {}
    for end in {window.end for window in windows}:
        given = _sweep(
            [window for window in windows if window.end == end],
            [item for item, choice in zip(items, choices, strict=True) if choice == end],
        )
        plan |= given or {}
    return plan, True


def _choose(
    windows: list[Window], items: list[Item], limit: _Limit
) -> tuple[list[int] | None, bool]:
    """Return the end of each stay's window, or None; and whether every choice was tried."""
    last = max(end for _, end, _ in windows if end < NEVER)
    deep = [item for item in items if item.start < last]
    steps = [_Step(windows, deep, n) for n in range(len(deep))]
    failed: set[tuple[int, tuple[Span, ...]]] = set()
    # What is still to be tried at each step, the stays in windows with an end, and what was chosen.
    left: list[list[int]] = []
    states: list[tuple[Span, ...]] = [()]
    choices: list[int] = []
    while len(choices) < len(deep):
        n = len(choices)
        if limit.reached():
            return None, False
        if len(left) == n:
            states[n] = steps[n].still(states[n])
            left.append([] if (n, states[n]) in failed else steps[n].options(states[n]))
        if left[n]:
            choice = left[n].pop()
            choices.append(choice)
            held = () if choice == NEVER else ((deep[n].end, choice),)
            states.append(tuple(sorted((*states[n], *held))))
            continue
        failed.add((n, states[n]))
        left.pop()
        states.pop()
        if not choices:
            return None, True
        choices.pop()
    return choices + [NEVER] * (len(items) - len(deep)), True


class _Step:
    """The choice of a window for one stay, given the choices for those that begin before it."""

    def __init__(self, windows: list[Window], items: list[Item], n: int) -> None:
        self.item = items[n]
        moment = self.item.start
        self.open = Counter(end for start, end, _ in windows if start <= moment < end)
        self.lasting = sorted((end for end in self.open if end >= self.item.end), reverse=True)
        self.here = sum(item.end > moment for item in items[:n])

    def still(self, state: tuple[Span, ...]) -> tuple[Span, ...]:
        """Return those of the stays in windows with an end that are there when this one begins."""
        return tuple(held for held in state if held[0] > self.item.start)

    def options(self, state: tuple[Span, ...]) -> list[int]:
        """Return the ends of the idle windows that hold the stay, the soonest last."""
        used = Counter(end for _, end in state)
        used[NEVER] = self.here - len(state)
        return [end for end in self.lasting if self.open[end] > used[end]]
