"""The day in docs/api.md, run as it is written there."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from hotel.choices import Role
from portal.models import ApiToken
from rooms.choices import RoomStatus
from rooms.models import Room
from stays.choices import BookingStatus
from stays.models import Booking
from tests.factories import make_hotel, make_room, make_staff

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"


@pytest.mark.django_db(transaction=True)
def test_the_day_in_curl_runs_as_written(live_server):
    (day,) = re.findall(r"```sh\n(.*?)```", DOCS.read_text(), re.DOTALL)
    hotel = make_hotel(slug="seaside")
    make_room(hotel=hotel, number="204", status=RoomStatus.READY_FOR_GUEST)
    roles = {"DESK": Role.FRONT_DESK, "CLEANER": Role.HOUSEKEEPER, "SUPERVISOR": Role.SUPERVISOR}
    tokens = {
        name: ApiToken.issue(staff=make_staff(hotel=hotel, role=role), name=name)[1]
        for name, role in roles.items()
    }

    run = subprocess.run(
        ["bash", "-euc", day],
        env={"PATH": os.environ["PATH"], "TZ": "UTC", "API": f"{live_server.url}/api", **tokens},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert answers[5]["room"]["room_status"] == RoomStatus.CLEANED_UNINSPECTED
    assert answers[7]["available_for_booking"] == 1
    assert [event["action"] for event in answers[-1]["events"]] == [
        "booking_created",
        "check_in",
        "check_out",
        "start_cleaning",
        "mark_cleaned",
        "pass_inspection",
        "booking_created",
        "room_assigned",
        "check_in",
        "mark_maintenance",
    ]
    assert Room.objects.get().room_status == RoomStatus.OCCUPIED
    assert Booking.objects.get(booking_id="PMS-8821").status == BookingStatus.COMPLETED
