"""List, create and revoke a hotel's API tokens."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_tables2 import RequestConfig

from portal.access import StaffRequest, for_page
from portal.models import ApiToken
from portal.navigation import TOKENS
from portal.sessions import saved_with_session
from portal.tokens.forms import TokenForm
from portal.tokens.tables import TokenTable


@require_http_methods(["GET", "HEAD", "POST"])
@for_page(TOKENS)
def tokens(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """List the tokens (GET) or create one (POST). The next GET shows its secret, only once."""
    form = TokenForm(request.POST or None, hotel=request.hotel)
    if request.method == "POST" and form.is_valid():
        # No token without its secret, which only the session has.
        with saved_with_session(request):
            token, secret = ApiToken.issue(created_by=request.staff, **form.cleaned_data)
            request.session["issued"] = {"name": token.name, "secret": secret}
        # Redirect, so that reloading the page does not create another token.
        return redirect("tokens", hotel_slug)
    issued = request.session.pop("issued", None) if request.method == "GET" else None
    rows = ApiToken.objects.filter(staff__hotel=request.hotel)
    table = TokenTable(rows.select_related("staff__user", "created_by__user"))
    RequestConfig(request, paginate={"per_page": 25, "silent": True}).configure(table)
    context = {"form": form, "table": table, "issued": issued}
    return render(request, "tokens/tokens.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_page(TOKENS)
def revoke_token(request: StaffRequest, hotel_slug: str, token_id: int) -> HttpResponse:
    """Ask for confirmation (GET), then revoke the token (POST)."""
    token = get_object_or_404(
        ApiToken.objects.select_related("staff__user"), pk=token_id, staff__hotel=request.hotel
    )
    if request.method != "POST":
        return render(request, "tokens/revoke.html", {"token": token})
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_by=request.staff
    )
    messages.success(request, f"“{token.name}” is revoked and no longer works.")
    return redirect("tokens", hotel_slug)
