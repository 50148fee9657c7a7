"""The double refuses what Pusher refuses, so that what goes through it would go through Pusher."""

import hashlib
import http.client
import json
import time
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from pusher import Pusher
from pusher.errors import PusherBadAuth, PusherBadRequest, PusherBadStatus
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

CHANNEL = "private-hotel-grand-rooms"


def sdk(double, **changed: Any) -> Pusher:
    """The real SDK, pointed at the double."""
    given = {"app_id": double.app_id, "key": double.key, "secret": double.secret}
    return Pusher(
        **{**given, **changed}, host="127.0.0.1", port=double.port, ssl=False, timeout=0.3
    )


@contextmanager
def socket(double, path: str = ""):
    """An open WebSocket to the double."""
    with connect(f"ws://127.0.0.1:{double.port}{path or f'/app/{double.key}?protocol=7'}") as ws:
        yield ws


def hear(ws: ClientConnection) -> tuple[str, Any]:
    """Return the next message's event and data."""
    message = json.loads(ws.recv(5))
    data = message.get("data")
    return message["event"], json.loads(data) if data else None


def say(ws: ClientConnection, event: str, **data: Any) -> None:
    ws.send(json.dumps({"event": event, "data": data}))


def subscribed(ws: ClientConnection, double, client: Pusher) -> tuple[str, Any]:
    """Subscribe with the client's signature; return what the double answers."""
    _, established = hear(ws)
    auth = client.authenticate(CHANNEL, established["socket_id"])
    say(ws, "pusher:subscribe", channel=CHANNEL, **auth)
    return hear(ws)


def test_what_the_sdk_sends_reaches_who_listens_in_order(double):
    client = sdk(double)
    with socket(double) as ws:
        event, _ = subscribed(ws, double, client)
        assert event == "pusher_internal:subscription_succeeded"
        client.trigger(CHANNEL, "first", {"n": 1})
        client.trigger_batch(
            [{"channel": CHANNEL, "name": name, "data": {}} for name in ("second", "third")]
        )

        assert [hear(ws), hear(ws)[0], hear(ws)[0]] == [("first", {"n": 1}), "second", "third"]
    assert [event["name"] for event in double.events] == ["first", "second", "third"]


def test_a_rest_call_signed_with_another_secret_is_refused(double):
    with pytest.raises(PusherBadAuth, match="Invalid signature"):
        sdk(double, secret="another").trigger(CHANNEL, "event", {})

    assert not double.events


def test_a_rest_call_with_another_key_is_refused(double):
    with pytest.raises(PusherBadAuth, match="Unknown auth_key"):
        sdk(double, key="another").trigger(CHANNEL, "event", {})


@pytest.mark.parametrize(
    ("age", "sent", "why"),
    [
        (0, b'{"name":"e","channels":["c"],"data":"1"}', None),
        (0, b'{"name":"e","channels":["c"],"data":"2"}', "body_md5 is not the body's"),
        (601, b'{"name":"e","channels":["c"],"data":"1"}', "Timestamp expired"),
    ],
)
def test_an_altered_or_old_rest_call_is_refused(double, age, sent, why):
    signed = b'{"name":"e","channels":["c"],"data":"1"}'
    path = f"/apps/{double.app_id}/events"
    query = (
        f"auth_key={double.key}&auth_timestamp={int(time.time()) - age}&auth_version=1.0"
        f"&body_md5={hashlib.md5(signed).hexdigest()}"
    )
    signature = double.sign(f"POST\n{path}\n{query}")
    connection = http.client.HTTPConnection("127.0.0.1", double.port, timeout=60)

    connection.request("POST", f"{path}?{query}&auth_signature={signature}", sent)
    answer = connection.getresponse()

    assert (answer.status, answer.read().decode()) == ((401, why) if why else (200, "{}"))


def test_more_than_pusher_takes_is_refused(double):
    client = sdk(double)
    with pytest.raises(PusherBadRequest, match="11 events"):
        client.trigger_batch([{"channel": CHANNEL, "name": "e", "data": {}}] * 11)
    with pytest.raises(PusherBadStatus, match="413"):
        client.trigger(CHANNEL, "e", "x" * 10_241)

    assert not double.events


def test_a_private_channel_is_closed_to_who_cannot_sign_for_it(double):
    with socket(double) as ws:
        event, error = subscribed(ws, double, sdk(double, secret="another"))
        sdk(double).trigger(CHANNEL, "event", {})
        say(ws, "pusher:ping")

        assert (event, error["status"]) == ("pusher:subscription_error", 401)
        # The pong comes next: the event before it did not.
        assert hear(ws)[0] == "pusher:pong"
    assert double.refusals == [f"Invalid signature for {CHANNEL}"]


@pytest.mark.parametrize(
    ("path", "code"), [("/app/another?protocol=7", 4001), ("/app/a-key?protocol=3", 4007)]
)
def test_a_socket_for_another_app_or_protocol_is_closed_with_pushers_code(double, path, code):
    with socket(double, path) as ws:
        event, error = hear(ws)
        with pytest.raises(ConnectionClosed) as closed:
            ws.recv(5)

    assert (event, error["code"], closed.value.rcvd.code) == ("pusher:error", code, code)


def test_it_hangs_fails_dies_and_comes_back_on_the_same_port(double):
    client = sdk(double)
    double.rest = "hang"
    with pytest.raises(requests.ReadTimeout):
        client.trigger(CHANNEL, "hung", {})
    double.rest = "fail"
    with pytest.raises(PusherBadStatus, match="500"):
        client.trigger(CHANNEL, "failed", {})
    double.refuse()
    with pytest.raises(requests.ConnectionError):
        client.trigger(CHANNEL, "refused", {})
    double.accept()
    double.rest = "mute"
    with pytest.raises(requests.ReadTimeout):
        client.trigger(CHANNEL, "taken", {})
    double.rest = "answer"
    client.trigger(CHANNEL, "answered", {})

    assert double.calls == 4
    assert [event["name"] for event in double.events] == ["taken", "answered"]


def test_it_drops_its_sockets(double):
    with socket(double) as ws:
        hear(ws)
        double.drop()
        with pytest.raises(ConnectionClosed):
            ws.recv(5)
    assert not double.sockets
