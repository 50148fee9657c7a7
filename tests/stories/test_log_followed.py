"""A program that follows the hotel's log while others write it: every event once, in order."""

import time
from functools import partial
from threading import Event

import pytest

from rooms.choices import RoomStatus
from rooms.models import RoomEvent
from tests.factories import make_room, make_staff
from tests.portal.api.calling import Program, done
from tests.racing import assert_no_gap, at_once

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, CHANGES, PAGE = 4, 20, 7


def write(program: Program, number: int) -> None:
    """Clean one room over and over."""
    for n in range(CHANGES):
        path = "start" if n % 2 == 0 else "stop"
        done(program.post(f"rooms/{number}/{path}-cleaning/"))


def follow(program: Program, finished: Event, by_cursor: bool) -> list[int]:
    """Return every seq that the log gave, until it gave nothing new after the writers' end."""
    seen: list[int] = []
    query: dict = {"after": 0}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        was_finished = finished.is_set()
        answer = done(program.get("events/", limit=PAGE, **query))
        seqs = [event["seq"] for event in answer["events"]]
        assert len(seqs) <= PAGE
        assert answer["last_seq"] >= max(seqs, default=0)
        seen += seqs
        if by_cursor and answer["next"]:
            query["cursor"] = answer["next"]
        else:
            query = {"after": seen[-1] if seen else 0}
        if was_finished and not seqs:
            return seen
    raise AssertionError(f"still reading after {len(seen)} events")


@pytest.mark.parametrize("by_cursor", [False, True])
def test_every_event_is_read_once_in_order_while_four_write(hotel, manager, by_cursor):
    writers = [Program(make_staff(hotel=hotel)) for _ in range(WRITERS)]
    for n in range(WRITERS):
        make_room(hotel=hotel, number=str(n), status=RoomStatus.CHECKOUT_DIRTY)
    left, finished = list(range(WRITERS)), Event()

    def written(n: int, program: Program) -> None:
        try:
            write(program, n)
        finally:
            left.remove(n)
            if not left:
                finished.set()

    seen, *others = at_once(
        partial(follow, Program(manager), finished, by_cursor),
        *(partial(written, n, program) for n, program in enumerate(writers)),
    )

    assert others == [None] * WRITERS
    assert seen == list(range(1, WRITERS * CHANGES + 1))
    assert RoomEvent.objects.count() == len(seen)
    assert_no_gap(hotel)
