"""The front desk: readiness, arrivals and departures, bookings."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotel.exceptions import InvalidInput, NotAllowed, ReadyroomError
from portal.access import StaffRequest, for_page, get_booking_for_user
from portal.board.columns import COLUMN_OF
from portal.desk.forms import BookingForm, ConfirmForm, ReadyRoomForm, RoomChoiceForm, WalkInForm
from portal.etags import render_live
from portal.navigation import ARRIVALS, READINESS
from portal.room.forms import add_errors
from rooms.choices import RoomStatus
from rooms.models import Room
from stays import arrivals as guests
from stays import bookings, departures
from stays.choices import BookingStatus
from stays.models import Booking
from stays.overdue import checkout_needed
from stays.readiness import expected_cleaned_at
from stays.readiness import readiness as read_readiness

FOUND = 50
ERASED = "Their guests, names, chats and orders are erased."


@dataclass(frozen=True)
class BookingButton:
    """One action on a booking, as its row shows it."""

    label: str
    url: str
    one_tap: bool = False
    main: bool = False


@dataclass(frozen=True)
class BookingAction:
    """What the desk does to a booking: its words, its form, its function, its button's colour."""

    label: str
    form: type[ConfirmForm]
    act: Callable[..., Booking]
    style: str = "primary"


BOOKING_ACTIONS = {
    "assign": BookingAction("Assign room", RoomChoiceForm, bookings.assign),
    "check-in": BookingAction("Check in", ReadyRoomForm, guests.check_in),
    "check-out": BookingAction("Check out", ConfirmForm, departures.check_out),
    "cancel": BookingAction("Cancel booking", ConfirmForm, bookings.cancel, "danger"),
    "no-show": BookingAction("No-show", ConfirmForm, bookings.no_show, "danger"),
}


