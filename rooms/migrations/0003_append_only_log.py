"""The log is append-only in the database too: triggers refuse what the code refuses.

SQLite drops a table's triggers when Django remakes the table: a later migration that alters
RoomEvent there has to end with `create` again. tests/rooms/test_log.py fails until it does.
"""

from django.db import migrations

CREATE = {
    "sqlite": [
        """
        CREATE TRIGGER event_not_updated BEFORE UPDATE ON rooms_roomevent
        BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END
        """,
        """
        CREATE TRIGGER event_not_deleted BEFORE DELETE ON rooms_roomevent
        BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END
        """,
    ],
    "postgresql": [
        """
        CREATE FUNCTION refuse_to_rewrite_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'The log is append-only.' USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        """
        CREATE TRIGGER event_not_rewritten BEFORE UPDATE OR DELETE ON rooms_roomevent
        FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_the_log()
        """,
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER event_not_updated", "DROP TRIGGER event_not_deleted"],
    "postgresql": [
        "DROP TRIGGER event_not_rewritten ON rooms_roomevent",
        "DROP FUNCTION refuse_to_rewrite_the_log()",
    ],
}


def create(apps, schema_editor):
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    # Part of the squash: `carry_over` records the initial migrations as applied (ADR 11).
    initial = True

    dependencies = [("rooms", "0002_links_and_constraints")]

    operations = [migrations.RunPython(create, drop)]
