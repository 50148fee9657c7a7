"""Rooms and stays from CSV: what is written, what is told, what is refused."""

import datetime as dt
import gzip

import pytest
from django.core.management import CommandError, call_command

from portal.imports.lines import UnreadableFile, read
from portal.imports.records import BadLines
from portal.imports.rooms import import_rooms
from portal.imports.stays import STAY_COLUMNS, import_stays
from rooms.choices import LogAction, RoomStatus, Source
from rooms.models import Room, RoomEvent, RoomType
from stays.choices import BookingStatus
from stays.models import Booking
from tests.factories import make_hotel, make_room

STAY = {
    "booking_id": "R-1",
    "booked_on": "2016-06-01",
    "check_in": "2016-07-03",
    "check_out": "2016-07-05",
    "room_type": "A",
    "assigned_room_type": "D",
    "adults": "2",
    "children": "1",
    "babies": "0",
    "meal": "BB",
    "country": "PRT",
    "special_requests": "3",
    "status": "COMPLETED",
    "status_date": "2016-07-05",
}


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


def reasons(result) -> list[str]:
    return [str(bad) for bad in result.bad]


def moment(hotel, text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=hotel.tz)


# Stays


def test_a_completed_stay_gets_its_times_and_the_type_given(hotel, add_stays):
    result = add_stays({"status_date": "2016-07-04"})

    stay = hotel.bookings.get()
    assert (result.added, result.already, result.bad) == (1, 0, [])
    assert stay.booking_id == "R-1"
    assert stay.status == BookingStatus.COMPLETED
    assert (stay.check_in, stay.check_out) == (dt.date(2016, 7, 3), dt.date(2016, 7, 5))
    assert stay.checked_in_at == moment(hotel, "2016-07-03 15:00")
    assert stay.checked_out_at == moment(hotel, "2016-07-04 11:00")
    assert (stay.room_type.code, stay.given_room_type.code, stay.room) == ("A", "D", None)
    assert (stay.adults, stay.children, stay.babies) == (2, 1, 0)
    assert (stay.meal, stay.country, stay.special_requests) == ("BB", "PRT", 3)
    assert stay.booked_on == dt.date(2016, 6, 1)
    assert stay.guest_name == "Guest R-1"


