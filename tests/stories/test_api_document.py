"""The OpenAPI document, believed by schemathesis: what it allows is sent, by each role.

All of schemathesis' checks are on. FUZZ_EXAMPLES=500 sends so many of each operation, others
each time: see scripts/fuzz.
"""

import datetime as dt
import os
from collections import defaultdict
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from hotel.choices import Role
from hotel.models import Hotel
from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.factories import make_booking, make_hotel, make_room, make_room_type, make_staff
from tests.invariants import Watch
from tests.portal.api.calling import EXAMPLES, OPERATIONS, bearer, token_of
from tests.portal.api.test_access import RULES
from tests.stays.belongings import make_stay

pytestmark = [pytest.mark.fuzz, pytest.mark.django_db(transaction=True)]
S, B = RoomStatus, BookingStatus
MANY = int(os.environ.get("FUZZ_EXAMPLES", "0"))
# Rooms of each status and bookings of each kind: enough that a few are left for every operation.
EACH = 6 + MANY // 50
# A role may not need every one of its operations to succeed among so few random requests.
ENOUGH = 0.8


def fill(hotel: Hotel) -> dict[str, list[str]]:
    """Make rooms in every status and bookings of every kind; return their names by what they are.

    Among them are those that the document gives as examples.
    """
    names: dict[str, list[str]] = defaultdict(list)
    make_room_type(hotel=hotel, code="S")
    for n in range(EACH):
        for column, status in enumerate(S):
            room = make_room(hotel=hotel, number=f"{column + 1}{n:02}", status=status)
            names[f"rooms {status}"].append(room.number)
            if room.is_occupied:
                stay = make_stay(hotel=hotel, room=room, booking_id=f"B-{room}")
                names[f"bookings {B.IN_HOUSE}"].append(stay.booking_id)
    # Many, for what is cancelled cannot be checked in; in rooms of another type, so that there are
    # still some of type D to sell.
    suites = hotel.room_types.get(code="S")
    for n in range(5 * EACH):
        suite = make_room(hotel=hotel, number=f"9{n:02}", room_type=suites)
        arrival = make_booking(hotel=hotel, room=suite, booking_id=f"B-{n}" if n else "B-7K2M9QXA")
        names[f"bookings {B.CONFIRMED}"].append(arrival.booking_id)
    for n in range(EACH):
        # Far enough ahead that a room is left to confirm them again.
        gone = make_booking(hotel=hotel, status=B.CANCELLED, booking_id=f"C-{n}", arrives=9)
        names[f"bookings {B.CANCELLED}"].append(gone.booking_id)
    days = [hotel.business_date() + dt.timedelta(days=n) for n in range(1, 5)]
    return {
        **names,
        "slugs": [hotel.slug],
        "rooms": list(hotel.rooms.values_list("number", flat=True)),
        "bookings": list(hotel.bookings.values_list("booking_id", flat=True)),
        "types": ["D", "S"],
        "arrivals": [day.isoformat() for day in days[:2]],
        "departures": [day.isoformat() for day in days[2:]],
    }


def bound(dictionary: str, probability: float) -> dict[str, Any]:
    return {"dictionary": dictionary, "probability": probability}


def of_operation(name: str, role: Role) -> dict[str, Any]:
    """Return which rooms and bookings to offer to an operation: those that it can work with.

    A role that may not do it is told so each time: once is enough.
    """
    example = EXAMPLES[name]
    # A booking's life has more that can be refused.
    few = 1 if role not in RULES[name] else 12 if "booking" in OPERATIONS[name].path else 6
    stays = f"bookings {example.stay}" if example.stay else "bookings"
    return {
        "include-operation-id": name,
        "parameters": {
            "path.number": bound(f"rooms {example.room}", 0.9),
            "path.booking_id": bound(stays, 0.9),
        },
        "generation": {"max-examples": MANY or few},
    }


def configured(known: dict[str, list[str]], secret: str, role: Role) -> SchemathesisConfig:
    """Return how to test as this role; the manager also tries each parameter's limits."""
    parameters = {
        "path.slug": bound("slugs", 0.95),
        "query.room_type": bound("types", 0.5),
        "query.check_in": bound("arrivals", 0.5),
        "query.check_out": bound("departures", 0.5),
        "body.room": bound(f"rooms {S.AVAILABLE}", 0.9),
        "body.booking_id": bound(f"bookings {B.CONFIRMED}", 0.5),
        "body.room_type": bound("types", 0.9),
        "body.room_numbers[*]": bound("rooms", 0.9),
        "body.check_in": bound("arrivals", 0.9),
        "body.check_out": bound("departures", 0.9),
    }
    return SchemathesisConfig.from_dict(
        {
            # Kept open, each connection would wait 40 ms for the other side's acknowledgement.
            "headers": {**bearer(secret), "Connection": "close"},
            "continue-on-failure": True,
            "dictionaries": {name: {"values": values} for name, values in known.items()},
            "parameters": parameters,
            "operations": [of_operation(name, role) for name in OPERATIONS],
            "generation": {
                "max-examples": MANY or 3,
                "deterministic": not MANY,
                "database": "none",
            },
            "phases": {
                # Or each action is tried on every room that a list has shown.
                "examples": {"extra-data-sources": {"responses": False}},
                "coverage": {"enabled": bool(MANY) or role == Role.MANAGER},
                "stateful": {"generation": {"max-examples": MANY // 4 or 2}},
            },
            "checks": {
                # What no schema can say, such as a departure before the arrival, is 422 too.
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", "403", "404", "409", "422"],
                },
            },
            **({} if MANY else {"seed": 1}),
        }
    )


def send(url: str, config: SchemathesisConfig) -> tuple[dict[str, str], dict[str, set[int]]]:
    """Send what the document allows; return what is wrong, and each operation's statuses."""
    schema = schemathesis.openapi.from_url(f"{url}/api/openapi.json", config=config)
    wrong: dict[str, str] = {}
    answers: dict[str, set[int]] = defaultdict(set)
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            wrong[str(getattr(event, "value", event))] = ""
        if not isinstance(event, events.ScenarioFinished):
            continue
        record = event.recorder
        for case_id, sent in record.interactions.items():
            operation = record.cases[case_id].value.operation
            if sent.response is not None:
                name = operation.definition.raw["operationId"]
                answers[name].add(sent.response.status_code)
        for found in (check.failure_info for checks in record.checks.values() for check in checks):
            if found is not None:
                what = f"{found.failure.operation}: {found.failure.title}: {found.failure.message}"
                wrong[what] = found.code_sample
    return wrong, answers


@pytest.mark.parametrize("role", Role)
def test_what_the_document_allows_is_answered_as_it_says(live_server, role):
    hotel = make_hotel(slug="seaside", name="Seaside", api_requests_per_minute=10**9)
    known = fill(hotel)
    secret = token_of(make_staff(hotel=hotel, role=role))
    watch = Watch(hotel)

    wrong, answers = send(live_server.url, configured(known, secret, role))

    assert not wrong, "\n\n".join(f"{what}\n{sample}" for what, sample in wrong.items())
    watch.look()
    # Or all were sent to rooms that do not exist.
    may = {name for name, roles in RULES.items() if role in roles}
    worked = {name for name, statuses in answers.items() if statuses & {200, 201}}
    assert worked <= may
    assert len(worked) >= ENOUGH * len(may), f"never worked: {sorted(may - worked)}"
