"""Long lists, page by page: the cursor names the row after which the next page begins.

Rows added between two requests therefore neither repeat a row nor make one go missing.
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
    """Raise InvalidInput if the address has parameters that are not `known`."""
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        raise InvalidInput(dict.fromkeys(unknown, "There is no such parameter."))


def asks_nothing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse every parameter. For endpoints that take none, which ninja cannot express."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **given: Any) -> Any:
        refuse_unknown(request)
        return view(request, *args, **given)

    return answered


class Asked(Schema):
    """A query string. Unknown parameters are refused: a misspelt filter would show everything."""

    @model_validator(mode="after")
    def refuse_unknown(self, info: ValidationInfo) -> "Asked":
        """Raise InvalidInput for a parameter that is no field of the query."""
        if info.context:
            refuse_unknown(info.context["request"], type(self).model_fields)
        return self


class Paged(Asked):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = Field(100, description="Rows of a page.")
    cursor: str = Field("", max_length=400, description="The `next` of the page before.")


def page(rows: QuerySet[Row], paged: Paged, *by: str) -> tuple[list[Row], str | None]:
    """Return one page of rows, ordered `by` these columns, and the next page's cursor or None.

    The columns together must be unique; a leading “-” means descending. Raises InvalidInput for a
    cursor that does not come from this list.
    """
    # Signed, so that a caller cannot make one up.
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
    """Return the condition that selects the rows after the row with these values."""
    after, same = Q(), Q()
    for name, value in zip(by, values, strict=True):
        column, beyond = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
        after |= same & Q((f"{column}__{beyond}", value))
        same &= Q((column, value))
    return after
