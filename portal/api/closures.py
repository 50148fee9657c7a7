"""Closures of a room: planned, listed, ended."""

import datetime as dt
from typing import Annotated, Any

from django.http import Http404
from ninja import Path, Router, Schema
from pydantic import Field, StrictBool

from hotel.exceptions import InvalidInput
from portal.access import StaffRequest, get_room_for_user
from portal.api.access import change_of
from portal.api.errors import CHANGING, READING
from portal.api.idempotency import idempotent
from portal.api.paging import asks_nothing
from portal.api.rooms import Number, Slug
from portal.api.schemas import Body, Day, RequiredNotes
from portal.api.stay_schemas import Nothing
from rooms import closures
from rooms.choices import ClosureKind, ClosureStatus
from rooms.closures import ClosureInput
from rooms.models import Closure as ClosureRow
from stays.closures import promised_by

router = Router(tags=["Rooms"])
ClosureId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The closure's id.", example=31)]


class NewClosure(Body):
    """A closure to plan, for the half-open days [from, until)."""

    kind: ClosureKind = Field(
        description="OUT_OF_ORDER takes the room off sale; OUT_OF_SERVICE has it given last."
    )
    start: Day = Field(alias="from", description="The first day, today or later.")
    until: Annotated[
        Day | None,
        Field(description="The first day on which the room is back; without it, open-ended."),
    ] = None
    reason: RequiredNotes = Field(description="Why the room is closed.")
    needs_cleaning: Annotated[
        StrictBool, Field(description="A room out of order returns as CHECKOUT_DIRTY.")
    ] = False


class Closure(Schema):
    """A period in which a room is out of order or out of service."""

    id: int = Field(examples=[31])
    kind: ClosureKind
    start: dt.date = Field(alias="from")
    until: dt.date | None = Field(description="Null where the end is not known.")
    reason: str
    status: ClosureStatus
    affected: list[str] = Field(
        description="The ids of the confirmed bookings that are assigned to the room for its days. "
        "They keep the room until the desk gives them another one.",
        examples=[["B-7K2M9QXA"]],
    )


class Closures(Schema):
    """A room's planned and running closures."""

    closures: list[Closure]


@router.get("rooms/{number}/closures/", response={200: Closures, **READING}, by_alias=True)
@asks_nothing
def list_closures(request: StaffRequest, slug: Slug, number: Number) -> dict[str, Any]:
    """List the room's planned and running closures, by their first day."""
    room = get_room_for_user(request, number)
    found = room.closures.filter(status__in=closures.OPEN).select_related("room")
    return {"closures": [_serialize(closure) for closure in found]}


@router.post("rooms/{number}/closures/", response={201: Closure, **CHANGING}, by_alias=True)
@idempotent(status=201)
def plan_closure(
    request: StaffRequest, slug: Slug, number: Number, body: NewClosure
) -> dict[str, Any]:
    """Plan a closure; it begins and ends with the hotel's day, today at once in a vacant room."""
    room = get_room_for_user(request, number)
    try:
        made = closures.plan(room, ClosureInput(**body.model_dump()), change_of(request))
    except InvalidInput as error:
        named = {"start": "from"}
        fields = {named.get(name, name): " ".join(said) for name, said in error.fields.items()}
        raise InvalidInput(fields) from error
    return _serialize(made)


@router.post(
    "rooms/{number}/closures/{closure_id}/end/",
    response={200: Closure, **CHANGING},
    by_alias=True,
)
@idempotent()
def end_closure(
    request: StaffRequest,
    slug: Slug,
    number: Number,
    closure_id: ClosureId,
    body: Nothing = Nothing(),
) -> dict[str, Any]:
    """End a running closure now, or cancel a planned one. A second call changes nothing."""
    room = get_room_for_user(request, number)
    found = ClosureRow.objects.filter(room=room, pk=closure_id).select_related("room__hotel")
    closure = found.first()
    if closure is None:
        raise Http404(f"Room {number} has no closure {closure_id}.")
    return _serialize(closures.end(closure, change_of(request)))


def _serialize(closure: ClosureRow) -> dict[str, Any]:
    return {
        "id": closure.pk,
        "kind": closure.kind,
        "from": closure.start,
        "until": closure.until,
        "reason": closure.reason,
        "status": closure.status,
        "affected": [booking.booking_id for booking in promised_by(closure)],
    }
