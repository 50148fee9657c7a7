"""The command that imports rooms."""

import pytest
from django.core.management import CommandError, call_command

from rooms.models import Room


def test_the_rooms_command_imports_rooms(hotel, rooms_file, capsys):
    call_command("import_rooms", hotel.slug, rooms_file("number,room_type\n101,D\n"))

    assert capsys.readouterr().out.startswith("Rooms: 1 added, 0 already there.")
    assert Room.objects.get().number == "101"


def test_a_file_without_the_columns_is_refused(hotel, rooms_file):
    with pytest.raises(CommandError, match="Missing columns: number"):
        call_command("import_rooms", hotel.slug, rooms_file("room,room_type\n"))
