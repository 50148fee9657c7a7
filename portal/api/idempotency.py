"""A POST that is sent again: it changes nothing, and is answered as the first was."""

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


def once(*, status: int = 200) -> Callable[[Callable[..., Any]], Callable[..., HttpResponse]]:
    """Answer a repeated Idempotency-Key from the first answer; a new answer has `status`.

    The key, the change and the answer are one transaction: a second request with the key waits
    for the first, and one that died before its commit was never there. A refusal is an answer too.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(
            request: Any, *args: Any, idempotency_key: str | None, **given: Any
        ) -> HttpResponse:
            refuse_unknown(request)
            if idempotency_key is None:
                return answer(status, view(request, *args, **given))
            with transaction.atomic():
                kept, is_new = IdempotentAnswer.objects.get_or_create(
                    hotel=request.hotel, key=idempotency_key, defaults={"digest": _asked(request)}
                )
                if is_new:
                    try:
                        with transaction.atomic():
                            _keep(kept, status, view(request, *args, **given))
                    except (ReadyroomError, Http404) as error:
                        _keep(kept, *refusal(request, error))
                elif kept.digest != _asked(request):
                    raise InvalidInput(
                        {"Idempotency-Key": "This key was used for another request."}
                    )
            response = answer(kept.status, _told(kept))
            if not is_new:
                response["Idempotent-Replay"] = "true"
            IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
            return response

        contribute_operation_args(answered, "idempotency_key", Text | None, HEADER)  # type: ignore[arg-type]
        return answered

    return decorate


def _keep(kept: IdempotentAnswer, status: int, body: Any) -> None:
    """Save the answer. The guest's name stays with the booking alone, where it can be erased."""
    told = to_jsonable_python(body)
    if "guest_name" in told:
        kept.booking = Booking.objects.get(hotel=kept.hotel, booking_id=told["booking_id"])
        told["guest_name"] = ""
    kept.status, kept.body = status, json.dumps(told)
    kept.save(update_fields=["status", "body", "booking"])


def _told(kept: IdempotentAnswer) -> dict[str, Any]:
    """Return the answer kept, with the guest's name."""
    told: dict[str, Any] = json.loads(kept.body)
    if kept.booking:
        told["guest_name"] = kept.booking.guest_name
    return told


def _asked(request: Any) -> str:
    """Return the digest of who asks for what; spaces and order in the body are not part of it."""
    body = json.dumps(json.loads(request.body or "{}"), sort_keys=True)
    return digest(f"{request.staff.pk} {request.path} {body}")
