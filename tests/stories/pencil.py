"""A hotel as a clerk writes it on paper: what tests.stories.test_availability_by_hand counts.

Read from the database as it is, without the code that counts availability.
"""

import datetime as dt
from dataclasses import dataclass, field

from hotel.models import Hotel
from rooms.models import Closure, Room
from stays.availability import availability
from stays.models import Booking, RoomTypeInventory
from tests.stories.test_availability_by_hand import DAY, HOLDING, MadeUp, MadeUpRoom, Stay


@dataclass
class Paper(MadeUp):
    """A hotel on paper, with the booking's pk and its party's beside each stay."""

    pks: list[int] = field(default_factory=list)
    parties: list[int] = field(default_factory=list)

    def clashes(self) -> set[frozenset[int]]:
        """Return the pairs of stays, by pk, that have one room at one time and do not share it."""
        here = [
            (pk, party, stay)
            for pk, party, stay in zip(self.pks, self.parties, self.stays, strict=True)
            if stay.room is not None and stay.status in HOLDING
        ]
        return {
            frozenset((pk, other_pk))
            for n, (pk, party, stay) in enumerate(here)
            for other_pk, other_party, other in here[:n]
            if stay.room == other.room and party != other_party and _meet(stay, other)
        }

    def overstaying(self) -> set[int]:
        """Return the stays, by pk, whose guests should have left before today."""
        return {
            pk
            for pk, stay in zip(self.pks, self.stays, strict=True)
            if stay.status == "IN_HOUSE" and stay.leaves < 0
        }

    def held(self, kind: str, day: int, *, by_day: bool = False) -> int:
        """Count the rooms of the type that stays hold, each party's once."""
        there = Stay.through if by_day else Stay.over
        return len(
            {
                party
                for party, stay in zip(self.parties, self.stays, strict=True)
                if there(stay, day) and self.kind_of(stay) == kind
            }
        )


def _meet(stay: Stay, other: Stay) -> bool:
    """Tell whether both need the room on a night, or at noon of a day, from today on."""
    last = max(stay.gone, other.gone) + 1
    return any(
        (stay.over(day) and other.over(day)) or (stay.through(day) and other.through(day))
        for day in range(last)
    )


def on_paper(hotel: Hotel, at: dt.datetime | None = None) -> Paper:
    """Write the hotel down as it is, its days counted from the business date at a moment."""
    today = hotel.business_date(at)

    def days(date: dt.date | None) -> int | None:
        return None if date is None else (date - today) // DAY

    rooms = list(Room.objects.filter(hotel=hotel).select_related("room_type").order_by("pk"))
    places = {room.pk: n for n, room in enumerate(rooms)}
    written = {
        room.pk: MadeUpRoom(
            room.room_type.code,
            room.room_status,
            room.is_active,
            room.maintenance_priority,
            room.maintenance_stops_sale,
            days(room.maintenance_until),
            room.return_status,
            days(room.out_of_order_until),
        )
        for room in rooms
    }
    for closure in Closure.objects.filter(room__hotel=hotel, status="PLANNED", kind="OUT_OF_ORDER"):
        written[closure.room_id].closures.append((days(closure.start), days(closure.until)))
    bookings = Booking.objects.filter(hotel=hotel, status__in=HOLDING).order_by("pk")
    # Who shares with a stay that has left still shares with those who share with it.
    listed = list(bookings.select_related("room_type"))
    leads: dict[int, int] = {}
    for n, booking in enumerate(listed):
        leads.setdefault(booking.shares_with_id or booking.pk, n)
    paper = Paper(hotel.readiness_policy, list(written.values()), [])
    for n, booking in enumerate(listed):
        first = leads[booking.shares_with_id or booking.pk]
        paper.stays.append(
            Stay(
                booking.room_type.code,
                None if booking.room_id is None else places[booking.room_id],
                booking.status,
                days(booking.check_in),
                days(booking.check_out),
                None if first == n else first,
            )
        )
    paper.pks = [booking.pk for booking in listed]
    paper.parties = [booking.shares_with_id or booking.pk for booking in listed]
    for limit in RoomTypeInventory.objects.filter(room_type__hotel=hotel).select_related(
        "room_type"
    ):
        cap = 0 if limit.stop_sell else limit.total_rooms
        paper.limits[limit.room_type.code, days(limit.date)] = cap
    return paper


def compare(hotel: Hotel, paper: Paper, *, nights: int = 10, at: dt.datetime | None = None) -> None:
    """Fail where availability says otherwise than the paper, for nights and day uses ahead."""
    today = hotel.business_date(at)
    for offer in availability(hotel, today, today + nights * DAY, at=at):
        code = offer.room_type.code
        by_hand = [paper.left(code, night) for night in range(nights)]
        assert [night.sellable for night in offer.nights] == by_hand, (code, paper)
    for day in range(nights):
        for offer in availability(hotel, today + day * DAY, today + day * DAY, at=at):
            code = offer.room_type.code
            by_hand = paper.left(code, day, by_day=True)
            assert offer.sellable == by_hand, (code, day, paper)
