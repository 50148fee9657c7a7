"""The arguments and the output that the two import commands share."""

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
    parser.add_argument("hotel", metavar="HOTEL", help="the hotel's slug, such as seaside")
    parser.add_argument("file", metavar="FILE", type=Path, help="a .csv or .csv.gz file, UTF-8")
    parser.add_argument("--strict", action="store_true", help="import nothing if any line is bad")


def run(
    command: BaseCommand,
    import_lines: Callable[..., Imported],
    required: Collection[str],
    what: str,
    options: dict[str, Any],
) -> Imported:
    """Import the file and print the result; each bad line goes to stderr.

    Raises CommandError if the hotel is unknown or the file unreadable, or for bad lines with
    --strict.
    """
    hotel = find_hotel(options["hotel"])
    lines: Iterable[Line] = read(options["file"], required)
    try:
        # disable=None shows the progress bar only in a terminal.
        bar = tqdm(lines, unit=" lines", leave=False, disable=None)
        result = import_lines(hotel, bar, strict=options["strict"])
    except UnreadableFile as error:
        raise CommandError(str(error)) from error
    except BadLines as error:
        _print_bad_lines(command, error.bad)
        raise CommandError(f"{_count(error.bad)}: nothing was imported.") from error
    _print_bad_lines(command, result.bad)
    if result.bad:
        command.stderr.write(f"{_count(result.bad)}, not imported.")
    command.stdout.write(f"{what}: {result.added:,} added, {result.already:,} already there.")
    if result.new_types:
        command.stdout.write(f"New room types: {', '.join(result.new_types)}.")
    if result.roomless:
        command.stdout.write(f"Room types without rooms: {', '.join(result.roomless)}.")
    return result


def _print_bad_lines(command: BaseCommand, bad: list[BadLine]) -> None:
    for line in bad:
        command.stderr.write(str(line))


def _count(bad: list[BadLine]) -> str:
    return "1 bad line" if len(bad) == 1 else f"{len(bad):,} bad lines"
