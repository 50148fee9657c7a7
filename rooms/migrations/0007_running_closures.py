"""Rooms that are out of order have a running closure from now on; those of before get theirs."""

import zoneinfo

from django.db import migrations
from django.utils import timezone


def add_closures(apps, schema_editor):
    Room, Closure = apps.get_model("rooms", "Room"), apps.get_model("rooms", "Closure")
    now = timezone.now()
    closed = Room.objects.filter(is_out_of_order=True).select_related("hotel")
    for room in closed.exclude(closures__kind="OUT_OF_ORDER", closures__status="RUNNING"):
        today = now.astimezone(zoneinfo.ZoneInfo(room.hotel.time_zone)).date()
        start, until = room.out_of_order_from, room.out_of_order_until
        # An end that has passed did not end anything until now, and nobody has looked at the room.
        kept = until if until is not None and until > max(start, today) else None
        Closure.objects.create(
            room=room,
            kind="OUT_OF_ORDER",
            status="RUNNING",
            start=start,
            until=kept,
            reason=room.out_of_order_reason,
            planned_by=room.status_by,
            planned_at=room.status_since,
        )


class Migration(migrations.Migration):
    dependencies = [("rooms", "0006_faults_beneath_the_clean")]

    operations = [migrations.RunPython(add_closures, migrations.RunPython.noop)]
