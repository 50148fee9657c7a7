"""The list of a hotel's rooms."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from portal.access import StaffRequest, for_page
from portal.board.filters import RoomFilter
from portal.etags import unless_known
from portal.export import csv_response
from portal.navigation import ROOMS
from portal.room.tables import PER_PAGE, RoomPaginator, RoomTable
from rooms.models import Room


@require_safe
@for_page(ROOMS)
def rooms(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """List the rooms: sorted, filtered and paged by the URL; `?export=csv` for all that match."""
    filters = RoomFilter(
        request.GET,
        queryset=Room.objects.filter(hotel=request.hotel).active().with_people(),
        staff=request.staff,
    )
    table = RoomTable(filters.qs, order_by="number", role=request.staff.role)
    if request.GET.get("export") == "csv":
        RequestConfig(request, paginate=False).configure(table)
        return csv_response(table, f"{hotel_slug}-rooms")
    paginate = {"per_page": PER_PAGE, "silent": True, "paginator_class": RoomPaginator}
    RequestConfig(request, paginate=paginate).configure(table)
    context = {"table": table, "filters": filters}
    if request.htmx:
        facts = (request.hotel.last_seq,)
        response = unless_known(request, facts, lambda: render(request, "room/table.html", context))
    else:
        response = render(request, "room/list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
