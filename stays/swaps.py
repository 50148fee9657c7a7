"""The way to a room where none is free throughout: others change rooms, or the guest does.

Plain values, as in stays.tape_chart: rooms as they are assigned now, and half days. Stays without a
room are in nobody's way here.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stays.tape_chart import SECONDS, Item, Key, Span

Held = Mapping[Key, Sequence[Item]]
Blocked = Mapping[Key, Sequence[Span]]


@dataclass(frozen=True)
class Move:
    """A stay that changes rooms; `from_room` is None for one that has none yet."""

    key: Key
    from_room: Key | None
    to_room: Key


@dataclass(frozen=True)
class Chain:
    """The moves, all at once, after which `room` is free; `shortest` where no fewer would do."""

    room: Key
    moves: tuple[Move, ...]
    shortest: bool = True


@dataclass(frozen=True)
class Segment:
    """The nights [check_in, check_out), as ordinals of days, in one room."""

    check_in: int
    check_out: int
    room: Key


def overlap(one: Span | Item, other: Span | Item) -> bool:
    """Tell whether two times have a half day in common."""
    return one[0] < other[1] and other[0] < one[1]


def _taken(blocked: Blocked, held: Held, room: Key) -> list[Span]:
    return [*blocked[room], *((item.start, item.end) for item in held.get(room, ()))]


def free_rooms(blocked: Blocked, held: Held, asked: Span) -> list[Key]:
    """Return the rooms that are free for all of `asked` as they are assigned now."""
    return [
        room
        for room in blocked
        if not any(overlap(asked, span) for span in _taken(blocked, held, room))
    ]


def shortest_chain(
    blocked: Blocked, held: Held, asked: Span, most: int, seconds: float = SECONDS
) -> Chain | None:
    """Return the fewest moves that make one room free for all of `asked`.

    Looks for one move, then for two, and so on up to `most`, which makes the first found the
    shortest. None where there is none, or where time ran out.
    """
    search = _Search(blocked, held, seconds)
    for moves in range(1, most + 1):
        found = search.find(Item(*asked, None), moves)
        if found is not None:
            room = found.pop(None)
            return Chain(room, search.moves(found))
        if search.late():
            return None
    return None


class _Search:
    """Puts a stay into a room, then those whom that drives out into others, and so on."""

    def __init__(self, blocked: Blocked, held: Held, seconds: float) -> None:
        self.blocked, self.held = blocked, held
        self.until = time.perf_counter() + seconds
        self.of_item: dict[Item, list[tuple[Key, list[Item]]]] = {}
        self.was_in = {item.key: room for room, items in held.items() for item in items}

    def late(self) -> bool:
        """Tell whether the time is over."""
        return time.perf_counter() > self.until

    def find(self, asked: Item, moves: int) -> dict[Key, Key] | None:
        """Return the room of `asked` and of each stay that moves; None for none with so few."""
        self.placed: dict[Key, list[Item]] = {}
        self.moved = {asked.key}
        return self._place([asked], moves)

    def _place(self, waiting: list[Item], left: int) -> dict[Key, Key] | None:
        """Place those who wait, driving at most `left` others out of their rooms."""
        if not waiting:
            return {}
        item, *others = waiting
        for room, driven_out in self._rooms_for(item, left):
            self.placed.setdefault(room, []).append(item)
            self.moved |= {one.key for one in driven_out}
            found = self._place([*others, *driven_out], left - len(driven_out))
            if found is not None:
                return {item.key: room, **found}
            self.placed[room].pop()
            self.moved -= {one.key for one in driven_out}
            if self.late():
                return None
        return None

    def _rooms_for(self, item: Item, left: int) -> Iterator[tuple[Key, list[Item]]]:
        """Yield the rooms that the stay can have, and whom it drives out: the fewest first."""
        if item not in self.of_item:
            self.of_item[item] = self._in_the_way(item)
        for room, in_the_way in self.of_item[item]:
            if any(overlap(item, other) for other in self.placed.get(room, ())):
                continue
            driven_out = [one for one in in_the_way if one.key not in self.moved]
            if len(driven_out) <= left:
                yield room, driven_out

    def _in_the_way(self, item: Item) -> list[tuple[Key, list[Item]]]:
        """Return the rooms that are not blocked then, and the stays that have each now."""
        found = [
            (room, [one for one in self.held.get(room, ()) if overlap(item, one)])
            for room, blocks in self.blocked.items()
            if room != self.was_in.get(item.key)
            and not any(overlap(item, block) for block in blocks)
        ]
        return sorted(found, key=lambda entry: len(entry[1]))

    def moves(self, found: Mapping[Key, Key]) -> tuple[Move, ...]:
        """Return the moves to these rooms."""
        return tuple(Move(key, self.was_in.get(key), room) for key, room in found.items())


def chain_of_plan(
    plan: Mapping[Key, Key], held: Held, asked: Span, extra: Sequence[Key]
) -> Chain | None:
    """Return the moves that a whole plan needs to make a room free: a way, not the shortest.

    `extra` are the plan's keys for the stay asked for. Only those move who are in somebody's way.
    """
    chains = []
    was_in = {item.key: room for room, items in held.items() for item in items}
    for key in extra:
        waiting, found = [Item(*asked, key)], {}
        while waiting:
            item = waiting.pop()
            if item.key not in plan:
                # Too many stay on one of its nights: the plan has no room for this one.
                break
            room = found[item.key] = plan[item.key]
            waiting += [
                one
                for one in held.get(room, ())
                if overlap(item, one) and one.key not in found and plan.get(one.key) != room
            ]
        else:
            room = found.pop(key)
            moves = [Move(one, was_in.get(one), to) for one, to in found.items()]
            chains.append(Chain(room, tuple(moves), shortest=False))
    return min(chains, key=lambda chain: len(chain.moves), default=None)


def fewest_segments(
    blocked: Blocked, held: Held, check_in: int, check_out: int
) -> tuple[Segment, ...]:
    """Return the nights as few parts as can be, each in one room; empty where a night has none.

    From each day on, the room that is free the longest. No other choice gets further with as many
    rooms: whatever room it takes next, it could take from the later day too.
    """
    found = []
    day = check_in
    while day < check_out:
        until, room = day, None
        for one in blocked:
            spans = _taken(blocked, held, one)
            if any(span[0] <= 2 * day + 1 < span[1] for span in spans):
                continue
            taken = min((span[0] for span in spans if span[0] > 2 * day + 1), default=2 * check_out)
            if min(taken // 2, check_out) > until:
                until, room = min(taken // 2, check_out), one
        if room is None:
            return ()
        found.append(Segment(day, until, room))
        day = until
    return tuple(found)
