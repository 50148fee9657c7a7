"""Forms that close a room: they ask what becomes of the stays that the room is promised to."""

from typing import Any

from django import forms

from hotel.choices import DESK
from hotel.models import Staff
from portal.forms import ChangeForm
from rooms.choices import ClosureKind
from rooms.closures import ClosureInput
from rooms.models import Closure, Room
from rooms.perform import NOTES_MAX
from stays import closures, rules
from stays.closures import Agreed, Nights, promised
from stays.models import Booking

NO_ROOM = "No room yet"


def day_input() -> forms.DateInput:
    """Return the browser's own field for a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ClosingForm(ChangeForm):
    """A form that may close a room.

    Sent for days on which the room is promised, it comes back once with those stays. The desk's
    roles choose a room for each, or none yet; the others see them, and they keep the room. What
    the person saw is sent along as `agreed`: a stay promised meanwhile brings the question again.
    """

    agreed = forms.CharField(widget=forms.HiddenInput, required=False)
    room: Room
    staff: Staff
    data: Any

    def closing(self) -> Nights | None:
        """Return the nights [start, until) that the valid form closes, or None."""
        raise NotImplementedError

    @property
    def answer(self) -> Agreed:
        """What the person saw and chose; the form is valid."""
        return self._answer

    def clean(self) -> dict[str, Any]:
        """Ask about the stays that the person has not seen."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        nights = None if self.errors else self.closing()
        stays = promised(self.room, *nights) if nights else []
        seen = frozenset(given.get("agreed", "").split())
        # Copied, since what was sent cannot be changed: the hidden field says what is shown now.
        self.data = self.data.copy()
        self.data["agreed"] = " ".join(stay.booking_id for stay in stays)
        chosen = {}
        if self.staff.role in DESK:
            chosen = {stay.booking_id: self._ask(stay, stays) for stay in stays}
            # First what is asked now, then what was typed before.
            self.order_fields([field_of(stay) for stay in stays])
        self._answer = Agreed(seen=seen, rooms=chosen)
        if any(stay.booking_id not in seen for stay in stays):
            self.add_error(None, self._question(stays))
        return given

    def _ask(self, stay: Booking, stays: list[Booking]) -> Room | None:
        """Add the choice of another room for the stay, and return what was chosen."""
        rooms = rules.free_rooms(stay, stay.hotel.business_date())
        name = field_of(stay)
        if name not in self.data:
            # Not a room that goes to another stay of this form at the same time.
            taken = {
                self.data.get(field_of(other))
                for other in stays
                if other.check_in < stay.ends_before and stay.check_in < other.ends_before
            }
            same = (r.number for r in rooms if r.room_type_id == stay.room_type_id)
            self.data[name] = next((number for number in same if number not in taken), "")
        choices = [(room.number, f"{room.number} · {room.room_type.name}") for room in rooms]
        self.fields[name] = forms.ChoiceField(
            choices=[("", NO_ROOM), *choices],
            required=False,
            label=f"{stay.guest_name}, {days_of(stay)}: goes to",
        )
        number = self.data[name]
        found = next((room for room in rooms if room.number == number), None)
        if number and found is None:
            self.add_error(None, f"Room {number} was taken meanwhile: choose again.")
            self.data[name] = ""
        return found

    def _question(self, stays: list[Booking]) -> str:
        number = f"{len(stays)} stays" if len(stays) > 1 else "a stay"
        words = f"Room {self.room.number} is promised to {number} on these days."
        if self.staff.role in DESK:
            return f"{words} Say where each goes, then send again."
        named = "; ".join(f"{stay.booking_id}, {days_of(stay)}" for stay in stays)
        return (
            f"{words} {named}. They keep it until the front desk gives them another: "
            "tell the desk, then send again."
        )


def field_of(stay: Booking) -> str:
    """Return the name of the choice of a room for the stay."""
    return f"room_for_{stay.booking_id}"


def days_of(stay: Booking) -> str:
    """Return a stay's dates in words."""
    if stay.check_in == stay.check_out:
        return f"{stay.check_in:%-d %b}"
    return f"{stay.check_in:%-d %b} to {stay.check_out:%-d %b}"


class PlanForm(ClosingForm):
    """A closure to plan."""

    kind = forms.ChoiceField(
        choices=ClosureKind.choices, widget=forms.RadioSelect, initial=ClosureKind.OUT_OF_ORDER
    )
    start = forms.DateField(
        label="From",
        widget=day_input(),
        help_text="Today: at once, or as soon as the room is vacant.",
    )
    until = forms.DateField(
        label="Until",
        required=False,
        widget=day_input(),
        help_text="The first night it can be sold again. Empty: not known yet.",
    )
    reason = forms.CharField(
        max_length=NOTES_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why, in a few words."},
    )
    needs_cleaning = forms.BooleanField(
        required=False, label="The room needs cleaning afterwards (out of order only)"
    )

    def __init__(self, data: Any = None, *, room: Room, staff: Staff) -> None:
        super().__init__(data)
        self.room, self.staff = room, staff

    def closing(self) -> Nights | None:
        """Return the nights; a room out of service keeps its promises."""
        if self.cleaned_data["kind"] == ClosureKind.OUT_OF_SERVICE:
            return None
        return self.cleaned_data["start"], self.cleaned_data["until"]

    def plan(self) -> Closure:
        """Plan the closure, and move the stays. Raises what stays.closures.plan raises."""
        given = self.typed()
        closure = ClosureInput(**{**given, "kind": ClosureKind(given["kind"])})
        return closures.plan(self.room, closure, self.answer, self.change(self.staff))
