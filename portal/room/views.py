"""A room: its page, its card, and the actions on it. One answer shows what is true now."""

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from hotel.choices import DESK
from hotel.exceptions import InvalidInput, NotAllowed, ReadyroomError
from portal.access import StaffRequest, get_room_for_user
from portal.act import act
from portal.board.actions import ACTIONS, action_form
from portal.board.cards import arriving_in, buttons, card_context, card_of
from portal.board.columns import column_for, stands_beneath
from portal.etags import unless_known
from portal.forms import add_refusal
from portal.room.forms import ActionForm
from rooms.choices import Action, RoomStatus
from rooms.models import Room
from rooms.perform import UNDO_WINDOW
from rooms.permissions import refusal
from rooms.transitions import TRANSITIONS
from stays.undo import may_undo

HISTORY = 50


@require_safe
def room(request: StaffRequest, hotel_slug: str, room_number: str) -> HttpResponse:
    """Show everything about one room; to htmx its card, as after “Cancel” in a form."""
    found = get_room_for_user(request, room_number)
    facts = (found.last_seq, request.htmx.target)
    return unless_known(request, facts, lambda: render_room(request, found))


@require_http_methods(["GET", "HEAD", "POST"])
def room_action(
    request: StaffRequest, hotel_slug: str, room_number: str, action: str
) -> HttpResponse:
    """Show an action's form (GET) or do it (POST), inside the card, the room's page, or alone."""
    chosen = _action(action)
    found = get_room_for_user(request, room_number, chosen)
    if request.method != "POST":
        refused = None if chosen is Action.UNDO else refusal(request.staff, chosen, found)
        if refused:
            return render_room(request, found, message=refused.message, status=409)
        form = action_form(chosen, found, request.staff)
        return render_room(request, found, form=form)
    form = action_form(chosen, found, request.staff, request.POST)
    if not form.is_valid():
        return render_room(request, found, form=form, status=422)
    try:
        act(chosen, found, form.given, form.change(request.staff))
    except InvalidInput as error:
        add_refusal(form, error)
        return render_room(request, found, form=form, status=422)
    except NotAllowed:
        raise
    except ReadyroomError as error:
        return _render_refused(request, found, form, error)
    return _render_done(request, found, chosen)


def render_room(
    request: StaffRequest,
    room: Room,
    *,
    form: ActionForm | None = None,
    message: str = "",
    kept: str = "",
    done: Action | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the room as it is now: its page, or the part of a page that asked.

    `form` is shown open; `message` says why an action was refused and `kept` what had been typed
    for it; `done` adds the toast that offers undo.
    """
    arriving = arriving_in(room, request.hotel.business_date())
    extra: dict[str, Any] = {
        "room": room,
        "arriving": arriving,
        "form": form,
        "message": message,
        "kept": kept,
        "done": ACTIONS[done].done if done else "",
        "status": _status_after(done, room) if done else "",
        "undo": done is not None and done is not Action.UNDO,
        "undo_seconds": int(UNDO_WINDOW.total_seconds()),
    }
    if request.htmx and request.htmx.target == "room":
        response = render(request, "room/main.html", _page_context(request, room) | extra)
    elif request.htmx:
        response = HttpResponse(_card(request, room, arriving, extra))
    else:
        response = render(request, "room/room.html", _page_context(request, room) | extra)
    response.status_code = status
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _card(request: StaffRequest, room: Room, arriving: int | None, extra: dict[str, Any]) -> str:
    """Return the card, and after an action the toast that goes with it."""
    if extra["form"] or extra["message"] or extra["kept"]:
        context = card_context(room, request.staff, arriving) | extra
        open_card = render_to_string("board/card.html", context, request)
        if not extra["message"]:
            return open_card
        # The card may have gone to a column that a phone does not show: say it where it is seen.
        return open_card + render_to_string("partials/toast.html", {"refusal": extra["message"]})
    card = card_of(room, request.staff, arriving).html
    if not extra["done"]:
        return card
    return card + render_to_string("partials/toast.html", extra | {"target": f"card-{room.number}"})


def _render_done(request: StaffRequest, room: Room, action: Action) -> HttpResponse:
    if not request.htmx:
        done, status = ACTIONS[action].done, _status_after(action, room)
        messages.success(request, f"Room {room.number} {done}: {status}.")
        return redirect("room", request.hotel.slug, room.number)
    return render_room(request, room, done=action)


def _status_after(action: Action, room: Room) -> str:
    """Return the status to which the action has brought the room, or the clean beneath a fault."""
    beneath = TRANSITIONS[action].is_beneath(room)
    return str(RoomStatus(room.cleaning_status if beneath else room.room_status).label)


def _render_refused(
    request: StaffRequest, room: Room, form: ActionForm, error: ReadyroomError
) -> HttpResponse:
    """Show the room as it is now, why the action did not happen, and what had been typed.

    Where the action is still possible its form stays open, on the version that is shown now.
    """
    again = None
    if form.kept and refusal(request.staff, form.action, room) is None:
        again = form.renewed(room)
    kept = "" if again else form.kept
    return render_room(request, room, form=again, message=error.message, kept=kept, status=409)


def _page_context(request: StaffRequest, room: Room) -> dict[str, Any]:
    staff = request.staff
    people = ("status_by__user", "cleaned_by_staff__user", "inspected_by_staff__user")
    prefetch_related_objects([room], *people)
    events = room.events.select_related("actor__user", "booking").order_by("-seq")
    context = {
        "column": column_for(staff.role, room),
        "beneath": stands_beneath(staff.role, room),
        "events": list(events[:HISTORY]),
        "older": max(0, events.count() - HISTORY),
        "may_undo": may_undo(staff, room),
        "return_label": RoomStatus(room.return_status).label if room.return_status else "",
        **buttons(room, staff),
    }
    if staff.role in DESK:
        holding = room.bookings.holding().order_by("check_in")
        context["stays"] = holding.select_related("room_type")
    return context


def _action(slug: str) -> Action:
    name = slug.replace("-", "_")
    # What is done on a booking has no row here.
    action = next((action for action in ACTIONS if action.value == name), None)
    if action is None:
        raise Http404(f"There is no action {slug}.")
    return action
