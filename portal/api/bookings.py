"""Bookings and stays: made, given a room, checked in, checked out."""

from typing import Annotated, Any

from django.http import Http404
from ninja import Path, Query, Router
from pydantic import Field

from hotel.choices import DESK
from hotel.exceptions import InvalidInput
from portal.access import StaffRequest, get_booking_for_user
from portal.act import act
from portal.api import schemas, stay_schemas
from portal.api.access import change_of
from portal.api.errors import CHANGING, READING
from portal.api.idempotency import idempotent
from portal.api.paging import Paged, asks_nothing, page
from portal.api.rooms import Slug
from portal.api.serializers import serialize_booking
from rooms import permissions
from rooms.change import ActionInput
from rooms.models import Room, RoomType
from stays.bookings import StayInput, create
from stays.changes import StayChange
from stays.choices import BookingAction, BookingStatus
from stays.models import Booking

router = Router(tags=["Bookings"])
BookingId = Annotated[str, Path(description="The booking's id.", example="B-7K2M9QXA")]
ANSWERS: dict[int, Any] = {200: stay_schemas.Booking, **CHANGING}


class BookingsQuery(Paged):
    """Which bookings, and which page of them."""

    status: BookingStatus | None = None
    arriving: Annotated[schemas.Day | None, Field(description="The day of arrival.")] = None
    departing: Annotated[schemas.Day | None, Field(description="The day of departure.")] = None
    in_house: Annotated[bool | None, Field(description="Whether the guests are in now.")] = None


@router.get("", response={200: stay_schemas.Bookings, **READING})
def list_bookings(
    request: StaffRequest, slug: Slug, query: Query[BookingsQuery]
) -> stay_schemas.Bookings:
    """List bookings by arrival: those of a status, of an arrival or departure day, in house."""
    _desk_only(request)
    rows = request.hotel.bookings.select_related("room_type", "room")
    wanted = {"status": query.status, "check_in": query.arriving, "check_out": query.departing}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if query.in_house is not None:
        in_house = {"status": BookingStatus.IN_HOUSE}
        rows = rows.filter(**in_house) if query.in_house else rows.exclude(**in_house)
    found, following = page(rows, query, "check_in", "booking_id")
    return stay_schemas.Bookings(bookings=[serialize_booking(row) for row in found], next=following)


@router.get("{booking_id}/", response={200: stay_schemas.Booking, **READING})
@asks_nothing
def get_booking(request: StaffRequest, slug: Slug, booking_id: BookingId) -> stay_schemas.Booking:
    """Show one booking."""
    return serialize_booking(_booking(request, booking_id))


@router.post("", response={201: stay_schemas.Booking, **CHANGING})
@idempotent(status=201)
def create_booking(
    request: StaffRequest, slug: Slug, body: stay_schemas.NewBooking
) -> stay_schemas.Booking:
    """Book a room of a type; 409 `no_availability` where a night is sold out."""
    _desk_only(request)
    given = body.model_dump() | {
        "room_type": room_type_of(request, body.room_type),
        "booking_id": body.booking_id or "",
    }
    return serialize_booking(create(request.hotel, StayInput(**given), change_of(request)))


@router.post("{booking_id}/assign/", response=ANSWERS)
@idempotent()
def assign(
    request: StaffRequest, slug: Slug, booking_id: BookingId, body: stay_schemas.RoomChoice
) -> stay_schemas.Booking:
    """Keep a room for an arrival, ready or on its way; 409 `room_taken`."""
    return _act(BookingAction.ASSIGN, request, booking_id, body, body.room)


@router.post("{booking_id}/check-in/", response=ANSWERS)
@idempotent()
def check_in(
    request: StaffRequest,
    slug: Slug,
    booking_id: BookingId,
    body: stay_schemas.CheckIn = stay_schemas.CheckIn(),
) -> stay_schemas.Booking:
    """Let the guests in; 409 `not_bookable` for a room not ready now, or a fault not accepted."""
    return _act(BookingAction.CHECK_IN, request, booking_id, body, body.room)


@router.post("{booking_id}/checkout/", response=ANSWERS)
@idempotent()
def check_out(
    request: StaffRequest,
    slug: Slug,
    booking_id: BookingId,
    body: stay_schemas.CheckOut = stay_schemas.CheckOut(),
) -> stay_schemas.Booking:
    """End the stay: the room is dirty, what was open is closed. A second call changes nothing."""
    return _act(BookingAction.CHECK_OUT, request, booking_id, body)


@router.post("{booking_id}/cancel/", response=ANSWERS)
@idempotent()
def cancel(
    request: StaffRequest,
    slug: Slug,
    booking_id: BookingId,
    body: stay_schemas.Nothing = stay_schemas.Nothing(),
) -> stay_schemas.Booking:
    """Cancel a stay that has not begun. A second call changes nothing."""
    return _act(BookingAction.CANCEL, request, booking_id, body)


@router.post("{booking_id}/no-show/", response=ANSWERS)
@idempotent()
def no_show(
    request: StaffRequest,
    slug: Slug,
    booking_id: BookingId,
    body: stay_schemas.Nothing = stay_schemas.Nothing(),
) -> stay_schemas.Booking:
    """Record that the guest did not come. A second call changes nothing."""
    return _act(BookingAction.NO_SHOW, request, booking_id, body)


