"""Refusals from outside a view: a page to a page, a toast to a fragment."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views import csrf, defaults
from django_htmx.http import reswap

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def utf8_forms_only(get_response: Callable[[Any], HttpResponse]) -> Callable[[Any], HttpResponse]:
    """Refuse a form in another character set, before anything asks what is in it."""

    def middleware(request: Any) -> HttpResponse:
        charset = request.content_params.get("charset", "utf-8").lower()
        if request.content_type in FORMS and charset != "utf-8":
            return HttpResponseBadRequest("A form is sent in UTF-8.")
        return get_response(request)

    return middleware


def not_found(request: Any, exception: Exception) -> HttpResponse:
    """Say that there is nothing here; swap nothing away."""
    if not request.headers.get("HX-Request"):
        return defaults.page_not_found(request, exception)
    return _toast(request, "There is nothing here any more. Reload the page.", 404)


def csrf_failure(request: Any, reason: str = "") -> HttpResponse:
    """Ask to send it again; swap nothing away."""
    if not request.headers.get("HX-Request"):
        return csrf.csrf_failure(request, reason)
    return _toast(request, "That was not saved. Reload the page and try again.", 403)


def _toast(request: Any, words: str, status: int) -> HttpResponse:
    response = render(request, "partials/toast.html", {"refusal": words}, status=status)
    return reswap(response, "none")
