"""API tokens: made, shown once, revoked."""

import datetime as dt

import pytest
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
    rate_limit.save_uses()
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