@router.post("{booking_id}/unassign/", response=ANSWERS)
@idempotent()
def unassign(
    request: StaffRequest,
    slug: Slug,
    booking_id: BookingId,
    body: stay_schemas.Nothing = stay_schemas.Nothing(),
) -> stay_schemas.Booking:
    """Take the assigned room back from an arrival. A second call changes nothing."""
    return _act(BookingAction.UNASSIGN, request, booking_id, body)


@router.post("{booking_id}/swap/", response=ANSWERS)
@idempotent()
def swap(
    request: StaffRequest, slug: Slug, booking_id: BookingId, body: stay_schemas.OtherBooking
) -> stay_schemas.Booking:
    """Give two arrivals each other's room; 409 `room_taken` where one does not fit."""
    return _act(BookingAction.SWAP, request, booking_id, body)


@router.post("{booking_id}/change/", response=ANSWERS)
@idempotent()
def change(
    request: StaffRequest, slug: Slug, booking_id: BookingId, body: stay_schemas.StayChange
) -> stay_schemas.Booking:
    """Change a stay's dates, type, guests or name; what is left out stays as it is.

    Only nights that are added are asked of availability: 409 `no_availability`. 409 `room_taken`
    names the rooms that are free instead. In house, the departure can change and not the arrival;
    the room changes by `move/`.
    """
    return _act(BookingAction.CHANGE, request, booking_id, body)


@router.post("{booking_id}/move/", response=ANSWERS)
@idempotent()
def move(
    request: StaffRequest, slug: Slug, booking_id: BookingId, body: stay_schemas.Move
) -> stay_schemas.Booking:
    """Move guests in house, with their sharers, to a room that is ready; theirs becomes dirty."""
    return _act(BookingAction.MOVE, request, booking_id, body, body.room)


@router.post("{booking_id}/share/", response=ANSWERS)
@idempotent()
def share(
    request: StaffRequest, slug: Slug, booking_id: BookingId, body: stay_schemas.OtherBooking
) -> stay_schemas.Booking:
    """Let a confirmed booking have the other booking's room: the room-night is held once."""
    return _act(BookingAction.SHARE, request, booking_id, body)


@router.post("{booking_id}/unshare/", response=ANSWERS)
@idempotent()
def unshare(
    request: StaffRequest,
    slug: Slug,
    booking_id: BookingId,
    body: stay_schemas.Nothing = stay_schemas.Nothing(),
) -> stay_schemas.Booking:
    """Let a confirmed booking have a room of its own again, none yet."""
    return _act(BookingAction.UNSHARE, request, booking_id, body)


@router.post("{booking_id}/reinstate/", response=ANSWERS)
@idempotent()
def reinstate(
    request: StaffRequest, slug: Slug, booking_id: BookingId, body: stay_schemas.Reason
) -> stay_schemas.Booking:
    """Take back a checkout, a cancellation or a no-show: the booking is what it was before.

    409 `room_taken` or `illegal_transition` where somebody has, or had, the room since; 409
    `no_availability` where a cancelled booking's nights are sold.
    """
    return _act(BookingAction.REINSTATE, request, booking_id, body)


def room_type_of(request: StaffRequest, code: str) -> RoomType:
    """Return the hotel's room type; raise InvalidInput where there is none of that code."""
    found: RoomType | None = request.hotel.room_types.filter(code=code).first()
    if found is None:
        raise InvalidInput({"room_type": f"{request.hotel.name} has no room type {code}."})
    return found


def _desk_only(request: StaffRequest) -> None:
    permissions.require_role(request.staff, DESK, request.hotel, "Bookings")


def _booking(request: StaffRequest, booking_id: str) -> Booking:
    """Return the booking, to whoever may see bookings."""
    _desk_only(request)
    return get_booking_for_user(request, booking_id)


def _room_of(request: StaffRequest, number: str) -> Room:
    room = Room.objects.filter(hotel=request.hotel, number=number).with_house().first()
    if room is None:
        raise InvalidInput({"room": f"{request.hotel.name} has no room {number}."})
    return room


def _other(request: StaffRequest, booking_id: str) -> Booking:
    try:
        return get_booking_for_user(request, booking_id)
    except Http404:
        words = f"{request.hotel.name} has no booking {booking_id}."
        raise InvalidInput({"booking_id": words}) from None


def _wanted(request: StaffRequest, body: stay_schemas.StayChange) -> StayChange:
    """Return the change of a stay that the body asks for."""
    given = body.model_dump(exclude_unset=True)
    if code := given.pop("room_type", None):
        given["room_type"] = room_type_of(request, code)
    return StayChange(**given)


def _act(
    action: BookingAction,
    request: StaffRequest,
    booking_id: str,
    body: schemas.Body,
    number: str | None = None,
) -> stay_schemas.Booking:
    """Do what the body asks for, with the room of that number if there is one."""
    booking = _booking(request, booking_id)
    other = getattr(body, "booking_id", None)
    given = ActionInput(
        room=None if number is None else _room_of(request, number),
        notes=getattr(body, "reason", ""),
        alone=getattr(body, "alone", False),
        accept_fault=getattr(body, "accept_fault", False),
        other=None if other is None else _other(request, other),
        stay=_wanted(request, body) if isinstance(body, stay_schemas.StayChange) else None,
    )
    change = change_of(request, getattr(body, "expected_version", None))
    return serialize_booking(act(action, booking, given, change))
