"""HTTP/1.1 with deadlines, so that slow clients cannot use up connections and memory.

A proxy in front does the same. A hotel's own network may have none.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Seconds from the connection, or from the first byte of a further request, to the end of its head.
HEAD_SECONDS = 20
# Bytes of a request's address and headers. Browsers send 1 to 2 KB.
LARGEST_HEAD = 64 * 1024
# Seconds that a client gets to take a whole answer.
ANSWER_SECONDS = 120


class Protocol(HttpToolsProtocol):
    """uvicorn's own protocol, with deadlines. The gateway has the deadline of the body."""

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._head_is_complete()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Refuse a head that is too large."""
        if self._head_timer is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_timer is not None and self._head_bytes > LARGEST_HEAD:
            self.transport.close()

    def on_message_begin(self) -> None:
        """Wait for the rest of the head."""
        super().on_message_begin()
        self._wait_for_head()

    def on_headers_complete(self) -> None:
        """Handle the request."""
        self._head_is_complete()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Give the client time to take the answer."""
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self.loop.call_later(ANSWER_SECONDS, self._end_unless_taken, self.cycle)

    def _wait_for_head(self) -> None:
        if self._head_timer is None:
            self._head_bytes = 0
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_is_complete(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _end_unless_taken(self, answered: Any) -> None:
        # A client that has sent its next request meanwhile has taken this answer.
        if self.cycle is answered and self.transport.get_write_buffer_size():
            self.transport.abort()
