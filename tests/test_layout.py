"""Tests stand where their module does, so that either leads to the other.

`portal/desk/views.py` is tested in `tests/portal/desk/test_views.py`. What no single module owns is
in `tests/stories`; a browser is in `tests/e2e`, a real hotel's bookings in `tests/real`. A test of
the whole tree, or of a helper of the tests, is in `tests` itself.
"""

import ast
import sys
from pathlib import Path

import pytest

from tests.test_imports import PACKAGES, ROOT

APART = ("stories", "e2e", "real")
AT_THE_TOP = {
    "test_imports.py",
    "test_invariants.py",
    "test_layout.py",
    "test_migrations.py",
    "test_pusher_double.py",
}
# A module with more lines of code than this has tests of its own, or stands in ELSEWHERE.
SMALL = 40
ELSEWHERE = {
    "portal/api/__init__.py": "puts the API together; every test of tests/portal/api goes through",
    "portal/api/links.py": "read from the document by tests/stories/test_api_document.py",
    "portal/api/schemas.py": "declarations; their fields are in tests/portal/api/calling.py",
    "portal/api/stay_schemas.py": "declarations, as in schemas.py",
    "portal/api/serializers.py": "the answers of tests/portal/api/test_rooms.py and its neighbours",
    "portal/desk/stay_forms.py": "sent in tests/stories/test_stay_changed_at_the_desk.py",
    "portal/management/commands/_import.py": "what test_import_rooms and test_import_stays share",
    "portal/models.py": "written and read by tests/portal/tokens, test_idempotency and test_relay",
    "portal/reports/tables.py": "shown and exported in tests/portal/reports/test_views.py",
    "portal/urls.py": "every address is tried in tests/portal/test_access.py",
    "rooms/effects.py": "what the rows of the table do; tests/rooms/test_perform.py",
    "simulation/demo_morning.py": "played and looked at in tests/simulation/test_demo.py",
}


def misplaced(test: Path, root: Path = ROOT) -> str | None:
    """Return where a test file should be, in a sentence, or None where it is right."""
    place = test.relative_to(root / "tests")
    if place.parts[0] in APART or str(place) in AT_THE_TOP:
        return None
    module = place.with_name(place.name.removeprefix("test_"))
    if (root / module).is_file():
        return None
    return (
        f"tests/{place} tests no module: there is no {module}. Name it after the module that it "
        "tests, or move it to tests/stories if it tests several together."
    )


def lines_of_code(source: str) -> int:
    """Count the lines that are neither empty nor comments nor docstrings."""
    words: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            words |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return sum(
        bool(line.strip()) and not line.lstrip().startswith("#") and number not in words
        for number, line in enumerate(source.splitlines(), 1)
    )


def untested(module: Path, root: Path = ROOT) -> str | None:
    """Return which test file a module lacks, in a sentence, or None where it lacks none."""
    place = module.relative_to(root)
    test = Path("tests", place.with_name(f"test_{place.name}"))
    if (root / test).exists() or lines_of_code(module.read_text()) <= SMALL:
        return None
    return f"{place} has no tests of its own: add {test}, or say in ELSEWHERE why not."


MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)


def test_every_test_file_stands_where_its_module_does():
    wrong = [misplaced(test) for test in sorted((ROOT / "tests").rglob("test_*.py"))]

    assert not list(filter(None, wrong)), "\n".join(filter(None, wrong))


def test_every_module_has_its_test_file():
    without = [untested(path) for path in MODULES if str(path.relative_to(ROOT)) not in ELSEWHERE]

    assert not list(filter(None, without)), "\n".join(filter(None, without))


@pytest.mark.parametrize("module", ELSEWHERE)
def test_only_a_module_without_tests_of_its_own_says_why(module):
    assert (ROOT / module).exists(), f"{module} is gone: take it out of ELSEWHERE."
    assert untested(ROOT / module), f"{module} needs no reason any more: take it out of ELSEWHERE."


def test_no_module_is_named_like_one_of_the_standard_library():
    modules = [*MODULES, *(ROOT / "bench").rglob("*.py")]
    names = {path.parent.name if path.stem == "__init__" else path.stem for path in modules}

    assert not names & sys.stdlib_module_names


def test_the_walk_finds_what_is_wrong(tmp_path):
    for name in (
        "tests/portal/test_gone.py",
        "tests/portal/test_act.py",
        "tests/stories/test_x.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal/act.py").write_text("x = 1\n" * (SMALL + 1))
    (tmp_path / "portal/long.py").write_text("x = 1\n" * (SMALL + 1))
    (tmp_path / "portal/short.py").write_text(
        '"""Words.\n\nWords."""\n# Why.\n\n' + "x = 1\n" * SMALL
    )

    def lacks(name: str) -> str | None:
        return untested(tmp_path / name, tmp_path)

    assert misplaced(tmp_path / "tests/portal/test_act.py", tmp_path) is None
    assert misplaced(tmp_path / "tests/stories/test_x.py", tmp_path) is None
    gone = misplaced(tmp_path / "tests/portal/test_gone.py", tmp_path)
    assert gone
    assert gone.startswith("tests/portal/test_gone.py tests no module: there is no portal/gone.py.")
    assert lacks("portal/act.py") is None
    assert lacks("portal/short.py") is None
    assert lacks("portal/long.py") == (
        "portal/long.py has no tests of its own: "
        "add tests/portal/test_long.py, or say in ELSEWHERE why not."
    )
