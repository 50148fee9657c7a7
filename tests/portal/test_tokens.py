"""API tokens: made, shown once, counted, revoked."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from hotel.choices import Role
from portal.api import rate_limit
from portal.models import ApiToken, digest
from tests.factories import make_hotel, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(hotel):
    return reverse("tokens", args=[hotel.slug])


def make_token(page, client, **given) -> str:
    """Fill the form in and return the secret that the page shows."""
    given = {"name": "Front desk system", "expires": "365", **given}
    answer = client.post(page, given, follow=True)
    assert answer.redirect_chain, answer.content
    return answer.context["issued"]["secret"]


def opens(client, hotel, secret: str) -> int:
    """Return the status with which the API answers a token."""
    client.logout()
    url = f"/api/staff/hotels/{hotel.slug}/housekeeping/stats/"
    return client.get(url, headers={"Authorization": f"Bearer {secret}"}).status_code


def test_a_manager_makes_a_token_and_a_program_comes_in(page, sign_in, manager, clerk, hotel):
    client = sign_in(manager)

    secret = make_token(page, client, staff=clerk.pk)

    token = ApiToken.objects.get()
    assert (token.staff, token.created_by, token.name) == (clerk, manager, "Front desk system")
    assert token.expires_at - timezone.now() > dt.timedelta(days=364)
    assert opens(client, hotel, secret) == 200
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_the_secret_is_shown_once_and_stored_nowhere(page, sign_in, manager, clerk):
    client = sign_in(manager)

    secret = make_token(page, client, staff=clerk.pk)

    assert ApiToken.objects.get().digest == digest(secret)
    assert secret not in client.get(page).content.decode()


def test_a_token_that_never_expires_is_a_choice(page, sign_in, manager, clerk):
    make_token(page, sign_in(manager), staff=clerk.pk, expires="")

    assert ApiToken.objects.get().expires_at is None


def test_what_is_missing_is_said_and_what_was_typed_stays(page, sign_in, manager):
    answer = sign_in(manager).post(page, {"name": "Lobby screen", "staff": ""})

    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()
    assert 'value="Lobby screen"' in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_token_is_for_the_hotels_own_active_staff(page, sign_in, manager, hotel):
    stranger = make_staff(hotel=make_hotel(slug="other"), role=Role.MANAGER)
    gone = make_staff(hotel=hotel, role=Role.HOUSEKEEPER, active=False)
    client = sign_in(manager)

    for staff in (stranger, gone):
        assert client.post(page, {"name": "x", "staff": staff.pk}).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_revoked_token_opens_nothing(page, sign_in, manager, clerk, hotel):
    client = sign_in(manager)
    secret = make_token(page, client, staff=clerk.pk)
    url = reverse("revoke_token", args=[hotel.slug, ApiToken.objects.get().pk])

    assert "cannot be undone" in client.get(url).content.decode()
    assert ApiToken.objects.get().revoked_at is None
    client.post(url)

    assert ApiToken.objects.get().revoked_by == manager
    assert "revoked" in client.get(page).content.decode()
    assert opens(client, hotel, secret) == 401


def test_another_hotels_token_does_not_exist(sign_in, manager, hotel):
    stranger = make_staff(hotel=make_hotel(slug="other"), role=Role.MANAGER)
    token, _ = ApiToken.issue(staff=stranger, name="theirs")
    client = sign_in(manager)

    assert client.post(reverse("revoke_token", args=[hotel.slug, token.pk])).status_code == 404
    assert "theirs" not in client.get(reverse("tokens", args=[hotel.slug])).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.MANAGER])
def test_only_managers_see_tokens(page, sign_in, staff, role):
    client = sign_in(staff[role])

    assert client.get(page).status_code == 403
    assert page not in client.get(reverse("board", args=["grand"])).content.decode()


def test_a_manager_finds_the_page_in_the_account_menu(page, sign_in, manager):
    assert page in sign_in(manager).get(reverse("board", args=["grand"])).content.decode()


def test_the_command_prints_the_token_alone_on_its_last_line(client, clerk, hotel):
    out = StringIO()

    call_command("create_token", hotel.slug, clerk.user.username, name="Lobby", stdout=out)

    assert opens(client, hotel, out.getvalue().splitlines()[-1]) == 200


@pytest.mark.parametrize(
    ("username", "given"),
    [
        ("nobody", {"name": "x"}),
        ("", {"name": " "}),
        ("", {"name": "x" * 61}),
        ("", {"name": "x", "days": 0}),
    ],
)
def test_the_command_says_what_it_needs(clerk, hotel, username, given):
    with pytest.raises(CommandError):
        call_command("create_token", hotel.slug, username or clerk.user.username, **given)
    assert not ApiToken.objects.exists()


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
    rate_limit.note_use(token)
    token.refresh_from_db()

    with django_assert_num_queries(0):
        rate_limit.note_use(token)
