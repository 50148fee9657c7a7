"""How a hotel is set up: rooms added."""

from django.db import transaction

from hotel.exceptions import InvalidInput
from hotel.models import Hotel, Staff
from rooms import log
from rooms.choices import LogAction, RoomStatus, Source
from rooms.models import Room, RoomEvent


def add_rooms(rooms: list[Room], *, by: Staff | None, source: Source) -> None:
    """Insert new rooms of one hotel with an initial status from their flags, and log each.

    Status: occupied → OCCUPIED; out of order → OUT_OF_ORDER, returning as AVAILABLE, from today
    unless `out_of_order_from` is set; else AVAILABLE. Raises InvalidInput for a room that is both.
    """
    if not rooms:
        return
    hotel = rooms[0].hotel
    today = hotel.business_date()
    for room in rooms:
        if room.is_occupied and room.is_out_of_order:
            raise InvalidInput({"is_out_of_order": "An occupied room cannot be out of order."})
        if room.is_occupied:
            room.room_status = RoomStatus.OCCUPIED
        elif room.is_out_of_order:
            room.room_status = RoomStatus.OUT_OF_ORDER
            room.return_status = RoomStatus.AVAILABLE
            room.out_of_order_from = room.out_of_order_from or today
        else:
            room.room_status = RoomStatus.AVAILABLE
    with transaction.atomic():
        seq = log.take_seqs(hotel, len(rooms))
        for offset, room in enumerate(rooms):
            room.last_seq = seq + offset
        # A new room may bring a new floor to the pages' filters.
        Hotel.objects.filter(pk=hotel.pk).update(setup_seq=hotel.last_seq)
        Room.objects.bulk_create(rooms)
        RoomEvent.objects.bulk_create(
            RoomEvent(
                hotel=hotel,
                seq=room.last_seq,
                room=room,
                action=LogAction.ROOM_ADDED,
                to_status=room.room_status,
                actor=by,
                source=source,
                occurred_at=room.status_since,
                room_version=room.version,
            )
            for room in rooms
        )
