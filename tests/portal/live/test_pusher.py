"""What an installation must set for Pusher, and what a page is told of it."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.urls import reverse

from portal.live import pusher

CHANNEL = "private-hotel-grand-rooms"


@pytest.fixture
def address(hotel) -> str:
    return reverse("pusher_auth", args=[hotel.slug])


def test_without_pusher_nothing_of_it_is_there(address, housekeeper, sign_in):
    client = sign_in(housekeeper)
    page = client.get(reverse("board", args=["grand"]))

    assert client.post(address, {"channel_name": CHANNEL}).status_code == 404
    assert b"pusher" not in page.content
    assert "connect-src" not in page["Content-Security-Policy"]


def test_a_page_names_where_to_listen_and_no_secret(with_pusher, address, housekeeper, sign_in):
    page = sign_in(housekeeper).get(reverse("board", args=["grand"]))
    html = page.content.decode()

    assert f'data-key="{with_pusher.key}"' in html
    assert f'data-socket="ws://127.0.0.1:{with_pusher.port}"' in html
    assert f'data-channel="{CHANNEL}"' in html
    assert f'data-auth="{address}"' in html
    assert with_pusher.secret not in html


def test_outside_a_hotel_pusher_is_not_loaded(with_pusher, client):
    assert b"pusher" not in client.get(reverse("sign_in")).content


WHOLE = {
    "PUSHER_APP_ID": "4711",
    "PUSHER_KEY": "a-key",
    "PUSHER_SECRET": "a-secret",
    "PUSHER_CLUSTER": "eu",
}


def found_wrong(settings, **given) -> list[str]:
    for name, value in given.items():
        setattr(settings, name, value)
    return [error.msg for error in pusher.check_settings()]


@pytest.mark.parametrize(
    "given", [{}, WHOLE, {**WHOLE, "PUSHER_CLUSTER": "", "PUSHER_HOST": "push.example.com"}]
)
def test_all_of_pushers_settings_or_none_are_right(settings, given):
    assert not found_wrong(settings, **given)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        *[({name: ""}, f"{name} is missing.") for name in list(WHOLE)[:3]],
        ({"PUSHER_CLUSTER": ""}, "PUSHER_CLUSTER or PUSHER_HOST is missing."),
        ({"PUSHER_APP_ID": "app"}, "PUSHER_APP_ID must be a number."),
        ({"PUSHER_HOST": "a.example"}, "Set either PUSHER_CLUSTER or PUSHER_HOST, not both."),
        ({"PUSHER_CLUSTER": "https://x"}, "names only"),
        ({"PUSHER_CLUSTER": "eu; script-src *"}, "names only"),
        ({"PUSHER_SSL": False, "HTTPS": True}, "PUSHER_SSL must be true with HTTPS"),
    ],
)
def test_settings_that_cannot_work_are_named_at_the_start(settings, changed, words):
    (said,) = found_wrong(settings, **{**WHOLE, **changed})

    assert words in said


@pytest.mark.parametrize("command", ["prepare", "relay"])
def test_what_starts_the_portal_or_the_relay_stops_at_such_settings(db, settings, command):
    settings.PUSHER_KEY = "a-key"

    with pytest.raises(SystemCheckError, match="PUSHER_SECRET is missing"):
        call_command(command, skip_checks=False)
