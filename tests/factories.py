"""Builds what a test needs, keyword-only, straight into the database.

`make_room` writes any status with the flags that belong to it; everything else about a room's
status is left to rooms.perform.
"""

import datetime as dt
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from hotel.choices import Role
from hotel.models import Hotel, Staff
from rooms.choices import WITH_RETURN_STATUS, Priority, RoomStatus
from rooms.models import Room, RoomType
from stays.choices import BookingStatus
from stays.models import Booking, Guest

numbers = count(1)


def make_hotel(**fields: Any) -> Hotel:
    n = next(numbers)
    return Hotel.objects.create(**{"slug": f"hotel-{n}", "name": f"Hotel {n}", **fields})


def make_staff(
    *, hotel: Hotel, role: Role = Role.HOUSEKEEPER, name: str = "", **fields: Any
) -> Staff:
    name = name or f"{role.label.split()[0]} {next(numbers)}"
    user = fields.pop("user", None)
    if user is None:
        user = get_user_model().objects.create(
            username=f"{name.lower().replace(' ', '-')}-{next(numbers)}", first_name=name
        )
    return Staff.objects.create(hotel=hotel, user=user, role=role, **fields)


def make_room_type(*, hotel: Hotel, code: str = "D", **fields: Any) -> RoomType:
    return RoomType.objects.get_or_create(
        hotel=hotel, code=code, defaults={"name": f"Type {code}", **fields}
    )[0]


def make_room(
    *,
    hotel: Hotel,
    status: RoomStatus = RoomStatus.AVAILABLE,
    return_status: RoomStatus = RoomStatus.CHECKOUT_DIRTY,
    priority: str = "",
    **fields: Any,
) -> Room:
    if status == RoomStatus.MAINTENANCE_REQUIRED and not priority:
        priority = Priority.MED
    defaults: dict[str, Any] = {
        "number": str(1000 + next(numbers)),
        "floor": "1",
        "room_status": status,
        "is_occupied": status == RoomStatus.OCCUPIED,
        "is_out_of_order": status == RoomStatus.OUT_OF_ORDER,
        "maintenance_required": bool(priority),
        "maintenance_priority": priority,
        "return_status": return_status if status in WITH_RETURN_STATUS else "",
    }
    if status == RoomStatus.OUT_OF_ORDER:
        defaults["out_of_order_from"] = hotel.business_date()
    if "room_type" not in fields:
        defaults["room_type"] = make_room_type(hotel=hotel)
    return Room.objects.create(hotel=hotel, **{**defaults, **fields})


def make_booking(
    *,
    hotel: Hotel,
    room: Room | None = None,
    status: BookingStatus = BookingStatus.CONFIRMED,
    arrives: int = 0,
    nights: int = 1,
    guests: int = 0,
    **fields: Any,
) -> Booking:
    """Make a stay that arrives `arrives` days from the hotel's today, for `nights` nights."""
    check_in = hotel.business_date() + dt.timedelta(days=arrives)
    defaults: dict[str, Any] = {
        "room_type": room.room_type if room else None,
        "check_in": check_in,
        "check_out": check_in + dt.timedelta(days=nights),
        "guest_name": f"Guest {next(numbers)}",
    }
    if defaults["room_type"] is None and "room_type" not in fields:
        defaults["room_type"] = make_room_type(hotel=hotel)
    if status in (BookingStatus.IN_HOUSE, BookingStatus.COMPLETED):
        defaults["checked_in_at"] = timezone.now()
    if status == BookingStatus.COMPLETED:
        defaults["checked_out_at"] = timezone.now()
    booking = Booking.objects.create(
        hotel=hotel, room=room, status=status, **{**defaults, **fields}
    )
    in_house = room if status == BookingStatus.IN_HOUSE else None
    for n in range(guests):
        Guest.objects.create(booking=booking, room=in_house, name=f"{booking.guest_name} {n}")
    return booking
