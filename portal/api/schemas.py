"""What the API accepts and what it answers, as pydantic models."""

import datetime as dt
import re
from typing import Annotated, Any

from ninja import Schema
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
)
from pydantic.json_schema import WithJsonSchema

from rooms.choices import VACANT, Action, LogAction, Priority, RoomStatus, Source
from rooms.perform import NOTES_MAX


def _storable(text: str) -> str:
    """Refuse what a database cannot store as text: NUL, and half of a surrogate pair."""
    if "\0" in text or text != text.encode(errors="ignore").decode():
        raise ValueError("The text holds a character that cannot be kept.")
    return text


def _iso_day(value: Any) -> Any:
    """Refuse numbers and times, which pydantic would accept as a date."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return value
    raise ValueError("Give a date as YYYY-MM-DD.")


Text = Annotated[StrictStr, AfterValidator(_storable)]
Day = Annotated[dt.date, BeforeValidator(_iso_day)]
NotesText = Annotated[Text, Field(max_length=NOTES_MAX, examples=["Minibar refilled"])]
RequiredNotes = Annotated[
    Text, Field(min_length=1, max_length=NOTES_MAX, examples=["Hair in the shower"])
]
Seen = Annotated[
    StrictInt,
    Field(
        ge=0,
        le=2**31 - 1,
        description="The room's `version` as the caller saw it; a stale one is refused.",
        examples=[7],
    ),
]
RoomNumber = Annotated[Text, Field(max_length=10, examples=["204"])]
VacantStatus = Annotated[
    RoomStatus,
    WithJsonSchema({"type": "string", "enum": [s.value for s in RoomStatus if s in VACANT]}),
]


class Body(Schema):
    """A request's body: what is not in it is refused."""

    model_config = ConfigDict(extra="forbid")


class OnRoom(Body):
    """A change of a room that the caller has seen."""

    expected_version: Seen | None = None


class Noted(OnRoom):
    """A change of a room with a note, if there is one."""

    notes: Annotated[NotesText, Field(description="For whoever comes next.")] = ""


class Inspection(OnRoom):
    """An inspection's result."""

    passed: StrictBool = Field(description="Whether the room may be given to a guest.")
    notes: Annotated[
        NotesText, Field(description="Required when the room fails: the cleaner reads it.")
    ] = ""


class Maintenance(OnRoom):
    """Something to repair."""

    priority: Priority = Field(
        description=(
            "LOW: the room is still given, last, if the desk accepts the fault. MED: not given now."
            " HIGH: not given, and not sold until `until`, or at all without it."
        )
    )
    notes: RequiredNotes = Field(description="What is broken.")
    until: Annotated[
        Day | None,
        Field(description="The day on which it should be repaired; without it, not known."),
    ] = None
    stops_sale: Annotated[
        StrictBool,
        Field(description="The room cannot be sold until it is repaired, whatever the priority."),
    ] = False


class Repaired(Noted):
    """The end of a maintenance."""

    needs_cleaning: Annotated[
        StrictBool,
        Field(description="The room returns as CHECKOUT_DIRTY instead of its return status."),
    ] = False


class OutOfOrder(OnRoom):
    """A room taken out of order, for the half-open days [from, until)."""

    notes: RequiredNotes = Field(alias="reason", description="Why nobody can stay in it.")
    start: Annotated[
        Day | None,
        Field(alias="from", description="The first day, today or earlier; without it, today."),
    ] = None
    until: Annotated[
        Day | None,
        Field(description="The first day on which it is expected back; without it, open-ended."),
    ] = None


class Override(OnRoom):
    """A manager's correction of a vacant room's status."""

    room_status: VacantStatus = Field(description="The status that the room shall have.")
    notes: RequiredNotes = Field(description="Why the room's own history does not count.")


class Undo(OnRoom):
    """Nothing but the version seen."""


