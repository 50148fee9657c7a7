"""A room that closes, and the stays that are promised it: the person sees them and says where to.

A promise is a confirmed booking assigned to the room for a night on which it will be closed. The
question is asked in the transaction that closes the room, under its lock, so no promise made
meanwhile is passed over.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from hotel.exceptions import PromisedMeanwhile
from hotel.models import Hotel
from rooms import closures, log, setup
from rooms.change import ActionInput, Change
from rooms.choices import Action, ClosureKind, LogAction, RoomStatus
from rooms.closures import ClosureInput
from rooms.models import Closure, Room, RoomEvent
from rooms.perform import perform
from stays import bookings, rules
from stays.availability import expected_end
from stays.choices import BookingStatus
from stays.models import Booking

Done = TypeVar("Done")
# [start, until); without `until`, every night to come.
Nights = tuple[dt.date, dt.date | None]


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What the person saw and chose: the bookings' ids, and for some the room that they get.

    None is no room yet. A booking without a choice keeps the room, for the desk to see to.
    """

    seen: frozenset[str] = frozenset()
    rooms: Mapping[str, Room | None] = field(default_factory=dict)


def promised(room: Room, start: dt.date, until: dt.date | None) -> list[Booking]:
    """Return the confirmed bookings that are assigned to the room for a day of [start, until)."""
    # A day use on the first day needs the room too.
    met = Q(check_out__gt=start) | Q(check_in__gte=start)
    found = room.bookings.filter(met, status=BookingStatus.CONFIRMED)
    if until is not None:
        found = found.filter(check_in__lt=until)
    return list(found.select_related("hotel", "room", "room_type"))


def promised_by(closure: Closure) -> list[Booking]:
    """Return the bookings that an open closure takes the room away from; by a service, none."""
    if closure.kind == ClosureKind.OUT_OF_SERVICE or closure.status not in closures.OPEN:
        return []
    return promised(closure.room, closure.start, closure.until)


def promised_in(hotel: Hotel) -> dict[int, list[Booking]]:
    """Return the stays of each of the hotel's open closures, by its pk, by two queries."""
    open_ones = Closure.objects.filter(
        room__hotel=hotel, kind=ClosureKind.OUT_OF_ORDER, status__in=closures.OPEN
    )
    stays = hotel.bookings.filter(room__in=open_ones.values("room"), status=BookingStatus.CONFIRMED)
    by_room = defaultdict(list)
    for stay in stays:
        by_room[stay.room_id].append(stay)
    return {
        one.pk: [
            stay
            for stay in by_room[one.room_id]
            if stay.ends_before > one.start and (one.until is None or stay.check_in < one.until)
        ]
        for one in open_ones
    }


def nights_closed(action: Action, room: Room, given: ActionInput) -> Nights | None:
    """Return the nights that an action on the room closes from today; None for any other action."""
    today = room.hotel.business_date()
    if action is Action.TAKE_OUT_OF_ORDER:
        return today, given.until
    if action is Action.OVERRIDE and given.room_status == RoomStatus.OUT_OF_ORDER:
        # An override keeps the end that was expected.
        return today, given.until or expected_end(room.out_of_order_until, today)
    return None


def out_of_service(hotel: Hotel, check_in: dt.date, check_out: dt.date) -> dict[int, str]:
    """Return why rooms are given last for a stay: the reason of the closure, by the room's pk."""
    found = Closure.objects.filter(
        rules.during(check_in, check_out),
        room__hotel=hotel,
        kind=ClosureKind.OUT_OF_SERVICE,
        status__in=closures.OPEN,
    )
    return dict(found.values_list("room", "reason"))


def plan(room: Room, given: ClosureInput, agreed: Agreed, change: Change) -> Closure:
    """Plan a closure, and give the stays promised the room what was chosen: both or neither.

    An out-of-service closure takes no promise away, so it asks nothing. Raises what
    rooms.closures.plan and stays.bookings.assign raise, and PromisedMeanwhile.
    """

    def close() -> Closure:
        return closures.plan(room, given, change)

    if given.kind == ClosureKind.OUT_OF_SERVICE:
        return close()
    return _close(room, (given.start, given.until), agreed, change, close)


def take_out_of_order(
    action: Action, room: Room, given: ActionInput, agreed: Agreed, change: Change
) -> RoomEvent:
    """Take a room out of order now, by the action or an override, with its promises as in `plan`.

    Raises what rooms.perform.perform and stays.bookings.assign raise, and PromisedMeanwhile.
    """
    nights = nights_closed(action, room, given)
    if nights is None:
        return perform(action, room, given, change)
    return _close(room, nights, agreed, change, lambda: perform(action, room, given, change))


def take_out_of_use(
    room: Room, changed_fields: Collection[str], agreed: Agreed, change: Change
) -> None:
    """Save a room's set-up that switches it off; stays promised it have no room from then on.

    Raises what rooms.setup.save_changes raises, and PromisedMeanwhile.
    """
    today = room.hotel.business_date(change.occurred_at)
    nowhere = Agreed(seen=agreed.seen, rooms=dict.fromkeys(agreed.seen))
    _close(
        room,
        (today, None),
        nowhere,
        setup.signed(room.hotel, "", change)[0],
        lambda: setup.save_changes(room, list(changed_fields), change),
    )


def _close(
    room: Room,
    nights: Nights,
    agreed: Agreed,
    change: Change,
    close: Callable[[], Done],
) -> Done:
    """Move the stays that are promised the room, then close it, whole or not at all."""
    with transaction.atomic():
        # All rooms, then all bookings: see the order in rooms.log.
        rooms = {room.pk, *(given.pk for given in agreed.rooms.values() if given)}
        list(Room.objects.filter(pk__in=rooms).locked())
        affected = promised(room, *nights)
        pks = [booking.pk for booking in affected]
        list(Booking.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True))
        new = [one.booking_id for one in affected if one.booking_id not in agreed.seen]
        if new:
            raise PromisedMeanwhile(room=room, bookings=get_text_list(new, _("and")))
        for booking in affected:
            if booking.booking_id not in agreed.rooms:
                continue
            if target := agreed.rooms[booking.booking_id]:
                bookings.assign(booking, target, change.part())
            else:
                _take_back(booking, room, change.part())
        return close()


def _take_back(booking: Booking, room: Room, change: Change) -> None:
    """Leave the booking without a room; the history of the room says so."""
    booking.room = None
    booking.save(update_fields=["room"])
    log.append(booking.hotel, LogAction.ROOM_UNASSIGNED, change, room=room, booking=booking)
