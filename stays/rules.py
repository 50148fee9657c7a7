"""What may be done with a booking, and which room it may have: each rule once.

A rule about the booking is an error for the service (`require`) and a boolean for the button
(`may`). A rule about a room is asked by the service, under its locks.
"""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from hotel.choices import DESK
from hotel.exceptions import (
    ArrivesLater,
    GivenAnotherRoom,
    InvalidInput,
    NoAvailability,
    NotCheckedIn,
    NotConfirmed,
    ReadyroomError,
    RoomCloses,
    RoomClosesForGood,
    RoomNotReady,
    RoomOutOfOrder,
    RoomOutOfOrderForGood,
    RoomTaken,
    RoomTakesNoGuests,
    StayOver,
    TooEarlyForNoShow,
)
from hotel.models import Staff
from rooms import log, permissions
from rooms.change import Change
from rooms.choices import ClosureKind, ClosureStatus, Source
from rooms.models import Room, RoomType
from stays.availability import availability, expected_end
from stays.choices import HOLDING, BookingAction, BookingStatus
from stays.models import Booking


def refusal(
    staff: Staff | None,
    action: BookingAction,
    booking: Booking,
    today: dt.date,
    *,
    source: Source | None = None,
) -> ReadyroomError | None:
    """Return why `staff` may not do `action` to the booking as it stands `today`, or None."""
    if refused := permissions.role_refusal(staff, DESK, booking.hotel, action.label, source=source):
        return refused
    if action is BookingAction.CHECK_OUT:
        in_house = booking.status == BookingStatus.IN_HOUSE
        return None if in_house else NotCheckedIn(booking=booking)
    if booking.status != BookingStatus.CONFIRMED:
        return NotConfirmed(booking=booking, status=booking.get_status_display())
    if action is BookingAction.CHECK_IN and today < booking.check_in:
        return ArrivesLater(booking=booking, check_in=booking.check_in)
    if action is BookingAction.CHECK_IN and today > booking.check_out:
        return StayOver(booking=booking, check_out=booking.check_out)
    if action is BookingAction.NO_SHOW and today < booking.check_in:
        return TooEarlyForNoShow(booking=booking, check_in=booking.check_in)
    return None


def require(change: Change, action: BookingAction, booking: Booking) -> None:
    """Raise what `refusal` gives on the business date of the change."""
    today = booking.hotel.business_date(change.occurred_at)
    if refused := refusal(change.by, action, booking, today, source=change.source):
        raise refused


def may(staff: Staff, action: BookingAction, booking: Booking, today: dt.date) -> bool:
    """Tell whether `staff` may do `action` to the booking: the button's side of `require`."""
    return refusal(staff, action, booking, today) is None


def require_desk(change: Change, booking: Booking, action: BookingAction) -> None:
    """Raise NotAllowed unless the person works at the booking's front desk."""
    permissions.require_role(change.by, DESK, booking.hotel, action.label, source=change.source)


def lock(booking: Booking, room: Room | None) -> Room | None:
    """Lock the rooms, then the booking, bring both up to date, and return `room`.

    The booking's own room is locked too. Raises IllegalTransition where the booking was given a
    third room after it was read: that one is not locked.
    """
    rooms = {pk for pk in (booking.room_id, room.pk if room else None) if pk}
    list(Room.objects.filter(pk__in=rooms).locked())
    if room is not None:
        room.refresh_from_db(from_queryset=Room.objects.with_people())
    booking.refresh_from_db(
        from_queryset=Booking.objects.select_related("hotel", "room").select_for_update(
            of=("self",), no_key=True
        )
    )
    if booking.room_id and booking.room_id not in rooms and booking.status in HOLDING:
        raise GivenAnotherRoom(booking=booking)
    return room


def require_same_hotel(booking: Booking, room: Room) -> None:
    """Raise InvalidInput for a room of another hotel."""
    if room.hotel_id != booking.hotel_id:
        raise InvalidInput({"room": _("%s has no such room.") % booking.hotel})


def require_in_use(room: Room) -> None:
    """Raise NotBookable for a room that takes no guests at all."""
    if not room.is_active:
        raise RoomTakesNoGuests(room=room)


def require_ready(room: Room) -> None:
    """Raise NotBookable unless a guest can be let in this minute."""
    require_in_use(room)
    if not room.is_bookable:
        raise RoomNotReady(room=room, status=room.get_room_status_display())


def require_in_order(booking: Booking, room: Room, today: dt.date) -> None:
    """Raise NotBookable where the room is out of order when the guests come, or will be then."""
    if room.is_out_of_order:
        until = expected_end(room, today)
        if until is None:
            raise RoomOutOfOrderForGood(room=room)
        if until > booking.check_in:
            raise RoomOutOfOrder(room=room, until=until)
    require_not_closing(booking, room)


def require_not_closing(booking: Booking, room: Room) -> None:
    """Raise NotBookable where the stay meets a planned closure that takes the room off sale."""
    planned = room.closures.filter(
        during(booking.check_in, booking.check_out),
        kind=ClosureKind.OUT_OF_ORDER,
        status=ClosureStatus.PLANNED,
    )
    if closure := planned.first():
        about = {"room": room, "start": closure.start, "reason": closure.reason}
        if closure.until is None:
            raise RoomClosesForGood(**about)
        raise RoomCloses(**about, until=closure.until)


def during(check_in: dt.date, check_out: dt.date) -> Q:
    """Return the condition on closures that take a night of the stay; of a day use, its day."""
    last = max(check_out, check_in + dt.timedelta(days=1))
    return Q(start__lt=last) & (Q(until__isnull=True) | Q(until__gt=check_in))


def require_free(booking: Booking, room: Room) -> None:
    """Raise RoomTaken where another stay has the room for some of this one's time."""
    others = room.bookings.clashing(booking.check_in, booking.check_out).exclude(pk=booking.pk)
    if other := others.first():
        raise RoomTaken(room, other)


def require_type_left(booking: Booking, room: Room, at: dt.datetime | None) -> None:
    """Raise NoAvailability where the room's type is sold out for a night still ahead.

    Asked only where the stay holds another type so far. The hotel's row stays locked, so that the
    type's last room is not sold meanwhile.
    """
    hotel, room_type = booking.hotel, room.room_type
    if room_type.pk == (booking.room or booking).room_type_id:
        return
    log.lock(hotel)
    begin = min(max(booking.check_in, hotel.business_date(at)), booking.check_out)
    (offer,) = availability(hotel, begin, booking.check_out, room_type=room_type, at=at)
    require_left(room_type, {night.date: night.assignable for night in offer.nights})


def require_left(room_type: RoomType, left: dict[dt.date, int]) -> None:
    """Raise NoAvailability, naming the first night of which nothing is left."""
    for night, rooms in left.items():
        if rooms < 1:
            raise NoAvailability(room_type=room_type.name, night=night)
