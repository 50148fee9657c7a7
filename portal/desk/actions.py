"""The desk's actions on a booking: one row each, and the buttons that a booking shows."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from hotel.models import Staff
from portal.desk.forms import ConfirmForm, ReadyRoomForm, RoomChoiceForm
from rooms.models import Room
from stays import rules
from stays.choices import BookingAction, BookingStatus, Phase
from stays.models import Booking
from stays.phase import phase_on


@dataclass(frozen=True)
class DeskAction:
    """How the desk shows an action: its form, and its button's colour."""

    form: type[ConfirmForm]
    style: str = "primary"


DESK_ACTIONS = {
    BookingAction.ASSIGN: DeskAction(RoomChoiceForm),
    BookingAction.CHECK_IN: DeskAction(ReadyRoomForm),
    BookingAction.CHECK_OUT: DeskAction(ConfirmForm),
    BookingAction.CANCEL: DeskAction(ConfirmForm, "danger"),
    BookingAction.NO_SHOW: DeskAction(ConfirmForm, "danger"),
}


@dataclass(frozen=True)
class BookingButton:
    """One action on a booking, as its row shows it."""

    label: str
    url: str
    one_tap: bool = False
    main: bool = False
    # What the tap sends, as JSON.
    vals: str = ""


def action_url(booking: Booking, action: BookingAction) -> str:
    """Return the address of an action on a booking: GET shows its form, POST does it."""
    slug = action.value.replace("_", "-")
    return reverse("booking_action", args=[booking.hotel.slug, booking.booking_id, slug])


def buttons(
    booking: Booking, staff: Staff, today: dt.date, to_assign: Room | None = None
) -> list[BookingButton]:
    """Return the booking's buttons; where nothing more is to be asked, one tap does it.

    `to_assign` is a ready room that is free for the whole stay.
    """

    def may(action: BookingAction) -> bool:
        return rules.may(staff, action, booking, today)

    def button(action: BookingAction, label: str, **more: Any) -> BookingButton:
        return BookingButton(label, action_url(booking, action), **more)

    found = []
    if may(BookingAction.CHECK_OUT):
        # Asked once more: it stands where “Check in” was a moment ago.
        found.append(button(BookingAction.CHECK_OUT, "Check out…", main=True))
    due = may(BookingAction.CHECK_IN)
    if to_assign and not booking.room and may(BookingAction.ASSIGN):
        room = json.dumps({"room": to_assign.number})
        label = f"Assign {to_assign.number}"
        found.append(button(BookingAction.ASSIGN, label, one_tap=True, main=True, vals=room))
    if due and booking.room and booking.room.is_bookable:
        found.append(button(BookingAction.CHECK_IN, "Check in", one_tap=True, main=True))
        found.append(button(BookingAction.CHECK_IN, "Check in to another room…"))
    elif due:
        found.append(button(BookingAction.CHECK_IN, "Check in…", main=True))
    if may(BookingAction.ASSIGN):
        found.append(button(BookingAction.ASSIGN, "Assign room…", main=not due))
    if may(BookingAction.NO_SHOW):
        over = phase_on(booking, today) is Phase.ENDED_WITHOUT_ARRIVAL
        found.append(button(BookingAction.NO_SHOW, "No-show…", main=over))
    if may(BookingAction.CANCEL):
        found.append(button(BookingAction.CANCEL, "Cancel…"))
    if booking.status == BookingStatus.NO_SHOW:
        found.append(button(BookingAction.REINSTATE, "Reinstate…", main=True))
    return found
