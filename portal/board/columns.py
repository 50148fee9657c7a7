"""The board's columns: which statuses stand together, under what word, icon and colour."""

from dataclasses import dataclass

from hotel.choices import Role
from rooms.choices import Action, RoomStatus


@dataclass(frozen=True)
class Column:
    """One column; `key` is its name in the page (CSS class, anchor, filter)."""

    key: str
    label: str
    icon: str
    statuses: tuple[RoomStatus, ...]
    empty: str


COLUMNS = (
    Column(
        "dirty",
        "Needs cleaning",
        "bucket",
        (RoomStatus.CHECKOUT_DIRTY,),
        "No room waits for cleaning.",
    ),
    Column(
        "cleaning",
        "Cleaning",
        "brush",
        (RoomStatus.CLEANING_IN_PROGRESS,),
        "Nobody is cleaning now.",
    ),
    Column(
        "inspection",
        "Awaiting inspection",
        "clipboard-check",
        (RoomStatus.CLEANED_UNINSPECTED,),
        "Every cleaned room is inspected.",
    ),
    Column(
        "ready",
        "Ready",
        "check-circle-fill",
        (RoomStatus.READY_FOR_GUEST, RoomStatus.AVAILABLE),
        "No room is ready yet.",
    ),
    Column("occupied", "Occupied", "person-fill", (RoomStatus.OCCUPIED,), "No guest is in house."),
    Column(
        "maintenance",
        "Maintenance",
        "wrench-adjustable",
        (RoomStatus.MAINTENANCE_REQUIRED,),
        "Nothing to repair.",
    ),
    Column(
        "out-of-order",
        "Out of order",
        "slash-circle",
        (RoomStatus.OUT_OF_ORDER,),
        "Every room is in service.",
    ),
)
COLUMN_OF = {status: column for column in COLUMNS for status in column.statuses}
BY_KEY = {column.key: column for column in COLUMNS}

# Where each role's work lies: the first tab on a phone.
FIRST_COLUMN = {
    Role.HOUSEKEEPER: "dirty",
    Role.SUPERVISOR: "inspection",
    Role.MAINTENANCE: "maintenance",
    Role.FRONT_DESK: "ready",
    Role.MANAGER: "dirty",
}

# The button's words; “…” says that a form opens first.
BUTTONS = {
    Action.CHECK_IN: "Check in…",
    Action.CHECK_OUT: "Check out",
    Action.START_CLEANING: "Start cleaning",
    Action.STOP_CLEANING: "Stop cleaning…",
    Action.MARK_CLEANED: "Cleaned",
    Action.PASS_INSPECTION: "Pass",
    Action.FAIL_INSPECTION: "Fail…",
    Action.MARK_MAINTENANCE: "Report maintenance…",
    Action.COMPLETE_MAINTENANCE: "Repaired…",
    Action.TAKE_OUT_OF_ORDER: "Take out of order…",
    Action.RETURN_TO_SERVICE: "Return to service…",
    Action.MARK_DIRTY: "Mark dirty…",
    Action.OVERRIDE: "Override status…",
    Action.UNDO: "Undo",
}
# What the toast says has happened.
DONE = {
    Action.CHECK_IN: "checked in",
    Action.CHECK_OUT: "checked out",
    Action.START_CLEANING: "cleaning started",
    Action.STOP_CLEANING: "cleaning stopped",
    Action.MARK_CLEANED: "cleaned",
    Action.PASS_INSPECTION: "passed inspection",
    Action.FAIL_INSPECTION: "failed inspection",
    Action.MARK_MAINTENANCE: "maintenance reported",
    Action.COMPLETE_MAINTENANCE: "repaired",
    Action.TAKE_OUT_OF_ORDER: "taken out of order",
    Action.RETURN_TO_SERVICE: "back in service",
    Action.MARK_DIRTY: "marked dirty",
    Action.OVERRIDE: "status overridden",
    Action.UNDO: "change undone",
}
# Done by one tap, with undo instead of a question; the others ask for something first.
ONE_TAP = frozenset(
    {
        Action.START_CLEANING,
        Action.MARK_CLEANED,
        Action.PASS_INSPECTION,
        Action.CHECK_OUT,
    }
)
# The next step of a room, in the order in which one is chosen as the card's main button.
NEXT_STEP = (
    Action.COMPLETE_MAINTENANCE,
    Action.START_CLEANING,
    Action.MARK_CLEANED,
    Action.PASS_INSPECTION,
    Action.CHECK_IN,
    Action.CHECK_OUT,
    Action.RETURN_TO_SERVICE,
)
# Shown beside the main button rather than under “More”.
BESIDE = frozenset({Action.FAIL_INSPECTION})
# One tap does it, a note can go with it: a second, smaller button opens the form.
NOTED = frozenset({Action.MARK_CLEANED})
