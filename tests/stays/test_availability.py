"""What can be sold, night by night: the cases of design §4."""

import datetime as dt

import pytest

from hotel.choices import ReadinessPolicy
from hotel.exceptions import InvalidInput
from hotel.models import Hotel
from rooms.choices import Action, RoomStatus
from rooms.models import Closure
from stays.availability import MAX_NIGHTS, Night, TypeAvailability, availability
from stays.choices import BookingStatus
from stays.models import RoomTypeInventory
from tests.acting import perform
from tests.factories import make_booking, make_hotel, make_room, make_room_type

S = RoomStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel) -> dt.date:
    return hotel.business_date()


def offer(hotel: Hotel, *, arrives: int = 0, nights: int = 1, **given) -> TypeAvailability:
    """Return the only type's availability from `arrives` days from today on."""
    check_in = hotel.business_date() + arrives * DAY
    (found,) = availability(hotel, check_in, check_in + nights * DAY, **given)
    return found


def sellable(hotel: Hotel, **when) -> list[int]:
    return [night.sellable for night in offer(hotel, **when).nights]


class TestRooms:
    def test_every_active_room_of_the_type_can_be_sold(self, hotel):
        for _ in range(3):
            make_room(hotel=hotel)
        make_room(hotel=hotel, is_active=False)
        make_room(hotel=make_hotel())

        assert sellable(hotel, nights=2) == [3, 3]
        assert offer(hotel).ready_now == 3

    def test_types_are_told_apart_and_one_can_be_asked_for(self, hotel, today):
        suite = make_room_type(hotel=hotel, code="S")
        make_room(hotel=hotel)
        make_room(hotel=hotel, room_type=suite)
        make_room(hotel=hotel, room_type=suite)

        both = availability(hotel, today, today + DAY)
        assert [(found.room_type.code, found.sellable) for found in both] == [("D", 1), ("S", 2)]
        assert offer(hotel, room_type=suite).sellable == 2

    def test_a_type_without_rooms_has_nothing_to_sell(self, hotel):
        make_room_type(hotel=hotel)

        assert sellable(hotel) == [0]

    def test_a_stay_of_many_nights_is_limited_by_its_fullest(self, hotel):
        make_room(hotel=hotel)
        make_room(hotel=hotel)
        make_booking(hotel=hotel, arrives=2, nights=1)

        assert sellable(hotel, nights=4) == [2, 2, 1, 2]
        assert offer(hotel, nights=4).sellable == 1


class TestStays:
    @pytest.mark.parametrize(
        ("status", "left"),
        [
            (BookingStatus.CONFIRMED, 1),
            (BookingStatus.CANCELLED, 2),
            (BookingStatus.NO_SHOW, 2),
            (BookingStatus.COMPLETED, 2),
        ],
    )
    def test_only_a_stay_to_come_or_in_house_holds_a_room(self, status, left, hotel):
        make_room(hotel=hotel)
        room = make_room(hotel=hotel)
        make_booking(hotel=hotel, room=room, status=status)

        assert sellable(hotel) == [left]

    def test_a_stay_holds_its_nights_and_not_the_night_of_its_departure(self, hotel):
        make_room(hotel=hotel)
        make_booking(hotel=hotel, arrives=1, nights=2)

        assert sellable(hotel, nights=4) == [1, 0, 0, 1]

    def test_a_guest_in_house_is_subtracted_once(self, hotel):
        make_room(hotel=hotel)
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        make_booking(hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, arrives=-1, nights=3)

        found = offer(hotel, nights=3)

        assert [night.sellable for night in found.nights] == [1, 1, 2]
        tonight = found.nights[0]
        assert (tonight.rooms, tonight.held, tonight.out_of_order, tonight.not_ready) == (
            2,
            1,
            0,
            0,
        )
        assert found.ready_now == 1

    def test_a_guest_in_house_whose_room_needs_a_repair_is_subtracted_once_too(self, hotel):
        make_room(hotel=hotel)
        room = make_room(hotel=hotel, status=S.OCCUPIED, priority="HIGH")
        make_booking(hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, nights=1)

        # Tonight by the guest; from tomorrow by the repair, which has no expected end.
        assert sellable(hotel, nights=2) == [1, 1]
        assert [night.out_of_order for night in offer(hotel, nights=2).nights] == [0, 1]

    def test_a_guest_who_should_have_left_keeps_tonights_room_from_being_sold(self, hotel):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        make_booking(hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, arrives=-2, nights=2)

        assert sellable(hotel, nights=2) == [0, 1]
        assert offer(hotel).nights[0].not_ready == 1

    def test_an_arrival_without_a_room_holds_one_of_its_type_and_with_one_that_rooms(
        self, hotel, today
    ):
        double, suite = (make_room_type(hotel=hotel, code=code) for code in ("D", "S"))
        make_room(hotel=hotel, room_type=double)
        room = make_room(hotel=hotel, room_type=suite)
        booking = make_booking(hotel=hotel, room_type=double)

        def left():
            return {
                found.room_type.code: found.sellable
                for found in availability(hotel, today, today + DAY)
            }

        assert left() == {"D": 0, "S": 1}
        booking.room = room
        booking.save()
        assert left() == {"D": 1, "S": 0}
        assert offer(hotel, room_type=double).sellable == 1

    def test_more_stays_than_rooms_leave_nothing_rather_than_less(self, hotel):
        make_room(hotel=hotel)
        for _ in range(3):
            make_booking(hotel=hotel)

        assert sellable(hotel) == [0]
        assert offer(hotel).nights[0].held == 3

    def test_stays_of_another_hotel_hold_nothing_here(self, hotel):
        make_room(hotel=hotel)
        make_booking(hotel=make_hotel())

        assert sellable(hotel) == [1]


