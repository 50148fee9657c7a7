"""Compare the board with the same bytes served from memory, at 50, 200 and 1,000 rooms.

Each figure is a median. Calls to the board and to its baseline take turns, so that a slow moment
of the machine affects both. On SQLite and, if a server answers, on PostgreSQL.
`python -m bench board`
"""

from collections.abc import Callable
from statistics import median

from bench.server import Client, on_both_databases, serving, set_up, summary, timed

SIZES = (50, 200, 1000)
CALLS = 150
COLD_CALLS = 15
WHAT = ("unchanged", "memory", "bare", "one card changed", "cards joined", "everything new")


def main() -> None:
    """Print the results for all sizes, for SQLite and then for PostgreSQL."""
    on_both_databases("board", _measure_all)


def _measure_all(name: str, url: str) -> None:
    print(name)
    with set_up(url):
        people = {size: _make_hotel(size) for size in SIZES}
        with serving() as port:
            medians = {size: _measure(port, size, people[size]) for size in SIZES}
        print("1,000 rooms over 50 rooms:")
        for what in medians[50]:
            print(f"  {what:<28} {medians[1000][what] / medians[50][what]:5.2f} times")


def _make_hotel(size: int) -> object:
    """Create a hotel with rooms in all statuses; return its manager."""
    from hotel.choices import Role
    from rooms.choices import Priority, RoomStatus
    from tests.factories import make_booking, make_hotel, make_room, make_staff

    hotel = make_hotel(slug=f"rooms-{size}")
    housekeeper = make_staff(hotel=hotel, name="Ana Silva")
    statuses = list(RoomStatus)
    for n in range(size):
        status = statuses[n % len(statuses)]
        room = make_room(
            hotel=hotel,
            status=status,
            number=f"{n // 50 + 1}{n % 50:02}",
            floor=str(n // 50 + 1),
            status_by=housekeeper,
            housekeeping_notes="Two extra pillows, please" if n % 9 == 0 else "",
            priority=Priority.HIGH if status == RoomStatus.MAINTENANCE_REQUIRED else "",
        )
        if n % 7 == 0 and status != RoomStatus.OCCUPIED:
            make_booking(hotel=hotel, room=room, adults=2)
    return make_staff(hotel=hotel, role=Role.MANAGER)


def _measure(port: int, size: int, manager: object) -> dict[str, float]:
    from rooms.choices import Action
    from rooms.models import Room
    from tests.acting import perform

    client = Client(port, manager.user)  # type: ignore[attr-defined]
    slug = f"rooms-{size}"
    board = f"/h/{slug}/board/"
    client.get(f"/bench/{slug}/learn/")
    wire = len(client.get(board))
    ready = Room.objects.with_people().get(pk=_first_ready(slug))

    def change() -> None:
        flip = Action.MARK_DIRTY if ready.is_bookable else Action.OVERRIDE
        perform(flip, ready, by=manager, notes="bench", room_status="READY_FOR_GUEST")  # type: ignore[arg-type]

    for _ in range(20):
        client.get(board)
    figures: dict[str, list[float]] = {what: [] for what in WHAT}
    for _ in range(CALLS):
        _take(figures, "unchanged", lambda: client.get(board))
        _take(figures, "memory", lambda: client.get(f"/bench/{slug}/memory/"))
        _take(figures, "bare", lambda: client.get(f"/bare/{slug}/"))
    for _ in range(CALLS):
        change()
        _take(figures, "one card changed", lambda: client.get(board))
        _take(figures, "cards joined", lambda: client.get(f"/bench/{slug}/join/"))
    for _ in range(COLD_CALLS):
        client.get(f"/bench/{slug}/forget/")
        _take(figures, "everything new", lambda: client.get(board))
    _print(size, wire, figures)
    return {what: median(times) for what, times in figures.items()}


def _first_ready(slug: str) -> int:
    from rooms.models import Room

    return int(Room.objects.bookable().filter(hotel__slug=slug).values_list("pk", flat=True)[0])


def _take(figures: dict[str, list[float]], what: str, call: Callable[[], object]) -> None:
    figures[what].append(timed(call))


def _print(size: int, wire: int, figures: dict[str, list[float]]) -> None:
    def ratio(one: str, other: str) -> str:
        return f"{median(figures[one]) / median(figures[other]):5.2f} times {other}"

    print(f"{size} rooms, {wire / 1024:.1f} KB on the wire with gzip")
    for what, times in figures.items():
        print(f"  {what:<18} {summary(times)}")
    print(f"  unchanged is        {ratio('unchanged', 'memory')}, {ratio('unchanged', 'bare')}")
    print(f"  one card changed is {ratio('one card changed', 'cards joined')}")
