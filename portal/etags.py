"""ETags: a browser that has the current answer already gets 304 instead of the same again."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from portal.access import StaffRequest
from portal.cache import Viewer

# Seconds after which a live page is sent again although nothing happened: it shows times that
# pass, such as “any minute now” and “overdue”.
FRESH = 5 * 60


def render_live(
    request: StaffRequest, page: str, part: str, make: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """Render a page that keeps itself up to date, or only its main part when that reloads itself.

    `page` and `part` are templates, and `make` returns the context of both. The part's element has
    an id that ends in “-now”; by that id a reload is recognised and answered with 304 if nothing
    has changed.
    """
    if request.htmx and (request.htmx.target or "").endswith("-now"):
        period = int(timezone.now().timestamp()) // FRESH
        facts = (request.hotel.last_seq, period)
        response = unless_known(request, facts, lambda: render(request, part, make()))
    else:
        response = render(request, page, make())
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def unless_known(
    request: StaffRequest, facts: tuple[Any, ...], make: Callable[[], HttpResponse]
) -> HttpResponse:
    """Return 304 if the browser has the answer that belongs to `facts`, or else call `make`.

    The ETag is made of the viewer, in person, the hotel's business date, and `facts`: whatever
    else the answer at this address depends on.
    """
    viewer = Viewer.of(request.staff, personal=True)
    known = repr((viewer, request.hotel.business_date(), *facts))
    # Weak, because the bytes differ: the same answer is sent with and without gzip.
    etag = f'W/"{blake2b(known.encode(), digest_size=12).hexdigest()}"'
    # None unless the browser sent this ETag.
    response: HttpResponse = get_conditional_response(request, etag=etag) or make()
    response["ETag"] = etag
    return response
