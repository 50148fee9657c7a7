"""Rooms that the desk gives last, after a confirmation: those out of service during the stay."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms

from rooms.models import Room

Choices = list[tuple[str, list[tuple[str, str]]]]


def confirm_field() -> forms.BooleanField:
    """Return the checkbox with which the desk gives such a room all the same."""
    return forms.BooleanField(
        required=False,
        label="Give a room that is out of service",
        help_text="Only if no other room will do: the list says what is wrong.",
    )


def last_groups(rooms: Iterable[Room], why: dict[int, str]) -> Choices:
    """Return the last groups of a choice of rooms: “Out of service: blind broken”, by reason."""
    last = sorted((why[room.pk], room.number) for room in rooms if room.pk in why)
    return [
        (f"Out of service: {reason}", [(number, number) for _, number in group])
        for reason, group in groupby(last, key=lambda item: item[0])
    ]


def require_confirmed(form: forms.Form, given: dict[str, Any], why: dict[int, str]) -> None:
    """Add an error unless the chosen room needs no confirmation, or has it."""
    room = given.get("room")
    if room is not None and room.pk in why and not given.get("confirmed"):
        reason = why[room.pk]
        form.add_error(
            "confirmed",
            f"Room {room.number} is out of service: {reason}. Tick this to give it all the same.",
        )
