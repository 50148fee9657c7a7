"""The board's columns: one for each group of statuses, with its icon and its words when empty."""

from dataclasses import dataclass

from hotel.choices import Role
from rooms.choices import GROUP_OF, RoomGroup, RoomStatus


@dataclass(frozen=True)
class BoardColumn:
    """A column of the board; the same icon and colour show the status everywhere else."""

    group: RoomGroup
    icon: str
    # What the column says when it has no card.
    empty: str

    @property
    def key(self) -> str:
        """The column's name in the page: its CSS class, its anchor, its value as a filter."""
        return str(self.group.value)

    @property
    def label(self) -> str:
        """The column's heading."""
        return str(self.group.label)

    @property
    def statuses(self) -> tuple[RoomStatus, ...]:
        """The statuses whose rooms stand in the column."""
        return self.group.statuses


# In the order in which they stand on the board.
COLUMNS = (
    BoardColumn(RoomGroup.DIRTY, "bucket", "No room waits for cleaning."),
    BoardColumn(RoomGroup.CLEANING, "brush", "Nobody is cleaning now."),
    BoardColumn(RoomGroup.INSPECTION, "clipboard-check", "Every cleaned room is inspected."),
    BoardColumn(RoomGroup.READY, "check-circle-fill", "No room is ready yet."),
    BoardColumn(RoomGroup.OCCUPIED, "person-fill", "No guest is in house."),
    BoardColumn(RoomGroup.MAINTENANCE, "wrench-adjustable", "Nothing to repair."),
    BoardColumn(RoomGroup.OUT_OF_ORDER, "slash-circle", "Every room is in service."),
)
COLUMN_OF_GROUP = {column.group: column for column in COLUMNS}
COLUMN_OF = {status: COLUMN_OF_GROUP[group] for status, group in GROUP_OF.items()}

# The tab that a phone opens first: where the role's work is.
FIRST_COLUMN = {
    Role.HOUSEKEEPER: RoomGroup.DIRTY,
    Role.SUPERVISOR: RoomGroup.INSPECTION,
    Role.MAINTENANCE: RoomGroup.MAINTENANCE,
    Role.FRONT_DESK: RoomGroup.READY,
    Role.MANAGER: RoomGroup.DIRTY,
}
