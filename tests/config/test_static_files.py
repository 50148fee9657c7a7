"""Static files as an installation serves them: collected, compressed, a hash in each name."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from config.settings import STORAGES

TEMPLATES = django_settings.BASE_DIR / "templates"
SCRIPTS = django_settings.BASE_DIR / "static" / "js"
IMPORTED = re.compile(r"""\b(?:import|from)\s*\(?\s*["']([^"']+)["']""")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder for the collected files: they are collected once for all tests here."""
    return tmp_path_factory.mktemp("collected")


@pytest.fixture
def collected(settings, root):
    """The static files as the settings collect them; the other tests have a plain storage."""
    settings.STATIC_ROOT = root
    settings.STORAGES = STORAGES
    if not (root / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


def served(root: Path, name: str) -> Path:
    """Return the file that a page is sent to for `name`; its own name carries its hash."""
    url = staticfiles_storage.url(name)
    stem, suffix = name.rsplit(".", 1)
    assert re.fullmatch(rf"/static/{re.escape(stem)}\.[0-9a-f]{{12}}\.{suffix}", url)
    return root / url.removeprefix("/static/")


def test_every_file_that_a_template_names_is_collected(collected):
    named = set()
    for template in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r"{% static '([^']+)' %}", template.read_text()))
    assert {"vendor/htmx.min.js", "js/app.js", "js/board_page.js"} <= named

    for name in sorted(named):
        assert served(collected, name).is_file()


@pytest.mark.parametrize("script", sorted(SCRIPTS.rglob("*.js")), ids=lambda path: path.name)
def test_a_script_imports_what_it_did_under_the_names_with_a_hash(collected, script):
    name = str(script.relative_to(SCRIPTS.parent))
    written = IMPORTED.findall(script.read_text())
    file = served(collected, name)

    imports = IMPORTED.findall(file.read_text())

    assert len(imports) == len(written)
    for path, plain in zip(imports, written, strict=True):
        target = collected / name
        wanted = (target.parent / plain).resolve().relative_to(collected)
        assert (file.parent / path).resolve() == served(collected, str(wanted))


def imported_by(script: Path) -> set[Path]:
    """Return all that a script imports, and what that imports."""
    imports = {(script.parent / path).resolve() for path in IMPORTED.findall(script.read_text())}
    return imports.union(*(imported_by(path) for path in imports))


def test_a_page_fetches_at_once_whatever_app_js_imports():
    preload = (TEMPLATES / "partials" / "preload.html").read_text()

    names = re.findall(r"{% static '([^']+)' %}", preload)

    imports = {str(path.relative_to(SCRIPTS.parent)) for path in imported_by(SCRIPTS / "app.js")}
    assert sorted(names) == sorted(imports)


def test_a_script_is_sent_compressed(collected):
    assert served(collected, "js/app.js").with_suffix(".js.gz").is_file()
