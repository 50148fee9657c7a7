"""The one door: an action on a room or a booking goes to the function that does it.

Pages, the desk and the API come through here.
"""

from collections.abc import Callable
from typing import Any

from rooms.change import ActionInput, Change
from rooms.choices import Action
from rooms.perform import perform
from stays import arrivals, bookings, departures, sharing
from stays.changes import change_stay
from stays.choices import BookingAction
from stays.moves import move
from stays.reinstatement import reinstate
from stays.undo import undo

Does = Callable[[Any, ActionInput, Change], Any]

# What changes a stay besides the room. Everything else is rooms.perform's.
WITH_STAY: dict[Action, Does] = {
    Action.CHECK_IN: lambda room, given, change: arrivals.check_in(
        given.booking, room, change, accept_fault=given.accept_fault
    ),
    Action.CHECK_OUT: lambda room, given, change: departures.check_out_room(room, change),
    Action.UNDO: lambda room, given, change: undo(room, change),
}
ON_BOOKING: dict[BookingAction, Does] = {
    BookingAction.ASSIGN: lambda stay, given, change: bookings.assign(stay, given.room, change),
    BookingAction.UNASSIGN: lambda stay, given, change: bookings.unassign(stay, change),
    BookingAction.SWAP: lambda stay, given, change: bookings.swap(stay, given.other, change),
    BookingAction.CHANGE: lambda stay, given, change: change_stay(stay, given.stay, change),
    BookingAction.MOVE: lambda stay, given, change: move(
        stay,
        given.room,
        given.notes,
        change,
        alone=given.alone,
        accept_fault=given.accept_fault,
    ),
    BookingAction.SHARE: lambda stay, given, change: sharing.share(stay, given.other, change),
    BookingAction.UNSHARE: lambda stay, given, change: sharing.unshare(stay, change),
    BookingAction.REINSTATE: lambda stay, given, change: reinstate(stay, given.notes, change),
    BookingAction.CHECK_IN: lambda stay, given, change: arrivals.check_in(
        stay, given.room, change, accept_fault=given.accept_fault
    ),
    BookingAction.CHECK_OUT: lambda stay, given, change: departures.check_out(stay, change),
    BookingAction.CANCEL: lambda stay, given, change: bookings.cancel(stay, change),
    BookingAction.NO_SHOW: lambda stay, given, change: bookings.no_show(stay, change),
}


def act(action: Action | BookingAction, subject: Any, given: ActionInput, change: Change) -> Any:
    """Do `action` to a room, or a booking action to a booking, whole or not at all.

    `subject` is brought up to date in place. Returns what the function returns: the event of a
    room's action, the booking of a booking's. Raises any of hotel.exceptions.
    """
    if isinstance(action, BookingAction):
        return ON_BOOKING[action](subject, given, change)
    if action in WITH_STAY:
        return WITH_STAY[action](subject, given, change)
    return perform(action, subject, given, change)
