"""How a type's rooms are taken from today on: the chart that stays.room_plan plans on.

Reads the rooms with their closures, and the stays, in one query each.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import FilteredRelation, Q
from django.db.models.functions import Coalesce

from hotel.models import Hotel
from hotel.statements import Statement
from rooms.choices import ClosureKind, ClosureStatus, Priority
from rooms.models import Room
from stays.choices import BookingStatus
from stays.models import Booking
from stays.tape_chart import NEVER, Item, Key, Span, nights_span

# The first and the last key that a query for every type asks for.
ANY = (0, 2**63 - 1)
CONFIRMED, IN_HOUSE = BookingStatus.CONFIRMED, BookingStatus.IN_HOUSE

# A room that closes more than once has a row for each closure, and one that does not has one.
ROOMS = Statement(
    lambda hotel_id, first, last: (
        Room.objects.filter(hotel_id=hotel_id, room_type__pk__range=(first, last))
        .active()
        .annotate(
            closing=FilteredRelation(
                "closures",
                condition=Q(
                    closures__kind=ClosureKind.OUT_OF_ORDER,
                    closures__status__in=(ClosureStatus.PLANNED, ClosureStatus.RUNNING),
                ),
            )
        )
        .order_by("number")
        .values_list(
            "pk",
            "room_type",
            "is_out_of_order",
            "out_of_order_until",
            "maintenance_priority",
            "maintenance_stops_sale",
            "maintenance_until",
            "closing__start",
            "closing__until",
        )
    ),
    int,
    int,
    int,
)
STAYS = Statement(
    lambda hotel_id, first, last, today, until: (
        Booking.objects.filter(hotel_id=hotel_id, check_in__lte=until)
        .annotate(kind=Coalesce("room__room_type", "room_type"))
        .filter(
            Q(status=IN_HOUSE)
            | Q(status=CONFIRMED) & (Q(check_out__gt=today) | Q(check_in=today, check_out=today)),
            kind__range=(first, last),
        )
        .order_by("pk")
        .values_list("pk", "shares_with", "kind", "room", "status", "check_in", "check_out")
    ),
    int,
    int,
    int,
    dt.date,
    dt.date,
)


@dataclass
class Chart:
    """A type's rooms in half days: when each takes nobody, and the parties that can be moved.

    A party is a stay with those who share its room; its key is that of the stay that holds it.
    """

    blocked: dict[Key, list[Span]] = field(default_factory=dict)
    parties: list[Item] = field(default_factory=list)
    # Of each party: its bookings, and the room that is kept for it.
    members: dict[Key, list[int]] = field(default_factory=dict)
    rooms: dict[Key, int | None] = field(default_factory=dict)

    @property
    def last_block(self) -> int:
        """When the last block begins."""
        return max((span[0] for spans in self.blocked.values() for span in spans), default=0)

    def held(self) -> dict[Key, list[Item]]:
        """Return the parties that have a room, by room."""
        found: dict[Key, list[Item]] = {room: [] for room in self.blocked}
        for party in self.parties:
            room = self.rooms[party.key]
            if room in found:
                found[room].append(party)
        return found


def read_blocks(hotel: Hotel, today: dt.date, first: int, last: int) -> dict[int, Chart]:
    """Return the charts of the types with keys from `first` to `last`, without the stays."""
    charts: dict[int, Chart] = defaultdict(Chart)
    blocks: dict[int, list[Span]] = {}
    for pk, kind, out_of_order, out_until, priority, stops, repaired, start, until in ROOMS.rows(
        hotel.pk, first, last
    ):
        if pk not in blocks:
            blocks[pk] = charts[kind].blocked[pk] = []
            if out_of_order:
                blocks[pk].append(_block(today, today, out_until))
            if priority == Priority.HIGH or stops:
                blocks[pk].append(_block(today, today, repaired))
        if start is not None and (until is None or until > today):
            blocks[pk].append(_block(today, start, until))
    return charts


def read_stays(hotel: Hotel, charts: dict[int, Chart], today: dt.date, until: int = NEVER) -> None:
    """Fill the charts with the stays that arrive up to a half day, in the order of the bookings."""
    day = dt.date.fromordinal(min(until // 2, dt.date.max.toordinal()))
    rows = STAYS.rows(hotel.pk, min(charts), max(charts), today, day)
    parties: dict[int, list[_Stay]] = defaultdict(list)
    for pk, shares_with, kind, room, status, check_in, check_out in rows:
        if status == IN_HOUSE and check_out < today:
            # Who should have left keeps the room tonight.
            check_out = today + dt.timedelta(days=1)
        if kind in charts:
            span = span_of(check_in, check_out, today)
            parties[shares_with or pk].append(_Stay(pk, kind, room, status == IN_HOUSE, span))
    for key, members in parties.items():
        first = members[0]
        _place(charts[first.kind], key, members, start_of(today))


class _Stay(NamedTuple):
    """A stay as it is read."""

    pk: int
    kind: int
    room: int | None
    in_house: bool
    span: Span


def _place(chart: Chart, key: int, members: list[_Stay], now: int) -> None:
    """Put a party on the chart: where its guests are in house, or among those to be moved."""
    start, end = members[0].span
    room = members[0].room
    for stay in members[1:]:
        start, end = min(start, stay.span[0]), max(end, stay.span[1])
        room = room or stay.room
    given = {stay.room for stay in members if stay.in_house}
    for one in given:
        # Nobody else comes in before the last of them leaves.
        if one in chart.blocked and end > now:
            chart.blocked[one].append((now, end))
    if not given:
        chart.parties.append(Item(start, end, key))
        chart.members[key] = [stay.pk for stay in members]
        chart.rooms[key] = room


def start_of(today: dt.date) -> int:
    """Return the half day with which a day begins."""
    return 2 * today.toordinal()


def span_of(check_in: dt.date, check_out: dt.date, today: dt.date) -> Span:
    """Return what is left of a stay."""
    start, end = nights_span(check_in.toordinal(), check_out.toordinal())
    return max(start, start_of(today) + (check_in != check_out)), end


def _block(today: dt.date, start: dt.date, until: dt.date | None) -> Span:
    """Return the half days of a block; an end that has passed is none at all."""
    end = 2 * until.toordinal() if until and until > today else NEVER
    return max(start_of(today), 2 * start.toordinal()), end
