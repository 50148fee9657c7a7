"""Read CSV files from other systems and check their values."""

import csv
import datetime as dt
import gzip
import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, cast

from django.core.exceptions import ValidationError

from hotel.models import identifier

# date.fromisoformat() would also accept 20160731 and 2016-W30-7.
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = range(1900, 2201)
BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
# Control characters, and the surrogates that replace bytes that are not UTF-8.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class UnreadableFile(Exception):
    """The whole file cannot be used; the message says why."""


class BadValue(Exception):
    """A record cannot be used; the message is “column: reason”."""


@dataclass(frozen=True)
class Line:
    """One record of the file.

    `number` is the number of its first line. `fault` says why it could not be parsed, if so.
    """

    number: int
    values: dict[str, str]
    fault: str = ""

    def check(self) -> None:
        """Raise BadValue if the record could not be parsed or holds unprintable characters."""
        if self.fault:
            raise BadValue(self.fault)
        for column, value in self.values.items():
            if UNPRINTABLE.search(value):
                raise BadValue(f"{column}: not UTF-8 text, or it contains a control character")

    def text(self, column: str, longest: int, *, required: bool = False) -> str:
        """Return the value without surrounding spaces; a missing column counts as empty."""
        value = self.values.get(column, "").strip()
        if required and not value:
            raise BadValue(f"{column}: missing")
        if len(value) > longest:
            raise BadValue(f"{column}: {len(value)} characters, at most {longest}")
        return value

    def code(self, column: str, longest: int, *, required: bool = False) -> str:
        """Return an identifier, which may contain letters, digits, dots and dashes."""
        value = self.text(column, longest, required=required)
        try:
            if value:
                identifier(value)
        except ValidationError as error:
            raise BadValue(f"{column}: “{value}”: {error.messages[0]}") from error
        return value

    def number_of(self, column: str, lowest: int, highest: int, default: int) -> int:
        """Return a whole number from `lowest` to `highest`; an empty value gives the default."""
        value = self.text(column, 100)
        if not value:
            return default
        if not (value.isascii() and value.isdigit()):
            raise BadValue(f"{column}: “{value}” is not a whole number")
        if not lowest <= int(value) <= highest:
            raise BadValue(f"{column}: {value} is not between {lowest} and {highest}")
        return int(value)

    def flag(self, column: str, *, default: bool) -> bool:
        """Return a yes or no as a bool; an empty value gives the default."""
        value = self.text(column, 100).lower()
        if value and value not in BOOLEANS:
            raise BadValue(f"{column}: “{value}” is neither yes nor no")
        return BOOLEANS.get(value, default)

    def date(self, column: str) -> dt.date | None:
        """Return a date written as 2016-07-31, or None for an empty value."""
        value = self.text(column, 100)
        if not value:
            return None
        try:
            if not DATE.fullmatch(value):
                raise ValueError(value)
            day = dt.date.fromisoformat(value)
        except ValueError as error:
            raise BadValue(f"{column}: “{value}” is not a date such as 2016-07-31") from error
        if day.year not in YEARS:
            raise BadValue(f"{column}: the year {day.year} is out of range")
        return day

    def required_date(self, column: str) -> dt.date:
        """Return a date; raise BadValue if the value is empty."""
        day = self.date(column)
        if day is None:
            raise BadValue(f"{column}: missing")
        return day


def read(path: Path, required: Collection[str]) -> Iterator[Line]:
    """Yield the records of a CSV file, unpacked if its name ends in .gz. Skips blank lines.

    Raises UnreadableFile if the file cannot be opened or unpacked, is not UTF-8, or has no column
    of a name in `required`.
    """
    try:
        with _open(path) as file:
            yield from _records(file, required)
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or f"it cannot be unpacked: {error}"
        raise UnreadableFile(f"{path}: {why}") from error


def _open(path: Path) -> TextIO:
    """Open the file as text.

    Bytes that are not UTF-8 become surrogates, so that they spoil their own line only.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    file = opener(path, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="")
    return cast(TextIO, file)


def _records(file: TextIO, required: Collection[str]) -> Iterator[Line]:
    reader = csv.reader(file, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise UnreadableFile(f"The first line is not CSV: {error}.") from error
    _check_header(header, required)
    while True:
        first = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A quote that is not closed runs on over the next lines: say how far.
            lines = f" up to line {reader.line_num}" if reader.line_num > first else ""
            yield Line(first, {}, f"not CSV{lines}: {error}")
            continue
        if len(row) == len(header):
            yield Line(first, dict(zip(header, row, strict=True)))
        elif row:
            yield Line(first, {}, f"{len(row)} values for {len(header)} columns")


def _check_header(header: list[str], required: Collection[str]) -> None:
    if not any(header):
        raise UnreadableFile("The file or its first line is empty.")
    if UNPRINTABLE.search("".join(header)):
        raise UnreadableFile(
            "The file is not UTF-8 text. If it is gzipped, its name must end in .gz."
        )
    if missing := [name for name in required if name not in header]:
        raise UnreadableFile(f"Missing columns: {', '.join(missing)}.")
    if len(set(header)) < len(header):
        raise UnreadableFile("The first line names a column twice.")
