"""A room for a stay that finds none as things are: others change rooms, or the stay is divided.

Each is whole or absent. The order of the locks is that of rooms.log.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hotel.exceptions import InvalidInput, PlanOutdated, SharedStay
from rooms import log
from rooms.change import Change
from rooms.choices import LogAction
from rooms.models import Room
from stays import rules
from stays.bookings import keep
from stays.choices import BookingAction, BookingStatus
from stays.models import Booking, new_booking_id
from stays.room_chart import Chart, span_of
from stays.room_plan import RoomMove, RoomPlan, StayPart, chart_for
from stays.swaps import overlap
from stays.tape_chart import Item, Key, Span


def apply_chain(booking: Booking, plan: RoomPlan, change: Change) -> Booking:
    """Move the stays of the plan's chain, and keep the room that becomes free for the booking.

    All who share its room get it too. Raises NotAllowed, NotConfirmed, InvalidInput for a plan
    without a chain, or PlanOutdated where a stay or a room is not what it was.
    """
    rules.require_desk(change, booking, BookingAction.ASSIGN)
    room, moves = plan.room, plan.chain
    if room is None or not moves:
        raise InvalidInput({"room": _("There is nothing to rearrange.")})
    rooms = [room, *(one for move in moves for one in (move.from_room, move.to_room) if one)]
    seen = [(move.booking.check_in, move.booking.check_out) for move in moves]
    with log.opened(
        booking.hotel,
        change,
        lambda: _lock(booking, rooms, [move.booking for move in moves]),
        action=LogAction.ROOM_ASSIGNED,
        room=room,
        booking=booking,
    ) as repeat:
        if repeat:
            return booking
        rules.require(change, BookingAction.ASSIGN, booking)
        for move, dates in zip(moves, seen, strict=True):
            moved = move.booking
            if (moved.status, moved.room_id) != (BookingStatus.CONFIRMED, _key(move.from_room)):
                raise PlanOutdated
            if (moved.check_in, moved.check_out) != dates:
                raise PlanOutdated
        _require_free(booking, room, moves, change)
        for move in moves:
            _keep(move.booking, move.to_room, change.part())
        for sharer in _party(booking):
            _keep(sharer, room, change.part())
        _keep(booking, room, change)
    return booking


def divide(booking: Booking, parts: Sequence[StayPart], change: Change) -> list[Booking]:
    """Divide a stay between rooms: the booking keeps the first part, new ones take the others.

    Returns all of them. Raises NotAllowed, NotConfirmed, InvalidInput for fewer than two parts,
    SharedStay, or PlanOutdated where the parts are not the stay or a room is not free.
    """
    rules.require_desk(change, booking, BookingAction.ASSIGN)
    if len(parts) < 2:
        raise InvalidInput({"room": _("There is nothing to divide.")})
    first, *others = parts
    with log.opened(
        booking.hotel,
        change,
        lambda: _lock(booking, [part.room for part in parts], []),
        action=LogAction.ROOM_ASSIGNED,
        room=first.room,
        booking=booking,
    ) as repeat:
        if repeat:
            return [booking]
        rules.require(change, BookingAction.ASSIGN, booking)
        if booking.shares_with_id or _party(booking):
            raise SharedStay(booking=booking)
        _require_parts(booking, parts, change)
        rest = [_part_of(booking, part) for part in others]
        booking.check_out = first.check_out
        booking.save(update_fields=["check_out"])
        until = date_format(first.check_out, "j F")
        notes = _("Until %(day)s; then %(rest)s.") % {
            "day": until,
            "rest": ", ".join(one.booking_id for one in rest),
        }
        changed = LogAction.STAY_CHANGED
        log.append(booking.hotel, changed, change.part(), booking=booking, notes=notes)
        _keep(booking, first.room, change)
        for one, part in zip(rest, others, strict=True):
            one.save()
            log.append(booking.hotel, LogAction.BOOKING_CREATED, change.part(), booking=one)
            _keep(one, part.room, change.part())
    return [booking, *rest]


def _lock(booking: Booking, rooms: Iterable[Room], others: list[Booking]) -> Room | None:
    """Lock the rooms, the bookings and the hotel's row, and bring the bookings up to date."""
    bookings = {one.pk: one for one in (*others, booking)}
    room_keys = {room.pk for room in rooms}
    room_keys |= {one.room_id for one in bookings.values() if one.room_id}
    locked_rooms = Room.objects.filter(pk__in=room_keys).with_house().locked()
    found = {room.pk: room for room in locked_rooms}
    sharing = Q(pk__in=bookings) | Q(shares_with__in=bookings)
    rows = Booking.objects.filter(sharing).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    for one in bookings.values():
        one.refresh_from_db(from_queryset=Booking.objects.select_related("hotel", "room"))
        if one.room_id and one.room_id not in found:
            raise PlanOutdated
    log.lock(booking.hotel)
    return next((found[room.pk] for room in rooms if room.pk in found), None)


