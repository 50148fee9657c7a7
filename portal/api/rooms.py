"""The rooms: each, all, by what they wait for, and every action on one."""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router
from pydantic_core import to_json

from hotel.exceptions import InvalidInput
from portal.access import StaffRequest, get_room_for_user
from portal.act import act
from portal.api import schemas
from portal.api.access import change_of
from portal.api.errors import CHANGING, READING
from portal.api.idempotency import idempotent
from portal.api.paging import Paged, asks_nothing, page
from portal.api.room_json import SEEN, answer, json_of
from portal.api.serializers import serialize_change, serialize_events
from rooms.change import ActionInput
from rooms.choices import GROUP_OF, Action, RoomGroup, RoomStatus
from rooms.models import Room
from rooms.reports import counts

router = Router(tags=["Rooms"])
Slug = Annotated[str, Path(description="The hotel's name in addresses.", example="seaside")]
Number = Annotated[str, Path(description="The room's number.", example="204")]
ANSWERS: dict[int, Any] = {200: schemas.ActionAnswer, **CHANGING}
# What housekeeping/rooms calls each group.
LISTS = {
    RoomGroup.DIRTY: "checkout_dirty",
    RoomGroup.CLEANING: "cleaning_in_progress",
    RoomGroup.INSPECTION: "awaiting_inspection",
    RoomGroup.MAINTENANCE: "maintenance_required",
    RoomGroup.READY: "ready_for_guests",
    RoomGroup.OCCUPIED: "occupied",
    RoomGroup.OUT_OF_ORDER: "out_of_order",
}


class RoomsQuery(Paged):
    """Which rooms, and which page of them."""

    status: RoomStatus | None = None
    floor: schemas.Text = ""
    room_type: schemas.Text = ""


@router.get("rooms/", response={200: schemas.Rooms, **READING})
def list_rooms(request: StaffRequest, slug: Slug, query: Query[RoomsQuery]) -> HttpResponse:
    """List the rooms in use, by number."""
    return answer(request, lambda: _page_of_rooms(request, query))


def _page_of_rooms(request: StaffRequest, query: RoomsQuery) -> bytes:
    rooms = Room.objects.filter(hotel=request.hotel).active()
    wanted = {"room_status": query.status, "floor": query.floor, "room_type__code": query.room_type}
    rooms = rooms.filter(**{name: value for name, value in wanted.items() if value})
    found, following = page(rooms.values_list(*SEEN, named=True), query, "number")
    joined = b",".join(room for _, room in json_of(found, request.staff))
    return b'{"rooms":[%b],"next":%b}' % (joined, to_json(following))


@router.get("rooms/{number}/", response={200: schemas.Room, **READING})
@asks_nothing
def get_room(request: StaffRequest, slug: Slug, number: Number) -> HttpResponse:
    """Show one room."""
    ((_, room),) = json_of([get_room_for_user(request, number)], request.staff)
    return HttpResponse(room, content_type="application/json")


@router.get("rooms/{number}/events/", response={200: schemas.Events, **READING})
def list_room_events(
    request: StaffRequest, slug: Slug, number: Number, query: Query[Paged]
) -> schemas.Events:
    """Show the room's history, newest first."""
    events = get_room_for_user(request, number).events.select_related("room", "actor__user")
    found, following = page(events, query, "-seq")
    return schemas.Events(events=serialize_events(found, request.staff), next=following)


@router.get("housekeeping/rooms/", response={200: schemas.HousekeepingRooms, **READING})
@asks_nothing
def housekeeping_rooms(request: StaffRequest, slug: Slug) -> HttpResponse:
    """Show every active room under what it waits for."""
    return answer(request, lambda: _rooms_by_group(request))


def _rooms_by_group(request: StaffRequest) -> bytes:
    rooms = Room.objects.filter(hotel=request.hotel).active().order_by("number")
    lists: dict[str, list[bytes]] = {name: [] for name in LISTS.values()}
    for status, room in json_of(rooms.values_list(*SEEN, named=True), request.staff):
        lists[LISTS[GROUP_OF[status]]].append(room)
    parts = (b'"%b":[%b]' % (name.encode(), b",".join(made)) for name, made in lists.items())
    return b"{%b}" % b",".join(parts)


