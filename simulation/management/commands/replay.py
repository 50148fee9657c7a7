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
        "Replays days of a hotel through the real functions: check-ins, checkouts, cleaning, "
        "inspections and repairs, for confirmed bookings and for imported finished stays that were "
        "not replayed before. Missing staff are created and cannot sign in. Ctrl-C stops it "
        "safely; run it again to continue."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add HOTEL, the days, and the roster's size."""
        parser.add_argument("hotel", metavar="HOTEL", help="the hotel's slug, such as seaside")
        parser.add_argument(
            "--from", dest="first", type=_day, required=True, metavar="DATE", help="the first day"
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
            "--seed", type=int, default=0, help="the seed of the random numbers (default: 0)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay the days and print the report; raise CommandError if that is not possible."""
        hotel = find_hotel(options["hotel"])
        first, last = options["first"], options["last"]
        # disable=None shows the progress bar only in a terminal.
        with tqdm(total=(last - first).days + 1, unit="day", disable=None) as bar:

            def on_day(day: dt.date, events: int) -> None:
                bar.set_description(f"{day}, {events} events", refresh=False)
                if day > last:
                    # The days after the last one, on which the last guests leave.
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
                    f"{error.message} Somebody else changed this hotel. Run it again."
                ) from error
        self.stdout.write(str(report))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date such as 2016-07-31") from error


def _some(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number, at least 1")
    return int(text)
