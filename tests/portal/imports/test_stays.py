"""Stays from CSV: what is written, what the log says, which lines are bad."""

import datetime as dt

import pytest

from portal.imports import stays
from portal.imports.lines import read
from portal.imports.stays import STAY_COLUMNS, import_stays
from rooms import log
from rooms.choices import LogAction, Source
from rooms.models import RoomEvent, RoomType
from stays.choices import BookingStatus
from tests.factories import make_hotel, make_room
from tests.portal.importing import STAY, reasons


def moment(hotel, text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=hotel.tz)


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


@pytest.mark.parametrize(
    ("arrives", "nights", "people", "reason"),
    [
        (0, 1, {"adults": "2", "children": "1"}, None),
        (30, 1, {"adults": "2", "children": "1"}, None),
        (0, 1, {"adults": "3", "children": "0"}, "adults: Plain takes 2 adults at most."),
        (
            0,
            1,
            {"adults": "2", "children": "2"},
            "children: Plain takes 3 people at most, children included.",
        ),
        (31, 1, {"adults": "1", "children": "0"}, "check_in: Arrivals can be booked until"),
        (-1, 1, {"adults": "1", "children": "0"}, "status: CONFIRMED, but the stay ended on"),
        (-1, 2, {"adults": "1", "children": "0"}, None),
        (0, 0, {"adults": "1", "children": "0"}, None),
        (-1, 0, {"adults": "1", "children": "0"}, "status: CONFIRMED, but the stay ended on"),
    ],
)
def test_a_booking_to_come_keeps_to_the_limits_of_the_hotel_and_the_type(
    hotel, add_stays, arrives, nights, people, reason
):
    hotel.arrival_days_ahead = 30
    hotel.save()
    kind = RoomType.objects.create(hotel=hotel, code="A", name="Plain", max_adults=2, max_persons=3)
    make_room(hotel=hotel, room_type=kind)
    begins = hotel.business_date() + dt.timedelta(days=arrives)
    ends = begins + dt.timedelta(days=nights)
    row = {"status": "CONFIRMED", "check_in": f"{begins}", "check_out": f"{ends}", **people}

    result = add_stays(row)

    assert [bad.startswith(f"line 2: {reason}") for bad in reasons(result)] == [True] * bool(reason)
    assert result.added == (0 if reason else 1)


def test_history_is_what_it_was_whatever_the_limits_are_now(hotel, add_stays):
    RoomType.objects.create(hotel=hotel, code="A", name="Plain", max_adults=1, max_persons=1)

    assert add_stays({"adults": "4"}).added == 1


def test_a_fault_while_writing_leaves_nothing(hotel, add_stays, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr("portal.imports.stays.log.append", fail)
    with pytest.raises(RuntimeError):
        add_stays({})

    assert not hotel.bookings.exists()
    assert not hotel.room_types.exists()


def test_a_fault_halfway_leaves_whole_batches_and_the_same_file_adds_the_rest(
    hotel, add_stays, monkeypatch
):
    monkeypatch.setattr(stays, "BATCH", 2)
    day = str(hotel.business_date())
    coming = {"status": "CONFIRMED", "check_in": day, "check_out": day}
    lines = [{"booking_id": f"R-{n}", **coming} for n in range(5)]
    append, calls = log.append, []

    def fail_at_the_second(*args, **given):
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("full disk")
        return append(*args, **given)

    with monkeypatch.context() as patch:
        patch.setattr(log, "append", fail_at_the_second)
        with pytest.raises(RuntimeError, match="full disk"):
            add_stays(*lines)
    assert hotel.bookings.count() == 2

    result = add_stays(*lines)

    assert (result.added, result.already) == (3, 2)
    assert hotel.bookings.count() == 5
    hotel.refresh_from_db()
    events = RoomEvent.objects.filter(hotel=hotel).order_by("seq")
    assert [event.seq for event in events] == list(range(1, hotel.last_seq + 1))
    assert events.filter(action=LogAction.BOOKING_CREATED).count() == 5
