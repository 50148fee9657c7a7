"""What may be done with a booking, and which room it may have: each rule once.

A rule about the booking is an error for the service (`require`) and a boolean for the button
(`may`). A rule about a room is asked by the service, under its locks.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hotel.choices import DESK
from hotel.exceptions import (
    ArrivesLater,
    GivenAnotherRoom,
    InvalidInput,
    NoRoomYet,
    NotCheckedIn,
    NotConfirmed,
    NothingToReinstate,
    ReadyroomError,
    RoomNotReady,
    RoomOutOfOrder,
    RoomOutOfOrderForGood,
    RoomTaken,
    RoomTakesNoGuests,
    SharesSince,
    StayIsEnded,
    StayOver,
    TooEarlyForNoShow,
)
from hotel.models import Hotel, Staff
from rooms import permissions
from rooms.change import Change
from rooms.effects import require_fault_accepted
from rooms.models import Room, RoomType
from stays.availability import DAY, MAX_NIGHTS, expected_end
from stays.choices import HOLDING, BookingAction, BookingStatus, Phase
from stays.holds import held, require_left
from stays.models import Booking, BookingQuerySet
from stays.phase import phase_on

# What makes no sense once nothing of the stay is left.
NEED_A_NIGHT = (
    BookingAction.ASSIGN,
    BookingAction.SWAP,
    BookingAction.SHARE,
    BookingAction.CHECK_IN,
)


def refusal(
    staff: Staff | None, action: BookingAction, booking: Booking, today: dt.date
) -> ReadyroomError | None:
    """Return why `staff` may not do `action` to the booking as it stands `today`, or None."""
    if refused := permissions.role_refusal(staff, DESK, booking.hotel, action.label):
        return refused
    if wrong_status := _status_refusal(action, booking):
        return wrong_status
    if action in (BookingAction.UNASSIGN, BookingAction.SWAP) and booking.room_id is None:
        return NoRoomYet(booking=booking)
    stands = phase_on(booking, today)
    if action is BookingAction.CHECK_IN and stands is Phase.TO_COME:
        return ArrivesLater(booking=booking, check_in=booking.check_in)
    if action in NEED_A_NIGHT and stands is Phase.ENDED_WITHOUT_ARRIVAL:
        return StayOver(booking=booking, check_out=booking.check_out)
    if action is BookingAction.NO_SHOW and stands is Phase.TO_COME:
        return TooEarlyForNoShow(booking=booking, check_in=booking.check_in)
    return None


def _status_refusal(action: BookingAction, booking: Booking) -> ReadyroomError | None:
    """Return why the booking's status does not allow the action, or None."""
    about = {"booking": booking, "status": booking.get_status_display()}
    holding = booking.status in HOLDING
    if action in (BookingAction.CHECK_OUT, BookingAction.MOVE):
        in_house = booking.status == BookingStatus.IN_HOUSE
        return None if in_house else NotCheckedIn(booking=booking)
    if action is BookingAction.CHANGE:
        return None if holding else StayIsEnded(**about)
    if action is BookingAction.REINSTATE:
        return NothingToReinstate(**about) if holding else None
    return None if booking.status == BookingStatus.CONFIRMED else NotConfirmed(**about)


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


def lock_all(bookings: Iterable[Booking], rooms: Iterable[Room | None] = ()) -> None:
    """Lock these rooms and those of the bookings, then the bookings, and bring all up to date.

    Those who share with them are locked too. Raises IllegalTransition where a booking was given
    another room, or somebody to share with, after it was read: that one is not locked.
    """
    given = list(bookings)
    parties = {other.pk: other for stay in given for other in others_of(stay)}
    both = parties | {stay.pk: stay for stay in given}
    stays = [stay for _, stay in sorted(both.items())]
    found = {room.pk: room for room in [*(stay.room for stay in stays), *rooms] if room}
    list(Room.objects.filter(pk__in=found).locked())
    for room in [*(stay.room for stay in stays), *rooms]:
        if room:
            room.refresh_from_db(from_queryset=Room.objects.with_people())
    for stay in stays:
        stay.refresh_from_db(
            from_queryset=Booking.objects.select_related(
                "hotel", "room_type", "room__room_type"
            ).select_for_update(of=("self",), no_key=True)
        )
        if stay.room_id and stay.room_id not in found and stay.status in HOLDING:
            raise GivenAnotherRoom(booking=stay)
    known = {stay.pk for stay in stays}
    for stay in given:
        if any(other.pk not in known for other in others_of(stay)):
            raise SharesSince(booking=stay)


