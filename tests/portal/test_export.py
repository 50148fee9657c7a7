"""CSV files: opened by a spreadsheet they show text and run nothing."""

import codecs
import datetime as dt

import pytest

from portal.export import as_text
from rooms.choices import Action, RoomStatus
from tests.acting import perform
from tests.factories import make_room, make_staff
from tests.portal.lists import table

S = RoomStatus


FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_note_in_the_csv_is_run_as_a_formula(hotel, get_list, formula):
    make_room(hotel=hotel, housekeeping_notes=formula)

    assert table(get_list("rooms", "?export=csv"))[1][7] == f"'{formula}"


@pytest.mark.parametrize(("field", "column"), [("floor", 1), ("section", 2)])
def test_neither_is_what_an_import_wrote(hotel, get_list, field, column):
    make_room(hotel=hotel, **{field: "=1+1"})

    assert table(get_list("rooms", "?export=csv"))[1][column] == "'=1+1"


def test_neither_is_a_floor_in_the_statistics(hotel, get_list):
    make_room(hotel=hotel, floor="=1+1")

    assert table(get_list("statistics", "?export=floors"))[1][0] == "'=1+1"


@pytest.mark.parametrize(
    ("note", "cell"),
    [
        ("\t=1+1", "'\t=1+1"),
        (" =1+1", "' =1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff20SUM", "'\uff20SUM"),
        ("wet;=1+1", "wet;'=1+1"),
        ("wet; -1+1", "wet;' -1+1"),
        ("wet\n=1+1", "wet\n'=1+1"),
        ("a=b; c", "a=b; c"),
    ],
)
def test_nor_behind_blanks_wide_signs_or_a_separator(note, cell):
    assert as_text(note) == cell


def test_the_csv_opens_as_utf8_and_tells_the_hotels_time(hotel, get_list):
    since = dt.datetime(2026, 7, 1, 11, 30, tzinfo=dt.UTC)
    make_room(hotel=hotel, status_since=since, housekeeping_notes="Doña Inés")

    response = get_list("rooms", "?export=csv")

    assert response.content.startswith(codecs.BOM_UTF8)
    (line,) = table(response)[1:]
    assert (line[5], line[7]) == ("2026-07-01 12:30:00+01:00", "Doña Inés")


@pytest.mark.parametrize("formula", FORMULAS[:4])
def test_nobodys_name_is_run_as_a_formula(hotel, get_list, formula):
    room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
    perform(Action.MARK_CLEANED, room, by=make_staff(hotel=hotel, name=formula))

    assert table(get_list("statistics", "?export=attendants"))[1][0] == f"'{formula}"
