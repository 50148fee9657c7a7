"""The thread that turns the hotels' days, as the server runs it."""

import logging
import threading

import pytest
from django.core.handlers.wsgi import WSGIHandler

from portal.live import clock
from portal.live.clock import Clock
from rooms.choices import RoomStatus
from tests.factories import make_closure, make_hotel, make_room
from tests.serving import in_a_thread, wait_until


def status_of(room) -> str:
    room.refresh_from_db()
    return room.room_status


@pytest.mark.django_db(transaction=True)
def test_the_server_does_what_was_missed_and_what_becomes_due(monkeypatch):
    monkeypatch.setattr(clock, "LOOK", 0.05)
    hotel = make_hotel()
    missed, later = make_room(hotel=hotel), make_room(hotel=hotel)
    make_closure(room=missed, begins=0)

    with in_a_thread(WSGIHandler()):
        wait_until(lambda: status_of(missed) == RoomStatus.OUT_OF_ORDER)
        make_closure(room=later, begins=0)
        wait_until(lambda: status_of(later) == RoomStatus.OUT_OF_ORDER)

    assert not [one for one in threading.enumerate() if one.name == "clock"]


def test_it_goes_on_after_an_error_and_says_so(monkeypatch, caplog):
    looks = []
    thread = Clock()

    def turn_all():
        looks.append(1)
        if len(looks) == 1:
            raise OSError("no database")
        thread.stopped.set()

    monkeypatch.setattr(clock, "turn_all", turn_all)
    monkeypatch.setattr(clock, "LOOK", 0.01)

    with caplog.at_level(logging.WARNING):
        thread.run()

    assert len(looks) == 2
    assert "no database" in caplog.text
