"""The house has one direction: a module imports from what stands above it, never from below.

Design §1. Whoever adds a module gives it a place in ORDER; without one the test fails.
"""

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("hotel", "rooms", "portal", "config")

# From left to right. Modules of one line may import each other. The first pattern that matches
# a module is its place, so `*` at the end of a line never catches what is named on an earlier one.
ORDER: tuple[tuple[str, ...], ...] = (
    ("hotel", "rooms", "*.management", "*.management.commands"),  # empty packages
    ("hotel.choices", "hotel.exceptions"),
    ("hotel.models",),
    ("rooms.choices",),
    ("rooms.models",),
    ("hotel.migrations", "hotel.migrations.*", "rooms.migrations", "rooms.migrations.*"),
    ("rooms.transitions",),
    ("rooms.permissions",),
    ("rooms.drawing",),
    ("rooms.log",),
    ("rooms.housekeeping",),
    ("hotel.availability",),
    ("hotel.bookings",),
    ("hotel.stays",),
    ("hotel.undoing",),
    ("hotel.readiness",),
    ("hotel.statistics",),
    ("hotel.csv_lines",),
    ("hotel.importing",),
    ("hotel.replay_report",),
    ("hotel.replay_roster",),
    ("hotel.replay_turnover",),
    ("hotel.replay",),
    ("hotel.demo_plan",),
    ("hotel.demo_morning",),
    ("hotel.demo",),
    ("hotel.admin",),
    ("rooms.admin",),
    ("hotel.management.commands.*", "rooms.management.commands.*"),
    ("portal", "portal.*"),
    ("config", "config.*"),
)


def modules() -> dict[str, Path]:
    """Return every module of the four packages by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def place(module: str) -> int | None:
    """Return the module's line in ORDER, or None where it has none."""
    for line, patterns in enumerate(ORDER):
        if any(fnmatchcase(module, pattern) for pattern in patterns):
            return line
    return None


def imported(source: str, module: str, known: set[str], *, package: bool = False) -> Iterator[str]:
    """Return the modules of the house that `source` imports, wherever in the text it does so.

    `from rooms import log` is an import of rooms.log; a relative import is resolved from `module`.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from longest_known(alias.name, known)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                kept = parts[: len(parts) - node.level + package]
                base = ".".join([*kept, base] if base else kept)
            for alias in node.names:
                yield from longest_known(f"{base}.{alias.name}", known)


def longest_known(name: str, known: set[str]) -> Iterator[str]:
    """Return the module that a dotted name leads to: rooms.models for rooms.models.Room."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    if name:
        yield name


def arrows_back(source: str, module: str, known: set[str], *, package: bool = False) -> list[str]:
    """Return the modules that `module` imports although they stand below it."""
    own = place(module)
    assert own is not None, f"{module} has no place in ORDER (design §1): give it one."
    return [
        name
        for name in imported(source, module, known, package=package)
        if name != module and ((other := place(name)) is None or other > own)
    ]


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_module_imports_only_from_what_stands_above_it(module: str):
    found = modules()
    path = found[module]
    back = arrows_back(
        path.read_text(encoding="utf-8"), module, set(found), package=path.stem == "__init__"
    )

    assert not back, f"{module} imports {', '.join(back)}, which stands below it (design §1)"


def test_the_hotels_models_do_not_import_rooms():
    found = modules()
    source = found["hotel.models"].read_text(encoding="utf-8")

    assert set(imported(source, "hotel.models", set(found))) == {"hotel.choices"}


def test_all_four_packages_are_walked():
    found = modules()

    for module in ("hotel.models", "rooms.housekeeping", "portal.access", "config.settings"):
        assert module in found


KNOWN = {
    "hotel",
    "hotel.choices",
    "hotel.models",
    "hotel.stays",
    "rooms",
    "rooms.log",
    "rooms.models",
    "portal",
    "portal.pages",
}


@pytest.mark.parametrize(
    ("module", "source", "offenders"),
    [
        ("rooms.log", "import hotel.stays", ["hotel.stays"]),
        ("rooms.log", "import hotel.stays as s, os", ["hotel.stays"]),
        ("rooms.log", "from hotel import stays, choices", ["hotel.stays"]),
        ("rooms.log", "from hotel.stays import check_out", ["hotel.stays"]),
        ("rooms.log", "def f():\n    from hotel.stays import check_out", ["hotel.stays"]),
        (
            "rooms.models",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import log",
            ["rooms.log"],
        ),
        ("rooms.models", "from .log import append", ["rooms.log"]),
        ("hotel.models", "from rooms.models import Room", ["rooms.models"]),
        ("hotel.stays", "from portal.pages import card", ["portal.pages"]),
        ("rooms.log", "import portal", ["portal"]),
        ("hotel.stays", "from rooms import log\nfrom rooms.models import Room", []),
        ("hotel.stays", "import os\nfrom django.db import models", []),
        ("portal.pages", "from portal import access\nfrom hotel import stays", []),
    ],
)
def test_the_walker_finds_an_arrow_that_runs_back(module, source, offenders):
    assert arrows_back(source, module, KNOWN) == offenders


def test_a_relative_import_in_a_package_itself_starts_from_the_package():
    assert arrows_back("from .log import append", "rooms", KNOWN, package=True) == ["rooms.log"]
    assert arrows_back("from ..hotel import stays", "rooms.log", KNOWN) == ["hotel.stays"]


def test_a_module_without_a_place_fails():
    with pytest.raises(AssertionError, match=r"hotel\.utils has no place"):
        arrows_back("", "hotel.utils", KNOWN)
    assert arrows_back("from hotel import utils", "portal.pages", {"hotel.utils"}) == [
        "hotel.utils"
    ]