def test_times_are_the_hotels_own(db, stays_file):
    hotel = make_hotel(time_zone="Asia/Tokyo", checkout_time=dt.time(12, 0))
    import_stays(hotel, read(stays_file({}), STAY_COLUMNS))

    stay = hotel.bookings.get()
    assert stay.checked_in_at == dt.datetime(2016, 7, 3, 6, 0, tzinfo=dt.UTC)
    assert stay.checked_out_at == dt.datetime(2016, 7, 5, 3, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("check_out", ["2016-07-03", "2016-07-09"])
def test_who_left_on_the_day_of_arrival_left_after_it(hotel, add_stays, check_out):
    add_stays({"check_out": check_out, "status_date": "2016-07-03"})

    stay = hotel.bookings.get()
    assert stay.checked_in_at == moment(hotel, "2016-07-03 10:00")
    assert stay.checked_out_at == moment(hotel, "2016-07-03 17:00")


@pytest.mark.parametrize("status", ["CANCELLED", "NO_SHOW"])
def test_a_stay_that_did_not_come_has_no_times_and_was_given_nothing(hotel, add_stays, status):
    add_stays({"status": status, "status_date": "2016-05-01"})

    stay = hotel.bookings.get()
    assert stay.status == status
    assert (stay.checked_in_at, stay.checked_out_at, stay.given_room_type) == (None, None, None)


def test_only_the_required_columns_are_needed_and_others_are_ignored(hotel, add_stays):
    add_stays({"agent": "9"}, columns=(*STAY_COLUMNS, "agent"))

    stay = hotel.bookings.get()
    assert (stay.adults, stay.children, stay.meal, stay.booked_on) == (1, 0, "", None)
    assert stay.given_room_type.code == "A"
    assert stay.checked_out_at == moment(hotel, "2016-07-05 11:00")


def test_a_guests_name_is_taken_where_there_is_one(hotel, add_stays):
    add_stays({"guest_name": "Zoë Nuñez"}, columns=(*STAY, "guest_name"))

    assert hotel.bookings.get().guest_name == "Zoë Nuñez"


def test_a_confirmed_booking_is_told_to_the_log_and_history_is_not(hotel, add_stays):
    today = hotel.business_date()
    coming = {"status": "CONFIRMED", "check_in": str(today), "check_out": str(today)}
    add_stays({}, coming | {"booking_id": "R-2"}, coming | {"booking_id": "R-3"})

    events = list(hotel.events.order_by("seq"))
    assert [(event.seq, event.action) for event in events] == [
        (1, LogAction.BOOKING_CREATED),
        (2, LogAction.BOOKING_CREATED),
        (3, LogAction.SETUP_CHANGED),
    ]
    assert [event.booking.booking_id for event in events[:2]] == ["R-2", "R-3"]
    assert events[2].notes == "3 stays imported"
    assert {event.source for event in events} == {Source.IMPORT}
    hotel.refresh_from_db()
    assert (hotel.last_seq, hotel.setup_seq) == (3, 3)


def test_a_type_that_no_room_has_is_created_and_told(hotel, add_stays):
    make_room(hotel=hotel, room_type=RoomType.objects.create(hotel=hotel, code="A", name="Plain"))
    result = add_stays({})

    assert (result.new_types, result.roomless) == (["D"], ["D"])
    assert hotel.room_types.get(code="A").name == "Plain"


def test_a_repeat_imports_nothing_twice(hotel, add_stays):
    rows = [{"booking_id": f"R-{n}"} for n in range(1, 4)]
    add_stays(*rows[:2])
    seq = RoomEvent.objects.count()
    result = add_stays(*rows[:2])

    assert (result.added, result.already) == (0, 2)
    assert RoomEvent.objects.count() == seq
    assert (add_stays(*rows).added, hotel.bookings.count()) == (1, 3)


def test_a_stay_that_is_there_is_left_as_it_is(hotel, add_stays):
    add_stays({"adults": "2"})
    add_stays({"adults": "4"})

    assert hotel.bookings.get().adults == 2


def test_booking_ids_of_another_hotel_do_not_count(add_stays, stays_file):
    add_stays({})
    other = make_hotel()

    assert import_stays(other, read(stays_file({}), STAY_COLUMNS)).added == 1


BAD_STAYS = [
    ({"booking_id": ""}, "booking_id: missing"),
    ({"booking_id": "R 1"}, "booking_id: “R 1”: Use letters, digits, dots, dashes."),
    ({"booking_id": "R" * 41}, "booking_id: 41 characters, at most 40"),
    ({"check_in": ""}, "check_in: missing"),
    ({"check_out": "05/07/2016"}, "check_out: “05/07/2016” is not a date such as 2016-07-31"),
    ({"check_out": "2016-02-30"}, "check_out: “2016-02-30” is not a date such as 2016-07-31"),
    ({"check_out": "20160705"}, "check_out: “20160705” is not a date such as 2016-07-31"),
    ({"check_in": "0016-07-03"}, "check_in: the year 16 is out of range"),
    ({"check_out": "9999-12-31"}, "check_out: the year 9999 is out of range"),
    ({"check_out": "2016-07-02"}, "check_out: 2016-07-02 is before the arrival, 2016-07-03"),
    ({"check_out": "2019-07-02"}, "check_out: 1094 nights, at most 400"),
    ({"room_type": ""}, "room_type: missing"),
    (
        {"assigned_room_type": "a/b"},
        "assigned_room_type: “a/b”: Use letters, digits, dots, dashes.",
    ),
    ({"status": ""}, "status: missing"),
    ({"status": "LOST"}, "status: “LOST” is unknown"),
    (
        {"status": "IN_HOUSE"},
        "status: IN_HOUSE cannot be imported; import it as CONFIRMED, then check it in",
    ),
    ({"status": "CONFIRMED"}, "status: CONFIRMED, but the stay ended on 2016-07-05"),
    ({"status_date": "2016-07-02"}, "status_date: 2016-07-02 is before the arrival, 2016-07-03"),
    (
        {"status_date": "2199-07-02"},
        "status_date: a completed stay cannot end in the future, on 2199-07-02",
    ),
    ({"adults": "-1"}, "adults: “-1” is not a whole number"),
    ({"adults": "1.5"}, "adults: “1.5” is not a whole number"),
    ({"adults": "²"}, "adults: “²” is not a whole number"),
    ({"children": "1000"}, "children: 1000 is not between 0 and 999"),
    ({"babies": "9" * 5000}, "babies: 5000 characters, at most 100"),
    ({"country": "Portugal"}, "country: 8 characters, at most 4"),
    ({"meal": "b\x00b"}, "meal: not UTF-8 text, or it contains a control character"),
    ({"adults": "2,2"}, "15 values for 14 columns"),
    ({"meal": '"a"b'}, "not CSV: ',' expected after '\"'"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_STAYS)
def test_a_bad_line_is_told_with_its_number_and_the_others_are_imported(
    hotel, add_stays, row, reason
):
    result = add_stays({"booking_id": "R-8"}, row, {"booking_id": "R-9"})

    assert reasons(result) == [f"line 3: {reason}"]
    assert set(hotel.bookings.values_list("booking_id", flat=True)) == {"R-8", "R-9"}


def test_a_booking_id_that_comes_twice_is_bad_the_second_time(hotel, add_stays):
    result = add_stays({"adults": "1"}, {"adults": "2"})

    assert reasons(result) == ["line 3: R-1 is already on line 2"]
    assert hotel.bookings.get().adults == 1


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


def test_strict_tells_all_bad_lines_and_writes_nothing(hotel, add_stays):
    with pytest.raises(BadLines) as caught:
        add_stays({"booking_id": "R-8"}, {"adults": "x"}, {"status": "LOST"}, strict=True)

    assert [bad.number for bad in caught.value.bad] == [3, 4]
    assert not hotel.bookings.exists()
    assert not hotel.room_types.exists()
    assert not hotel.events.exists()


def test_a_fault_while_writing_leaves_nothing(hotel, add_stays, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr("portal.imports.stays.log.append", fail)
    with pytest.raises(RuntimeError):
        add_stays({})

    assert not hotel.bookings.exists()
    assert not hotel.room_types.exists()


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


# Rooms


def add_rooms_from(hotel, path, **given):
    return import_rooms(hotel, read(path, ("number", "room_type")), **given)


def test_rooms_get_their_initial_status_from_their_flags(hotel, rooms_file):
    path = rooms_file(
        "number,room_type,floor,section,is_active,is_occupied,is_out_of_order\n"
        "101,D,1,1A,true,false,false\n"
        "102,D,1,1A,yes,YES,no\n"
        "103,D,1,1B,1,0,1\n"
        "104,D,,,false,,\n"
    )
    result = add_rooms_from(hotel, path)

    found = {room.number: room for room in hotel.rooms.all()}
    assert result.added == 4
    assert {number: room.room_status for number, room in found.items()} == {
        "101": RoomStatus.AVAILABLE,
        "102": RoomStatus.OCCUPIED,
        "103": RoomStatus.OUT_OF_ORDER,
        "104": RoomStatus.AVAILABLE,
    }
    assert found["103"].return_status == RoomStatus.AVAILABLE
    assert found["103"].out_of_order_from == hotel.business_date()
    assert (found["101"].floor, found["101"].section) == ("1", "1A")
    assert not found["104"].is_active


def test_every_imported_room_is_in_the_log(hotel, rooms_file):
    add_rooms_from(hotel, rooms_file("number,room_type\n101,D\n102,D\n"))

    assert list(hotel.events.order_by("seq").values_list("seq", "action", "source")) == [
        (1, LogAction.ROOM_ADDED, Source.IMPORT),
        (2, LogAction.ROOM_ADDED, Source.IMPORT),
    ]


def test_a_missing_room_type_is_created_as_its_first_line_says(hotel, rooms_file):
    path = rooms_file(
        "number,room_type,room_type_name,departure_minutes,stayover_minutes\n"
        "101,D,Double,35,17\n"
        "102,D,Other,99,\n"
        "103,S,,,\n"
    )
    result = add_rooms_from(hotel, path)

    double, single = hotel.room_types.all()
    assert result.new_types == ["D", "S"]
    assert (double.name, double.departure_minutes, double.stayover_minutes) == ("Double", 35, 17)
    assert (single.name, single.departure_minutes, single.stayover_minutes) == ("Type S", 30, 15)


def test_a_room_that_is_there_is_left_as_it_is(hotel, rooms_file):
    room = make_room(hotel=hotel, number="101", floor="7")
    seq = RoomEvent.objects.count()
    result = add_rooms_from(hotel, rooms_file("number,room_type,floor\n101,X,1\n"))

    room.refresh_from_db()
    assert (result.added, result.already, result.new_types) == (0, 1, [])
    assert room.floor == "7"
    assert RoomEvent.objects.count() == seq


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",D,1,no,no,no,30", "number: missing"),
        ("10 1,D,1,no,no,no,30", "number: “10 1”: Use letters, digits, dots, dashes."),
        ("12345678901,D,1,no,no,no,30", "number: 11 characters, at most 10"),
        ("102,,1,no,no,no,30", "room_type: missing"),
        ("102,D,1,maybe,no,no,30", "is_active: “maybe” is neither yes nor no"),
        (
            "102,D,1,yes,yes,yes,30",
            "is_out_of_order: an occupied room cannot be out of order",
        ),
        ("102,D,1,no,yes,no,30", "is_active: a room that is not in use cannot be occupied"),
        ("102,D,1,yes,no,no,0", "departure_minutes: 0 is not between 1 and 1440"),
        ("101,D,1,yes,no,no,30", "101 is already on line 2"),
    ],
)
def test_a_bad_room_is_told_and_the_others_are_imported(hotel, rooms_file, line, reason):
    head = "number,room_type,floor,is_active,is_occupied,is_out_of_order,departure_minutes\n"
    result = add_rooms_from(
        hotel, rooms_file(f"{head}101,D,1,yes,no,no,30\n{line}\n109,D,1,yes,no,no,30\n")
    )

    assert reasons(result) == [f"line 3: {reason}"]
    assert set(hotel.rooms.values_list("number", flat=True)) == {"101", "109"}


