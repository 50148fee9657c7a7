"""Measure how long a change takes to reach other screens, and what an idle stream costs.

A client holds a stream open and requests board/changes whenever it is woken. The delay runs from
the response to the action until the client has the changed card. Server and clients share the
machine. `python -m bench live`
"""

import asyncio
import gzip
import json
import os
import time
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

from bench.server import Client, new_session, on_both_databases, running, serving, set_up
from config.server import allow_many_connections

CLIENTS = (1, 50, 200)
ACTIONS = 40
ROOMS = 200
PEOPLE = 20
IDLE = 1000
IDLE_SECONDS = 60
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Print the results for both databases."""
    allow_many_connections()
    on_both_databases("live", _measure_all)


def _measure_all(name: str, url: str) -> None:
    with set_up(url):
        people, numbers = _make_hotel()
        with serving(workers=2) as port:
            for clients in CLIENTS:
                _print_delays(name, clients, _delays(port, clients, people, numbers))
        sessions = [new_session(people[n % PEOPLE].user) for n in range(IDLE)]  # type: ignore[attr-defined]
        with running() as (pid, port):
            asyncio.run(_measure_idle(name, pid, port, sessions))


def _make_hotel() -> tuple[list[object], list[str]]:
    from rooms.choices import RoomStatus
    from tests.factories import make_hotel, make_room, make_staff

    hotel = make_hotel(slug="bench")
    rooms = [
        make_room(hotel=hotel, number=str(n), status=RoomStatus.CHECKOUT_DIRTY)
        for n in range(ROOMS)
    ]
    return [make_staff(hotel=hotel) for _ in range(PEOPLE)], [room.number for room in rooms]


class Screen:
    """The requests that a browser tab makes."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session
        self.seq, self.day = 0, ""
        self.cards: dict[int, float] = {}

    async def open(self) -> None:
        """Open the stream, wait for its first event, and fetch the changes."""
        self.stream = await asyncio.open_connection("127.0.0.1", self.port)
        self.pages = await asyncio.open_connection("127.0.0.1", self.port)
        self._send(self.stream[1], "/h/bench/live/")
        await self.stream[0].readuntil(b"\r\n\r\n")
        await self._event()
        await self._ask()

    async def follow(self) -> None:
        """Fetch the changes at each event, and note when each seq's card arrived."""
        while True:
            if await self._event() > self.seq:
                await self._ask()

    def close(self) -> None:
        """Close the connections."""
        self.stream[1].close()
        self.pages[1].close()

    def _send(self, writer: asyncio.StreamWriter, path: str) -> None:
        cookie = f"Cookie: sessionid={self.session}\r\n"
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n{cookie}\r\n"
        writer.write(head.encode())

    async def _event(self) -> int:
        while True:
            line = await self.stream[0].readline()
            if line.startswith(b"id: "):
                return int(line[4:])
            if not line:
                raise ConnectionError("The stream has ended.")

    async def _ask(self) -> None:
        reader, writer = self.pages
        path = f"/h/bench/board/changes/?&after={self.seq}&day={self.day}"
        self._send(writer, path)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        now = time.perf_counter()
        changes = json.loads(gzip.decompress(body))
        self.seq, self.day = changes["seq"], changes["day"]
        if not changes["whole"]:
            for seq in range(self.seq - len(changes["cards"]) + 1, self.seq + 1):
                self.cards[seq] = now


def _delays(port: int, count: int, people: list[object], numbers: list[str]) -> list[float]:
    from rooms.models import Room

    Room.objects.update(room_status="CHECKOUT_DIRTY", version=1)
    sessions = [new_session(people[n % PEOPLE].user) for n in range(count)]  # type: ignore[attr-defined]
    actor = Client(port, people[0].user)  # type: ignore[attr-defined]
    return asyncio.run(_watch(port, sessions, actor, numbers))


async def _watch(port: int, sessions: list[str], actor: Client, numbers: list[str]) -> list[float]:
    from asgiref.sync import sync_to_async

    from hotel.models import Hotel

    screens = [Screen(port, session) for session in sessions]
    for screen in screens:
        await screen.open()
    following = [asyncio.create_task(screen.follow()) for screen in screens]
    delays = []
    for number in islice(numbers, ACTIONS):
        answered = await asyncio.to_thread(_act, actor, number)
        seq = (await sync_to_async(Hotel.objects.get)(slug="bench")).last_seq
        while not all(seq in screen.cards for screen in screens):
            await asyncio.sleep(0.01)
        delays += [max(0.0, screen.cards[seq] - answered) * 1000 for screen in screens]
        await asyncio.sleep(0.3)
    for task, screen in zip(following, screens, strict=True):
        task.cancel()
        screen.close()
    return delays


def _act(actor: Client, number: str) -> float:
    body = f"expected_version=1&notes=&request_id={os.urandom(8).hex()}"
    headers = {"HX-Request": "true", "HX-Target": f"card-{number}"}
    status, _ = actor.request("POST", f"/h/bench/rooms/{number}/mark-cleaned/", body, **headers)
    if status != 200:
        raise RuntimeError(f"mark-cleaned answered {status} for room {number}.")
    return time.perf_counter()


def _print_delays(name: str, clients: int, delays: list[float]) -> None:
    print(
        f"{name}, 2 workers, {clients} client{'s' if clients > 1 else ''}: the card is there after "
        f"{median(delays):4.0f} ms (p95 {quantiles(delays, n=20)[-1]:4.0f} ms)"
    )


async def _measure_idle(name: str, pid: int, port: int, sessions: list[str]) -> None:
    # Warm up first: what the server loads once is not part of a stream's cost.
    warm = [Screen(port, session) for session in sessions[:10]]
    for screen in warm:
        await screen.open()
        screen.close()
    await asyncio.sleep(1)
    before = _memory(pid)
    streams = []
    for session in sessions:
        screen = Screen(port, session)
        await screen.open()
        screen.pages[1].close()
        streams.append(screen)
    await asyncio.sleep(2)
    each = (_memory(pid) - before) / IDLE / 1024
    begun, cpu = time.perf_counter(), _cpu(pid)
    await asyncio.sleep(IDLE_SECONDS)
    used = (_cpu(pid) - cpu) / (time.perf_counter() - begun)
    print(
        f"{name}, 1 worker, {IDLE:,} idle streams: {each:.0f} KB each, "
        f"{used:.1%} of one core for all"
    )
    for screen in streams:
        screen.stream[1].close()


def _memory(pid: int) -> int:
    """Return the process's memory in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def _cpu(pid: int) -> float:
    """Return the process's CPU time in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
