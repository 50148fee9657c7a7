"""Idempotency keys: a POST sent again with its key changes nothing and gets the first answer."""

import datetime as dt
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Header
from ninja.utils import contribute_operation_args
from pydantic_core import to_jsonable_python

from hotel.exceptions import InvalidInput, ReadyroomError
from portal.api.errors import answer, refusal
from portal.api.paging import refuse_unknown
from portal.api.schemas import Text
from portal.models import IdempotentAnswer, digest
from stays.models import Booking

KEPT = dt.timedelta(days=7)

HEADER = Header(
    None,
    alias="Idempotency-Key",
    min_length=1,
    max_length=64,
    description="Any text of the caller's, unique in the hotel. A repeat of the request with the "
    "same key within seven days is answered as the first was, with `Idempotent-Replay: true`, "
    "and changes nothing.",
)


def idempotent(*, status: int = 200) -> Callable[[Callable[..., Any]], Callable[..., HttpResponse]]:
    """Give an endpoint an `Idempotency-Key` header; a successful answer has the given `status`.

    Without the header the endpoint is called as it is. With it, the first answer is saved, and a
    request that repeats the key gets that answer again. Refusals are saved as well. A key that
    comes back with another request raises InvalidInput.

    Key, change and answer are saved in one transaction: a second request with the same key waits
    for the first to end, and if the first fails, nothing of it remains.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(
            request: Any, *args: Any, idempotency_key: str | None, **given: Any
        ) -> HttpResponse:
            refuse_unknown(request)
            if idempotency_key is None:
                return answer(status, view(request, *args, **given))
            with transaction.atomic():
                kept, is_new = IdempotentAnswer.objects.get_or_create(
                    hotel=request.hotel,
                    key=idempotency_key,
                    defaults={"digest": _request_digest(request)},
                )
                if is_new:
                    try:
                        with transaction.atomic():
                            _save(kept, status, view(request, *args, **given))
                    except (ReadyroomError, Http404) as error:
                        _save(kept, *refusal(request, error))
                elif kept.digest != _request_digest(request):
                    raise InvalidInput(
                        {"Idempotency-Key": "This key was used for another request."}
                    )
                old = IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT)
                old.exclude(pk=kept.pk).delete()
            response = answer(kept.status, _saved_body(kept))
            if not is_new:
                response["Idempotent-Replay"] = "true"
            return response

        contribute_operation_args(wrapped, "idempotency_key", Text | None, HEADER)  # type: ignore[arg-type]
        return wrapped

    return decorate


def _save(kept: IdempotentAnswer, status: int, body: Any) -> None:
    """Save the answer, without the guest's name: that is kept only where it can be erased."""
    content = to_jsonable_python(body)
    if "guest_name" in content:
        kept.booking = Booking.objects.get(hotel=kept.hotel, booking_id=content["booking_id"])
        content["guest_name"] = ""
    kept.status, kept.body = status, json.dumps(content)
    kept.save(update_fields=["status", "body", "booking"])


def _saved_body(kept: IdempotentAnswer) -> dict[str, Any]:
    """Return the saved answer, with the guest's name from the booking."""
    content: dict[str, Any] = json.loads(kept.body)
    if kept.booking:
        content["guest_name"] = kept.booking.guest_name
    return content


def _request_digest(request: Any) -> str:
    """Return a digest of who asks for what; the order and spacing of the body do not matter."""
    body = json.dumps(json.loads(request.body or "{}"), sort_keys=True)
    return digest(f"{request.staff.pk} {request.path} {body}")
