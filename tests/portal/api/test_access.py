"""Who gets in: every address of the API is tried, and one without a rule here fails."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from hotel.choices import CLEANERS, DESK, EVERYONE, INSPECTORS, REPAIRERS, Role
from portal.models import ApiToken
from tests.factories import make_booking, make_hotel, make_room, make_staff
from tests.portal.api.calling import (
    CREATES,
    EXAMPLES,
    OPERATIONS,
    POSTS,
    Program,
    bearer,
    done,
    everything,
    refused,
    set_scene,
    token_of,
)

RULES = {
    "list_rooms": EVERYONE,
    "get_room": EVERYONE,
    "list_room_events": EVERYONE,
    "housekeeping_rooms": EVERYONE,
    "housekeeping_stats": EVERYONE,
    "follow_log": EVERYONE,
    "start_cleaning": CLEANERS,
    "stop_cleaning": CLEANERS,
    "mark_cleaned": CLEANERS,
    "inspect": INSPECTORS,
    "mark_maintenance": EVERYONE,
    "complete_maintenance": REPAIRERS | {Role.SUPERVISOR},
    "take_out_of_order": REPAIRERS,
    "return_to_service": REPAIRERS,
    "mark_dirty": DESK | {Role.SUPERVISOR},
    "override": {Role.MANAGER},
    "undo": EVERYONE,
    "list_closures": EVERYONE,
    "plan_closure": REPAIRERS,
    "end_closure": REPAIRERS,
    "list_bookings": DESK,
    "get_booking": DESK,
    "create_booking": DESK,
    "assign": DESK,
    "check_in": DESK,
    "check_out": DESK,
    "cancel": DESK,
    "no_show": DESK,
    "unassign": DESK,
    "swap": DESK,
    "change": DESK,
    "move": DESK,
    "share": DESK,
    "unshare": DESK,
    "reinstate": DESK,
    "bulk_check_out": DESK,
    "checkout_needed": DESK,
    "availability": DESK,
}
# What is asked of one booking.
BOOKING_OPERATIONS = [name for name, found in OPERATIONS.items() if "{booking_id}" in found.path]
# Of the API, but of no hotel.
OUTSIDE = {"/api/openapi.json", "/api/docs", "/api/"}
every_operation = pytest.mark.parametrize("name", sorted(OPERATIONS))
every_post = pytest.mark.parametrize("name", POSTS)


def addresses(found: Any, app: str = "", before: str = "/") -> Iterator[str]:
    """Return the addresses of the API, as Django resolves them."""
    for item in found:
        path = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from addresses(item.url_patterns, app or item.app_name or "", path)
        elif isinstance(item, URLPattern) and app == "ninja":
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)


def test_every_address_has_a_rule_in_this_file():
    assert set(RULES) == set(OPERATIONS)
    known = {operation.path for operation in OPERATIONS.values()}
    assert set(addresses(get_resolver().url_patterns)) == known | OUTSIDE


def ask(name: str, client: Client | None = None, slug: str = "grand", **headers: str) -> Any:
    """Make the operation's example call with these headers alone."""
    operation, example = OPERATIONS[name], EXAMPLES[name]
    client = client or Client()
    if operation.method == "GET":
        return client.get(operation.url(slug), example.query, headers=headers)
    body = example.body or {}
    return client.post(operation.url(slug), body, content_type="application/json", headers=headers)


@pytest.fixture
def scene(name, hotel, manager):
    """Make what the operation needs, so that nothing but the caller can be wrong."""
    set_scene(name, hotel=hotel, by=manager)


@every_operation
@pytest.mark.parametrize("role", Role)
def test_an_operation_is_for_its_roles_and_says_so_to_the_others(hotel, name, role):
    staff = make_staff(hotel=hotel, role=role)
    set_scene(name, hotel=hotel, by=staff)
    before = everything()

    response = Program(staff).call(name)

    if role in RULES[name]:
        done(response, 201 if name in CREATES else 200)
    else:
        error = refused(response, 403, "not_allowed")
        assert error["message"].endswith(f"; you are {role.label.lower()}.")
        assert everything() == before


@every_operation
@pytest.mark.usefixtures("scene")
def test_without_a_token_nobody_gets_in(name):
    before = everything()

    response = ask(name)

    refused(response, 401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer ")
    assert everything() == before


def wrong_tokens(manager) -> dict[str, str]:
    """Return headers that open nothing, by what is wrong with them."""
    hotel, now = manager.hotel, timezone.now()
    left = make_staff(hotel=hotel, role=Role.MANAGER, active=False)
    switched_off = make_staff(hotel=hotel, role=Role.MANAGER)
    switched_off.user.is_active = False
    switched_off.user.save()
    good = token_of(manager)
    return {
        "unknown": "Bearer rr_nothing",
        "empty": "Bearer ",
        "no scheme": good,
        "another scheme": f"Basic {good}",
        "its digest": f"Bearer {ApiToken.objects.latest('pk').digest}",
        "revoked": f"Bearer {token_of(manager, revoked_at=now)}",
        "expired": f"Bearer {token_of(manager, expires_at=now - dt.timedelta(seconds=1))}",
        "of staff who left": f"Bearer {token_of(left)}",
        "of a user switched off": f"Bearer {token_of(switched_off)}",
    }


@every_operation
@pytest.mark.usefixtures("scene")
def test_a_token_that_is_no_good_is_answered_as_none(name, manager):
    wrong = wrong_tokens(manager)
    before, without = everything(), ask(name)

    for what, header in wrong.items():
        response = ask(name, Authorization=header)
        refused(response, 401, "unauthorized")
        assert response["WWW-Authenticate"] == without["WWW-Authenticate"], what
        assert response.content == without.content, what
    assert everything() == before


def test_a_token_opens_the_door_until_the_moment_it_expires(hotel, manager):
    token, secret = ApiToken.issue(
        staff=manager, name="PMS", expires_at=timezone.now() + dt.timedelta(minutes=1)
    )
    make_room(hotel=hotel, number="101")
    done(ask("get_room", **bearer(secret)))

    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())

    refused(ask("get_room", **bearer(secret)), 401, "unauthorized")


