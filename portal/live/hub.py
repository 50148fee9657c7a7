"""The open event streams of this process.

A stream carries only the hotel's newest seq; the browser then asks for what changed. Everything
here runs in the event loop's thread, except `Hub.subscriptions`, which any thread may call.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

# The key in a request's environ under which a view leaves its subscription. It is missing where the
# server cannot hold streams.
SUBSCRIPTION = "readyroom.subscription"
# More than anybody has tabs open, and few enough to stop a page that keeps reconnecting.
STREAMS_OF_A_SESSION = 20


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who opened a stream, and the hotel's newest seq at that moment."""

    hotel: int
    staff: int
    session: str
    # The password's hash. A stream ends when the password changes, as the session does.
    password: str
    seq: int


class Stream:
    """An open event stream: one browser tab that waits for a new seq."""

    __slots__ = ("_news", "over", "seq", "subscription")

    def __init__(self, subscription: Subscription, seq: int) -> None:
        self.subscription = subscription
        self.seq = seq
        self.over = False
        self._news = asyncio.Event()
        # Send the first message at once, so that the browser knows the stream works.
        self._news.set()

    async def news(self) -> int | None:
        """Wait to be woken, then return the newest seq, or None if the stream is to end.

        Seqs that arrive while nobody waits are merged: only the newest is returned.
        """
        await self._news.wait()
        self._news.clear()
        return None if self.over else self.seq

    def wake(self, seq: int) -> None:
        """Send this seq; sending the same one again is a heartbeat."""
        self.seq = seq
        self._news.set()

    def end(self) -> None:
        """Make `news` return None, which ends the response."""
        self.over = True
        self._news.set()


class Hub:
    """All open streams of this process, grouped by hotel."""

    def __init__(self) -> None:
        self.seqs: dict[int, int] = {}
        self.streams: defaultdict[int, set[Stream]] = defaultdict(set)
        self.sessions: Counter[str] = Counter()
        self.ending = False

    def open(self, subscription: Subscription) -> Stream | None:
        """Add a stream; return None if the session has too many or the server is stopping."""
        if self.ending or self.sessions[subscription.session] >= STREAMS_OF_A_SESSION:
            return None
        # The log may have grown since the view read its seq: start from the newer one.
        stream = Stream(subscription, max(subscription.seq, self.seqs.get(subscription.hotel, 0)))
        self.streams[subscription.hotel].add(stream)
        self.sessions[subscription.session] += 1
        return stream

    def close(self, stream: Stream) -> None:
        """Remove a stream that has ended."""
        subscription = stream.subscription
        self.streams[subscription.hotel].discard(stream)
        self.sessions[subscription.session] -= 1
        if not self.sessions[subscription.session]:
            del self.sessions[subscription.session]

    def subscriptions(self, hotels: Collection[int] | None = None) -> set[Subscription]:
        """Return the subscriptions of the open streams, for some hotels or for all.

        Safe to call from any thread: list() copies atomically while the event loop goes on.
        """
        return {
            stream.subscription
            for hotel, streams in list(self.streams.items())
            if hotels is None or hotel in hotels
            for stream in list(streams)
        }

    def wake(self, seqs: Mapping[int, int], ended: Collection[Subscription] = ()) -> None:
        """Send each hotel's seq to its streams, and end those of the subscriptions `ended`."""
        self.seqs.update(seqs)
        for hotel, seq in seqs.items():
            for stream in self.streams.get(hotel, ()):
                if stream.subscription in ended:
                    stream.end()
                else:
                    stream.wake(seq)

    def end_all(self) -> None:
        """End every stream and accept no new ones, because the server is stopping."""
        self.ending = True
        for streams in self.streams.values():
            for stream in streams:
                stream.end()
