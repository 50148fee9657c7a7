"""Lists as a supervisor gets them, and CSV files to import."""

import pytest

from portal.imports.lines import read
from portal.imports.stays import STAY_COLUMNS, import_stays
from tests.portal.importing import STAY
from tests.portal.reading import address


@pytest.fixture
def get_list(sign_in, supervisor):
    """Return a list's answer to a supervisor."""
    client = sign_in(supervisor)

    def get_list(name, query="", **extra):
        response = client.get(address(name, supervisor.hotel) + query, **extra)
        assert response.status_code == 200
        return response

    return get_list


@pytest.fixture
def stays_file(tmp_path):
    """Write a stays file, each row given as what differs from STAY, and return its path."""

    def stays_file(*rows: dict[str, str], columns=tuple(STAY)):
        path = tmp_path / "stays.csv"
        lines = [",".join(columns)]
        lines += [",".join((STAY | row).get(name, "") for name in columns) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return stays_file


@pytest.fixture
def rooms_file(tmp_path):
    def rooms_file(text: str):
        path = tmp_path / "rooms.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return rooms_file


@pytest.fixture
def add_stays(hotel, stays_file):
    """Import rows through the real file and return the outcome."""

    def add_stays(*rows: dict[str, str], strict: bool = False, **given):
        return import_stays(hotel, read(stays_file(*rows, **given), STAY_COLUMNS), strict=strict)

    return add_stays
