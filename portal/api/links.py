"""The OpenAPI links: which operation can follow which, with what from its answer."""

from typing import Any

ROOM, FIRST_ROOM = "$response.body#/room/number", "$response.body#/rooms/0/number"
BOOKING, FIRST_BOOKING = "$response.body#/booking_id", "$response.body#/bookings/0/booking_id"
# Every operation on one room, or on one booking, as the document lists them.
ON_ROOM, ON_BOOKING = ("{number}",), ("{booking_id}",)
# For each operation: the parameter to pass on, where its answer holds it, and what may follow.
LINKS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "list_rooms": ("number", FIRST_ROOM, ON_ROOM),
    "start_cleaning": ("number", ROOM, ("stop_cleaning", "mark_cleaned", "undo")),
    "mark_cleaned": ("number", ROOM, ("inspect", "undo")),
    "inspect": ("number", ROOM, ("mark_dirty", "undo")),
    "mark_maintenance": ("number", ROOM, ("complete_maintenance", "undo")),
    "take_out_of_order": ("number", ROOM, ("return_to_service", "undo")),
    "mark_dirty": ("number", ROOM, ("start_cleaning", "mark_cleaned", "undo")),
    "plan_closure": ("closure_id", "$response.body#/id", ("end_closure",)),
    "create_booking": ("booking_id", BOOKING, ON_BOOKING),
    "list_bookings": ("booking_id", FIRST_BOOKING, ON_BOOKING),
    "assign": ("booking_id", BOOKING, ("check_in", "cancel", "no_show")),
    "check_in": ("booking_id", BOOKING, ("check_out",)),
}


def add_links(schema: dict[str, Any]) -> None:
    """Add the links to an OpenAPI document."""
    paths = schema["paths"]
    for methods in paths.values():
        for operation in methods.values():
            if found := LINKS.get(operation["operationId"]):
                name, place, following = found
                _success(operation)["links"] = {
                    then: {
                        "operationId": then,
                        "parameters": {"slug": "$request.path.slug", name: place},
                    }
                    for wanted in following
                    for then in _operations(paths, wanted)
                }


def _operations(paths: dict[str, Any], wanted: str) -> list[str]:
    """Return the operation of this name, or all operations whose path has this parameter."""
    if not wanted.startswith("{"):
        return [wanted]
    return [
        operation["operationId"]
        for path, methods in paths.items()
        if wanted in path
        for operation in methods.values()
    ]


def _success(operation: dict[str, Any]) -> dict[str, Any]:
    responses: dict[Any, dict[str, Any]] = operation["responses"]
    return next(found for status, found in responses.items() if str(status).startswith("2"))
