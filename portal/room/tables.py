"""The list of rooms."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import Case, F, IntegerField, QuerySet, When
from django.db.models.functions import Length
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from portal.board.cards import URGENCY
from portal.board.columns import COLUMNS, column_for, rooms_in, stands_beneath
from portal.export import as_text
from rooms.models import Room

PER_PAGE = 25
# Within equals, numbers as people count.
BY_NUMBER = (Length("number"), F("number"))


class RoomPaginator(Paginator):
    """Pages of the length that the address asks for, within reason."""

    def __init__(self, object_list: Any, per_page: int, **kwargs: Any) -> None:
        super().__init__(object_list, per_page if 0 < per_page <= 200 else PER_PAGE, **kwargs)


class RoomTable(tables.Table):
    """Every room of the house, one line each."""

    number = tables.Column(
        linkify=lambda record: reverse("room", args=[record.hotel.slug, record.number]),
        attrs={"a": {"hx-boost": "false", "class": "no"}},
        verbose_name="Room",
    )
    room_type = tables.Column(accessor="room_type__code", verbose_name="Type")
    room_status = tables.Column(verbose_name="Status")
    status_since = tables.DateTimeColumn(verbose_name="Since", format="j M H:i")
    maintenance_priority = tables.Column(verbose_name="Priority", default="")
    remarks = tables.Column(empty_values=(), orderable=False, verbose_name="Notes")

    class Meta:
        model = Room
        fields = (
            "number",
            "floor",
            "section",
            "room_type",
            "room_status",
            "status_since",
            "maintenance_priority",
            "remarks",
        )
        attrs = {"class": "table list"}
        empty_text = "No room matches the filters."
        default = ""

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role = role

    def render_room_status(self, record: Room) -> str:
        """Show the status by colour, icon and word, as the role's board does."""
        context = {
            "room": record,
            "column": column_for(self.role, record),
            "beneath": stands_beneath(self.role, record),
        }
        return render_to_string("partials/statuses.html", context)

    def value_room_status(self, record: Room) -> str:
        """Give the export the room's own status, whoever asks."""
        return record.get_room_status_display()

    def value_status_since(self, value: dt.datetime) -> str:
        """Give the export the hotel's time, and how far that is from UTC."""
        return timezone.localtime(value).isoformat(" ", "seconds")

    def render_remarks(self, record: Room) -> str:
        """Show whatever note matters now: repairs before housekeeping."""
        return record.maintenance_notes or record.out_of_order_reason or record.housekeeping_notes

    def value_floor(self, value: str) -> str:
        """Give the export the floor as text: an import may have written anything."""
        return as_text(value)

    def value_section(self, value: str) -> str:
        """Give the export the section as text."""
        return as_text(value)

    def value_remarks(self, record: Room) -> str:
        """Give the export the note as text."""
        return as_text(self.render_remarks(record))

    def order_number(self, rooms: QuerySet[Room], descending: bool) -> tuple[QuerySet[Room], bool]:
        """Sort numbers as people count: 9 before 10."""
        return _shorter_first(rooms, ("number",), descending), True

    def order_floor(self, rooms: QuerySet[Room], descending: bool) -> tuple[QuerySet[Room], bool]:
        """Sort floors as people count, and the rooms within."""
        return _shorter_first(rooms, ("floor", "number"), descending), True

    def order_maintenance_priority(
        self, rooms: QuerySet[Room], descending: bool
    ) -> tuple[QuerySet[Room], bool]:
        """Sort by urgency: high, medium, low, then rooms without maintenance."""
        urgency = Case(
            *(When(maintenance_priority=word, then=rank) for word, rank in URGENCY.items()),
            output_field=IntegerField(),
        )
        return rooms.order_by(urgency.desc() if descending else urgency.asc(), *BY_NUMBER), True

    def order_room_status(
        self, rooms: QuerySet[Room], descending: bool
    ) -> tuple[QuerySet[Room], bool]:
        """Sort in the order of the columns on the role's board."""
        place = Case(
            *(
                When(rooms_in(self.role, column.group), then=rank)
                for rank, column in enumerate(COLUMNS)
            ),
            output_field=IntegerField(),
        )
        return rooms.order_by(place.desc() if descending else place.asc(), *BY_NUMBER), True

    def order_room_type(
        self, rooms: QuerySet[Room], descending: bool
    ) -> tuple[QuerySet[Room], bool]:
        """Sort by type; rooms of one type by number, so that no page repeats or skips one."""
        return rooms.order_by(f"{'-' * descending}room_type__code", *BY_NUMBER), True

    def order_section(self, rooms: QuerySet[Room], descending: bool) -> tuple[QuerySet[Room], bool]:
        """Sort by section, then by number."""
        return rooms.order_by(f"{'-' * descending}section", *BY_NUMBER), True

    def order_status_since(
        self, rooms: QuerySet[Room], descending: bool
    ) -> tuple[QuerySet[Room], bool]:
        """Sort by age, then by number."""
        return rooms.order_by(f"{'-' * descending}status_since", *BY_NUMBER), True


def _shorter_first(
    rooms: QuerySet[Room], fields: tuple[str, ...], descending: bool
) -> QuerySet[Room]:
    """Sort text that holds numbers as people count, whatever the database: 9 before 10."""
    keys = [key for field in fields for key in (Length(field), F(field))]
    return rooms.order_by(*(key.desc() if descending else key.asc() for key in keys))
