"""How pages write durations and rates."""

import datetime as dt

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def minutes(value: float | None) -> str:
    """Write minutes as a person says them: “45 min”, “2 h 5 min”; “–” for none."""
    if value is None:
        return "–"
    whole = round(value)
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60} min"


@register.filter
def due(moment: dt.datetime) -> str:
    """Write when something is expected, in the hotel's time; “any minute” once that has passed."""
    if moment <= timezone.now():
        return "any minute now"
    return f"about {timezone.localtime(moment):%H:%M}"


@register.filter
def percent(value: float | None) -> str:
    """Write a rate as a percentage; “–” for none."""
    return "–" if value is None else f"{value:.0%}"
