import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hotel.models import Staff
from portal.models import NAME_MAX, ApiToken

DAYS_MAX = 3650


class Command(BaseCommand):
    help = (
        "Creates an API token for a member of staff. The last line of the output is the token. "
        "It is shown only once: copy it now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add HOTEL, USERNAME, --name and --days."""
        parser.add_argument("hotel", help="the hotel's slug, such as seaside")
        parser.add_argument("username", help="the member of staff whose rights the program gets")
        parser.add_argument(
            "--name", required=True, help="the program that uses it, such as 'Front desk'"
        )
        parser.add_argument("--days", type=int, help="days until it expires (default: never)")

    def handle(
        self, *args: Any, hotel: str, username: str, name: str, days: int | None, **options: Any
    ) -> None:
        """Create the token and print it; raise CommandError if an argument is invalid."""
        staff = Staff.objects.filter(
            hotel__slug=hotel, user__username=username, active=True, user__is_active=True
        ).first()
        if staff is None:
            raise CommandError(f"{hotel} has no active member of staff “{username}”.")
        if not 1 <= len(name.strip()) <= NAME_MAX:
            raise CommandError(f"--name must have 1 to {NAME_MAX} characters.")
        if days is not None and not 1 <= days <= DAYS_MAX:
            raise CommandError(f"--days must be from 1 to {DAYS_MAX}.")
        expires_at = timezone.now() + dt.timedelta(days=days) if days else None
        _, secret = ApiToken.issue(staff=staff, name=name.strip(), expires_at=expires_at)
        self.stdout.write(f"{staff.name}, {staff.get_role_display()}: “{name.strip()}”")
        self.stdout.write(secret)
