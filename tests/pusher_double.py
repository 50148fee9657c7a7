"""A server on loopback that speaks the Pusher protocol, and that misbehaves on demand.

It checks what Pusher checks: the signature of every REST call, the signature that lets a socket
into a private channel, and the limits of events. REST and WebSocket share one port, as on the
servers that can stand in for Pusher. It keeps what came, for tests to look at.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

HOST = "127.0.0.1"
MOST_EVENTS = 10
MOST_BYTES = 10 * 1024
# Seconds by which the clocks of a caller and of Pusher may differ.
CLOCK_DRIFT = 600


class Refused(Exception):
    """A REST call that Pusher would not take: the status it answers with, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Socket:
    """One WebSocket: its id, what it listens to, and how to write to it."""

    def __init__(self, writer: asyncio.StreamWriter, protocol: ServerProtocol) -> None:
        self.id = f"{secrets.randbelow(10**6)}.{secrets.randbelow(10**6)}"
        self.channels: set[str] = set()
        self.writer = writer
        self.protocol = protocol

    def send(self, event: str, data: Any = None, channel: str | None = None) -> None:
        """Send one message of the protocol; its data travels as JSON within JSON."""
        message: dict[str, Any] = {"event": event}
        if data is not None:
            message["data"] = data if isinstance(data, str) else json.dumps(data)
        if channel:
            message["channel"] = channel
        self.protocol.send_text(json.dumps(message).encode())
        self.flush()

    def refuse(self, code: int, why: str) -> None:
        """Close with one of Pusher's codes: below 4100 the client must not come back."""
        self.send("pusher:error", {"code": code, "message": why})
        self.protocol.send_close(code, why)
        self.flush()

    def flush(self) -> None:
        """Hand on what the protocol has to say, its answers to pings and closings included."""
        for data in self.protocol.data_to_send():
            if data:
                self.writer.write(data)
            else:
                self.writer.write_eof()