class TestDayUse:
    def test_it_holds_no_night(self, hotel):
        make_room(hotel=hotel)
        make_booking(hotel=hotel, arrives=1, nights=0)

        assert sellable(hotel, nights=3) == [1, 1, 1]

    def test_it_holds_its_room_for_the_days_turnover(self, hotel):
        make_room(hotel=hotel)
        make_booking(hotel=hotel, arrives=1, nights=0)

        assert sellable(hotel, arrives=1, nights=0) == [0]
        assert sellable(hotel, arrives=2, nights=0) == [1]

    def test_it_fits_between_a_departure_and_an_arrival_but_not_into_a_stay(self, hotel):
        make_room(hotel=hotel)
        make_booking(hotel=hotel, arrives=1, nights=2)
        make_booking(hotel=hotel, arrives=3, nights=2)

        assert [sellable(hotel, arrives=day, nights=0) for day in range(1, 6)] == [
            [1],
            [0],
            [1],
            [0],
            [1],
        ]

    def test_a_room_in_day_use_now_is_on_its_way_for_tonight(self, hotel):
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        make_booking(hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, nights=0)

        tonight, tomorrow = offer(hotel, nights=2).nights

        assert (tonight.not_ready, tonight.sellable, tomorrow.sellable) == (1, 0, 1)


TURNING = [S.CHECKOUT_DIRTY, S.CLEANING_IN_PROGRESS, S.CLEANED_UNINSPECTED]


class TestReadiness:
    @pytest.mark.parametrize("status", TURNING)
    @pytest.mark.parametrize(
        ("policy", "expected"),
        [
            (ReadinessPolicy.TONIGHT, [1, 2, 2]),
            (ReadinessPolicy.EVERY_NIGHT, [1, 1, 1]),
            (ReadinessPolicy.NEVER, [2, 2, 2]),
        ],
    )
    def test_a_room_on_its_way_counts_as_the_hotel_chose(self, status, policy, expected, hotel):
        hotel.readiness_policy = policy
        make_room(hotel=hotel)
        make_room(hotel=hotel, status=status)

        found = offer(hotel, nights=3)

        assert [night.sellable for night in found.nights] == expected
        assert [night.not_ready for night in found.nights] == [2 - n for n in expected]
        assert found.ready_now == 1

    def test_tonight_counts_again_once_the_room_is_ready(self, hotel, supervisor):
        room = make_room(hotel=hotel, status=S.CLEANED_UNINSPECTED)
        assert sellable(hotel) == [0]

        perform(Action.PASS_INSPECTION, room, by=supervisor)

        assert sellable(hotel) == [1]

    def test_a_room_dirty_this_morning_does_not_take_next_month_off_sale(self, hotel):
        make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)

        assert sellable(hotel, arrives=30, nights=2) == [1, 1]

    def test_a_departure_of_tomorrow_does_not_count_every_night_but_by_the_strict_filter(
        self, hotel
    ):
        hotel.readiness_policy = ReadinessPolicy.EVERY_NIGHT
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        make_booking(hotel=hotel, room=room, status=BookingStatus.IN_HOUSE, nights=1)

        tonight, tomorrow = offer(hotel, nights=2).nights

        assert (tonight.held, tonight.not_ready) == (1, 0)
        assert (tomorrow.held, tomorrow.not_ready, tomorrow.sellable) == (0, 1, 0)


