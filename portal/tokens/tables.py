"""The table of a hotel's API tokens."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from portal.models import ApiToken

# Hidden on narrow screens.
ASIDE = {"th": {"class": "aside"}, "td": {"class": "aside"}}


class TokenTable(tables.Table):
    """A hotel's API tokens, newest first."""

    name = tables.Column(verbose_name="Used by")
    staff = tables.Column(
        accessor="staff__name", verbose_name="Acts as", order_by="staff__user__first_name"
    )
    role = tables.Column(
        accessor="staff__get_role_display", verbose_name="Role", orderable=False, attrs=ASIDE
    )
    state = tables.Column(orderable=False)
    last_used_at = tables.DateTimeColumn(verbose_name="Last used", format="j M Y H:i")
    expires_at = tables.DateTimeColumn(verbose_name="Expires", format="j M Y", default="never")
    created_at = tables.DateTimeColumn(verbose_name="Created", format="j M Y", attrs=ASIDE)
    created_by = tables.Column(
        accessor="created_by__name",
        verbose_name="By",
        default="command",
        orderable=False,
        attrs=ASIDE,
    )
    revoke = tables.Column(empty_values=(), orderable=False, verbose_name="Revoke")

    class Meta:
        attrs = {"class": "table list"}
        empty_text = "No program has a token yet."
        default = "never"

    def render_revoke(self, record: ApiToken) -> str:
        """Return the link to revoke the token, unless it is already revoked."""
        if record.revoked_at:
            return ""
        url = reverse("revoke_token", args=[record.staff.hotel.slug, record.pk])
        return format_html(
            '<a class="btn btn-sm" href="{}" aria-label="Revoke {}">Revoke…</a>', url, record.name
        )
