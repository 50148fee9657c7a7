"""Set-up of rooms, their types, and the types' inventory for superusers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from hotel.models import Hotel
from portal.setup.admin import SetupAdmin, SetupForm, change_by
from rooms import setup
from rooms.models import Room, RoomType
from stays.closures import Agreed, promised, take_out_of_use
from stays.models import Booking, RoomTypeInventory

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


def promised_from_today(room: Room) -> list[Booking]:
    """Return the stays that a room out of use would leave without one."""
    return promised(room, room.hotel.business_date(), None) if room.pk else []


class RoomForm(SetupForm):
    """A room's place in the house."""

    fixed = ("hotel",)
    # One checkbox that names the stays which have the room: ticked for others, it counts for none.
    without_room = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Stays promised this room",
        help_text="To take the room out of use, agree that they have no room.",
        error_messages={
            "invalid_choice": "The stays that are promised this room have changed: look again."
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.promised = promised_from_today(self.instance)
        if not self.promised:
            del self.fields["without_room"]
            return
        named = "; ".join(f"{one.booking_id}, {one.guest_name}" for one in self.promised)
        field: Any = self.fields["without_room"]
        field.choices = [(self._ids, f"Take the room away from {named}")]

    @property
    def _ids(self) -> str:
        return " ".join(booking.booking_id for booking in self.promised)

    @property
    def agreed(self) -> Agreed:
        """What the person saw and agreed to; the form is valid."""
        chosen: list[str] = self.cleaned_data.get("without_room", [])
        return Agreed(seen=frozenset(" ".join(chosen).split()))

    def clean(self) -> dict[str, Any]:
        """Ask the rules of a room's set-up, and about the stays that lose the room."""
        super().clean()
        data: dict[str, Any] = self.cleaned_data
        switched_off = "is_active" in self.changed_data and not data.get("is_active")
        if switched_off and self.promised and not data.get("without_room"):
            count = len(self.promised)
            stays = f"{count} stays" if count > 1 else "a stay"
            self.add_error(
                "is_active", f"The room is promised to {stays}: agree below that they have none."
            )
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
        """Leave the status out for a room that does not exist yet, and stays where none is."""
        if obj is None:
            return self.fieldsets[:1]
        place, status = self.fieldsets
        if promised_from_today(obj):
            place = (None, {"fields": (*SETUP, "without_room")})
        return (place, status)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the room; switched off, it is taken from the stays that the person agreed to."""
        changed = [name for name in form.changed_data if name in SETUP]
        if change and "is_active" in changed and not obj.is_active:
            take_out_of_use(obj, changed, form.agreed, change_by(request))
        elif change:
            setup.save_changes(obj, changed, change_by(request))
        else:
            super().save_model(request, obj, form, change)

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
