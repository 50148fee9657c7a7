"""Compare mark-cleaned with Pusher answering, with Pusher hanging, and without Pusher.

Two servers on one SQLite database take turns. One has no Pusher settings, and the relay is paused
meanwhile. The other has Pusher configured, and the relay calls a test double that answers or
hangs. `python -m bench relay`
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median, quantiles

from bench.actions import _dirty_rooms, _make_dirty_again, _round
from bench.server import ROOT, Client, serving, set_up, summary
from tests.pusher_double import PusherDouble

ROUNDS = 10
CLIENTS = 4


def main() -> None:
    """Print the times of the three cases, and their ratios to no Pusher."""
    with set_up(), PusherDouble() as double, ExitStack() as stack:
        from tests.factories import make_hotel, make_room_type, make_staff

        hotel = make_hotel(slug="bench")
        make_room_type(hotel=hotel)
        user = make_staff(hotel=hotel).user
        rooms = _dirty_rooms(hotel)
        ports = {"no Pusher": stack.enter_context(serving())}
        os.environ |= double.environment
        ports["Pusher answers"] = ports["Pusher hangs"] = stack.enter_context(serving())
        relay = stack.enter_context(_relay())
        clients = {
            what: [Client(port, user) for _ in range(CLIENTS)] for what, port in ports.items()
        }
        times: dict[str, list[float]] = {what: [] for what in ports}
        for number in range(ROUNDS + 1):
            for what in _in_turn(number, list(ports)):
                double.rest = "hang" if what == "Pusher hangs" else "answer"
                _make_dirty_again()
                relay.send_signal(signal.SIGSTOP if what == "no Pusher" else signal.SIGCONT)
                _, taken = _round("mark-cleaned", clients[what], rooms)
                if number:  # The first round is a warm-up.
                    times[what] += taken
        relay.send_signal(signal.SIGCONT)
        double.rest = "answer"
        caught_up = _wait_for_the_end(hotel)
        _print(times, double, caught_up)


def _in_turn(number: int, whats: list[str]) -> list[str]:
    """Rotate the order each round, because calls get slower as the log grows."""
    start = number % len(whats)
    return whats[start:] + whats[:start]


@contextmanager
def _relay() -> Iterator[subprocess.Popen[bytes]]:
    """Run the relay on the benchmark's database."""
    process = subprocess.Popen([sys.executable, "manage.py", "relay"], cwd=ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(10)


def _wait_for_the_end(hotel: object) -> float:
    """Wait until the relay has sent the whole log; return the seconds it took."""
    from hotel.models import Hotel
    from portal.models import RelayPosition

    begun = time.perf_counter()
    last_seq = Hotel.objects.get(pk=hotel.pk).last_seq  # type: ignore[attr-defined]
    while not RelayPosition.objects.filter(seq=last_seq).exists():
        time.sleep(0.05)
        if time.perf_counter() - begun > 60:
            sys.exit("The relay did not catch up.")
    return time.perf_counter() - begun


def _print(times: dict[str, list[float]], double: PusherDouble, caught_up: float) -> None:
    p95 = {what: quantiles(taken, n=20)[-1] for what, taken in times.items()}
    print(f"SQLite, {CLIENTS} clients, {len(times['no Pusher'])} actions each")
    for what, taken in times.items():
        ratio = median(taken) / median(times["no Pusher"])
        ratio95 = p95[what] / p95["no Pusher"]
        print(f"  {what:<15} {summary(taken)}: {ratio:.2f} and {ratio95:.2f} times no Pusher")
    seqs = [event["data"]["seq"] for event in double.events]
    order = "in order" if seqs == sorted(seqs) else "OUT OF ORDER"
    print(f"  {double.calls} calls, {len(seqs)} wake-ups accepted, {order}, up to seq {seqs[-1]};")
    print(f"  caught up {caught_up:.1f} s after Pusher had come back")
