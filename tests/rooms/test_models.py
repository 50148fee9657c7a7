"""What must always hold about a room is refused by the database as well (design §2)."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from hotel.models import identifier
from rooms.choices import RoomStatus
from rooms.models import Room, RoomEvent, RoomType
from tests.factories import make_hotel, make_room, make_room_type

S = RoomStatus
TODAY = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (S.AVAILABLE, {"room_status": "HAUNTED"}),
        # Occupied and is_occupied agree.
        (S.OCCUPIED, {"is_occupied": False}),
        (S.AVAILABLE, {"is_occupied": True}),
        (S.CHECKOUT_DIRTY, {"room_status": S.OCCUPIED}),
        # Out of order, its flag and its dates agree.
        (S.OUT_OF_ORDER, {"is_out_of_order": False}),
        (S.AVAILABLE, {"is_out_of_order": True}),
        (S.AVAILABLE, {"is_out_of_order": True, "out_of_order_from": TODAY}),
        (S.OUT_OF_ORDER, {"out_of_order_from": None}),
        (S.AVAILABLE, {"out_of_order_from": TODAY}),
        (S.AVAILABLE, {"out_of_order_until": TODAY}),
        # A vacant room under maintenance is out of service.
        (S.AVAILABLE, {"maintenance_required": True, "maintenance_priority": "LOW"}),
        (S.READY_FOR_GUEST, {"maintenance_required": True, "maintenance_priority": "LOW"}),
        (S.CHECKOUT_DIRTY, {"maintenance_required": True, "maintenance_priority": "LOW"}),
        (S.CLEANING_IN_PROGRESS, {"maintenance_required": True, "maintenance_priority": "LOW"}),
        (S.CLEANED_UNINSPECTED, {"maintenance_required": True, "maintenance_priority": "LOW"}),
        (S.MAINTENANCE_REQUIRED, {"maintenance_required": False, "maintenance_priority": ""}),
        # A priority exists exactly while maintenance is open.
        (S.MAINTENANCE_REQUIRED, {"maintenance_priority": ""}),
        (S.MAINTENANCE_REQUIRED, {"maintenance_priority": "SOON"}),
        (S.AVAILABLE, {"maintenance_priority": "LOW"}),
        (S.OCCUPIED, {"maintenance_required": True}),
        # What it comes back as is known exactly while it is out of service.
        (S.MAINTENANCE_REQUIRED, {"return_status": ""}),
        (S.OUT_OF_ORDER, {"return_status": ""}),
        (S.OUT_OF_ORDER, {"return_status": S.OCCUPIED}),
        (S.MAINTENANCE_REQUIRED, {"return_status": S.OUT_OF_ORDER}),
        (S.AVAILABLE, {"return_status": S.AVAILABLE}),
        (S.OCCUPIED, {"return_status": S.CHECKOUT_DIRTY}),
        # Until when, and whether it cannot be sold, are known only of an open maintenance.
        (S.AVAILABLE, {"maintenance_until": TODAY}),
        (S.OCCUPIED, {"maintenance_stops_sale": True}),
        # A room with a guest is in use.
        (S.OCCUPIED, {"is_active": False}),
    ],
)
def test_a_room_that_contradicts_itself_is_refused(status, fields, hotel):
    room = make_room(hotel=hotel, status=status)

    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.filter(pk=room.pk).update(**fields)

    room.refresh_from_db()
    assert room.room_status == status


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (S.OCCUPIED, {"maintenance_required": True, "maintenance_priority": "LOW"}),
        (S.OUT_OF_ORDER, {"maintenance_required": True, "maintenance_priority": "HIGH"}),
        (S.OUT_OF_ORDER, {"out_of_order_until": TODAY}),
        (S.MAINTENANCE_REQUIRED, {"return_status": S.READY_FOR_GUEST}),
        (S.MAINTENANCE_REQUIRED, {"return_status": S.CLEANING_IN_PROGRESS}),
        (S.MAINTENANCE_REQUIRED, {"maintenance_until": TODAY, "maintenance_stops_sale": True}),
        (S.CHECKOUT_DIRTY, {"is_active": False}),
    ],
)
def test_a_room_that_does_not_is_kept(status, fields, hotel):
    room = make_room(hotel=hotel, status=status)

    assert Room.objects.filter(pk=room.pk).update(**fields) == 1


def test_a_number_is_given_once_in_a_hotel(hotel):
    make_room(hotel=hotel, number="204")
    make_room(hotel=make_hotel(), number="204")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_room(hotel=hotel, number="204")


def test_a_types_code_is_given_once_in_a_hotel(hotel):
    make_room_type(hotel=hotel, code="D")

    with pytest.raises(IntegrityError), transaction.atomic():
        RoomType.objects.create(hotel=hotel, code="D", name="Another")


@pytest.mark.parametrize("same", [{"seq": 7}, {"request_id": "tap-1"}])
def test_a_seq_and_a_request_id_are_given_once_in_a_hotel(same, hotel):
    event = {"action": "mark_dirty", "source": "PORTAL", "occurred_at": "2026-03-01T12:00Z"}
    numbers = iter(range(1, 9))

    def write(house):
        with transaction.atomic():
            RoomEvent.objects.create(hotel=house, **{"seq": next(numbers), **event, **same})

    write(hotel)
    write(make_hotel())
    with pytest.raises(IntegrityError):
        write(hotel)


def test_events_without_a_request_id_do_not_clash(hotel):
    for seq in (1, 2):
        RoomEvent.objects.create(
            hotel=hotel,
            seq=seq,
            action="mark_dirty",
            source="PORTAL",
            occurred_at="2026-03-01T12:00Z",
        )

    assert hotel.events.count() == 2


@pytest.mark.parametrize(
    ("status", "fields", "is_bookable"),
    [
        (S.AVAILABLE, {}, True),
        (S.READY_FOR_GUEST, {}, True),
        (S.AVAILABLE, {"is_active": False}, False),
        (S.OCCUPIED, {}, False),
        (S.CHECKOUT_DIRTY, {}, False),
        (S.CLEANING_IN_PROGRESS, {}, False),
        (S.CLEANED_UNINSPECTED, {}, False),
        (S.MAINTENANCE_REQUIRED, {}, False),
        (S.OUT_OF_ORDER, {}, False),
    ],
)
def test_ready_now_is_the_same_for_one_room_and_for_all(status, fields, is_bookable, hotel):
    room = make_room(hotel=hotel, status=status, **fields)

    assert room.is_bookable is is_bookable
    assert Room.objects.bookable().filter(pk=room.pk).exists() is is_bookable


READY_BENEATH = {"status": S.MAINTENANCE_REQUIRED, "return_status": S.READY_FOR_GUEST}


@pytest.mark.parametrize(
    ("fields", "is_givable"),
    [
        ({**READY_BENEATH, "priority": "LOW"}, True),
        ({**READY_BENEATH, "priority": "LOW", "return_status": S.AVAILABLE}, True),
        ({**READY_BENEATH, "priority": "LOW", "return_status": S.CLEANED_UNINSPECTED}, False),
        ({**READY_BENEATH, "priority": "LOW", "return_status": S.CHECKOUT_DIRTY}, False),
        ({**READY_BENEATH, "priority": "LOW", "maintenance_stops_sale": True}, False),
        ({**READY_BENEATH, "priority": "LOW", "is_active": False}, False),
        ({**READY_BENEATH, "priority": "MED"}, False),
        ({**READY_BENEATH, "priority": "HIGH"}, False),
        ({**READY_BENEATH, "priority": "LOW", "status": S.OUT_OF_ORDER}, False),
        ({"status": S.OCCUPIED, "priority": "LOW"}, False),
        ({"status": S.READY_FOR_GUEST}, False),
    ],
)
def test_ready_but_for_a_small_fault_is_the_same_for_one_room_and_for_all(
    fields, is_givable, hotel
):
    room = make_room(hotel=hotel, **fields)

    assert room.is_givable_with_fault is is_givable
    assert Room.objects.givable_with_fault().filter(pk=room.pk).exists() is is_givable
    assert not (is_givable and room.is_bookable)


@pytest.mark.parametrize("word", ["101", "B-2", "_a.", "0"])
def test_an_identifier_has_a_letter_or_a_digit(word):
    identifier(word)


@pytest.mark.parametrize("word", ["", ".", "..", "-", "_.-", "101\n", "1 1", "1/2"])
def test_what_an_address_could_not_hold_is_no_identifier(word):
    with pytest.raises(ValidationError):
        identifier(word)
