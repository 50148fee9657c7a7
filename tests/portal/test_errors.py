"""What a form may carry: text in UTF-8, no files, not much of it. And when the server is busy."""

import time
from unittest import mock

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.urls import reverse

from portal import errors

SIGN_IN = reverse("sign_in")


@pytest.mark.parametrize("charset", ["hex", "idna", "utf-16", "rot13", "no-such"])
def test_a_form_in_another_character_set_is_a_bad_request(client, charset):
    body = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nana\r\n--x--\r\n'

    kind = f"multipart/form-data; boundary=x; charset={charset}"
    response = client.generic("POST", SIGN_IN, body, kind)

    assert response.status_code == 400


@pytest.mark.django_db
def test_one_in_utf8_is_read(client):
    body = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nana\r\n--x--\r\n'

    response = client.generic(
        "POST", SIGN_IN, body, "multipart/form-data; boundary=x; charset=UTF-8"
    )

    assert response.status_code == 200
    assert b'value="ana"' in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("size", [10, 5_000_000])
def test_a_file_is_not_written_to_disk(client, size):
    with mock.patch.object(uploadhandler, "TemporaryUploadedFile") as written:
        response = client.post(SIGN_IN, {"file": SimpleUploadedFile("big.bin", b"x" * size)})

    assert response.status_code == 200
    assert not written.called


@pytest.mark.django_db
def test_much_text_is_a_bad_request(client):
    assert client.post(SIGN_IN, {"username": "a" * 600_000}).status_code == 400


# ---- The server is busy


class LockNotAvailable(Exception):
    """As PostgreSQL's driver raises it."""

    sqlstate = "55P03"


def postgres_gave_up() -> OperationalError:
    error = OperationalError("canceling statement due to lock timeout")
    error.__cause__ = LockNotAvailable()
    return error


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("database is locked"), postgres_gave_up()])
def test_a_lock_that_did_not_come_is_a_busy_server(client, monkeypatch, error):
    client.raise_request_exception = False
    monkeypatch.setattr("portal.account.views.SignIn.dispatch", mock.Mock(side_effect=error))

    response = client.get(SIGN_IN)

    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert "Nothing was changed" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("disk is full"), ZeroDivisionError()])
def test_any_other_error_is_a_fault(client, monkeypatch, error):
    client.raise_request_exception = False
    monkeypatch.setattr("portal.account.views.SignIn.dispatch", mock.Mock(side_effect=error))

    assert client.get(SIGN_IN).status_code == 500


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("waited", "status"), [(0, 200), (errors.PATIENCE - 1, 200), (errors.PATIENCE + 1, 503)]
)
def test_a_request_that_waited_too_long_is_not_begun(client, waited, status):
    environ = {errors.ARRIVED: time.monotonic() - waited}

    response = client.get(SIGN_IN, **environ)

    assert response.status_code == status


def test_a_program_is_told_so_in_json(client):
    environ = {errors.ARRIVED: time.monotonic() - errors.PATIENCE - 1}

    response = client.get("/api/staff/hotels/grand/rooms/", **environ)

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response.json()["error"]["code"] == "busy"
