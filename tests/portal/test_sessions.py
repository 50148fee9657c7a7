"""A session ends when it should, though it is read in a shorter way than Django's."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from hotel.choices import Role
from portal.sessions import SessionStore
from tests.portal.reading import address, read

pytestmark = pytest.mark.django_db


def test_what_was_saved_is_loaded():
    store = SessionStore()
    store["word"] = "Straße"
    store.save()

    assert SessionStore(store.session_key)["word"] == "Straße"


def test_one_that_has_run_out_or_never_was_is_empty():
    store = SessionStore()
    store["word"] = "x"
    store.save()
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))

    for key in (store.session_key, "a" * 32, None):
        found = SessionStore(key)
        assert "word" not in found
        assert found.session_key is None


@pytest.fixture
def board(sign_in, hotel, supervisor):
    client = sign_in(supervisor)
    assert client.get(address("board", hotel)).status_code == 200
    return lambda: client.get(address("board", hotel))


def sign_out(client, supervisor):
    Session.objects.all().delete()


def deactivate(client, supervisor):
    supervisor.user.is_active = False
    supervisor.user.save()


def change_password(client, supervisor):
    supervisor.user.set_password("another-long-one")
    supervisor.user.save()


@pytest.mark.parametrize("end", [sign_out, deactivate, change_password])
def test_no_identity_outlives_it(end, board, client, supervisor):
    end(client, supervisor)

    answer = board()

    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/")


def test_nor_a_place_on_the_staff(board, supervisor):
    supervisor.active = False
    supervisor.save()

    assert board().status_code == 404


def test_nor_a_role(board, supervisor):
    supervisor.role = Role.HOUSEKEEPER
    supervisor.save()

    assert read(board()).one("body")["data-viewer"] == f"{supervisor.pk} HOUSEKEEPER"
