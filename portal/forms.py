"""What the forms of all pages share."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.text import Truncator

from hotel.exceptions import InvalidInput, NotAllowed, ReadyroomError
from hotel.models import Staff
from rooms.change import Change
from rooms.choices import Source
from rooms.models import Room


def new_request_id() -> str:
    """Return a fresh request id."""
    return uuid.uuid4().hex


def plain_helper() -> FormHelper:
    """Return a helper that leaves the form's tags and token to the template."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


class ChangeForm(forms.Form):
    """A form that changes something. Its request id makes a second tap harmless."""

    request_id = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_id"].initial = new_request_id()
        self.helper = plain_helper()

    def change(self, by: Staff) -> Change:
        """Return who acts, by which request and on which version; the form is valid."""
        return Change(
            by=by,
            source=Source.PORTAL,
            request_id=self.cleaned_data["request_id"],
            expected_version=self.cleaned_data.get("expected_version"),
        )

    def typed(self, *without: str) -> dict[str, Any]:
        """Return what the person typed: everything but the hidden fields and `without`."""
        hidden = {field.name for field in self.hidden_fields()}
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in hidden and name not in without
        }


class Accepting(forms.CheckboxInput):
    """A box that is ticked only if it was ticked for the very thing that it names now."""

    def __init__(self, about: str) -> None:
        super().__init__(attrs={"value": about})
        self.about = about

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool:
        """Return whether the box was ticked for this."""
        return bool(data.get(name) == self.about)


def fault_question(room: Room) -> forms.BooleanField:
    """Return the question whether the guest gets this room with its small fault."""
    fault = Truncator(room.maintenance_notes).chars(160)
    return forms.BooleanField(
        label=f"Room {room.number} has a fault: “{fault}”. The guest gets it all the same.",
        error_messages={"required": "Tick that the guest gets it, or choose another room."},
        widget=Accepting(f"{room.number}:{room.version}"),
    )


def add_refusal(form: forms.Form, refused: ReadyroomError, main_field: str | None = None) -> None:
    """Put a refusal where the person looks: beside its field, or above the form.

    A refusal without fields goes beside `main_field`, the one that decides it. NotAllowed is
    raised again: the whole page is refused (portal.access.HotelMiddleware).
    """
    if isinstance(refused, NotAllowed):
        raise refused
    if not isinstance(refused, InvalidInput):
        form.add_error(main_field, refused.message)
        return
    shown = {field.name for field in form.visible_fields()}
    for field, words in refused.fields.items():
        form.add_error(field if field in shown else None, words)
