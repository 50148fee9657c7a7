"""Who holds a token: found by its digest, counted against the hotel's limit, noted as used."""

import datetime as dt
import math

from django.utils import timezone
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from portal.models import ApiToken, digest

# How exact “last used” is: not every request costs a write.
NOTED_EVERY = dt.timedelta(minutes=1)
# Counted in each process of the server by itself.
_limiter = SlidingWindowCounterRateLimiter(MemoryStorage())


def find(secret: str) -> ApiToken | None:
    """Return the live token of an active member of staff, with user and hotel, or None."""
    tokens = ApiToken.objects.live().select_related("staff__user", "staff__hotel")
    token = tokens.filter(digest=digest(secret)).first()
    if token is None or not token.staff.active or not token.staff.user.is_active:
        return None
    return token


def seconds_to_wait(token: ApiToken) -> int:
    """Count a request; return 0, or in how many seconds the hotel's limit allows the next."""
    limit = RateLimitItemPerMinute(token.staff.hotel.api_requests_per_minute)
    if _limiter.hit(limit, str(token.pk)):
        return 0
    reset = _limiter.get_window_stats(limit, str(token.pk)).reset_time
    return max(1, math.ceil(reset - timezone.now().timestamp()))


def forget_requests() -> None:
    """Forget the requests counted in this process.

    For tests: a database that is rolled back gives a token's id to the next one.
    """
    _limiter.storage.reset()


def note_use(token: ApiToken) -> None:
    """Write down that the token was used now, to the minute."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
