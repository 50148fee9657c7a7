"""The open event streams of this process.

A stream carries the log's newest seq and nothing else; what changed, the browser asks for.
All of it runs in the event loop's thread, except `Hub.subscriptions`, which only reads.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

# The key in a request's environ. It is there if the server can hold streams; a view that opens one
# puts its Subscription there.
SUBSCRIPTION = "readyroom.subscription"
# A person has a handful of tabs; a runaway page must not take all there is.
STREAMS_OF_A_SESSION = 20


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who opened a stream, and the hotel's newest seq at that moment."""

    hotel: int
    staff: int
    session: str
    # The password's hash at that moment: a session ends when the password changes.
    password: str
    seq: int


class Stream:
    """One browser tab that waits for news."""

    __slots__ = ("_news", "over", "seq", "subscription")

    def __init__(self, subscription: Subscription, seq: int) -> None:
        self.subscription = subscription
        self.seq = seq
        self.over = False
        self._news = asyncio.Event()
        # The first message goes out at once: it tells the browser that messages get through.
        self._news.set()

    async def news(self) -> int | None:
        """Wait; return the newest seq, however many came since the last one, or None at the end."""
        await self._news.wait()
        self._news.clear()
        return None if self.over else self.seq

    def tell(self, seq: int) -> None:
        """Wake the stream with a seq, which may be the one it has: that shows it is alive."""
        self.seq = seq
        self._news.set()

    def end(self) -> None:
        """Let the stream end."""
        self.over = True
        self._news.set()


class Hub:
    """Every open stream, by hotel."""

    def __init__(self) -> None:
        self.seqs: dict[int, int] = {}
        self.streams: defaultdict[int, set[Stream]] = defaultdict(set)
        self.sessions: Counter[str] = Counter()
        self.ending = False

    def open(self, subscription: Subscription) -> Stream | None:
        """Add a stream; None where the session has enough of them, or the server stops."""
        if self.ending or self.sessions[subscription.session] >= STREAMS_OF_A_SESSION:
            return None
        # What the log did since the view looked has been told to the others already.
        stream = Stream(subscription, max(subscription.seq, self.seqs.get(subscription.hotel, 0)))
        self.streams[subscription.hotel].add(stream)
        self.sessions[subscription.session] += 1
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream that has ended."""
        subscription = stream.subscription
        self.streams[subscription.hotel].discard(stream)
        self.sessions[subscription.session] -= 1
        if not self.sessions[subscription.session]:
            del self.sessions[subscription.session]

    def subscriptions(self, hotels: Collection[int] | None = None) -> set[Subscription]:
        """Return who has streams open, in some hotels or in all. Any thread may call it.

        list() copies a set or dict in one step, whatever the event loop does meanwhile.
        """
        return {
            stream.subscription
            for hotel, streams in list(self.streams.items())
            if hotels is None or hotel in hotels
            for stream in list(streams)
        }

    def tell(self, seqs: Mapping[int, int], ended: Collection[Subscription] = ()) -> None:
        """Wake these hotels' streams with their new seqs; end the streams of `ended`."""
        self.seqs.update(seqs)
        for hotel, seq in seqs.items():
            for stream in self.streams.get(hotel, ()):
                if stream.subscription in ended:
                    stream.end()
                else:
                    stream.tell(seq)

    def end_all(self) -> None:
        """End every stream and open no more: the server stops."""
        self.ending = True
        for streams in self.streams.values():
            for stream in streams:
                stream.end()
