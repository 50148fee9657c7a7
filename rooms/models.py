"""The room itself, its type, and the log of everything that happened to it."""

import datetime as dt
import secrets
from typing import Any, NoReturn

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hotel.models import Hotel, Staff, identifier
from rooms.choices import (
    BOOKABLE,
    RETURNABLE,
    WITH_RETURN_STATUS,
    Action,
    ClosureKind,
    ClosureStatus,
    Priority,
    RoomStatus,
    Source,
    event_actions,
)


class RoomType(models.Model):
    """A kind of room that is sold under one code."""

    hotel = models.ForeignKey(Hotel, on_delete=models.PROTECT, related_name="room_types")
    code = models.CharField(max_length=20, validators=[identifier])
    name = models.CharField(max_length=100)
    departure_minutes = models.PositiveSmallIntegerField(
        default=30,
        validators=[MinValueValidator(1)],
        help_text="Minutes to clean after a departure.",
    )
    stayover_minutes = models.PositiveSmallIntegerField(
        default=15,
        validators=[MinValueValidator(1)],
        help_text="Minutes to clean while a guest stays.",
    )

    max_adults = models.PositiveSmallIntegerField(
        "most adults",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="In one room. Empty: no limit.",
    )
    max_persons = models.PositiveSmallIntegerField(
        "most persons",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Adults and children in one room. Empty: no limit.",
    )

    class Meta:
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(fields=["hotel", "code"], name="room_type_once_per_hotel")
        ]

    def __str__(self) -> str:
        return self.code


def new_guest_pin() -> str:
    """Return a fresh six-digit PIN for a room's guest."""
    return f"{secrets.randbelow(1_000_000):06d}"


