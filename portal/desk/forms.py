"""The desk's forms: give a room, check in, book, walk in."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.text import Truncator

from hotel.models import Hotel
from portal.forms import ChangeForm, fault_question
from rooms.change import ActionInput
from rooms.choices import TURNING
from rooms.models import Room, RoomType
from stays.bookings import StayInput
from stays.models import Booking
from stays.readiness import rooms_for_tonight


class ConfirmForm(ChangeForm):
    """A question with one answer."""

    def __init__(self, data: Any = None, *, booking: Booking) -> None:
        super().__init__(data, auto_id=f"id_{booking.booking_id}_%s")
        self.booking = booking

    @property
    def given(self) -> ActionInput:
        """What the person gave; the form is valid."""
        return ActionInput(**self.typed())


class RoomChoiceForm(ConfirmForm):
    """A room for a booking: ready ones first, those with a fault last, the booked type first."""

    room = forms.ModelChoiceField(
        queryset=Room.objects.none(),
        to_field_name="number",
        empty_label=None,
        error_messages={
            "required": "Choose a room.",
            "invalid_choice": "That room cannot be given now. Choose another.",
        },
    )
    only_ready = False

    def __init__(self, data: Any = None, *, booking: Booking) -> None:
        super().__init__(data, booking=booking)
        rooms = Room.objects.filter(hotel=booking.hotel).with_people()
        ready = list(rooms.bookable())
        flawed = list(rooms.givable_with_fault())
        way = [] if self.only_ready else list(rooms.active().filter(room_status__in=TURNING))
        taken = set(
            Booking.objects.filter(hotel=booking.hotel, room__isnull=False)
            .clashing(booking.check_in, booking.check_out)
            .exclude(pk=booking.pk)
            .values_list("room", flat=True)
        )
        groups = [
            (f"Ready, {booking.room_type.name}", ready, True),
            ("Ready, other types", ready, False),
            (f"On its way, {booking.room_type.name}", way, True),
            (f"With a small fault, {booking.room_type.name}", flawed, True),
            ("With a small fault, other types", flawed, False),
        ]
        field = self.fields["room"]
        field.queryset = rooms
        field.choices = [
            (label, [(room.number, self.label_of(room)) for room in found])
            for label, group, same in groups
            if (
                found := [
                    room
                    for room in group
                    if (room.room_type_id == booking.room_type_id) == same and room.pk not in taken
                ]
            )
        ]
        self.nothing = not field.choices
        if booking.room:
            field.initial = booking.room.number

    @staticmethod
    def label_of(room: Room) -> str:
        """Return how the list of rooms names this one."""
        floor = f" · floor {room.floor}" if room.floor else ""
        state = "" if room.is_bookable else f" · {room.get_room_status_display().lower()}"
        if room.is_givable_with_fault:
            state = f" · {Truncator(room.maintenance_notes).chars(60)}"
        return f"{room.number} · {room.room_type.code}{floor}{state}"


class ReadyRoomForm(RoomChoiceForm):
    """A room to let the guests into: ready now; left out, the assigned one.

    For a room with a small fault it asks whether the guest gets it all the same.
    """

    only_ready = True

    def __init__(self, data: Any = None, *, booking: Booking) -> None:
        super().__init__(data, booking=booking)
        self.fields["room"].required = False
        assigned = booking.room.number if booking.room else ""
        ask_about_fault(self, booking.hotel, (data and data.get("room")) or assigned)


def ask_about_fault(form: ChangeForm, hotel: Hotel, number: str) -> None:
    """Add the question about the small fault of the room of this number, if it has one."""
    # PostgreSQL raises an error for text with a NUL.
    found = hotel.rooms.filter(number=number).first() if "\0" not in number else None
    if found and found.is_givable_with_fault:
        form.fields["accept_fault"] = fault_question(found)


class StayForm(ChangeForm):
    """What the desk types for a stay."""

    guest_name = forms.CharField(max_length=200, label="Guest's name")
    adults = forms.IntegerField(min_value=0, max_value=20, initial=2)
    children = forms.IntegerField(min_value=0, max_value=20, initial=0)
    check_out = forms.DateField(
        label="Departure", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, hotel: Hotel, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["check_out"].initial = hotel.business_date() + dt.timedelta(days=1)

    @property
    def given(self) -> StayInput:
        """The stay that is asked for; the form is valid."""
        return StayInput(**self.typed("room", "accept_fault"))


class BookingForm(StayForm):
    """A new booking of a room type."""

    check_in = forms.DateField(
        label="Arrival", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    room_type = forms.ModelChoiceField(queryset=RoomType.objects.none(), to_field_name="code")

    def __init__(self, data: Any = None, *, hotel: Hotel, **kwargs: Any) -> None:
        super().__init__(data, hotel=hotel, **kwargs)
        self.fields["check_in"].initial = hotel.business_date()
        types = self.fields["room_type"]
        types.queryset = hotel.room_types.filter(rooms__is_active=True).distinct()
        types.label_from_instance = lambda room_type: f"{room_type.code} · {room_type.name}"
        self.helper.layout = Layout(
            "request_id",
            "guest_name",
            "room_type",
            Row(Column("check_in"), Column("check_out")),
            Row(Column("adults"), Column("children")),
        )


class WalkInForm(StayForm):
    """A guest at the desk without a booking, into a room that is ready now, faults last."""

    room = forms.ModelChoiceField(
        queryset=Room.objects.none(),
        to_field_name="number",
        error_messages={"invalid_choice": "There is no such room. Choose another."},
    )

    def __init__(self, data: Any = None, *, hotel: Hotel, **kwargs: Any) -> None:
        super().__init__(data, hotel=hotel, **kwargs)
        # A repeated request names a room that is occupied now; walk_in handles that.
        self.fields["room"].queryset = hotel.rooms.with_people()
        offered = rooms_for_tonight(hotel)
        self.fields["room"].choices = [
            ("", "---------" if offered else "No room is free tonight"),
            *((room.number, f"{room.number} · {room.room_type.name}") for room in offered),
        ]
        if flawed := self.fields["room"].queryset.givable_with_fault():
            choices = [(room.number, RoomChoiceForm.label_of(room)) for room in flawed]
            self.fields["room"].choices = [
                *self.fields["room"].choices,
                ("With a small fault", choices),
            ]
        ask_about_fault(self, hotel, (data or self.initial).get("room") or "")
        self.helper.layout = Layout(
            "request_id",
            "guest_name",
            "room",
            *(["accept_fault"] if "accept_fault" in self.fields else []),
            "check_out",
            Row(Column("adults"), Column("children")),
        )