@require_safe
@for_page(READINESS)
def readiness(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Show today's arrivals beside their rooms, what is ready by type, and what is on its way."""
    templates = ("desk/readiness.html", "desk/readiness_now.html")
    return render_live(request, *templates, lambda: _readiness(request))


def _readiness(request: StaffRequest) -> dict[str, Any]:
    found = read_readiness(request.hotel)
    return {
        "arrivals": [_arrival(booking, request) for booking in found.arrivals],
        "types": found.types,
        "on_its_way": [
            {"room": room, "column": column_of(room), "expected": expected_cleaned_at(room)}
            for room in found.on_its_way
        ],
        "ready_total": sum(len(kind.ready) for kind in found.types),
    }


@require_safe
@for_page(ARRIVALS)
def arrivals(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Show who comes and who goes today; `?q=` finds any stay, expected or in house."""
    templates = ("desk/arrivals.html", "desk/arrivals_now.html")
    return render_live(request, *templates, lambda: _arrivals(request))


def _arrivals(request: StaffRequest) -> dict[str, Any]:
    hotel = request.hotel
    today = hotel.business_date()
    overdue = {late.booking.pk: late.minutes for late in checkout_needed(hotel)}
    due_in = hotel.bookings.due_in(today).select_related("hotel", "room_type", "room__room_type")
    due_out = hotel.bookings.due_out(today).select_related("hotel", "room__room_type")
    context = {
        "arrivals": [_arrival(booking, request) for booking in due_in],
        "departures": [
            {"booking": booking, "overdue": overdue.get(booking.pk)} for booking in due_out
        ],
        "today": today,
        "words": request.GET.get("q", "").replace("\0", "").strip()[:100],
    }
    if context["words"]:
        found = hotel.bookings.holding().filter(
            Q(guest_name__icontains=context["words"]) | Q(booking_id__iexact=context["words"])
        )
        found = found.select_related("hotel", "room_type", "room__room_type")[:FOUND]
        context["found"] = [_arrival(booking, request) for booking in found]
    return context


@require_http_methods(["GET", "HEAD", "POST"])
@for_page(ARRIVALS)
def booking_action(
    request: StaffRequest, hotel_slug: str, booking_id: str, action: str
) -> HttpResponse:
    """Ask for what an action on a booking needs (GET), or do it (POST)."""
    booking = get_booking_for_user(request, booking_id)
    if action not in BOOKING_ACTIONS:
        raise Http404(f"There is no action {action}.")
    if request.method != "POST":
        form = BOOKING_ACTIONS[action].form(booking=booking)
        return _render_booking(request, booking, form=form, action=action)
    form = BOOKING_ACTIONS[action].form(request.POST, booking=booking)
    if not form.is_valid():
        return _render_booking(request, booking, form=form, action=action, status=422)
    try:
        BOOKING_ACTIONS[action].act(booking, by=request.staff, **form.cleaned_data)
    except InvalidInput as error:
        _add_errors(form, error, "room")
        return _render_booking(request, booking, form=form, action=action, status=422)
    except NotAllowed:
        raise
    except ReadyroomError as error:
        booking = get_booking_for_user(request, booking_id)
        return _render_booking(request, booking, message=error.message, status=409)
    done = f"{booking.guest_name}: {booking.get_status_display().lower()}"
    if booking.room:
        done += f", room {booking.room.number}"
    if action == "check-in" and booking.room:
        booking.room.refresh_from_db(fields=["guest_pin"])
        done += f", guest PIN {booking.room.guest_pin}"
    if not request.htmx:
        messages.success(request, f"{done}.")
        return redirect("arrivals", hotel_slug)
    return _render_booking(request, get_booking_for_user(request, booking_id), done=done)


@require_safe
@for_page(ARRIVALS)
def booking(request: StaffRequest, hotel_slug: str, booking_id: str) -> HttpResponse:
    """Show one booking; to htmx its row, as after “Cancel” in a form."""
    found = get_booking_for_user(request, booking_id)
    if request.htmx and not (request.htmx.target or "").endswith("-now"):
        return _render_booking(request, found)
    templates = ("desk/booking.html", "desk/booking_now.html")
    return render_live(request, *templates, lambda: _booking(request, found))


def _booking(request: StaffRequest, booking: Booking) -> dict[str, Any]:
    return {**_arrival(booking, request), "today": request.hotel.business_date()}


@require_http_methods(["GET", "HEAD", "POST"])
@for_page(ARRIVALS)
def new_booking(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Book a room of a type."""
    form = BookingForm(request.POST or None, hotel=request.hotel)
    if request.method == "POST" and form.is_valid():
        try:
            made = bookings.create(request.hotel, by=request.staff, **form.cleaned_data)
        except ReadyroomError as error:
            _add_errors(form, error, "room_type")
        else:
            messages.success(request, f"Booked: {made.guest_name}, {made.booking_id}.")
            return redirect("booking", hotel_slug, made.booking_id)
    context = {"form": form, "title": "New booking", "submit": "Book"}
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_page(ARRIVALS)
def walk_in(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Book and check in a guest who stands at the desk."""
    chosen = {"room": request.GET.get("room", "")}
    form = WalkInForm(request.POST or None, hotel=request.hotel, initial=chosen)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        room: Room = given.pop("room")
        try:
            made = guests.walk_in(request.hotel, room, by=request.staff, **given)
        except ReadyroomError as error:
            _add_errors(form, error, "room")
        else:
            room.refresh_from_db(fields=["guest_pin"])
            pin = f"guest PIN {room.guest_pin}"
            messages.success(request, f"{made.guest_name} is in room {room.number}; {pin}.")
            return redirect("arrivals", hotel_slug)
    context = {"form": form, "title": "Walk-in", "submit": "Check in"}
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)


@require_POST
@for_page(ARRIVALS)
def bulk_check_out(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Say what a bulk checkout will erase; once confirmed, do it."""
    numbers = [number for number in request.POST.getlist("room_numbers") if "\0" not in number]
    if not numbers:
        messages.warning(request, "Choose at least one room to check out.")
        return redirect("arrivals", hotel_slug)
    if "confirmed" not in request.POST:
        found = (
            request.hotel.bookings.in_house()
            .filter(room__number__in=numbers)
            .select_related("room")
            .order_by("room__number")
        )
        losses = [departures.what_bulk_erases(stay) for stay in found]
        return render(request, "desk/bulk_confirm.html", {"losses": losses})
    agreed = request.POST.getlist("agreed")
    done, skipped = departures.bulk_check_out(
        request.hotel, numbers, by=request.staff, agreed=agreed
    )
    if done:
        rooms = ", ".join(item.room for item in done)
        messages.success(request, f"Checked out {len(done)}: {rooms}. {ERASED}")
    for item in skipped:
        messages.warning(request, item.reason)
    return redirect("arrivals", hotel_slug)


def column_of(room: Room) -> Any:
    """Return the board column in which the room stands."""
    return COLUMN_OF[RoomStatus(room.room_status)]


def _arrival(booking: Booking, request: StaffRequest) -> dict[str, Any]:
    """Return what an arrival's row shows."""
    today = request.hotel.business_date()
    return {
        "booking": booking,
        "column": column_of(booking.room) if booking.room else None,
        "late": booking.status == BookingStatus.CONFIRMED and booking.check_in < today,
        "expected": expected_cleaned_at(booking.room) if booking.room else None,
        "acts": _acts(booking, today),
    }


def _acts(booking: Booking, today: dt.date) -> list[BookingButton]:
    """Return the booking's buttons; where nothing more is to be asked, one tap does it."""
    if booking.status == BookingStatus.IN_HOUSE:
        # Asked once more: it stands where “Check in” was a moment ago.
        return [BookingButton("Check out…", _url(booking, "check-out"), main=True)]
    if booking.status != BookingStatus.CONFIRMED:
        return []
    acts = []
    due = booking.check_in <= today <= booking.check_out
    if due and booking.room and booking.room.is_bookable:
        acts.append(BookingButton("Check in", _url(booking, "check-in"), one_tap=True, main=True))
        acts.append(BookingButton("Check in to another room…", _url(booking, "check-in")))
    elif due:
        acts.append(BookingButton("Check in…", _url(booking, "check-in"), main=True))
    acts.append(BookingButton("Assign room…", _url(booking, "assign"), main=not due))
    if booking.check_in <= today:
        acts.append(BookingButton("No-show…", _url(booking, "no-show")))
    acts.append(BookingButton("Cancel…", _url(booking, "cancel")))
    return acts


def _url(booking: Booking, action: str) -> str:
    return reverse("booking_action", args=[booking.hotel.slug, booking.booking_id, action])


def _render_booking(
    request: StaffRequest,
    booking: Booking,
    *,
    form: ConfirmForm | None = None,
    action: str = "",
    message: str = "",
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with the booking as it is now: its row to htmx, else its page."""
    context = {
        **_booking(request, booking),
        "form": form,
        "action": BOOKING_ACTIONS.get(action),
        "action_url": _url(booking, action) if action else "",
        "message": message,
        "done_text": done,
    }
    template = "desk/booking_row.html" if request.htmx else "desk/booking.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _add_errors(form: Any, error: ReadyroomError, main_field: str) -> None:
    """Put a refusal beside the field it is about, or the one that decides it."""
    if isinstance(error, NotAllowed):
        raise error
    if isinstance(error, InvalidInput):
        add_errors(form, error)
    else:
        form.add_error(main_field, error.message)
