"""The forms of an action on a room: what the transition table says it takes."""

from dataclasses import dataclass
from typing import Any

from crispy_forms.layout import HTML, Field, Layout
from django import forms

from hotel.models import Staff
from portal.forms import ChangeForm, fault_question, new_request_id
from portal.navigation import action_url
from rooms.change import ActionInput
from rooms.choices import VACANT, Action, Priority, RoomStatus
from rooms.models import Room
from rooms.perform import NOTES_MAX
from rooms.transitions import TRANSITIONS
from stays.models import Booking


@dataclass(frozen=True)
class Submit:
    """A form's button: its words, where it posts to, its colour."""

    label: str
    url: str
    style: str = "primary"


class ActionForm(ChangeForm):
    """An action on a room: the version that the person saw, and a request id.

    `label` is the button's words, from portal.board.actions. `given` and `change` are what
    portal.act takes.
    """

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    notes = forms.CharField(
        max_length=NOTES_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    notes_label = "Notes"
    data: Any

    def __init__(
        self,
        data: Any = None,
        *,
        room: Room,
        action: Action,
        staff: Staff,
        label: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            data,
            auto_id=f"id_{room.number}_%s",
            initial={"expected_version": room.version},
            **kwargs,
        )
        self.room, self.action, self.staff, self.label = room, action, staff, label
        required = TRANSITIONS[action].notes_required
        self.fields["notes"].required = required
        self.fields["notes"].label = self.notes_label
        self.fields["notes"].error_messages["required"] = "Say why, in a few words."

    @property
    def given(self) -> ActionInput:
        """What the person gave; the form is valid."""
        return ActionInput(**self.typed())

    @property
    def title(self) -> str:
        """What the form is about."""
        return self.action.label

    @property
    def submits(self) -> list[Submit]:
        """The form's buttons; the first is what Enter does."""
        return [Submit(self.label.rstrip("…"), action_url(self.room, self.action))]

    @property
    def submit_url(self) -> str:
        """Where the form goes."""
        return action_url(self.room, self.action)

    @property
    def kept(self) -> str:
        """What the person typed, to give back when the form cannot be shown again."""
        return str(self.data.get(self.add_prefix("notes"), "")).strip()

    def renewed(self, room: Room) -> "ActionForm":
        """Return the same form with what was typed, on the room as it is now."""
        data = self.data.copy()
        data["expected_version"] = room.version
        data["request_id"] = new_request_id()
        return type(self)(data, room=room, action=self.action, staff=self.staff, label=self.label)


class InspectionForm(ActionForm):
    """Pass or fail with notes; failing needs them."""

    title = "Inspection"

    @property
    def submits(self) -> list[Submit]:
        """Return both results: the note is typed once for either."""
        return [
            Submit("Pass", action_url(self.room, Action.PASS_INSPECTION), "success"),
            Submit("Fail", action_url(self.room, Action.FAIL_INSPECTION), "danger"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notes"].help_text = "Needed when the room fails: the cleaner reads it."


class PriorityField(forms.ChoiceField):
    """How urgent a repair is; `meanings` says what each answer means for the room's sale."""

    meanings = (
        "Low: still given, last, if the desk confirms it. Later nights are sold.",
        "Medium: not given now. Later nights are sold.",
        "High: not given, and not sold until the expected day, or at all without one.",
    )


class MaintenanceForm(ActionForm):
    """What is broken, how urgent it is, and what that means for the room's sale."""

    priority = PriorityField(
        choices=Priority.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a priority: low, medium or high."},
    )
    until = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Empty: not known yet.",
        label="Expected done on",
    )
    stops_sale = forms.BooleanField(
        required=False,
        label="Cannot be sold until it is repaired, whatever the priority",
    )
    notes_label = "What is wrong?"
    field_order = ["priority", "notes", "until", "stops_sale"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].initial = self.room.maintenance_priority or Priority.MED
        self.fields["notes"].initial = self.room.maintenance_notes
        self.fields["until"].initial = self.room.maintenance_until
        self.fields["stops_sale"].initial = self.room.maintenance_stops_sale
        self.helper.layout = Layout(
            "expected_version",
            "request_id",
            Field("priority", template="forms/choice_buttons.html"),
            "notes",
            "until",
            "stops_sale",
        )


class CompleteMaintenanceForm(ActionForm):
    """What was done, and whether it left the room dirty."""

    needs_cleaning = forms.BooleanField(required=False, label="The room needs cleaning now")
    notes_label = "What was done?"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.room.is_occupied:
            del self.fields["needs_cleaning"]


class OutOfOrderForm(ActionForm):
    """Why a room leaves service, and until when."""

    until = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The first night it can be sold again. Empty: not known yet.",
        label="Back on",
    )
    start = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: today.",
        label="Out since",
    )
    notes_label = "Reason"
    field_order = ["notes", "until", "start"]


class OverrideForm(ActionForm):
    """A manager's own word on a vacant room's status."""

    room_status = forms.ChoiceField(
        choices=[(status, status.label) for status in RoomStatus if status in VACANT],
        label="New status",
    )
    notes_label = "Why?"
    field_order = ["room_status", "notes"]


class PlainForm(ActionForm):
    """An action that keeps no notes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["notes"]


class CheckInForm(PlainForm):
    """Which of the guests who are due comes into this room."""

    booking = forms.ModelChoiceField(
        queryset=Booking.objects.none(),
        to_field_name="booking_id",
        label="Who arrives?",
        empty_label=None,
        error_messages={"required": "Choose who arrives."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bookings = Booking.objects.filter(hotel=self.room.hotel)
        arrivals = bookings.due_in(self.room.hotel.business_date())
        arrivals = arrivals.select_related("room", "room_type")
        here = [b for b in arrivals if b.room_id == self.room.pk]
        free = [b for b in arrivals if b.room_id is None]
        free.sort(key=lambda b: (b.room_type_id != self.room.room_type_id, b.booking_id))
        field = self.fields["booking"]
        # A repeated request names a guest who is in already: check_in says what then is.
        field.queryset = bookings.select_related("hotel", "room")
        field.choices = [(b.booking_id, self._label(b)) for b in here + free]
        if not here:
            # No guest is assigned to this room: Enter must not check in the first of the list.
            field.choices = [("", "Choose a guest"), *field.choices]
        if self.room.is_givable_with_fault:
            self.fields["accept_fault"] = fault_question(self.room)
        self.nobody = not (here or free)
        if self.nobody:
            if not self.is_bound:
                del self.fields["booking"]
                self.fields.pop("accept_fault", None)
            self.helper.layout = Layout(
                HTML("<p class='mb-1'>No arrival is waiting for a room like this today.</p>")
            )

    @property
    def submits(self) -> list[Submit]:
        """Return no button if there is nobody to check in."""
        return [] if self.nobody else super().submits

    def _label(self, booking: Booking) -> str:
        where = "assigned here" if booking.room_id == self.room.pk else booking.room_type.code
        nights = f"{booking.nights} night{'s' if booking.nights != 1 else ''}"
        return f"{booking.guest_name} · {nights if booking.nights else 'day use'} · {where}"
