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
        "Brings an installation up to date before it is served: database, static files, and demo "
        "data where there is no hotel yet. What is in order already is left alone, so that a "
        "second run is quick."
    )
    # All of them are half of the time of a run in which there is nothing to do; `migrate` makes
    # them itself. A half-set Pusher must not be found out only by screens that stay silent.
    requires_system_checks = ["pusher"]

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is needed, in one process."""
        if self._migrations_wait():
            self.stdout.write("Migrating the database")
            self.stdout.flush()
            if needs_carry_over():
                call_command("carry_over", stdout=self.stdout)
            call_command("migrate", verbosity=0, interactive=False)
        self._collect_static_files()
        call_command("load_demo", if_empty=True, stdout=self.stdout, stderr=self.stderr)

    def _migrations_wait(self) -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def _collect_static_files(self) -> None:
        """Collect where the files differ from those that were collected last."""
        root = Path(settings.STATIC_ROOT)
        # Beside the folder, not in it: what is in it is served.
        note = root.with_name(root.name + ".collected")
        now = _fingerprint()
        if (root / "staticfiles.json").exists() and note.exists() and note.read_text() == now:
            return
        self.stdout.write("Collecting the static files")
        self.stdout.flush()
        note.unlink(missing_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        note.write_text(now)


def _fingerprint() -> str:
    """Return what changes whenever a static file does: names, sizes and times, not contents."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
