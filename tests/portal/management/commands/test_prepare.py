"""`prepare` does what an installation needs before it is served, and only that."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from hotel.models import Hotel
from portal.management.commands import prepare


@pytest.fixture
def installation(hotel, settings, tmp_path, monkeypatch):
    """An installation with a hotel of its own and one static file; returns what was called."""
    calls = []

    def call(name, *args, **kwargs):
        calls.append(name)
        if name == "collectstatic":
            root = tmp_path / "collected"
            root.mkdir(exist_ok=True)
            (root / "staticfiles.json").write_text("{}")

    source = tmp_path / "static"
    source.mkdir()
    (source / "app.css").write_text("body {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "collected"
    monkeypatch.setattr(prepare, "call_command", call)
    return calls


def test_the_first_run_collects_and_the_second_does_not(installation):
    call_command("prepare")
    call_command("prepare")

    assert installation == ["collectstatic", "load_demo", "load_demo"]


def test_a_changed_static_file_is_collected(installation, tmp_path):
    call_command("prepare")
    (tmp_path / "static" / "app.css").write_text("body { margin: 0 }")
    call_command("prepare")

    assert installation.count("collectstatic") == 2


def test_collected_files_that_were_removed_are_collected_again(installation, tmp_path):
    call_command("prepare")
    (tmp_path / "collected" / "staticfiles.json").unlink()
    call_command("prepare")

    assert installation.count("collectstatic") == 2


def test_waiting_migrations_are_run(installation):
    newest = MigrationLoader(connection).graph.leaf_nodes("rooms")[0]
    MigrationRecorder(connection).record_unapplied(*newest)
    call_command("prepare")

    assert installation[0] == "migrate"


def test_a_hotel_of_ones_own_gets_no_demo(hotel, settings, tmp_path, capsys):
    settings.STATIC_ROOT = tmp_path / "collected"
    call_command("prepare")

    assert Hotel.objects.get() == hotel
    assert (tmp_path / "collected.collected").exists()
