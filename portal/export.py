"""Tables as CSV files that open right, and safely, in a spreadsheet."""

import codecs
import re

import django_tables2 as tables
from django.http import HttpResponse
from django_tables2.export.export import TableExport

# Where a spreadsheet would begin to calculate: at a cell's first sign, half or full width, blanks
# aside; and after whatever another country's spreadsheet takes for the end of a cell.
FORMULA = re.compile(r"(^|[;\t\r\n])(\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def as_text(value: str) -> str:
    """Return a cell that a spreadsheet shows and never runs as a formula; numbers stay numbers."""
    if value.removeprefix("-").isdecimal():
        return value
    text = FORMULA.sub(r"\1'\2", value)
    return f"'{text}" if text[:1] in ("\t", "\r") else text


def csv_response(table: tables.Table, name: str) -> HttpResponse:
    """Return the whole table as a file."""
    response = TableExport("csv", table).response(f"{name}.csv")
    # Without it Excel takes UTF-8 for the country's old character set.
    response.content = codecs.BOM_UTF8 + response.content
    return response
