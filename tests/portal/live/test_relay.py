"""The relay tells Pusher everything, in order, whatever Pusher does, and holds up nobody."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.urls import reverse

from hotel.models import Hotel
from portal.live import pusher, relay
from portal.models import RelayPosition
from rooms.choices import Action, RoomStatus
from tests.acting import perform
from tests.factories import make_booking, make_hotel, make_room, make_staff
from tests.serving import wait_until

pytestmark = pytest.mark.slow

CHANNEL = "private-hotel-grand-rooms"


@pytest.fixture
def client_of_pusher(with_pusher, monkeypatch):
    monkeypatch.setattr(pusher, "TIMEOUT", 0.3)
    return pusher.client()


@pytest.fixture
def followed(hotel, client_of_pusher) -> Hotel:
    """The hotel as the relay knows it: told of everything so far."""
    relay.send_wake_ups(client_of_pusher)
    return hotel


def start_cleaning(hotel: Hotel, number: str = "101"):
    """Change a room, and with it the hotel's log."""
    room = make_room(hotel=hotel, number=number, status=RoomStatus.CHECKOUT_DIRTY)
    return perform(Action.START_CLEANING, room, by=make_staff(hotel=hotel))


def position(hotel: Hotel) -> int:
    return RelayPosition.objects.get(hotel=hotel).seq


# ---- What is told


def test_the_first_start_begins_at_the_present(hotel, client_of_pusher, double):
    start_cleaning(hotel)

    relay.send_wake_ups(client_of_pusher)

    assert not double.calls
    assert position(hotel) == Hotel.objects.get(pk=hotel.pk).last_seq == 1


def test_a_change_is_told_by_hotel_seq_and_room_number_alone(followed, client_of_pusher, double):
    room = make_room(hotel=followed, number="101", status=RoomStatus.CHECKOUT_DIRTY)
    make_booking(hotel=followed, room=room, guest_name="Jonas Wren")
    cleaner = make_staff(hotel=followed, name="Ana Silva")
    perform(Action.MARK_CLEANED, room, by=cleaner, notes="Passport in the safe")

    relay.send_wake_ups(client_of_pusher)

    (event,) = double.events
    assert event["channel"] == CHANNEL
    assert event["name"] == "rooms_changed"
    assert event["data"] == {"hotel": "grand", "seq": 1, "rooms": ["101"]}
    assert not {"Wren", "Ana", "Passport"} & set(json.dumps(event).replace('"', " ").split())
    assert position(followed) == 1


def test_a_burst_is_one_wake_up(followed, client_of_pusher, double):
    for number in ("103", "101", "102"):
        start_cleaning(followed, number)

    relay.send_wake_ups(client_of_pusher)

    (event,) = double.events
    assert event["data"] == {"hotel": "grand", "seq": 3, "rooms": ["101", "102", "103"]}


@pytest.mark.parametrize(("count", "named"), [(100, True), (101, False)])
def test_many_rooms_are_told_as_many(followed, client_of_pusher, double, count, named):
    for n in range(count):
        start_cleaning(followed, f"{n:010}")

    relay.send_wake_ups(client_of_pusher)

    (event,) = double.events
    assert event["data"]["seq"] == count
    assert event["data"]["rooms"] == ([f"{n:010}" for n in range(count)] if named else None)


def test_each_hotel_hears_of_its_own_rooms(db, client_of_pusher, double):
    hotels = [make_hotel(slug=f"h{n}") for n in range(12)]
    relay.send_wake_ups(client_of_pusher)
    for n, hotel in enumerate(hotels[:11]):
        start_cleaning(hotel, str(n))

    relay.send_wake_ups(client_of_pusher)

    assert [(event["channel"], event["data"]["rooms"]) for event in double.events] == [
        (f"private-hotel-h{n}-rooms", [str(n)]) for n in range(11)
    ]
    assert double.calls == 2  # Pusher takes ten events a call.


