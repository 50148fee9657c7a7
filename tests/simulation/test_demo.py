"""The demo hotel: a live late morning at whatever hour it is loaded."""

import datetime as dt
from collections import Counter

import pytest

from hotel.exceptions import InvalidInput
from hotel.models import Hotel
from rooms.choices import Priority, RoomStatus
from rooms.models import Room, RoomEvent
from rooms.reports import turn_times
from simulation import demo, demo_plan
from stays.choices import BookingStatus
from stays.overdue import checkout_needed
from tests.factories import make_hotel
from tests.invariants import Watch

pytestmark = pytest.mark.slow
DAY = dt.timedelta(days=1)
ON_THE_WAY = (
    RoomStatus.CHECKOUT_DIRTY,
    RoomStatus.CLEANING_IN_PROGRESS,
    RoomStatus.CLEANED_UNINSPECTED,
    RoomStatus.MAINTENANCE_REQUIRED,
)


@pytest.fixture
def load_at(db, monkeypatch):
    """Load the demo with the clock stopped at a time of the hotel's; return hotel and moment."""

    def load_at(day: str, time: str):
        zone = Hotel(time_zone="Europe/Lisbon").tz
        now = dt.datetime.fromisoformat(f"{day} {time}").replace(tzinfo=zone).astimezone(dt.UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)
        return demo.load(), now

    return load_at


# The hotel's day turns at 03:00. The last: an hour after the clocks went back in the night.
@pytest.mark.parametrize(
    ("day", "time", "today"),
    [
        ("2026-05-14", "00:10", "2026-05-13"),
        ("2026-05-14", "03:10", "2026-05-14"),
        ("2026-05-14", "23:50", "2026-05-14"),
        ("2026-10-25", "02:30", "2026-10-24"),
    ],
)
def test_the_demo_is_a_live_morning_at_any_hour(load_at, day, time, today):
    hotel, now = load_at(day, time)

    assert hotel.business_date() == dt.date.fromisoformat(today)
    the_board_shows_all_columns(hotel, now)
    nothing_lies_in_the_future(hotel, now)
    nothing_is_broken(hotel)
    the_desk_has_work(hotel)
    guests_left_traces(hotel)
    there_is_a_past_and_bookings_to_come(hotel)


def the_board_shows_all_columns(hotel, now):
    rooms = list(hotel.rooms.with_people())
    assert Counter(room.room_status for room in rooms) == {
        RoomStatus.OCCUPIED: 16,
        RoomStatus.READY_FOR_GUEST: 12,
        RoomStatus.CHECKOUT_DIRTY: 10,
        RoomStatus.CLEANED_UNINSPECTED: 4,
        RoomStatus.CLEANING_IN_PROGRESS: 3,
        RoomStatus.MAINTENANCE_REQUIRED: 2,
        RoomStatus.OUT_OF_ORDER: 1,
    }
    minutes = [
        (now - room.status_since) / dt.timedelta(minutes=1)
        for room in rooms
        if room.room_status in ON_THE_WAY
    ]
    assert min(minutes) >= 5
    assert max(minutes) <= 5 * 60
    open_repairs = {
        (room.room_status, room.maintenance_priority) for room in rooms if room.maintenance_required
    }
    assert open_repairs == {
        (RoomStatus.MAINTENANCE_REQUIRED, Priority.HIGH),
        (RoomStatus.MAINTENANCE_REQUIRED, Priority.LOW),
        (RoomStatus.OCCUPIED, Priority.MED),
    }
    cleaning = {
        room.status_by.name for room in rooms if room.room_status == RoomStatus.CLEANING_IN_PROGRESS
    }
    assert cleaning == {"Ana Silva", "Maria Kowalska", "João Mendes"}
    assert sum(bool(room.housekeeping_notes) for room in rooms) >= 4
    assert {room.floor for room in rooms} == {"1", "2", "3", "4"}


def nothing_lies_in_the_future(hotel, now):
    assert not RoomEvent.objects.filter(occurred_at__gt=now).exists()
    assert not Room.objects.filter(status_since__gt=now).exists()
    for stay in hotel.bookings.exclude(checked_in_at=None):
        assert stay.checked_in_at <= now
        assert hotel.business_date(stay.checked_in_at) >= stay.check_in
        assert stay.checked_out_at is None or stay.checked_in_at < stay.checked_out_at <= now


def nothing_is_broken(hotel):
    watch = Watch(hotel)
    watch.last_seq = 0
    watch.look()
    watch.look_at_guests()
    last: dict[int, dt.datetime] = {}
    for event in hotel.events.of_status().order_by("seq"):
        assert event.occurred_at >= last.get(event.room_id, event.occurred_at)
        last[event.room_id] = event.occurred_at


def the_desk_has_work(hotel):
    today = hotel.business_date()
    arrivals = hotel.bookings.filter(status=BookingStatus.CONFIRMED, check_in__lte=today)
    assert arrivals.count() == demo_plan.ARRIVE_TODAY - 1
    assert set(arrivals.values_list("room__room_status", flat=True)) == {
        None,
        RoomStatus.READY_FOR_GUEST,
        RoomStatus.CLEANING_IN_PROGRESS,
        RoomStatus.CHECKOUT_DIRTY,
        RoomStatus.CLEANED_UNINSPECTED,
    }
    assert hotel.bookings.in_house().filter(check_in=today).count() == 1
    assert hotel.bookings.in_house().filter(check_out=today).count() == 3
    overdue = [late for late in checkout_needed(hotel) if late.booking.check_out < today]
    assert len(overdue) == 1


def guests_left_traces(hotel):
    in_house = hotel.bookings.in_house()
    for traces in ("orders", "breakfast_orders", "conversations", "chat_sessions"):
        assert in_house.filter(**{f"{traces}__closed_at": None}).exclude(**{traces: None}).exists()


def there_is_a_past_and_bookings_to_come(hotel):
    today = hotel.business_date()
    week = turn_times.performance(hotel, 7)
    assert week.turnovers > 50
    assert 0.7 < week.first_pass.rate <= 1
    # All who were due came and got a room.
    assert not hotel.bookings.filter(status=BookingStatus.CANCELLED).exists()
    assert not hotel.bookings.filter(status=BookingStatus.CONFIRMED, check_in__lt=today).exists()
    coming = hotel.bookings.filter(status=BookingStatus.CONFIRMED)
    for offset in range(14):
        assert coming.filter(check_in=today + offset * DAY).exists()


def test_an_interrupted_load_leaves_nothing(db, monkeypatch):
    def stop(self):
        raise KeyboardInterrupt

    monkeypatch.setattr("simulation.demo.Morning.play", stop)
    monkeypatch.setattr("simulation.demo.plan_stays", lambda chance, codes: [])
    with pytest.raises(KeyboardInterrupt):
        demo.load()

    assert not Hotel.objects.exists()


def test_a_name_that_is_taken_is_told_before_anything_is_made(db):
    make_hotel(slug="harbour")
    with pytest.raises(InvalidInput, match="harbour"):
        demo.load()

    assert Hotel.objects.count() == 1
