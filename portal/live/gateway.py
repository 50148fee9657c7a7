"""Serve pages and event streams from one process.

Django runs as a WSGI application in two pools of threads, one for what reads and one for what
changes something, so that changes that wait for a lock never keep a page from being read. The
event loop holds the open streams. A view opens a stream by leaving a Subscription in the request's
environ; its response then becomes the head of the stream. docs/adr/0010 and 0014 explain why.
"""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from portal.errors import ARRIVED, RETRY_AFTER
from portal.live.clock import Clock
from portal.live.hub import SUBSCRIPTION, Hub, Subscription
from portal.live.watcher import Watcher

# Bytes. Our own forms are small, so a larger body does not come from one of our pages.
LARGEST_BODY = 2 * 1024 * 1024
# Bytes of all bodies together: of those that are being received and of those that wait their turn.
MOST_HELD = 32 * 1024 * 1024
# Bytes of a body that is received even then: large ones must not keep the others out.
SMALL_BODY = 64 * 1024
# Seconds that a client gets to send a body.
BODY_SECONDS = 60

# The methods that change nothing.
READS = ("GET", "HEAD", "OPTIONS")

# Seconds that a running page gets to finish after the server has stopped.
LAST_WAIT = 1

# Instead of a status: nobody is there to be answered.
HUNG_UP = 0

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


class Gateway:
    """An ASGI application around a WSGI one.

    At most `readers` requests that read and `writers` that may change something run at once.
    """

    def __init__(
        self, wsgi: Callable[..., Iterable[bytes]], readers: int = 4, writers: int = 4
    ) -> None:
        self.wsgi = wsgi
        self.hub = Hub()
        # Bytes of bodies in memory.
        self.held = 0
        self.readers = ThreadPoolExecutor(readers, thread_name_prefix="reader")
        self.writers = ThreadPoolExecutor(writers, thread_name_prefix="writer")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Handle one request, or the server's startup and shutdown."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _live(self, receive: Receive, send: Send) -> None:
        """Run the watcher and the clock from the server's startup to its shutdown."""
        await receive()
        watcher = Watcher(self.hub, asyncio.get_running_loop())
        clock = Clock()
        watcher.start()
        clock.start()
        self._end_streams_with_the_server()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.gather(asyncio.to_thread(watcher.stop), asyncio.to_thread(clock.stop))
        for pool in (self.readers, self.writers):
            pool.shutdown(wait=False, cancel_futures=True)
        if threading.current_thread() is threading.main_thread():
            # Without this, Python would wait for a hanging page forever.
            end = threading.Timer(LAST_WAIT, os._exit, [0])
            end.daemon = True
            end.start()
        await send({"type": "lifespan.shutdown.complete"})

    def _end_streams_with_the_server(self) -> None:
        """End the streams on SIGINT or SIGTERM.

        The server's own shutdown message comes only after the last response has ended, and an
        open stream never ends by itself.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            server: Any = signal.getsignal(number)

            def stop(received: int, frame: Any, server: Any = server) -> None:
                loop.call_soon_threadsafe(self.hub.end_all)
                server(received, frame)

            signal.signal(number, stop)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        body, subscription = bytearray(), None
        try:
            refused = await self._receive(body, scope, receive)
            if refused is None:
                environ = make_environ(scope, bytes(body))
                pool = self.readers if scope["method"] in READS else self.writers
                called = asyncio.get_running_loop().run_in_executor(pool, self._call, environ)
                status, headers, content = await called
                subscription = environ[SUBSCRIPTION]
        finally:
            # Before the answer is sent, which may take as long as the client likes.
            self.held -= len(body)
        if refused == HUNG_UP:
            return
        if refused is not None:
            # Closed, because the rest of the body has not been read.
            headers = [(b"content-length", b"0"), (b"connection", b"close")]
            headers += [(b"retry-after", b"%d" % RETRY_AFTER)] * (refused == 503)
            await _send(send, refused, headers, b"")
        elif subscription is None:
            await _send(send, status, headers, content)
        else:
            await self._stream(subscription, headers, receive, send)

    async def _receive(self, body: bytearray, scope: Message, receive: Receive) -> int | None:
        """Read the request's body into `body`; return None, or the status that refuses it."""
        if not any(
            name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]
        ):
            return None
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return HUNG_UP
                    part = message.get("body", b"")
                    body += part
                    self.held += len(part)
                    if len(body) > LARGEST_BODY:
                        return 413
                    if self.held > MOST_HELD and len(body) > SMALL_BODY:
                        return 503
                    if not message.get("more_body"):
                        return None
        except TimeoutError:
            return 408

    def _call(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        """Run the WSGI application and return its status, headers and body."""
        started: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            started.append((int(status[:3]), sent))

        result = self.wsgi(environ, start_response)
        try:
            content = b"".join(result)
        finally:
            # Ends the request for Django, which may then close its database connection.
            if hasattr(result, "close"):
                result.close()
        return *started[-1], content

    async def _stream(
        self, subscription: Subscription, headers: Headers, receive: Receive, send: Send
    ) -> None:
        """Send the hotel's newest seq each time it changes, until the client or server stops."""
        stream = self.hub.open(subscription)
        if stream is None:
            await _send(send, 429, [(b"content-length", b"0")], b"")
            return
        left = asyncio.ensure_future(_left(receive))
        left.add_done_callback(lambda _: stream.end())
        try:
            kept = [header for header in headers if header[0].lower() != b"content-length"]
            await send({"type": "http.response.start", "status": 200, "headers": kept})
            while (seq := await stream.news()) is not None:
                event = f'id: {seq}\nevent: changed\ndata: {{"seq": {seq}}}\n\n'.encode()
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self.hub.close(stream)
            left.cancel()


async def _left(receive: Receive) -> None:
    """Return once the client has disconnected."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, status: int, headers: Headers, content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def make_environ(scope: Message, body: bytes) -> dict[str, Any]:
    """Return the WSGI environ for an ASGI request and its body."""
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        SUBSCRIPTION: None,
        ARRIVED: time.monotonic(),
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        # From the raw path, so that bytes that are not UTF-8 reach Django unchanged.
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            # X_Real_IP would become the same variable as X-Real-IP, which the proxy sets.
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = f"HTTP_{name}"
        if name in environ:
            value = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}"
        environ[name] = value
    if body and "CONTENT_LENGTH" not in environ:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ
