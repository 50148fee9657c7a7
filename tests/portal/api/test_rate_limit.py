"""So many requests a minute for each token, and when a token was last used."""

import pytest

from portal.api import rate_limit
from portal.models import ApiToken
from tests.factories import make_room
from tests.portal.api.calling import Program, done, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(manager) -> Program:
    program = Program(manager)
    program.client.raise_request_exception = False
    return program


def opens(client, hotel, secret: str) -> int:
    """Return the status with which the API answers a token."""
    client.logout()
    url = f"/api/staff/hotels/{hotel.slug}/housekeeping/stats/"
    return client.get(url, headers={"Authorization": f"Bearer {secret}"}).status_code


def test_beyond_the_hotels_limit_a_token_waits_and_others_do_not(client, hotel, clerk, manager):
    hotel.api_requests_per_minute = 3
    hotel.save()
    busy, calm = (ApiToken.issue(staff=staff, name="x")[1] for staff in (clerk, manager))

    answers = [opens(client, hotel, busy) for _ in range(4)]

    assert answers == [200, 200, 200, 429]
    assert opens(client, hotel, calm) == 200


def test_a_429_says_when_to_come_again(client, hotel, clerk):
    hotel.api_requests_per_minute = 1
    hotel.save()
    _, secret = ApiToken.issue(staff=clerk, name="x")
    opens(client, hotel, secret)

    url = f"/api/staff/hotels/{hotel.slug}/housekeeping/stats/"
    answer = client.get(url, headers={"Authorization": f"Bearer {secret}"})

    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.json()["error"]["code"] == "too_many_requests"


def test_use_is_noted_to_the_minute_and_not_at_every_request(
    hotel, clerk, django_assert_num_queries
):
    token, _ = ApiToken.issue(staff=clerk, name="x")
    with django_assert_num_queries(0):
        rate_limit.note_use(token)
    with django_assert_num_queries(1):
        rate_limit.save_uses()
    token.refresh_from_db()

    rate_limit.note_use(token)
    with django_assert_num_queries(0):
        rate_limit.save_uses()


def test_beyond_its_hotels_limit_a_token_is_asked_to_wait(hotel, program):
    hotel.api_requests_per_minute = 3
    hotel.save()
    make_room(hotel=hotel, number="101")
    for _ in range(3):
        done(program.get("rooms/101/"))

    response = program.get("rooms/101/")

    refused(response, 429, "too_many_requests")
    assert 1 <= int(response["Retry-After"]) <= 60


def test_the_limit_is_each_tokens_own(hotel, program, manager):
    hotel.api_requests_per_minute = 1
    hotel.save()
    make_room(hotel=hotel, number="101")
    done(program.get("rooms/101/"))
    refused(program.get("rooms/101/"), 429, "too_many_requests")

    done(Program(manager).get("rooms/101/"))


def test_a_token_notes_when_it_was_used_to_the_minute(hotel, program, monkeypatch):
    make_room(hotel=hotel, number="101")

    def last_use():
        done(program.get("rooms/101/"))
        rate_limit.save_uses()
        return ApiToken.objects.get().last_used_at

    first = last_use()
    assert first is not None
    assert last_use() == first

    monkeypatch.setattr(rate_limit, "NOTED_EVERY", rate_limit.NOTED_EVERY * 0)
    assert last_use() > first
