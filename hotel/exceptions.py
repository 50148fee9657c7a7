"""What may be refused, and why. Each carries a stable code and a sentence for a person."""

from typing import Any


class ReadyroomError(Exception):
    """A request that the rules refuse; nothing was changed."""

    code = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(ReadyroomError):
    """The caller's role, or the caller, may not do this."""

    code = "not_allowed"


class IllegalTransition(ReadyroomError):
    """The room or the booking is not in a state from which this can be done."""

    code = "illegal_transition"


class StaleVersion(ReadyroomError):
    """The room changed after the caller saw it.

    `room` is the room as it is now; `events` are what happened meanwhile, oldest first.
    """

    code = "stale_version"

    def __init__(self, message: str, room: Any, events: list[Any]) -> None:
        super().__init__(message)
        self.room = room
        self.events = events


class NotCheckedIn(ReadyroomError):
    """A checkout of a stay that is not in house."""

    code = "not_checked_in"


class NotBookable(ReadyroomError):
    """The room cannot be given to a guest now."""

    code = "not_bookable"


class RoomTaken(ReadyroomError):
    """Another stay has the room for some of the time."""

    code = "room_taken"


class NoAvailability(ReadyroomError):
    """The type has no room left to sell for at least one night."""

    code = "no_availability"


class InvalidInput(ReadyroomError):
    """Input that cannot be used; `fields` maps the field's name to its messages."""

    code = "invalid"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = {name: [message] for name, message in fields.items()}
