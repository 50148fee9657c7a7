"""Compare the API's busiest requests with a bare Django view that returns the same bytes.

200 rooms, one server process with eight threads, 1 and 8 clients. Both take turns; a POST is
compared with a bare view that accepts the same POST. On SQLite and, if a server answers, on
PostgreSQL. `python -m bench api`
"""

import http.client
import threading
import time
from statistics import median

from bench.server import on_both_databases, serving, set_up, summary

ROOMS = 200
ROUNDS = 5
CALLS = 400
BASE = "/api/staff/hotels/bench"


class Program:
    """A keep-alive connection with an API token."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Send a request and return the body; raise RuntimeError if the status is not 200."""
        self.connection.request(method, path, body, self.headers)
        answer = self.connection.getresponse()
        read = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {read[:200]!r}")
        return read


def main() -> None:
    """Print the results for each request and number of clients, for both databases."""
    on_both_databases("api", _measure_all)


def _measure_all(name: str, url: str) -> None:
    print(name)
    with set_up(url):
        from hotel.choices import Role
        from portal.models import ApiToken
        from tests.factories import make_hotel, make_room, make_room_type, make_staff

        hotel = make_hotel(slug="bench", api_requests_per_minute=10_000_000)
        make_room_type(hotel=hotel)
        staff = make_staff(hotel=hotel, role=Role.HOUSEKEEPER)
        for number in range(ROOMS):
            make_room(hotel=hotel, number=str(number))
        _, token = ApiToken.issue(staff=staff, name="bench")
        with serving() as port:
            for clients in (1, 8):
                programs = [Program(port, token) for _ in range(clients)]
                print(f"{clients} client{'s' if clients > 1 else ''}")
                _measure("housekeeping/rooms", "GET", f"{BASE}/housekeeping/rooms/", programs)
                _measure("housekeeping/stats", "GET", f"{BASE}/housekeeping/stats/", programs)
                _measure("mark-cleaned", "POST", f"{BASE}/rooms/{{}}/mark-cleaned/", programs)


def _measure(name: str, method: str, path: str, programs: list[Program]) -> None:
    """Time a request and its baseline in turn; print both and their ratio."""
    _make_dirty_again()
    programs[0].request("POST", "/bench/keep/", programs[0].request(method, path.format(0)))
    rates: dict[str, list[float]] = {path: [], "/bench/kept/": []}
    times: dict[str, list[float]] = {path: [], "/bench/kept/": []}
    for number in range(ROUNDS + 1):
        for asked in rates:
            _make_dirty_again()
            rate, taken = _round(method, asked, programs)
            if number:  # The first round is a warm-up.
                rates[asked].append(rate)
                times[asked] += taken
    ratio = median(a / b for a, b in zip(rates[path], rates["/bench/kept/"], strict=True))
    for label, asked in ((name, path), ("  the same bytes", "/bench/kept/")):
        print(f"  {label:<20} {median(rates[asked]):6.0f} a second, {summary(times[asked])}")
    print(f"  {'  ratio':<20} {ratio:6.2f} times the rate of the bare view")


def _make_dirty_again() -> None:
    from rooms.models import Room

    Room.objects.update(room_status="CHECKOUT_DIRTY")


def _round(method: str, path: str, programs: list[Program]) -> tuple[float, list[float]]:
    """Spread the calls over the programs; return calls per second and each call's milliseconds."""
    calls = ROOMS if method == "POST" else CALLS
    taken: list[float] = []

    def work(program: Program, first: int) -> None:
        for number in range(first, calls, len(programs)):
            begun = time.perf_counter()
            program.request(method, path.format(number), b"{}" if method == "POST" else None)
            taken.append((time.perf_counter() - begun) * 1000)

    threads = [
        threading.Thread(target=work, args=(program, n)) for n, program in enumerate(programs)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(taken) != calls:
        raise SystemExit(f"{path}: {calls - len(taken)} calls failed.")
    return calls / (time.perf_counter() - begun), taken
