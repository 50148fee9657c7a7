"""Sign in and out, change the password, and open the right first page."""

from typing import Any

from django.contrib.auth import logout, update_session_auth_hash, views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import StaffRequest, last_used
from portal.navigation import first_page_url
from portal.sessions import saved_with_session


@method_decorator(login_not_required, name="dispatch")
class SignIn(views.LoginView):
    """The sign-in page. A person who is already signed in is redirected."""

    template_name = "account/sign_in.html"
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        """Return the page to open after signing in, never the sign-in page itself."""
        wanted = super().get_success_url()
        return self.get_default_redirect_url() if wanted == self.request.path else wanted


class ChangePassword(views.PasswordChangeView):
    """Change the password; the old one is asked for."""

    template_name = "account/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        """Save the password together with the session, which would end otherwise."""
        # Hashed before the transaction: nobody waits for the lock meanwhile.
        user = form.save(commit=False)
        with saved_with_session(self.request):
            user.save(update_fields=["password"])
            update_session_auth_hash(self.request, user)
        return redirect(self.get_success_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask for confirmation (GET), then end this device's session (POST)."""
    if request.method == "POST":
        logout(request)
        return redirect("sign_in")
    return render(request, "account/sign_out.html")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the first page of the hotel used last, or explain that there is no hotel."""
    place = last_used(request)
    if place:
        return redirect(first_page_url(place))
    if request.user.is_staff:
        return redirect("admin:index")
    return render(request, "account/no_hotel.html", status=403)


@require_safe
def hotel(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Redirect to the person's first page in this hotel."""
    return redirect(first_page_url(request.staff))
