"""Lists that sort and page: the rooms, and the statistics' tables."""

import datetime as dt
import re
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import Case, F, IntegerField, QuerySet, When
from django.db.models.functions import Length
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from portal.cards import URGENCY
from portal.columns import COLUMN_OF, COLUMNS
from portal.models import ApiToken
from rooms.choices import RoomStatus
from rooms.models import Room

# Where a spreadsheet would begin to calculate: at a cell's first sign, half or full width, blanks
# aside; and after whatever another country's spreadsheet takes for the end of a cell.
FORMULA = re.compile(r"(^|[;\t\r\n])(\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def as_text(value: str) -> str:
    """Return a cell that a spreadsheet shows and never runs as a formula; numbers stay numbers."""
    if value.removeprefix("-").isdecimal():
        return value
    text = FORMULA.sub(r"\1'\2", value)
    return f"'{text}" if text[:1] in ("\t", "\r") else text


def _shorter_first(
    rooms: QuerySet[Room], fields: tuple[str, ...], descending: bool
) -> QuerySet[Room]:
    """Sort text that holds numbers as people count, whatever the database: 9 before 10."""
    keys = [key for field in fields for key in (Length(field), F(field))]
    return rooms.order_by(*(key.desc() if descending else key.asc() for key in keys))


PER_PAGE = 25
# Within equals, numbers as people count.
BY_NUMBER = (Length("number"), F("number"))


class SumColumn(tables.Column):
    """A column of counts with its sum below."""

    def render_footer(self, bound_column: Any, table: tables.Table) -> str:
        """Return the sum."""
        return str(sum(getattr(row, bound_column.name) for row in table.data))


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

    def render_room_status(self, record: Room) -> str:
        """Show the status by colour, icon and word."""
        column = COLUMN_OF[RoomStatus(record.room_status)]
        return render_to_string("partials/status.html", {"column": column, "room": record})

    def value_room_status(self, record: Room) -> str:
        """Give the export the word alone."""
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
        """Sort in the order of the board's columns."""
        place = Case(
            *(
                When(room_status=status, then=rank)
                for rank, column in enumerate(COLUMNS)
                for status in column.statuses
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


class FloorTable(tables.Table):
    """How many rooms of each floor stand in each column."""

    floor = tables.Column(footer="All", default="–")
    needs_cleaning = SumColumn()
    cleaning = SumColumn()
    awaiting_inspection = SumColumn()
    ready = SumColumn()
    occupied = SumColumn()
    maintenance = SumColumn()
    out_of_order = SumColumn()
    total = SumColumn()

    class Meta:
        attrs = {"class": "table list numbers"}
        empty_text = "No rooms yet."
        orderable = False

    def value_floor(self, value: str) -> str:
        """Give the export the floor as text."""
        return as_text(value)


class AttendantTable(tables.Table):
    """What each attendant cleaned, and how much of it passed at once."""

    name = tables.Column(verbose_name="Attendant")
    cleans = tables.Column(verbose_name="Rooms cleaned")
    cleaning_minutes = tables.Column(verbose_name="Minutes a room, median", default="–")
    first_pass = tables.Column(
        verbose_name="First-pass rate", accessor="first_pass__rate", default="–"
    )
    failed = tables.Column(verbose_name="Failed inspections")

    class Meta:
        attrs = {"class": "table list numbers"}
        empty_text = "Nobody has marked a room cleaned in this time."

    def render_cleaning_minutes(self, value: float) -> str:
        """Show whole minutes."""
        return f"{value:.0f}"

    def render_first_pass(self, value: float) -> str:
        """Show the rate as a percentage."""
        return f"{value:.0%}"

    def value_name(self, value: str) -> str:
        """Give the export the name as text."""
        return as_text(value)


# Left out where the screen is narrow.
ASIDE = {"th": {"class": "aside"}, "td": {"class": "aside"}}


class TokenTable(tables.Table):
    """The hotel's API tokens, the newest first."""

    name = tables.Column(verbose_name="Used by")
    staff = tables.Column(
        accessor="staff__name", verbose_name="Acts as", order_by="staff__user__first_name"
    )
    role = tables.Column(
        accessor="staff__get_role_display", verbose_name="Role", orderable=False, attrs=ASIDE
    )
    state = tables.Column(orderable=False)
    last_used_at = tables.DateTimeColumn(verbose_name="Last used", format="j M Y H:i")
    expires_at = tables.DateTimeColumn(verbose_name="Expires", format="j M Y", default="never")
    created_at = tables.DateTimeColumn(verbose_name="Made", format="j M Y", attrs=ASIDE)
    created_by = tables.Column(
        accessor="created_by__name",
        verbose_name="By",
        default="command",
        orderable=False,
        attrs=ASIDE,
    )
    revoke = tables.Column(empty_values=(), orderable=False, verbose_name="Revoke")

    class Meta:
        attrs = {"class": "table list"}
        empty_text = "No program has a token yet."
        default = "never"

    def render_revoke(self, record: ApiToken) -> str:
        """Offer to revoke what still opens something."""
        if record.revoked_at:
            return ""
        url = reverse("revoke_token", args=[record.staff.hotel.slug, record.pk])
        return format_html(
            '<a class="btn btn-sm" href="{}" aria-label="Revoke {}">Revoke…</a>', url, record.name
        )
