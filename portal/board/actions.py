"""How the portal shows each action on a room: its words, its form, its place on the card.

A new action needs one row here. An action without a row fails at import.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from hotel.models import Staff
from portal.room import forms
from rooms.choices import Action
from rooms.models import Room
from rooms.transitions import TRANSITIONS


class Place(Enum):
    """Where a card shows an action."""

    # The large button, if no row above it is legal too; otherwise under “More”.
    MAIN = auto()
    # A smaller button next to the large one.
    BESIDE = auto()
    # Under “More”.
    MORE = auto()


@dataclass(frozen=True, kw_only=True)
class ActionRow:
    """One action as people see it."""

    # The button's words; “…” means that a form opens first.
    label: str
    # What the toast says once it is done: “Room 204 checked out”.
    done: str
    form: type[forms.ActionForm] = forms.ActionForm
    # Done by one tap, and undone from the toast, instead of opening the form.
    one_tap: bool = False
    # A second, smaller button opens the form for a note: beside a main button of one tap.
    noted: bool = False
    place: Place = Place.MORE


# The order of the rows with Place.MAIN matters: the first legal one is the card's main button.
ACTIONS: dict[Action, ActionRow] = {
    Action.COMPLETE_MAINTENANCE: ActionRow(
        label="Repaired…",
        done="repaired",
        form=forms.CompleteMaintenanceForm,
        place=Place.MAIN,
    ),
    Action.START_CLEANING: ActionRow(
        label="Start cleaning",
        done="cleaning started",
        one_tap=True,
        place=Place.MAIN,
    ),
    Action.MARK_CLEANED: ActionRow(
        label="Cleaned",
        done="cleaned",
        one_tap=True,
        noted=True,
        place=Place.MAIN,
    ),
    Action.PASS_INSPECTION: ActionRow(
        label="Pass",
        done="passed inspection",
        form=forms.InspectionForm,
        one_tap=True,
        place=Place.MAIN,
    ),
    Action.CHECK_IN: ActionRow(
        label="Check in…",
        done="checked in",
        form=forms.CheckInForm,
        place=Place.MAIN,
    ),
    Action.CHECK_OUT: ActionRow(
        label="Check out",
        done="checked out",
        form=forms.PlainForm,
        one_tap=True,
        place=Place.MAIN,
    ),
    Action.RETURN_TO_SERVICE: ActionRow(
        label="Return to service…",
        done="back in service",
        place=Place.MAIN,
    ),
    Action.FAIL_INSPECTION: ActionRow(
        label="Fail…",
        done="failed inspection",
        form=forms.InspectionForm,
        place=Place.BESIDE,
    ),
    Action.STOP_CLEANING: ActionRow(
        label="Stop cleaning…",
        done="cleaning stopped",
    ),
    Action.MARK_MAINTENANCE: ActionRow(
        label="Report maintenance…",
        done="maintenance reported",
        form=forms.MaintenanceForm,
    ),
    Action.TAKE_OUT_OF_ORDER: ActionRow(
        label="Take out of order…",
        done="taken out of order",
        form=forms.OutOfOrderForm,
    ),
    Action.MARK_DIRTY: ActionRow(
        label="Mark dirty…",
        done="marked dirty",
    ),
    Action.OVERRIDE: ActionRow(
        label="Override status…",
        done="status overridden",
        form=forms.OverrideForm,
    ),
    # Offered by the toast and the room's page, never by a card.
    Action.UNDO: ActionRow(
        label="Undo",
        done="change undone",
        form=forms.PlainForm,
    ),
}
of_bookings = {action for action, transition in TRANSITIONS.items() if transition.of_booking}
if missing := set(Action) - of_bookings - set(ACTIONS):
    raise ImproperlyConfigured(f"portal.board.actions has no row for {sorted(missing)}.")


def action_form(action: Action, room: Room, staff: Staff, data: Any = None) -> forms.ActionForm:
    """Return the form of an action on a room, empty or filled with what was sent."""
    row = ACTIONS[action]
    return row.form(data, room=room, action=action, staff=staff, label=row.label)