class TestOutOfService:
    def test_out_of_order_without_an_end_is_gone_for_every_night(self, hotel):
        make_room(hotel=hotel, status=S.OUT_OF_ORDER)

        assert sellable(hotel, nights=3) == [0, 0, 0]
        assert sellable(hotel, arrives=300) == [0]

    def test_with_an_end_it_is_back_for_the_night_of_that_day(self, hotel, today):
        make_room(hotel=hotel, status=S.OUT_OF_ORDER, out_of_order_until=today + 2 * DAY)

        found = offer(hotel, nights=4)

        assert [night.sellable for night in found.nights] == [0, 0, 1, 1]
        assert [night.out_of_order for night in found.nights] == [1, 1, 0, 0]
        assert sellable(hotel, arrives=2, nights=0) == [1]

    def test_an_end_that_has_passed_is_no_end(self, hotel, today):
        make_room(
            hotel=hotel,
            status=S.OUT_OF_ORDER,
            out_of_order_from=today - 9 * DAY,
            out_of_order_until=today,
        )

        assert sellable(hotel, nights=2) == [0, 0]

    @pytest.mark.parametrize("policy", ReadinessPolicy)
    @pytest.mark.parametrize(
        "fault",
        [{"priority": "HIGH"}, {"priority": "LOW", "maintenance_stops_sale": True}],
        ids=["urgent", "not to be sold"],
    )
    def test_a_fault_that_stops_the_sale_has_no_end(self, fault, policy, hotel):
        hotel.readiness_policy = policy
        make_room(hotel=hotel, status=S.MAINTENANCE_REQUIRED, **fault)

        found = offer(hotel, nights=3)

        assert [night.sellable for night in found.nights] == [0, 0, 0]
        assert [night.out_of_order for night in found.nights] == [1, 1, 1]

    def test_a_fault_that_stops_the_sale_stops_it_until_its_expected_date(self, hotel, today):
        until = today + 2 * DAY
        status = S.MAINTENANCE_REQUIRED
        make_room(hotel=hotel, status=status, priority="HIGH", maintenance_until=until)

        assert sellable(hotel, nights=4) == [0, 0, 1, 1]

    @pytest.mark.parametrize("returns", [S.CHECKOUT_DIRTY, S.READY_FOR_GUEST])
    @pytest.mark.parametrize(
        ("priority", "policy", "tonight"),
        [("LOW", "NEVER", 1), ("MED", "NEVER", 1), ("MED", "TONIGHT", 0)],
    )
    def test_another_fault_takes_no_later_night(self, priority, policy, tonight, returns, hotel):
        hotel.readiness_policy = policy
        status = S.MAINTENANCE_REQUIRED
        make_room(hotel=hotel, status=status, return_status=returns, priority=priority)

        assert sellable(hotel, nights=3) == [tonight, 1, 1]

    @pytest.mark.parametrize(("returns", "tonight"), [(S.CHECKOUT_DIRTY, 0), (S.AVAILABLE, 1)])
    def test_a_ready_room_with_a_small_fault_is_sold_tonight(self, returns, tonight, hotel):
        status = S.MAINTENANCE_REQUIRED
        make_room(hotel=hotel, status=status, return_status=returns, priority="LOW")

        found = offer(hotel, nights=2)

        assert [night.sellable for night in found.nights] == [tonight, 1]
        assert found.ready_now == 0, "it is given last, and with a confirmation"

    def test_out_of_order_with_an_end_and_an_urgent_repair_has_none(self, hotel, today):
        make_room(
            hotel=hotel, status=S.OUT_OF_ORDER, priority="HIGH", out_of_order_until=today + DAY
        )

        assert sellable(hotel, nights=3) == [0, 0, 0]

    @pytest.mark.parametrize(("until", "left"), [(3, [1, 0, 0, 1]), (None, [1, 0, 0, 0])])
    def test_a_planned_closure_counts_at_once(self, until, left, hotel, today):
        room = make_room(hotel=hotel)
        end = None if until is None else today + until * DAY
        Closure.objects.create(
            room=room, kind="OUT_OF_ORDER", start=today + DAY, until=end, reason="Painting"
        )

        assert sellable(hotel, nights=4) == left

    @pytest.mark.parametrize(
        "closure",
        [{"kind": "OUT_OF_SERVICE"}, {"kind": "OUT_OF_ORDER", "status": "CANCELLED"}],
    )
    def test_out_of_service_or_cancelled_counts_nothing(self, closure, hotel, today):
        Closure.objects.create(room=make_room(hotel=hotel), start=today, reason="Blinds", **closure)

        assert sellable(hotel, nights=2) == [1, 1]

    def test_an_end_does_not_help_where_every_night_must_be_ready_now(self, hotel, today):
        hotel.readiness_policy = ReadinessPolicy.EVERY_NIGHT
        make_room(hotel=hotel, status=S.OUT_OF_ORDER, out_of_order_until=today + DAY)

        assert sellable(hotel, nights=2) == [0, 0]


