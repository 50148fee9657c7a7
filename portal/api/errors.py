"""Every refusal has one shape: a code for programs and a sentence for people, never HTML."""

from collections import defaultdict
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic_core import to_json

from hotel.exceptions import InvalidInput, NotAllowed, ReadyroomError, StaleVersion
from portal.api import schemas
from portal.api.serializers import serialize_room
from stays import undo

# The code of each HTTP status. A conflict with a rule of the hotel, 409, brings its own code.
CODES = {
    400: "malformed",
    401: "unauthorized",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    422: "invalid",
    429: "too_many_requests",
    500: "internal_error",
    503: "busy",
}
MESSAGES = {
    400: "The request cannot be read: the body must be a JSON object.",
    401: "Send “Authorization: Bearer TOKEN” with a valid token.",
    404: "There is nothing at this address.",
    405: "This address does not accept that method.",
    500: "Server error. Nothing was changed; the server's log has the details.",
    503: "The server is busy. Nothing was changed: send the request again.",
}
# Used instead of pydantic's own messages, which are written for programmers.
WORDS = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "string_pattern_mismatch": "Use letters, digits, dots, dashes.",
    "string_too_short": "This field must not be empty.",
    "too_short": "This field must not be empty.",
    "string_too_long": "Keep it to {max_length} characters.",
    "too_long": "Keep it to {max_length} characters.",
}
# The refusals that any endpoint may answer with: one that reads, and one that changes something.
READING: dict[int, type[schemas.Error]] = dict.fromkeys(
    (401, 403, 404, 413, 422, 429, 503), schemas.Error
)
CHANGING = {**READING, 400: schemas.Error, 409: schemas.Conflict}


class TooManyRequests(Exception):
    """The token has used up its limit; the next request is allowed in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def error_body(
    status: int, message: str = "", *, code: str = "", fields: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """Return the body of an error; code and message default to those of the status."""
    return {
        "error": {
            "code": code or CODES.get(status, "error"),
            "message": message or MESSAGES.get(status) or HTTPStatus(status).phrase,
            "fields": fields or {},
        }
    }


def refusal(request: Any, error: ReadyroomError | Http404) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of a refusal."""
    if isinstance(error, Http404):
        return 404, error_body(404, str(error))
    if isinstance(error, NotAllowed):
        return 403, error_body(403, error.message)
    if isinstance(error, InvalidInput):
        return 422, error_body(422, error.message, fields=error.fields)
    body = error_body(409, error.message, code=error.code)
    body["room"] = (
        serialize_room(error.room, request.staff, may_undo=undo.may_undo(request.staff, error.room))
        if isinstance(error, StaleVersion)
        else None
    )
    return 409, body


def answer(status: int, body: Any) -> HttpResponse:
    """Return a JSON answer."""
    return HttpResponse(to_json(body), status=status, content_type="application/json")


def handle_in(api: NinjaAPI) -> None:
    """Make the API answer every refusal in this shape."""

    @api.exception_handler(ReadyroomError)
    def refused(request: HttpRequest, error: ReadyroomError) -> HttpResponse:
        return answer(*refusal(request, error))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = defaultdict(list)
        for item in error.errors:
            fields[_field(item["loc"])].append(_words(item))
        message = "; ".join(f"{name}: {' '.join(words)}" for name, words in fields.items())
        return answer(422, error_body(422, message, fields=fields))

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(*refusal(request, error))

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        # ninja's message for a body that it cannot parse contains a line of the traceback.
        message = "" if error.status_code in (400, 401) else error.message
        return _challenged(answer(error.status_code, error_body(error.status_code, message)))

    @api.exception_handler(TooManyRequests)
    def too_many(request: HttpRequest, error: TooManyRequests) -> HttpResponse:
        message = f"Too many requests for this token: wait {error.seconds} s."
        response = answer(429, error_body(429, message))
        response["Retry-After"] = str(error.seconds)
        return response


class JsonErrorsMiddleware:
    """Turns error pages under /api/ that no endpoint made, such as Django's own, into JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replace the body of an error page and keep its other headers."""
        response = self.get_response(request)
        is_json = response.get("Content-Type", "").startswith("application/json")
        if request.path.startswith("/api/") and response.status_code >= 400 and not is_json:
            response.content = to_json(error_body(response.status_code))
            response["Content-Type"] = "application/json"
            response["Content-Length"] = str(len(response.content))
            del response["Content-Encoding"]
        return response


def _challenged(response: HttpResponse) -> HttpResponse:
    """Add the header that HTTP requires with a 401: how to authenticate."""
    if response.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Readyroom"'
    return response


def _field(location: tuple[Any, ...]) -> str:
    """Return a field's name from pydantic's location: (source, parameter, field, index)."""
    source, *path = location
    if source == "body":
        path = path[1:]
    return str(path[0]) if path else source


def _words(item: dict[str, Any]) -> str:
    message = WORDS[item["type"]].format(**item.get("ctx", {})) if item["type"] in WORDS else ""
    return message or item["msg"].removeprefix("Value error, ")
