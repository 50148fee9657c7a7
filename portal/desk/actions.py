"""The desk's actions on a booking: one row each, and the buttons that a booking shows."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from hotel.models import Staff
from portal.desk.forms import ConfirmForm, ReadyRoomForm, RoomChoiceForm
from stays import rules
from stays.choices import BookingAction, BookingStatus
from stays.models import Booking


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


def action_url(booking: Booking, action: BookingAction) -> str:
    """Return the address of an action on a booking: GET shows its form, POST does it."""
    slug = action.value.replace("_", "-")
    return reverse("booking_action", args=[booking.hotel.slug, booking.booking_id, slug])


def buttons(booking: Booking, staff: Staff, today: dt.date) -> list[BookingButton]:
    """Return the booking's buttons; where nothing more is to be asked, one tap does it."""

    def may(action: BookingAction) -> bool:
        return rules.may(staff, action, booking, today)

    def button(action: BookingAction, label: str, **more: bool) -> BookingButton:
        return BookingButton(label, action_url(booking, action), **more)

    found = []
    if may(BookingAction.CHECK_OUT):
        # Asked once more: it stands where “Check in” was a moment ago.
        found.append(button(BookingAction.CHECK_OUT, "Check out…", main=True))
    due = may(BookingAction.CHECK_IN)
    if due and booking.room and booking.room.is_bookable:
        found.append(button(BookingAction.CHECK_IN, "Check in", one_tap=True, main=True))
        found.append(button(BookingAction.CHECK_IN, "Check in to another room…"))
    elif due:
        found.append(button(BookingAction.CHECK_IN, "Check in…", main=True))
    if may(BookingAction.ASSIGN):
        found.append(button(BookingAction.ASSIGN, "Assign room…", main=not due))
    if may(BookingAction.NO_SHOW):
        found.append(button(BookingAction.NO_SHOW, "No-show…"))
    if may(BookingAction.CANCEL):
        found.append(button(BookingAction.CANCEL, "Cancel…"))
    return found


def is_late(booking: Booking, today: dt.date) -> bool:
    """Tell whether the guests were expected on an earlier day."""
    return booking.status == BookingStatus.CONFIRMED and booking.check_in < today
