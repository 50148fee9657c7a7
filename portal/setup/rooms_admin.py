"""Set-up of rooms, their types, and the types' inventory for superusers."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from hotel.models import Hotel
from portal.setup.admin import SetupAdmin, SetupForm
from rooms import setup
from rooms.models import Room, RoomType
from stays.models import RoomTypeInventory

SETUP = ("hotel", "number", "floor", "section", "room_type", "is_active")
# Everything else about a room is the work of rooms.perform; the PIN is the guest's.
STATUS = tuple(
    field.name
    for field in Room._meta.concrete_fields
    if field.name not in (*SETUP, "id", "guest_pin", "push_token")
)


class RoomTypeForm(SetupForm):
    """A type of one hotel."""

    fixed = ("hotel",)


@admin.register(RoomType)
class RoomTypeAdmin(SetupAdmin):
    """Kinds of rooms."""

    form = RoomTypeForm
    list_display = (
        "code",
        "name",
        "hotel",
        "max_adults",
        "max_persons",
        "departure_minutes",
        "stayover_minutes",
    )
    list_filter = ("hotel",)
    list_select_related = ("hotel",)
    search_fields = ("code", "name")


class RoomForm(SetupForm):
    """A room's place in the house."""

    fixed = ("hotel",)

    def clean(self) -> dict[str, Any]:
        """Ask the rules of a room's set-up."""
        super().clean()
        data: dict[str, Any] = self.cleaned_data
        if data.get("hotel") and data.get("room_type"):
            with self.refusals():
                setup.require_type_of_hotel(data["room_type"], data["hotel"])
        with self.refusals():
            setup.require_may_switch(self.instance, is_active=bool(data.get("is_active")))
        return data


@admin.register(Room)
class RoomAdmin(SetupAdmin):
    """Rooms: their set-up can be changed, their status looked at."""

    form = RoomForm
    fieldsets = ((None, {"fields": SETUP}), ("As it stands now", {"fields": STATUS}))
    readonly_fields = STATUS
    list_display = ("number", "hotel", "floor", "section", "room_type", "is_active", "room_status")
    list_filter = ("hotel", "is_active", "room_status", "floor")
    list_select_related = ("hotel", "room_type")
    search_fields = ("number",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave the status out for a room that does not exist yet."""
        return self.fieldsets if obj else self.fieldsets[:1]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a room's history begins with the room. One no longer used is made inactive."""
        return False


class InventoryForm(SetupForm):
    """A night's limit."""

    fixed = ("room_type",)


@admin.register(RoomTypeInventory)
class RoomTypeInventoryAdmin(SetupAdmin):
    """Limits on what is sold, night by night."""

    form = InventoryForm
    list_display = ("room_type", "hotel", "date", "total_rooms", "stop_sell")
    list_filter = ("room_type__hotel", "stop_sell")
    list_select_related = ("room_type__hotel",)
    date_hierarchy = "date"

    @admin.display(description="hotel")
    def hotel(self, obj: RoomTypeInventory) -> Hotel:
        """Return the type's hotel, for the list."""
        return obj.room_type.hotel
