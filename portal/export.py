"""Export tables as CSV files that are safe to open in a spreadsheet."""

import codecs
import re

import django_tables2 as tables
from django.http import HttpResponse
from django_tables2.export.export import TableExport

# Characters with which a formula starts, also in full width: at the start of a cell, after any
# spaces, and after a character that separates cells in some locales.
FORMULA = re.compile(r"(^|[;\t\r\n])(\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def as_text(value: str) -> str:
    """Return the text escaped so that no spreadsheet runs it as a formula."""
    if value.removeprefix("-").isdecimal():
        return value
    text = FORMULA.sub(r"\1'\2", value)
    return f"'{text}" if text[:1] in ("\t", "\r") else text


def csv_response(table: tables.Table, name: str) -> HttpResponse:
    """Return all rows of the table as the CSV file `name`.csv."""
    response = TableExport("csv", table).response(f"{name}.csv")
    # Without the byte order mark, Excel does not read the file as UTF-8.
    response.content = codecs.BOM_UTF8 + response.content
    return response