@router.get("housekeeping/stats/", response={200: schemas.Stats, **READING})
@asks_nothing
def housekeeping_stats(request: StaffRequest, slug: Slug) -> Any:
    """Count the active rooms by what they wait for."""
    return counts.counts(request.hotel)


@router.post("rooms/{number}/start-cleaning/", response=ANSWERS)
@idempotent()
def start_cleaning(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.Noted = schemas.Noted()
) -> schemas.ActionAnswer:
    """Begin to clean a dirty room."""
    return _act(Action.START_CLEANING, request, number, body)


@router.post("rooms/{number}/stop-cleaning/", response=ANSWERS)
@idempotent()
def stop_cleaning(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.Noted = schemas.Noted()
) -> schemas.ActionAnswer:
    """Leave a clean unfinished: the room is dirty again."""
    return _act(Action.STOP_CLEANING, request, number, body)


@router.post("rooms/{number}/mark-cleaned/", response=ANSWERS)
@idempotent()
def mark_cleaned(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.Noted = schemas.Noted()
) -> schemas.ActionAnswer:
    """Say that the room is clean: it awaits inspection, where the hotel inspects."""
    return _act(Action.MARK_CLEANED, request, number, body)


@router.post("rooms/{number}/inspect/", response=ANSWERS)
@idempotent()
def inspect(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.Inspection
) -> schemas.ActionAnswer:
    """Pass a cleaned room, or fail it with the reason."""
    action = Action.PASS_INSPECTION if body.passed else Action.FAIL_INSPECTION
    return _act(action, request, number, body)


@router.post("rooms/{number}/mark-maintenance/", response=ANSWERS)
@idempotent()
def mark_maintenance(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.Maintenance
) -> schemas.ActionAnswer:
    """Report something to repair; an occupied room stays occupied."""
    return _act(Action.MARK_MAINTENANCE, request, number, body)


@router.post("rooms/{number}/complete-maintenance/", response=ANSWERS)
@idempotent()
def complete_maintenance(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.Repaired = schemas.Repaired()
) -> schemas.ActionAnswer:
    """Say that it is repaired: the room returns as what it was."""
    return _act(Action.COMPLETE_MAINTENANCE, request, number, body)


@router.post("rooms/{number}/out-of-order/", response=ANSWERS)
@idempotent()
def take_out_of_order(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.OutOfOrder
) -> schemas.ActionAnswer:
    """Take a vacant room off sale."""
    try:
        return _act(Action.TAKE_OUT_OF_ORDER, request, number, body)
    except InvalidInput as error:
        named = {"notes": "reason", "start": "from"}
        fields = {named.get(name, name): " ".join(said) for name, said in error.fields.items()}
        raise InvalidInput(fields) from error


@router.post("rooms/{number}/return-to-service/", response=ANSWERS)
@idempotent()
def return_to_service(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.Noted = schemas.Noted()
) -> schemas.ActionAnswer:
    """Put a room back into service, as what it was."""
    return _act(Action.RETURN_TO_SERVICE, request, number, body)


@router.post("rooms/{number}/mark-dirty/", response=ANSWERS)
@idempotent()
def mark_dirty(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.Noted = schemas.Noted()
) -> schemas.ActionAnswer:
    """Send a clean room back to be cleaned."""
    return _act(Action.MARK_DIRTY, request, number, body)


@router.post("rooms/{number}/override/", response=ANSWERS)
@idempotent()
def override(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.Override
) -> schemas.ActionAnswer:
    """Set a vacant room's status by hand."""
    return _act(Action.OVERRIDE, request, number, body)


@router.post("rooms/{number}/undo/", response=ANSWERS)
@idempotent()
def undo(
    request: StaffRequest, slug: Slug, number: Number, body: schemas.Undo = schemas.Undo()
) -> schemas.ActionAnswer:
    """Undo the caller's own last change of the room, within two minutes; a stay's with it."""
    return _act(Action.UNDO, request, number, body)


def _act(
    action: Action, request: StaffRequest, number: str, body: schemas.OnRoom
) -> schemas.ActionAnswer:
    """Do what the body asks for."""
    room = get_room_for_user(request, number, action)
    given = ActionInput(**body.model_dump(exclude={"passed", "expected_version"}))
    event = act(action, room, given, change_of(request, body.expected_version))
    return serialize_change(room, event, request.staff)
