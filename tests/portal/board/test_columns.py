"""The board's columns: every status has one, with its own words and colour."""

import re

from django.conf import settings

from hotel.choices import Role
from portal.board.columns import COLUMN_OF, COLUMNS, FIRST_COLUMN
from portal.navigation import PAGES
from rooms.choices import RoomStatus

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"


def test_every_status_stands_in_exactly_one_column():
    placed = [status for column in COLUMNS for status in column.group.statuses]

    assert sorted(placed) == sorted(RoomStatus)
    assert set(COLUMN_OF) == set(RoomStatus)


def test_no_two_columns_look_or_sound_alike():
    for told in ("key", "label", "icon", "empty"):
        assert len({getattr(column, told) for column in COLUMNS}) == len(COLUMNS), told


def test_every_role_has_a_first_column_that_exists():
    assert set(FIRST_COLUMN) == set(Role)
    assert set(FIRST_COLUMN.values()) <= {column.group for column in COLUMNS}


def test_every_icon_that_a_page_names_is_in_the_sprite():
    drawn = set(
        re.findall(r'<symbol[^>]* id="([\w-]+)"', (STATIC / "vendor/icons.svg").read_text())
    )
    named = {column.icon for column in COLUMNS} | {page.icon for page in PAGES}
    for template in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r'icon\.html" with name="([\w-]+)"', template.read_text()))

    assert named - drawn == set()


def test_every_column_has_its_colour():
    style = (STATIC / "css/readyroom.css").read_text()

    assert [column.key for column in COLUMNS if f".{column.key}" not in style] == []
