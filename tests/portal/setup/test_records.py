"""The log, and what stays leave behind: the admin shows them and changes nothing."""

import pytest
from django.urls import reverse

from rooms.choices import Action
from rooms.models import RoomEvent
from stays.models import Booking
from tests.acting import perform
from tests.factories import make_booking, make_room
from tests.portal.setup.admin_pages import new, page
from tests.stays.belongings import make_stay


class TestTheLog:
    def test_it_can_be_read_and_nothing_else(self, hotel, root, manager):
        room = make_room(hotel=hotel)
        event = perform(Action.MARK_DIRTY, room, by=manager, notes="spilled wine")

        assert "spilled wine" in root.get(page(event)).content.decode()
        assert root.post(page(event), {"notes": "rewritten"}).status_code == 403
        assert root.post(page(event, "delete"), {"post": "yes"}).status_code == 403
        assert root.get(new(RoomEvent)).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": event.pk, "post": "yes"}
        root.post(reverse("admin:rooms_roomevent_changelist"), chosen)

        assert RoomEvent.objects.get().notes == "spilled wine"


class TestWhatStaysLeaveBehind:
    @pytest.mark.parametrize(
        "kind",
        ["guests", "orders", "breakfast_orders", "chat_sessions", "conversations", "messages"],
    )
    def test_it_can_be_looked_at_and_nothing_else(self, kind, hotel, root):
        stay = make_stay(hotel=hotel)
        owner = stay.conversations.get() if kind == "messages" else stay
        row = getattr(owner, kind if kind != "messages" else "messages").first()
        before = type(row).objects.values().get(pk=row.pk)

        assert root.get(page(row)).status_code == 200
        assert root.post(page(row), {"name": "x", "items": "x"}).status_code == 403
        assert root.post(page(row, "delete"), {"post": "yes"}).status_code == 403
        assert root.get(new(type(row))).status_code == 403
        assert type(row).objects.values().get(pk=row.pk) == before

    def test_neither_can_a_booking_be_changed_past_the_desk(self, hotel, root):
        stay = make_booking(hotel=hotel, room=make_room(hotel=hotel))

        assert root.post(page(stay), {"status": "CANCELLED"}).status_code == 403
        assert root.post(page(stay, "delete"), {"post": "yes"}).status_code == 403

        assert Booking.objects.get().status == "CONFIRMED"
