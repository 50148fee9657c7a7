"""The desk's actions on a booking: one row each, and the buttons that a booking shows."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from hotel.exceptions import NoAvailability, ReadyroomError, RoomTaken
from hotel.models import Staff
from portal.desk import stay_forms
from portal.desk.forms import ConfirmForm, ReadyRoomForm, RoomChoiceForm
from stays import rules
from stays.choices import BookingAction, BookingStatus
from stays.models import Booking

DAY = dt.timedelta(days=1)
# Rooms that are offered by a button of their own where the one that was wanted is taken.
OFFERED = 3


@dataclass(frozen=True)
class DeskAction:
    """How the desk shows an action: its form, and its button's colour."""

    form: type[ConfirmForm]
    style: str = "primary"


DESK_ACTIONS = {
    BookingAction.ASSIGN: DeskAction(RoomChoiceForm),
    BookingAction.UNASSIGN: DeskAction(ConfirmForm),
    BookingAction.SWAP: DeskAction(stay_forms.SwapForm),
    BookingAction.CHECK_IN: DeskAction(ReadyRoomForm),
    BookingAction.CHECK_OUT: DeskAction(ConfirmForm),
    BookingAction.CHANGE: DeskAction(stay_forms.ChangeStayForm),
    BookingAction.MOVE: DeskAction(stay_forms.MoveForm),
    BookingAction.SHARE: DeskAction(stay_forms.ShareForm),
    BookingAction.UNSHARE: DeskAction(stay_forms.UnshareForm),
    BookingAction.REINSTATE: DeskAction(stay_forms.ReinstateForm),
    BookingAction.CANCEL: DeskAction(stay_forms.EndForm, "danger"),
    BookingAction.NO_SHOW: DeskAction(stay_forms.EndForm, "danger"),
}


@dataclass(frozen=True)
class BookingButton:
    """One action on a booking, as its row shows it.

    `url` opens the form, or does it where one tap is enough. Then `sends` is what it posts, and the
    form, for a browser without scripts, has it filled in.
    """

    label: str
    url: str
    one_tap: bool = False
    main: bool = False
    sends: str = ""


def action_url(booking: Booking, action: BookingAction, **filled_in: object) -> str:
    """Return the address of an action on a booking: GET shows its form, POST does it."""
    slug = action.value.replace("_", "-")
    url = reverse("booking_action", args=[booking.hotel.slug, booking.booking_id, slug])
    return f"{url}?{urlencode(filled_in)}" if filled_in else url


def buttons(
    booking: Booking, staff: Staff, today: dt.date, *, shares: bool | None = None
) -> list[BookingButton]:
    """Return the booking's buttons; where nothing more is to be asked, one tap does it.

    `shares` tells whether the room is shared, where that has been asked; without it, only the
    booking's own link to another is looked at.
    """
    if shares is None:
        shares = booking.shares_with_id is not None

    def may(action: BookingAction) -> bool:
        return rules.may(staff, action, booking, today)

    def button(action: BookingAction, label: str, **more: Any) -> BookingButton:
        return BookingButton(label, action_url(booking, action), **more)

    found = _coming_and_going(booking, today, may, button)
    if may(BookingAction.CHANGE) and booking.status == BookingStatus.IN_HOUSE:
        found.append(_one_night_more(booking, today))
    if may(BookingAction.CHANGE):
        found.append(button(BookingAction.CHANGE, "Change stay…"))
    if may(BookingAction.MOVE):
        found.append(button(BookingAction.MOVE, "Move to another room…"))
    if may(BookingAction.SWAP) and not shares:
        found.append(button(BookingAction.SWAP, "Swap rooms…"))
    if may(BookingAction.UNASSIGN):
        found.append(button(BookingAction.UNASSIGN, "Take back the room", one_tap=True))
    if shares and may(BookingAction.UNSHARE):
        found.append(button(BookingAction.UNSHARE, "Stop sharing…"))
    elif may(BookingAction.SHARE):
        found.append(button(BookingAction.SHARE, "Share a room…"))
    if may(BookingAction.NO_SHOW):
        alone = today >= booking.ends_before and not may(BookingAction.CHECK_IN)
        found.append(button(BookingAction.NO_SHOW, "No-show…", main=alone))
    if may(BookingAction.CANCEL):
        found.append(button(BookingAction.CANCEL, "Cancel…"))
    if may(BookingAction.REINSTATE):
        found.append(button(BookingAction.REINSTATE, "Reinstate…", main=True))
    return found


def _coming_and_going(
    booking: Booking,
    today: dt.date,
    may: Callable[[BookingAction], bool],
    button: Callable[..., BookingButton],
) -> list[BookingButton]:
    """Return what lets the guests in or out, or gives them a room: the next step among them."""
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
        ahead = not due and today < booking.ends_before
        found.append(button(BookingAction.ASSIGN, "Assign room…", main=ahead))
    return found


def _one_night_more(booking: Booking, today: dt.date) -> BookingButton:
    """Return the button that extends the stay to the next morning; overdue, to tomorrow's."""
    wanted = {"check_out": (max(booking.check_out, today) + DAY).isoformat()}
    url = action_url(booking, BookingAction.CHANGE, **wanted)
    return BookingButton("Extend one night", url, one_tap=True, sends=json.dumps(wanted))


def instead(
    booking: Booking, action: BookingAction, form: ConfirmForm, refused: ReadyroomError
) -> list[BookingButton]:
    """Return what can be done about a change of dates that the room or its type cannot take.

    In house the guests can move, for as long as was wanted; an arrival can have another room.
    """
    if action is not BookingAction.CHANGE or not isinstance(refused, RoomTaken | NoAvailability):
        return []
    free = [room.number for room in getattr(refused, "free", None) or ()][:OFFERED]
    if booking.status != BookingStatus.IN_HOUSE:
        return [
            BookingButton(f"Assign {room}…", action_url(booking, BookingAction.ASSIGN, room=room))
            for room in free
        ]
    until = {"check_out": form.cleaned_data["check_out"].isoformat()}
    moves = [
        BookingButton(
            f"Move to {room}…", action_url(booking, BookingAction.MOVE, room=room, **until)
        )
        for room in free
    ]
    elsewhere = action_url(booking, BookingAction.MOVE, **until)
    return moves or [BookingButton("Move to another room…", elsewhere)]


def is_late(booking: Booking, today: dt.date) -> bool:
    """Tell whether the guests were expected on an earlier day."""
    return booking.status == BookingStatus.CONFIRMED and booking.check_in < today
