"""The hotel as a whole: its log, what it can sell, who is overdue, and a bulk checkout."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from hotel.choices import DESK
from portal.access import StaffRequest
from portal.api import schemas, stay_schemas
from portal.api.access import change_of
from portal.api.bookings import room_type_of
from portal.api.errors import CHANGING, READING, answer
from portal.api.idempotency import idempotent
from portal.api.paging import Asked, Paged, asks_nothing, page
from portal.api.rooms import Slug
from portal.api.serializers import serialize_events, serialize_overdue, serialize_type
from rooms import permissions
from stays import departures, overdue
from stays.availability import availability as nights_available
from stays.room_plan import without_move

staff_router = Router(tags=["Log"])
router = Router(tags=["Front desk"])


class LogQuery(Paged):
    """From where to follow the log."""

    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(
        0, description="The last seq that the caller has; 0 for the whole log."
    )


class AvailabilityQuery(Asked):
    """Which nights, and of which type."""

    check_in: schemas.Day
    check_out: schemas.Day = Field(description="The day of departure, at most 400 nights on.")
    room_type: schemas.Text = Field("", description="A type's code; without it, every type.")


@staff_router.get("events/", response={200: schemas.Log, **READING})
def follow_log(request: StaffRequest, slug: Slug, query: Query[LogQuery]) -> schemas.Log:
    """Read what happened after a seq, oldest first: every event once, none left out."""
    events = request.hotel.events.after(query.after).select_related("room", "actor__user")
    found, following = page(events, query, "seq")
    # The hotel was read before its events: never a seq whose event the caller cannot ask for.
    newest = max(request.hotel.last_seq, found[-1].seq if found else 0)
    answers = serialize_events(found, request.staff)
    return schemas.Log(events=answers, next=following, last_seq=newest)


@router.post("rooms/checkout/", response={200: stay_schemas.BulkCheckOutAnswer, **CHANGING})
@idempotent()
def bulk_check_out(
    request: StaffRequest, slug: Slug, body: stay_schemas.BulkCheckOut
) -> stay_schemas.BulkCheckOutAnswer:
    """Check out the guests of many rooms and erase what their stays left; not to be undone."""
    done, skipped = departures.bulk_check_out(request.hotel, body.room_numbers, change_of(request))
    return stay_schemas.BulkCheckOutAnswer.model_validate(
        {"checked_out": done, "skipped": skipped}, from_attributes=True
    )


@router.get("rooms/checkout-needed/", response={200: stay_schemas.CheckoutNeeded, **READING})
@asks_nothing
def checkout_needed(request: StaffRequest, slug: Slug) -> stay_schemas.CheckoutNeeded:
    """List the occupied rooms whose stay is past its checkout, the longest overdue first."""
    permissions.require_role(request.staff, DESK, request.hotel, "Checkout needed")
    found = overdue.checkout_needed(request.hotel)
    return stay_schemas.CheckoutNeeded(rooms=[serialize_overdue(late) for late in found])


@router.get("availability/", response={200: stay_schemas.Availability, **READING})
def availability(
    request: StaffRequest, slug: Slug, query: Query[AvailabilityQuery]
) -> HttpResponse:
    """Tell how many rooms of each type can be sold, night by night."""
    permissions.require_role(request.staff, DESK, request.hotel, "Availability")
    room_type = None
    if query.room_type:
        room_type = room_type_of(request, query.room_type)
    found = nights_available(request.hotel, query.check_in, query.check_out, room_type=room_type)
    fits = without_move(request.hotel, found, query.check_in, query.check_out)
    types = [serialize_type(one, fits[one.room_type.pk]) for one in found]
    return answer(200, {"room_types": types})
