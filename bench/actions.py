"""Compare mark-cleaned, sent as a form, with the same UPDATE and INSERT in raw SQL.

Both take turns in the same server process, behind the same middleware and sign-in, with 1 and
with 8 clients, on SQLite and, if a server answers, on PostgreSQL (`TEST_DATABASE_URL`). A third
request does nothing behind the same sign-in: what the other two take more is their own cost.
`python -m bench actions`
"""

import os
import sys
import threading
import time
from itertools import islice
from statistics import median, quantiles

from bench.server import Client, on_both_databases, serving, set_up, summary

ROUNDS = 5
CALLS = 400
WHAT = ("mark-cleaned", "raw SQL", "nothing")


def main() -> None:
    """Print the results for SQLite, then for PostgreSQL."""
    on_both_databases("actions", _measure_all)


def _measure_all(name: str, url: str) -> None:
    with set_up(url):
        from tests.factories import make_hotel, make_room_type, make_staff

        hotel = make_hotel(slug="bench")
        make_room_type(hotel=hotel)
        staff = make_staff(hotel=hotel)
        rooms = _dirty_rooms(hotel)
        with serving() as port:
            for clients in (1, 8):
                _measure(name, port, clients, staff, rooms)


def _dirty_rooms(hotel: object) -> list[tuple[int, str]]:
    """Create a dirty room for each call of a round; return their ids and numbers."""
    from rooms.choices import RoomStatus
    from tests.factories import make_room

    made = (
        make_room(hotel=hotel, status=RoomStatus.CHECKOUT_DIRTY, number=str(n))  # type: ignore[arg-type]
        for n in range(CALLS)
    )
    return [(room.pk, room.number) for room in made]


def _measure(
    name: str, port: int, clients: int, staff: object, rooms: list[tuple[int, str]]
) -> None:
    signed_in = [Client(port, staff.user) for _ in range(clients)]  # type: ignore[attr-defined]
    rates: dict[str, list[float]] = {what: [] for what in WHAT}
    times: dict[str, list[float]] = {what: [] for what in WHAT}
    for number in range(ROUNDS + 1):
        for what in rates:
            _make_dirty_again()
            rate, taken = _round(what, signed_in, rooms)
            if number:  # The first round is a warm-up.
                rates[what].append(rate)
                times[what] += taken
    print(f"{name}, {clients} client{'s' if clients > 1 else ''}")
    for what in rates:
        print(f"  {what:<13} {median(rates[what]):7.0f} a second, {summary(times[what])}")
    ratios, own = [], []
    for action, raw, nothing in zip(*rates.values(), strict=True):
        ratios.append(action / raw)
        own.append((1 / action - 1 / nothing) / (1 / raw - 1 / nothing))
    print(f"  mark-cleaned at {median(ratios):.2f} times the rate of raw SQL")
    print(f"  its own cost is {median(own):.2f} times that of raw SQL")
    parts = quantiles(times["mark-cleaned"], n=20)
    print(f"  its p95 is {parts[-1] / parts[9]:.2f} times its median")


def _make_dirty_again() -> None:
    from rooms.models import Room

    Room.objects.update(room_status="CHECKOUT_DIRTY", version=1)


def _round(
    what: str, clients: list[Client], rooms: list[tuple[int, str]]
) -> tuple[float, list[float]]:
    """Spread the rooms over the clients; return calls per second and each call's milliseconds."""
    taken: list[float] = []

    def work(client: Client, share: list[tuple[int, str]]) -> None:
        for room_id, number in share:
            begun = time.perf_counter()
            if what == "nothing":
                status, _ = client.request("GET", "/bench/bench/signed-in/")
            elif what == "raw SQL":
                status, _ = client.request("POST", f"/bench/bench/raw/{room_id}/")
            else:
                status, _ = client.request(
                    "POST",
                    f"/h/bench/rooms/{number}/mark-cleaned/",
                    f"expected_version=1&notes=&request_id={os.urandom(8).hex()}",
                    **{"HX-Request": "true", "HX-Target": f"card-{number}"},
                )
            taken.append((time.perf_counter() - begun) * 1000)
            if status != 200:
                raise RuntimeError(f"{what} answered {status} for room {number}.")

    threads = [
        threading.Thread(target=work, args=(client, list(islice(rooms, n, None, len(clients)))))
        for n, client in enumerate(clients)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if len(taken) != len(rooms):
        sys.exit(f"{what}: {len(rooms) - len(taken)} calls failed.")
    return len(taken) / seconds, taken
