"""Each attendant's cleans and inspection results, read from the log."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone

from hotel.choices import Role
from hotel.models import Hotel, Staff
from rooms.models import Room
from rooms.reports.facts import Clean, Inspection, read_facts
from rooms.reports.turn_times import FirstPass, first_pass, median_of


@dataclass(frozen=True, kw_only=True)
class AttendantRow:
    """What one member of staff cleaned in a period.

    `cleans` counts the rooms they marked cleaned, including re-cleans. `cleaning_minutes` is the
    median of those cleans that have a start, without pauses. `first_pass` and `failed` cover the
    inspections of their cleans in the period; `failed` includes re-cleans. `planned_minutes` is
    the sum of the room types' present departure minutes; re-cleans after a failed inspection do
    not count.
    """

    staff_id: int
    name: str
    role: Role
    cleans: int
    cleaning_minutes: float | None
    planned_minutes: int
    first_pass: FirstPass
    failed: int


def cleans_by_attendant(
    hotel: Hotel, days: int, at: dt.datetime | None = None
) -> list[AttendantRow]:
    """Return the attendants of the last `days` times 24 hours up to `at`, most cleans first.

    `at` defaults to now. An attendant whose earlier clean was inspected in the period also has a
    row. Runs three queries.
    """
    until = at or timezone.now()
    cleans: defaultdict[int, list[Clean]] = defaultdict(list)
    inspections: defaultdict[int, list[Inspection]] = defaultdict(list)
    for fact in read_facts(hotel, until - dt.timedelta(days=days), until):
        if isinstance(fact, Clean):
            cleans[fact.by].append(fact)
        elif isinstance(fact, Inspection) and fact.cleaned_by is not None:
            inspections[fact.cleaned_by].append(fact)
    rooms = Room.objects.filter(hotel=hotel)
    planned = dict(rooms.values_list("pk", "room_type__departure_minutes"))
    rows = []
    people = Staff.objects.filter(hotel=hotel, pk__in=cleans.keys() | inspections.keys())
    for person in people.select_related("user"):
        done, inspected = cleans[person.pk], inspections[person.pk]
        rows.append(
            AttendantRow(
                staff_id=person.pk,
                name=person.name,
                role=Role(person.role),
                cleans=len(done),
                cleaning_minutes=median_of(
                    clean.minutes for clean in done if clean.minutes is not None
                ),
                planned_minutes=sum(
                    planned[clean.room_id] for clean in done if not clean.after_failure
                ),
                first_pass=first_pass(inspected),
                failed=sum(not inspection.passed for inspection in inspected),
            )
        )
    return sorted(rows, key=lambda row: (-row.cleans, row.name.casefold(), row.staff_id))
