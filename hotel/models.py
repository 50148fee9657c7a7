"""The hotel and its staff: what everything else belongs to."""

import datetime as dt
import zoneinfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hotel.choices import ReadinessPolicy, Role

# What an address can hold: “.” and “..” alone would lead a browser elsewhere.
identifier = RegexValidator(
    r"^[._-]*[A-Za-z0-9][A-Za-z0-9._-]*\Z", "Use letters, digits, dots, dashes."
)


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            "“%(name)s” is not a time zone. Example: Europe/Lisbon.", params={"name": name}
        )


class Hotel(models.Model):
    """One house. Nothing in it is visible to the staff of another."""

    slug = models.SlugField(unique=True, help_text="The hotel's name in web addresses.")
    name = models.CharField(max_length=100)
    time_zone = models.CharField(
        max_length=50,
        default="UTC",
        validators=[validate_time_zone],
        help_text="IANA name, such as Europe/Lisbon.",
    )
    checkout_time = models.TimeField(default=dt.time(11, 0))
    late_checkout_grace = models.PositiveSmallIntegerField(
        "late checkout grace (minutes)", default=30, validators=[MaxValueValidator(24 * 60)]
    )
    inspection_required = models.BooleanField(
        default=True, help_text="Off: a cleaned room is ready at once."
    )
    allow_self_inspection = models.BooleanField(
        default=False, help_text="A supervisor may inspect her own clean."
    )
    day_turns_at = models.TimeField(
        "day turns at",
        default=dt.time(3, 0),
        validators=[MaxValueValidator(dt.time(11, 59))],
        help_text="Until this hour of the night, it is still the day before: a guest who walks in "
        "at 00:30 stays last night.",
    )
    day_use_until = models.TimeField(
        default=dt.time(17, 0), help_text="When a day use leaves the room."
    )
    arrival_days_ahead = models.PositiveSmallIntegerField(
        "arrivals up to (days ahead)",
        default=730,
        validators=[MinValueValidator(1)],
        help_text="How far ahead an arrival can be booked.",
    )
    no_show_at_day_turn = models.BooleanField(
        "no-shows at the day's turn",
        default=False,
        help_text="On: when the day turns, guests who did not come are marked no-show.",
    )
    readiness_policy = models.CharField(
        max_length=12, choices=ReadinessPolicy.choices, default=ReadinessPolicy.TONIGHT
    )
    api_requests_per_minute = models.PositiveIntegerField(
        "API requests a minute",
        default=1_200,
        validators=[MinValueValidator(1)],
        help_text="For each token; beyond it, the API answers 429.",
    )
    # The business date whose turn was last carried out (stays.day_turn).
    day_turned_to = models.DateField(null=True, editable=False)
    # The log's counter: the seq of the newest event. Taken under this row's lock (rooms.log).
    last_seq = models.BigIntegerField(default=0, editable=False)
    # The seq of the newest change of set-up (names, types, rules): what cached pages depend on.
    setup_seq = models.BigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for a checkout in the night after the day of departure."""
        if self.checkout_time < self.day_turns_at:
            raise ValidationError(
                {"checkout_time": "Guests leave after the day has turned: give a later time."}
            )

    @property
    def tz(self) -> zoneinfo.ZoneInfo:
        """The hotel's time zone."""
        return zoneinfo.ZoneInfo(self.time_zone)

    def business_date(self, at: dt.datetime | None = None) -> dt.date:
        """Return the hotel's own date at a moment (default: now): it turns at `day_turns_at`."""
        moment = at or timezone.now()
        day = moment.astimezone(self.tz).date()
        # Not by the clock on the wall: when it is set back, an hour comes twice, and the date
        # would turn back too.
        return day if moment >= self.day_begins(day) else day - dt.timedelta(days=1)

    def day_begins(self, day: dt.date) -> dt.datetime:
        """Return the moment in UTC at which the hotel's day turns to `day`."""
        return self.moment(day, self.day_turns_at)

    def moment(self, day: dt.date, time: dt.time) -> dt.datetime:
        """Return the moment in UTC of a wall-clock time on one of the hotel's business days.

        A time before the day turns is in the night that follows.
        """
        night = dt.timedelta(days=time < self.day_turns_at)
        local = dt.datetime.combine(day + night, time, tzinfo=self.tz)
        # In UTC: Python counts the time between two moments of one zone by the wall clock, which
        # is an hour off on the days when it is changed.
        return local.astimezone(dt.UTC)


def name_of(user: AbstractUser) -> str:
    """Return how colleagues see a person: the full name, or the user name where there is none."""
    return user.get_full_name() or user.get_username()


class Staff(models.Model):
    """A person's place in one hotel; one user may work in several."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff"
    )
    hotel = models.ForeignKey(Hotel, on_delete=models.PROTECT, related_name="staff")
    role = models.CharField(max_length=12, choices=Role.choices)
    language = models.CharField(max_length=10, default="en", help_text="Language code, such as pt.")
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "staff"
        constraints = [
            models.UniqueConstraint(fields=["user", "hotel"], name="staff_once_per_hotel"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="staff_role_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """How colleagues see the person."""
        return name_of(self.user)
