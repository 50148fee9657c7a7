"""What may be refused, and why. A refusal carries what it is about and builds its sentence here.

Each class has a stable `code` for programs and a `sentence` for a person. What it is about is
given by keyword; dates are written in the reader's language, by Django's date formats.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hotel.choices import names

# Rooms that a sentence names at most.
MOST_NAMED = 10


class _Shown:
    """A value as a sentence shows it: `{day}` is “3 June”, `{day:j F Y}` has another format.

    A set of roles is “front desk or manager”.
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def __format__(self, spec: str) -> str:
        if isinstance(self.value, dt.date):
            return date_format(self.value, spec or "j F")
        if isinstance(self.value, frozenset):
            return names(self.value)
        return format(str(self.value), spec)


class ReadyroomError(Exception):
    """A request that the rules refuse; nothing was changed."""

    code = "error"
    sentence: str | Promise = ""

    def __init__(self, **about: Any) -> None:
        super().__init__()
        self.about = about

    @property
    def message(self) -> str:
        """The sentence, in the reader's language.

        Built when it is read: a button that is not shown asks for a refusal and drops it.
        """
        shown = {name: _Shown(value) for name, value in self.about.items()}
        return str(self.sentence).format(**shown)

    def __str__(self) -> str:
        return self.message


class NotAllowed(ReadyroomError):
    """The caller's role, or the caller, may not do this."""

    code = "not_allowed"


class NotOnTheStaff(NotAllowed):
    """Somebody without an active place in this hotel."""

    sentence = _("{staff} does not work at {hotel}.")


class WrongRole(NotAllowed):
    """Another role's work."""

    sentence = _("“{what}” is for {roles}; you are {role}.")


class OwnClean(NotAllowed):
    """An inspection of the inspector's own clean."""

    sentence = _("You cleaned this room: somebody else inspects it.")


class NotYoursToUndo(NotAllowed):
    """The room's last change is somebody else's."""

    sentence = _("Only the person who made the last change to a room can undo it.")


class IllegalTransition(ReadyroomError):
    """The room or the booking is not in a state from which this can be done."""

    code = "illegal_transition"


class RoomNotInUse(IllegalTransition):
    """The room is switched off."""

    sentence = _("Room {room} is not in use.")


class NotPossibleNow(IllegalTransition):
    """The room's status does not allow the action."""

    sentence = _("Room {room} is “{status}”: “{action}” cannot be done now.")


class NoOpenMaintenance(IllegalTransition):
    """There is nothing to repair."""

    sentence = _("Room {room} has no open maintenance.")


class RoomChangedMeanwhile(IllegalTransition):
    """The room changed between the look at it and its lock."""

    sentence = _("Room {room} changed meanwhile: look again.")


class NothingToUndo(IllegalTransition):
    """The room's last change cannot be taken back, or there is none."""

    sentence = _("There is nothing to undo on room {room}.")


class TooLateToUndo(IllegalTransition):
    """The change is older than the time in which it can be undone."""

    sentence = _("A change can be undone within two minutes; this one is older.")


class UndoneWithItsStay(IllegalTransition):
    """A check-in or checkout is more than a change of the room."""

    sentence = _("A check-in or checkout is undone with its stay.")


class RoomDataErased(IllegalTransition):
    """A bulk checkout erased what the room knew."""

    sentence = _("This checkout erased the room's data: it cannot be undone.")


class StayDataErased(IllegalTransition):
    """A bulk checkout erased what the stay left behind."""

    sentence = _(
        "This checkout erased the stay's data: it cannot be undone. "
        "Make a new booking for the guest instead."
    )


class StayIsEnded(IllegalTransition):
    """A change of a stay that is completed, cancelled or a no-show."""

    sentence = _("Booking {booking} is “{status}”: reinstate it before you change it.")


class NothingToReinstate(IllegalTransition):
    """The booking is still expected or in house."""

    sentence = _("Booking {booking} is “{status}”: there is nothing to reinstate.")


class NoRoomYet(IllegalTransition):
    """There is no room to take back or to swap."""

    sentence = _("Booking {booking} has no room yet.")


class NotSharing(IllegalTransition):
    """The stay shares its room with nobody."""

    sentence = _("Booking {booking} does not share a room.")


class SharesWithGuests(IllegalTransition):
    """The room of the stay has a sharer's guests in it."""

    sentence = _("Booking {booking} shares room {room} with guests in house: stop sharing first.")


class CannotShare(IllegalTransition):
    """Two stays that cannot have one room together."""

    sentence = _("Bookings {booking} and {other} cannot share a room: {why}.")


class CannotSwapShared(IllegalTransition):
    """A swap of a room that more than one booking has."""

    sentence = _("Booking {booking} shares its room: stop sharing before you swap it.")


class StayedSince(IllegalTransition):
    """Another guest was in the room after the checkout."""

    sentence = _(
        "Room {room} had another guest after {booking} checked out. "
        "Make a new booking for the guest instead."
    )


class RoomIsOutOfOrder(IllegalTransition):
    """A guest cannot be put back into a room that is out of order."""

    sentence = _("Room {room} is out of order: return it to service first.")


class MovesAreNotUndone(IllegalTransition):
    """A move changed two rooms, a reinstatement a stay of another day."""

    sentence = _(
        "A move or a reinstatement is not undone: move the guest again, or check out again."
    )


class NotConfirmed(IllegalTransition):
    """The guests of the booking are not expected, or not any more."""

    sentence = _(
        "Booking {booking} is “{status}”: "
        "only a confirmed one can be assigned, checked in, cancelled or called a no-show."
    )


