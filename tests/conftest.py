import threading
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseOperations

from hotel.choices import Role
from hotel.models import Hotel, Staff
from portal import cache
from portal.api import rate_limit
from portal.live import relay
from tests.factories import make_hotel, make_staff
from tests.pusher_double import PusherDouble


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Static files under their own names: no test depends on a collectstatic before it."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="session", autouse=True)
def the_log_ends_with_its_test():
    """Let SQLite empty the log after a test in real transactions; PostgreSQL truncates anyway."""
    append_only_log = import_module("rooms.migrations.0003_append_only_log")
    drop, create = append_only_log.DROP["sqlite"], append_only_log.CREATE["sqlite"]
    flush = DatabaseOperations.execute_sql_flush
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            DatabaseOperations,
            "execute_sql_flush",
            lambda self, statements: flush(self, [*drop, *statements, *create]),
        )
        yield


@pytest.fixture(autouse=True)
def no_memory():
    """Forget kept answers and counted requests: a rolled-back test gives its ids to the next."""
    cache.clear_all()
    rate_limit.forget_requests()


@pytest.fixture
def hotel(db) -> Hotel:
    return make_hotel(slug="grand", name="Grand Hotel", time_zone="Europe/Lisbon")


@pytest.fixture
def staff(hotel) -> dict[Role, Staff]:
    """One member of staff in each role."""
    return {role: make_staff(hotel=hotel, role=role) for role in Role}


@pytest.fixture
def housekeeper(hotel) -> Staff:
    return make_staff(hotel=hotel, role=Role.HOUSEKEEPER, name="Ana Silva")


@pytest.fixture
def supervisor(hotel) -> Staff:
    return make_staff(hotel=hotel, role=Role.SUPERVISOR, name="Rui Costa")


@pytest.fixture
def maintainer(hotel) -> Staff:
    return make_staff(hotel=hotel, role=Role.MAINTENANCE, name="Tom Reed")


@pytest.fixture
def clerk(hotel) -> Staff:
    return make_staff(hotel=hotel, role=Role.FRONT_DESK, name="Eva Lind")


@pytest.fixture
def manager(hotel) -> Staff:
    return make_staff(hotel=hotel, role=Role.MANAGER, name="Mia Kern")


@pytest.fixture
def sign_in(client):
    """Sign somebody in and return the client."""

    def sign_in(who: Staff | AbstractUser):
        client.force_login(getattr(who, "user", who), backend="portal.access.StaffBackend")
        return client

    return sign_in


@pytest.fixture
def double() -> Iterator[PusherDouble]:
    with PusherDouble() as double:
        yield double


@pytest.fixture
def with_pusher(double, settings) -> PusherDouble:
    """The portal as it is where the environment names the double as its Pusher."""
    for name, value in double.environment.items():
        setattr(settings, name, value)
    settings.PUSHER_PORT = double.port
    settings.PUSHER_SSL = False
    settings.PUSHER_SOCKET = f"ws://{settings.PUSHER_HOST}:{double.port}"
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {**policy, "connect-src": ["'self'", settings.PUSHER_SOCKET]}
    }
    return double


@pytest.fixture
def relay_at_work(with_pusher) -> Iterator[None]:
    """The relay's loop, in a thread of its own; it needs a database that others can see into."""
    stop = threading.Event()

    def follow() -> None:
        try:
            relay.follow(stop)
        finally:
            connection.close()

    thread = threading.Thread(target=follow)
    thread.start()
    yield
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
