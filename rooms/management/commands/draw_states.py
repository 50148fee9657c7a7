"""Writes docs/states.md from the transition table."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from rooms.state_diagram import states_markdown


class Command(BaseCommand):
    """Draw the states; with --check, only tell whether the drawing is up to date."""

    help = "Write docs/states.md from the table in rooms/transitions.py."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --check."""
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; exit 1 where the file differs."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or raise CommandError where --check finds it out of date."""
        page = settings.BASE_DIR / "docs" / "states.md"
        drawn = states_markdown()
        if not options["check"]:
            page.write_text(drawn, encoding="utf-8")
            self.stdout.write(f"Wrote {page.relative_to(settings.BASE_DIR)}.")
        elif not page.exists() or page.read_text(encoding="utf-8") != drawn:
            raise CommandError(
                "docs/states.md differs from rooms/transitions.py: run manage.py draw_states."
            )
