"""What management commands share."""

from django.core.management.base import CommandError

from hotel.models import Hotel


def find_hotel(slug: str) -> Hotel:
    """Return the hotel; raise CommandError, with the names there are, for an unknown one."""
    hotel = Hotel.objects.filter(slug=slug).first()
    if hotel is None:
        known = ", ".join(Hotel.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no hotel “{slug}”. Hotels: {known}.")
    return hotel
