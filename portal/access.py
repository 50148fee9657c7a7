"""Who is asking, and what of the hotel exists for them. New pages fail closed.

Every page asks for a sign-in, and every URL with a `hotel_slug` answers 404 to whoever is not
active staff of that hotel, before its view runs: a forgotten decorator shows nothing.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh, reswap

from hotel.exceptions import NotAllowed
from hotel.models import Hotel, Staff
from portal.navigation import Page
from rooms import permissions
from rooms.choices import Action
from rooms.models import Room
from rooms.transitions import TRANSITIONS
from stays.models import Booking

View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """A request inside a hotel, as HotelMiddleware hands it to the view."""

    staff: Staff
    hotel: Hotel
    htmx: Any


class StaffBackend(ModelBackend):
    """Fetches the user together with their places in hotels: every page needs both."""

    def get_user(self, user_id: int) -> Any:
        """Return the active user with `memberships`, a list of Staff with their hotels, or None."""
        memberships = list(
            Staff.objects.filter(user_id=user_id, active=True)
            .select_related("user", "hotel")
            .order_by("hotel__name")
        )
        user: Any = memberships[0].user if memberships else super().get_user(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.memberships = memberships
        return user


class SlashMiddleware(CommonMiddleware):
    """Sends whoever reads an address without its last slash to the one with it."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        """Refuse for a POST: redirected, it would lose its body."""
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not signed in to the sign-in page."""

    def process_view(self, request: Any, view_func: Any, args: Any, kwargs: Any) -> Any:
        """Leave the API's addresses to the API, which asks for a token; not the page about it."""
        match = request.resolver_match
        if match.app_name == "ninja" and match.url_name != "openapi-view":
            return None
        return super().process_view(request, view_func, args, kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        """Make the browser itself go there: a fragment must not get the page swapped into it."""
        if request.headers.get("HX-Request"):
            back = urlencode({"next": _path_of(request.headers.get("HX-Current-URL", ""))})
            return HttpResponseClientRedirect(f"{resolve_url('sign_in')}?{back}")
        if request.headers.get("Accept") == "text/event-stream":
            # A stream cannot show the sign-in page: the tab asks instead, and is sent there.
            return HttpResponse(status=204)
        return super().handle_no_permission(request, view_func)


def _path_of(url: str) -> str:
    """Return the path and query of the page that a fragment was asked from; “/” for nonsense."""
    try:
        seen = urlsplit(url)
    except ValueError:
        return "/"
    return urlunsplit(("", "", seen.path or "/", seen.query, ""))


class HotelMiddleware:
    """Puts `staff` and `hotel` on the request of every URL that names a hotel."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; nothing of the hotel stays behind, in the thread or the browser."""
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()
        if hasattr(request, "staff"):
            # Phones are passed on: the back button must not show a colleague's pages.
            response["Cache-Control"] = "private, no-store"
        return response

    def process_view(
        self, request: Any, view: View, args: Iterable[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Raise Http404 for a hotel that does not exist for the caller.

        A page that was made for another person is loaded anew, and nothing is done: the tap was not
        the caller's. So is one made for another role of theirs, but for a tap, which is refused
        with the reason and keeps what was typed.
        """
        if "hotel_slug" not in kwargs:
            return None
        request.staff = get_staff(request.user, kwargs["hotel_slug"])
        request.hotel = request.staff.hotel
        # Pages tell the hotel's time, not the server's.
        timezone.activate(request.hotel.tz)
        person, _, role = request.headers.get("X-Viewer", "").partition(" ")
        other_role = request.method in ("GET", "HEAD") and role != request.staff.role
        if person and (person != str(request.staff.pk) or other_role):
            return HttpResponseClientRefresh()
        return None

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        """Answer a refusal for the caller's role with 403 and its reason, page or fragment."""
        if not isinstance(exception, NotAllowed):
            return None
        if request.htmx:
            response = render(request, "partials/toast.html", {"refusal": exception.message})
            response.status_code = 403
            return reswap(response, "none")
        return render(request, "403.html", {"reason": exception.message}, status=403)


def memberships(user: Any) -> list[Staff]:
    """Return the user's active places in hotels, as StaffBackend fetched them."""
    return getattr(user, "memberships", [])


def get_staff(user: Any, hotel_slug: str) -> Staff:
    """Return the user's place in the hotel; raise Http404 where there is none."""
    return place_in(hotel_slug, memberships(user))


def place_in(hotel_slug: str, places: list[Staff]) -> Staff:
    """Return the place in that hotel; raise Http404 where there is none."""
    for staff in places:
        if staff.hotel.slug == hotel_slug:
            return staff
    raise Http404("There is no such hotel.")


def get_room_for_user(request: StaffRequest, number: str, action: Action | None = None) -> Room:
    """Return a room of the caller's hotel, on which they may in their role do `action`.

    Raises Http404 for a room that does not exist in this hotel, NotAllowed for the wrong role.
    Whether the room is in a state for the action is for perform() to say, under its lock.
    """
    rooms = Room.objects.filter(hotel=request.hotel).select_related("room_type").order_by()
    # PostgreSQL's text cannot even be asked for a NUL.
    room = None if "\0" in number else rooms.filter(number=number).first()
    if room is None:
        raise Http404(f"{request.hotel} has no room {number}.")
    room.hotel = request.hotel
    if action is not None:
        permissions.require_role(
            request.staff, TRANSITIONS[action].roles, request.hotel, action.label
        )
    return room


def get_booking_for_user(request: StaffRequest, booking_id: str) -> Booking:
    """Return a booking of the caller's hotel; raise Http404 where there is none."""
    if "\0" in booking_id:
        raise Http404(f"{request.hotel} has no such booking.")
    booking = (
        Booking.objects.select_related("hotel", "room_type", "room__room_type")
        .filter(hotel=request.hotel, booking_id=booking_id)
        .first()
    )
    if booking is None:
        raise Http404(f"{request.hotel} has no booking {booking_id}.")
    return booking


def for_page(page: Page) -> Callable[[View], View]:
    """Let only the page's roles in; others get 403 with the reason."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            permissions.require_role(request.staff, page.roles, request.hotel, page.label)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
