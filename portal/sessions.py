"""Sessions in the database, read by one statement that is not built anew for each request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connection, transaction
from django.utils import timezone

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's own, with a faster way to load."""

    _saved: tuple[str | None, dict[str, Any]] | None = None

    def load(self) -> dict[str, Any]:
        """Return the session's data; {} for a session that does not exist or has expired."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row[0])
        return data

    def save(self, must_create: bool = False) -> None:
        """Save the session, unless this request has saved it just as it is.

        Raises the database's own error for a lock that does not come: Django takes every error for
        a session that has ended, and answers 400.
        """
        data = dict(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        if self._saved == (self.session_key, data):
            return
        try:
            super().save(must_create)
            self._saved = (self.session_key, data)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise


@contextmanager
def saved_with_session(request: Any) -> Iterator[None]:
    """Save what the block changes and the session as one: both or neither.

    The middleware would save the session later, in a transaction of its own.
    """
    with transaction.atomic():
        yield
        request.session.save()
