"""The board's columns: one for each group of statuses, with its icon and its words when empty.

Who cleans or inspects sees a room under maintenance where the clean beneath the fault stands, so
that the work can go on; for everybody else it stands in maintenance.
"""

from dataclasses import dataclass

from django.db.models import Q

from hotel.choices import Role
from rooms.choices import GROUP_OF, TURNING, RoomGroup, RoomStatus
from rooms.models import Room


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
SEE_THE_CLEAN = frozenset({Role.HOUSEKEEPER, Role.SUPERVISOR})

# The tab that a phone opens first: where the role's work is.
FIRST_COLUMN = {
    Role.HOUSEKEEPER: RoomGroup.DIRTY,
    Role.SUPERVISOR: RoomGroup.INSPECTION,
    Role.MAINTENANCE: RoomGroup.MAINTENANCE,
    Role.FRONT_DESK: RoomGroup.READY,
    Role.MANAGER: RoomGroup.DIRTY,
}


def group_for(role: str, status: str, return_status: str) -> RoomGroup:
    """Return the group in which this role sees a room of that status and return status."""
    beneath = status == RoomStatus.MAINTENANCE_REQUIRED and return_status in TURNING
    shown = return_status if beneath and role in SEE_THE_CLEAN else status
    return GROUP_OF[RoomStatus(shown)]


def column_for(role: str, room: Room) -> BoardColumn:
    """Return the column in which this role sees the room."""
    return COLUMN_OF_GROUP[group_for(role, room.room_status, room.return_status)]


def stands_beneath(role: str, room: Room) -> bool:
    """Tell whether this role sees the room where its clean stands, with the fault as a mark."""
    return column_for(role, room) is not COLUMN_OF[RoomStatus(room.room_status)]


def rooms_in(role: str, group: RoomGroup) -> Q:
    """Return the condition for the rooms that this role sees in the group: `group_for` in SQL."""
    rooms = Q(room_status__in=group.statuses)
    if role not in SEE_THE_CLEAN:
        return rooms
    beneath = Q(room_status=RoomStatus.MAINTENANCE_REQUIRED)
    if group is RoomGroup.MAINTENANCE:
        return rooms & ~Q(return_status__in=TURNING)
    return rooms | beneath & Q(return_status__in=set(group.statuses) & set(TURNING))
