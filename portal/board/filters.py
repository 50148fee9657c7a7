"""The filters of the board and of the list of rooms; they are in the URL."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from hotel.models import Staff
from portal.board.cards import natural
from portal.board.columns import rooms_in
from rooms.choices import Priority, RoomGroup
from rooms.models import Room


class RoomFilter(django_filters.FilterSet):
    """Floor, type, status (a board column), maintenance priority, and words."""

    q = django_filters.CharFilter(
        method="with_text",
        label="Search",
        max_length=50,
        widget=forms.SearchInput(attrs={"placeholder": "Room or note"}),
    )
    floor = django_filters.ChoiceFilter(label="Floor", empty_label="All floors")
    type = django_filters.ChoiceFilter(
        field_name="room_type__code", label="Type", empty_label="All types"
    )
    status = django_filters.ChoiceFilter(
        method="in_column",
        label="Status",
        empty_label="All statuses",
        choices=RoomGroup.choices,
    )
    priority = django_filters.ChoiceFilter(
        field_name="maintenance_priority",
        label="Priority",
        empty_label="All priorities",
        choices=Priority.choices,
    )

    class Meta:
        model = Room
        fields: list[str] = []

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role = staff.role
        rooms = staff.hotel.rooms.active().order_by()
        offered = list(rooms.values_list("floor", "room_type__code", "room_type__name").distinct())
        floors = {floor for floor, _, _ in offered if floor}
        types = {(code, name) for _, code, name in offered}
        self.filters["floor"].extra["choices"] = [
            (floor, f"Floor {floor}") for floor in sorted(floors, key=natural)
        ]
        self.filters["type"].extra["choices"] = [
            (code, f"{code} · {name}") for code, name in sorted(types)
        ]

    @property
    def narrows(self) -> bool:
        """Tell whether any filter is set."""
        self.is_valid()  # fills cleaned_data with the values that are valid
        return any(self.form.cleaned_data.values())

    def in_column(self, rooms: QuerySet[Room], name: str, key: str) -> QuerySet[Room]:
        """Keep the rooms of one board column, as the viewer's role sees it."""
        return rooms.filter(rooms_in(self.role, RoomGroup(key)))

    def with_text(self, rooms: QuerySet[Room], name: str, text: str) -> QuerySet[Room]:
        """Keep rooms whose number begins with the text, or whose notes hold it."""
        return rooms.filter(
            Q(number__istartswith=text)
            | Q(housekeeping_notes__icontains=text)
            | Q(maintenance_notes__icontains=text)
            | Q(out_of_order_reason__icontains=text)
        )
