"""Error responses that no view makes: a page for a page, a toast for an htmx request."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views import csrf, defaults
from django_htmx.http import reswap

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def utf8_forms_only(get_response: Callable[[Any], HttpResponse]) -> Callable[[Any], HttpResponse]:
    """Middleware that answers 400 to a form in another character set than UTF-8."""

    def middleware(request: Any) -> HttpResponse:
        charset = request.content_params.get("charset", "utf-8").lower()
        if request.content_type in FORMS and charset != "utf-8":
            return HttpResponseBadRequest("Send forms in UTF-8.")
        return get_response(request)

    return middleware


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