def require_same_hotel(booking: Booking, room: Room) -> None:
    """Raise InvalidInput for a room of another hotel."""
    if room.hotel_id != booking.hotel_id:
        raise InvalidInput({"room": _("%s has no such room.") % booking.hotel})


def require_in_use(room: Room) -> None:
    """Raise NotBookable for a room that takes no guests at all."""
    if not room.is_active:
        raise RoomTakesNoGuests(room=room)


def require_ready(room: Room, *, accept_fault: bool = False) -> None:
    """Raise NotBookable unless a guest can be let in this minute.

    A room that is ready but for a small fault is given if somebody accepts it with `accept_fault`.
    """
    require_in_use(room)
    require_fault_accepted(room, accept_fault)
    if not (room.is_bookable or room.is_givable_with_fault):
        raise RoomNotReady(room=room, status=room.get_room_status_display())


def require_in_order(booking: Booking, room: Room, today: dt.date) -> None:
    """Raise NotBookable where the room is still out of order when the guests come."""
    if not room.is_out_of_order:
        return
    until = expected_end(room.out_of_order_until, today)
    if until is None:
        raise RoomOutOfOrderForGood(room=room)
    if until > booking.check_in:
        raise RoomOutOfOrder(room=room, until=until)


def require_free(booking: Booking, room: Room, today: dt.date) -> None:
    """Raise RoomTaken where a stay that does not share the room has it for some of this one's time.

    Only the time from today on counts. A guest past the departure date has the room tonight.
    """
    if other := others_in(booking, room, today).first():
        raise RoomTaken(room, other)


def others_in(booking: Booking, room: Room, today: dt.date) -> BookingQuerySet:
    """Return the stays that have the room for some of this one's time, but do not share it."""
    begins, ends = min(max(booking.check_in, today), booking.check_out), booking.check_out
    if booking.status == BookingStatus.IN_HOUSE and ends < today:
        # A guest past the departure date needs the room tonight.
        begins, ends = today, today + DAY
    taking = Booking.objects.filter(room=room).taking(begins, ends, today)
    return taking.not_sharing_with(booking)


def free_rooms(booking: Booking, today: dt.date) -> list[Room]:
    """Return rooms of the stay's type that it could have throughout; ready ones for who is in."""
    wanted = Room.objects.filter(hotel=booking.hotel, room_type=(booking.room or booking).room_type)
    if booking.status == BookingStatus.IN_HOUSE:
        wanted = wanted.bookable()
    else:
        wanted = wanted.active().exclude(is_out_of_order=True)
    return [
        room for room in wanted.order_by("number") if not others_in(booking, room, today).exists()
    ]


def require_type_left(booking: Booking, room: Room, at: dt.datetime | None) -> None:
    """Raise NoAvailability where the room's type is sold out for a night still ahead.

    Asked only where the stay holds another type so far.
    """
    today = booking.hotel.business_date(at)
    stays = party(booking)
    before = held([stays], today)
    after = Counter({(room.room_type, day, noon): n for (_, day, noon), n in before.items()})
    require_left(booking.hotel, before, after, at, in_a_room=True)


def party(booking: Booking) -> list[Booking]:
    """Return the stay and those that share its room, the one that holds it first."""
    lead = booking.shares_with_id or booking.pk
    return sorted([booking, *others_of(booking)], key=lambda stay: (stay.pk != lead, stay.pk))


def sharers(booking: Booking) -> list[Booking]:
    """Return the other stays of the party that are expected or in house."""
    return [stay for stay in others_of(booking) if stay.status in HOLDING]


def others_of(booking: Booking) -> list[Booking]:
    """Return the other stays of the party, those that have left among them."""
    lead = booking.shares_with_id or booking.pk
    others = Booking.objects.filter(Q(pk=lead) | Q(shares_with=lead)).exclude(pk=booking.pk)
    return list(others.select_related("hotel", "room_type", "room__room_type"))


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
