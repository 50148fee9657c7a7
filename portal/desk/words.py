"""What the desk's pages say of stays: their dates, what was done, and their history."""

import datetime as dt

from django.utils.formats import date_format

from rooms.choices import Action, LogAction
from rooms.models import RoomEvent
from stays.choices import BookingAction, BookingStatus
from stays.models import Booking

# What the log tells of a booking, in the past tense; “room” is the room's number.
TOLD: dict[str, str] = {
    LogAction.BOOKING_CREATED: "Booked",
    LogAction.BOOKING_CANCELLED: "Cancelled",
    LogAction.BOOKING_NO_SHOW: "Did not come",
    LogAction.BOOKING_REINSTATED: "Reinstated",
    LogAction.STAY_CHANGED: "Stay changed",
    LogAction.ROOM_ASSIGNED: "Room {room} assigned",
    LogAction.ROOM_UNASSIGNED: "Room {room} taken back",
    LogAction.SHARING_BEGAN: "Began to share a room",
    LogAction.SHARING_ENDED: "Stopped sharing",
    LogAction.SHARER_CHECKED_IN: "Checked in to room {room}, shared",
    LogAction.SHARER_CHECKED_OUT: "Checked out of room {room}, which the others keep",
    LogAction.SHARER_MOVED: "Moved with the sharers: room {room}",
    Action.CHECK_IN: "Checked in to room {room}",
    Action.CHECK_OUT: "Checked out of room {room}",
    Action.MOVE_OUT: "Moved out of room {room}",
    Action.MOVE_IN: "Moved into room {room}",
    Action.REINSTATE: "Reinstated in room {room}",
    Action.UNDO: "Last change of room {room} undone",
}
# What a toast says was done, where that is not how the stay stands now.
DONE: dict[str, str] = {
    BookingAction.UNASSIGN: "room taken back",
    BookingAction.SWAP: "rooms swapped",
    BookingAction.MOVE: "moved",
    BookingAction.SHARE: "shares a room",
    BookingAction.UNSHARE: "shares no longer",
}


def told(event: RoomEvent) -> str:
    """Return what happened to the booking, as its history tells it."""
    words = TOLD.get(event.action, event.get_action_display())
    return words.format(room=event.room.number if event.room else "")


def day(date: dt.date) -> str:
    """Return a day as the desk says it: “12 June”."""
    return date_format(date, "j F")


def dates(stay: Booking) -> str:
    """Return the stay's dates as the desk says them: “12 to 14 June”, “30 June to 2 July”."""
    begin, end = stay.check_in, stay.check_out
    last = day(end)
    if begin == end:
        return last
    same_month = (begin.year, begin.month) == (end.year, end.month)
    return f"{date_format(begin, 'j') if same_month else day(begin)} to {last}"


def done(booking: Booking, action: BookingAction) -> str:
    """Return what the toast says has happened."""
    status = booking.get_status_display().lower()
    guest, room = booking.guest_name, booking.room
    if action is BookingAction.CHECK_IN and room:
        room.refresh_from_db(fields=["guest_pin"])
        return f"{guest} checked in to {room.number}, guest PIN {room.guest_pin}"
    if action is BookingAction.CHECK_OUT and room:
        return f"{guest} checked out of {room.number}"
    if action is BookingAction.ASSIGN and room:
        return f"{guest} has room {room.number}"
    if action is BookingAction.CHANGE:
        now = dates(booking)
    elif action is BookingAction.REINSTATE:
        now = f"{status} again"
    else:
        now = DONE.get(action, status)
    return f"{guest}: {now}, room {room.number}" if room else f"{guest}: {now}"


def reinstated(booking: Booking, room: str) -> str:
    """Return what a reinstatement will do; `room` is the number of the room before, if any."""
    if booking.status == BookingStatus.COMPLETED:
        return (
            f"{booking.guest_name} is in house again in room {room}; the room becomes occupied. "
            "Orders and chats that the checkout closed are open again."
        )
    if room:
        return f"{booking.guest_name} is confirmed again, in room {room} if it is still free."
    return f"{booking.guest_name} is confirmed again; no room is assigned."
