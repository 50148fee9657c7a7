"""The OpenAPI links: which operation can follow which, with what from its answer."""

from typing import Any

ROOM, FIRST_ROOM = "$response.body#/room/number", "$response.body#/rooms/0/number"
BOOKING, FIRST_BOOKING = "$response.body#/booking_id", "$response.body#/bookings/0/booking_id"
ON_ROOM = (
    "get_room",
    "list_room_events",
    "start_cleaning",
    "stop_cleaning",
    "mark_cleaned",
    "inspect",
    "mark_maintenance",
    "complete_maintenance",
    "take_out_of_order",
    "return_to_service",
    "mark_dirty",
    "override",
    "undo",
)
ON_BOOKING = ("get_booking", "assign", "check_in", "check_out", "cancel", "no_show")
# For each operation: the parameter to pass on, where its answer holds it, and what may follow.
LINKS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "list_rooms": ("number", FIRST_ROOM, ON_ROOM),
    "start_cleaning": ("number", ROOM, ("stop_cleaning", "mark_cleaned", "undo")),
    "mark_cleaned": ("number", ROOM, ("inspect", "undo")),
    "inspect": ("number", ROOM, ("mark_dirty", "undo")),
    "mark_maintenance": ("number", ROOM, ("complete_maintenance", "undo")),
    "take_out_of_order": ("number", ROOM, ("return_to_service", "undo")),
    "mark_dirty": ("number", ROOM, ("start_cleaning", "mark_cleaned", "undo")),
    "create_booking": ("booking_id", BOOKING, ON_BOOKING),
    "list_bookings": ("booking_id", FIRST_BOOKING, ON_BOOKING),
    "assign": ("booking_id", BOOKING, ("check_in", "cancel", "no_show")),
    "check_in": ("booking_id", BOOKING, ("check_out",)),
}


def add_links(schema: dict[str, Any]) -> None:
    """Add the links to an OpenAPI document."""
    for methods in schema["paths"].values():
        for operation in methods.values():
            if found := LINKS.get(operation["operationId"]):
                name, place, following = found
                _success(operation)["links"] = {
                    then: {
                        "operationId": then,
                        "parameters": {"slug": "$request.path.slug", name: place},
                    }
                    for then in following
                }


def _success(operation: dict[str, Any]) -> dict[str, Any]:
    responses: dict[Any, dict[str, Any]] = operation["responses"]
    return next(found for status, found in responses.items() if str(status).startswith("2"))
