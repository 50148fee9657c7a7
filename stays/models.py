"""Bookings, their guests, what a stay leaves behind, and limits on what is sold."""

import datetime as dt
import secrets

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from hotel.models import Hotel, Staff, identifier
from rooms.choices import LogAction
from rooms.models import Room, RoomEvent, RoomType
from stays.choices import HOLDING, BookingStatus


class RoomTypeInventory(models.Model):
    """A type's limit for one night: how many rooms may be sold, or none at all."""

    room_type = models.ForeignKey(RoomType, on_delete=models.CASCADE, related_name="inventory")
    date = models.DateField(help_text="The night that begins on this date.")
    total_rooms = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Empty: all rooms of the type."
    )
    stop_sell = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "room type inventory"
        ordering = ("room_type", "date")
        constraints = [
            models.UniqueConstraint(fields=["room_type", "date"], name="inventory_once_per_night")
        ]

    def __str__(self) -> str:
        return f"{self.room_type} on {self.date}"


class BookingQuerySet(models.QuerySet["Booking"]):
    """Conditions that the desk has a word for."""

    def due_in(self, day: dt.date) -> "BookingQuerySet":
        """Return the arrivals expected on `day`: those of earlier days too, with a night left."""
        left = Q(check_out__gt=day) | Q(check_in=day, check_out=day)
        return self.filter(left, status=BookingStatus.CONFIRMED, check_in__lte=day)

    def never_came(self, day: dt.date) -> "BookingQuerySet":
        """Return the confirmed stays that were over by `day` without an arrival."""
        over = Q(check_out__lt=day) | Q(check_out=day, check_in__lt=day)
        return self.filter(over, status=BookingStatus.CONFIRMED)

    def in_house(self) -> "BookingQuerySet":
        """Return the stays whose guests have a room now."""
        return self.filter(status=BookingStatus.IN_HOUSE)

    def due_out(self, day: dt.date) -> "BookingQuerySet":
        """Return in-house stays that leave on `day` or should have left before."""
        return self.in_house().filter(check_out__lte=day)

    def holding(self) -> "BookingQuerySet":
        """Return the stays that take a room off sale."""
        return self.filter(status__in=HOLDING)

    def ended_since(self, moment: dt.datetime) -> "BookingQuerySet":
        """Return the stays that were checked out, cancelled or called a no-show since a moment."""
        released = RoomEvent.objects.filter(
            booking=OuterRef("pk"),
            action__in=(LogAction.BOOKING_CANCELLED, LogAction.BOOKING_NO_SHOW),
            occurred_at__gte=moment,
        )
        gone = Q(status=BookingStatus.COMPLETED, checked_out_at__gte=moment)
        away = Q(Exists(released), status__in=(BookingStatus.CANCELLED, BookingStatus.NO_SHOW))
        return self.filter(gone | away)

    def clashing(
        self, check_in: dt.date | F, check_out: dt.date | F, today: dt.date | None = None
    ) -> "BookingQuerySet":
        """Return holding stays that need a room at the same time as [check_in, check_out).

        A day use needs it between that day's departure and that day's arrival, so it clashes
        with a stay that runs through the day and with another day use, with nothing else. With
        `today`, the guests in house who are past their departure date are among them, whatever
        the dates: they hold tonight.
        """
        clash = Q(check_in__lt=check_out, check_out__gt=check_in)
        clash |= Q(check_in=check_in, check_out=check_out)
        if today is not None:
            clash |= Q(status=BookingStatus.IN_HOUSE, check_out__lt=today)
        return self.holding().filter(clash)

    def taking(self, check_in: dt.date, check_out: dt.date, today: dt.date) -> "BookingQuerySet":
        """Return what `clashing` does, with guests who should have left only for tonight."""
        tonight = check_in <= today < max(check_out, check_in + dt.timedelta(days=1))
        return self.clashing(check_in, check_out, today if tonight else None)

    def not_sharing_with(self, booking: "Booking") -> "BookingQuerySet":
        """Return the stays that are neither this one nor share a room with it."""
        party = booking.shares_with_id or booking.pk
        return self.exclude(Q(pk=party) | Q(shares_with=party) | Q(pk=booking.pk))


def new_booking_id() -> str:
    """Return a fresh booking id: short, without letters that are read wrongly."""
    return "B-" + "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(8))


