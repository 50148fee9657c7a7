"""Changes to a stay that is expected or in house: its dates, type, guests and name."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotel.exceptions import InvalidInput, RoomTaken
from rooms import log
from rooms.change import Change
from rooms.choices import LogAction
from rooms.models import RoomType
from stays import bookings, rules, sharing
from stays.choices import BookingAction, BookingStatus
from stays.holds import held, require_left
from stays.models import Booking

# So many free rooms a refusal names.
OFFERED = 5
# What the log calls each field.
LABELS = {
    "check_in": gettext_lazy("arrival"),
    "check_out": gettext_lazy("departure"),
    "room_type": gettext_lazy("type"),
    "adults": gettext_lazy("adults"),
    "children": gettext_lazy("children"),
    "guest_name": gettext_lazy("name corrected"),
}


@dataclass(frozen=True, kw_only=True)
class StayChange:
    """What is to be different about a stay; None leaves it as it is."""

    check_in: dt.date | None = None
    check_out: dt.date | None = None
    room_type: RoomType | None = None
    adults: int | None = None
    children: int | None = None
    guest_name: str | None = None

    def differences(self, booking: Booking) -> dict[str, Any]:
        """Return the fields that would change, by name, with their new values."""
        wanted = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value
            for name, value in wanted.items()
            if value is not None and value != getattr(booking, name)
        }


def change_stay(booking: Booking, wanted: StayChange, change: Change) -> Booking:
    """Change what `wanted` says of the stay, all of it or nothing; without a difference, nothing.

    An arrival keeps its assigned room if that is of the new type and free on the new dates; of
    another type, the room is taken back. Only nights that are added are asked of availability.

    Raises NotAllowed, IllegalTransition (the stay is over; of sharers, the type), InvalidInput
    (with fields), RoomTaken (names the rooms that are free), NotBookable (the room is closed on an
    added night), NoAvailability.
    """
    hotel, changed = booking.hotel, LogAction.STAY_CHANGED
    rules.require_desk(change, booking, BookingAction.CHANGE)
    with log.opened(
        hotel,
        change,
        lambda: rules.lock_all([booking]),
        action=changed,
        booking=booking,
        notes=None,
    ) as repeat:
        if repeat:
            return booking
        rules.require(change, BookingAction.CHANGE, booking)
        new = wanted.differences(booking)
        if not new:
            return booking
        notes = "; ".join(_told(booking, new))
        _require_possible(booking, new, hotel.business_date(change.occurred_at))
        _apply(booking, new, change)
        log.append(hotel, changed, change, room=booking.room, booking=booking, notes=notes)
    return booking


def _apply(booking: Booking, new: dict[str, Any], change: Change) -> None:
    """Set the new values and save them, if what they need is left."""
    hotel, today = booking.hotel, booking.hotel.business_date(change.occurred_at)
    others = rules.sharers(booking)
    before, room = held([[booking, *others]], today), booking.room
    was = (booking.check_in, booking.check_out)
    for name, value in new.items():
        setattr(booking, name, value)
    if "room_type" in new:
        if others:
            sharing.require_not_sharing(booking)
        if room and room.room_type_id != booking.room_type_id:
            bookings.give(booking, None, change)
    if booking.room and _needs_more(booking, *was):
        rules.require_in_order(booking, booking.room, today)
        if other := rules.others_in(booking, booking.room, today).first():
            raise RoomTaken(booking.room, other, rules.free_rooms(booking, today)[:OFFERED])
    after = held([[booking, *others]], today)
    in_a_room = booking.room is not None
    require_left(hotel, before, after, change.occurred_at, in_a_room=in_a_room)
    booking.save(update_fields=[*new, "room"])


def _needs_more(booking: Booking, check_in: dt.date, check_out: dt.date) -> bool:
    """Tell whether the stay needs its room at a time that [check_in, check_out) did not."""
    if (booking.check_in, booking.check_out) == (check_in, check_out):
        return False
    # A day use needs it at noon, where a stay of that date came after noon.
    return booking.check_in < check_in or booking.check_out > check_out or not booking.nights


def _require_possible(booking: Booking, new: dict[str, Any], today: dt.date) -> None:
    """Raise InvalidInput for new values that no stay can have, or that this one cannot any more."""
    stay = {name: new.get(name, getattr(booking, name)) for name in LABELS}
    errors = rules.stay_errors(
        booking.hotel,
        stay["room_type"],
        stay["check_in"],
        stay["check_out"],
        stay["adults"],
        stay["children"],
        today,
    )
    # What was so before, and stays so, is no fault of this change.
    touched = new.keys() | ({"adults", "children"} if "room_type" in new else set())
    touched |= {"check_out"} if "check_in" in new else set()
    errors = {name: words for name, words in errors.items() if name in touched}
    if booking.status == BookingStatus.IN_HOUSE:
        if "check_in" in new:
            errors["check_in"] = _("The guests are in house: only the departure can change.")
        if "room_type" in new:
            errors["room_type"] = _("The guests are in house: move them to another room instead.")
    elif "check_in" in new and stay["check_in"] < today:
        errors["check_in"] = _("The arrival is in the past.")
    if "check_out" in new and stay["check_out"] < today:
        errors["check_out"] = _("The departure can be today at the earliest.")
    if not stay["guest_name"].strip():
        errors["guest_name"] = _("Give the guest's name.")
    if stay["room_type"].hotel_id != booking.hotel_id:
        errors["room_type"] = _("%s has no such room type.") % booking.hotel
    if errors:
        raise InvalidInput(errors)


def _told(booking: Booking, new: dict[str, Any]) -> Iterator[str]:
    """Yield each difference as the log tells it; a guest's name stays out of the log."""
    for name, value in new.items():
        label = LABELS[name]
        if name == "guest_name":
            yield str(label)
        else:
            yield f"{label} {_worded(getattr(booking, name))} → {_worded(value)}"


def _worded(value: Any) -> str:
    return date_format(value, "j F Y") if isinstance(value, dt.date) else str(value)
