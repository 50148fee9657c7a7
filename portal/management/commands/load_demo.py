from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hotel.choices import Role
from hotel.exceptions import InvalidInput
from hotel.models import Hotel, Staff
from portal.navigation import BOARD, FIRST_PAGE
from simulation.demo import PASSWORD, PEOPLE, SLUG, load


class Command(BaseCommand):
    help = (
        "Creates a demo hotel in the middle of a busy morning, with past stays, future bookings "
        "and users for each role, and a small second hotel. Prints who can sign in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --if-empty."""
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing if a hotel exists; print the demo's users if it is the demo",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the hotels; raise CommandError if one of them or their users already exists."""
        if not (options["if_empty"] and Hotel.objects.exists()):
            self.stdout.write("Creating the demo hotel (takes a few seconds)")
            self.stdout.flush()
            try:
                load()
            except InvalidInput as error:
                raise CommandError(error.message) from error
        self._print_users()

    def _print_users(self) -> None:
        """Print the demo's users and their first pages, or nothing if there is no demo."""
        usernames = [who.username for who in PEOPLE]
        team = Staff.objects.filter(hotel__slug=SLUG, user__username__in=usernames, active=True)
        found = {staff.user.get_username(): staff for staff in team.select_related("user", "hotel")}
        rows = [("Role", "Sign in as", "Name", "First page")]
        rows += [
            (
                Role(staff.role).label,
                name,
                staff.name,
                FIRST_PAGE.get(Role(staff.role), BOARD).label,
            )
            for name in usernames
            if (staff := found.get(name))
        ]
        if len(rows) == 1:
            return
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        self.stdout.write(f"Demo users (password for all: {PASSWORD})")
        for row in rows:
            cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  " + "  ".join(cells).rstrip())
