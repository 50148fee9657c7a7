"""Long lists, page by page: a cursor says after which row the next page begins.

So rows that are added between two pages neither repeat others nor push them out.
"""

from collections.abc import Callable, Container
from functools import wraps
from typing import Annotated, Any, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from ninja import Schema
from pydantic import Field, ValidationInfo, model_validator

from hotel.exceptions import InvalidInput

MAX_LIMIT = 500
Row = TypeVar("Row", bound=Model)


def refuse_unknown(request: HttpRequest, known: Container[str] = ()) -> None:
    """Raise InvalidInput for parameters that the endpoint does not have."""
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        raise InvalidInput(dict.fromkeys(unknown, "There is no such parameter."))


def asks_nothing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse every parameter, for endpoints that take none: ninja knows no empty query."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **given: Any) -> Any:
        refuse_unknown(request)
        return view(request, *args, **given)

    return answered


class Asked(Schema):
    """A query: what is not in it is refused, for a misspelt filter would show everything."""

    @model_validator(mode="after")
    def refuse_unknown(self, info: ValidationInfo) -> "Asked":
        """Raise InvalidInput for parameters that the endpoint does not have."""
        if info.context:
            refuse_unknown(info.context["request"], type(self).model_fields)
        return self


class Paged(Asked):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = Field(100, description="Rows of a page.")
    cursor: str = Field("", max_length=400, description="The `next` of the page before.")


def page(rows: QuerySet[Row], paged: Paged, *by: str) -> tuple[list[Row], str | None]:
    """Return a page of rows ordered `by` those columns, and the next page's cursor or None.

    The columns together must be unique; a leading “-” turns one round. Raises InvalidInput for a
    cursor that this list did not give.
    """
    # Signed, so that what comes back is what was given.
    salt = f"{rows.model._meta.label} {by}"
    if paged.cursor:
        try:
            rows = rows.filter(_after(by, signing.loads(paged.cursor, salt=salt)))
        except signing.BadSignature:
            raise InvalidInput({"cursor": "Give the “next” of this list, or nothing."}) from None
    found = list(rows.order_by(*by)[: paged.limit + 1])
    if len(found) <= paged.limit:
        return found, None
    last = found[paged.limit - 1]
    values = [str(getattr(last, name.removeprefix("-"))) for name in by]
    return found[: paged.limit], signing.dumps(values, salt=salt)


def _after(by: tuple[str, ...], values: list[Any]) -> Q:
    """Return the condition of the rows that come after one with these values."""
    after, same = Q(), Q()
    for name, value in zip(by, values, strict=True):
        column, beyond = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
        after |= same & Q((f"{column}__{beyond}", value))
        same &= Q((column, value))
    return after
