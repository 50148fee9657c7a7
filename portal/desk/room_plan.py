"""The way to a room, offered where none of the booked type is free for the whole stay."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from hotel.exceptions import NotAllowed, PlanOutdated, ReadyroomError
from portal.access import StaffRequest, for_page, get_booking_for_user
from portal.forms import ChangeForm
from portal.navigation import ARRIVALS
from stays.choices import BookingStatus
from stays.models import Booking
from stays.rearrange import apply_chain, divide
from stays.room_plan import RoomMove, RoomPlan, StayPart, plan_for

# What a page offers, and nothing else, can be agreed to.
SALT = "portal.desk.room_plan"


class AgreeForm(ChangeForm):
    """One tap that agrees to what the page says."""

    plan = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A row shows it beside the form that asks for a room.
        super().__init__(*args, auto_id=False, **kwargs)


@dataclass(frozen=True)
class Offer:
    """What a page says about a plan, and the form that agrees to it."""

    plan: RoomPlan
    form: AgreeForm


def offer_for(booking: Booking) -> Offer | None:
    """Return what to offer for a booking without a room; None where a room is free."""
    if booking.status != BookingStatus.CONFIRMED or booking.room:
        return None
    if booking.ends_before <= booking.hotel.business_date():
        return None
    plan = plan_for(booking)
    if plan.free:
        return None
    return Offer(plan, AgreeForm(initial={"plan": _written(plan)}))


@require_POST
@for_page(ARRIVALS)
def room_plan(request: StaffRequest, hotel_slug: str, booking_id: str) -> HttpResponse:
    """Do what was offered: move others and keep the room, or divide the stay between rooms."""
    booking = get_booking_for_user(request, booking_id)
    form = AgreeForm(request.POST)
    try:
        if not form.is_valid():
            raise PlanOutdated
        plan, change = _read(booking, form.cleaned_data["plan"]), form.change(request.staff)
        if plan.parts:
            divide(booking, plan.parts, change)
            done = f"{booking.guest_name}: {_in_words(plan)}"
        else:
            apply_chain(booking, plan, change)
            done = f"{booking.guest_name}: room {plan.room} for the whole stay"
        messages.success(request, f"{done}.")
    except NotAllowed:
        raise
    except ReadyroomError as error:
        messages.warning(request, error.message)
    return redirect("booking", hotel_slug, booking_id)


def _in_words(plan: RoomPlan) -> str:
    """Return “204 until 12 June, then 208”."""
    *first, last = plan.parts
    words = [f"{part.room} until {date_format(part.check_out, 'j F')}" for part in first]
    return ", then ".join([*words, last.room.number])


def _written(plan: RoomPlan) -> str:
    """Return the plan as a hidden field carries it, signed."""
    return signing.dumps(
        {
            "room": plan.room.number if plan.room else "",
            "moves": [
                (
                    move.booking.booking_id,
                    move.from_room.number if move.from_room else "",
                    move.to_room.number,
                    f"{move.booking.check_in}",
                    f"{move.booking.check_out}",
                )
                for move in plan.chain
            ],
            "parts": [
                (f"{part.check_in}", f"{part.check_out}", part.room.number) for part in plan.parts
            ],
        },
        salt=SALT,
    )


def _read(booking: Booking, written: str) -> RoomPlan:
    """Return the plan that was offered. Raises PlanOutdated where its rows are not there now."""
    hotel = booking.hotel
    rooms = {room.number: room for room in hotel.rooms.with_house()}
    try:
        agreed = signing.loads(written, salt=SALT)
        wanted = {line[0] for line in agreed["moves"]}
        found = hotel.bookings.select_related("hotel", "room").filter(booking_id__in=wanted)
        bookings = {one.booking_id: one for one in found}
        moves = [
            RoomMove(bookings[key], rooms[here] if here else None, rooms[there])
            for key, here, there, *_dates in agreed["moves"]
        ]
        for move, (*_rooms, check_in, check_out) in zip(moves, agreed["moves"], strict=True):
            # The dates that somebody saw; rearrange compares them with those of today.
            move.booking.check_in = dt.date.fromisoformat(check_in)
            move.booking.check_out = dt.date.fromisoformat(check_out)
        parts = [
            StayPart(dt.date.fromisoformat(start), dt.date.fromisoformat(end), rooms[number])
            for start, end, number in agreed["parts"]
        ]
        room = rooms[agreed["room"]] if agreed["room"] else None
    except (signing.BadSignature, KeyError):
        raise PlanOutdated from None
    return RoomPlan(room=room, chain=tuple(moves), parts=tuple(parts))
