"""A stay to import, and what an import said."""

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


def reasons(result) -> list[str]:
    return [str(bad) for bad in result.bad]
