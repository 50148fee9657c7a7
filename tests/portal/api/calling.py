"""Calls the API as a program does, and knows for each operation a call that works."""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from hotel.models import Hotel, Staff
from portal.api import api
from portal.models import ApiToken
from rooms.choices import Action, RoomStatus
from rooms.models import Room, RoomEvent
from stays.choices import BookingStatus
from stays.models import Booking
from tests.acting import perform
from tests.factories import make_booking, make_room

S = RoomStatus
B = BookingStatus
# A year in which every room is free, and not too far ahead for a booking.
YEAR = dt.date.today().year + 1  # noqa: DTZ011 (any hotel's)
NIGHTS = {"check_in": f"{YEAR}-07-01", "check_out": f"{YEAR}-07-03"}
# The contract's fields.
ROOM = {
    "number",
    "floor",
    "room_type",
    "room_status",
    "is_occupied",
    "is_active",
    "is_out_of_order",
    "maintenance_required",
    "maintenance_priority",
    "maintenance_notes",
    "housekeeping_notes",
    "last_cleaned_at",
    "cleaned_by_staff",
    "last_inspected_at",
    "inspected_by_staff",
    "return_status",
    "version",
    "actions",
}
EVENT = {
    "seq",
    "room",
    "action",
    "from_status",
    "to_status",
    "actor",
    "source",
    "notes",
    "occurred_at",
    "recorded_at",
}
BOOKING = {
    "booking_id",
    "status",
    "room_type",
    "room",
    "check_in",
    "check_out",
    "checked_in_at",
    "checked_out_at",
    "guest_name",
    "adults",
    "children",
}


@dataclass(frozen=True)
class Example:
    """A call that works: with room 101 in this status and booking B-1, where `stay` is given."""

    room: RoomStatus = S.AVAILABLE
    stay: BookingStatus | None = None
    # What the caller has done to the room just before.
    done: Action | None = None
    body: dict[str, Any] | None = None
    query: dict[str, str] = field(default_factory=dict)


EXAMPLES = {
    "list_rooms": Example(),
    "get_room": Example(),
    "list_room_events": Example(),
    "housekeeping_rooms": Example(),
    "housekeeping_stats": Example(),
    "follow_log": Example(),
    "start_cleaning": Example(room=S.CHECKOUT_DIRTY),
    "stop_cleaning": Example(room=S.CLEANING_IN_PROGRESS, body={"notes": "a guest came"}),
    "mark_cleaned": Example(room=S.CLEANING_IN_PROGRESS),
    "inspect": Example(room=S.CLEANED_UNINSPECTED, body={"passed": True}),
    "mark_maintenance": Example(body={"priority": "HIGH", "notes": "no hot water"}),
    "complete_maintenance": Example(room=S.MAINTENANCE_REQUIRED, body={"needs_cleaning": True}),
    "take_out_of_order": Example(body={"reason": "flooded", "until": "2999-07-01"}),
    "return_to_service": Example(room=S.OUT_OF_ORDER),
    "mark_dirty": Example(body={"notes": "somebody slept here"}),
    "override": Example(body={"room_status": "READY_FOR_GUEST", "notes": "seen it myself"}),
    "undo": Example(done=Action.MARK_MAINTENANCE),
    "list_bookings": Example(stay=B.CONFIRMED),
    "get_booking": Example(stay=B.CONFIRMED),
    "create_booking": Example(body={"room_type": "D", "guest_name": "Ada", **NIGHTS}),
    "assign": Example(stay=B.CONFIRMED, body={"room": "102"}),
    "check_in": Example(stay=B.CONFIRMED),
    "check_out": Example(room=S.OCCUPIED, stay=B.IN_HOUSE),
    "cancel": Example(stay=B.CONFIRMED),
    "no_show": Example(stay=B.CONFIRMED),
    "bulk_check_out": Example(
        room=S.OCCUPIED, stay=B.IN_HOUSE, body={"room_numbers": ["101", "102"]}
    ),
    "checkout_needed": Example(room=S.OCCUPIED, stay=B.IN_HOUSE),
    "availability": Example(query=NIGHTS),
}


