"""The desk's forms that change a stay: its dates, its room, with whom it shares, its way back."""

import datetime as dt
from copy import copy
from typing import Any, Self

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from portal.desk import words
from portal.desk.forms import ConfirmForm, ReadyRoomForm
from rooms.change import ActionInput
from rooms.models import RoomType
from rooms.perform import NOTES_MAX
from stays import reinstatement, rules, sharing
from stays.changes import StayChange
from stays.choices import BookingStatus
from stays.models import Booking

# What StayForm of the API takes too.
MOST_GUESTS = 99
WHY = "Say why, in a few words."


def date_input() -> forms.DateInput:
    """Return the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def reason_field(help_text: str) -> forms.CharField:
    """Return the field for the reason of a change, which the log keeps."""
    return forms.CharField(
        max_length=NOTES_MAX,
        label="Reason",
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": WHY},
    )


class EndForm(ConfirmForm):
    """A cancellation or a no-show."""

    @property
    def says(self) -> str:
        """What will happen."""
        room = self.booking.room
        frees = f"Room {room.number} becomes free for other guests. " if room else ""
        return f"{frees}It can be reinstated while there is a room left to sell."


class ChangeStayForm(ConfirmForm):
    """What is to be different about a stay. A field that was not sent stays as it is.

    Each field carries what it showed at first, so that only what the person changed is changed: a
    colleague's change meanwhile is not taken back.
    """

    guest_name = forms.CharField(
        max_length=200,
        label="Guest's name",
        show_hidden_initial=True,
        error_messages={"required": "Give the guest's name."},
    )
    check_in = forms.DateField(label="Arrival", widget=date_input(), show_hidden_initial=True)
    check_out = forms.DateField(label="Departure", widget=date_input(), show_hidden_initial=True)
    room_type = forms.ModelChoiceField(
        queryset=RoomType.objects.none(), to_field_name="code", show_hidden_initial=True
    )
    adults = forms.IntegerField(min_value=0, max_value=MOST_GUESTS, show_hidden_initial=True)
    children = forms.IntegerField(min_value=0, max_value=MOST_GUESTS, show_hidden_initial=True)

    # What cannot change once the guests are in.
    BEFORE_ARRIVAL = ("check_in", "room_type")

    def __init__(self, data: Any = None, *, booking: Booking) -> None:
        now = {
            "guest_name": booking.guest_name,
            "check_in": booking.check_in.isoformat(),
            "check_out": booking.check_out.isoformat(),
            "room_type": booking.room_type.code,
            "adults": str(booking.adults),
            "children": str(booking.children),
        }
        if data is not None:
            shown = {f"initial-{name}": value for name, value in now.items()}
            data = {**now, **shown, **data.dict()}
        super().__init__(data, booking=booking)
        self.initial = now
        types = self.fields["room_type"]
        types.queryset = booking.hotel.room_types.filter(
            Q(rooms__is_active=True) | Q(pk=booking.room_type_id)
        ).distinct()
        types.empty_label = None
        types.label_from_instance = lambda room_type: f"{room_type.code} · {room_type.name}"
        if booking.status == BookingStatus.IN_HOUSE:
            # A form that was opened before they came shows what it sent, and why it cannot be.
            for name in self.BEFORE_ARRIVAL:
                if not self._is_changed(name):
                    del self.fields[name]
        self.helper.layout = Layout(
            "request_id",
            Row(*(Column(name) for name in ("check_in", "check_out") if name in self.fields)),
            *(["room_type"] if "room_type" in self.fields else []),
            Row(Column("adults", css_class="col-6"), Column("children", css_class="col-6")),
            "guest_name",
        )

    def _is_changed(self, name: str) -> bool:
        """Tell whether a field was sent with another value than it showed."""
        return self.is_bound and self.data[name] != self.data[f"initial-{name}"]

    @classmethod
    def asked(cls, booking: Booking, query: dict[str, str]) -> Self:
        """Return the form as a link opens it: what the query says is there, as if typed."""
        form = super().asked(booking, query)
        for name in query.keys() & form.fields.keys():
            form.fields[name].show_hidden_initial = False
        return form

    @property
    def given(self) -> ActionInput:
        """What is to be different; the form is valid."""
        wishes = self.typed()
        return ActionInput(
            stay=StayChange(**{name: wishes[name] for name in self.changed_data if name in wishes})
        )


class MoveForm(ReadyRoomForm):
    """Another room for guests in house: ready now, free until they leave, the booked type first.

    With `check_out`, the departure that was wanted in the room they have: they move for as long.
    """

    reason = reason_field("Housekeeping reads it on the room that is left.")
    alone = forms.BooleanField(required=False)
    check_out = forms.DateField(required=False, widget=forms.HiddenInput)
    nothing_says = "No room is ready now and free until the departure."

    def __init__(self, data: Any = None, *, booking: Booking, until: dt.date | None = None) -> None:
        if data is not None:
            until = _day(data.get("check_out"))
        last = max([stay.check_out for stay in rules.party(booking)] + [until or dt.date.min])
        stay = copy(booking)
        stay.check_in = min(max(booking.check_in, booking.hotel.business_date()), last)
        stay.check_out = last
        super().__init__(data, booking=stay)
        self.booking, self.until = booking, until
        self.initial["check_out"] = until
        self.fields["room"].required = True
        staying = sharing.in_house_with(booking)
        if staying:
            names = ", ".join(stay.guest_name for stay in staying)
            self.fields["alone"].label = f"Alone: {names} stay in the room"
        else:
            del self.fields["alone"]

    @classmethod
    def asked(cls, booking: Booking, query: dict[str, str]) -> Self:
        """Return the form as a link opens it, with a room chosen and until when it is wanted."""
        form = cls(booking=booking, until=_day(query.get("check_out")))
        form.initial["room"] = query.get("room")
        return form

    @property
    def says(self) -> str:
        """What will happen, and that there is no undo."""
        room = self.booking.room
        said = (
            f"Room {room} becomes dirty; the guests, their orders and chats go to the new room. "
            "It can't be undone: move back the same way."
        )
        if self.until and self.then:
            said += f" The stay then ends on {words.day(self.until)}."
        return said

    @property
    def then(self) -> StayChange | None:
        """What changes together with the move: the departure, if another was wanted."""
        if self.until in (None, self.booking.check_out):
            return None
        return StayChange(check_out=self.until)

    @property
    def given(self) -> ActionInput:
        """Where to, why, and with whom; the form is valid."""
        typed = self.typed()
        return ActionInput(
            room=typed["room"], notes=typed["reason"], alone=typed.get("alone", False)
        )


class OtherBookingForm(ConfirmForm):
    """A choice among the hotel's other bookings."""

    booking_id = forms.ModelChoiceField(
        queryset=Booking.objects.none(),
        to_field_name="booking_id",
        label="Booking",
        error_messages={
            "required": "Choose a booking.",
            "invalid_choice": "That booking cannot be chosen now. Choose another.",
        },
    )
    nothing_says = ""

    def __init__(self, data: Any = None, *, booking: Booking) -> None:
        super().__init__(data, booking=booking)
        found = list(self.others().select_related("room").exclude(pk=booking.pk))
        field = self.fields["booking_id"]
        # Whatever the hotel has: one that does not do any more is refused with its reason.
        field.queryset = Booking.objects.filter(hotel=booking.hotel)
        # The first is nobody: a tap too early must not join two strangers.
        field.choices = [("", "Choose…"), *((one.booking_id, self.label(one)) for one in found)]
        self.nothing = not found

    def others(self) -> QuerySet[Booking]:
        """Return the bookings to choose among, in their order."""
        raise NotImplementedError

    def label(self, other: Booking) -> str:
        """Return how the list shows a booking."""
        raise NotImplementedError

    @property
    def given(self) -> ActionInput:
        """The other booking; the form is valid."""
        return ActionInput(other=self.cleaned_data["booking_id"])


