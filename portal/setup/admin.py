"""Set-up for superusers: hotels, their staff, and the people who sign in.

The rules are in rooms.setup. What staff do is not done here: a booking or a room's status changes
through the portal alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.db.models import ForeignKey
from django.http import HttpRequest

from hotel.exceptions import InvalidInput
from hotel.models import Hotel, Staff
from rooms import setup
from rooms.change import Change
from rooms.choices import Source
from rooms.models import RoomType

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
    ModelChoiceField = forms.ModelChoiceField[RoomType]
    BaseUserAdmin = UserAdmin[Any]
else:
    ModelAdmin, ModelForm = admin.ModelAdmin, forms.ModelForm
    ModelChoiceField, BaseUserAdmin = forms.ModelChoiceField, UserAdmin

User = get_user_model()


class SetupForm(ModelForm):
    """A form whose `fixed` fields are chosen once, when the row is added."""

    fixed: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fixed:
            if self.instance.pk and name in self.fields:
                # Disabled, not read-only: so it still takes part in the check for duplicates.
                self.fields[name].disabled = True

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Show what a rule refuses beside the field that it names."""
        try:
            yield
        except InvalidInput as refusal:
            for name, messages in refusal.fields.items():
                self.add_error(name, messages)


class RoomTypeChoice(ModelChoiceField):
    """Names the hotel too: every hotel has its own type D."""

    def label_from_instance(self, obj: RoomType) -> str:
        """Return the choice's text."""
        return f"{obj.hotel}: {obj}"


def change_by(request: HttpRequest) -> Change:
    """Return the change that the signed-in user makes: each hotel's log names them in its way."""
    # Nobody is anonymous in the admin, though the request's type allows for it.
    user: Any = request.user
    return Change(by=None, user=user, source=Source.ADMIN)


class SetupAdmin(ModelAdmin):
    """Pages of rows of a hotel's set-up, which rooms.setup changes and logs."""

    form = SetupForm
    # Deleting many at once would pass by the log.
    actions = None

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the row; for a change, as it stands under the lock."""
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST":
            return row
        setup.lock(row)
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Add the row, or save its changed fields."""
        if change:
            setup.save_changes(obj, form.changed_data, change_by(request))
        else:
            setup.add(obj, change_by(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete the row, which has no history."""
        setup.remove(obj, change_by(request))

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Show a room type with its hotel."""
        if db_field.name == "room_type":
            kwargs["form_class"] = RoomTypeChoice
            kwargs["queryset"] = RoomType.objects.select_related("hotel").order_by("hotel", "code")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Hotel)
class HotelAdmin(SetupAdmin):
    """A hotel and its rules."""

    list_display = ("name", "slug", "time_zone", "inspection_required", "readiness_policy")
    search_fields = ("name", "slug")

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


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(BaseUserAdmin):
    """Django's own page of a user; a new name is logged in every hotel that shows it."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the user, the name first: its hotels are locked before the user."""
        if change:
            setup.rename_person(obj, form.changed_data, change_by(request))
        super().save_model(request, obj, form, change)
