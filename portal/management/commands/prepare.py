import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.management.commands.carry_over import needs_carry_over


class Command(BaseCommand):
    help = (
        "Prepares an installation for serving: migrates the database, collects static files, and "
        "loads the demo if there is no hotel yet. Steps that are already done are skipped."
    )
    # Running all checks would double the time of a run with nothing to do, and `migrate` runs
    # them anyway. Incomplete Pusher settings would otherwise go unnoticed.
    requires_system_checks = ["pusher"]

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps that are needed, in this one process."""
        if self._has_unapplied_migrations():
            self.stdout.write("Migrating the database")
            self.stdout.flush()
            if needs_carry_over():
                call_command("carry_over", stdout=self.stdout)
            call_command("migrate", verbosity=0, interactive=False)
        self._collect_static_files()
        call_command("load_demo", if_empty=True, stdout=self.stdout, stderr=self.stderr)

    def _has_unapplied_migrations(self) -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def _collect_static_files(self) -> None:
        """Collect the static files if they changed since the last time."""
        root = Path(settings.STATIC_ROOT)
        # Next to the folder, because everything inside is served.
        note = root.with_name(root.name + ".collected")
        now = _fingerprint()
        if (root / "staticfiles.json").exists() and note.exists() and note.read_text() == now:
            return
        self.stdout.write("Collecting static files")
        self.stdout.flush()
        note.unlink(missing_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        note.write_text(now)


def _fingerprint() -> str:
    """Return a hash of all static files' names, sizes and modification times."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