class StaffName(Schema):
    """A member of staff, as colleagues know them."""

    id: int = Field(examples=[12])
    name: str = Field(examples=["Ana Silva"])


class Room(Schema):
    """A room as it stands now."""

    number: str = Field(examples=["204"])
    floor: str = Field(examples=["2"])
    room_type: str = Field(description="The type's code.", examples=["D"])
    room_status: RoomStatus
    is_occupied: bool
    is_active: bool = Field(description="False: the room is not in use at all.")
    is_out_of_order: bool
    maintenance_required: bool
    maintenance_priority: Priority | None = Field(description="While maintenance is open.")
    maintenance_notes: str
    housekeeping_notes: str
    last_cleaned_at: dt.datetime | None
    cleaned_by_staff: StaffName | None
    last_inspected_at: dt.datetime | None
    inspected_by_staff: StaffName | None
    return_status: RoomStatus | None = Field(
        description="What the room returns as from maintenance or from out of order."
    )
    version: int = Field(description="Grows with every change of the room.", examples=[7])
    actions: list[Action] = Field(description="What this caller may do to the room now.")


class Event(Schema):
    """One line of the hotel's log."""

    seq: int = Field(description="Counts the hotel's events, without gaps.", examples=[4711])
    room: str | None = Field(description="The room's number, if the event is about one.")
    action: Action | LogAction
    from_status: RoomStatus | None
    to_status: RoomStatus | None
    actor: StaffName | None = Field(description="Null where no person did it.")
    source: Source = Field(description="Through which door the change came.")
    notes: str
    occurred_at: dt.datetime = Field(description="When it was done.")
    recorded_at: dt.datetime = Field(description="When it reached the log.")


class ActionAnswer(Schema):
    """What a change of a room did."""

    room: Room
    event: Event
    undo_until: dt.datetime | None = Field(
        description="Until when the caller may undo it; null after an undo."
    )


class Rooms(Schema):
    """A page of rooms."""

    rooms: list[Room]
    next: str | None = Field(description="The next page's `cursor`; null at the end.")


class Events(Schema):
    """A page of events."""

    events: list[Event]
    next: str | None = Field(description="The next page's `cursor`; null at the end.")


class Log(Events):
    """A page of the hotel's log."""

    last_seq: int = Field(description="The newest seq: follow the log with `after` from here.")


class HousekeepingRooms(Schema):
    """Every active room in exactly one list."""

    checkout_dirty: list[Room]
    cleaning_in_progress: list[Room]
    awaiting_inspection: list[Room]
    maintenance_required: list[Room]
    ready_for_guests: list[Room] = Field(description="AVAILABLE and READY_FOR_GUEST.")
    occupied: list[Room]
    out_of_order: list[Room]


class ByPriority(Schema):
    """Open maintenance by urgency."""

    LOW: int
    MED: int
    HIGH: int


class Stats(Schema):
    """The active rooms counted; the six from `available_for_booking` on add up to the total."""

    total_rooms: int
    available_for_booking: int
    occupied: int
    needs_cleaning: int = Field(description="Dirty and being cleaned.")
    needs_inspection: int
    needs_maintenance: int
    out_of_order: int
    cleaning_in_progress: int = Field(description="Those of `needs_cleaning` under way.")
    maintenance_by_priority: ByPriority = Field(
        description="Every open maintenance, also of rooms occupied or out of order."
    )


class ErrorDetail(Schema):
    """What was wrong."""

    code: str = Field(description="Stable, for programs.", examples=["not_allowed"])
    message: str = Field(description="A sentence for a person.")
    fields: dict[str, list[str]] = Field(description="What was wrong with which field.")


class Error(Schema):
    """Why a request was not done; nothing was changed."""

    error: ErrorDetail


class Conflict(Error):
    """A request that the state of the room or booking forbids."""

    room: Annotated[
        Room | None, Field(description="For `stale_version`: the room as it is now.")
    ] = None
