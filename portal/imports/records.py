"""The steps that all imports share: check each record, collect the bad ones, find the new ones."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from hotel.models import Hotel
from portal.imports.lines import BadValue, Line
from rooms.models import RoomType

# Records written in one transaction.
BATCH = 1000

Parsed = TypeVar("Parsed")


class BadLines(Exception):
    """A strict import found bad lines and wrote nothing."""

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
    """The result of an import.

    `already` counts the records that the hotel had before. `roomless` lists the room types that
    the imported stays use but no room has.
    """

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
    """Return the parsed records by key; a repeated key is a bad line.

    Bad lines are added to `result`. Raises BadLines if `strict` and there is one.
    """
    parsed: dict[str, Parsed] = {}
    first_line: dict[str, int] = {}
    for line in lines:
        try:
            line.check()
            key, value = parse(line)
            if key in parsed:
                raise BadValue(f"{key} is already on line {first_line[key]}")
        except BadValue as bad:
            result.bad.append(BadLine(line.number, str(bad)))
        else:
            parsed[key] = value
            first_line[key] = line.number
    if strict and result.bad:
        raise BadLines(result.bad)
    return parsed


def only_new(parsed: dict[str, Parsed], known: set[str], result: Imported) -> dict[str, Parsed]:
    """Return the records whose key is not in `known`, and add the numbers of both to `result`."""
    new = {key: value for key, value in parsed.items() if key not in known}
    result.added += len(new)
    result.already += len(parsed) - len(new)
    return new


def new_type(hotel: Hotel, code: str) -> RoomType:
    """Return an unsaved room type with a placeholder name."""
    return RoomType(hotel=hotel, code=code, name=f"Type {code}")


def add_types(hotel: Hotel, wanted: Iterable[RoomType], result: Imported) -> dict[str, RoomType]:
    """Return the hotel's room types by code, after saving those in `wanted` that it lacks."""
    types = {room_type.code: room_type for room_type in hotel.room_types.all()}
    for room_type in wanted:
        if room_type.code not in types:
            room_type.save()
            types[room_type.code] = room_type
            result.new_types.append(room_type.code)
    return types
