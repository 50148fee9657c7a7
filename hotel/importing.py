"""Rooms and stays from another system: every line is checked, then all is written in one go.

A bad line is told by its number and its reason. A room number or booking id that the hotel has
already is left as it is, so that a file can be imported again.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from hotel.availability import MAX_NIGHTS
from hotel.choices import BookingStatus
from hotel.csv_lines import BadValue, Line
from hotel.models import Booking, Hotel
from rooms import log
from rooms.choices import LogAction, Source
from rooms.housekeeping import add_rooms
from rooms.models import Room, RoomEvent, RoomType

ROOM_COLUMNS = ("number", "room_type")
STAY_COLUMNS = ("booking_id", "check_in", "check_out", "room_type", "status")

# The hours of an imported stay: other systems tell the days only.
ARRIVAL = dt.time(15, 0)
DAY_USE = (dt.time(10, 0), dt.time(17, 0))
MOST_PEOPLE = 999
LONGEST_CLEAN = 24 * 60
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


def import_rooms(hotel: Hotel, lines: Iterable[Line], *, strict: bool = False) -> Imported:
    """Add the rooms of the lines, each with its initial status from its flags, and their types.

    The first line that names a new type decides its name and minutes. Raises BadLines where
    `strict` and a line is bad; then, as on any error, nothing is written.
    """
    result = Imported()
    parsed = _parse(lines, lambda line: _parse_room(hotel, line), result, strict)
    with transaction.atomic():
        # A second import waits for the first.
        known = log.lock(hotel).rooms.values_list("number", flat=True)
        new = _only_new(parsed, set(known), result)
        types = _types(hotel, [kind for _, kind in new.values()], result)
        for room, kind in new.values():
            room.room_type = types[kind.code]
        add_rooms([room for room, _ in new.values()], by=None, source=Source.IMPORT)
    return result


def import_stays(hotel: Hotel, lines: Iterable[Line], *, strict: bool = False) -> Imported:
    """Add the stays of the lines: finished ones as history, confirmed ones as bookings to come.

    Availability is not asked: the other system has sold them. Raises BadLines where `strict` and
    a line is bad; then, as on any error, nothing is written.
    """
    result = Imported()
    parsed = _parse(lines, lambda line: _parse_stay(hotel, line), result, strict)
    with transaction.atomic():
        # A second import waits for the first.
        known = log.lock(hotel).bookings.values_list("booking_id", flat=True)
        new = _only_new(parsed, set(known), result)
        codes = {code for _, booked, given in new.values() for code in (booked, given) if code}
        types = _types(hotel, [_new_type(hotel, code) for code in sorted(codes)], result)
        for stay, booked, given in new.values():
            stay.room_type = types[booked]
            stay.given_room_type = types[given] if given else None
        stays = Booking.objects.bulk_create((stay for stay, _, _ in new.values()), BATCH)
        _log_confirmed(hotel, [stay for stay in stays if stay.status == BookingStatus.CONFIRMED])
        if stays:
            # One line for whoever asks later, and for pages that were drawn before.
            notes = f"{len(stays):,} stays imported"
            log.append(hotel, LogAction.SETUP_CHANGED, by=None, source=Source.IMPORT, notes=notes)
        used = {code for _, booked, given in parsed.values() for code in (booked, given) if code}
        result.roomless = sorted(used - set(hotel.rooms.values_list("room_type__code", flat=True)))
    return result


def _parse(
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


def _parse_room(hotel: Hotel, line: Line) -> tuple[str, tuple[Room, RoomType]]:
    room = Room(
        hotel=hotel,
        number=line.code("number", 10, required=True),
        floor=line.text("floor", 10),
        section=line.text("section", 20),
        is_active=line.flag("is_active", default=True),
        is_occupied=line.flag("is_occupied", default=False),
        is_out_of_order=line.flag("is_out_of_order", default=False),
    )
    if room.is_occupied and room.is_out_of_order:
        raise BadValue("is_out_of_order: an occupied room cannot be out of order")
    if room.is_occupied and not room.is_active:
        raise BadValue("is_active: a room that is not in use cannot be occupied")
    kind = _new_type(hotel, line.code("room_type", 20, required=True))
    kind.name = line.text("room_type_name", 100) or kind.name
    for minutes in ("departure_minutes", "stayover_minutes"):
        setattr(kind, minutes, line.number_of(minutes, 1, LONGEST_CLEAN, getattr(kind, minutes)))
    return room.number, (room, kind)


def _parse_stay(hotel: Hotel, line: Line) -> tuple[str, tuple[Booking, str, str]]:
    """Return a stay without its types, and the codes of the type booked and the type given."""
    booked = line.code("room_type", 20, required=True)
    given = line.code("assigned_room_type", 20) or booked
    stay = Booking(
        hotel=hotel,
        booking_id=line.code("booking_id", 40, required=True),
        status=_status(line),
        check_in=line.required_date("check_in"),
        check_out=line.required_date("check_out"),
        adults=line.number_of("adults", 0, MOST_PEOPLE, 1),
        children=line.number_of("children", 0, MOST_PEOPLE, 0),
        babies=line.number_of("babies", 0, MOST_PEOPLE, 0),
        booked_on=line.date("booked_on"),
        meal=line.text("meal", 20),
        country=line.text("country", 4),
        special_requests=line.number_of("special_requests", 0, MOST_PEOPLE, 0),
    )
    stay.guest_name = line.text("guest_name", 200) or f"Guest {stay.booking_id}"
    if stay.check_out < stay.check_in:
        raise BadValue(f"check_out: {stay.check_out} is before the arrival, {stay.check_in}")
    if stay.nights > MAX_NIGHTS:
        raise BadValue(f"check_out: {stay.nights} nights, {MAX_NIGHTS} at most")
    departure = line.date("status_date") or stay.check_out
    if stay.status == BookingStatus.COMPLETED:
        _set_times(stay, departure)
    elif stay.status == BookingStatus.CONFIRMED and stay.check_out < hotel.business_date():
        raise BadValue(f"status: CONFIRMED, but the stay ended on {stay.check_out}")
    return stay.booking_id, (
        stay,
        booked,
        given if stay.status == BookingStatus.COMPLETED else "",
    )


def _status(line: Line) -> BookingStatus:
    value = line.text("status", 100, required=True).upper()
    if value not in BookingStatus.values:
        raise BadValue(f"status: “{value}” is unknown")
    if value == BookingStatus.IN_HOUSE:
        raise BadValue(
            "status: IN_HOUSE cannot be imported: give it as CONFIRMED, the desk checks it in"
        )
    return BookingStatus(value)


def _set_times(stay: Booking, departure: dt.date) -> None:
    """Give a finished stay its moments; it may have left earlier or later than it had booked."""
    hotel = stay.hotel
    if departure < stay.check_in:
        raise BadValue(f"status_date: {departure} is before the arrival, {stay.check_in}")
    if departure > hotel.business_date():
        raise BadValue(f"status_date: a completed stay cannot leave on {departure}, still to come")
    arrives, leaves = DAY_USE if departure == stay.check_in else (ARRIVAL, hotel.checkout_time)
    stay.checked_in_at = hotel.moment(stay.check_in, arrives)
    stay.checked_out_at = hotel.moment(departure, leaves)


def _only_new(parsed: dict[str, Parsed], known: set[str], result: Imported) -> dict[str, Parsed]:
    new = {key: value for key, value in parsed.items() if key not in known}
    result.added = len(new)
    result.already = len(parsed) - len(new)
    return new


def _new_type(hotel: Hotel, code: str) -> RoomType:
    return RoomType(hotel=hotel, code=code, name=f"Type {code}")


def _types(hotel: Hotel, wanted: Iterable[RoomType], result: Imported) -> dict[str, RoomType]:
    """Return the hotel's types by code, those wanted that it lacks created."""
    types = {kind.code: kind for kind in hotel.room_types.all()}
    for kind in wanted:
        if kind.code not in types:
            kind.save()
            types[kind.code] = kind
            result.new_types.append(kind.code)
    return types


def _log_confirmed(hotel: Hotel, stays: list[Booking]) -> None:
    """Tell the log of bookings to come, each by its own event; finished stays are no news."""
    if not stays:
        return
    now = timezone.now()
    seq = log.take_seqs(hotel, len(stays))
    RoomEvent.objects.bulk_create(
        (
            RoomEvent(
                hotel=hotel,
                seq=seq + offset,
                booking=stay,
                action=LogAction.BOOKING_CREATED,
                source=Source.IMPORT,
                occurred_at=now,
            )
            for offset, stay in enumerate(stays)
        ),
        BATCH,
    )
