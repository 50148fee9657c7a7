"""Django's SQLite backend, with the writers of a process in line. docs/adr/0014 explains why.

Every transaction begins with BEGIN IMMEDIATE, so whoever begins one is a writer.
"""

import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from config.sqlite.line import Line

# One for each database of this process, by its name.
_lines: dict[str, Line] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn before it begins to write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_turn: Line | None = None

    def _start_transaction_under_autocommit(self) -> None:
        """Begin to write; raise OperationalError if that takes longer than the timeout."""
        patience = self.settings_dict["OPTIONS"]["timeout"]
        line = _lines.setdefault(str(self.settings_dict["NAME"]), Line())
        begun = time.monotonic()
        if not line.take(patience):
            raise OperationalError("database is locked")
        self._in_turn = line
        waited = time.monotonic() - begun
        try:
            if waited < 0.1:
                super()._start_transaction_under_autocommit()  # type: ignore[misc]
            else:
                self._begin_within(max(patience - waited, 0.1), patience)
        except BaseException:
            self._leave()
            raise

    def _begin_within(self, seconds: float, patience: float) -> None:
        """Begin, and wait only so long for another process: the line took the rest."""
        with self.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
            try:
                super()._start_transaction_under_autocommit()  # type: ignore[misc]
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        # Django comes here after each commit and each rollback.
        if autocommit:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _leave(self) -> None:
        if self._in_turn is not None:
            self._in_turn.leave()
            self._in_turn = None