@every_operation
@pytest.mark.usefixtures("scene")
def test_another_hotel_is_answered_as_one_that_does_not_exist(name):
    stranger = Program(make_staff(hotel=make_hotel(), role=Role.MANAGER))
    before = everything()

    theirs, nowhere = (stranger.call(name, slug=slug) for slug in ("grand", "no-such-hotel"))

    refused(theirs, 404, "not_found")
    assert theirs.status_code == nowhere.status_code
    assert theirs.content == nowhere.content
    assert theirs.headers == nowhere.headers
    assert everything() == before


@every_operation
@pytest.mark.usefixtures("scene")
def test_a_token_of_a_person_in_two_hotels_opens_its_own_alone(name, manager):
    elsewhere = make_staff(hotel=make_hotel(), role=Role.MANAGER, user=manager.user)

    refused(Program(elsewhere).call(name, slug="grand"), 404, "not_found")


@every_operation
@pytest.mark.usefixtures("scene")
def test_a_session_is_let_in_with_its_csrf_token(name, manager):
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager.user, backend="portal.access.StaffBackend")
    client.get("/h/grand/board/")

    response = ask(name, client, **{"X-CSRFToken": client.cookies["csrftoken"].value})

    done(response, 201 if name in CREATES else 200)


@every_post
@pytest.mark.usefixtures("scene")
def test_nothing_is_done_for_another_site_that_posts_with_our_session(name, manager):
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager.user, backend="portal.access.StaffBackend")
    before = everything()

    refused(ask(name, client), 403, "not_allowed")

    assert everything() == before


@every_post
@pytest.mark.usefixtures("scene")
def test_a_token_needs_no_csrf_token(name, manager):
    client = Client(enforce_csrf_checks=True)

    response = ask(name, client, **bearer(token_of(manager)))

    done(response, 201 if name in CREATES else 200)


@every_operation
@pytest.mark.usefixtures("scene")
def test_a_session_of_somebody_elsewhere_finds_no_such_hotel(name, hotel, sign_in):
    root = get_user_model().objects.create_superuser("root")
    strangers = [
        make_staff(hotel=make_hotel(), role=Role.MANAGER),
        make_staff(hotel=hotel, role=Role.MANAGER, active=False),
        root,
    ]
    for who in strangers:
        refused(ask(name, sign_in(who)), 404, "not_found")


@every_operation
@pytest.mark.usefixtures("scene")
def test_a_session_of_a_user_who_was_switched_off_is_none(name, manager, sign_in):
    client = sign_in(manager)
    manager.user.is_active = False
    manager.user.save()

    refused(ask(name, client), 401, "unauthorized")


def test_a_session_of_a_person_in_two_hotels_opens_both(hotel, manager, sign_in):
    elsewhere = make_staff(hotel=make_hotel(), role=Role.MANAGER, user=manager.user)
    for house in (hotel, elsewhere.hotel):
        make_room(hotel=house, number="101")
    client = sign_in(manager)

    for house in (hotel, elsewhere.hotel):
        done(ask("get_room", client, slug=house.slug))


def test_a_token_speaks_before_a_session(hotel, sign_in, manager, housekeeper):
    room = make_room(hotel=hotel, number="101")
    client = sign_in(manager)

    response = ask("override", client, **bearer(token_of(housekeeper)))

    refused(response, 403, "not_allowed")
    assert room.events.count() == 0


@pytest.mark.parametrize("name", ["get_room", "list_room_events", "mark_cleaned", "undo"])
@pytest.mark.parametrize("number", ["202", "999", "%00", "%F0%9F%9B%8F", "1" * 300])
def test_another_hotels_room_is_not_found_and_neither_is_one_that_nobody_has(
    hotel, manager, name, number
):
    make_room(hotel=make_hotel(), number="202")
    operation, program = OPERATIONS[name], Program(manager)

    ask = program.get if operation.method == "GET" else program.post

    refused(ask(operation.url("grand", number=number)), 404, "not_found")


@pytest.mark.parametrize("name", BOOKING_OPERATIONS)
@pytest.mark.parametrize("booking_id", ["B-THEIRS", "B-NOBODYS", "%00"])
def test_another_hotels_booking_is_not_found_and_neither_is_one_that_nobody_has(
    hotel, manager, name, booking_id
):
    make_booking(hotel=make_hotel(), booking_id="B-THEIRS")
    operation, program = OPERATIONS[name], Program(manager)
    url = operation.url("grand", booking_id=booking_id)

    get = operation.method == "GET"
    response = program.get(url) if get else program.post(url, EXAMPLES[name].body)

    refused(response, 404, "not_found")


def test_the_document_is_for_everybody_and_the_page_about_it_for_staff(client, db):
    assert done(client.get("/api/openapi.json"))["info"]["title"] == "Readyroom"
    assert client.get("/api/docs")["Location"].startswith("/sign-in/")