class RoomQuerySet(models.QuerySet["Room"]):
    """Conditions on rooms that the trade has a word for."""

    def active(self) -> "RoomQuerySet":
        """Return the rooms in use."""
        return self.filter(is_active=True)

    def bookable(self) -> "RoomQuerySet":
        """Return the rooms a guest could be let into this minute (design §4)."""
        return self.active().filter(
            room_status__in=BOOKABLE, is_out_of_order=False, maintenance_required=False
        )

    def givable_with_fault(self) -> "RoomQuerySet":
        """Return the rooms that are ready but for a small fault: given last, if it is accepted."""
        return self.active().filter(
            room_status=RoomStatus.MAINTENANCE_REQUIRED,
            return_status__in=BOOKABLE,
            maintenance_priority=Priority.LOW,
            maintenance_stops_sale=False,
        )

    def with_house(self) -> "RoomQuerySet":
        """Fetch the room's type and hotel in the same query: what every rule asks for."""
        return self.select_related("hotel", "room_type")

    def with_people(self) -> "RoomQuerySet":
        """Fetch the room's type, hotel and named staff in the same query."""
        return self.with_house().select_related(
            "status_by__user",
            "cleaned_by_staff__user",
            "inspected_by_staff__user",
        )

    def locked(self) -> "RoomQuerySet":
        """Lock the rows, lowest pk first, so that two callers never wait for each other."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Room(models.Model):
    """A room as it stands now. Only rooms.perform writes `room_status` and what follows it."""

    hotel = models.ForeignKey(Hotel, on_delete=models.PROTECT, related_name="rooms")
    number = models.CharField(max_length=10, validators=[identifier])
    floor = models.CharField(max_length=10, blank=True)
    section = models.CharField(max_length=20, blank=True)
    room_type = models.ForeignKey(RoomType, on_delete=models.PROTECT, related_name="rooms")
    is_active = models.BooleanField(default=True, help_text="Off: the room is not in use at all.")

    room_status = models.CharField(
        max_length=20, choices=RoomStatus.choices, default=RoomStatus.AVAILABLE, editable=False
    )
    status_since = models.DateTimeField(default=timezone.now, editable=False)
    status_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    is_occupied = models.BooleanField(default=False, editable=False)
    return_status = models.CharField(
        max_length=20, choices=RoomStatus.choices, blank=True, editable=False
    )

    maintenance_required = models.BooleanField(default=False, editable=False)
    maintenance_priority = models.CharField(
        max_length=4, choices=Priority.choices, blank=True, editable=False
    )
    maintenance_notes = models.TextField(blank=True, editable=False)
    # Whether a later night cannot be sold either; a HIGH priority says so by itself.
    maintenance_stops_sale = models.BooleanField(default=False, editable=False)
    # The first day on which the repair is expected to be done.
    maintenance_until = models.DateField(null=True, editable=False)

    is_out_of_order = models.BooleanField(default=False, editable=False)
    out_of_order_reason = models.TextField(blank=True, editable=False)
    # [from, until): the nights it is off sale; without `until`, every night to come.
    out_of_order_from = models.DateField(null=True, editable=False)
    out_of_order_until = models.DateField(null=True, editable=False)

    # A closure of this kind is running: the room is sold, but given last (rooms.closures).
    is_out_of_service = models.BooleanField(default=False, editable=False)

    housekeeping_notes = models.TextField(blank=True, editable=False)
    last_cleaned_at = models.DateTimeField(null=True, editable=False)
    cleaned_by_staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    last_inspected_at = models.DateTimeField(null=True, editable=False)
    inspected_by_staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    guest_pin = models.CharField(max_length=6, default=new_guest_pin, editable=False)
    push_token = models.CharField(max_length=255, blank=True, editable=False)

    # Counts the changes that perform() made: what a person must have seen to act on the room.
    version = models.PositiveIntegerField(default=1, editable=False)
    # The seq of the newest event about the room, bookings included: what a drawn card depends on.
    last_seq = models.BigIntegerField(default=0, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ("hotel", "number")
        constraints = [
            models.UniqueConstraint(fields=["hotel", "number"], name="room_number_once_per_hotel"),
            models.CheckConstraint(
                condition=Q(room_status__in=RoomStatus.values), name="room_status_known"
            ),
            models.CheckConstraint(
                condition=Q(room_status=RoomStatus.OCCUPIED, is_occupied=True)
                | ~Q(room_status=RoomStatus.OCCUPIED) & Q(is_occupied=False),
                name="occupied_agrees",
            ),
            models.CheckConstraint(
                condition=Q(
                    room_status=RoomStatus.OUT_OF_ORDER,
                    is_out_of_order=True,
                    out_of_order_from__isnull=False,
                )
                | ~Q(room_status=RoomStatus.OUT_OF_ORDER)
                & Q(
                    is_out_of_order=False,
                    out_of_order_from__isnull=True,
                    out_of_order_until__isnull=True,
                ),
                name="out_of_order_agrees",
            ),
            models.CheckConstraint(
                condition=Q(maintenance_required=False)
                & ~Q(room_status=RoomStatus.MAINTENANCE_REQUIRED)
                | Q(
                    maintenance_required=True,
                    room_status__in=[*WITH_RETURN_STATUS, RoomStatus.OCCUPIED],
                ),
                name="vacant_room_under_maintenance_is_out_of_service",
            ),
            models.CheckConstraint(
                condition=Q(maintenance_required=True, maintenance_priority__in=Priority.values)
                | Q(maintenance_required=False, maintenance_priority=""),
                name="priority_while_maintenance_is_open",
            ),
            models.CheckConstraint(
                condition=Q(maintenance_required=True)
                | Q(maintenance_stops_sale=False, maintenance_until__isnull=True),
                name="limits_while_maintenance_is_open",
            ),
            models.CheckConstraint(
                condition=Q(room_status__in=WITH_RETURN_STATUS, return_status__in=RETURNABLE)
                | ~Q(room_status__in=WITH_RETURN_STATUS) & Q(return_status=""),
                name="return_status_while_out_of_service",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(is_occupied=False), name="occupied_room_is_active"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_bookable(self) -> bool:
        """Return whether the room can be given to a guest now: `bookable()` for a single room."""
        return (
            self.is_active
            and self.room_status in BOOKABLE
            and not self.is_out_of_order
            and not self.maintenance_required
        )

    @property
    def is_givable_with_fault(self) -> bool:
        """Return whether only a small fault is in the way: `givable_with_fault()` for one room."""
        return (
            self.is_active
            and self.room_status == RoomStatus.MAINTENANCE_REQUIRED
            and self.return_status in BOOKABLE
            and self.maintenance_priority == Priority.LOW
            and not self.maintenance_stops_sale
        )

    @property
    def cleaning_status(self) -> RoomStatus:
        """The status that cleaning and inspection see: a fault does not stop them.

        Under maintenance that is what the room returns as; otherwise its own status.
        """
        beneath = self.room_status == RoomStatus.MAINTENANCE_REQUIRED
        return RoomStatus(self.return_status if beneath else self.room_status)


class ClosureQuerySet(models.QuerySet["Closure"]):
    """Conditions on closures that the desk has a word for."""

    def planned_off_sale(self, first: dt.date, last: dt.date) -> "ClosureQuerySet":
        """Return the planned closures that take a room off sale on a night in [first, last]."""
        return self.filter(
            Q(until__isnull=True) | Q(until__gt=first),
            kind=ClosureKind.OUT_OF_ORDER,
            status=ClosureStatus.PLANNED,
            start__lte=last,
        )


class Closure(models.Model):
    """A dated period in which a room is out of order or out of service: the nights [start, until).

    Without `until` it is open. rooms.closures plans it, and begins and ends it with the hotel's
    day; while an out-of-order one runs, the room's own out_of_order_* fields say the same.
    """

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="closures")
    kind = models.CharField(max_length=14, choices=ClosureKind.choices)
    status = models.CharField(
        max_length=9, choices=ClosureStatus.choices, default=ClosureStatus.PLANNED
    )
    start = models.DateField()
    until = models.DateField(null=True)
    reason = models.TextField()
    needs_cleaning = models.BooleanField(default=False)
    planned_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now)
    ended_on = models.DateField(null=True)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ("start", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("start")),
                name="closure_ends_after_its_start",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ClosureKind.values, status__in=ClosureStatus.values),
                name="closure_kind_and_status_known",
            ),
            models.UniqueConstraint(
                fields=["room", "kind"],
                condition=Q(status=ClosureStatus.RUNNING),
                name="one_running_closure_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} from {self.start}"


class RoomEventQuerySet(models.QuerySet["RoomEvent"]):
    """Questions to the log, and no way to rewrite it."""

    def of_status(self) -> "RoomEventQuerySet":
        """Return the events that perform() wrote: the actions, not the bookings around them."""
        return self.filter(action__in=Action.values)

    def after(self, seq: int) -> "RoomEventQuerySet":
        """Return everything after `seq`, oldest first."""
        return self.filter(seq__gt=seq).order_by("seq")

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse: the log is append-only."""
        raise TypeError("The log is append-only: an event is never changed.")

    def delete(self) -> NoReturn:
        """Refuse: the log is append-only."""
        raise TypeError("The log is append-only: an event is never deleted.")


