"""The portal's own data: API tokens, answers to repeated requests, the relay's position."""

import datetime as dt
import hashlib
import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone

from hotel.models import Hotel, Staff
from stays.models import Booking

PREFIX = "rr_"
NAME_MAX = 60


def digest(text: str) -> str:
    """Return the SHA-256 of the text as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Queries for API tokens."""

    def live(self, now: dt.datetime) -> "ApiTokenQuerySet":
        """Return the tokens that are neither revoked nor expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at__isnull=True)


class ApiToken(models.Model):
    """A program's access to the API, with the rights of a member of staff.

    Only the digest of the secret is stored.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(
        max_length=NAME_MAX, help_text="What uses it, such as Front desk system."
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """Return “active”, “expired”, “revoked”, or “suspended” if the person is not active."""
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= timezone.now():
            return "expired"
        return "active" if self.staff.active and self.staff.user.is_active else "suspended"

    @classmethod
    def issue(cls, **fields: object) -> tuple["ApiToken", str]:
        """Create a token and return it with its secret, which cannot be read again later."""
        secret = PREFIX + secrets.token_urlsafe(32)
        return cls.objects.create(digest=digest(secret), **fields), secret


class IdempotentAnswer(models.Model):
    """The answer to a request with an Idempotency-Key, saved in the change's transaction."""

    hotel = models.ForeignKey(Hotel, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    # The digest of who sent what: the same key with another request is refused.
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    # Text, because PostgreSQL's JSON does not keep the order of keys.
    body = models.TextField(blank=True)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hotel", "key"], name="idempotency_key_once_per_hotel")
        ]

    def __str__(self) -> str:
        return self.key


class RelayPosition(models.Model):
    """How far the relay has sent a hotel's log to Pusher: up to and including `seq`."""

    hotel = models.OneToOneField(
        "hotel.Hotel", on_delete=models.CASCADE, primary_key=True, related_name="relay_position"
    )
    seq = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.hotel_id}: {self.seq}"
