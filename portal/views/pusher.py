"""The door to a hotel's channel: Pusher lets in whom this view has signed for."""

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from portal import pusher
from portal.access import StaffRequest


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
