"""How a CSV file is read, line by line."""

import gzip

import pytest

from portal.imports.lines import UnreadableFile, read
from portal.imports.stays import STAY_COLUMNS, import_stays
from tests.portal.importing import reasons


def test_a_line_that_is_not_utf8_is_one_bad_line(hotel, stays_file):
    path = stays_file({"meal": "MEAL"}, {"booking_id": "R-2"})
    path.write_bytes(path.read_bytes().replace(b"MEAL", "café".encode("latin-1")))
    result = import_stays(hotel, read(path, STAY_COLUMNS))

    assert reasons(result) == ["line 2: meal: not UTF-8 text, or it contains a control character"]
    assert hotel.bookings.get().booking_id == "R-2"


def test_a_quote_that_is_never_closed_says_what_it_swallowed(hotel, add_stays):
    result = add_stays({}, {"booking_id": "R-2", "meal": '"BB'}, {"booking_id": "R-3"})

    assert reasons(result) == ["line 3: not CSV up to line 4: unexpected end of data"]
    assert hotel.bookings.get().booking_id == "R-1"


def test_lines_are_counted_as_an_editor_counts_them(hotel, stays_file):
    path = stays_file({}, {"booking_id": "R-2", "adults": "x"})
    header, first, second = path.read_text().splitlines()
    path.write_text("\r\n".join([header, first, "", "", second, ""]))
    result = import_stays(hotel, read(path, STAY_COLUMNS))

    assert reasons(result) == ["line 5: adults: “x” is not a whole number"]


def test_a_byte_order_mark_and_windows_line_ends_are_taken(hotel, stays_file):
    path = stays_file({})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert import_stays(hotel, read(path, STAY_COLUMNS)).added == 1


def test_a_gzipped_file_is_read(hotel, stays_file):
    path = stays_file({})
    packed = path.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))

    assert import_stays(hotel, read(packed, STAY_COLUMNS)).added == 1


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\nR-1\n", "is empty"),
        ("short.csv", b"booking_id,check_in,status\n", "Missing columns: check_out, room_type."),
        ("twice.csv", ",".join([*STAY_COLUMNS, "status"]).encode(), "names a column twice"),
        ("utf16.csv", "booking_id,check_in".encode("utf-16"), "not UTF-8"),
        ("packed.csv", gzip.compress(b"booking_id", mtime=0), "must end in .gz"),
        ("plain.csv.gz", b"booking_id,check_in", "cannot be unpacked"),
        (
            "cut.csv.gz",
            gzip.compress(",".join(STAY_COLUMNS).encode(), mtime=0)[:-6],
            "cannot be unpacked",
        ),
        ("broken.csv", b'"a"b,c\n', "The first line is not CSV"),
        (
            "header.csv.gz",
            gzip.compress(b"x" * 99, mtime=0)[:12] + b"\xff" * 40,
            "cannot be unpacked",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, name, content, why):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=why):
        list(read(path, STAY_COLUMNS))


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(UnreadableFile, match="No such file"):
        list(read(tmp_path / "none.csv", STAY_COLUMNS))