class TestInventory:
    @pytest.fixture
    def limit(self, hotel, today):
        for _ in range(3):
            make_room(hotel=hotel)

        def limit(arrives: int = 0, **given):
            RoomTypeInventory.objects.create(
                room_type=make_room_type(hotel=hotel), date=today + arrives * DAY, **given
            )

        return limit

    @pytest.mark.parametrize(("total_rooms", "left"), [(0, 0), (2, 2), (9, 3), (None, 3)])
    def test_a_night_is_capped_by_its_override(self, total_rooms, left, limit, hotel):
        limit(arrives=1, total_rooms=total_rooms)

        assert sellable(hotel, nights=3) == [3, left, 3]

    def test_what_is_sold_already_counts_against_the_cap(self, limit, hotel):
        limit(total_rooms=2)
        make_booking(hotel=hotel)

        assert sellable(hotel) == [1]

    def test_stop_sell_leaves_nothing_whatever_the_number(self, limit, hotel):
        limit(total_rooms=3, stop_sell=True)

        assert sellable(hotel, nights=2) == [0, 3]

    def test_another_type_keeps_its_rooms(self, limit, hotel, today):
        suite = make_room_type(hotel=hotel, code="S")
        make_room(hotel=hotel, room_type=suite)
        limit(stop_sell=True)

        found = availability(hotel, today, today + DAY)

        assert [kind.sellable for kind in found] == [0, 1]

    def test_day_use_is_capped_by_its_day(self, limit, hotel):
        limit(arrives=1, stop_sell=True)

        assert sellable(hotel, arrives=1, nights=0) == [0]
        assert sellable(hotel, arrives=0, nights=0) == [3]


class TestDates:
    def test_the_departure_is_not_before_the_arrival(self, hotel, today):
        with pytest.raises(InvalidInput) as refused:
            availability(hotel, today, today - DAY)

        assert set(refused.value.fields) == {"check_out"}

    def test_four_hundred_nights_are_answered_and_no_more(self, hotel, today):
        make_room(hotel=hotel)

        assert sellable(hotel, nights=MAX_NIGHTS) == [1] * 400
        with pytest.raises(InvalidInput):
            availability(hotel, today, today + (MAX_NIGHTS + 1) * DAY)

    def test_a_night_that_has_passed_is_not_sold(self, hotel):
        make_room(hotel=hotel)

        assert sellable(hotel, arrives=-2, nights=4) == [0, 0, 1, 1]

    @pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
    def test_the_first_and_the_last_day_there_are_can_be_asked_for(self, day, hotel):
        make_room(hotel=hotel)

        (found,) = availability(hotel, day, day)

        assert found.sellable == (0 if day == dt.date.min else 1)

    def test_tonight_is_the_hotels_night_and_not_greenwichs(self, hotel):
        hotel.time_zone = "Pacific/Pago_Pago"  # eleven hours behind
        make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        early_in_greenwich = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)

        (found,) = availability(
            hotel, dt.date(2026, 3, 1), dt.date(2026, 3, 3), at=early_in_greenwich
        )

        assert [(n.date.day, n.not_ready, n.sellable) for n in found.nights] == [
            (1, 1, 0),
            (2, 0, 1),
        ]


