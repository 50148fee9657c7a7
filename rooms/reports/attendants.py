"""Who cleaned what, and how much of it passed at once."""

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

    `cleans` counts the rooms they marked cleaned, re-cleans among them; `cleaning_minutes` is the
    median of those with a start, pauses left out. `first_pass` and `failed` are the inspections
    in the period of what they had marked cleaned; `failed` counts those of re-cleans too.
    `planned_minutes` totals the room types' departure minutes as they are now, as credits: a
    re-clean after a failed inspection earns none.
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
    """Return who cleaned in the last `days` times 24 hours up to `at`, most cleans first.

    Three queries. Someone whose clean of before the period was inspected in it has a row too.
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
        done, judged = cleans[person.pk], inspections[person.pk]
        rows.append(
            AttendantRow(
                staff_id=person.pk,
                name=person.name,
                role=Role(person.role),
                cleans=len(done),
                cleaning_minutes=median_of(one.minutes for one in done if one.minutes is not None),
                planned_minutes=sum(planned[one.room_id] for one in done if not one.after_failure),
                first_pass=first_pass(judged),
                failed=sum(not one.passed for one in judged),
            )
        )
    return sorted(rows, key=lambda row: (-row.cleans, row.name.casefold(), row.staff_id))
