"""What must always hold of a hotel (design §2), asked of the database itself.

Raw SQL on purpose: neither the models' constraints nor the service's code takes part.
"""

from django.db import connection

from hotel.models import Hotel

# One line for each room that breaks a rule, with the rule's name.
BROKEN_ROOMS = """
SELECT room.number,
  CASE
    WHEN (room.room_status = 'OCCUPIED') <> room.is_occupied THEN 'occupied, flag'
    WHEN (room.room_status = 'OUT_OF_ORDER') <> room.is_out_of_order THEN 'out of order, flag'
    WHEN room.maintenance_required AND room.room_status NOT IN
      ('OCCUPIED', 'MAINTENANCE_REQUIRED', 'OUT_OF_ORDER') THEN 'maintenance, in service'
    WHEN room.room_status = 'MAINTENANCE_REQUIRED' AND NOT room.maintenance_required
      THEN 'under maintenance, none open'
    WHEN room.maintenance_required <> (room.maintenance_priority IN ('LOW', 'MED', 'HIGH'))
      THEN 'priority while maintenance is open'
    WHEN NOT room.maintenance_required AND room.maintenance_priority <> ''
      THEN 'priority without maintenance'
    WHEN (room.room_status IN ('MAINTENANCE_REQUIRED', 'OUT_OF_ORDER')) <> (room.return_status IN
      ('CHECKOUT_DIRTY', 'CLEANED_UNINSPECTED', 'READY_FOR_GUEST', 'AVAILABLE'))
      THEN 'return status while out of service'
    WHEN room.return_status <> '' AND room.room_status NOT IN
      ('MAINTENANCE_REQUIRED', 'OUT_OF_ORDER') THEN 'return status in service'
    WHEN (room.room_status = 'OCCUPIED') <> (1 = stays.in_house) THEN 'one stay in house'
  END AS rule
FROM (
  SELECT room.id, COUNT(stay.id) AS in_house
  FROM rooms_room AS room
  LEFT JOIN stays_booking AS stay
    ON stay.room_id = room.id AND stay.status = 'IN_HOUSE' AND stay.shares_with_id IS NULL
  WHERE room.hotel_id = %s
  GROUP BY room.id
) AS stays
JOIN rooms_room AS room ON room.id = stays.id
"""

# Guests have their stay's room while it is in house, and no room otherwise.
MISPLACED_GUESTS = """
SELECT COUNT(*)
FROM stays_guest AS guest
JOIN stays_booking AS stay ON stay.id = guest.booking_id
WHERE stay.hotel_id = %s AND CASE
  WHEN stay.status = 'IN_HOUSE' THEN guest.room_id IS NULL OR guest.room_id <> stay.room_id
  ELSE guest.room_id IS NOT NULL
END
"""

HOMELESS_STAYS = """
SELECT COUNT(*)
FROM stays_booking AS stay
WHERE stay.hotel_id = %s AND stay.status = 'IN_HOUSE' AND NOT EXISTS (
  SELECT 1 FROM stays_guest AS guest
  WHERE guest.booking_id = stay.id AND guest.room_id = stay.room_id
)
"""

# Of sharers in house, one holds the room and the others point at it, in the same room.
LOST_SHARERS = """
SELECT COUNT(*)
FROM stays_booking AS stay JOIN stays_booking AS holder ON holder.id = stay.shares_with_id
WHERE stay.hotel_id = %s AND stay.status = 'IN_HOUSE' AND (
  holder.status <> 'IN_HOUSE' OR holder.room_id <> stay.room_id OR holder.shares_with_id IS NOT NULL
)
"""

NEW_EVENTS = """
SELECT seq, action, from_status, to_status
FROM rooms_roomevent WHERE hotel_id = %s AND seq > %s ORDER BY seq
"""


class Watch:
    """Looks at a hotel after each change: rooms, stays, and whatever is new in its log."""

    def __init__(self, hotel: Hotel) -> None:
        self.hotel = hotel
        self.looks = 0
        with connection.cursor() as cursor:
            self.last_seq = self._last_seq(cursor)

    def look(self) -> None:
        """Fail where a room breaks a rule, the log has a gap, or an unready room was given."""
        self.looks += 1
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT * FROM ({BROKEN_ROOMS}) AS broken WHERE rule IS NOT NULL", [self.hotel.pk]
            )
            broken = cursor.fetchall()
            assert not broken, broken
            cursor.execute(NEW_EVENTS, [self.hotel.pk, self.last_seq])
            events = cursor.fetchall()
            last_seq = self._last_seq(cursor)
        seqs = [seq for seq, *_ in events]
        assert seqs == list(range(self.last_seq + 1, last_seq + 1)), f"{seqs}, not to {last_seq}"
        for _, action, from_status, to_status in events:
            if action == "check_in":
                assert from_status in ("AVAILABLE", "READY_FOR_GUEST"), from_status
                assert to_status == "OCCUPIED", to_status
        self.last_seq = last_seq

    def look_at_guests(self) -> None:
        """Fail where a guest has a room without a stay in house, or the other way round."""
        with connection.cursor() as cursor:
            for query in (MISPLACED_GUESTS, HOMELESS_STAYS, LOST_SHARERS):
                cursor.execute(query, [self.hotel.pk])
                (misplaced,) = cursor.fetchone()
                assert misplaced == 0, f"{misplaced} misplaced"

    def _last_seq(self, cursor) -> int:
        cursor.execute("SELECT last_seq FROM hotel_hotel WHERE id = %s", [self.hotel.pk])
        return cursor.fetchone()[0]
