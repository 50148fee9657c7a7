"""The front desk: readiness, arrivals and departures, bookings."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotel.exceptions import CannotSwapShared, InvalidInput, NotAllowed, ReadyroomError
from hotel.models import Staff
from portal.access import StaffRequest, for_page, get_booking_for_user
from portal.act import act
from portal.desk import words
from portal.desk.actions import DESK_ACTIONS, action_url, buttons, instead
from portal.desk.forms import BookingForm, ConfirmForm, WalkInForm
from portal.desk.lists import arrivals_lists, booking_row, readiness_lists
from portal.desk.stay_page import page_context
from portal.etags import render_live
from portal.forms import add_refusal
from portal.navigation import ARRIVALS, READINESS
from rooms.change import ActionInput, Change
from rooms.choices import Source
from rooms.models import Room
from rooms.perform import UNDO_WINDOW
from stays import arrivals as guests
from stays import bookings, departures, reinstatement, rules
from stays.choices import BookingAction
from stays.models import Booking

# What changes the room too, and is undone with it.
UNDONE_BY_ROOM = (BookingAction.CHECK_IN, BookingAction.CHECK_OUT)
# The id of the part of a booking's page that shows it.
PAGE = "booking-now"
# What the desk does with today's list: without scripts it goes on there, else with the booking.
OF_THE_DAY = {
    BookingAction.ASSIGN,
    BookingAction.CHECK_IN,
    BookingAction.CHECK_OUT,
    BookingAction.CANCEL,
    BookingAction.NO_SHOW,
}
# What takes a booking off the list: the toast offers the way back.
ENDS = {BookingAction.CANCEL, BookingAction.NO_SHOW}
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
    """Show who comes and who goes today; `?q=` finds any stay that has not ended long ago."""
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
    form_of = DESK_ACTIONS[chosen].form
    if request.method != "POST":
        if refused := _refusal(request, booking, chosen):
            return _render_booking(request, booking, message=refused.message, status=409)
        form = form_of.asked(booking, request.GET.dict())
        return _render_booking(request, booking, form=form, action=chosen)
    form = form_of(request.POST, booking=booking)
    if not form.is_valid():
        return _render_booking(request, booking, form=form, action=chosen, status=422)
    try:
        _do(chosen, booking, form, request.staff)
    except InvalidInput as error:
        add_refusal(form, error)
        # Read again: the refused change may have touched the booking in hand.
        booking = get_booking_for_user(request, booking_id)
        return _render_booking(request, booking, form=form, action=chosen, status=422)
    except NotAllowed:
        raise
    except ReadyroomError as error:
        return _render_refused(request, booking_id, chosen, form, error)
    done = words.done(booking, chosen)
    if not request.htmx:
        messages.success(request, f"{done}.")
        if chosen in OF_THE_DAY:
            return redirect("arrivals", hotel_slug)
        return redirect("booking", hotel_slug, booking_id)
    fresh = get_booking_for_user(request, booking_id)
    back = action_url(fresh, BookingAction.REINSTATE) if chosen in ENDS else ""
    return _render_booking(request, fresh, done=done, way_back=back, undo=chosen in UNDONE_BY_ROOM)


def _action(slug: str) -> BookingAction:
    try:
        action = BookingAction(slug.replace("-", "_"))
    except ValueError:
        raise Http404(f"There is no action {slug}.") from None
    if action not in DESK_ACTIONS:
        raise Http404(f"The desk has no form for {slug}.")
    return action


def _refusal(
    request: StaffRequest, booking: Booking, action: BookingAction
) -> ReadyroomError | None:
    """Return why the action's form would lead to nothing, or None."""
    if action is BookingAction.REINSTATE:
        return reinstatement.refusal(booking, Change(by=request.staff, source=Source.PORTAL))
    if action is BookingAction.SWAP and rules.others_of(booking):
        return CannotSwapShared(booking=booking)
    return rules.refusal(request.staff, action, booking, request.hotel.business_date())


def _do(action: BookingAction, booking: Booking, form: ConfirmForm, by: Staff) -> None:
    """Do what the form asks for, whole or not at all."""
    change = form.change(by)
    with transaction.atomic():
        act(action, booking, form.given, change)
        if form.then is not None:
            act(BookingAction.CHANGE, booking, ActionInput(stay=form.then), change.part())


def _render_refused(
    request: StaffRequest,
    booking_id: str,
    action: BookingAction,
    form: ConfirmForm,
    error: ReadyroomError,
) -> HttpResponse:
    """Show the booking as it is now, why it was refused, and what can be done instead.

    Where the action is still possible its form stays open, with what was typed.
    """
    booking = get_booking_for_user(request, booking_id)
    shown: dict[str, Any] = {"message": error.message}
    if form.visible_fields() and _refusal(request, booking, action) is None:
        shown |= {"form": form, "action": action, "instead": instead(booking, action, form, error)}
    return _render_booking(request, booking, status=409, **shown)


@require_safe
@for_page(ARRIVALS)
def booking(request: StaffRequest, hotel_slug: str, booking_id: str) -> HttpResponse:
    """Show one booking; to htmx its row, as after “Cancel” in a form."""
    found = get_booking_for_user(request, booking_id)
    if request.htmx and request.htmx.target != PAGE:
        return _render_booking(request, found)
    templates = ("desk/booking.html", "desk/booking_now.html")
    return render_live(request, *templates, lambda: _page(request, found))


def _row(request: StaffRequest, booking: Booking) -> dict[str, Any]:
    """Return what the booking's row shows."""
    today = request.hotel.business_date()
    return booking_row(booking, request.staff, today) | {"today": today}


def _page(request: StaffRequest, booking: Booking) -> dict[str, Any]:
    """Return what the booking's page shows: more than its row."""
    context = _row(request, booking) | page_context(booking)
    shares = bool(context["sharers"])
    return context | {"acts": buttons(booking, request.staff, context["today"], shares=shares)}


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
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """Answer with the booking as it is now: to htmx its row, or the page's part; else its page.

    `shown` is what else there is to say: `message`, `instead`, `done`, `way_back`, and `undo`: the
    toast offers to undo the room's last change.
    """
    on_page = not request.htmx or request.htmx.target == PAGE
    context = {
        **(_page(request, booking) if on_page else _row(request, booking)),
        "form": form,
        "action": action,
        "style": DESK_ACTIONS[action].style if action else "",
        "action_url": action_url(booking, action) if action else "",
        "undo_seconds": int(UNDO_WINDOW.total_seconds()),
        **shown,
    }
    template = "desk/booking_now.html" if on_page else "desk/booking_row.html"
    if not request.htmx:
        template = "desk/booking.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
