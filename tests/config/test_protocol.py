"""A slow client loses its connection; one that is only slow enough keeps it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from config import protocol
from tests.serving import in_a_thread

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE = 4_000_000


def pages(environ: Any, start_response: Any) -> list[bytes]:
    body = b"x" * (LARGE if environ["PATH_INFO"] == "/large" else 2)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def connect() -> Iterator[Callable[[], socket.socket]]:
    with in_a_thread(pages) as (_, url):
        host, port = url.removeprefix("http://").split(":")
        opened = []

        def connect() -> socket.socket:
            # A small window, so that an answer that is not read waits in the server.
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(60)
            client.connect((host, int(port)))
            opened.append(client)
            return client

        yield connect
        for client in opened:
            client.close()


def is_answered(client: socket.socket) -> bool:
    """Read one short answer; tell whether it came whole."""
    read = b""
    while not read.endswith(b"\r\n\r\nxx"):
        part = client.recv(4096)
        if not part:
            return False
        read += part
    return read.startswith(b"HTTP/1.1 200")


def is_closed(client: socket.socket) -> bool:
    """Wait for the end of the connection, whatever comes before it."""
    with suppress(ConnectionResetError):
        while client.recv(65536):
            pass
    return True


@pytest.mark.parametrize("sent", [b"", b"GET / HT", REQUEST[:-2]])
def test_a_head_that_is_never_complete_ends_the_connection(connect, monkeypatch, sent):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    client = connect()
    client.sendall(sent)

    assert is_closed(client)


def test_the_head_of_a_further_request_has_the_same_deadline(connect, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    client = connect()
    client.sendall(REQUEST)
    assert is_answered(client)
    client.sendall(REQUEST[:9])

    assert is_closed(client)


def test_a_request_in_small_parts_is_answered(connect):
    client = connect()
    for _ in range(2):
        for n in range(len(REQUEST)):
            client.sendall(REQUEST[n : n + 1])
        assert is_answered(client)


def test_a_head_without_end_is_not_kept(connect):
    client = connect()
    with suppress(OSError):
        client.sendall(REQUEST[:-2] + b"X: %0999d\r\n" % 1 * 1000)

    assert is_closed(client)


@pytest.mark.parametrize("requests", [1, 2])
def test_an_answer_that_nobody_takes_is_dropped_whatever_else_is_asked(
    connect, monkeypatch, requests
):
    monkeypatch.setattr(protocol, "ANSWER_SECONDS", 0.2)
    ended = threading.Event()
    lost = protocol.Protocol.connection_lost
    monkeypatch.setattr(
        protocol.Protocol, "connection_lost", lambda self, exc: (lost(self, exc), ended.set())
    )
    client = connect()
    client.sendall(REQUEST.replace(b"/ ", b"/large ", 1) * requests)

    assert ended.wait(90)
    read = 0
    with suppress(ConnectionResetError):
        while part := client.recv(65536):
            read += len(part)
    assert read < LARGE


def test_empty_lines_after_an_answer_keep_no_connection(connect, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    client = connect()
    client.sendall(REQUEST)
    assert is_answered(client)
    client.sendall(b"\r\n")

    assert is_closed(client)


def test_an_answer_that_is_taken_slowly_is_whole(connect):
    client = connect()
    client.sendall(REQUEST.replace(b"/ ", b"/large ", 1))

    read = 0
    while read < LARGE:
        read += len(client.recv(200_000))
        time.sleep(0.001)
    assert read >= LARGE