class GivenAnotherRoom(IllegalTransition):
    """The booking got a third room between the look at it and its lock."""

    sentence = _("Booking {booking} was given another room meanwhile: look again.")


class PlanOutdated(IllegalTransition):
    """What was to be rearranged is not as it was when somebody agreed to it."""

    sentence = _("The rooms or the stays changed meanwhile: look again at what is free.")


class SharedStay(IllegalTransition):
    """A stay in parts, of guests who share a room."""

    sentence = _("Booking {booking} shares a room: it cannot be divided between rooms.")


class SharesSince(IllegalTransition):
    """The booking got somebody to share with between the look at it and its lock."""

    sentence = _("Booking {booking} shares its room since: look again.")


class ArrivesLater(IllegalTransition):
    """A check-in before the day of arrival."""

    sentence = _("Booking {booking} arrives on {check_in}: a stay begins on its day.")


class TooEarlyForNoShow(IllegalTransition):
    """A no-show before the day of arrival."""

    sentence = _("Booking {booking} arrives on {check_in}: it is too early to call it a no-show.")


class StayOver(IllegalTransition):
    """A check-in or a room for a stay of which nothing is left."""

    sentence = _(
        "Booking {booking} ended on {check_out}. If the guests come now, change its dates first."
    )


class StaleVersion(ReadyroomError):
    """The room changed after the caller saw it.

    `room` is the room as it is now; `meanwhile` are the events since, oldest first.
    """

    code = "stale_version"
    sentence = _("Room {room} changed meanwhile: {who} made it “{status}”.")

    def __init__(self, room: Any, meanwhile: list[Any]) -> None:
        self.room = room
        self.meanwhile = meanwhile
        last = meanwhile[-1] if meanwhile else None
        who = last.actor.name if last and last.actor else _("somebody")
        super().__init__(room=room, who=who, status=room.get_room_status_display())


class NotCheckedIn(ReadyroomError):
    """A checkout of a stay that is not in house."""

    code = "not_checked_in"
    sentence = _("Booking {booking} is not in house.")


class NotBookable(ReadyroomError):
    """The room cannot be given to a guest."""

    code = "not_bookable"


class RoomTakesNoGuests(NotBookable):
    """The room is switched off."""

    sentence = _("Room {room} is not in use.")


class RoomNotReady(NotBookable):
    """The room is not ready this minute."""

    sentence = _("Room {room} is “{status}”: it can be given once it is ready.")


class FaultToAccept(NotBookable):
    """The room has a small fault that nobody has accepted for the guest yet."""

    sentence = _("Room {room} has a fault: “{fault}”. Confirm that the guest gets it all the same.")


class RoomOutOfOrder(NotBookable):
    """The room is out of order until after the guests come."""

    sentence = _("Room {room} is out of order until {until}.")


class RoomOutOfOrderForGood(NotBookable):
    """The room is out of order, and nobody knows until when."""

    sentence = _("Room {room} is out of order, with no expected end.")


class RoomCloses(NotBookable):
    """The room is to be out of order for some of the stay."""

    sentence = _(
        "Room {room} is out of order from {start} to {until}: {reason}. "
        "Give another room, or cancel the closure first."
    )


class RoomClosesForGood(NotBookable):
    """The room is to be out of order from a day of the stay on."""

    sentence = _(
        "Room {room} is out of order from {start} on: {reason}. "
        "Give another room, or cancel the closure first."
    )


class PromisedMeanwhile(IllegalTransition):
    """A room that closes is promised to stays that the person has not seen."""

    sentence = _("Room {room} is promised to {bookings}: look again before it closes.")


class RoomTaken(ReadyroomError):
    """Another stay has the room for some of the time."""

    code = "room_taken"
    sentence = _("Room {room} is kept for booking {other}, {check_in} to {check_out}.")

    def __init__(self, room: Any, other: Any, free: Sequence[Any] | None = None) -> None:
        super().__init__(room=room, other=other, check_in=other.check_in, check_out=other.check_out)
        self.free = free

    @property
    def message(self) -> str:
        """The sentence, with the rooms that are free instead where those were looked for."""
        if self.free is None:
            return super().message
        if not self.free:
            return f"{super().message} {_('No other room is free for the whole time.')}"
        rooms = ", ".join(str(room) for room in self.free[:MOST_NAMED])
        if more := len(self.free) - MOST_NAMED:
            rooms += _(" and %d more") % more if more > 0 else ""
        return f"{super().message} {_('Free for the whole time: %s.') % rooms}"


class RoomHasAnotherGuest(RoomTaken):
    """The guests of another stay came into the room after a checkout."""

    sentence = _(
        "Room {room} has the guests of booking {other} in it, {check_in} to {check_out}. "
        "Make a new booking for the guest, in another room."
    )


class NoAvailability(ReadyroomError):
    """The type has no room left to sell for at least one night."""

    code = "no_availability"
    sentence = _("No {room_type} is left for {night:j F Y}.")


class InvalidInput(ReadyroomError):
    """Input that cannot be used; `fields` maps the field's name to its messages."""

    code = "invalid"

    def __init__(self, fields: dict[str, Any]) -> None:
        super().__init__()
        self.fields = {name: [str(message)] for name, message in fields.items()}

    @property
    def message(self) -> str:
        """All the messages in one line."""
        return " ".join(words for messages in self.fields.values() for words in messages)
