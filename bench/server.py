"""Run a server on localhost with its own database, and clients that time it."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent


def set_up(database_url: str = "") -> tempfile.TemporaryDirectory[str]:
    """Set Django up with a new, migrated database; return the folder that holds its files."""
    folder = tempfile.TemporaryDirectory(prefix="readyroom-bench-")
    os.environ["VAR_DIR"] = folder.name
    os.environ["DATABASE_URL"] = database_url
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return folder


def on_both_databases(bench: str, measure: Callable[[str, str], None]) -> None:
    """Call `measure(name, url)` for SQLite, then for PostgreSQL in a process of its own.

    A process can set Django up for one database only. `TEST_DATABASE_URL` names the PostgreSQL
    server; without one, only SQLite is measured.
    """
    if "READYROOM_BENCH_DATABASE" in os.environ:
        measure("PostgreSQL", os.environ["READYROOM_BENCH_DATABASE"])
        return
    measure("SQLite", "")
    url = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    if not _fresh_database(url, "create"):
        print(f"PostgreSQL: no server at {urlsplit(url).hostname}, not measured")
        return
    own = urlunsplit(urlsplit(url)._replace(path="/readyroom_bench"))
    try:
        subprocess.run(
            [sys.executable, "-m", "bench", bench],
            env={**os.environ, "READYROOM_BENCH_DATABASE": own},
            check=True,
        )
    finally:
        _fresh_database(url, "drop")


def _fresh_database(url: str, what: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=3) as server:
            server.execute("DROP DATABASE IF EXISTS readyroom_bench WITH (FORCE)")
            if what == "create":
                server.execute("CREATE DATABASE readyroom_bench")
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def serving(workers: int = 1) -> Iterator[int]:
    """Run the server as `make run` does; yield its port."""
    with running(workers) as (_, port):
        yield port


@contextmanager
def running(workers: int = 1) -> Iterator[tuple[int, int]]:
    """Run the server as `make run` does; yield its process id and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.asgi"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port), "WEB_CONCURRENCY": str(workers)},
    )
    try:
        _wait_for(port)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("The server did not start.")


def new_session(user: object) -> str:
    """Sign the user in and return the session key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)  # type: ignore[attr-defined]
    session[BACKEND_SESSION_KEY] = "portal.access.StaffBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()  # type: ignore[attr-defined]
    session.save()
    return str(session.session_key)


class Client:
    """A keep-alive connection, signed in."""

    def __init__(self, port: int, user: object, timeout: float = 60) -> None:
        token = "b" * 32
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self.headers = {
            "Cookie": f"sessionid={new_session(user)}; csrftoken={token}",
            "X-CSRFToken": token,
            "Accept-Encoding": "gzip",
        }

    def request(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, bytes]:
        """Send a request; return the status and the body, still compressed."""
        sent = {**self.headers, **headers}
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body or None, sent)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def get(self, path: str) -> bytes:
        """Return a page's body; exit if the status is not 200."""
        status, body = self.request("GET", path)
        if status != 200:
            sys.exit(f"GET {path} answered {status}.")
        return body


def timed(function: Callable[[], object]) -> float:
    """Call the function and return the milliseconds it took."""
    begun = time.perf_counter()
    function()
    return (time.perf_counter() - begun) * 1000


def summary(times: list[float]) -> str:
    """Format the median and the 95th percentile of times in milliseconds."""
    return f"{median(times):7.2f} ms (p95 {quantiles(times, n=20)[-1]:7.2f})"
