"""The statistics' tables."""

from typing import Any

import django_tables2 as tables

from portal.export import as_text
from rooms.choices import RoomGroup
from rooms.reports.counts import FloorRow


class SumColumn(tables.Column):
    """A column of counts with its sum below."""

    def render_footer(self, bound_column: Any, table: tables.Table) -> str:
        """Return the sum."""
        return str(sum(bound_column.accessor.resolve(row) for row in table.data))


class FloorTable(tables.Table):
    """How many rooms of each floor stand in each group."""

    floor = tables.Column(footer="All", default="–")
    total = SumColumn()

    class Meta:
        attrs = {"class": "table list numbers"}
        empty_text = "No rooms yet."
        orderable = False
        sequence = ("floor", "...", "total")

    def __init__(self, floors: list[FloorRow]) -> None:
        groups = [
            (
                f"rooms_{group.name.lower()}",
                SumColumn(accessor=f"rooms_in__{group.value}", verbose_name=group.label),
            )
            for group in RoomGroup
        ]
        super().__init__(floors, extra_columns=groups)

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
