"""Set-up for superusers: hotels, staff, inventory; what stays leave behind, to look at only.

What staff do is not done here: a booking or a room's status changes through the portal alone.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.db.models import ForeignKey, Model
from django.http import HttpRequest
from django.utils.text import capfirst

from hotel.models import Hotel, Staff
from rooms import log
from rooms.change import Change
from rooms.choices import LogAction, Source
from rooms.models import Room, RoomType
from stays.models import (
    Booking,
    BreakfastOrder,
    Conversation,
    Guest,
    GuestChatSession,
    Message,
    Order,
    RoomTypeInventory,
)

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
    ModelChoiceField = forms.ModelChoiceField[RoomType]
    BaseUserAdmin = UserAdmin[Any]
else:
    ModelAdmin, ModelForm = admin.ModelAdmin, forms.ModelForm
    ModelChoiceField, BaseUserAdmin = forms.ModelChoiceField, UserAdmin

User = get_user_model()
# What colleagues see of a user, on cards and in lists.
SHOWN_OF_USER = ("username", "first_name", "last_name")


def worded(obj: Model, name: str) -> str:
    """Return a field's value as the log tells it."""
    display = getattr(obj, f"get_{name}_display", None)
    value = display() if display else getattr(obj, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "") else str(value)


def named(obj: Model) -> str:
    """Return what the row is and which, such as “Room type D”."""
    return f"{capfirst(obj._meta.verbose_name)} {obj}"


def differences(before: Model, after: Model, names: Sequence[str]) -> str:
    """Return what changed, such as “Room 204: floor 2 → 3; section none → B”."""
    told = [
        f"{label_for_field(name, type(before))} {worded(before, name)} → {worded(after, name)}"
        for name in names
    ]
    return f"{named(before)}: {'; '.join(told)}"


def tell(hotel: Hotel, notes: str, room: Room | None = None) -> None:
    """Write a change of set-up to the hotel's log: whatever was drawn before is drawn anew."""
    change = Change(by=None, source=Source.ADMIN)
    log.append(hotel, LogAction.SETUP_CHANGED, change, room=room, notes=notes)


class SetupForm(ModelForm):
    """A form whose `fixed` fields are chosen once, when the row is added."""

    fixed: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fixed:
            if self.instance.pk and name in self.fields:
                # Disabled, not read-only: so it still takes part in the check for duplicates.
                self.fields[name].disabled = True


class RoomTypeChoice(ModelChoiceField):
    """Names the hotel too: every hotel has its own type D."""

    def label_from_instance(self, obj: RoomType) -> str:
        """Return the choice's text."""
        return f"{obj.hotel}: {obj}"


class SetupAdmin(ModelAdmin):
    """Saves what the form changed and nothing else, and tells the hotel's log in one transaction.

    A full save would put back `last_seq`, or a room's status, as they were when the form was read.
    """

    form = SetupForm
    # Deleting many at once would pass by the log.
    actions = None

    def hotel_of(self, obj: Any) -> Hotel:
        """Return the hotel whose log tells of the change."""
        hotel: Hotel = obj.hotel
        return hotel

    def lock(self, obj: Any) -> None:
        """Lock what the change needs, in the order of rooms.log."""
        log.lock(self.hotel_of(obj))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the row; for a change, as it stands under the lock."""
        obj = super().get_object(request, object_id, from_field)
        if obj is None or request.method != "POST":
            return obj
        self.lock(obj)
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Insert the row or save its changed fields; write the event."""
        if not change:
            self.insert(obj)
        elif form.changed_data:
            before = type(obj)._default_manager.get(pk=obj.pk)
            obj.save(update_fields=form.changed_data)
            self.tell_change(obj, differences(before, obj, form.changed_data))

    def insert(self, obj: Any) -> None:
        """Insert the row and write the event."""
        if not isinstance(obj, Hotel):
            self.lock(obj)
        obj.save()
        tell(self.hotel_of(obj), f"{named(obj)} added")

    def tell_change(self, obj: Any, notes: str) -> None:
        """Write the event of a change."""
        tell(self.hotel_of(obj), notes)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete the row, which has no history, and write the event."""
        hotel, notes = self.hotel_of(obj), f"{named(obj)} deleted"
        obj.delete()
        tell(hotel, notes)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Show a room type with its hotel."""
        if db_field.name == "room_type":
            kwargs["form_class"] = RoomTypeChoice
            kwargs["queryset"] = RoomType.objects.select_related("hotel").order_by("hotel", "code")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


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


@admin.register(Hotel)
class HotelAdmin(SetupAdmin):
    """A hotel and its rules."""

    list_display = ("name", "slug", "time_zone", "inspection_required", "readiness_policy")
    search_fields = ("name", "slug")

    def hotel_of(self, obj: Any) -> Hotel:
        """Return the hotel itself."""
        hotel: Hotel = obj
        return hotel

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a hotel's log begins with the hotel."""
        return False


class StaffForm(SetupForm):
    """A person's place in a hotel; for another hotel, add another place."""

    fixed = ("user", "hotel")


@admin.register(Staff)
class StaffAdmin(SetupAdmin):
    """Who works where, as what."""

    form = StaffForm
    list_display = ("name", "hotel", "role", "language", "active")
    list_filter = ("hotel", "role", "active")
    list_select_related = ("user", "hotel")
    search_fields = ("user__username", "user__first_name", "user__last_name")
    autocomplete_fields = ("user",)


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
        return self.hotel_of(obj)

    def hotel_of(self, obj: Any) -> Hotel:
        """Return the type's hotel."""
        hotel: Hotel = obj.room_type.hotel
        return hotel


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(BaseUserAdmin):
    """Django's own, and a new name reaches what was drawn with the old one."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the user; tell the log of every hotel that shows the name."""
        renamed = [name for name in SHOWN_OF_USER if name in form.changed_data]
        before = User.objects.get(pk=obj.pk) if change else obj
        # In one order, and before the row itself: see rooms.log.
        hotels = (
            Hotel.objects.filter(staff__user=before) if change and renamed else Hotel.objects.none()
        )
        locked = list(hotels.select_for_update(of=("self",), no_key=True).order_by("pk"))
        super().save_model(request, obj, form, change)
        for hotel in locked:
            tell(hotel, differences(before, obj, renamed))


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