def _require_free(booking: Booking, room: Room, moves: Sequence[RoomMove], change: Change) -> None:
    """Raise PlanOutdated unless everybody has a room to themselves after the moves."""
    today = booking.hotel.business_date(change.occurred_at)
    chart, own = chart_for(booking, today)
    items = {party.key: party for party in chart.parties}
    moving = {move.booking.pk: move.to_room.pk for move in moves}
    to = {
        key: moving[members[0]]
        for key, members in chart.members.items()
        # Those who share a room move together.
        if key in items and moving.keys() >= set(members)
    }
    if sum(len(chart.members[key]) for key in to) != len(moving):
        raise PlanOutdated
    placed = [(own, room.pk), *((items[key], place) for key, place in to.items())]
    chart.parties = [party for party in chart.parties if party.key not in to]
    for item, place in placed:
        _require_open(chart, item, place)
        chart.parties.append(item)
        chart.rooms[item.key] = place


def _require_parts(booking: Booking, parts: Sequence[StayPart], change: Change) -> None:
    """Raise PlanOutdated unless the parts are the whole stay, each in a room that is free."""
    today = booking.hotel.business_date(change.occurred_at)
    days = [max(booking.check_in, today), *(part.check_out for part in parts)]
    if days[-1] != booking.check_out or days[:-1] != [part.check_in for part in parts]:
        raise PlanOutdated
    chart, _own = chart_for(booking, today)
    for part in parts:
        span = span_of(part.check_in, part.check_out, today)
        if span[0] >= span[1]:
            raise PlanOutdated
        _require_open(chart, span, part.room.pk)


def _require_open(chart: Chart, span: Span | Item, room: Key) -> None:
    """Raise PlanOutdated unless the room takes guests and has nobody then."""
    held = chart.held()
    if room not in held or any(overlap(span, one) for one in chart.blocked[room]):
        raise PlanOutdated
    if any(overlap(span, one) for one in held[room]):
        raise PlanOutdated


def _keep(booking: Booking, room: Room, change: Change) -> None:
    if booking.room_id != room.pk:
        keep(booking, room, change)


def _part_of(booking: Booking, part: StayPart) -> Booking:
    """Return a further part of the stay, as a booking of its own that is not saved yet."""
    same = ("hotel", "room_type", "guest_name", "adults", "children", "babies", "meal", "country")
    copied = {name: getattr(booking, name) for name in (*same, "special_requests", "booked_on")}
    return Booking(
        booking_id=new_booking_id(), check_in=part.check_in, check_out=part.check_out, **copied
    )


def _party(booking: Booking) -> list[Booking]:
    """Return those expected who share the booking's room, without the booking."""
    return [stay for stay in rules.others_of(booking) if stay.status == BookingStatus.CONFIRMED]


def _key(room: Room | None) -> int | None:
    return room.pk if room else None
