"""Set-up of rooms and their types for superusers; the log, to look at only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.setup.admin import LookOnlyAdmin, SetupAdmin, SetupForm, tell
from rooms import log
from rooms.choices import Source
from rooms.models import Room, RoomEvent, RoomType
from rooms.setup import add_rooms

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
    list_display = ("code", "name", "hotel", "departure_minutes", "stayover_minutes")
    list_filter = ("hotel",)
    list_select_related = ("hotel",)
    search_fields = ("code", "name")


class RoomForm(SetupForm):
    """A room's place in the house."""

    fixed = ("hotel",)

    def clean(self) -> dict[str, Any]:
        """Check the type against the hotel, and that nobody is left in a room out of use."""
        super().clean()
        data: dict[str, Any] = self.cleaned_data
        hotel, room_type = data.get("hotel"), data.get("room_type")
        if hotel and room_type and room_type.hotel_id != hotel.pk:
            self.add_error("room_type", f"{hotel.name} has no such room type.")
        if self.instance.is_occupied and not data.get("is_active"):
            self.add_error(
                "is_active",
                f"Room {self.instance.number} is occupied: check the guest out first.",
            )
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

    def lock(self, obj: Room) -> None:
        """Lock the room before the hotel."""
        Room.objects.locked().get(pk=obj.pk)
        log.lock(obj.hotel)

    def insert(self, obj: Room) -> None:
        """Add the room the way an import does, with its first event."""
        add_rooms([obj], by=None, source=Source.ADMIN)

    def tell_change(self, obj: Room, notes: str) -> None:
        """Write the event into the room's own history too."""
        tell(obj.hotel, notes, room=obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a room's history begins with the room. One no longer used is made inactive."""
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
