"""How many rooms could take a stay throughout, and the way to one where none is free.

stays.room_chart reads the rooms, stays.tape_chart and stays.swaps search; stays.rearrange carries a
plan out.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from hotel.models import Hotel
from rooms.models import Room
from stays import swaps
from stays.availability import TypeAvailability
from stays.choices import BookingStatus
from stays.models import Booking
from stays.room_chart import Chart, read_blocks, read_stays, span_of, start_of
from stays.tape_chart import EXTRA, SECONDS, Fit, Item, Key, most_that_fit, rooms_left


@dataclass(frozen=True)
class RoomMove:
    """A booking that changes rooms."""

    booking: Booking
    from_room: Room | None
    to_room: Room


@dataclass(frozen=True)
class StayPart:
    """The nights [check_in, check_out) in one room."""

    check_in: dt.date
    check_out: dt.date
    room: Room


@dataclass(frozen=True)
class RoomPlan:
    """The way to a room for a stay, as the rooms are assigned now.

    `without_move` rooms could take it throughout, once those to come are shuffled; at least so
    many where `exact` is false. `free` can take it as it is. Without one of these, the moves of
    `chain` make `room` free (`shortest`: no fewer would); or `parts` is the stay in as few rooms
    as can be. All are empty where the type has no room left on one of its nights.
    """

    without_move: int = 0
    exact: bool = True
    free: tuple[Room, ...] = ()
    room: Room | None = None
    chain: tuple[RoomMove, ...] = ()
    shortest: bool = True
    parts: tuple[StayPart, ...] = ()


def without_move(
    hotel: Hotel,
    found: Iterable[TypeAvailability],
    check_in: dt.date,
    check_out: dt.date,
    at: dt.datetime | None = None,
) -> dict[int, Fit]:
    """Return how many more stays [check_in, check_out) each type takes without a move, by its key.

    `found` is what can be sold for the stay. Counting is exact unless a block begins later than
    the stay, so the stays are read only where one does. The types share the search's time.
    """
    fits = {one.room_type.pk: Fit(one.sellable) for one in found}
    today = hotel.business_date(at)
    asked = span_of(check_in, check_out, today)
    keys = [key for key, fit in fits.items() if fit.count]
    if not keys or asked[0] >= asked[1]:
        return fits
    charts = {
        key: chart
        for key, chart in read_blocks(hotel, today, min(keys), max(keys)).items()
        if key in keys and chart.last_block > start_of(today)
    }
    if charts:
        last = max(asked[1], *(chart.last_block for chart in charts.values()))
        read_stays(hotel, charts, today, until=last)
    for key, chart in charts.items():
        most, share = fits[key].count, SECONDS / len(charts)
        fits[key] = most_that_fit(chart.blocked, chart.parties, asked, most, share)
    return fits


def rooms_for(booking: Booking, at: dt.datetime | None = None) -> Fit | None:
    """Return how many rooms of its type could take all of a booking, or None.

    None for a booking that has a room, is not confirmed, or has no night left.
    """
    today = booking.hotel.business_date(at)
    if booking.status != BookingStatus.CONFIRMED or booking.room_id or booking.ends_before <= today:
        return None
    chart, own = chart_for(booking, today)
    return most_that_fit(chart.blocked, chart.parties, own[:2])


def plan_for(booking: Booking, at: dt.datetime | None = None) -> RoomPlan:
    """Return the way to a room for a confirmed booking, in five queries at most.

    For a stay that is not booked yet, give a Booking that is not saved.
    """
    today = booking.hotel.business_date(at)
    if booking.ends_before <= today:
        return RoomPlan()
    chart, own = chart_for(booking, today)
    blocked, held, asked = chart.blocked, chart.held(), own[:2]
    fit = most_that_fit(blocked, chart.parties, asked)
    free = swaps.free_rooms(blocked, held, asked)
    chain = None
    if not free and (fit.count or not fit.exact):
        chain = swaps.shortest_chain(blocked, held, asked, len(chart.parties))
        if chain is None:
            extra = [(EXTRA, n) for n in range(fit.count)]
            chain = swaps.chain_of_plan(fit.plan, held, asked, extra)
    segments: tuple[swaps.Segment, ...] = ()
    alone = len(chart.members.get(own.key, ())) < 2
    if not free and not chain and alone and rooms_left(blocked, chart.parties, asked) > 0:
        first = max(booking.check_in, today)
        segments = swaps.fewest_segments(
            blocked, held, first.toordinal(), booking.check_out.toordinal()
        )
    return _named(chart, fit, free, chain, segments)


def _named(
    chart: Chart,
    fit: Fit,
    free: Iterable[Key],
    chain: swaps.Chain | None,
    segments: Iterable[swaps.Segment],
) -> RoomPlan:
    """Return the plan with its rooms and bookings; all who share a room move together."""
    rooms = Room.objects.with_house().in_bulk(list(chart.blocked))
    moves = [
        (key, move) for move in (chain.moves if chain else ()) for key in chart.members[move.key]
    ]
    bookings = Booking.objects.select_related("hotel", "room").in_bulk([key for key, _ in moves])
    return RoomPlan(
        without_move=fit.count,
        exact=fit.exact,
        free=tuple(rooms[room] for room in free),
        room=rooms[chain.room] if chain else None,
        chain=tuple(
            RoomMove(bookings[key], bookings[key].room, rooms[move.to_room]) for key, move in moves
        ),
        shortest=chain.shortest if chain else True,
        parts=tuple(
            StayPart(
                dt.date.fromordinal(part.check_in),
                dt.date.fromordinal(part.check_out),
                rooms[part.room],
            )
            for part in segments
        ),
    )


def chart_for(booking: Booking, today: dt.date) -> tuple[Chart, Item]:
    """Return the chart of the booking's type without the booking, and its own party."""
    kind = (booking.room or booking).room_type_id
    charts = read_blocks(booking.hotel, today, kind, kind)
    chart = charts.setdefault(kind, Chart())
    read_stays(booking.hotel, charts, today)
    key = booking.shares_with_id or booking.pk
    own = Item(*span_of(booking.check_in, booking.check_out, today), key)
    for party in chart.parties:
        if party.key == key:
            own = party
            chart.parties.remove(party)
            break
    return chart, own