class TestItsCost:
    QUERIES = 5  # types, stays, rooms, closures, inventory

    @pytest.mark.parametrize("rooms", [1, 50])
    @pytest.mark.parametrize("nights", [0, 1, 400])
    def test_the_queries_are_as_many_for_a_year_as_for_a_night(
        self, nights, rooms, hotel, today, django_assert_num_queries
    ):
        for n in range(rooms):
            room = make_room(hotel=hotel, room_type=make_room_type(hotel=hotel, code=f"T{n % 5}"))
            make_booking(hotel=hotel, room=room, arrives=n, nights=3)
            RoomTypeInventory.objects.get_or_create(
                room_type=room.room_type, date=today + n * DAY, defaults={"total_rooms": 5}
            )

        with django_assert_num_queries(self.QUERIES):
            found = availability(hotel, today, today + nights * DAY)
            assert sum(kind.nights[0].rooms for kind in found) == rooms

    def test_one_type_costs_no_more(self, hotel, today, django_assert_max_num_queries):
        room = make_room(hotel=hotel)

        with django_assert_max_num_queries(self.QUERIES):
            availability(hotel, today, today + DAY, room_type=room.room_type)


def test_a_night_never_offers_less_than_nothing():
    assert Night(dt.date(2026, 3, 1), rooms=5, out_of_order=3, not_ready=4, held=2).sellable == 0
    assert Night(dt.date(2026, 3, 1), rooms=5, limit=2, held=4).sellable == 0


def test_a_room_on_its_way_to_its_own_guest_is_taken_off_once(hotel):
    ready = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
    cleaning = make_room(hotel=hotel, status=S.CLEANING_IN_PROGRESS)
    make_booking(hotel=hotel, room=cleaning)

    tonight = offer(hotel).nights[0]

    assert (tonight.rooms, tonight.held, tonight.not_ready) == (2, 1, 0)
    assert tonight.sellable == 1, f"room {ready} is promised to nobody"


@pytest.mark.parametrize("policy", ReadinessPolicy)
class TestWhoShouldHaveLeft:
    def test_holds_tonight_once_under_every_policy(self, policy, hotel):
        hotel.readiness_policy = policy
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        make_booking(hotel=hotel, room=room, status="IN_HOUSE", arrives=-3, nights=2)
        make_room(hotel=hotel)

        tonight, tomorrow = offer(hotel, nights=2).nights

        assert (tonight.held, tonight.sellable) == (1, 1)
        assert tomorrow.held == 0

    def test_who_leaves_today_does_not(self, policy, hotel):
        hotel.readiness_policy = policy
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        make_booking(hotel=hotel, room=room, status="IN_HOUSE", arrives=-2, nights=2)

        assert offer(hotel).nights[0].held == 0

    def test_and_is_in_the_room_by_day(self, policy, hotel):
        hotel.readiness_policy = policy
        room = make_room(hotel=hotel, status=S.OCCUPIED)
        make_booking(hotel=hotel, room=room, status="IN_HOUSE", arrives=-3, nights=2)

        assert offer(hotel, nights=0).nights[0].held == 1


class TestSharers:
    def test_hold_each_night_once(self, hotel):
        room = make_room(hotel=hotel)
        make_room(hotel=hotel)
        first = make_booking(hotel=hotel, room=room, nights=2)
        make_booking(hotel=hotel, room=room, arrives=1, nights=2, shares_with=first)

        found = offer(hotel, nights=4)

        assert [night.held for night in found.nights] == [1, 1, 1, 0]
        assert [night.sellable for night in found.nights] == [1, 1, 1, 2]
