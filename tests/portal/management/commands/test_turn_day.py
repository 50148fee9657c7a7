"""The command that turns the hotels' days, for a timer."""

from io import StringIO

from django.core.management import call_command

from rooms.choices import RoomStatus
from tests.factories import make_closure, make_room


def test_it_does_what_is_due_once(hotel):
    room = make_room(hotel=hotel)
    make_closure(room=room, begins=0)
    said = StringIO()

    call_command("turn_day", stdout=said)
    call_command("turn_day", stdout=said)

    room.refresh_from_db()
    assert room.room_status == RoomStatus.OUT_OF_ORDER
    assert said.getvalue() == "Done: 1 change.\nDone: 0 changes.\n"
