"""Who may listen to a hotel's channel, and what an installation must set for Pusher."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from django.urls import reverse

from portal.live import pusher
from tests.factories import make_hotel, make_staff

CHANNEL = "private-hotel-grand-rooms"
SOCKET = "123.456"


@pytest.fixture
def address(hotel) -> str:
    return reverse("pusher_auth", args=[hotel.slug])


def test_active_staff_are_signed_for(with_pusher, address, housekeeper, sign_in):
    answer = sign_in(housekeeper).post(address, {"channel_name": CHANNEL, "socket_id": SOCKET})

    signature = with_pusher.sign(f"{SOCKET}:{CHANNEL}")
    assert answer.status_code == 200
    assert json.loads(answer.content) == {"auth": f"{with_pusher.key}:{signature}"}
    assert answer["Cache-Control"] == "private, no-store"
    assert not with_pusher.calls


@pytest.mark.parametrize(
    "channel", ["private-hotel-other-rooms", "private-hotel-grand", "presence-x", "", "a:b\0"]
)
def test_any_other_channel_is_refused(with_pusher, address, housekeeper, sign_in, channel):
    make_hotel(slug="other")

    answer = sign_in(housekeeper).post(address, {"channel_name": channel, "socket_id": SOCKET})

    assert answer.status_code == 403
    assert answer.content.decode() == f"Staff of Grand Hotel may only listen to {CHANNEL}."


@pytest.mark.parametrize("socket_id", ["", "123", "123.456:private-x", "1.2\n", "x.y", "1." * 99])
def test_a_socket_id_of_another_form_is_refused(
    with_pusher, address, housekeeper, sign_in, socket_id
):
    answer = sign_in(housekeeper).post(address, {"channel_name": CHANNEL, "socket_id": socket_id})

    assert answer.status_code == 400
    assert b"socket_id" in answer.content
    assert b"auth" not in answer.content


def test_staff_of_another_hotel_find_no_such_address(with_pusher, address, sign_in):
    stranger = make_staff(hotel=make_hotel(slug="other"))

    answer = sign_in(stranger).post(address, {"channel_name": CHANNEL, "socket_id": SOCKET})

    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["staff", "user"])
def test_the_deactivated_are_refused(with_pusher, address, housekeeper, sign_in, who):
    client = sign_in(housekeeper)
    if who == "staff":
        housekeeper.active = False
        housekeeper.save()
    else:
        housekeeper.user.is_active = False
        housekeeper.user.save()

    answer = client.post(address, {"channel_name": CHANNEL, "socket_id": SOCKET})

    # A user who may not sign in any more is signed out; one without a hotel finds none.
    assert answer.status_code == (404 if who == "staff" else 302)
    assert b"auth" not in answer.content


def test_the_signed_out_are_sent_to_sign_in(with_pusher, address, client):
    answer = client.post(address, {"channel_name": CHANNEL, "socket_id": SOCKET})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_another_site_cannot_ask_in_somebodys_name(with_pusher, address, housekeeper):
    client = Client(enforce_csrf_checks=True)
    client.force_login(housekeeper.user, backend="portal.access.StaffBackend")
    asked = {"channel_name": CHANNEL, "socket_id": SOCKET}
    token = "t" * 32
    refused = client.post(address, asked)
    client.cookies["csrftoken"] = token

    allowed = client.post(address, asked, headers={"X-CSRFToken": token})

    assert (refused.status_code, allowed.status_code) == (403, 200)


def test_it_is_asked_by_post_alone(with_pusher, address, housekeeper, sign_in):
    assert sign_in(housekeeper).get(address).status_code == 405


# ---- Only where it is configured


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
