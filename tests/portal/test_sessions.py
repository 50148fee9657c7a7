"""A session ends when it should, though it is read in a shorter way than Django's."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from hotel.choices import Role
from portal.models import ApiToken
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


# ---- A lock that does not come, between what a request changes and its session


@pytest.fixture
def locked(monkeypatch):
    """Let no session be saved, as where the database is locked from then on."""

    def save(self, *args, **given):
        raise OperationalError("database is locked")

    return lambda: monkeypatch.setattr(Session, "save", save)


def test_a_token_is_not_made_without_its_secret(sign_in, hotel, manager, clerk, locked):
    client = sign_in(manager)
    client.raise_request_exception = False
    locked()

    given = {"name": "Desk", "expires": "365", "staff": clerk.pk}
    answer = client.post(address("tokens", hotel), given)

    assert answer.status_code == 503
    assert not ApiToken.objects.exists()


def test_a_password_is_not_changed_without_the_session(sign_in, supervisor, locked):
    supervisor.user.set_password("the-old-long-one")
    supervisor.user.save()
    client = sign_in(supervisor)
    client.raise_request_exception = False
    locked()

    new = {"new_password1": "quite-another-one", "new_password2": "quite-another-one"}
    answer = client.post(reverse("password"), {"old_password": "the-old-long-one", **new})

    assert answer.status_code == 503
    supervisor.user.refresh_from_db()
    assert supervisor.user.check_password("the-old-long-one")
    assert client.get(reverse("home")).url != "/sign-in/?next=/"
