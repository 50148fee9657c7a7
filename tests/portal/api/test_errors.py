"""What holds for every address: its methods, its slash, and never a page of HTML."""

import json
from urllib.parse import urlencode

import pytest

from portal.api import rooms
from portal.api.access import MAX_BODY
from rooms.models import RoomEvent
from tests.factories import make_room
from tests.portal.api.calling import EXAMPLES, OPERATIONS, POSTS, Program, refused, set_scene

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
every_path = pytest.mark.parametrize("path", sorted({op.path for op in OPERATIONS.values()}))
every_post = pytest.mark.parametrize("name", POSTS)


@pytest.fixture
def program(manager) -> Program:
    program = Program(manager)
    program.client.raise_request_exception = False
    return program


def taken(path: str) -> set[str]:
    """Return the methods that the document has for a path."""
    return {operation.method for operation in OPERATIONS.values() if operation.path == path}


@every_path
def test_a_method_that_an_address_does_not_take_is_refused_with_those_it_does(program, path):
    url = path.format(slug="grand", number="101", booking_id="B-1", closure_id=1)
    for method in sorted(METHODS - taken(path)):
        response = program.client.generic(method, url, headers=program.headers)

        refused(response, 405, "method_not_allowed")
        assert {word.strip() for word in response["Allow"].split(",")} == taken(path)


@every_path
def test_without_its_last_slash_an_address_redirects_a_read_alone(program, path):
    url = path.format(slug="grand", number="101", booking_id="B-1", closure_id=1).removesuffix("/")

    assert program.get(url, x="1")["Location"] == f"{url}/?x=1"
    refused(program.post(url, {}), 404, "not_found")


@pytest.mark.parametrize(
    "path", ["/api/", "/api/x/", "/api/staff/hotels/", "/api/staff/hotels/grand/x/"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_is_none_is_answered_in_json(program, path, method):
    response = program.client.generic(method, path, headers=program.headers)

    refused(response, 404, "not_found")


@every_post
def test_a_body_that_is_no_json_is_malformed(hotel, manager, program, name):
    set_scene(name, hotel=hotel, by=manager)
    before = RoomEvent.objects.count()

    for body in ("{", "[]", '"x"'):
        refused(program.post(OPERATIONS[name].url("grand"), body), 400, "malformed")
    assert RoomEvent.objects.count() == before


@every_post
def test_a_field_that_does_not_exist_is_refused_by_name(hotel, manager, program, name):
    set_scene(name, hotel=hotel, by=manager)

    error = refused(program.post(OPERATIONS[name].url("grand"), {"x": 1}), 422, "invalid")

    assert error["fields"]["x"] == ["There is no such field."]


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_parameter_that_does_not_exist_is_refused_by_name(hotel, manager, program, name):
    set_scene(name, hotel=hotel, by=manager)

    operation, example = OPERATIONS[name], EXAMPLES[name]
    url = f"{operation.url('grand')}?{urlencode({**example.query, 'x': 1})}"

    response = program.get(url) if operation.method == "GET" else program.post(url, example.body)
    error = refused(response, 422, "invalid")

    assert error["fields"] == {"x": ["There is no such parameter."]}


@every_post
def test_a_body_of_more_than_64_kb_is_too_large(program, name):
    body = json.dumps({"notes": "n" * MAX_BODY})

    refused(program.post(OPERATIONS[name].url("grand"), body), 413, "too_large")


def test_a_body_that_is_not_even_text_is_malformed(hotel, program):
    make_room(hotel=hotel, number="101")
    url = OPERATIONS["undo"].url("grand")

    for body in (b"\xff\xfe\x00", b'{"notes": "\xe9"}', b"[" * 5000, b'{"a":' + b"9" * 5000 + b"}"):
        response = program.client.post(
            url, body, content_type="application/json", headers=program.headers
        )
        refused(response, 400, "malformed")


def test_a_fault_is_answered_in_json_and_tells_nothing_of_itself(hotel, program, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the database's password")

    make_room(hotel=hotel, number="101")
    monkeypatch.setattr(rooms, "json_of", fail)

    response = program.get("rooms/101/")

    refused(response, 500, "internal_error")
    assert b"password" not in response.content


def test_compressed_or_not_an_error_is_json(program):
    response = program.client.generic("PUT", "/api/x/", headers={"Accept-Encoding": "gzip"})

    refused(response, 404, "not_found")
    assert "Content-Encoding" not in response
