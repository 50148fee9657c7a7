"""The template context that every page of a hotel shares."""

from typing import Any

from django.http import HttpRequest

from portal.access import memberships
from portal.live import pusher
from portal.navigation import account_pages_of, pages_of


def hotel(request: HttpRequest) -> dict[str, Any]:
    """Add the hotel, the member of staff, their pages and other hotels, and Pusher's settings."""
    staff = getattr(request, "staff", None)
    if staff is None:
        return {}
    return {
        "hotel": staff.hotel,
        "staff": staff,
        "pages": pages_of(staff),
        "account_pages": account_pages_of(staff),
        "other_hotels": [
            other.hotel for other in memberships(request.user) if other.pk != staff.pk
        ],
        "pusher": pusher.page_data(staff.hotel),
    }
