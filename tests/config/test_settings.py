"""What every answer carries for safety."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.urls import reverse

from tests.factories import make_staff


@pytest.fixture(params=["sign-in page", "board", "fragment", "not found", "refused"])
def response(request, client, sign_in, hotel):
    if request.param == "sign-in page":
        return client.get(reverse("sign_in"))
    sign_in(make_staff(hotel=hotel))
    name = {"not found": "room", "refused": "statistics"}.get(request.param, "board")
    headers = {"HX-Request": "true"} if request.param == "fragment" else {}
    args = [hotel.slug, "999"] if name == "room" else [hotel.slug]
    return client.get(reverse(name, args=args), headers=headers)


def policy(response) -> dict[str, list[str]]:
    """Return the answer's content security policy by directive."""
    lines = response["Content-Security-Policy"].split(";")
    return {name: values for name, *values in (line.split() for line in lines if line.strip())}


def test_scripts_and_styles_come_from_our_own_files_alone(response):
    rules = policy(response)

    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == ["'self'"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert rules["object-src"] == rules["frame-ancestors"] == ["'none'"]
    assert rules["base-uri"] == rules["form-action"] == ["'self'"]


@pytest.mark.parametrize(
    ("given", "socket"),
    [
        ({}, None),
        ({"PUSHER_CLUSTER": "eu"}, "wss://ws-eu.pusher.com:443"),
        ({"PUSHER_HOST": "push.example.com"}, "wss://push.example.com:443"),
        (
            {"PUSHER_HOST": "push.lan", "PUSHER_PORT": "6001", "PUSHER_SSL": "false"},
            "ws://push.lan:6001",
        ),
    ],
)
def test_a_page_may_talk_to_pusher_where_that_is_configured(given, socket):
    key = {"PUSHER_KEY": "a-key"} if given else {}
    show = "import json, config.settings as s; print(json.dumps(s.CONTENT_SECURITY_POLICY))"

    shown = subprocess.run(
        [sys.executable, "-c", show],
        env={**os.environ, **key, **given},
        capture_output=True,
        check=True,
    )

    rules = json.loads(shown.stdout)["DIRECTIVES"]
    assert rules.get("connect-src") == (["'self'", socket] if socket else None)


def test_nothing_in_the_page_needs_more_than_that(response):
    page = response.content.decode()

    assert not re.findall(r"<script(?![^>]* src=)", page)
    assert not re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page)


def test_no_other_site_frames_guesses_or_is_told_where_one_was(response):
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_no_script_reads_the_session_and_no_other_site_sends_it(client, hotel, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = make_staff(hotel=hotel).user
    user.set_password("secret")
    user.save()

    answer = client.post(reverse("sign_in"), {"username": user.username, "password": "secret"})

    session, csrf = answer.cookies["sessionid"], answer.cookies["csrftoken"]
    assert session["httponly"]
    assert session["samesite"] == csrf["samesite"] == "Lax"
    assert session["max-age"] == 12 * 60 * 60
