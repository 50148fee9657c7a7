from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.imports.rooms import ROOM_COLUMNS, import_rooms
from portal.management.commands import _import


class Command(BaseCommand):
    help = (
        "Imports a hotel's rooms. Columns: number, room_type; optional floor, section, is_active, "
        "is_occupied, is_out_of_order (yes or no; they decide the initial status), "
        "room_type_name, departure_minutes, stayover_minutes. Rooms that the hotel already has "
        "are left unchanged."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add HOTEL, FILE and --strict."""
        _import.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the file; raise CommandError if it cannot be used."""
        _import.run(self, import_rooms, ROOM_COLUMNS, "Rooms", options)
