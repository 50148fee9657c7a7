"""A real hotel's two years imported whole, and one July of it played, watched at every change.

The data is not the project's own: it lies beside the repository, and without it this is skipped.
"""

import datetime as dt
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from hotel.models import Hotel
from rooms.models import Closure
from simulation.replay import Days, replay
from simulation.unplanned import Rates
from stays.choices import BookingStatus
from tests.factories import make_hotel
from tests.invariants import Watch
from tests.stories.pencil import compare, on_paper

ROOT = Path(__file__).resolve().parent.parent.parent
STAYS = ROOT.parent / "shared" / "data" / "resort_stays.csv.gz"
ROOMS = ROOT / "tests" / "data" / "resort_rooms.csv"
FIRST, LAST = dt.date(2016, 7, 1), dt.date(2016, 7, 31)

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not STAYS.exists(), reason="there is no ../shared/data/resort_stays.csv.gz"),
]

# Completed stays that were in the house on a day of July, with their check-ins and checkouts.
PLAYED = """
SELECT stay.booking_id,
  SUM(CASE WHEN event.action = 'check_in' THEN 1 ELSE 0 END) AS let_in,
  SUM(CASE WHEN event.action = 'check_out' THEN 1 ELSE 0 END) AS seen_out
FROM stays_booking AS stay
LEFT JOIN rooms_roomevent AS event ON event.booking_id = stay.id
WHERE stay.hotel_id = %s AND stay.status = 'COMPLETED'
  AND stay.check_in <= '2016-07-31' AND stay.checked_out_at >= %s
GROUP BY stay.booking_id
"""


@pytest.fixture
def resort(transactional_db) -> Hotel:
    # Real commits, as in a hotel: in the tests' usual one transaction PostgreSQL would keep every
    # version of the hotel's row, and walk them all at each event.
    return make_hotel(slug="resort", name="Resort", time_zone="Europe/Lisbon")


def completed(hotel: Hotel) -> dict[str, tuple]:
    """Return the finished stays by booking id: arrival, real departure, type given."""
    rows = hotel.bookings.filter(status=BookingStatus.COMPLETED).values_list(
        "booking_id", "check_in", "checked_out_at", "given_room_type__code"
    )
    return {
        booking_id: (check_in, hotel.business_date(left), given)
        for booking_id, check_in, left, given in rows
    }


def test_the_resort_is_imported_whole_and_its_july_is_played(resort, capsys):
    call_command("import_rooms", resort.slug, ROOMS, strict=True)
    call_command("import_stays", resort.slug, STAYS, strict=True)
    assert "Rooms: 210 added, 0 already there." in (told := capsys.readouterr().out)
    assert "Stays: 40,060 added, 0 already there." in told
    assert "Room types without rooms: L, P." in told
    assert {
        status: resort.bookings.filter(status=status).count() for status in BookingStatus.values
    } == {"COMPLETED": 28938, "CANCELLED": 10831, "NO_SHOW": 291, "CONFIRMED": 0, "IN_HOUSE": 0}

    call_command("import_rooms", resort.slug, ROOMS)
    call_command("import_stays", resort.slug, STAYS)
    assert "Rooms: 0 added, 210 already there." in (told := capsys.readouterr().out)
    assert "Stays: 0 added, 40,060 already there." in told

    before = completed(resort)
    in_july = {
        booking_id
        for booking_id, (check_in, left, _) in before.items()
        if check_in <= LAST and left >= FIRST
    }
    assert len(in_july) == 1164
    assert sum(before[booking_id][0] >= FIRST for booking_id in in_july) == 985

    watch = Watch(resort)
    began = time.perf_counter()
    report = replay(
        resort,
        Days(first=FIRST, last=LAST),
        on_event=watch.look,
        on_day=lambda day, events: watch.look_at_guests(),
    )
    watch.look_at_guests()
    with capsys.disabled():
        print(f"\n{report}\nwatched in {time.perf_counter() - began:.0f} seconds")

    with connection.cursor() as cursor:
        cursor.execute(PLAYED, [resort.pk, resort.day_begins(FIRST)])
        played = {booking_id: counts for booking_id, *counts in cursor.fetchall()}
    assert played.keys() == in_july
    assert {tuple(counts) for counts in played.values()} == {(1, 1)}
    assert (report.walked, report.moved, report.refused, report.given_unready) == ([], [], 0, 0)
    assert (report.checked_in, report.checked_out, report.in_house) == (1164, 1164, 0)
    # Nobody's days or room type were changed by the play, and nothing happened unwatched.
    assert completed(resort) == before
    assert watch.looks == report.events
    assert watch.last_seq == Hotel.objects.get(pk=resort.pk).last_seq
    assert report.events == resort.events.filter(source="REPLAY").count()
    assert not resort.rooms.filter(is_occupied=True).exists()


def test_a_july_in_which_guests_stay_on_leave_early_move_and_are_checked_out_by_mistake(
    resort, capsys
):
    call_command("import_rooms", resort.slug, ROOMS, strict=True)
    call_command("import_stays", resort.slug, STAYS, strict=True)
    rooms = list(resort.rooms.order_by("number"))
    for n in range(6):
        start = FIRST + dt.timedelta(days=3 + 4 * n)
        until = None if n == 5 else start + dt.timedelta(days=2 + n)
        painting = {"kind": "OUT_OF_ORDER", "reason": "Painting"}
        Closure.objects.create(room=rooms[n * 30], start=start, until=until, **painting)
    watch = Watch(resort)
    looked = []

    def look_at_the_day(day: dt.date, events: int) -> None:
        watch.look_at_guests()
        begins = resort.day_begins(day + dt.timedelta(days=1))
        paper = on_paper(resort, begins)
        compare(resort, paper, at=begins)
        assert not paper.clashes(), f"two stays in one room on {day}"
        looked.append(day)

    report = replay(
        resort,
        Days(
            first=FIRST,
            last=LAST,
            rates=Rates(extended=0.05, left_early=0.05, moved=0.03, mistaken=0.01),
        ),
        on_event=watch.look,
        on_day=look_at_the_day,
    )
    watch.look_at_guests()
    with capsys.disabled():
        print(f"\n{report}\n{dict(report.unplanned)}")

    assert set(looked) >= {FIRST + dt.timedelta(days=n) for n in range(31)}
    happened = report.unplanned
    assert happened["extended"] >= 20
    assert happened["left_early"] >= 20
    assert happened["moved"] >= 10
    assert happened["mistaken"] >= 3
    assert report.given_unready == 0
    assert report.in_house == 0
    # Each who was let in was seen out, the mistaken ones twice.
    assert report.checked_out == report.checked_in + happened["mistaken"]
    assert watch.last_seq == Hotel.objects.get(pk=resort.pk).last_seq
