"""The form for a new API token."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils import timezone

from hotel.models import Hotel, Staff
from portal.forms import plain_helper
from portal.models import ApiToken

LIFETIMES = {"30": "30 days", "90": "90 days", "365": "One year", "": "Never"}


class TokenForm(forms.ModelForm):
    """A new token's name, the member of staff it acts as, and its lifetime."""

    expires = forms.ChoiceField(choices=list(LIFETIMES.items()), initial="365", required=False)

    class Meta:
        model = ApiToken
        fields = ("name", "staff")
        labels = {"name": "What uses it", "staff": "Acts as"}
        help_texts = {
            "name": "",
            "staff": "The program gets this person's rights, and the log shows their name.",
        }

    def __init__(self, data: Any = None, *, hotel: Hotel) -> None:
        super().__init__(data)
        staff: Any = self.fields["staff"]
        people = Staff.objects.filter(hotel=hotel, active=True, user__is_active=True)
        staff.queryset = people.select_related("user").order_by("user__first_name", "pk")
        staff.empty_label = "Choose a person"
        staff.label_from_instance = lambda person: f"{person.name} · {person.get_role_display()}"
        self.helper = plain_helper()
        self.helper.layout = Layout("name", Row(Column("staff"), Column("expires")))

    def clean(self) -> dict[str, Any]:
        """Return the fields for ApiToken.issue, with `expires_at` instead of a number of days."""
        given = super().clean() or self.cleaned_data
        days = given.pop("expires", "")
        given["expires_at"] = timezone.now() + dt.timedelta(days=int(days)) if days else None
        return given
