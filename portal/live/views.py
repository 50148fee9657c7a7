"""The two ways in which an open page is woken: the event stream, and a hotel's Pusher channel."""

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from portal.access import StaffRequest
from portal.live import pusher
from portal.live.hub import SUBSCRIPTION, Subscription


@require_safe
def stream(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Open the event stream that says when the hotel's log has moved.

    A server that can hold no stream gets 204, which tells the browser to ask now and then.
    """
    environ: dict[str, Any] = request.environ  # type: ignore[attr-defined]
    if SUBSCRIPTION not in environ or request.method != "GET":
        return HttpResponse(status=204)
    environ[SUBSCRIPTION] = Subscription(
        hotel=request.hotel.pk,
        staff=request.staff.pk,
        session=request.session.session_key or "",
        password=request.staff.user.password,
        seq=request.hotel.last_seq,
    )
    # nginx would wait for a page's worth of it before it sends any.
    return HttpResponse(content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@require_POST
def pusher_auth(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Sign for the caller's socket and their own hotel's channel: 403 for any other channel."""
    if not pusher.configured():
        raise Http404("This installation does not use Pusher.")
    channel = pusher.channel(request.hotel.slug)
    if request.POST.get("channel_name") != channel:
        return _refused(f"Staff of {request.hotel} may listen to {channel} alone.", 403)
    try:
        signed = pusher.client().authenticate(channel, request.POST.get("socket_id", ""))
    except ValueError:
        return _refused("socket_id must be two numbers with a dot between them.", 400)
    return JsonResponse(signed)


def _refused(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
