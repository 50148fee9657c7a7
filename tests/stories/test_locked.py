"""Another program holds SQLite's write lock: pages are read as always, and no change is lost."""

import http.client
import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from django.db import connection

from portal.models import ApiToken
from rooms.choices import Action, RoomStatus
from rooms.models import RoomEvent
from tests.factories import make_room
from tests.portal.reading import address
from tests.serving import in_a_process, session_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows"),
]
PROCESSES = pytest.mark.parametrize("processes", [1, 2])
CSRF = "c" * 32


@pytest.fixture
def cleaning(hotel):
    return [make_room(hotel=hotel, status=RoomStatus.CLEANING_IN_PROGRESS) for _ in range(8)]


@contextmanager
def held() -> Iterator[None]:
    """Hold the write lock, as a backup or an import in another process does."""
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


class Person:
    """Somebody who is signed in at a server."""

    def __init__(self, url: str, staff) -> None:
        self.url = url
        self.headers = {
            "Cookie": f"sessionid={session_of(staff)}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def get(self, path: str) -> int:
        return self._answer("GET", path)[0]

    def taps_cleaned(self, room) -> tuple[int, str | None]:
        """Tap “Cleaned”, each time with the same request id; return status and Retry-After."""
        body = urlencode({"expected_version": 1, "request_id": f"tap-{room.number}"})
        return self._answer(
            "POST", address("room_action", room.hotel, room.number, "mark-cleaned"), body
        )

    def _answer(self, method: str, path: str, body: str | None = None) -> tuple[int, str | None]:
        server = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=90)
        server.request(method, path, body, self.headers)
        answer = server.getresponse()
        answer.read()
        server.close()
        return answer.status, answer.headers["Retry-After"]


def cleaned() -> list[str]:
    """Return the numbers of the rooms that were cleaned, each as often as it was."""
    events = RoomEvent.objects.filter(action=Action.MARK_CLEANED)
    return sorted(events.values_list("room__number", flat=True))


@PROCESSES
def test_pages_are_read_while_changes_wait_and_the_changes_are_then_done(
    processes, hotel, housekeeper, cleaning
):
    with in_a_process(WEB_CONCURRENCY=str(processes)) as (_, url), ThreadPoolExecutor(8) as pool:
        person = Person(url, housekeeper)
        with held():
            taps = [pool.submit(person.taps_cleaned, room) for room in cleaning]
            # By now they wait for the lock; on a slow machine some may still be on their way.
            time.sleep(0.5)
            # A reader that had to wait for the writers would wait for the end of this block.
            assert [person.get(address("board", hotel)) for _ in range(10)] == [200] * 10
            assert not any(tap.done() for tap in taps)

        # The last of them may have waited so long that they are asked to come again.
        assert {tap.result()[0] for tap in taps} <= {200, 503}
        assert [person.taps_cleaned(room)[0] for room in cleaning] == [200] * 8

    assert cleaned() == sorted(room.number for room in cleaning)


@PROCESSES
def test_a_lock_that_does_not_come_is_said_and_the_same_tap_is_done_later(
    processes, hotel, housekeeper, cleaning
):
    server = in_a_process(WEB_CONCURRENCY=str(processes), LOCK_TIMEOUT_SECONDS="0.3")
    with server as (_, url), ThreadPoolExecutor(8) as pool:
        person = Person(url, housekeeper)
        with held():
            answers = list(pool.map(person.taps_cleaned, cleaning))
        assert answers == [(503, "2")] * 8
        assert cleaned() == []

        for _ in range(2):
            assert [person.taps_cleaned(room)[0] for room in cleaning] == [200] * 8

    assert cleaned() == sorted(room.number for room in cleaning)


def test_a_program_is_told_in_json_and_its_key_still_works(hotel, housekeeper, cleaning):
    room = cleaning[0]
    _, secret = ApiToken.issue(staff=housekeeper, name="x")
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "once"}
    path = f"/api/staff/hotels/{hotel.slug}/rooms/{room.number}/"
    with in_a_process(LOCK_TIMEOUT_SECONDS="0.3") as (_, url):
        server = http.client.HTTPConnection(url.removeprefix("http://"), timeout=90)

        def call(method: str, to: str) -> tuple[int, str | None, dict]:
            server.request(method, to, headers=headers)
            answer = server.getresponse()
            return answer.status, answer.headers["Retry-After"], json.loads(answer.read())

        with held():
            # The note of the token's last use writes, but not on the way of the answer.
            assert call("GET", path)[0] == 200
            status, seconds, body = call("POST", f"{path}mark-cleaned/")
        assert (status, seconds, body["error"]["code"]) == (503, "2", "busy")

        assert [call("POST", f"{path}mark-cleaned/")[0] for _ in range(2)] == [200, 200]

    assert cleaned() == [room.number]
