"""Records for superusers, to look at only: the log, the stays, and what they leave behind."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from rooms.models import RoomEvent
from stays.models import (
    Booking,
    BreakfastOrder,
    Conversation,
    Guest,
    GuestChatSession,
    Message,
    Order,
)

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class LookOnlyAdmin(ModelAdmin):
    """Shows rows; nothing can be added, changed or deleted."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(RoomEvent)
class RoomEventAdmin(LookOnlyAdmin):
    """The log."""

    list_display = (
        "seq",
        "hotel",
        "occurred_at",
        "room",
        "action",
        "from_status",
        "to_status",
        "actor",
        "source",
        "notes",
    )
    list_filter = ("hotel", "action", "source")
    list_select_related = ("hotel", "room", "actor__user")
    search_fields = ("room__number", "booking__booking_id", "notes")


@admin.register(Booking)
class BookingAdmin(LookOnlyAdmin):
    """Stays."""

    list_display = ("booking_id", "hotel", "status", "room", "check_in", "check_out", "guest_name")
    list_filter = ("hotel", "status")
    list_select_related = ("hotel", "room")
    search_fields = ("booking_id", "guest_name")
    date_hierarchy = "check_in"


@admin.register(Guest)
class GuestAdmin(LookOnlyAdmin):
    """The people of a stay."""

    list_display = ("name", "booking", "room")
    list_filter = ("booking__hotel",)
    list_select_related = ("booking", "room")
    search_fields = ("name", "booking__booking_id")


@admin.register(Message)
class MessageAdmin(LookOnlyAdmin):
    """What was written in a chat."""

    list_display = ("conversation", "staff", "text")
    list_filter = ("conversation__booking__hotel",)
    list_select_related = ("conversation", "staff__user")


@admin.register(GuestChatSession, Conversation, Order, BreakfastOrder)
class StayRecordAdmin(LookOnlyAdmin):
    """What a stay leaves behind."""

    list_display = ("__str__", "booking", "created_at", "closed_at")
    list_filter = ("booking__hotel",)
    list_select_related = ("booking",)
    search_fields = ("booking__booking_id",)
