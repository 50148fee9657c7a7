"""The connection to Pusher, or to any server that speaks its protocol.

Pusher only wakes clients. Events name rooms by number and never contain a guest's
name or a note.
"""

import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import reverse

from hotel.models import Hotel

if TYPE_CHECKING:
    from pusher import Pusher

EVENT = "rooms_changed"
# Seconds before a call fails. The SDK's own default is 5.
TIMEOUT = 3


def configured() -> bool:
    """Return whether Pusher is used; `check_settings` makes sure the settings are complete."""
    return bool(settings.PUSHER_KEY)


def client() -> "Pusher":
    """Return the SDK's client. Its calls block, and raise PusherError or an error of `requests`."""
    # Imported here because most installations do not use it: it would only cost them memory.
    from pusher import Pusher

    return Pusher(
        app_id=settings.PUSHER_APP_ID,
        key=settings.PUSHER_KEY,
        secret=settings.PUSHER_SECRET,
        cluster=settings.PUSHER_CLUSTER or None,
        host=settings.PUSHER_HOST or None,
        port=settings.PUSHER_PORT,
        ssl=settings.PUSHER_SSL,
        timeout=TIMEOUT,
    )


def channel(hotel_slug: str) -> str:
    """Return the name of the hotel's channel."""
    return f"private-hotel-{hotel_slug}-rooms"


def page_data(hotel: Hotel) -> dict[str, str] | None:
    """Return the settings for static/js/live/pusher.js, or None if Pusher is not used."""
    if not configured():
        return None
    return {
        "key": settings.PUSHER_KEY,
        "socket": settings.PUSHER_SOCKET,
        "channel": channel(hotel.slug),
        "auth": reverse("pusher_auth", args=[hotel.slug]),
    }


@register("pusher")
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Report Pusher settings that are incomplete or cannot work.

    Otherwise screens would stay out of date without any error.
    """
    given = {
        "PUSHER_APP_ID": settings.PUSHER_APP_ID,
        "PUSHER_KEY": settings.PUSHER_KEY,
        "PUSHER_SECRET": settings.PUSHER_SECRET,
        "PUSHER_CLUSTER or PUSHER_HOST": settings.PUSHER_CLUSTER or settings.PUSHER_HOST,
    }
    if not any(given.values()):
        return []
    wrong = {f"{name} is missing." for name, value in given.items() if not value}
    if not re.fullmatch(r"[0-9]*", settings.PUSHER_APP_ID):
        wrong.add("PUSHER_APP_ID must be a number.")
    if settings.PUSHER_CLUSTER and settings.PUSHER_HOST:
        wrong.add("Set either PUSHER_CLUSTER or PUSHER_HOST, not both.")
    if not re.fullmatch(r"[A-Za-z0-9.-]*", settings.PUSHER_CLUSTER + settings.PUSHER_HOST):
        wrong.add(
            "PUSHER_CLUSTER and PUSHER_HOST must be names only, without “https://” or a port."
        )
    if settings.HTTPS and not settings.PUSHER_SSL:
        wrong.add("PUSHER_SSL must be true with HTTPS: a browser refuses an insecure socket there.")
    hint = "Set all PUSHER_* variables that docs/deploy.md lists, or none."
    return [Error(words, hint=hint, id="portal.E001") for words in sorted(wrong)]
