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
# Seconds in which a client must take some of what waits for it.
ANSWER_SECONDS = 120


class Protocol(HttpToolsProtocol):
    """uvicorn's own protocol, with deadlines. The gateway has the deadline of the body."""

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _answer_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._head_is_complete()
        if self._answer_timer is not None:
            self._answer_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Refuse a head that is too large."""
        if self._head_timer is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        idle = self.cycle is None or self.cycle.response_complete
        if idle and self.timeout_keep_alive_task is None and not self.transport.is_closing():
            # Empty lines between two requests begin none, but end the wait for the next.
            self._wait_for_head()
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
        self._wait_for_taking()

    def pause_writing(self) -> None:
        """Give the client time to take some of what waits for it."""
        super().pause_writing()
        self._wait_for_taking()

    def _wait_for_head(self) -> None:
        if self._head_timer is None:
            self._head_bytes = 0
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_is_complete(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _wait_for_taking(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        if waiting and self._answer_timer is None:
            end = self._end_unless_taken
            self._answer_timer = self.loop.call_later(ANSWER_SECONDS, end, waiting)

    def _end_unless_taken(self, waiting: int) -> None:
        self._answer_timer = None
        if self.transport.get_write_buffer_size() >= waiting:
            self.transport.abort()
        else:
            self._wait_for_taking()
