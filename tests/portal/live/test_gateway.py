"""The gateway hands Django what a WSGI server would, and sends on what Django answers."""

import asyncio
import threading
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest

from portal.live import gateway
from portal.live.gateway import LARGEST_BODY, Gateway, make_environ
from tests.serving import run


def scope(path: str = "/", headers: tuple[tuple[str, str], ...] = (), **other: Any) -> Any:
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "http_version": "1.1",
        "raw_path": path.encode(),
        "query_string": b"",
        "server": ("127.0.0.1", 8000),
        "client": ("10.0.0.7", 40000),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        **other,
    }


def request(**given: Any) -> WSGIRequest:
    body = given.pop("body", b"")
    return WSGIRequest(make_environ(scope(**given), body))


def test_address_and_query_reach_django_as_they_were_sent():
    found = request(path="/h/caf%C3%A9/rooms/1%2F2/", query_string=b"q=caf%C3%A9&floor=2")

    assert found.path == "/h/café/rooms/1/2/"
    assert found.GET.dict() == {"q": "café", "floor": "2"}
    assert found.META["REMOTE_ADDR"] == "10.0.0.7"


def test_an_address_that_is_no_utf8_is_kept_apart():
    assert request(path="/h/%ff/").path == "/h/%FF/"


def test_headers_keep_their_names_and_repeated_ones_are_joined():
    found = request(
        headers=(
            ("host", "rooms.example.com:8000"),
            ("content-type", "text/plain"),
            ("cookie", "a=1"),
            ("cookie", "b=2"),
            ("accept", "text/html"),
            ("accept", "text/plain"),
        )
    )

    assert found.headers["Host"] == "rooms.example.com:8000"
    assert found.content_type == "text/plain"
    assert found.COOKIES == {"a": "1", "b": "2"}
    assert found.headers["Accept"] == "text/html,text/plain"


def test_nobody_writes_the_proxys_header_with_an_underscore():
    found = request(headers=(("x_real_ip", "10.9.9.9"), ("x-real-ip", "10.0.0.8")))

    assert found.META["HTTP_X_REAL_IP"] == "10.0.0.8"
    assert "HTTP_X_REAL_IP" not in request(headers=(("x_real_ip", "10.9.9.9"),)).META


def test_a_form_is_read_whether_its_length_was_said_before_or_not():
    kind = ("content-type", "application/x-www-form-urlencoded")

    for length in (("content-length", "7"), ("transfer-encoding", "chunked")):
        found = request(method="POST", headers=(kind, length), body=b"notes=x")
        assert found.POST["notes"] == "x"


def answered(pages: Any, *messages: dict[str, Any], **given: Any) -> list[dict[str, Any]]:
    """Return what the gateway sends for a request whose body comes in these messages."""
    sent: list[dict[str, Any]] = []
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Future()
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    run(Gateway(pages)(scope(**given), receive, send))
    return sent


class Pages:
    """A WSGI application that tells back what it was sent."""

    closed = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> "Pages":
        self.read = environ["wsgi.input"].read()
        start_response("201 Created", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return self

    def __iter__(self) -> Any:
        yield b"one "
        yield b"two"

    def close(self) -> None:
        self.closed = True


def test_an_answer_is_sent_whole_and_the_request_ends():
    pages = Pages()

    start, body = answered(
        pages,
        {"type": "http.request", "body": b"no", "more_body": True},
        {"type": "http.request", "body": b"te"},
        headers=(("content-length", "4"),),
    )

    assert (start["status"], body["body"]) == (201, b"one two")
    assert start["headers"] == [(b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2")]
    assert pages.read == b"note"
    assert pages.closed


def test_a_body_larger_than_any_form_is_refused_before_it_is_kept():
    pages = Pages()
    part = {"type": "http.request", "body": b"x" * (LARGEST_BODY // 2 + 1), "more_body": True}

    start, _ = answered(pages, part, part, headers=(("transfer-encoding", "chunked"),))

    assert start["status"] == 413
    assert not hasattr(pages, "read")


def test_who_hangs_up_half_way_through_a_form_changes_nothing():
    pages = Pages()

    sent = answered(
        pages,
        {"type": "http.request", "body": b"no", "more_body": True},
        {"type": "http.disconnect"},
        headers=(("content-length", "4"),),
    )

    assert sent == []
    assert not hasattr(pages, "read")


def test_a_fault_of_the_application_is_the_servers_to_answer():
    def pages(environ: Any, start_response: Any) -> Any:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        answered(pages)


def test_changes_that_wait_keep_no_page_from_being_read():
    begun, freed = threading.Semaphore(0), threading.Event()

    def pages(environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] == "POST":
            begun.release()
            freed.wait()
        start_response("200 OK", [])
        return [environ["REQUEST_METHOD"].encode()]

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def all_at_once() -> list[bytes]:
        server, answers = Gateway(pages), []

        async def send(message: Any) -> None:
            answers.append(message.get("body"))

        changes = [
            asyncio.ensure_future(server(scope(method="POST"), receive, send)) for _ in range(20)
        ]
        # Every thread that there is for changes waits.
        for _ in range(4):
            await asyncio.to_thread(begun.acquire)
        await server(scope(), receive, send)
        freed.set()
        await asyncio.gather(*changes)
        return [body for body in answers if body is not None]

    assert run(all_at_once()) == [b"GET"] + [b"POST"] * 20


def test_a_body_that_does_not_come_is_given_up(monkeypatch):
    monkeypatch.setattr(gateway, "BODY_SECONDS", 0.05)
    pages = Pages()

    start, _ = answered(
        pages,
        {"type": "http.request", "body": b"no", "more_body": True},
        headers=(("content-length", "4"),),
    )

    assert start["status"] == 408
    assert not hasattr(pages, "read")


def test_all_bodies_together_have_a_bound_and_what_was_held_is_given_back(monkeypatch):
    monkeypatch.setattr(gateway, "MOST_HELD", 100)
    monkeypatch.setattr(gateway, "SMALL_BODY", 80)
    part = {"type": "http.request", "body": b"x" * 60, "more_body": True}
    length = (("content-length", "120"),)

    async def all_at_once() -> tuple[list[int], int]:
        one, statuses = Gateway(Pages()), []

        async def send(message: Any) -> None:
            statuses.append(message.get("status"))

        def parts(*messages: dict[str, Any]) -> Any:
            waiting = list(messages)

            async def receive() -> dict[str, Any]:
                await asyncio.sleep(0)
                return waiting.pop(0)

            return receive

        last = {"type": "http.request", "body": b""}
        await one(scope(method="POST", headers=length), parts(part, part, last), send)
        # Somebody else fills it, and a small body is received all the same.
        one.held += 100
        await one(scope(method="POST", headers=length), parts(part, last), send)
        one.held -= 100
        for _ in range(2):
            await one(scope(method="POST", headers=length), parts(part, last), send)
        return [status for status in statuses if status], one.held

    assert run(all_at_once()) == ([503, 201, 201, 201], 0)