class SwapForm(OtherBookingForm):
    """An arrival to swap rooms with: those with a room of their own for some of the same time."""

    nothing_says = "No other arrival has a room for these dates."

    @property
    def says(self) -> str:
        """What will happen."""
        stay = self.booking
        return f"{stay.guest_name} gets the other's room, and the other gets room {stay.room}."

    def others(self) -> QuerySet[Booking]:
        """Return the arrivals with a room, by its number."""
        stay = self.booking
        others = Booking.objects.filter(hotel=stay.hotel, room__isnull=False)
        others = others.clashing(stay.check_in, stay.check_out).exclude(room=stay.room_id)
        alone = others.filter(
            status=BookingStatus.CONFIRMED, shares_with=None, sharers__isnull=True
        )
        return alone.order_by("room__number", "check_in")

    def label(self, other: Booking) -> str:
        """Return the room, the guest and the dates."""
        return f"{other.room} · {other.guest_name} · {words.dates(other)}"


class ShareForm(OtherBookingForm):
    """A booking whose room is shared: those with a night in common."""

    nothing_says = "No other booking has a night in common with this one."

    @property
    def says(self) -> str:
        """What will happen."""
        stay = self.booking
        back = f" Room {stay.room} becomes free." if stay.room else ""
        return (
            f"{stay.guest_name} has the same room and type as the other booking; "
            f"the nights that both stay are held once.{back}"
        )

    def others(self) -> QuerySet[Booking]:
        """Return the bookings to come or in house, by the guest's name."""
        stay = self.booking
        holding = Booking.objects.filter(hotel=stay.hotel).holding().not_sharing_with(stay)
        common = holding.filter(check_in__lt=stay.check_out, check_out__gt=stay.check_in)
        return common.order_by("guest_name", "check_in")

    def label(self, other: Booking) -> str:
        """Return the guest, the room and the dates."""
        room = f"room {other.room}" if other.room else "no room yet"
        return f"{other.guest_name} · {room} · {words.dates(other)}"


class UnshareForm(ConfirmForm):
    """The end of sharing."""

    @property
    def says(self) -> str:
        """What will happen."""
        names = ", ".join(stay.guest_name for stay in rules.others_of(self.booking))
        kept = f" {names}: room {self.booking.room} stays theirs." if self.booking.room else ""
        return f"{self.booking.guest_name} has a room of their own again, none yet.{kept}"


class ReinstateForm(ConfirmForm):
    """The reason for the way back."""

    reason = reason_field("It stands in the history.")

    @property
    def says(self) -> str:
        """What will happen."""
        room = reinstatement.room_before(self.booking)
        return words.reinstated(self.booking, room.number if room else "")

    @property
    def given(self) -> ActionInput:
        """Why; the form is valid."""
        return ActionInput(notes=self.cleaned_data["reason"])


def _day(value: Any) -> dt.date | None:
    """Return the day that was sent, or None where it is none."""
    try:
        found: dt.date | None = forms.DateField(required=False).clean(value)
    except ValidationError:
        return None
    return found