def test_strict_rooms_are_all_or_none(hotel, rooms_file):
    with pytest.raises(BadLines):
        add_rooms_from(hotel, rooms_file("number,room_type\n101,D\n102,\n"), strict=True)

    assert not hotel.rooms.exists()
    assert not hotel.room_types.exists()


# The commands


def test_the_command_tells_what_it_did(hotel, stays_file, capsys):
    call_command("import_stays", hotel.slug, stays_file({}, {"booking_id": "R-2", "adults": "x"}))

    told = capsys.readouterr()
    assert told.out == (
        "Stays: 1 added, 0 already there.\nNew room types: A, D.\nRoom types without rooms: A, D.\n"
    )
    assert told.err == ("line 3: adults: “x” is not a whole number\n1 bad line, not imported.\n")


def test_the_strict_command_fails_and_tells_every_bad_line(hotel, stays_file, capsys):
    path = stays_file({}, {"adults": "x"}, {"status": "LOST"})
    with pytest.raises(CommandError, match="2 bad lines: nothing was imported"):
        call_command("import_stays", hotel.slug, path, strict=True)

    assert capsys.readouterr().err.splitlines() == [
        "line 3: adults: “x” is not a whole number",
        "line 4: status: “LOST” is unknown",
    ]
    assert not Booking.objects.exists()


def test_the_rooms_command_imports_rooms(hotel, rooms_file, capsys):
    call_command("import_rooms", hotel.slug, rooms_file("number,room_type\n101,D\n"))

    assert capsys.readouterr().out.startswith("Rooms: 1 added, 0 already there.")
    assert Room.objects.get().number == "101"


def test_an_unknown_hotel_is_refused_with_the_names_there_are(hotel, stays_file):
    with pytest.raises(CommandError, match=r"no hotel “moon”\. Hotels: grand"):
        call_command("import_stays", "moon", stays_file({}))


def test_a_file_without_the_columns_is_refused(hotel, rooms_file):
    with pytest.raises(CommandError, match="Missing columns: number"):
        call_command("import_rooms", hotel.slug, rooms_file("room,room_type\n"))
