"""What the portal itself has to remember: tokens, repeated answers, how far Pusher was told."""

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
    """Return the SHA-256 of a text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by what they are good for."""

    def live(self) -> "ApiTokenQuerySet":
        """Return the tokens that open the door now: neither revoked nor expired."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at__isnull=True
        )


class ApiToken(models.Model):
    """A program's way in: it may do what its member of staff may. Only its digest is stored."""

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
        """Tell how the token stands: “active”, “expired” or “revoked”."""
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= timezone.now():
            return "expired"
        return "active" if self.staff.active and self.staff.user.is_active else "suspended"

    @classmethod
    def issue(cls, **fields: object) -> tuple["ApiToken", str]:
        """Save a new token and return it with its secret, which is not to be had again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        return cls.objects.create(digest=digest(secret), **fields), secret


class IdempotentAnswer(models.Model):
    """What a request with an Idempotency-Key was answered: written in the change's transaction."""

    hotel = models.ForeignKey(Hotel, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    # Of who asked for what: the same key for another request is refused.
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    # Text, for PostgreSQL's JSON would forget the order.
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
    """How far Pusher has been told of a hotel's log: everything up to and including `seq`."""

    hotel = models.OneToOneField(
        "hotel.Hotel", on_delete=models.CASCADE, primary_key=True, related_name="relay_position"
    )
    seq = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.hotel_id}: {self.seq}"
