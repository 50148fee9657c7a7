"""Pages that are kept true: their main part is asked for again and again, 304 where it is known."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from portal.access import StaffRequest

# Seconds after which “any minute now” and “overdue” are told anew, though nothing happened.
FRESH = 5 * 60


def render_live(
    request: StaffRequest, page: str, part: str, make: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """Answer with the page, or with its main part alone where that asks for itself.

    `make` returns the context of both. A part that is kept true has an id that ends in “-now”.
    """
    if request.htmx and (request.htmx.target or "").endswith("-now"):
        told = int(timezone.now().timestamp()) // FRESH
        facts = (request.hotel.last_seq, told)
        response = unless_known(request, facts, lambda: render(request, part, make()))
    else:
        response = render(request, page, make())
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def unless_known(
    request: StaffRequest, facts: tuple[Any, ...], make: Callable[[], HttpResponse]
) -> HttpResponse:
    """Answer with 304 where the browser has the answer that these facts made, else make it.

    `facts` is what the answer depends on beside its address and the viewer.
    """
    staff = request.staff
    known = repr((staff.pk, staff.role, staff.language, staff.hotel.business_date(), *facts))
    # Weak: the same answer is sent with and without gzip.
    etag = f'W/"{blake2b(known.encode(), digest_size=12).hexdigest()}"'
    # None where the browser must have the answer itself.
    response: HttpResponse = get_conditional_response(request, etag=etag) or make()
    response["ETag"] = etag
    return response
