"""Import stays from another system's file: finished ones as history, confirmed ones as bookings.

Bookings that the hotel already has are left unchanged, so the same file can be imported again.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from hotel.models import Hotel
from portal.imports.lines import BadValue, Line
from portal.imports.records import BATCH, Imported, add_types, new_type, only_new, parse_lines
from rooms import log
from rooms.change import Change
from rooms.choices import LogAction, Source
from rooms.models import RoomEvent, RoomType
from stays import rules
from stays.availability import MAX_NIGHTS
from stays.choices import BookingStatus, Phase
from stays.models import Booking
from stays.phase import phase_on

# A stay without its room types, and the codes of the booked type and of the one that was given.
Parsed = tuple[Booking, str, str]

STAY_COLUMNS = ("booking_id", "check_in", "check_out", "room_type", "status")

# The times of an imported stay: the file holds only its days.
ARRIVAL = dt.time(15, 0)
DAY_USE = (dt.time(10, 0), dt.time(17, 0))
MOST_PEOPLE = 999


def import_stays(hotel: Hotel, lines: Iterable[Line], *, strict: bool = False) -> Imported:
    """Add the stays in the lines: finished ones as history, confirmed ones as future bookings.

    Availability is not checked, because the other system has already sold them. Raises BadLines
    if `strict` and a line is bad; then nothing is written. The stays are written BATCH at a time,
    so that nobody else waits long for the database: an import that is stopped halfway has written
    some of its batches whole, and the same file imported again adds the rest.
    """
    result = Imported()
    types = {one.code: one for one in hotel.room_types.all()}
    parsed = parse_lines(lines, lambda line: _parse_stay(hotel, types, line), result, strict)
    stays = list(parsed.items())
    for begin in range(0, len(stays), BATCH):
        _add(hotel, dict(stays[begin : begin + BATCH]), result)
    used = {code for _, booked, given in parsed.values() for code in (booked, given) if code}
    result.roomless = sorted(used - set(hotel.rooms.values_list("room_type__code", flat=True)))
    return result


def _add(hotel: Hotel, parsed: dict[str, Parsed], result: Imported) -> None:
    """Add those of the stays that the hotel does not have, whole or not at all."""
    with transaction.atomic():
        # The lock makes a second import wait for the first.
        known = log.lock(hotel).bookings.filter(booking_id__in=parsed)
        new = only_new(parsed, set(known.values_list("booking_id", flat=True)), result)
        codes = {code for _, booked, given in new.values() for code in (booked, given) if code}
        types = add_types(hotel, [new_type(hotel, code) for code in sorted(codes)], result)
        for stay, booked, given in new.values():
            stay.room_type = types[booked]
            stay.given_room_type = types[given] if given else None
        stays = Booking.objects.bulk_create(stay for stay, _, _ in new.values())
        _log_confirmed(hotel, [stay for stay in stays if stay.status == BookingStatus.CONFIRMED])
        if stays:
            # One event for the history, which also makes open pages reload.
            notes = f"{len(stays):,} stays imported"
            change = Change(by=None, source=Source.IMPORT)
            log.append(hotel, LogAction.SETUP_CHANGED, change, notes=notes)


def _parse_stay(hotel: Hotel, types: dict[str, RoomType], line: Line) -> tuple[str, Parsed]:
    """Return a stay without its room types, and the codes of the booked and the assigned type."""
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
        raise BadValue(f"check_out: {stay.nights} nights, at most {MAX_NIGHTS}")
    departure = line.date("status_date") or stay.check_out
    if stay.status == BookingStatus.COMPLETED:
        _set_times(stay, departure)
    elif stay.status == BookingStatus.CONFIRMED:
        _check_limits(stay, types.get(booked))
    return stay.booking_id, (
        stay,
        booked,
        given if stay.status == BookingStatus.COMPLETED else "",
    )


def _check_limits(stay: Booking, room_type: RoomType | None) -> None:
    """Raise BadValue for a stay still to come that the hotel could not book itself."""
    today = stay.hotel.business_date()
    if phase_on(stay, today) is Phase.ENDED_WITHOUT_ARRIVAL:
        raise BadValue(f"status: CONFIRMED, but the stay ended on {stay.check_out}")
    asked = (stay.check_in, stay.check_out, stay.adults, stay.children)
    for column, reason in rules.stay_errors(stay.hotel, room_type, *asked, today).items():
        raise BadValue(f"{column}: {reason}")


def _status(line: Line) -> BookingStatus:
    value = line.text("status", 100, required=True).upper()
    if value not in BookingStatus.values:
        raise BadValue(f"status: “{value}” is unknown")
    if value == BookingStatus.IN_HOUSE:
        raise BadValue(
            "status: IN_HOUSE cannot be imported; import it as CONFIRMED, then check it in"
        )
    return BookingStatus(value)


def _set_times(stay: Booking, departure: dt.date) -> None:
    """Set when a finished stay arrived and left; `departure` may differ from the booked date."""
    hotel = stay.hotel
    if departure < stay.check_in:
        raise BadValue(f"status_date: {departure} is before the arrival, {stay.check_in}")
    if departure > hotel.business_date():
        raise BadValue(f"status_date: a completed stay cannot end in the future, on {departure}")
    arrives, leaves = DAY_USE if departure == stay.check_in else (ARRIVAL, hotel.checkout_time)
    stay.checked_in_at = hotel.moment(stay.check_in, arrives)
    stay.checked_out_at = hotel.moment(departure, leaves)


def _log_confirmed(hotel: Hotel, stays: list[Booking]) -> None:
    """Write an event for each confirmed stay. Finished stays get none."""
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
        )
    )
