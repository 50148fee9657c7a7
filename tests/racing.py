"""Calls at the same time, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from hotel.models import Hotel


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Start all the calls together; return what each returned or raised."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def assert_no_gap(hotel: Hotel) -> None:
    seqs = list(hotel.events.order_by("seq").values_list("seq", flat=True))
    hotel.refresh_from_db()
    assert seqs == list(range(1, hotel.last_seq + 1))
