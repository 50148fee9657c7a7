"""Error responses that no view makes: a page for a page, a toast for an htmx request."""

import sys
import time
from collections.abc import Callable
from typing import Any

from django.db.utils import OperationalError
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import csrf, defaults
from django_htmx.http import reswap

# The time.monotonic() at which the gateway got the request.
ARRIVED = "readyroom.arrived"
# Seconds after which a request that still waits for a thread is not begun any more.
PATIENCE = 10
# Seconds after which a busy server may be asked again.
RETRY_AFTER = 2
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def utf8_forms_only(get_response: Callable[[Any], HttpResponse]) -> Callable[[Any], HttpResponse]:
    """Middleware that answers 400 to a form in another character set than UTF-8."""

    def middleware(request: Any) -> HttpResponse:
        charset = request.content_params.get("charset", "utf-8").lower()
        if request.content_type in FORMS and charset != "utf-8":
            return HttpResponseBadRequest("Send forms in UTF-8.")
        return get_response(request)

    return middleware


def not_begun_late(get_response: Callable[[Any], HttpResponse]) -> Callable[[Any], HttpResponse]:
    """Middleware that answers 503 to a request that waited too long for its turn."""

    def middleware(request: Any) -> HttpResponse:
        arrived = request.META.get(ARRIVED)
        if arrived is not None and time.monotonic() - arrived > PATIENCE:
            return busy()
        return get_response(request)

    return middleware


def busy() -> HttpResponse:
    """Answer 503: nothing was done, and the same request may be sent again soon.

    static/js/again.js sends what htmx sent again; JsonErrorsMiddleware makes it JSON for the API.
    """
    return HttpResponse(
        render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER)}
    )


def server_error(request: Any) -> HttpResponse:
    """Answer 503 where a lock did not come in time, and 500 to any other error."""
    return busy() if _lock_did_not_come(sys.exception()) else defaults.server_error(request)


def _lock_did_not_come(error: BaseException | None) -> bool:
    """Tell whether the database gave up waiting for a lock: see LOCK_TIMEOUT_SECONDS."""
    # SQLite has only words for it, PostgreSQL the code lock_not_available.
    return isinstance(error, OperationalError) and (
        "database is locked" in str(error) or getattr(error.__cause__, "sqlstate", "") == "55P03"
    )


def not_found(request: Any, exception: Exception) -> HttpResponse:
    """Answer 404: with a page, or to htmx with a toast that leaves the page as it is."""
    if not request.headers.get("HX-Request"):
        return defaults.page_not_found(request, exception)
    return _toast(request, "This is no longer here. Reload the page.", 404)


def csrf_failure(request: Any, reason: str = "") -> HttpResponse:
    """Answer 403 to a failed CSRF check: with a page, or to htmx with a toast."""
    if not request.headers.get("HX-Request"):
        return csrf.csrf_failure(request, reason)
    return _toast(request, "Your change was not saved. Reload the page and try again.", 403)


def _toast(request: Any, words: str, status: int) -> HttpResponse:
    response = render(request, "partials/toast.html", {"refusal": words}, status=status)
    return reswap(response, "none")
