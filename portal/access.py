"""Access control: who is signed in, and which hotel, room or booking they may see.

Every page requires a sign-in, and every URL with a `hotel_slug` answers 404 to anyone who is not
active staff of that hotel. Both are checked in middleware, before the view runs, so a view without
a decorator is still protected.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh, reswap

from hotel.exceptions import NotAllowed
from hotel.models import Hotel, Staff
from hotel.statements import Statement
from portal.navigation import Page
from rooms import permissions
from rooms.choices import Action
from rooms.models import Room
from rooms.transitions import TRANSITIONS
from stays.models import Booking

View = Callable[..., HttpResponse]
# The cookie of the hotel used last; a person's pk follows, for people share phones.
LAST_HOTEL = "last-hotel-"
YEAR = 365 * 24 * 60 * 60
ROOM = Statement(
    lambda hotel_id, number: (
        Room.objects.filter(hotel_id=hotel_id, number=number).select_related("room_type").order_by()
    ),
    int,
    str,
)
# Asked by every request of everybody who is signed in.
MEMBERSHIPS = Statement(
    lambda user_id: (
        Staff.objects.filter(user_id=user_id, active=True)
        .select_related("user", "hotel")
        .order_by("hotel__name")
    ),
    int,
)


class StaffRequest(HttpRequest):
    """A request for a hotel's page, after HotelMiddleware has set `staff` and `hotel`."""

    staff: Staff
    hotel: Hotel
    htmx: Any


class StaffBackend(ModelBackend):
    """Loads the user together with their hotels, because every page needs both."""

    def get_user(self, user_id: int) -> Any:
        """Return the active user with `memberships`, a list of Staff with their hotels, or None."""
        memberships = MEMBERSHIPS.rows(int(user_id))
        user: Any = memberships[0].user if memberships else super().get_user(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.memberships = memberships
        return user


class SlashMiddleware(CommonMiddleware):
    """Redirects a GET without the final slash to the URL with it."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        """Return False for a POST, which would lose its body in the redirect."""
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Redirects to the sign-in page anyone who is not signed in."""

    def process_view(self, request: Any, view_func: Any, args: Any, kwargs: Any) -> Any:
        """Skip the API, which checks tokens itself; its documentation page needs a sign-in."""
        match = request.resolver_match
        if match.app_name == "ninja" and match.url_name != "openapi-view":
            return None
        return super().process_view(request, view_func, args, kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        """Redirect the whole browser for htmx, so that the sign-in page does not land in a card."""
        if request.headers.get("HX-Request"):
            back = urlencode({"next": _path_of(request.headers.get("HX-Current-URL", ""))})
            return HttpResponseClientRedirect(f"{resolve_url('sign_in')}?{back}")
        if request.headers.get("Accept") == "text/event-stream":
            # A stream cannot redirect. The page polls instead, and that request is redirected.
            return HttpResponse(status=204)
        return super().handle_no_permission(request, view_func)


def _path_of(url: str) -> str:
    """Return the URL's path and query, or “/” if it is not a valid URL."""
    try:
        seen = urlsplit(url)
    except ValueError:
        return "/"
    return urlunsplit(("", "", seen.path or "/", seen.query, ""))


class HotelMiddleware:
    """Sets `staff` and `hotel` on requests whose URL has a `hotel_slug`."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request, then reset the time zone and forbid caching."""
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()
        if hasattr(request, "staff"):
            # Staff share phones: the back button must not show a colleague's pages.
            response["Cache-Control"] = "private, no-store"
            _remember_hotel(request, response)
        return response

    def process_view(
        self, request: Any, view: View, args: Iterable[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Raise Http404 unless the person works at the hotel; reload a page made for somebody else.

        `X-Viewer` names the person and the role that the page was made for. If the person differs,
        the page reloads and nothing is changed. If only the role differs, a GET reloads too; a POST
        goes on, so that it is refused with a reason and the form keeps what was typed.
        """
        if "hotel_slug" not in kwargs:
            return None
        request.staff = get_staff(request.user, kwargs["hotel_slug"])
        request.hotel = request.staff.hotel
        # Show times in the hotel's time zone.
        timezone.activate(request.hotel.tz)
        person, _, role = request.headers.get("X-Viewer", "").partition(" ")
        other_role = request.method in ("GET", "HEAD") and role != request.staff.role
        if person and (person != str(request.staff.pk) or other_role):
            return HttpResponseClientRefresh()
        return None

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        """Answer NotAllowed with 403 and the reason, as a page or, for htmx, as a toast."""
        if not isinstance(exception, NotAllowed):
            return None
        if request.htmx:
            response = render(request, "partials/toast.html", {"refusal": exception.message})
            response.status_code = 403
            return reswap(response, "none")
        return render(request, "403.html", {"reason": exception.message}, status=403)


def _remember_hotel(request: Any, response: HttpResponse) -> None:
    """Remember, in the browser, in which of their hotels the person opened a page last."""
    staff: Staff = request.staff
    opened = request.method == "GET" and not request.htmx and response.status_code == 200
    page = opened and response.headers.get("Content-Type", "").startswith("text/html")
    if not page or len(memberships(request.user)) < 2:
        return
    name = f"{LAST_HOTEL}{staff.user_id}"
    if request.COOKIES.get(name) != staff.hotel.slug:
        response.set_cookie(
            name,
            staff.hotel.slug,
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def last_used(request: HttpRequest) -> Staff | None:
    """Return the person's place in the hotel that they used last in this browser, or any, or None.

    Only a hotel in which they work now: the cookie chooses among those and proves nothing.
    """
    places = memberships(request.user)
    wanted = request.COOKIES.get(f"{LAST_HOTEL}{request.user.pk}")
    return next((place for place in places if place.hotel.slug == wanted), next(iter(places), None))


def memberships(user: Any) -> list[Staff]:
    """Return the user's active Staff rows with their hotels, as StaffBackend loaded them."""
    return getattr(user, "memberships", [])


def get_staff(user: Any, hotel_slug: str) -> Staff:
    """Return the user's Staff row in the hotel; raise Http404 if there is none."""
    return place_in(hotel_slug, memberships(user))


def place_in(hotel_slug: str, places: list[Staff]) -> Staff:
    """Return the Staff row in the hotel; raise Http404 if there is none."""
    for staff in places:
        if staff.hotel.slug == hotel_slug:
            return staff
    raise Http404("There is no such hotel.")


def get_room_for_user(request: StaffRequest, number: str, action: Action | None = None) -> Room:
    """Return a room of the person's hotel, after checking that their role may do `action`.

    Raises Http404 if the hotel has no such room, and NotAllowed for the wrong role. Whether the
    room's status allows the action is checked by perform(), under its lock.
    """
    # PostgreSQL raises an error for text with a NUL.
    room = None if "\0" in number else ROOM.first(request.hotel.pk, number)
    if room is None:
        raise Http404(f"{request.hotel} has no room {number}.")
    room.hotel = request.hotel
    if action is not None:
        permissions.require_role(
            request.staff, TRANSITIONS[action].roles, request.hotel, action.label
        )
    return room


def get_booking_for_user(request: StaffRequest, booking_id: str) -> Booking:
    """Return a booking of the person's hotel; raise Http404 if there is none."""
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
    """Return a decorator that allows only the page's roles; others get 403 with the reason."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            permissions.require_role(request.staff, page.roles, request.hotel, page.label)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
