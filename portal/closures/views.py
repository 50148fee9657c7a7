"""Closures: the hotel's list, planning one, ending one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from hotel.choices import DESK, REPAIRERS
from hotel.exceptions import PromisedMeanwhile, ReadyroomError
from portal.access import StaffRequest, for_page, get_room_for_user
from portal.closures.forms import PlanForm
from portal.closures.tables import ClosureTable
from portal.etags import unless_known
from portal.export import csv_response
from portal.forms import add_refusal
from portal.navigation import CLOSURES
from rooms import closures, permissions
from rooms.change import Change
from rooms.choices import ClosureStatus, Source
from rooms.closures import kind_name
from rooms.models import Closure
from stays.closures import promised_in

PER_PAGE = 25
PLAN, END = "Plan a closure", "End a closure"


@require_safe
@for_page(CLOSURES)
def closure_list(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """List the planned and running closures; `?export=csv` for a file."""
    rows = Closure.objects.filter(room__hotel=request.hotel, status__in=closures.OPEN)
    table = ClosureTable(
        rows.select_related("room__hotel"),
        promises=promised_in(request.hotel),
        may_end=request.staff.role in REPAIRERS,
        may_see_stays=request.staff.role in DESK,
    )
    if request.GET.get("export") == "csv":
        RequestConfig(request, paginate=False).configure(table)
        return csv_response(table, f"{hotel_slug}-closures")
    RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    context = {"table": table}
    if request.htmx:
        facts = (request.hotel.last_seq,)
        response = unless_known(
            request, facts, lambda: render(request, "closures/table.html", context)
        )
    else:
        response = render(request, "closures/list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def plan_closure(request: StaffRequest, hotel_slug: str, room_number: str) -> HttpResponse:
    """Plan a closure of a room, after asking about the stays that it is promised to."""
    permissions.require_role(request.staff, REPAIRERS, request.hotel, PLAN)
    room = get_room_for_user(request, room_number)
    form = PlanForm(request.POST or None, room=room, staff=request.staff)
    if request.method == "POST" and form.is_valid():
        try:
            made = form.plan()
        except PromisedMeanwhile:
            # Read again, with the stay that was promised a moment ago: the form asks about it.
            form = PlanForm(request.POST, room=room, staff=request.staff)
        except ReadyroomError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _planned(made))
            return redirect("room", hotel_slug, room.number)
    context = {"form": form, "room": room}
    return render(request, "closures/plan.html", context, status=422 if form.errors else 200)


def _planned(closure: Closure) -> str:
    """Return what the message says of a closure just planned."""
    room, kind = closure.room.number, kind_name(closure.kind).lower()
    if closure.status == ClosureStatus.RUNNING:
        return f"Room {room} is {kind} now."
    if closure.room.is_occupied and closure.start <= closure.room.hotel.business_date():
        return f"Room {room} will be {kind} as soon as it is vacant."
    return f"Planned: room {room} will be {kind} from {closure.start:%-d %B} on."


@require_http_methods(["GET", "HEAD", "POST"])
def end_closure(request: StaffRequest, hotel_slug: str, closure_id: int) -> HttpResponse:
    """Ask for confirmation (GET), then end a running closure or cancel a planned one (POST)."""
    permissions.require_role(request.staff, REPAIRERS, request.hotel, END)
    closure = get_object_or_404(
        Closure.objects.select_related("room__hotel"), pk=closure_id, room__hotel=request.hotel
    )
    if request.method != "POST":
        return render(request, "closures/end.html", _ending(closure))
    was_planned = closure.status == ClosureStatus.PLANNED
    try:
        closures.end(closure, Change(by=request.staff, source=Source.PORTAL))
    except ReadyroomError as error:
        context = _ending(closure) | {"message": error.message}
        return render(request, "closures/end.html", context, status=409)
    room = closure.room
    status = room.get_room_status_display()
    done = "is cancelled" if was_planned else f"has ended: {status}"
    messages.success(request, f"The closure of room {room.number} {done}.")
    return redirect("room", hotel_slug, room.number)


def _ending(closure: Closure) -> dict[str, object]:
    return {
        "closure": closure,
        "room": closure.room,
        "words": closures.words(closure),
        "planned": closure.status == ClosureStatus.PLANNED,
        "over": closure.status not in closures.OPEN,
    }
