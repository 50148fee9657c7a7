"""A POST that is sent again: it changes nothing, and is answered as the first was."""

import datetime as dt
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from ninja import Header
from ninja.utils import contribute_operation_args
from pydantic_core import to_json

from hotel.exceptions import InvalidInput, ReadyroomError
from portal.api.errors import answer, refusal
from portal.api.paging import refuse_unknown
from portal.api.schemas import Text
from portal.models import IdempotentAnswer, digest

KEPT = dt.timedelta(days=7)
# Old answers are looked for once in so many new ones.
FORGET_EVERY = 200

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
                if not is_new:
                    return _again(kept, request)
                try:
                    with transaction.atomic():
                        kept.status, body = status, view(request, *args, **given)
                except ReadyroomError as error:
                    kept.status, body = refusal(request, error)
                kept.body = to_json(body).decode()
                kept.save(update_fields=["status", "body"])
            if kept.pk % FORGET_EVERY == 0:
                IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
            return HttpResponse(kept.body, status=kept.status, content_type="application/json")

        contribute_operation_args(answered, "idempotency_key", Text | None, HEADER)  # type: ignore[arg-type]
        return answered

    return decorate


def _again(kept: IdempotentAnswer, request: Any) -> HttpResponse:
    if kept.digest != _asked(request):
        raise InvalidInput({"Idempotency-Key": "This key was used for another request."})
    response = HttpResponse(kept.body, status=kept.status, content_type="application/json")
    response["Idempotent-Replay"] = "true"
    return response


def _asked(request: Any) -> str:
    """Return the digest of who asks for what; spaces and order in the body are not part of it."""
    body = json.dumps(json.loads(request.body or "{}"), sort_keys=True)
    return digest(f"{request.staff.pk} {request.path} {body}")
