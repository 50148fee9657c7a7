"""The command that makes an API token."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.models import ApiToken

pytestmark = pytest.mark.django_db


def opens(client, hotel, secret: str) -> int:
    """Return the status with which the API answers a token."""
    client.logout()
    url = f"/api/staff/hotels/{hotel.slug}/housekeeping/stats/"
    return client.get(url, headers={"Authorization": f"Bearer {secret}"}).status_code


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
