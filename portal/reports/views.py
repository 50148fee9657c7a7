"""Lists to read and to take away: the rooms, and the statistics. CSV of each table."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from hotel.models import Hotel
from portal.access import StaffRequest, for_page
from portal.board.columns import COLUMN_OF_GROUP
from portal.etags import render_live
from portal.export import csv_response
from portal.navigation import STATISTICS
from portal.reports.tables import AttendantTable, FloorTable
from rooms.choices import Priority, RoomGroup
from rooms.reports.attendants import cleans_by_attendant
from rooms.reports.counts import Counts, by_floor
from rooms.reports.counts import counts as count_rooms
from rooms.reports.turn_times import performance

PERIODS = (7, 30)


@require_safe
@for_page(STATISTICS)
def statistics(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Show what the work was: the house now, the last 7 and 30 days, cleans by attendant."""
    hotel, now = request.hotel, timezone.now()
    if request.htmx:
        return render_live(
            request, "", "reports/house_now.html", lambda: _house(count_rooms(hotel))
        )
    days = 30 if request.GET.get("days") == "30" else 7
    floors, attendants = _floor_table(hotel), _attendant_table(hotel, days, now)
    exported = {"floors": floors, "attendants": attendants}.get(request.GET.get("export", ""))
    RequestConfig(request, paginate=False).configure(attendants)
    if exported:
        return csv_response(exported, f"{hotel_slug}-{request.GET['export']}")
    context = {
        **_house(count_rooms(hotel)),
        "periods": [(days, performance(hotel, days, now)) for days in PERIODS],
        "days": days,
        "floors": floors,
        "attendants": attendants,
    }
    return render(request, "reports/statistics.html", context)


def _house(counts: Counts) -> dict[str, Any]:
    return {"counts": counts, "tiles": _tiles(counts)}


def _tiles(counts: Counts) -> list[dict[str, Any]]:
    """Return the six parts of the house, in the board's colours; they add up to its rooms."""
    urgent = ", ".join(
        f"{number} {Priority(priority).label.lower()}"
        for priority, number in counts.maintenance_by_priority.items()
        if number
    )
    parts = (
        (RoomGroup.READY, counts.available_for_booking, "Ready now", ""),
        (RoomGroup.OCCUPIED, counts.occupied, "Occupied", ""),
        (
            RoomGroup.DIRTY,
            counts.needs_cleaning,
            "Needs cleaning",
            f"{counts.cleaning_in_progress} being cleaned",
        ),
        (RoomGroup.INSPECTION, counts.needs_inspection, "Awaiting inspection", ""),
        (RoomGroup.MAINTENANCE, counts.needs_maintenance, "Maintenance", urgent),
        (RoomGroup.OUT_OF_ORDER, counts.out_of_order, "Out of order", ""),
    )
    return [
        {"column": COLUMN_OF_GROUP[group], "count": count, "label": label, "detail": detail}
        for group, count, label, detail in parts
    ]


def _floor_table(hotel: Hotel) -> FloorTable:
    return FloorTable(by_floor(hotel))


def _attendant_table(hotel: Hotel, days: int, now: Any) -> AttendantTable:
    return AttendantTable(cleans_by_attendant(hotel, days, now), prefix="by-")
