"""The event stream that wakes open pages, and the sign-in to a hotel's Pusher channel."""

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from portal.access import StaffRequest
from portal.live import pusher
from portal.live.hub import SUBSCRIPTION, Subscription


@require_safe
def stream(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Open the event stream that says when the hotel's log has grown.

    Answers 204 where the server cannot hold a stream; the browser then polls.
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
    # Without this header nginx would buffer the stream.
    return HttpResponse(content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@require_POST
def pusher_auth(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Sign the caller's subscription to their own hotel's channel; 403 for any other channel."""
    if not pusher.configured():
        raise Http404("This installation does not use Pusher.")
    channel = pusher.channel(request.hotel.slug)
    if request.POST.get("channel_name") != channel:
        return _refused(f"Staff of {request.hotel} may only listen to {channel}.", 403)
    try:
        signed = pusher.client().authenticate(channel, request.POST.get("socket_id", ""))
    except ValueError:
        return _refused("socket_id must be two numbers with a dot between them.", 400)
    return JsonResponse(signed)


def _refused(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
