"""The hub: which streams are open, what wakes them, and how they end."""

import asyncio
from typing import Any

import pytest

from portal.live.hub import STREAMS_OF_A_SESSION, Hub, Stream, Subscription
from tests.serving import run


def subscription(**given: Any) -> Subscription:
    return Subscription(
        **{"hotel": 1, "staff": 1, "session": "s", "password": "p", "seq": 5} | given
    )


def news(stream: Stream) -> int | None:
    """Return what the stream has to say; fail rather than wait."""

    async def soon() -> int | None:
        return await asyncio.wait_for(stream.news(), 60)

    return run(soon())


def silent(stream: Stream) -> bool:
    """Tell whether the stream has nothing to say."""

    async def nothing() -> bool:
        try:
            await asyncio.wait_for(stream.news(), 0.01)
        except TimeoutError:
            return True
        return False

    return run(nothing())


@pytest.fixture
def hub() -> Hub:
    return Hub()


def test_a_stream_begins_with_the_seq_of_its_page(hub):
    assert news(hub.open(subscription(seq=5))) == 5


def test_it_begins_with_a_newer_seq_where_the_hub_knows_one(hub):
    hub.wake({1: 8})

    assert news(hub.open(subscription(seq=5))) == 8


def test_of_many_seqs_only_the_newest_is_told(hub):
    stream = hub.open(subscription())
    for seq in (6, 7, 8):
        hub.wake({1: seq})

    assert news(stream) == 8
    assert silent(stream)


def test_another_hotels_seq_wakes_nobody_here(hub):
    stream = hub.open(subscription())
    news(stream)
    hub.wake({2: 6})

    assert silent(stream)


def test_a_stream_whose_right_is_lost_ends_instead_of_being_told(hub):
    lost, kept = subscription(staff=1), subscription(staff=2)
    streams = [hub.open(lost), hub.open(kept)]
    hub.wake({1: 6}, ended=[lost])

    assert [news(stream) for stream in streams] == [None, 6]


def test_a_session_has_so_many_streams_at_once_and_no_more(hub):
    streams = [hub.open(subscription()) for _ in range(STREAMS_OF_A_SESSION)]

    assert hub.open(subscription()) is None
    assert hub.open(subscription(session="another")) is not None

    hub.close(streams[0])
    assert hub.open(subscription()) is not None


def test_what_is_closed_leaves_nothing_behind(hub):
    hub.close(hub.open(subscription()))

    assert hub.subscriptions() == set()
    assert not hub.sessions


def test_the_open_subscriptions_are_those_of_the_hotels_asked_for(hub):
    here, there = subscription(hotel=1), subscription(hotel=2)
    hub.open(here)
    hub.open(there)

    assert hub.subscriptions() == {here, there}
    assert hub.subscriptions({2, 3}) == {there}


def test_a_server_that_stops_ends_all_and_opens_no_more(hub):
    streams = [hub.open(subscription(hotel=hotel)) for hotel in (1, 2)]
    hub.end_all()

    assert [news(stream) for stream in streams] == [None, None]
    assert hub.open(subscription()) is None
