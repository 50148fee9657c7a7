"""What a form may carry: text in UTF-8, no files, not much of it."""

from unittest import mock

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

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
