"""What may be done with a booking, by whom and when; and when a room of another type is left."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotel.choices import ReadinessPolicy, Role
from hotel.exceptions import (
    ArrivesLater,
    NoAvailability,
    NotCheckedIn,
    NotConfirmed,
    NothingToReinstate,
    NotOnTheStaff,
    ReadyroomError,
    StayIsEnded,
    StayOver,
    TooEarlyForNoShow,
    WrongRole,
)
from hotel.models import Hotel, Staff
from rooms.choices import RoomStatus
from rooms.models import Room, RoomType
from stays import rules
from stays.availability import availability
from stays.choices import BookingAction, BookingStatus
from stays.models import Booking, RoomTypeInventory
from tests.acting import arrivals, bookings, change, departures, undo
from tests.factories import make_booking, make_room, make_room_type

S = RoomStatus
DAY = dt.timedelta(days=1)


# Who may do anything with a booking.
AT_THE_DESK = {"FRONT_DESK", "MANAGER"}
# A stay of 10 to 13 March, and the days around it.
DAYS = {
    "before": dt.date(2026, 3, 9),
    "arrival": dt.date(2026, 3, 10),
    "between": dt.date(2026, 3, 11),
    "departure": dt.date(2026, 3, 13),
    "after": dt.date(2026, 3, 14),
}
# What may be done with a booking, and on which days. All that is not here is refused.
MAY = {
    ("assign", "CONFIRMED"): {"before", "arrival", "between"},
    ("check_in", "CONFIRMED"): {"arrival", "between"},
    ("check_out", "IN_HOUSE"): {"before", "arrival", "between", "departure", "after"},
    ("cancel", "CONFIRMED"): {"before", "arrival", "between", "departure", "after"},
    ("no_show", "CONFIRMED"): {"arrival", "between", "departure", "after"},
    ("unassign", "CONFIRMED"): set(DAYS),
    ("swap", "CONFIRMED"): {"before", "arrival", "between"},
    ("share", "CONFIRMED"): {"before", "arrival", "between"},
    ("unshare", "CONFIRMED"): set(DAYS),
    ("change", "CONFIRMED"): set(DAYS),
    ("change", "IN_HOUSE"): set(DAYS),
    ("move", "IN_HOUSE"): set(DAYS),
    ("reinstate", "COMPLETED"): set(DAYS),
    ("reinstate", "CANCELLED"): set(DAYS),
    ("reinstate", "NO_SHOW"): set(DAYS),
}
# Why not, of a booking of the wrong status, where it is not that it must be confirmed.
WRONG_STATUS = {
    "check_out": NotCheckedIn,
    "move": NotCheckedIn,
    "change": StayIsEnded,
    "reinstate": NothingToReinstate,
}
# Why not, of a confirmed booking on the wrong day.
WRONG_DAY = {
    ("check_in", "before"): ArrivesLater,
    ("check_in", "departure"): StayOver,
    ("check_in", "after"): StayOver,
    ("assign", "departure"): StayOver,
    ("assign", "after"): StayOver,
    ("no_show", "before"): TooEarlyForNoShow,
    ("swap", "departure"): StayOver,
    ("swap", "after"): StayOver,
    ("share", "departure"): StayOver,
    ("share", "after"): StayOver,
}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("status", BookingStatus.values)
@pytest.mark.parametrize("action", BookingAction.values)
def test_the_table_above_is_what_the_desk_may_do_and_why_not(action, status, day):
    hotel = Hotel(pk=1, name="Grand Hotel")
    booking = Booking(
        hotel=hotel,
        booking_id="B-1",
        status=status,
        room_id=1,
        check_in=DAYS["arrival"],
        check_out=DAYS["departure"],
    )
    for role in Role:
        staff = Staff(hotel=hotel, role=role)
        asked = (staff, BookingAction(action), booking, DAYS[day])

        refused = rules.refusal(*asked)

        expected: type[ReadyroomError] | None = None
        if role not in AT_THE_DESK:
            expected = WrongRole
        elif (action, status) not in MAY:
            expected = WRONG_STATUS.get(action, NotConfirmed)
        elif day not in MAY[action, status]:
            expected = WRONG_DAY[action, day]
        assert (type(refused) if refused else None) is expected
        assert rules.may(*asked) is (expected is None)


# Of a Suite for 2 adults and 4 people, arrivals up to 730 days ahead, on 9 March 2026.
LIMITS = [
    ({}, {}),
    ({"check_in": "2028-03-08", "check_out": "2028-03-09"}, {}),
    (
        {"check_in": "2028-03-09", "check_out": "2028-03-10"},
        {"check_in": "Arrivals can be booked until 8 March 2028."},
    ),
    ({"check_out": "2027-04-14"}, {}),
    ({"check_out": "2027-04-15"}, {"check_out": "A stay has 400 nights at most."}),
    ({"check_out": "2026-03-09"}, {"check_out": "The departure is before the arrival."}),
    ({"check_out": "2026-03-10"}, {}),
    ({"adults": 2, "children": 2}, {}),
    ({"adults": 3}, {"adults": "Suite takes 2 adults at most."}),
    ({"adults": 5}, {"adults": "Suite takes 2 adults at most."}),
    (
        {"adults": 2, "children": 3},
        {"children": "Suite takes 4 people at most, children included."},
    ),
    (
        {"adults": 3, "children": 2},
        {
            "adults": "Suite takes 2 adults at most.",
            "children": "Suite takes 4 people at most, children included.",
        },
    ),
    ({"adults": 0, "children": 1}, {}),
    ({"adults": 0}, {"adults": "Somebody must stay."}),
]


@pytest.mark.parametrize(("wrong", "errors"), LIMITS)
def test_what_no_stay_may_be_is_told_by_field(wrong, errors):
    stay = {"check_in": "2026-03-10", "check_out": "2026-03-13", "adults": 1, "children": 0}
    check_in, check_out, adults, children = (stay | wrong).values()

    found = rules.stay_errors(
        Hotel(),
        RoomType(name="Suite", max_adults=2, max_persons=4),
        dt.date.fromisoformat(check_in),
        dt.date.fromisoformat(check_out),
        adults,
        children,
        DAYS["before"],
    )

    assert found == errors


@pytest.mark.parametrize("room_type", [None, RoomType(name="Plain")], ids=["none", "no limits"])
def test_where_a_type_has_no_limit_any_number_may_stay(room_type):
    stay = (DAYS["arrival"], DAYS["departure"], 20, 20)

    assert rules.stay_errors(Hotel(), room_type, *stay, DAYS["before"]) == {}


@pytest.mark.parametrize(
    "staff",
    [
        None,
        Staff(hotel=Hotel(pk=2), role=Role.MANAGER),
        Staff(hotel=Hotel(pk=1), role=Role.MANAGER, active=False),
    ],
    ids=["nobody", "another hotel's", "one who left"],
)
def test_who_does_not_work_at_the_hotel_may_do_nothing_with_its_bookings(staff):
    if staff:
        staff.user = User(username="mia")
    booking = Booking(hotel=Hotel(pk=1, name="Grand Hotel"), check_in=DAYS["arrival"])
    for action in BookingAction:
        assert isinstance(rules.refusal(staff, action, booking, DAYS["arrival"]), NotOnTheStaff)


def test_the_days_are_the_hotels_own_at_the_moment_of_the_change():
    hotel = Hotel(pk=1, time_zone="Asia/Tokyo")
    clerk = Staff(hotel=hotel, role=Role.FRONT_DESK)
    booking = Booking(
        hotel=hotel, status="CONFIRMED", check_in=DAYS["arrival"], check_out=DAYS["departure"]
    )
    evening_in_london = dt.datetime(2026, 3, 9, 20, 0, tzinfo=dt.UTC)

    rules.require(change(by=clerk, occurred_at=evening_in_london), BookingAction.CHECK_IN, booking)
    with pytest.raises(ArrivesLater):
        rules.require(
            change(by=clerk, occurred_at=evening_in_london - DAY), BookingAction.CHECK_IN, booking
        )


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


@pytest.fixture
def suite(hotel) -> RoomType:
    return make_room_type(hotel=hotel, code="S", name="Suite")


def sellable(hotel: Hotel, code: str, *, nights: int = 1) -> list[int]:
    today = hotel.business_date()
    kind = hotel.room_types.get(code=code)
    (offer,) = availability(hotel, today, today + nights * DAY, room_type=kind)
    return [night.sellable for night in offer.nights]


@pytest.fixture(params=["assign", "check_in"])
def give(request, clerk) -> Callable[..., Booking]:
    """Give a booking a room, in either of the two ways."""
    act = {"assign": bookings.assign, "check_in": arrivals.check_in}[request.param]
    return lambda booking, room, **more: act(booking, room, by=clerk, **more)


class TestAnotherType:
    def test_with_a_room_left_on_every_night_the_guest_gets_it(self, give, hotel, suite):
        rooms = [make_room(hotel=hotel, room_type=suite) for _ in range(2)]
        make_booking(hotel=hotel, room_type=suite, nights=2)
        booking = make_booking(hotel=hotel, nights=2)

        give(booking, rooms[0])

        assert Booking.objects.get(pk=booking.pk).room == rooms[0]
        assert sellable(hotel, "S", nights=2) == [0, 0]

    @pytest.mark.parametrize("full", [0, 2], ids=["tonight", "the last night"])
    def test_without_one_it_is_refused_and_told_for_which_date(
        self, full, give, hotel, suite, today
    ):
        room = make_room(hotel=hotel, room_type=suite)
        make_booking(hotel=hotel, room_type=suite, arrives=full)
        booking = make_booking(hotel=hotel, nights=3)

        with pytest.raises(NoAvailability) as refused:
            give(booking, room)

        assert refused.value.message == f"No Suite is left for {today + full * DAY:%-d %B %Y}."
        stored = Booking.objects.get(pk=booking.pk)
        assert (stored.room, stored.status) == (None, BookingStatus.CONFIRMED)
        assert not hotel.events.exists()

    def test_a_full_night_after_the_departure_does_not_matter(self, give, hotel, suite):
        room = make_room(hotel=hotel, room_type=suite)
        make_booking(hotel=hotel, room_type=suite, arrives=1)

        give(make_booking(hotel=hotel, nights=1), room)

        assert room.bookings.exists()

    def test_nor_do_nights_that_are_past(self, give, hotel, suite):
        room = make_room(hotel=hotel, room_type=suite)
        make_booking(hotel=hotel, room_type=suite, arrives=-1, nights=1)

        give(make_booking(hotel=hotel, arrives=-1, nights=2), room)

        assert room.bookings.exists()

    def test_a_stop_sell_holds_for_it_as_well(self, give, hotel, suite, today):
        room = make_room(hotel=hotel, room_type=suite)
        RoomTypeInventory.objects.create(room_type=suite, date=today, stop_sell=True)

        with pytest.raises(NoAvailability):
            give(make_booking(hotel=hotel), room)

    def test_day_use_asks_for_its_day(self, give, hotel, suite):
        room = make_room(hotel=hotel, room_type=suite)
        other = make_booking(hotel=hotel, room_type=suite, nights=0)

        with pytest.raises(NoAvailability):
            give(make_booking(hotel=hotel, nights=0), room)
        other.delete()
        give(make_booking(hotel=hotel, nights=0), room)

    def test_back_to_the_booked_type_is_another_type_too(self, give, hotel, suite):
        double, better = make_room(hotel=hotel), make_room(hotel=hotel, room_type=suite)
        upgraded = make_booking(hotel=hotel, room=better, room_type=double.room_type)
        make_booking(hotel=hotel, room_type=double.room_type)

        with pytest.raises(NoAvailability, match="No Type D is left"):
            give(upgraded, double)

        assert Booking.objects.get(pk=upgraded.pk).room == better

    def test_the_same_type_is_not_asked_about(self, give, hotel):
        room = make_room(hotel=hotel)
        make_booking(hotel=hotel, room_type=room.room_type)

        with CaptureQueriesContext(connection) as captured:
            give(make_booking(hotel=hotel), room)

        assert not [query for query in captured if "hotel_roomtypeinventory" in query["sql"]]


@pytest.mark.parametrize("policy", ReadinessPolicy)
@pytest.mark.parametrize("status", [S.CHECKOUT_DIRTY, S.CLEANED_UNINSPECTED])
def test_a_better_room_on_its_way_can_be_kept_for_tonight(status, policy, hotel, suite, clerk):
    hotel.readiness_policy = policy
    hotel.save()
    room = make_room(hotel=hotel, room_type=suite, status=status)

    bookings.assign(make_booking(hotel=hotel), room, by=clerk)

    assert Room.objects.get().bookings.exists()


def test_an_assigned_guest_of_another_type_is_let_in_without_asking_again(hotel, suite, clerk):
    room = make_room(hotel=hotel, room_type=suite)
    booking = make_booking(hotel=hotel)
    bookings.assign(booking, room, by=clerk)

    arrivals.check_in(booking, by=clerk)

    assert Room.objects.get().is_occupied


def test_an_undone_checkout_is_a_fact_and_availability_then_shows_what_is_true(hotel, clerk, today):
    """The guest is in the room, whatever was sold in between: see ADR 8."""
    room = make_room(hotel=hotel, status=S.OCCUPIED)
    stay = make_booking(
        hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, arrives=-1, nights=3, guests=1
    )
    departures.check_out(stay, by=clerk)
    sold = bookings.create(
        hotel,
        room_type=room.room_type,
        check_in=today + DAY,
        check_out=today + 2 * DAY,
        guest_name="Ada",
        by=clerk,
    )

    undo.undo(room, by=clerk)

    stay.refresh_from_db()
    assert stay.status == BookingStatus.IN_HOUSE
    (offer,) = availability(hotel, today, today + 2 * DAY, room_type=room.room_type)
    assert [(night.rooms, night.held, night.sellable) for night in offer.nights] == [
        (1, 1, 0),
        (1, 2, 0),
    ]
    assert sold.status == BookingStatus.CONFIRMED
