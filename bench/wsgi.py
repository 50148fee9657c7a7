"""The product's WSGI application, and /bare/HOTEL/: the board's bytes with nothing around them."""

from collections.abc import Iterable
from typing import Any

from bench.memory import pages
from config.wsgi import application as product


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer /bare/ at once, hand everything else to Django."""
    place = environ["PATH_INFO"].split("/")
    if place[1] != "bare":
        return product(environ, start_response)
    body = pages[place[2]]
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", str(len(body))),
    ]
    start_response("200 OK", headers)
    return [body]
