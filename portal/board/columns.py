"""The board's columns: which statuses stand together, under what word, icon and colour."""

from dataclasses import dataclass

from hotel.choices import Role
from rooms.choices import RoomStatus


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
