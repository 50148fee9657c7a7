"""The portal's addresses. One with `hotel_slug` exists for that hotel's staff alone."""

from django.urls import path

from portal.account import views as account
from portal.board import views as board
from portal.closures import views as closures
from portal.desk import room_plan
from portal.desk import views as desk
from portal.live import views as live
from portal.reports import views as reports
from portal.room import list as room_list
from portal.room import views as room
from portal.tokens import views as tokens

urlpatterns = [
    path("", account.home, name="home"),
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("account/password/", account.ChangePassword.as_view(), name="password"),
    path("h/<slug:hotel_slug>/", account.hotel, name="hotel"),
    path("h/<slug:hotel_slug>/board/", board.board, name="board"),
    path("h/<slug:hotel_slug>/board/changes/", board.board_changes, name="board_changes"),
    path("h/<slug:hotel_slug>/live/", live.stream, name="stream"),
    path("h/<slug:hotel_slug>/readiness/", desk.readiness, name="readiness"),
    path("h/<slug:hotel_slug>/arrivals/", desk.arrivals, name="arrivals"),
    path("h/<slug:hotel_slug>/arrivals/walk-in/", desk.walk_in, name="walk_in"),
    path("h/<slug:hotel_slug>/arrivals/checkout/", desk.bulk_check_out, name="bulk_check_out"),
    path("h/<slug:hotel_slug>/arrivals/new/", desk.new_booking, name="new_booking"),
    path("h/<slug:hotel_slug>/bookings/<str:booking_id>/", desk.booking, name="booking"),
    path(
        "h/<slug:hotel_slug>/bookings/<str:booking_id>/room-plan/",
        room_plan.room_plan,
        name="room_plan",
    ),
    path(
        "h/<slug:hotel_slug>/bookings/<str:booking_id>/<slug:action>/",
        desk.booking_action,
        name="booking_action",
    ),
    path("h/<slug:hotel_slug>/rooms/", room_list.rooms, name="rooms"),
    path("h/<slug:hotel_slug>/rooms/<str:room_number>/", room.room, name="room"),
    path(
        "h/<slug:hotel_slug>/rooms/<str:room_number>/<slug:action>/",
        room.room_action,
        name="room_action",
    ),
    path("h/<slug:hotel_slug>/closures/", closures.closure_list, name="closures"),
    path(
        "h/<slug:hotel_slug>/closures/<int:closure_id>/end/",
        closures.end_closure,
        name="end_closure",
    ),
    path(
        "h/<slug:hotel_slug>/rooms/<str:room_number>/closures/new/",
        closures.plan_closure,
        name="plan_closure",
    ),
    path("h/<slug:hotel_slug>/tokens/", tokens.tokens, name="tokens"),
    path(
        "h/<slug:hotel_slug>/tokens/<int:token_id>/revoke/",
        tokens.revoke_token,
        name="revoke_token",
    ),
    path("h/<slug:hotel_slug>/live/pusher-auth/", live.pusher_auth, name="pusher_auth"),
    path("h/<slug:hotel_slug>/statistics/", reports.statistics, name="statistics"),
]
