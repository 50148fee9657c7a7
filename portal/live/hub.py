"""The open event streams of this process.

A stream carries only the hotel's newest seq; the browser then asks for what changed. Everything
here runs in the event loop's thread, except `Hub.tickets`, which any thread may call.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

# The key in a request's environ under which a view leaves its ticket. It is missing where the
# server cannot hold streams.
TICKET = "readyroom.ticket"
# More than anybody has tabs open, and few enough to stop a page that keeps reconnecting.
STREAMS_OF_A_SESSION = 20


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who opened a stream, and the hotel's newest seq at that moment."""

    hotel: int
    staff: int
    session: str
    # The password's hash. A stream ends when the password changes, as the session does.
    password: str
    seq: int


class Stream:
    """An open event stream: one browser tab that waits for a new seq."""

    __slots__ = ("_news", "over", "seq", "ticket")

    def __init__(self, ticket: Ticket, seq: int) -> None:
        self.ticket = ticket
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

    def open(self, ticket: Ticket) -> Stream | None:
        """Add a stream; return None if the session has too many or the server is stopping."""
        if self.ending or self.sessions[ticket.session] >= STREAMS_OF_A_SESSION:
            return None
        # The log may have grown since the view read its seq: start from the newer one.
        stream = Stream(ticket, max(ticket.seq, self.seqs.get(ticket.hotel, 0)))
        self.streams[ticket.hotel].add(stream)
        self.sessions[ticket.session] += 1
        return stream

    def close(self, stream: Stream) -> None:
        """Remove a stream that has ended."""
        ticket = stream.ticket
        self.streams[ticket.hotel].discard(stream)
        self.sessions[ticket.session] -= 1
        if not self.sessions[ticket.session]:
            del self.sessions[ticket.session]

    def tickets(self, hotels: Collection[int] | None = None) -> set[Ticket]:
        """Return the tickets of the open streams, for some hotels or for all.

        Safe to call from any thread: list() copies atomically while the event loop goes on.
        """
        return {
            stream.ticket
            for hotel, streams in list(self.streams.items())
            if hotels is None or hotel in hotels
            for stream in list(streams)
        }

    def wake(self, seqs: Mapping[int, int], ended: Collection[Ticket] = ()) -> None:
        """Send each hotel's seq to its streams, and end the streams whose ticket is in `ended`."""
        self.seqs.update(seqs)
        for hotel, seq in seqs.items():
            for stream in self.streams.get(hotel, ()):
                if stream.ticket in ended:
                    stream.end()
                else:
                    stream.wake(seq)

    def end_all(self) -> None:
        """End every stream and accept no new ones, because the server is stopping."""
        self.ending = True
        for streams in self.streams.values():
            for stream in streams:
                stream.end()
