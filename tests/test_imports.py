"""The house has one direction: a module imports from what stands below it, never from above.

docs/design.md §1. Whoever adds a module gives it a place in ORDER; without one the test fails.
"""

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("hotel", "rooms", "stays", "simulation", "portal", "config")

# From the bottom to the top. Modules of one line may import each other. The first pattern that
# matches a module is its place, so `*` at the end of a line never catches what is named before.
ORDER: tuple[tuple[str, ...], ...] = (
    ("hotel",),
    ("hotel.choices", "hotel.exceptions"),
    ("hotel.models",),
    ("hotel.*",),
    ("rooms",),
    ("rooms.choices",),
    ("rooms.models", "rooms.change"),
    ("rooms.migrations", "rooms.migrations.*"),
    ("rooms.effects",),
    ("rooms.transitions",),
    ("rooms.permissions",),
    ("rooms.state_diagram",),
    ("rooms.log",),
    ("rooms.out_of_order",),
    ("rooms.perform", "rooms.setup"),
    ("rooms.closures",),
    ("rooms.reports", "rooms.reports.facts", "rooms.reports.counts"),
    ("rooms.reports.turn_times",),
    ("rooms.reports.attendants",),
    ("rooms.management", "rooms.management.*"),
    ("stays",),
    ("stays.choices",),
    ("stays.models",),
    ("stays.migrations", "stays.migrations.*"),
    ("stays.phase",),
    ("stays.availability", "stays.tape_chart"),
    ("stays.swaps", "stays.room_chart"),
    ("stays.room_plan",),
    ("stays.holds",),
    ("stays.rules",),
    ("stays.sharing",),
    ("stays.bookings", "stays.changes"),
    ("stays.closures", "stays.day_turn", "stays.rearrange"),
    ("stays.arrivals", "stays.overdue"),
    ("stays.readiness",),
    ("stays.departures", "stays.moves"),
    ("stays.reinstatement",),
    ("stays.undo",),
    ("simulation",),
    ("simulation.report", "simulation.roster", "simulation.demo_plan"),
    ("simulation.housekeeping", "simulation.unplanned"),
    ("simulation.replay",),
    ("simulation.demo_morning",),
    ("simulation.demo",),
    ("simulation.management", "simulation.management.*"),
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
    """Return the modules that `module` imports although they stand above it."""
    own = place(module)
    assert own is not None, f"{module} has no place in ORDER (docs/design.md §1): give it one."
    return [
        name
        for name in imported(source, module, known, package=package)
        if name != module and ((other := place(name)) is None or other > own)
    ]


def accessors() -> dict[str, str]:
    """Return what Django hangs on a model for each key that points at it: `bookings` → stays.

    `room.bookings` is an arrow from whoever writes it to the app of the key, though no import
    says so. RoomEvent.booking is the one key that points up, by name.
    """
    return {
        name: model._meta.app_label
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.is_relation and (name := field.remote_field.get_accessor_name())
    }


def attribute_arrows(source: str, module: str, found: dict[str, str]) -> list[str]:
    """Return the accessors in `source` that lead to an app above the module's own."""
    package = module.partition(".")[0]
    return [
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and (app := found.get(node.attr)) in PACKAGES
        and PACKAGES.index(app) > PACKAGES.index(package)
    ]


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_module_imports_only_from_what_stands_below_it(module: str):
    found = modules()
    path = found[module]
    back = arrows_back(
        path.read_text(encoding="utf-8"), module, set(found), package=path.stem == "__init__"
    )

    assert not back, (
        f"{module} imports {', '.join(back)}, which stands above it (docs/design.md §1)"
    )


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_module_follows_no_key_to_what_stands_above_it(module: str):
    back = attribute_arrows(modules()[module].read_text(encoding="utf-8"), module, accessors())

    assert not back, f"{module} follows {', '.join(back)} to an app above it (docs/design.md §1)"


def test_the_hotel_stands_at_the_bottom():
    found = modules()
    source = found["hotel.models"].read_text(encoding="utf-8")

    assert set(imported(source, "hotel.models", set(found))) == {"hotel.choices"}


def test_every_package_is_walked():
    found = modules()

    for module in (
        "hotel.models",
        "rooms.perform",
        "stays.undo",
        "portal.access",
        "config.settings",
    ):
        assert module in found


KNOWN = {
    "hotel",
    "hotel.choices",
    "hotel.models",
    "rooms",
    "rooms.log",
    "rooms.models",
    "stays",
    "stays.undo",
    "portal",
    "portal.navigation",
}


@pytest.mark.parametrize(
    ("module", "source", "offenders"),
    [
        ("rooms.log", "import stays.undo", ["stays.undo"]),
        ("rooms.log", "import stays.undo as s, os", ["stays.undo"]),
        ("rooms.log", "from stays import undo, choices", ["stays.undo", "stays"]),
        ("rooms.log", "from stays.undo import undo", ["stays.undo"]),
        ("rooms.log", "def f():\n    from stays.undo import undo", ["stays.undo"]),
        (
            "rooms.models",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import log",
            ["rooms.log"],
        ),
        ("rooms.models", "from .log import append", ["rooms.log"]),
        ("hotel.models", "from rooms.models import Room", ["rooms.models"]),
        ("stays.undo", "from portal.navigation import Page", ["portal.navigation"]),
        ("rooms.log", "import portal", ["portal"]),
        ("stays.undo", "from rooms import log\nfrom rooms.models import Room", []),
        ("stays.undo", "import os\nfrom django.db import models", []),
        ("portal.navigation", "from portal import access\nfrom stays import undo", []),
    ],
)
def test_the_walker_finds_an_arrow_that_runs_back(module, source, offenders):
    assert arrows_back(source, module, KNOWN) == offenders


def test_a_relative_import_in_a_package_itself_starts_from_the_package():
    assert arrows_back("from .log import append", "rooms", KNOWN, package=True) == ["rooms.log"]
    assert arrows_back("from ..stays import undo", "rooms.log", KNOWN) == ["stays.undo"]


def test_the_walker_finds_a_key_that_leads_up():
    source = "def f(room): return room.bookings.in_house(), room.hotel.rooms, room.hotel.staff"

    assert attribute_arrows(source, "rooms.log", accessors()) == ["bookings"]
    assert attribute_arrows(source, "hotel.models", accessors()) == ["rooms", "bookings"]
    assert attribute_arrows(source, "stays.undo", accessors()) == []


def test_a_module_without_a_place_fails():
    with pytest.raises(AssertionError, match=r"rooms\.utils has no place"):
        arrows_back("", "rooms.utils", KNOWN)
    assert arrows_back("from rooms import utils", "portal.navigation", {"rooms.utils"}) == [
        "rooms.utils"
    ]