class Booking(models.Model):
    """A stay, from reservation to departure: half-open [check_in, check_out) in the hotel's dates.

    Only the services of this app change one; imports write new ones.
    """

    hotel = models.ForeignKey(Hotel, on_delete=models.PROTECT, related_name="bookings")
    booking_id = models.CharField(max_length=40, default=new_booking_id, validators=[identifier])
    status = models.CharField(
        max_length=10, choices=BookingStatus.choices, default=BookingStatus.CONFIRMED
    )
    room_type = models.ForeignKey(RoomType, on_delete=models.PROTECT, related_name="bookings")
    # What the hotel gave in the end; an imported stay knows the type but not the room.
    given_room_type = models.ForeignKey(
        RoomType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stays_given",
    )
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings"
    )
    # Of two stays that share a room, one holds it and the other points at it (stays.sharing).
    shares_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="sharers"
    )
    check_in = models.DateField()
    check_out = models.DateField()
    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_out_at = models.DateTimeField(null=True, blank=True)
    guest_name = models.CharField(max_length=200)
    adults = models.PositiveSmallIntegerField(default=1)
    children = models.PositiveSmallIntegerField(default=0)
    babies = models.PositiveSmallIntegerField(default=0)
    booked_on = models.DateField(null=True, blank=True)
    meal = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=4, blank=True)
    special_requests = models.PositiveSmallIntegerField(default=0)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ("check_in", "booking_id")
        indexes = [
            models.Index(fields=["hotel", "status", "check_in"], name="booking_by_arrival"),
            models.Index(fields=["hotel", "status", "check_out"], name="booking_by_departure"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["hotel", "booking_id"], name="booking_id_once_per_hotel"
            ),
            models.UniqueConstraint(
                fields=["room"],
                condition=Q(status=BookingStatus.IN_HOUSE, shares_with__isnull=True),
                name="one_stay_in_house_per_room",
            ),
            models.CheckConstraint(
                condition=Q(status__in=BookingStatus.values), name="booking_status_known"
            ),
            models.CheckConstraint(
                condition=Q(check_out__gte=F("check_in")), name="booking_leaves_after_arrival"
            ),
            models.CheckConstraint(
                condition=~Q(status=BookingStatus.IN_HOUSE) | Q(room__isnull=False),
                name="in_house_has_a_room",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[BookingStatus.IN_HOUSE, BookingStatus.COMPLETED],
                    checked_in_at__isnull=False,
                )
                | ~Q(status__in=[BookingStatus.IN_HOUSE, BookingStatus.COMPLETED])
                & Q(checked_in_at__isnull=True),
                name="checked_in_at_agrees",
            ),
            models.CheckConstraint(
                condition=Q(status=BookingStatus.COMPLETED, checked_out_at__isnull=False)
                | ~Q(status=BookingStatus.COMPLETED) & Q(checked_out_at__isnull=True),
                name="checked_out_at_agrees",
            ),
        ]

    def __str__(self) -> str:
        return self.booking_id

    @property
    def ends_before(self) -> dt.date:
        """The first day on which nothing of the stay is left; day use has its one day."""
        return max(self.check_out, self.check_in + dt.timedelta(days=1))

    @property
    def nights(self) -> int:
        """Nights of the stay; 0 for day use."""
        return (self.check_out - self.check_in).days


class Guest(models.Model):
    """A person of a stay; `room` is set exactly while they are in house."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="guests")
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="guests"
    )
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class StayRecord(models.Model):
    """Something a stay leaves behind; open until `closed_at`. Checkout closes it or erases it."""

    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class GuestChatSession(StayRecord):
    """A guest's sign-in to the chat from their own device."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="chat_sessions")

    def __str__(self) -> str:
        return f"Chat session {self.pk}"


class Conversation(StayRecord):
    """A thread between the guest and the hotel."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="conversations")

    def __str__(self) -> str:
        return f"Conversation {self.pk}"


class Message(models.Model):
    """One message of a conversation; without `staff` it is the guest's."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True)
    text = models.TextField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("sent_at", "pk")

    def __str__(self) -> str:
        return self.text[:40]


class Order(StayRecord):
    """Something ordered to the room."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="orders")
    items = models.TextField()

    def __str__(self) -> str:
        return self.items[:40]


class BreakfastOrder(StayRecord):
    """A breakfast to the room on one morning."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="breakfast_orders")
    date = models.DateField()
    items = models.TextField()

    def __str__(self) -> str:
        return f"{self.date}: {self.items[:40]}"