class RoomEvent(models.Model):
    """One line of a hotel's log: append-only, `seq` without gaps (rooms.log writes it).

    It is the audit trail, undo's memory, the statistics' source, the history and the feed.
    """

    hotel = models.ForeignKey(Hotel, on_delete=models.PROTECT, related_name="events")
    seq = models.BigIntegerField()
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, related_name="events")
    booking = models.ForeignKey(
        "stays.Booking", on_delete=models.PROTECT, null=True, related_name="events"
    )
    action = models.CharField(max_length=20, choices=event_actions)
    from_status = models.CharField(max_length=20, choices=RoomStatus.choices, blank=True)
    to_status = models.CharField(max_length=20, choices=RoomStatus.choices, blank=True)
    actor = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="events")
    source = models.CharField(max_length=10, choices=Source.choices)
    notes = models.TextField(blank=True)
    request_id = models.CharField(max_length=100, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    # The room's version after the event; 0 where the event did not change the room.
    room_version = models.PositiveIntegerField(default=0)
    # The changed fields as they were before, so that undo restores exactly those; a check-in's
    # booking besides, under "stay" (stays.arrivals).
    before = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by"
    )

    objects = RoomEventQuerySet.as_manager()

    class Meta:
        # Not even Django's own queries get around the refusals above.
        base_manager_name = "objects"
        ordering = ("-seq",)
        get_latest_by = "seq"
        indexes = [
            models.Index(fields=["room", "-seq"], name="event_by_room"),
            models.Index(fields=["hotel", "occurred_at"], name="event_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["hotel", "seq"], name="event_seq_once_per_hotel"),
            models.UniqueConstraint(
                fields=["hotel", "request_id"],
                condition=~Q(request_id=""),
                name="request_id_once_per_hotel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.get_action_display()}"

    def save(self, **kwargs: Any) -> None:
        """Insert the event; raise TypeError for one that is already in the log."""
        if not self._state.adding:
            raise TypeError("The log is append-only: an event is never changed.")
        super().save(**kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: the log is append-only."""
        raise TypeError("The log is append-only: an event is never deleted.")
