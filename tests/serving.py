"""The real server for tests: in a thread of this process, or as processes of its own."""

import asyncio
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from config import server
from hotel.models import Staff
from portal.live.gateway import Gateway

Result = TypeVar("Result")
ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def in_a_thread(pages: Any) -> Iterator[tuple[Gateway, str]]:
    """Serve a WSGI application as the installation does; give the gateway and its address."""
    # Its threads end with connections of their own: what they kept open would keep PostgreSQL
    # from dropping the tests' database.
    database = connections.settings["default"]
    kept, database["CONN_MAX_AGE"] = database["CONN_MAX_AGE"], 0
    gateway = Gateway(pages, readers=2, writers=2)
    running = uvicorn.Server(uvicorn.Config(gateway, port=0, **server.OPTIONS))
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        wait_until(lambda: running.started)
        port = running.servers[0].sockets[0].getsockname()[1]
        yield gateway, f"http://127.0.0.1:{port}"
    finally:
        # No signal comes to a thread.
        gateway.hub.end_all()
        running.should_exit = True
        thread.join(60)
        database["CONN_MAX_AGE"] = kept
    assert not thread.is_alive()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Serves as `python -m config.server` does, but for how long a stop may take.
PATIENT = "from config import server; server.OPTIONS[{option!r}] = {seconds}; server.main()"


@contextmanager
def in_a_process(
    port: int = 0, *, patience: int | None = None, **environ: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Serve the tests' database by `python -m config.server`; give the process and its address.

    With `patience`, in seconds, a stop waits that long for whatever is not answered by then.
    """
    port = port or free_port()
    command = ["-m", "config.server"]
    if patience:
        option = "timeout_graceful_shutdown"
        command = ["-c", PATIENT.format(option=option, seconds=patience)]
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.serving_settings",
            "DATABASE_URL": database_url(),
            "PORT": str(port),
            **environ,
        },
    )
    try:
        wait_until(lambda: answers(port))
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()


def database_url() -> str:
    """Return where the tests' own database is."""
    database = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    who = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    return f"postgres://{who}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it in a thread of its own: in this one, a browser's loop may be running already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def wait_until(met: Any, seconds: float = 90) -> None:
    """Wait until `met()`; fail where it never is."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def session_of(staff: Staff) -> str:
    """Sign somebody in; return the session's key."""
    client = Client()
    client.force_login(staff.user, backend="portal.access.StaffBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Stream:
    """An open event stream, read as a browser reads it."""

    def __init__(self, url: str, path: str, session: str, **headers: str) -> None:
        cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
        self.connection.request("GET", path, headers={"Cookie": cookie, **headers})
        self.answer = self.connection.getresponse()
        self.status = self.answer.status

    def line(self) -> str:
        return self.answer.readline().decode().rstrip("\n")

    def event(self) -> list[str]:
        """Return the next event's lines; [] once the stream has ended."""
        lines = []
        while line := self.line():
            lines.append(line)
        return lines

    def seq(self) -> int:
        """Return the seq that the next event carries."""
        (line,) = (line for line in self.event() if line.startswith("id: "))
        return int(line.removeprefix("id: "))

    def wait_for(self, seq: int) -> None:
        """Read until an event carries this seq."""
        while self.seq() != seq:
            pass

    def wait_for_end(self) -> None:
        """Read until the server ends the stream."""
        while self.event():
            pass

    def close(self) -> None:
        self.answer.close()
        self.connection.close()
