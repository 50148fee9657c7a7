"""API tokens in use: found by their digest, counted against the hotel's limit, noted as used."""

import datetime as dt
import math

from django.utils import timezone
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from hotel.statements import Statement
from portal.models import ApiToken, digest

# How precise “last used” is, so that not every request costs a write.
NOTED_EVERY = dt.timedelta(minutes=1)
# Asked by every request with a token.
TOKEN = Statement(
    lambda digest, now: (
        ApiToken.objects.live(now)
        .filter(digest=digest, staff__active=True, staff__user__is_active=True)
        .select_related("staff__user", "staff__hotel")
        .order_by()
    ),
    str,
    dt.datetime,
)
# When tokens were last used, by pk, until save_uses() saves it.
_uses: dict[int, dt.datetime] = {}
# Each process of the server counts for itself.
_limiter = SlidingWindowCounterRateLimiter(MemoryStorage())


def find(secret: str) -> ApiToken | None:
    """Return the token with its member of staff, user and hotel, or None if it is not valid."""
    return TOKEN.first(digest(secret), timezone.now())


def seconds_to_wait(token: ApiToken) -> int:
    """Count a request. Return 0 if the limit allows it, or the seconds until the next one."""
    limit = RateLimitItemPerMinute(token.staff.hotel.api_requests_per_minute)
    if _limiter.hit(limit, str(token.pk)):
        return 0
    reset = _limiter.get_window_stats(limit, str(token.pk)).reset_time
    return max(1, math.ceil(reset - timezone.now().timestamp()))


def forget_requests() -> None:
    """Forget the requests counted and the uses noted in this process.

    For tests: a database that is rolled back gives a token's id to the next one.
    """
    _limiter.storage.reset()
    _uses.clear()


def note_use(token: ApiToken) -> None:
    """Note that the token was used now, at most once a minute.

    Only in memory: a request that reads must not wait for the database's write lock.
    """
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        _uses[token.pk] = now


def save_uses() -> None:
    """Save what note_use() noted; the watcher does it at each heartbeat (portal.live.watcher)."""
    for pk, moment in list(_uses.items()):
        ApiToken.objects.filter(pk=pk).update(last_used_at=moment)
        # Only now: what could not be saved is saved at the next heartbeat.
        _uses.pop(pk, None)
