"""What every import does: check each record, tell the bad ones, find what is new."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from hotel.models import Hotel
from portal.imports.lines import BadValue, Line
from rooms.models import RoomType

BATCH = 1000

Parsed = TypeVar("Parsed")


class BadLines(Exception):
    """A strict import met lines that cannot be used; nothing was written."""

    def __init__(self, bad: "list[BadLine]") -> None:
        super().__init__(f"{len(bad):,} bad lines")
        self.bad = bad


@dataclass(frozen=True)
class BadLine:
    """A line that was not imported, and why."""

    number: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.reason}"


@dataclass
class Imported:
    """What an import did; `roomless` are the types that the file's stays use and no room has."""

    added: int = 0
    already: int = 0
    bad: list[BadLine] = field(default_factory=list)
    new_types: list[str] = field(default_factory=list)
    roomless: list[str] = field(default_factory=list)


def parse_lines(
    lines: Iterable[Line],
    parse: Callable[[Line], tuple[str, Parsed]],
    result: Imported,
    strict: bool,
) -> dict[str, Parsed]:
    """Return what the good lines hold, by its key; a key that comes again is a bad line."""
    parsed: dict[str, Parsed] = {}
    first_line: dict[str, int] = {}
    for line in lines:
        try:
            line.check()
            key, value = parse(line)
            if key in parsed:
                raise BadValue(f"{key} stands on line {first_line[key]} already")
        except BadValue as bad:
            result.bad.append(BadLine(line.number, str(bad)))
        else:
            parsed[key] = value
            first_line[key] = line.number
    if strict and result.bad:
        raise BadLines(result.bad)
    return parsed


def only_new(parsed: dict[str, Parsed], known: set[str], result: Imported) -> dict[str, Parsed]:
    new = {key: value for key, value in parsed.items() if key not in known}
    result.added = len(new)
    result.already = len(parsed) - len(new)
    return new


def new_type(hotel: Hotel, code: str) -> RoomType:
    return RoomType(hotel=hotel, code=code, name=f"Type {code}")


def add_types(hotel: Hotel, wanted: Iterable[RoomType], result: Imported) -> dict[str, RoomType]:
    """Return the hotel's types by code, those wanted that it lacks created."""
    types = {kind.code: kind for kind in hotel.room_types.all()}
    for kind in wanted:
        if kind.code not in types:
            kind.save()
            types[kind.code] = kind
            result.new_types.append(kind.code)
    return types
