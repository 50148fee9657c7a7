"""Lists to read and to take away: the rooms, and the statistics. CSV of each table."""

import codecs
from typing import Any

import django_tables2 as tables
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig
from django_tables2.export.export import TableExport

from hotel import statistics as figures
from hotel.models import Hotel
from portal.access import StaffRequest, for_page
from portal.columns import BY_KEY
from portal.conditional import render_live, unless_known
from portal.filters import RoomFilter
from portal.pages import ROOMS, STATISTICS
from portal.tables import PER_PAGE, AttendantTable, FloorTable, RoomPaginator, RoomTable
from rooms.choices import Priority
from rooms.models import Room

PERIODS = (7, 30)


@require_safe
@for_page(ROOMS)
def rooms(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """List the rooms: sorted, filtered and paged by the URL; `?export=csv` for all that match."""
    filters = RoomFilter(
        request.GET,
        queryset=Room.objects.filter(hotel=request.hotel).active().with_people(),
        hotel=request.hotel,
    )
    table = RoomTable(filters.qs, order_by="number")
    if request.GET.get("export") == "csv":
        RequestConfig(request, paginate=False).configure(table)
        return _csv(table, f"{hotel_slug}-rooms")
    paginate = {"per_page": PER_PAGE, "silent": True, "paginator_class": RoomPaginator}
    RequestConfig(request, paginate=paginate).configure(table)
    context = {"table": table, "filters": filters}
    if request.htmx:
        facts = (request.hotel.last_seq,)
        response = unless_known(
            request, facts, lambda: render(request, "rooms/table.html", context)
        )
    else:
        response = render(request, "rooms/list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@for_page(STATISTICS)
def statistics(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Show what the work was: the house now, the last 7 and 30 days, cleans by attendant."""
    hotel, now = request.hotel, timezone.now()
    if request.htmx:
        return render_live(
            request, "", "statistics/house_now.html", lambda: _house(figures.counts(hotel))
        )
    days = 30 if request.GET.get("days") == "30" else 7
    floors, attendants = _floor_table(hotel), _attendant_table(hotel, days, now)
    exported = {"floors": floors, "attendants": attendants}.get(request.GET.get("export", ""))
    RequestConfig(request, paginate=False).configure(attendants)
    if exported:
        return _csv(exported, f"{hotel_slug}-{request.GET['export']}")
    context = {
        **_house(figures.counts(hotel)),
        "periods": [(days, figures.performance(hotel, days, now)) for days in PERIODS],
        "days": days,
        "floors": floors,
        "attendants": attendants,
    }
    return render(request, "statistics/statistics.html", context)


def _house(counts: figures.Counts) -> dict[str, Any]:
    return {"counts": counts, "tiles": _tiles(counts)}


def _tiles(counts: figures.Counts) -> list[dict[str, Any]]:
    """Return the six parts of the house, in the board's colours; they add up to its rooms."""
    urgent = ", ".join(
        f"{number} {Priority(priority).label.lower()}"
        for priority, number in counts.maintenance_by_priority.items()
        if number
    )
    parts = (
        ("ready", counts.available_for_booking, "Ready now", ""),
        ("occupied", counts.occupied, "Occupied", ""),
        (
            "dirty",
            counts.needs_cleaning,
            "Needs cleaning",
            f"{counts.cleaning_in_progress} being cleaned",
        ),
        ("inspection", counts.needs_inspection, "Awaiting inspection", ""),
        ("maintenance", counts.needs_maintenance, "Maintenance", urgent),
        ("out-of-order", counts.out_of_order, "Out of order", ""),
    )
    return [
        {"column": BY_KEY[key], "count": count, "label": label, "detail": detail}
        for key, count, label, detail in parts
    ]


def _floor_table(hotel: Hotel) -> FloorTable:
    return FloorTable(figures.by_floor(hotel))


def _attendant_table(hotel: Hotel, days: int, now: Any) -> AttendantTable:
    return AttendantTable(figures.cleans_by_attendant(hotel, days, now), prefix="by-")


def _csv(table: tables.Table, name: str) -> HttpResponse:
    response = TableExport("csv", table).response(f"{name}.csv")
    # Without it Excel takes UTF-8 for the country's old character set.
    response.content = codecs.BOM_UTF8 + response.content
    return response
