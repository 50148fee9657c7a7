"""Carry a database that was made before `stays` was an app (ADR 11) over to this version, once.

Tables are renamed and keep their rows. Sequences, indexes and constraints get the names that Django
would give them now. The result is what the present migrations would have made, except for the order
of the columns in a table. Nothing reads columns by their order.
"""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper, names_digest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# The last commit of the version before, and its migrations. All of them must be applied.
LAST_COMMIT = "3470d09"
BEFORE = {
    ("hotel", "0001_initial"),
    ("hotel", "0002_initial"),
    ("hotel", "0003_api_limit"),
    ("rooms", "0001_initial"),
    ("rooms", "0002_source_api"),
    ("rooms", "0003_log_is_append_only"),
    ("portal", "0001_tokens_and_kept_answers"),
    ("portal", "0002_relay_position"),
}
APPS = ("hotel", "rooms", "stays", "portal")
# The models that went from `hotel` to `stays`.
MOVED = (
    "booking",
    "breakfastorder",
    "conversation",
    "guest",
    "guestchatsession",
    "message",
    "order",
    "roomtypeinventory",
)
TABLES = {f"hotel_{model}": f"stays_{model}" for model in MOVED}


class Command(BaseCommand):
    help = (
        "Carries a database made before `stays` was an app over to this version, in one "
        "transaction. Stop the portal and make a backup first. A second run changes nothing."
    )
    # A check may read the database, which does not match the models yet.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry the database over and say so; raises CommandError if it is too old."""
        if carry_over():
            self.stdout.write("The database has been carried over to this version.")
        else:
            self.stdout.write("There is nothing to carry over.")


def needs_carry_over() -> bool:
    """Return whether the database has migrations that only the version before had."""
    loader = MigrationLoader(connection)
    return bool(BEFORE & (loader.applied_migrations.keys() - loader.disk_migrations.keys()))


def refuse_to_migrate(**signal: Any) -> None:
    """Stop `migrate` before it changes anything: it would create empty tables for `stays`."""
    if needs_carry_over():
        raise CommandError(
            "This database was made by an earlier version. Stop the portal, make a backup, and run "
            "`manage.py carry_over`, then `manage.py migrate`. Nothing has been changed."
        )


def carry_over() -> bool:
    """Carry the database over in one transaction; return False if there is nothing to do.

    Raises CommandError if some migration of the version before is missing.
    """
    if not needs_carry_over():
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A second run at the same time waits here. On SQLite it waits at BEGIN IMMEDIATE.
            cursor.execute("LOCK TABLE django_migrations IN EXCLUSIVE MODE")
        if not needs_carry_over():
            return False
        _require_all_of_before()
        _rename_tables(cursor)
        for table in connection.introspection.table_names(cursor):
            _rename_indexes_and_constraints(cursor, table)
        ContentType.objects.filter(app_label="hotel", model__in=MOVED).update(app_label="stays")
        _rewrite_history()
    ContentType.objects.clear_cache()
    return True


def _require_all_of_before() -> None:
    missing = BEFORE - MigrationRecorder(connection).applied_migrations().keys()
    if missing:
        names = ", ".join(sorted(".".join(key) for key in missing))
        raise CommandError(
            f"This database is too old to be carried over: it lacks {names}. Check out commit "
            f"{LAST_COMMIT}, run its `manage.py migrate`, then come back and try again. Nothing "
            "has been changed."
        )


def _rename_tables(cursor: CursorWrapper) -> None:
    """Rename the tables, and on PostgreSQL their sequences, which do not follow by themselves."""
    quote = connection.ops.quote_name
    for old, new in TABLES.items():
        cursor.execute(f"ALTER TABLE {quote(old)} RENAME TO {quote(new)}")
        if connection.vendor == "postgresql":
            sequence = f"ALTER SEQUENCE {quote(f'{old}_id_seq')} RENAME TO {quote(f'{new}_id_seq')}"
            cursor.execute(sequence)


def _rename_indexes_and_constraints(cursor: CursorWrapper, table: str) -> None:
    """Rename what Django names after a moved table, on the table itself or pointing to it."""
    quote = connection.ops.quote_name
    for name, found in connection.introspection.get_constraints(cursor, table).items():
        target = found["foreign_key"][0] if found["foreign_key"] else ""
        new = _name_now(name, table, found["columns"], target)
        if new == name:
            continue
        if connection.vendor == "sqlite":
            # SQLite cannot rename an index. Only indexes have generated names there.
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [name])
            (statement,) = cursor.fetchone()
            cursor.execute(f"DROP INDEX {quote(name)}")
            cursor.execute(statement.replace(quote(name), quote(new), 1))
        elif found["index"]:
            cursor.execute(f"ALTER INDEX {quote(name)} RENAME TO {quote(new)}")
        else:
            cursor.execute(
                f"ALTER TABLE {quote(table)} RENAME CONSTRAINT {quote(name)} TO {quote(new)}"
            )


def _name_now(name: str, table: str, columns: list[str], target: str) -> str:
    """Return Django's present name for an index or a constraint; `target` is a foreign key's table.

    For example, hotel_guest_room_id_c6902d66 becomes stays_guest_room_id_bd2ed5a0: the last part is
    a hash of the table and the columns. Django cuts long names, at the same place in both, since
    `hotel` and `stays` are equally long.
    """
    for old, new in TABLES.items():
        if table == new and name.startswith("hotel_"):
            name = name.replace("hotel_", "stays_", 1)
            then, now = (names_digest(each, *columns, length=8) for each in (old, new))
            name = name.replace(then, now)
        if target == new:
            name = name.replace("_fk_hotel_", "_fk_stays_")
    return name


def _rewrite_history() -> None:
    """Record the squashed migrations as applied instead of the old ones.

    The squashed ones are marked `initial`. Later ones are left to `migrate`.
    """
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app__in=APPS).delete()
    for (app, name), migration in sorted(MigrationLoader(connection).disk_migrations.items()):
        if app in APPS and migration.initial:
            recorder.record_applied(app, name)
