import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from hotel.command_line import find_hotel
from hotel.exceptions import InvalidInput, ReadyroomError
from simulation.replay import replay


class Command(BaseCommand):
    help = (
        "Plays a hotel's days again through the real functions: imported finished stays that were "
        "not played yet, and confirmed bookings, with check-ins, checkouts, cleaning, inspections "
        "and repairs. Staff who are missing are created, unable to sign in. Ctrl-C stops it "
        "cleanly; run it again to go on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add HOTEL, the days, and the roster's size."""
        parser.add_argument("hotel", metavar="HOTEL", help="the hotel's name in web addresses")
        parser.add_argument(
            "--from", dest="first", type=_day, required=True, metavar="DATE", help="2016-07-01"
        )
        parser.add_argument(
            "--to", dest="last", type=_day, required=True, metavar="DATE", help="the last day"
        )
        parser.add_argument(
            "--attendants", type=_some, metavar="N", help="default: one for every 14 rooms"
        )
        parser.add_argument(
            "--inspectors", type=_some, metavar="N", help="default: one for every 60 rooms"
        )
        parser.add_argument(
            "--seed", type=int, default=0, help="another number, other hours (default: 0)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Play the days and print the report; raises CommandError for days that cannot be."""
        hotel = find_hotel(options["hotel"])
        first, last = options["first"], options["last"]
        # disable=None: a bar for a person only, not in a pipe or a log.
        with tqdm(total=(last - first).days + 1, unit="day", disable=None) as bar:

            def on_day(day: dt.date, events: int) -> None:
                bar.set_description(f"{day}, {events} events", refresh=False)
                if day > last:
                    # The days on which the last guests leave.
                    bar.total = bar.n + 1
                bar.update()

            try:
                report = replay(
                    hotel,
                    first,
                    last,
                    attendants=options["attendants"],
                    inspectors=options["inspectors"],
                    seed=options["seed"],
                    on_day=on_day,
                )
            except InvalidInput as error:
                raise CommandError(error.message) from error
            except ReadyroomError as error:
                raise CommandError(
                    f"{error.message} Somebody else works in this hotel: run it again alone."
                ) from error
        self.stdout.write(str(report))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date such as 2016-07-31") from error


def _some(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("give a number from 1")
    return int(text)