class PusherDouble:
    """The server, in a thread of its own: `with PusherDouble() as double`.

    `rest` chooses how REST calls are answered: "answer" does as Pusher does, "fail" says 500,
    "hang" reads the call and says nothing, "mute" takes the events and says nothing, which the
    caller cannot tell from a loss.
    """

    def __init__(self, app_id: str = "4711", key: str = "a-key", secret: str = "a-secret") -> None:
        self.app_id, self.key, self.secret = app_id, key, secret
        self.rest: Literal["answer", "fail", "hang", "mute"] = "answer"
        self.port = 0
        self.calls = 0  # REST calls that came, however they were answered
        self.events: list[dict[str, Any]] = []  # what was accepted, in order, `data` decoded
        self.refusals: list[str] = []  # why a call, a socket or a subscription was refused
        self.opened = 0  # WebSockets that were let in
        self.sockets: set[Socket] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "PusherDouble":
        self._thread.start()
        self.accept()
        return self

    def __exit__(self, *error: object) -> None:
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def environment(self) -> dict[str, str]:
        """What an installation sets to use this server."""
        return {
            "PUSHER_APP_ID": self.app_id,
            "PUSHER_KEY": self.key,
            "PUSHER_SECRET": self.secret,
            "PUSHER_HOST": HOST,
            "PUSHER_PORT": str(self.port),
            "PUSHER_SSL": "false",
        }

    def accept(self) -> None:
        """Take connections, on the same port as before."""
        self._run(self._accept())

    def refuse(self) -> None:
        """Refuse connections and break off those there are, as a server that has died."""
        self._run(self._refuse())

    def drop(self) -> None:
        """Break off all connections; new ones are welcome."""
        self._run(self._drop())

    def subscribers(self, channel: str) -> int:
        """Return how many sockets listen to the channel."""
        return sum(channel in socket.channels for socket in self.sockets)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _accept(self) -> None:
        self._server = await asyncio.start_server(self._connected, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        await self._drop()

    async def _drop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            # The other side may go at any moment.
            with suppress(asyncio.CancelledError, asyncio.IncompleteReadError, OSError):
                while await self._serve(reader, writer):
                    pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if self._server is None else writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; tell whether the connection is good for another."""
        head = await reader.readuntil(b"\r\n\r\n")
        if b"upgrade: websocket" in head.lower():
            await self._serve_socket(head, reader, writer)
            return False
        first, *lines = head.decode().strip().split("\r\n")
        fields = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in fields}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, address, _ = first.split(" ")
        return await self._serve_rest(method, address, body, writer)

    # ---- REST
    async def _serve_rest(
        self, method: str, address: str, body: bytes, writer: asyncio.StreamWriter
    ) -> bool:
        self.calls += 1
        if self.rest == "hang":
            await asyncio.sleep(3600)
        status, answer = 200, "{}"
        try:
            if self.rest == "fail":
                raise Refused(500, "Told to fail")
            self._take(method, address, body)
        except Refused as refused:
            self.refusals.append(str(refused))
            status, answer = refused.status, str(refused)
        if self.rest == "mute":
            await asyncio.sleep(3600)
        text = answer.encode()
        writer.write(f"HTTP/1.1 {status} -\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text)
        await writer.drain()
        return True

    def _take(self, method: str, address: str, body: bytes) -> None:
        """Check a call and deliver its events; raises Refused."""
        url = urlsplit(address)
        self._check_signature(method, url.path, dict(parse_qsl(url.query)), body)
        events = json.loads(body)
        if method == "POST" and url.path == f"/apps/{self.app_id}/batch_events":
            events = events["batch"]
        elif method == "POST" and url.path == f"/apps/{self.app_id}/events":
            events = [{**events, "channel": name} for name in events.pop("channels")]
        else:
            raise Refused(404, f"There is no {method} {url.path}")
        if len(events) > MOST_EVENTS:
            raise Refused(400, f"{len(events)} events in one batch")
        for event in events:
            if len(event["data"].encode()) > MOST_BYTES:
                raise Refused(413, f"{len(event['data'])} bytes in one event")
        for event in events:
            self.events.append({**event, "data": json.loads(event["data"])})
            for socket in self.sockets:
                if event["channel"] in socket.channels:
                    socket.send(event["name"], event["data"], event["channel"])

    def _check_signature(self, method: str, path: str, query: dict[str, str], body: bytes) -> None:
        given = query.pop("auth_signature", "")
        signed = "&".join(f"{name}={query[name]}" for name in sorted(query))
        if query.get("auth_key") != self.key:
            raise Refused(401, "Unknown auth_key")
        if query.get("auth_version") != "1.0":
            raise Refused(401, "Unknown auth_version")
        if abs(time.time() - int(query.get("auth_timestamp", 0))) > CLOCK_DRIFT:
            raise Refused(401, "Timestamp expired")
        if query.get("body_md5") != hashlib.md5(body).hexdigest():
            raise Refused(401, "body_md5 is not the body's")
        if not hmac.compare_digest(given, self.sign("\n".join([method, path, signed]))):
            raise Refused(401, "Invalid signature")

    def sign(self, text: str) -> str:
        """Return the signature that the secret gives a text."""
        return hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    # ---- WebSocket
    async def _serve_socket(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        protocol = ServerProtocol()
        protocol.receive_data(head)
        (request,) = protocol.events_received()
        assert isinstance(request, Request)
        protocol.send_response(protocol.accept(request))
        socket = Socket(writer, protocol)
        socket.flush()
        url = urlsplit(request.path)
        if url.path != f"/app/{self.key}":
            self.refusals.append(f"There is no app at {url.path}")
            socket.refuse(4001, "Application does not exist")
        elif dict(parse_qsl(url.query)).get("protocol") != "7":
            self.refusals.append("Unknown protocol")
            socket.refuse(4007, "Unsupported protocol version")
        else:
            self.opened += 1
            self.sockets.add(socket)
            established = {"socket_id": socket.id, "activity_timeout": 120}
            socket.send("pusher:connection_established", established)
        try:
            while data := await reader.read(65536):
                protocol.receive_data(data)
                for frame in protocol.events_received():
                    if getattr(frame, "opcode", None) is Opcode.TEXT:
                        self._hear(socket, json.loads(frame.data))  # type: ignore[union-attr]
                socket.flush()
        finally:
            self.sockets.discard(socket)

    def _hear(self, socket: Socket, message: dict[str, Any]) -> None:
        """Answer one message of a client."""
        if message["event"] == "pusher:ping":
            socket.send("pusher:pong", {})
        elif message["event"] == "pusher:subscribe":
            self._subscribe(socket, **message["data"])
        elif message["event"] == "pusher:unsubscribe":
            socket.channels.discard(message["data"]["channel"])

    def _subscribe(self, socket: Socket, channel: str, auth: str = "", **other: Any) -> None:
        signed = f"{self.key}:{self.sign(f'{socket.id}:{channel}')}"
        if channel.startswith("private-") and not hmac.compare_digest(auth, signed):
            self.refusals.append(f"Invalid signature for {channel}")
            error = {"type": "AuthError", "error": "Invalid signature", "status": 401}
            socket.send("pusher:subscription_error", error, channel)
            return
        socket.channels.add(channel)
        socket.send("pusher_internal:subscription_succeeded", {}, channel)
