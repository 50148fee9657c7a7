"""The table of a hotel's closures."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from portal.export import as_text
from portal.navigation import room_url
from rooms.closures import kind_name
from rooms.models import Closure
from stays.models import Booking


def labelled(label: str, cls: str = "") -> dict[str, Any]:
    """Return the attributes of a cell that names itself where the table is stacked."""
    return {"td": {"data-label": label, "class": cls}}


class ClosureTable(tables.Table):
    """The planned and running closures, each with the stays that still have its room."""

    room = tables.Column(
        accessor="room__number",
        verbose_name="Room",
        linkify=lambda record: room_url(record.room),
        attrs={"a": {"class": "no"}, "td": {"class": "whole"}},
        order_by=("room__number",),
    )
    kind = tables.Column(attrs=labelled("Kind"))
    status = tables.Column(attrs=labelled("Status"))
    start = tables.DateColumn(verbose_name="From", format="j M Y", attrs=labelled("From"))
    until = tables.DateColumn(
        verbose_name="Until", format="j M Y", default="not known", attrs=labelled("Until")
    )
    reason = tables.Column(orderable=False, attrs=labelled("Reason", "wide"))
    promised = tables.Column(
        empty_values=(),
        orderable=False,
        verbose_name="Promised to",
        attrs=labelled("Promised to", "wide"),
    )
    end = tables.Column(
        empty_values=(),
        orderable=False,
        verbose_name="End",
        exclude_from_export=True,
        attrs={"td": {"class": "whole"}},
    )

    class Meta:
        model = Closure
        fields = ("room", "kind", "status", "start", "until", "reason", "promised", "end")
        attrs = {"class": "table list stack"}
        empty_text = "No room is closed, and no closure is planned."
        order_by = ("start", "room")

    def __init__(
        self,
        data: Any,
        *,
        promises: dict[int, list[Booking]],
        may_end: bool,
        may_see_stays: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.promises, self.may_see_stays = promises, may_see_stays
        if not may_end:
            self.columns.hide("end")

    def render_kind(self, record: Closure) -> str:
        """Show the kind by its name alone."""
        return kind_name(record.kind)

    def value_reason(self, value: str) -> str:
        """Give the export the reason as text."""
        return as_text(value)

    def render_promised(self, record: Closure) -> str:
        """Show the stays that still have the room, with links for those who may open them."""
        stays = self.promises.get(record.pk, [])
        if not stays:
            return "–"
        if not self.may_see_stays:
            return ", ".join(stay.booking_id for stay in stays)
        slug = record.room.hotel.slug
        return format_html_join(
            ", ",
            '<a href="{}">{}</a>',
            ((reverse("booking", args=[slug, stay.booking_id]), stay.guest_name) for stay in stays),
        )

    def value_promised(self, record: Closure) -> str:
        """Give the export the bookings' ids."""
        stays = self.promises.get(record.pk, [])
        return as_text(", ".join(stay.booking_id for stay in stays))

    def value_start(self, record: Closure) -> str:
        """Give the export a date that sorts."""
        return record.start.isoformat()

    def value_until(self, record: Closure) -> str:
        """Give the export a date that sorts, or nothing."""
        return record.until.isoformat() if record.until else ""

    def render_end(self, record: Closure) -> str:
        """Return the link that ends the closure, or cancels one that is only planned."""
        url = reverse("end_closure", args=[record.room.hotel.slug, record.pk])
        word = "Cancel" if record.status == "PLANNED" else "End"
        about = f"room {record.room.number}, {date_format(record.start, 'j M')}"
        return format_html(
            '<a class="btn btn-sm" href="{}" aria-label="{} the closure of {}">{}…</a>',
            url,
            word,
            about,
            word,
        )
