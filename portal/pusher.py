"""Pusher, or any server that speaks its protocol: whether it is configured, and how it is reached.

It only wakes clients (design §5). What goes to it names rooms by number, never a guest or a note.
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
# Seconds that one call may take: the SDK itself would wait five for a silent server.
TIMEOUT = 3


def configured() -> bool:
    """Tell whether clients are woken by Pusher; `check_settings` sees to it that nothing lacks."""
    return bool(settings.PUSHER_KEY)


def client() -> "Pusher":
    """Return the SDK's client. Its calls block, and raise errors of `requests` beside its own."""
    # Imported here: most installations do without, and need not carry its libraries in memory.
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
    """Return the name of the channel that wakes the hotel's screens."""
    return f"private-hotel-{hotel_slug}-rooms"


def page_data(hotel: Hotel) -> dict[str, str] | None:
    """Return what static/js/live/pusher.js must know, or None where Pusher is not used."""
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
    """Report settings that are half there or cannot work, before somebody waits for a wake-up."""
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
        wrong.add("PUSHER_CLUSTER and PUSHER_HOST exclude each other.")
    if not re.fullmatch(r"[A-Za-z0-9.-]*", settings.PUSHER_CLUSTER + settings.PUSHER_HOST):
        wrong.add("PUSHER_CLUSTER and PUSHER_HOST are names alone, without “https://” or a port.")
    if settings.HTTPS and not settings.PUSHER_SSL:
        wrong.add("PUSHER_SSL must be true with HTTPS: a browser opens no plain socket there.")
    hint = "Set PUSHER_* as docs/deploy.md says, or none of them."
    return [Error(words, hint=hint, id="portal.E001") for words in sorted(wrong)]
