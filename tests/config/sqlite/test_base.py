"""A connection has its turn from the beginning of a transaction to its end, however it ends."""

import pytest
from django.db import OperationalError, connection, transaction

from config.sqlite import base

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has locks of its own"),
]


def is_free() -> bool:
    """Tell whether the next writer would have its turn at once, and leave it as it was."""
    line = base._lines[str(connection.settings_dict["NAME"])]
    free = line.take(0)
    if free:
        line.leave()
    return free


def test_it_ends_with_the_transaction():
    with transaction.atomic():
        assert not is_free()
        with transaction.atomic():
            pass
        assert not is_free()
    assert is_free()


def test_it_ends_with_a_rollback():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert is_free()


def test_it_ends_where_the_connection_is_closed_in_the_middle():
    with transaction.atomic():
        connection.close()
        assert is_free()
    with transaction.atomic():
        assert not is_free()
    assert is_free()


def test_it_has_ended_before_what_waits_for_the_commit_begins():
    seen = []
    with transaction.atomic():
        transaction.on_commit(lambda: seen.append(is_free()))
    assert seen == [True]


def test_it_does_not_begin_where_the_database_stays_locked(hotel):
    other = base.DatabaseWrapper(dict(connection.settings_dict), "other")
    # Another process has the lock, so nobody of this one stands in the line.
    other.ensure_connection()
    other.connection.execute("BEGIN IMMEDIATE")
    connection.settings_dict["OPTIONS"]["timeout"] = 0.05
    connection.close()
    try:
        with pytest.raises(OperationalError, match="database is locked"), transaction.atomic():
            pass
        assert is_free()
    finally:
        connection.settings_dict["OPTIONS"]["timeout"] = 5
        connection.close()
        other.close()
    with transaction.atomic():
        assert not is_free()