def test_what_was_rolled_back_wakes_nobody(followed, client_of_pusher, double):
    with transaction.atomic():
        start_cleaning(followed)
        transaction.set_rollback(True)

    relay.send_wake_ups(client_of_pusher)

    assert not double.calls


def test_a_quiet_house_costs_one_query_a_look(followed, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert not relay._behind().exists()


# ---- Nothing is lost


def test_the_position_is_saved_only_once_pusher_has_accepted(followed, client_of_pusher, double):
    for rest in ("fail", "hang"):
        double.rest = rest
        start_cleaning(followed, rest)
        with pytest.raises(relay.FAULTS):
            relay.send_wake_ups(client_of_pusher)
        assert position(followed) == 0

    double.rest = "answer"
    relay.send_wake_ups(client_of_pusher)

    assert [event["data"]["rooms"] for event in double.events] == [["fail", "hang"]]
    assert position(followed) == 2


def test_a_lost_answer_sends_again(followed, client_of_pusher, double):
    start_cleaning(followed)
    double.rest = "mute"
    with pytest.raises(relay.FAULTS):
        relay.send_wake_ups(client_of_pusher)
    double.rest = "answer"

    relay.send_wake_ups(client_of_pusher)

    assert [event["data"]["seq"] for event in double.events] == [1, 1]


def test_pauses_grow_to_a_bound_and_differ():
    assert 0.25 <= relay.pause(1) <= 0.5
    assert all(5 <= relay.pause(faults) <= 10 for faults in (6, 100, 1_000_000))
    assert len({relay.pause(6) for _ in range(20)}) > 1


@pytest.mark.django_db(transaction=True)
def test_it_outlives_a_pusher_that_hangs_fails_and_dies(
    followed, relay_at_work, double, monkeypatch, caplog
):
    monkeypatch.setattr(relay, "LONGEST_PAUSE", 0.1)
    caplog.set_level(logging.INFO, logger="portal.live.relay")
    start_cleaning(followed, "100")
    wait_until(lambda: position(followed) == 1)
    for rest in ("hang", "fail"):
        double.rest = rest
        calls = double.calls
        start_cleaning(followed, rest)
        wait_until(lambda calls=calls: double.calls >= calls + 2)
    double.refuse()
    start_cleaning(followed, "dead")
    time.sleep(0.3)
    assert position(followed) == 1
    double.rest = "answer"
    double.accept()
    wait_until(lambda: position(followed) == 4)
    start_cleaning(followed, "200")
    wait_until(lambda: position(followed) == 5)

    assert [event["data"]["seq"] for event in double.events] == [1, 4, 5]
    assert double.events[1]["data"]["rooms"] == ["dead", "fail", "hang"]
    lines = [record.getMessage() for record in caplog.records if record.name == "portal.live.relay"]
    assert len(lines) == 2
    assert lines[0] == "Pusher does not answer; new events wait: ReadTimeout"
    assert lines[1].startswith("Pusher answers again after ")


def test_an_action_calls_nobody(followed, double, housekeeper, sign_in):
    """By design: only the relay's process sends, so that no tap can wait for Pusher."""
    double.rest = "hang"
    room = make_room(hotel=followed, status=RoomStatus.CHECKOUT_DIRTY)
    page = reverse("room_action", args=[followed.slug, room.number, "mark-cleaned"])

    answer = sign_in(housekeeper).post(page, {"expected_version": 1, "request_id": "a"})

    assert answer.status_code == 302
    room.refresh_from_db()
    assert room.room_status == RoomStatus.CLEANED_UNINSPECTED
    assert not double.calls


# ---- The process


def test_without_pusher_there_is_nothing_to_relay():
    with pytest.raises(CommandError, match="not configured"):
        call_command("relay")


@pytest.fixture
def start(with_pusher, tmp_path) -> Iterator[Callable[..., tuple[subprocess.Popen, Path]]]:
    """Start a program on the test's database; give the process and the file of what it says."""
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        who = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        url = f"postgres://{who}/{database['NAME']}"
    else:
        url = f"sqlite:///{database['NAME']}"
    environment = {**os.environ, **with_pusher.environment, "DATABASE_URL": url}
    processes = []

    def start(*command: str, **more: str) -> tuple[subprocess.Popen, Path]:
        said = tmp_path / f"{len(processes)}.log"
        with said.open("w") as file:
            process = subprocess.Popen(
                command, cwd=django_settings.BASE_DIR, env={**environment, **more}, stderr=file
            )
        processes.append(process)
        return process, said

    yield start
    for process in processes:
        # scripts/serve ends its own processes where it is asked to end, and only there.
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait(60)


@pytest.fixture
def start_relay(start) -> Callable[[], tuple[subprocess.Popen, Path]]:
    return lambda: start(sys.executable, "manage.py", "relay")


@pytest.mark.django_db(transaction=True)
def test_one_relay_works_and_another_takes_over_when_it_crashes(followed, double, start_relay):
    first, _ = start_relay()
    start_cleaning(followed, "101")
    wait_until(lambda: position(followed) == 1)
    second, said = start_relay()
    wait_until(lambda: "Another relay is running" in said.read_text())
    start_cleaning(followed, "102")
    wait_until(lambda: position(followed) == 2)

    first.kill()
    first.wait(60)
    start_cleaning(followed, "103")
    wait_until(lambda: position(followed) == 3)

    assert [event["data"]["seq"] for event in double.events] == [1, 2, 3]
    second.send_signal(signal.SIGTERM)
    assert second.wait(60) == 0
    assert "Traceback" not in said.read_text()


@pytest.mark.django_db(transaction=True)
def test_sigterm_ends_one_that_waits_for_its_turn(followed, start_relay):
    start_relay()
    start_cleaning(followed)
    wait_until(lambda: position(followed) == 1)
    second, said = start_relay()
    wait_until(lambda: "Another relay is running" in said.read_text())

    second.send_signal(signal.SIGTERM)

    assert second.wait(60) == 0
    start_cleaning(followed, "102")
    wait_until(lambda: position(followed) == 2)


@pytest.mark.django_db(transaction=True)
def test_sigterm_ends_it_while_pusher_hangs_and_nothing_is_lost(followed, double, start_relay):
    double.rest = "hang"
    first, said = start_relay()
    start_cleaning(followed)
    wait_until(lambda: double.calls)

    first.send_signal(signal.SIGTERM)

    assert first.wait(60) == 0
    assert "Traceback" not in said.read_text()
    double.rest = "answer"
    start_relay()
    wait_until(lambda: position(followed) == 1)
    assert [event["data"]["seq"] for event in double.events] == [1]


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_sending_and_saving_sends_again(followed, double, start_relay):
    double.rest = "mute"
    first, _ = start_relay()
    start_cleaning(followed)
    wait_until(lambda: double.events)

    first.kill()
    first.wait(60)
    assert position(followed) == 0
    double.rest = "answer"
    start_relay()
    wait_until(lambda: position(followed) == 1)

    assert [event["data"]["seq"] for event in double.events] == [1, 1]


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.mark.django_db(transaction=True)
def test_make_run_has_the_relay_beside_the_server_until_the_server_ends(followed, start):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server, said = start("scripts/serve", PORT=str(port))
    wait_until(lambda: answers(port))
    start_cleaning(followed, "101")
    wait_until(lambda: position(followed) == 1)

    server.send_signal(signal.SIGTERM)

    server.wait(60)
    assert not answers(port)
    start_cleaning(followed, "102")
    time.sleep(1)
    assert position(followed) == 1
    assert "Traceback" not in said.read_text()


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server to lose")
@pytest.mark.django_db(transaction=True)
def test_a_lost_database_ends_it_and_frees_its_turn(followed, start_relay):
    first, _ = start_relay()
    start_cleaning(followed, "101")
    wait_until(lambda: position(followed) == 1)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )

    assert first.wait(60) == 1
    start_relay()
    start_cleaning(followed, "102")
    wait_until(lambda: position(followed) == 2)
