"""The front desk: readiness, arrivals and departures, bookings."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotel.exceptions import InvalidInput, NotAllowed, ReadyroomError
from portal.access import StaffRequest, for_page, get_booking_for_user
from portal.act import act
from portal.desk.actions import DESK_ACTIONS, action_url
from portal.desk.forms import BookingForm, ConfirmForm, WalkInForm
from portal.desk.lists import arrivals_lists, booking_row, readiness_lists
from portal.etags import render_live
from portal.forms import add_refusal
from portal.navigation import ARRIVALS, READINESS
from rooms.change import Change
from rooms.choices import Source
from rooms.models import Room
from rooms.perform import UNDO_WINDOW
from stays import arrivals as guests
from stays import bookings, departures
from stays.choices import BookingAction
from stays.models import Booking

# What changes the room too, and is undone with it.
UNDONE_BY_ROOM = (BookingAction.CHECK_IN, BookingAction.CHECK_OUT)
ERASED = "Their guests, names, chats and orders are erased."


@require_safe
@for_page(READINESS)
def readiness(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Show today's arrivals beside their rooms, what is ready by type, and what is on its way."""
    templates = ("desk/readiness.html", "desk/readiness_now.html")
    return render_live(request, *templates, lambda: readiness_lists(request.staff))


@require_safe
@for_page(ARRIVALS)
def arrivals(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Show who comes and who goes today; `?q=` finds any stay, expected or in house."""
    templates = ("desk/arrivals.html", "desk/arrivals_now.html")
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    return render_live(request, *templates, lambda: arrivals_lists(request.staff, words))


@require_http_methods(["GET", "HEAD", "POST"])
@for_page(ARRIVALS)
def booking_action(
    request: StaffRequest, hotel_slug: str, booking_id: str, action: str
) -> HttpResponse:
    """Ask for what an action on a booking needs (GET), or do it (POST)."""
    booking, chosen = get_booking_for_user(request, booking_id), _action(action)
    data = request.POST if request.method == "POST" else None
    form = DESK_ACTIONS[chosen].form(data, booking=booking)
    if request.method != "POST":
        return _render_booking(request, booking, form=form, action=chosen)
    if not form.is_valid():
        return _render_booking(request, booking, form=form, action=chosen, status=422)
    try:
        act(chosen, booking, form.given, form.change(request.staff))
    except InvalidInput as error:
        add_refusal(form, error)
        # Read again: the refused change may have touched the booking in hand.
        booking = get_booking_for_user(request, booking_id)
        return _render_booking(request, booking, form=form, action=chosen, status=422)
    except NotAllowed:
        raise
    except ReadyroomError as error:
        booking = get_booking_for_user(request, booking_id)
        return _render_booking(request, booking, message=error.message, status=409)
    done = _done(booking, chosen)
    if not request.htmx:
        messages.success(request, f"{done}.")
        return redirect("arrivals", hotel_slug)
    booking = get_booking_for_user(request, booking_id)
    return _render_booking(request, booking, done=done, undo=chosen in UNDONE_BY_ROOM)


def _action(slug: str) -> BookingAction:
    try:
        action = BookingAction(slug.replace("-", "_"))
    except ValueError:
        raise Http404(f"There is no action {slug}.") from None
    if action not in DESK_ACTIONS:
        raise Http404(f"The desk has no form for {slug}.")
    return action


def _done(booking: Booking, action: BookingAction) -> str:
    """Return what the toast says has happened."""
    guest, room = booking.guest_name, booking.room
    if action is BookingAction.CHECK_IN and room:
        room.refresh_from_db(fields=["guest_pin"])
        return f"{guest} checked in to {room.number}, guest PIN {room.guest_pin}"
    if action is BookingAction.CHECK_OUT and room:
        return f"{guest} checked out of {room.number}"
    if action is BookingAction.ASSIGN and room:
        return f"{guest} has room {room.number}"
    done = f"{guest}: {booking.get_status_display().lower()}"
    return f"{done}, room {room.number}" if room else done


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
    today = request.hotel.business_date()
    return {**booking_row(booking, request.staff, today), "today": today}


@require_http_methods(["GET", "HEAD", "POST"])
@for_page(ARRIVALS)
def new_booking(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Book a room of a type."""
    form = BookingForm(request.POST or None, hotel=request.hotel)
    if request.method == "POST" and form.is_valid():
        try:
            made = bookings.create(request.hotel, form.given, form.change(request.staff))
        except ReadyroomError as error:
            add_refusal(form, error, "room_type")
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
        room: Room = form.cleaned_data["room"]
        try:
            accepted = form.cleaned_data.get("accept_fault", False)
            change = form.change(request.staff)
            made = guests.walk_in(room, form.given, change, accept_fault=accepted)
        except ReadyroomError as error:
            add_refusal(form, error, "room")
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
        losses = [(stay, departures.what_bulk_erases(stay)) for stay in found]
        return render(request, "desk/bulk_confirm.html", {"losses": losses})
    agreed = request.POST.getlist("agreed")
    done, skipped = departures.bulk_check_out(
        request.hotel, numbers, Change(by=request.staff, source=Source.PORTAL), agreed=agreed
    )
    if done:
        rooms = ", ".join(item.room for item in done)
        messages.success(request, f"Checked out {len(done)}: {rooms}. {ERASED}")
    for item in skipped:
        messages.warning(request, item.reason)
    return redirect("arrivals", hotel_slug)


def _render_booking(
    request: StaffRequest,
    booking: Booking,
    *,
    form: ConfirmForm | None = None,
    action: BookingAction | None = None,
    message: str = "",
    done: str = "",
    undo: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Answer with the booking as it is now: its row to htmx, else its page.

    `done` is what the toast says; with `undo` it offers to undo the room's last change.
    """
    context = {
        **_booking(request, booking),
        "form": form,
        "action": action,
        "style": DESK_ACTIONS[action].style if action else "",
        "action_url": action_url(booking, action) if action else "",
        "message": message,
        "done_text": done,
        "undo": undo,
        "undo_seconds": int(UNDO_WINDOW.total_seconds()),
    }
    template = "desk/booking_row.html" if request.htmx else "desk/booking.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
