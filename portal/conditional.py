"""Answers that are asked for again and again: 304 to whoever has what is true already."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response

from portal.access import StaffRequest


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
