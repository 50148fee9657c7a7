"""Who calls the API, and whether they belong to the hotel in the address.

Authentication checks both, for every endpoint: none can forget it. The names of the classes are
the names of the security schemes in the API's document, so generated clients depend on them.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError, HttpError
from ninja.security import APIKeyCookie, HttpBearer

from hotel.models import Staff
from portal.access import memberships, place_in
from portal.api import rate_limit
from portal.api.errors import TooManyRequests
from rooms.change import Change
from rooms.choices import Source

# Enough: a note has at most 2,000 characters, a bulk checkout of 1,000 rooms is under 16 KB.
MAX_BODY = 64 * 1024


class Token(HttpBearer):
    """A token of a member of staff, as `Authorization: Bearer TOKEN`."""

    def authenticate(self, request: Any, token: str) -> Staff:
        """Return the token's member of staff.

        Raises AuthenticationError for a token that is unknown, expired or revoked, Http404 for an
        address of another hotel, and TooManyRequests.
        """
        found = rate_limit.find(token)
        if found is None:
            raise AuthenticationError
        if seconds := rate_limit.seconds_to_wait(found):
            raise TooManyRequests(seconds)
        rate_limit.note_use(found)
        return _enter(request, [found.staff])


class Session(APIKeyCookie):
    """A session of the portal; requests that change something need its CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Staff | None:
        """Return the member of staff, or None if nobody is signed in.

        Raises HttpError 403 if the CSRF token is missing or wrong.
        """
        if not request.user.is_authenticated:
            return None
        # Read the body now: the CSRF check looks for a form in it, and leaves nothing to read.
        _ = request.body
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Staff:
        """Return the member of staff; raise Http404 for another hotel's address."""
        return _enter(request, memberships(request.user))


def change_of(request: Any, expected_version: int | None = None) -> Change:
    """Return who changes something by this request, and on which version of a room.

    A repeat is portal.api.idempotency's: the change needs no request id of its own.
    """
    return Change(by=request.staff, source=Source.API, expected_version=expected_version)


def _enter(request: Any, places: list[Staff]) -> Staff:
    """Set `staff` and `hotel` on the request, as portal.access.HotelMiddleware does for pages."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        raise HttpError(413, f"Send at most {MAX_BODY // 1024} KB.")
    staff = place_in(request.resolver_match.kwargs["slug"], places)
    request.staff, request.hotel = staff, staff.hotel
    timezone.activate(staff.hotel.tz)
    return staff
