"""Stays with all that guests leave behind, and a way to see whether any of it changed."""

from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from stays.models import (
    Booking,
    BreakfastOrder,
    Conversation,
    Guest,
    GuestChatSession,
    Message,
    Order,
)
from tests.factories import make_booking, make_room

S = RoomStatus
IN_HOUSE = BookingStatus.IN_HOUSE
LEFT_BEHIND = (Order, BreakfastOrder, GuestChatSession, Conversation)


def make_stay(*, hotel, room=None, status=IN_HOUSE, guests=2, **fields) -> Booking:
    """Make a stay with guests, an order, a breakfast, a chat session and a conversation."""
    room = room or make_room(hotel=hotel, status=S.OCCUPIED, push_token="token", guest_pin="old")
    stay = make_booking(hotel=hotel, room=room, status=status, guests=guests, **fields)
    Order.objects.create(booking=stay, items="2 towels")
    BreakfastOrder.objects.create(booking=stay, items="eggs", date=stay.check_out)
    GuestChatSession.objects.create(booking=stay)
    conversation = Conversation.objects.create(booking=stay)
    Message.objects.create(conversation=conversation, text="Where is the pool?")
    return stay


def everything_about(stay: Booking) -> list:
    """Return the stay and all it left behind, to compare with later."""
    rows = [Booking.objects.filter(pk=stay.pk), *(m.objects for m in (Guest, *LEFT_BEHIND))]
    return [
        list((row if i == 0 else row.filter(booking=stay)).order_by("pk").values())
        for i, row in enumerate(rows)
    ]
