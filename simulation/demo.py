"""Load the demo: a hotel with two past weeks, a busy morning and two weeks of bookings, and a
small second hotel.

Everything that happens in them goes through the real functions. Loading is all or nothing.
"""

import datetime as dt
import random
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from hotel.choices import Role
from hotel.exceptions import InvalidInput
from hotel.models import Hotel, Staff
from rooms.change import ActionInput, Change
from rooms.choices import Action, Priority, Source
from rooms.models import Room, RoomType
from rooms.perform import perform
from rooms.setup import add_rooms
from simulation.demo_morning import Morning
from simulation.demo_plan import FIRST, PlannedStay, plan_stays
from simulation.replay import Days, replay
from stays import bookings
from stays.bookings import StayInput
from stays.models import Guest

SLUG, SECOND_SLUG = "seaside", "harbour"
PASSWORD = "demo-2026!"  # noqa: S105 (load_demo prints it)
SEED = 2026
OPENED_DAYS_AGO = 90
DAY = dt.timedelta(days=1)

# Code, name, minutes of a departure clean and of a stayover clean.
TYPES = (
    ("S", "Single", 25, 12),
    ("D", "Double", 30, 15),
    ("F", "Family", 40, 20),
    ("T", "Suite", 55, 25),
)
FLOORS = range(1, 5)
# The room types of a floor, from room 01 on; the first six rooms are section A, the rest B.
ON_A_FLOOR = "SDDDFDSDDSFT"
SECTION = 6


@dataclass(frozen=True)
class Person:
    """A demo user."""

    username: str
    first_name: str
    last_name: str
    role: Role


PEOPLE = (
    Person("mia", "Mia", "Kern", Role.MANAGER),
    Person("eva", "Eva", "Lind", Role.FRONT_DESK),
    Person("rosa", "Rosa", "Marino", Role.SUPERVISOR),
    Person("ana", "Ana", "Silva", Role.HOUSEKEEPER),
    Person("maria", "Maria", "Kowalska", Role.HOUSEKEEPER),
    Person("joao", "João", "Mendes", Role.HOUSEKEEPER),
    Person("linh", "Linh", "Tran", Role.HOUSEKEEPER),
    Person("fatima", "Fatima", "Haddad", Role.HOUSEKEEPER),
    Person("grace", "Grace", "Okafor", Role.HOUSEKEEPER),
    Person("tom", "Tom", "Reed", Role.MAINTENANCE),
)


def load() -> Hotel:
    """Create the demo hotels and their users, and return the first hotel.

    Raises InvalidInput, and changes nothing, if one of the hotels or users already exists.
    """
    slugs = Hotel.objects.filter(slug__in=[SLUG, SECOND_SLUG]).values_list("slug", flat=True)
    users = get_user_model().objects.filter(username__in=[who.username for who in PEOPLE])
    if taken := [*slugs, *users.values_list("username", flat=True)]:
        raise InvalidInput({"demo": f"These exist already: {', '.join(taken)}."})
    # One transaction, so that an interrupted load leaves nothing; it is also faster.
    with transaction.atomic():
        hotel, people = _open_hotel()
        _open_second(people["mia"])
        _book_and_play(hotel, people, timezone.now())
    return hotel


def _open_hotel() -> tuple[Hotel, dict[str, Staff]]:
    hotel = Hotel.objects.create(slug=SLUG, name="Hotel Seaside", time_zone="Europe/Lisbon")
    # Hashed once for all users: hashing is slow on purpose.
    password = make_password(PASSWORD)
    people = {}
    for who in PEOPLE:
        user = get_user_model().objects.create(
            username=who.username,
            first_name=who.first_name,
            last_name=who.last_name,
            password=password,
        )
        people[who.username] = Staff.objects.create(hotel=hotel, user=user, role=who.role)
    plan = [
        (f"{floor}{n:02}", f"{floor}{'A' if n <= SECTION else 'B'}", code)
        for floor in FLOORS
        for n, code in enumerate(ON_A_FLOOR, start=1)
    ]
    _add_rooms(hotel, plan, people["mia"])
    return hotel, people


def _add_rooms(hotel: Hotel, plan: list[tuple[str, str, str]], by: Staff) -> list[Room]:
    """Add rooms from (number, section, type code); the number's first digit is the floor."""
    types = {
        code: RoomType.objects.create(
            hotel=hotel,
            code=code,
            name=name,
            departure_minutes=departure,
            stayover_minutes=stayover,
        )
        for code, name, departure, stayover in TYPES
        if any(code == wanted for _, _, wanted in plan)
    }
    opened = timezone.now() - OPENED_DAYS_AGO * DAY
    rooms = [
        Room(
            hotel=hotel,
            number=number,
            floor=number[0],
            section=section,
            room_type=types[code],
            status_since=opened,
        )
        for number, section, code in plan
    ]
    add_rooms(rooms, Change(by=by, source=Source.ADMIN))
    return rooms


def _open_second(manager: Staff) -> None:
    """Create a small second hotel with the same manager, who can switch between the two."""
    hotel = Hotel.objects.create(slug=SECOND_SLUG, name="Harbour Inn", time_zone="Europe/Lisbon")
    by = Staff.objects.create(hotel=hotel, user=manager.user, role=Role.MANAGER)
    numbers = ("11", "12", "13", "14", "21", "22", "23", "24")
    rooms = _add_rooms(hotel, [(number, "", "SDDD"[int(number[1]) - 1]) for number in numbers], by)
    now = timezone.now()

    def ago(minutes: int) -> Change:
        moment = now - dt.timedelta(minutes=minutes)
        return Change(by=by, source=Source.REPLAY, occurred_at=moment)

    for room, minutes in ((rooms[1], 64), (rooms[4], 27)):
        perform(Action.MARK_DIRTY, room, ActionInput(), ago(minutes))
    loose = ActionInput(priority=Priority.MED, notes="Window handle is loose")
    perform(Action.MARK_MAINTENANCE, rooms[6], loose, ago(180))


def _book_and_play(hotel: Hotel, people: dict[str, Staff], now: dt.datetime) -> None:
    """Book four weeks, replay the two that are over, then play this morning."""
    today = hotel.business_date(now)
    chance = random.Random(SEED)  # noqa: S311 (not a secret)
    codes = [room.room_type.code for room in hotel.rooms.select_related("room_type")]
    planned = plan_stays(chance, codes)
    for stay in planned:
        _book(hotel, stay, people["eva"], today, chance)
    begins = hotel.day_begins(today)
    days = Days(
        first=today + FIRST * DAY,
        last=today - DAY,
        until=min(now, begins),
        staying=[stay.booking_id for stay in planned if stay.overstays],
        seed=SEED,
    )
    report = replay(hotel, days)
    if report.interrupted:
        raise KeyboardInterrupt
    Morning(hotel, people, now).play()


def _book(
    hotel: Hotel, stay: PlannedStay, by: Staff, today: dt.date, chance: random.Random
) -> None:
    hour = dt.time(chance.randint(8, 20), chance.randint(0, 59))
    given = StayInput(
        room_type=hotel.room_types.get(code=stay.room_type),
        check_in=today + stay.check_in * DAY,
        check_out=today + stay.check_out * DAY,
        guest_name=stay.guests[0],
        adults=len(stay.guests),
        children=stay.children,
        booking_id=stay.booking_id,
    )
    booked = hotel.moment(today + stay.booked * DAY, hour)
    change = Change(by=by, source=Source.REPLAY, occurred_at=booked)
    booking = bookings.create(hotel, given, change)
    Guest.objects.bulk_create(Guest(booking=booking, name=name) for name in stay.guests)
