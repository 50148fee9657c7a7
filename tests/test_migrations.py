"""The migrations say what the models say."""

from io import StringIO

from django.core.management import call_command


def test_no_model_differs_from_its_migrations(db):
    said = StringIO()

    # Exits with 1, and the test fails with it, where a migration is missing.
    call_command("makemigrations", check=True, dry_run=True, stdout=said)

    assert said.getvalue().strip() == "No changes detected"
