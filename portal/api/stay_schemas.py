"""The shapes of the API's bookings, departures and availability."""

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field, StrictBool, StrictInt

from portal.api.schemas import Body, Day, OnRoom, RoomNumber, Text
from stays.choices import BookingStatus

Guests = Annotated[StrictInt, Field(ge=0, le=99)]
TypeCode = Annotated[Text, Field(max_length=20, examples=["D"])]
# Part of an address, so neither “.” nor “..”.
BookingId = Annotated[
    Text, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$")
]


class NewBooking(Body):
    """A stay to book, half-open [check_in, check_out) in the hotel's dates."""

    booking_id: Annotated[
        BookingId | None,
        Field(description="The caller's own id; without it, one is made.", examples=["PMS-8821"]),
    ] = None
    room_type: TypeCode = Field(description="The type's code.")
    check_in: Day
    check_out: Day = Field(description="The day of departure; equal to `check_in` for day use.")
    guest_name: Annotated[Text, Field(min_length=1, max_length=200)] = Field(
        examples=["Maria Lind"]
    )
    adults: Guests = 1
    children: Guests = 0


class RoomChoice(OnRoom):
    """The room to keep for an arrival."""

    room: RoomNumber


class CheckIn(OnRoom):
    """The room to let the guests into."""

    room: Annotated[RoomNumber | None, Field(description="Without it, the assigned room.")] = None
    accept_fault: Annotated[
        StrictBool, Field(description="The guests get the room with its open LOW maintenance.")
    ] = False


class CheckOut(OnRoom):
    """Nothing but the room's version seen."""


class OtherBooking(Body):
    """Another booking of the hotel."""

    booking_id: BookingId = Field(description="The other booking's id.", examples=["B-9X2K7QMA"])


class Reason(Body):
    """Why, in a few words."""

    reason: Annotated[Text, Field(min_length=1, max_length=2000, examples=["Wrong row"])]


class Move(OnRoom):
    """The room to move to, and why."""

    room: RoomNumber
    reason: Annotated[Text, Field(min_length=1, max_length=2000, examples=["Noise"])]
    alone: Annotated[StrictBool, Field(description="Whether the sharers stay behind.")] = False


class StayChange(Body):
    """What is to be different; what is left out, or null, stays as it is."""

    check_in: Day | None = None
    check_out: Day | None = None
    room_type: TypeCode | None = None
    adults: Guests | None = None
    children: Guests | None = None
    guest_name: Annotated[Text, Field(min_length=1, max_length=200)] | None = None


class Nothing(Body):
    """No field at all."""


class Booking(Schema):
    """A stay, half-open [check_in, check_out) in the hotel's dates."""

    booking_id: str = Field(examples=["B-7K2M9QXA"])
    status: BookingStatus
    room_type: str = Field(description="The code of the type booked.", examples=["D"])
    room: str | None = Field(description="The number of the room kept or given.")
    check_in: dt.date
    check_out: dt.date
    checked_in_at: dt.datetime | None
    checked_out_at: dt.datetime | None
    guest_name: str
    adults: int
    children: int


class Bookings(Schema):
    """A page of bookings, by arrival."""

    bookings: list[Booking]
    next: str | None = Field(description="The next page's `cursor`; null at the end.")


class BulkCheckOut(Body):
    """The rooms to check out together."""

    room_numbers: list[RoomNumber] = Field(min_length=1, max_length=1000, examples=[["204", "205"]])


class CheckedOut(Schema):
    """A room checked out, and what of its stay was erased."""

    room: str
    booking_id: str | None = Field(description="Null for a room that was occupied without a stay.")
    guests_deleted: int
    orders_cleared: int
    conversations_deleted: int


class Skipped(Schema):
    """A room left as it was, and why."""

    room: str
    reason: str


class BulkCheckOutAnswer(Schema):
    """What a bulk checkout did, room by room."""

    checked_out: list[CheckedOut]
    skipped: list[Skipped]


class Overdue(Schema):
    """An occupied room whose stay is past its checkout."""

    room: str
    booking_id: str
    guest_name: str
    check_out: dt.date
    minutes_overdue: int = Field(description="Since the checkout time and its grace ran out.")


class CheckoutNeeded(Schema):
    """The rooms to ask about, the longest overdue first."""

    rooms: list[Overdue]


class Night(Schema):
    """One type on one night."""

    date: dt.date
    rooms: int = Field(description="Active rooms of the type.")
    out_of_order: int = Field(description="Out of order or under maintenance.")
    not_ready: int = Field(description="Kept back by the hotel's readiness policy.")
    held: int = Field(description="Stays that need one.")
    sellable: int


class TypeAvailability(Schema):
    """A room type over the nights asked for."""

    code: str
    sellable: int = Field(description="For the whole stay: the least of its nights.")
    ready_now: int = Field(description="Rooms that a guest could be let into this minute.")
    nights: list[Night]


class Availability(Schema):
    """What can be sold, by type."""

    room_types: list[TypeAvailability]
