"""Compare the API's availability of 30 nights with one SQL statement for each of its tables.

A resort hotel of 210 rooms in nine types, with two months of its real bookings moved to today
(../shared/data/resort_stays.csv.gz; Antonio, Almeida, Nunes, doi 10.1016/j.dib.2018.11.126). Both
are asked for by the same signed-in person and take turns. `python -m bench availability`
"""

import csv
import datetime as dt
import gzip
import sys
from collections.abc import Iterator
from functools import partial
from statistics import median
from typing import Any

from bench.server import ROOT, Client, on_both_databases, serving, set_up, summary, timed

STAYS = ROOT.parent / "shared" / "data" / "resort_stays.csv.gz"
# The day that becomes today, and how many days of arrivals follow.
FIRST, DAYS = dt.date(2016, 7, 1), 60
ROOMS = {"A": 75, "B": 2, "C": 13, "D": 53, "E": 33, "F": 13, "G": 9, "H": 4, "I": 8}
NIGHTS = 30
CALLS = 200


def main() -> None:
    """Print the results for SQLite, then for PostgreSQL."""
    if not STAYS.exists():
        sys.exit(f"There is no {STAYS}.")
    on_both_databases("availability", _measure)


def _measure(name: str, url: str) -> None:
    with set_up(url):
        person, today = _make_resort()
        dates = f"check_in={today}&check_out={today + dt.timedelta(days=NIGHTS)}"
        with serving() as port:
            client = Client(port, person.user)
            paths = {
                "availability": f"/api/hotels/resort/availability/?{dates}",
                "the SQL alone": f"/bench/resort/availability/?{dates}",
                "nothing": "/bench/resort/signed-in/",
            }
            times: dict[str, list[float]] = {what: [] for what in paths}
            for number in range(CALLS + 10):
                for what, path in paths.items():
                    taken = timed(partial(client.get, path))
                    # The first are a warm-up.
                    if number >= 10:
                        times[what].append(taken)
        print(f"{name}, {NIGHTS} nights, {sum(ROOMS.values())} rooms, {len(ROOMS)} types")
        for what, taken_by in times.items():
            print(f"  {what:<14} {summary(taken_by)}")
        ratio = median(times["availability"]) / median(times["the SQL alone"])
        print(f"  availability is {ratio:.2f} times the SQL alone")


def _make_resort() -> tuple[Any, dt.date]:
    """Create the hotel; return its manager and the hotel's today."""
    from hotel.choices import Role
    from rooms.choices import RoomStatus
    from stays.models import Booking
    from tests.factories import make_hotel, make_room, make_room_type, make_staff

    hotel = make_hotel(slug="resort")
    types = {code: make_room_type(hotel=hotel, code=code) for code in ROOMS}
    statuses = (RoomStatus.READY_FOR_GUEST, RoomStatus.CHECKOUT_DIRTY, RoomStatus.AVAILABLE)
    rooms: dict[str, list[Any]] = {code: [] for code in ROOMS}
    for code, count in ROOMS.items():
        for n in range(count):
            status = statuses[n % len(statuses)]
            number = f"{code}{n + 1}"
            rooms[code].append(
                make_room(hotel=hotel, room_type=types[code], number=number, status=status)
            )
    today = hotel.business_date()
    bookings = []
    for n, (check_in, check_out, code) in enumerate(_stays()):
        moved = today - FIRST
        bookings.append(
            Booking(
                hotel=hotel,
                booking_id=f"R-{n}",
                guest_name=f"Guest {n}",
                room_type=types[code],
                # As the desk does in the morning: those who arrive today have a room.
                room=rooms[code].pop() if check_in == FIRST and rooms[code] else None,
                check_in=check_in + moved,
                check_out=check_out + moved,
            )
        )
    Booking.objects.bulk_create(bookings)
    return make_staff(hotel=hotel, role=Role.MANAGER), today


def _stays() -> Iterator[tuple[dt.date, dt.date, str]]:
    """Yield arrival, departure and type of the stays that were kept, from FIRST on."""
    with gzip.open(STAYS, "rt") as file:
        for line in csv.DictReader(file):
            check_in, code = dt.date.fromisoformat(line["check_in"]), line["assigned_room_type"]
            if (
                line["status"] == "COMPLETED"
                and code in ROOMS
                and 0 <= (check_in - FIRST).days < DAYS
            ):
                yield check_in, dt.date.fromisoformat(line["check_out"]), code
