"""Who may listen: the stream's address, and the signature for a hotel's channel."""

import json

import pytest
from django.test import Client
from django.urls import reverse

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


def test_a_server_that_can_hold_no_stream_says_so_with_204(sign_in, housekeeper, hotel):
    stream = reverse("stream", args=[hotel.slug])

    assert sign_in(housekeeper).get(stream).status_code == 204
