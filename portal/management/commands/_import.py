"""What the two import commands share: their arguments, and how they tell what happened."""

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from hotel.command_line import find_hotel
from portal.imports.lines import Line, UnreadableFile, read
from portal.imports.records import BadLine, BadLines, Imported


def add_arguments(parser: CommandParser) -> None:
    """Add HOTEL, FILE and --strict."""
    parser.add_argument("hotel", metavar="HOTEL", help="the hotel's name in web addresses")
    parser.add_argument("file", metavar="FILE", type=Path, help="a .csv or .csv.gz file, UTF-8")
    parser.add_argument(
        "--strict", action="store_true", help="write nothing at all if any line is bad"
    )


def run(
    command: BaseCommand,
    import_lines: Callable[..., Imported],
    required: Collection[str],
    what: str,
    options: dict[str, Any],
) -> Imported:
    """Import the file and tell the outcome; bad lines go to stderr, one by one.

    Raises CommandError for an unknown hotel or an unreadable file, and for bad lines if --strict.
    """
    hotel = find_hotel(options["hotel"])
    lines: Iterable[Line] = read(options["file"], required)
    try:
        # disable=None: a bar for a person only, not in a pipe or a log.
        bar = tqdm(lines, unit=" lines", leave=False, disable=None)
        result = import_lines(hotel, bar, strict=options["strict"])
    except UnreadableFile as error:
        raise CommandError(str(error)) from error
    except BadLines as error:
        _tell(command, error.bad)
        raise CommandError(f"{_bad(error.bad)}: nothing was imported.") from error
    _tell(command, result.bad)
    if result.bad:
        command.stderr.write(f"{_bad(result.bad)}, not imported.")
    command.stdout.write(f"{what}: {result.added:,} added, {result.already:,} already there.")
    if result.new_types:
        command.stdout.write(f"New room types: {', '.join(result.new_types)}.")
    if result.roomless:
        command.stdout.write(f"Room types without a room: {', '.join(result.roomless)}.")
    return result


def _tell(command: BaseCommand, bad: list[BadLine]) -> None:
    for line in bad:
        command.stderr.write(str(line))


def _bad(bad: list[BadLine]) -> str:
    return "1 bad line" if len(bad) == 1 else f"{len(bad):,} bad lines"
