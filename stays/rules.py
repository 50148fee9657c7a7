"""What may be done with a booking, and which room it may have: each rule once.

A rule about the booking is an error for the service (`require`) and a boolean for the button
(`may`). A rule about a room is asked by the service, under its locks.
"""

import datetime as dt

from django.utils.formats import date_format
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
    RoomNotReady,
    RoomOutOfOrder,
    RoomOutOfOrderForGood,
    RoomTaken,
    RoomTakesNoGuests,
    StayOver,
    TooEarlyForNoShow,
)
from hotel.models import Hotel, Staff
from rooms import log, permissions
from rooms.change import Change
from rooms.models import Room, RoomType
from stays.availability import MAX_NIGHTS, availability, expected_end
from stays.choices import HOLDING, BookingAction, BookingStatus, Phase
from stays.models import Booking
from stays.phase import phase_on

# What makes no sense once nothing of the stay is left.
NEED_A_NIGHT = (BookingAction.ASSIGN, BookingAction.CHECK_IN)


def refusal(
    staff: Staff | None, action: BookingAction, booking: Booking, today: dt.date
) -> ReadyroomError | None:
    """Return why `staff` may not do `action` to the booking as it stands `today`, or None."""
    if refused := permissions.role_refusal(staff, DESK, booking.hotel, action.label):
        return refused
    if action is BookingAction.CHECK_OUT:
        in_house = booking.status == BookingStatus.IN_HOUSE
        return None if in_house else NotCheckedIn(booking=booking)
    if booking.status != BookingStatus.CONFIRMED:
        return NotConfirmed(booking=booking, status=booking.get_status_display())
    stands = phase_on(booking, today)
    if action is BookingAction.CHECK_IN and stands is Phase.TO_COME:
        return ArrivesLater(booking=booking, check_in=booking.check_in)
    if action in NEED_A_NIGHT and stands is Phase.ENDED_WITHOUT_ARRIVAL:
        return StayOver(booking=booking, check_out=booking.check_out)
    if action is BookingAction.NO_SHOW and stands is Phase.TO_COME:
        return TooEarlyForNoShow(booking=booking, check_in=booking.check_in)
    return None


def require(change: Change, action: BookingAction, booking: Booking) -> None:
    """Raise what `refusal` gives on the business date of the change."""
    today = booking.hotel.business_date(change.occurred_at)
    if refused := refusal(change.by, action, booking, today):
        raise refused


def may(staff: Staff, action: BookingAction, booking: Booking, today: dt.date) -> bool:
    """Tell whether `staff` may do `action` to the booking: the button's side of `require`."""
    return refusal(staff, action, booking, today) is None


def require_desk(change: Change, booking: Booking, action: BookingAction) -> None:
    """Raise NotAllowed unless the person works at the booking's front desk."""
    permissions.require_role(change.by, DESK, booking.hotel, action.label)


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
    """Raise NotBookable where the room is still out of order when the guests come."""
    if not room.is_out_of_order:
        return
    until = expected_end(room, today)
    if until is None:
        raise RoomOutOfOrderForGood(room=room)
    if until > booking.check_in:
        raise RoomOutOfOrder(room=room, until=until)


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


def stay_errors(
    hotel: Hotel,
    room_type: RoomType | None,
    check_in: dt.date,
    check_out: dt.date,
    adults: int,
    children: int,
    today: dt.date,
) -> dict[str, str]:
    """Return what no stay may be, by field: too long, too far ahead, too many in one room.

    Without a type, the people are not limited. Nothing is asked of the database.
    """
    errors = {}
    latest = today + dt.timedelta(days=hotel.arrival_days_ahead)
    if check_in > latest:
        errors["check_in"] = _("Arrivals can be booked until %s.") % date_format(latest, "j F Y")
    if check_out < check_in:
        errors["check_out"] = _("The departure is before the arrival.")
    elif (check_out - check_in).days > MAX_NIGHTS:
        errors["check_out"] = _("A stay has %d nights at most.") % MAX_NIGHTS
    persons = adults + children
    if persons < 1:
        errors["adults"] = _("Somebody must stay.")
    if room_type and room_type.max_persons and persons > room_type.max_persons:
        most = {"room_type": room_type.name, "most": room_type.max_persons}
        crowded = _("%(room_type)s takes %(most)d people at most, children included.") % most
        errors["children" if children else "adults"] = crowded
    if room_type and room_type.max_adults and adults > room_type.max_adults:
        most = {"room_type": room_type.name, "most": room_type.max_adults}
        errors["adults"] = _("%(room_type)s takes %(most)d adults at most.") % most
    return errors


def require_left(room_type: RoomType, left: dict[dt.date, int]) -> None:
    """Raise NoAvailability, naming the first night of which nothing is left."""
    for night, rooms in left.items():
        if rooms < 1:
            raise NoAvailability(room_type=room_type.name, night=night)
