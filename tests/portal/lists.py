"""A list's first column, and the rows of a CSV file."""

import csv
import io

from tests.portal.reading import read


def numbers(response) -> list[str]:
    return [row.all("td")[0].text for row in read(response).one("tbody").all("tr")]


def table(response) -> list[list[str]]:
    """Return a CSV's lines."""
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
