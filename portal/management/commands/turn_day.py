from typing import Any

from django.core.management.base import BaseCommand

from stays.day_turn import turn_all


class Command(BaseCommand):
    help = (
        "Turns the day of every hotel in which something is due: begins and ends closures, and "
        "marks no-shows where the hotel wants that. It may run at any time, late, and twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is due, and say how much that was."""
        done = turn_all()
        self.stdout.write(f"Done: {done} change{'' if done == 1 else 's'}.")
