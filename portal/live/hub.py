"""The open event streams of this process.

A stream carries the log's newest seq and nothing else; what changed, the browser asks for.
All of it runs in the event loop's thread, but for `Hub.tickets`, which only reads.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

# Where in a request's environ a view finds out that it may open a stream, and leaves its ticket.
TICKET = "readyroom.ticket"
# A person has a handful of tabs; a runaway page must not take all there is.
STREAMS_OF_A_SESSION = 20


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who opened a stream, as the view found them; `seq` is the hotel's newest then."""

    hotel: int
    staff: int
    session: str
    # The hash, as it was: a session ends with its password.
    password: str
    seq: int


class Stream:
    """One browser tab that waits for news."""

    __slots__ = ("_news", "over", "seq", "ticket")

    def __init__(self, ticket: Ticket, seq: int) -> None:
        self.ticket = ticket
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

    def open(self, ticket: Ticket) -> Stream | None:
        """Add a stream; None where the session has enough of them, or the server stops."""
        if self.ending or self.sessions[ticket.session] >= STREAMS_OF_A_SESSION:
            return None
        # What the log did since the view looked has been told to the others already.
        stream = Stream(ticket, max(ticket.seq, self.seqs.get(ticket.hotel, 0)))
        self.streams[ticket.hotel].add(stream)
        self.sessions[ticket.session] += 1
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream that has ended."""
        ticket = stream.ticket
        self.streams[ticket.hotel].discard(stream)
        self.sessions[ticket.session] -= 1
        if not self.sessions[ticket.session]:
            del self.sessions[ticket.session]

    def tickets(self, hotels: Collection[int] | None = None) -> set[Ticket]:
        """Return the tickets of the open streams, of some hotels or of all; any thread may ask.

        list() copies in one piece, whatever the loop does meanwhile.
        """
        return {
            stream.ticket
            for hotel, streams in list(self.streams.items())
            if hotels is None or hotel in hotels
            for stream in list(streams)
        }

    def tell(self, seqs: Mapping[int, int], ended: Collection[Ticket] = ()) -> None:
        """Wake these hotels' streams with their new seqs; end the streams of `ended`."""
        self.seqs.update(seqs)
        for hotel, seq in seqs.items():
            for stream in self.streams.get(hotel, ()):
                if stream.ticket in ended:
                    stream.end()
                else:
                    stream.tell(seq)

    def end_all(self) -> None:
        """End every stream and open no more: the server stops."""
        self.ending = True
        for streams in self.streams.values():
            for stream in streams:
                stream.end()
