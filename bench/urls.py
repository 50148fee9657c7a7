"""The baselines: the same bytes from memory, the same cards joined, the same SQL by hand.

They run in the same server process as the pages they are compared with, behind the same middleware
and sign-in. Only /bare/ is served by `bench.wsgi`, before Django.
"""

import itertools
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bench.memory import pages
from portal import cache
from portal.access import StaffRequest
from portal.board import cards, views

joined: dict[str, tuple[list[str], list[str]]] = {}
kept: dict[str, bytes] = {}
seqs = itertools.count(10_000_000)


def learn(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Store the board and its cards as they are now."""
    pages[hotel_slug] = views.compressed(views.board_html(request, keep=False))
    shown = cards.board_cards(request.staff, request.hotel.business_date())
    html = [card.html for card in shown]
    joined[hotel_slug] = (views.render_frame(request, _filters(request)), html)
    return HttpResponse()


def memory(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Return the stored board."""
    return views.answer_compressed(request, pages[hotel_slug])


def join(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Join the stored cards and frame, and compress them as the board does."""
    frame, html = joined[hotel_slug]
    return views.answer_compressed(request, views.compressed("".join(frame[::2]) + "".join(html)))


def forget(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Clear every cache of the portal."""
    cache.clear_all()
    return HttpResponse()


def signed_in(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Do nothing: the cost of a request by somebody who is signed in."""
    return HttpResponse("done")


def raw_mark_cleaned(request: StaffRequest, hotel_slug: str, room_id: int) -> HttpResponse:
    """Update a room and insert its event, in one transaction with raw SQL."""
    now = timezone.now()
    if connection.vendor == "sqlite":
        now = now.replace(tzinfo=None)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rooms_room SET room_status = %s, status_since = %s, status_by_id = %s, "
            "last_cleaned_at = %s, cleaned_by_staff_id = %s, version = version + 1, last_seq = %s "
            "WHERE id = %s",
            [
                "CLEANED_UNINSPECTED",
                now,
                request.staff.pk,
                now,
                request.staff.pk,
                next(seqs),
                room_id,
            ],
        )
        cursor.execute(
            "INSERT INTO rooms_roomevent (hotel_id, seq, room_id, action, from_status, to_status, "
            "actor_id, source, notes, request_id, occurred_at, recorded_at, room_version, before) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                request.hotel.pk,
                next(seqs),
                room_id,
                "mark_cleaned",
                "CHECKOUT_DIRTY",
                "CLEANED_UNINSPECTED",
                request.staff.pk,
                "PORTAL",
                "",
                "",
                now,
                now,
                2,
                "{}",
            ],
        )
    return HttpResponse("done")


def availability_sql(request: StaffRequest, hotel_slug: str) -> HttpResponse:
    """Read what availability reads, by one SQL statement for each table, and count nothing."""
    hotel = request.hotel.pk
    since, until = request.GET["check_in"], request.GET["check_out"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, code FROM rooms_roomtype WHERE hotel_id = %s", [hotel])
        read = len(cursor.fetchall())
        cursor.execute(
            "SELECT id, room_type_id, room_status, is_out_of_order, out_of_order_until, "
            "maintenance_required FROM rooms_room WHERE hotel_id = %s AND is_active",
            [hotel],
        )
        read += len(cursor.fetchall())
        cursor.execute(
            "SELECT limits.date, total_rooms, stop_sell FROM stays_roomtypeinventory AS limits "
            "JOIN rooms_roomtype AS type ON type.id = limits.room_type_id "
            "WHERE type.hotel_id = %s AND limits.date BETWEEN %s AND %s",
            [hotel, since, until],
        )
        read += len(cursor.fetchall())
        cursor.execute(
            "SELECT stay.room_type_id, room.room_type_id, room_id, status, check_in, check_out "
            "FROM stays_booking AS stay LEFT JOIN rooms_room AS room ON room.id = stay.room_id "
            "WHERE stay.hotel_id = %s AND status IN ('CONFIRMED', 'IN_HOUSE') "
            "AND check_in < %s AND check_out > %s",
            [hotel, until, since],
        )
        read += len(cursor.fetchall())
    return HttpResponse(f"{read} rows")


@login_not_required
@csrf_exempt
def keep(request: HttpRequest) -> HttpResponse:
    """Store the request's body for `give`."""
    kept["answer"] = request.body
    return HttpResponse()


@login_not_required
@csrf_exempt
def give(request: HttpRequest) -> HttpResponse:
    """Return the stored bytes: the cost of a view that does nothing."""
    return HttpResponse(kept["answer"], content_type="application/json")


def _filters(request: StaffRequest) -> Any:
    return views.RoomFilter(
        RequestFactory().get("/").GET,
        queryset=cards.board_rooms(request.staff),
        hotel=request.hotel,
    )


urlpatterns = [
    path("bench/<slug:hotel_slug>/learn/", learn),
    path("bench/<slug:hotel_slug>/memory/", memory),
    path("bench/<slug:hotel_slug>/join/", join),
    path("bench/<slug:hotel_slug>/forget/", forget),
    path("bench/<slug:hotel_slug>/signed-in/", signed_in),
    path("bench/<slug:hotel_slug>/availability/", availability_sql),
    path("bench/<slug:hotel_slug>/raw/<int:room_id>/", raw_mark_cleaned),
    path("bench/keep/", keep),
    path("bench/kept/", give),
    path("", include("config.urls")),
]