@dataclass(frozen=True)
class Operation:
    """One method of one address, by the name that the document gives it."""

    name: str
    method: str
    path: str

    def url(self, slug: str, number: str = "101", booking_id: str = "B-1") -> str:
        """Return the address in a hotel, of a room or a booking."""
        return self.path.format(slug=slug, number=number, booking_id=booking_id)


OPERATIONS = {
    found["operationId"]: Operation(found["operationId"], method.upper(), path)
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method, found in methods.items()
}
POSTS = sorted(name for name, found in OPERATIONS.items() if found.method == "POST")


def set_scene(name: str, *, hotel: Hotel, by: Staff) -> None:
    """Make what the operation's example needs: rooms 101 and 102, and B-1 in or for room 101."""
    example = EXAMPLES[name]
    room = make_room(hotel=hotel, number="101", status=example.room)
    make_room(hotel=hotel, number="102")
    if example.stay:
        in_house = example.stay == B.IN_HOUSE
        make_booking(
            hotel=hotel,
            room=room,
            status=example.stay,
            booking_id="B-1",
            arrives=-2 if in_house else 0,
            guests=1,
        )
    if example.done:
        perform(example.done, room, by=by, priority="LOW", notes="drips")


def token_of(staff: Staff, **fields: Any) -> str:
    """Return the secret of a new token."""
    return ApiToken.issue(staff=staff, name="Program", **fields)[1]


def bearer(secret: str) -> dict[str, str]:
    """Return the headers that carry the token."""
    return {"Authorization": f"Bearer {secret}"}


class Program:
    """A program with a member of staff's token; `get` and `post` take a path in their hotel."""

    def __init__(self, staff: Staff, **fields: Any) -> None:
        self.slug = staff.hotel.slug
        self.headers = bearer(token_of(staff, **fields))
        self.client = Client()

    def get(self, path: str, **query: Any) -> Any:
        """Ask for `path`, of the staff's part of the API unless it begins with a slash."""
        return self.client.get(self._url(path), query, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
        """Send a body as JSON, text as it is, or nothing; `key` is its Idempotency-Key."""
        data = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        sent = self.headers | ({"Idempotency-Key": key} if key else {}) | headers
        url = self._url(path)
        return self.client.post(url, data, content_type="application/json", headers=sent)

    def call(self, name: str, *, slug: str = "", key: str = "") -> Any:
        """Make the operation's example call."""
        operation, example = OPERATIONS[name], EXAMPLES[name]
        url = operation.url(slug or self.slug)
        if operation.method == "GET":
            return self.get(url, **example.query)
        return self.post(url, example.body, key=key)

    def _url(self, path: str) -> str:
        return path if path.startswith("/") else f"/api/staff/hotels/{self.slug}/{path}"


def done(response: HttpResponse, status: int = 200) -> Any:
    """Return what a call that worked has answered."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/json"
    return json.loads(response.content)


def refused(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """Return the error of a call that was refused, after a look at its shape."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/json"
    answer = json.loads(response.content)
    assert set(answer) == ({"error", "room"} if status == 409 else {"error"})
    error: dict[str, Any] = answer["error"]
    assert set(error) == {"code", "message", "fields"}
    assert error["code"] == code
    assert error["message"]
    assert all(isinstance(words, list) for words in error["fields"].values())
    return error


def all_pages(program: Program, path: str, name: str, **query: Any) -> list[Any]:
    """Return what is left of a list, read page by page to its end."""
    rows: list[Any] = []
    while True:
        answer = done(program.get(path, **query))
        assert set(answer) >= {name, "next"}
        rows += answer[name]
        if answer["next"] is None:
            return rows
        query["cursor"] = answer["next"]


def everything() -> list[Any]:
    """Return all that the API could have changed, to compare with later."""
    models = (Room, Booking, RoomEvent, Hotel)
    return [list(model.objects.order_by("pk").values()) for model in models]


def numbers(rooms: list[dict[str, Any]]) -> list[str]:
    """Return the rooms' numbers, in their order."""
    return [room["number"] for room in rooms]
