"""Signing in and out, and finding one's hotel."""

from django.contrib.auth import logout, views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import StaffRequest, memberships
from portal.navigation import first_page_url


@method_decorator(login_not_required, name="dispatch")
class SignIn(views.LoginView):
    """The sign-in page; who is signed in already goes on to work."""

    template_name = "account/sign_in.html"
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        """Return where the person goes on to: never to the sign-in page again."""
        wanted = super().get_success_url()
        return self.get_default_redirect_url() if wanted == self.request.path else wanted


class ChangePassword(views.PasswordChangeView):
    """A new password, asked for with the old one."""

    template_name = "account/password.html"
    success_url = reverse_lazy("home")


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask once, then end the session on this device."""
    if request.method == "POST":
        logout(request)
        return redirect("sign_in")
    return render(request, "account/sign_out.html")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go to the first page of the person's hotel, or say that there is none."""
    places = memberships(request.user)
    if places:
        return redirect(first_page_url(places[0]))
    if request.user.is_staff:
        return redirect("admin:index")
    return render(request, "account/no_hotel.html", status=403)


@require_safe
def hotel(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Go to the person's first page in this hotel."""
    return redirect(first_page_url(request.staff))
