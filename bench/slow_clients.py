"""Read the board while slow clients do their worst. `python -m bench slow_clients`

Two hundred connections at a time: heads that never end, bodies that never end, bodies of 1.9 MB all
at once, and readers of one byte a second. Beside each: how long a page takes that somebody else
asks for meanwhile, how many of them were answered in 10 seconds, and the server's memory.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

from bench.server import Client, running, set_up

CONNECTIONS = 200
PAGES = 20
BODY = b"x" * 1_900_000
HEAD = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nCookie: COOKIE\r\nContent-Length: %d\r\n"
FORM = HEAD + b"X-CSRFToken: TOKEN\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"


def main() -> None:
    """Print a line for each kind of slow client."""
    with set_up():
        from tests.factories import make_hotel, make_room, make_staff

        hotel = make_hotel(slug="bench")
        staff = make_staff(hotel=hotel)
        for _ in range(200):
            make_room(hotel=hotel)
        board = f"/h/{hotel.slug}/board/"
        for name, attack in ATTACKS.items():
            with running() as (pid, port):
                reader = Client(port, staff.user, timeout=10)
                reader.get(board)
                before = _memory(pid)
                with attack(port, f"{reader.headers['Cookie']}", board):
                    print(f"{name:<34}", _read(reader, board), f"{_memory(pid) - before:+4} MB")


def _read(reader: Client, board: str) -> str:
    times = []
    for _ in range(PAGES):
        begun = time.perf_counter()
        with suppress(OSError):
            reader.get(board)
            times.append((time.perf_counter() - begun) * 1000)
            continue
        # Not answered in 10 seconds; nor would the next be.
        break
    took = f"{median(times):6.1f} ms, slowest {max(times):6.1f}" if times else "no answer"
    return f"{len(times):>2} of {PAGES} answered, {took}"


def _memory(pid: int) -> int:
    """Return the process's resident memory in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024**2


def _connected(port: int) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.setblocking(False)
    return client


Attack = Callable[[int, str, str], object]


@contextmanager
def nobody(port: int, cookie: str, board: str) -> Iterator[None]:
    """Nobody else is there."""
    yield


def sending(request: bytes) -> Attack:
    """Return an attack by clients that send this, and nothing more."""

    @contextmanager
    def attack(port: int, cookie: str, board: str) -> Iterator[None]:
        clients = [_connected(port) for _ in range(CONNECTIONS)]
        said = request.replace(b"COOKIE", cookie.encode()).replace(b"BOARD", board.encode())
        said = said.replace(b"TOKEN", cookie.encode().partition(b"csrftoken=")[2])
        left = {client: memoryview(said) for client in clients}
        end = time.monotonic() + 5
        while left and time.monotonic() < end:
            for client, rest in list(left.items()):
                try:
                    left[client] = rest[client.send(rest) :]
                except BlockingIOError:
                    continue
                except OSError:
                    left[client] = rest[:0]
                if not left[client]:
                    del left[client]
        yield
        for client in clients:
            client.close()

    return attack


ATTACKS: dict[str, Attack] = {
    "nobody": nobody,
    "heads that never end": sending(HEAD % 4),
    "bodies that never end": sending(FORM % 4 + b"no"),
    "bodies of 1.9 MB, never ended": sending(FORM % (len(BODY) + 1) + BODY),
    "bodies of 1.9 MB": sending(FORM % len(BODY) + BODY),
    "answers that are not read": sending(
        b"GET BOARD HTTP/1.1\r\nHost: localhost\r\nCookie: COOKIE\r\n\r\n" * 5
    ),
}
