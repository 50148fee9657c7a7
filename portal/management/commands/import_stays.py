from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.imports.stays import STAY_COLUMNS, import_stays
from portal.management.commands import _import


class Command(BaseCommand):
    help = (
        "Imports stays from another system: finished ones as history, confirmed ones as future "
        "bookings. Columns: booking_id, check_in, check_out, room_type, status (COMPLETED, "
        "CANCELLED, NO_SHOW, CONFIRMED); optional booked_on, assigned_room_type, adults, "
        "children, babies, meal, country, special_requests, status_date (the real departure), "
        "guest_name. Bookings that the hotel already has are left unchanged."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add HOTEL, FILE and --strict."""
        _import.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the file; raise CommandError if it cannot be used."""
        _import.run(self, import_stays, STAY_COLUMNS, "Stays", options)
