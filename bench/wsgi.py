"""Readyroom's WSGI application, plus /bare/HOTEL/, which returns the board without Django."""

from collections.abc import Iterable
from typing import Any

from bench.memory import pages
from config.wsgi import application as readyroom


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer /bare/ directly, and pass everything else to Django."""
    place = environ["PATH_INFO"].split("/")
    if place[1] != "bare":
        return readyroom(environ, start_response)
    body = pages[place[2]]
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", str(len(body))),
    ]
    start_response("200 OK", headers)
    return [body]
