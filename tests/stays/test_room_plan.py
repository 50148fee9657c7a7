"""How many rooms could take a stay, and the way to one, as the rows in the database stand."""

import datetime as dt

import pytest

from rooms.choices import ClosureKind, ClosureStatus, Priority, RoomStatus
from rooms.models import Closure
from stays.availability import availability
from stays.choices import BookingStatus
from stays.models import Booking
from stays.room_plan import RoomMove, StayPart, plan_for, rooms_for, without_move
from tests.factories import make_booking, make_hotel, make_room, make_room_type

S = RoomStatus
B = BookingStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel):
    return hotel.business_date()


@pytest.fixture
def room(hotel):
    return lambda number, **fields: make_room(hotel=hotel, number=number, **fields)


@pytest.fixture
def close(today):
    def close(room, start, until, kind=ClosureKind.OUT_OF_ORDER, status=ClosureStatus.PLANNED):
        end = None if until is None else today + until * DAY
        return Closure.objects.create(
            room=room,
            start=today + start * DAY,
            until=end,
            kind=kind,
            status=status,
            reason="paint",
        )

    return close


@pytest.fixture
def stay(hotel):
    return lambda arrives, nights, room=None, **fields: make_booking(
        hotel=hotel, arrives=arrives, nights=nights, room=room, **fields
    )


@pytest.fixture
def most(hotel, today):
    """How many more fit, from a day to a day, with what availability says before."""

    def most(start, until):
        check_in, check_out = today + start * DAY, today + until * DAY
        found = availability(hotel, check_in, check_out)
        (fit,) = without_move(hotel, found, check_in, check_out).values()
        assert fit.exact
        return fit.count

    return most


class TestHowManyFit:
    def test_two_rooms_each_closed_for_a_part(self, room, close, most):
        close(room("204"), 10, 12)
        close(room("205"), 12, 14)

        assert most(10, 12) == 1
        assert most(10, 14) == 0

    def test_a_closure_that_is_over_or_out_of_service_or_cancelled_blocks_nothing(
        self, room, close, most
    ):
        close(room("204"), 10, 12, status=ClosureStatus.CANCELLED)
        close(room("205"), 12, 14, kind=ClosureKind.OUT_OF_SERVICE)

        assert most(10, 14) == 2

    def test_one_without_an_end_blocks_for_good(self, room, close, most, stay):
        room("204")
        close(room("205"), 5, None)
        stay(1, 3)

        assert most(2, 5) == 1
        assert most(2, 8) == 1
        stay(5, 2)
        # The new stay would need 204 from the 2nd to the 8th, and so does the other on the 5th.
        assert most(2, 8) == 0

    def test_a_room_of_another_type_or_hotel_is_none(self, hotel, room, close, today):
        close(room("204"), 1, 3)
        suite = make_room_type(hotel=hotel, code="S")
        make_room(hotel=hotel, room_type=suite)
        make_room(hotel=(other := make_hotel()), room_type=make_room_type(hotel=other))
        found = availability(hotel, today, today + 4 * DAY)

        fits = without_move(hotel, found, today, today + 4 * DAY)

        assert {one.room_type.code: fits[one.room_type.pk].count for one in found} == {
            "D": 0,
            "S": 1,
        }

    def test_the_stays_are_not_read_where_nothing_is_closed_later(
        self, hotel, room, stay, today, django_assert_num_queries
    ):
        room("204")
        stay(1, 2)
        found = availability(hotel, today, today + DAY)

        with django_assert_num_queries(1):
            without_move(hotel, found, today, today + DAY)

    def test_for_many_types_and_closures_two_queries_do(
        self, hotel, close, today, django_assert_num_queries
    ):
        for code in "ABCD":
            for n in range(3):
                room_type = make_room_type(hotel=hotel, code=code)
                close(make_room(hotel=hotel, room_type=room_type), n + 1, n + 3)
        found = availability(hotel, today, today + DAY)

        with django_assert_num_queries(2):
            without_move(hotel, found, today, today + DAY)


class TestWhatABookingNeeds:
    @pytest.mark.parametrize(
        ("fields", "free_from"),
        [
            ({"status": S.OUT_OF_ORDER}, None),
            ({"status": S.OUT_OF_ORDER, "out_of_order_until": 3}, 3),
            ({"status": S.OUT_OF_ORDER, "out_of_order_until": 0}, None),
            ({"priority": Priority.HIGH, "status": S.MAINTENANCE_REQUIRED}, None),
            (
                {
                    "priority": Priority.HIGH,
                    "status": S.MAINTENANCE_REQUIRED,
                    "maintenance_until": 2,
                },
                2,
            ),
            ({"priority": Priority.LOW, "status": S.MAINTENANCE_REQUIRED}, 0),
            (
                {
                    "priority": Priority.LOW,
                    "status": S.MAINTENANCE_REQUIRED,
                    "maintenance_stops_sale": True,
                },
                None,
            ),
            ({"is_active": False}, None),
            ({"status": S.CHECKOUT_DIRTY}, 0),
        ],
    )
    def test_a_room_is_blocked_until_it_is_expected_back(
        self, room, stay, today, fields, free_from
    ):
        dates = ("out_of_order_until", "maintenance_until")
        room(
            "204",
            **{
                name: today + value * DAY if name in dates else value
                for name, value in fields.items()
            },
        )

        for arrives in range(5):
            free = free_from is not None and arrives >= free_from
            assert rooms_for(stay(arrives, 2, check_out=today + (arrives + 2) * DAY)).count == free
            Booking.objects.all().delete()

    @pytest.mark.parametrize(
        ("arrived", "nights", "free_from"),
        [(-2, 5, 3), (-2, 2, 0), (-3, 2, 1), (-9, 1, 1)],
        ids=["leaves later", "leaves today", "overdue", "long overdue"],
    )
    def test_guests_in_house_keep_their_room_and_one_who_is_overdue_keeps_it_tonight(
        self, room, stay, arrived, nights, free_from
    ):
        stay(arrived, nights, room("204", status=S.OCCUPIED), status=B.IN_HOUSE)

        for arrives in range(5):
            asked = stay(arrives, 1)
            assert rooms_for(asked).count == (arrives >= free_from)
            asked.delete()

    def test_those_who_share_a_room_need_one_from_the_first_to_the_last_night(self, room, stay):
        room("204")
        holder = stay(2, 2)
        stay(3, 3, shares_with=holder)

        assert rooms_for(stay(1, 1)).count == 1
        assert rooms_for(stay(5, 1)).count == 0
        assert rooms_for(holder).count == 0
        Booking.objects.exclude(shares_with=holder).exclude(pk=holder.pk).delete()
        assert rooms_for(holder).count == 1

    def test_it_is_not_asked_where_no_room_is_needed(self, room, stay):
        given = room("204")

        assert rooms_for(stay(0, 2, given)) is None
        assert rooms_for(stay(-3, 2)) is None
        assert rooms_for(stay(1, 2, status=B.CANCELLED)) is None
        assert rooms_for(stay(-1, 3)) is not None


class TestTheWay:
    def test_a_room_that_is_free_needs_none(self, room, stay):
        first, second = room("204"), room("205")
        stay(3, 1, first)

        plan = plan_for(stay(2, 3))

        assert (plan.free, plan.chain, plan.parts) == ((second,), (), ())
        assert plan.without_move == 1

    def test_the_fewest_others_change_rooms(self, room, stay):
        first, second = room("204"), room("207")
        stay(-1, 3, second, status=B.IN_HOUSE)
        in_the_way = stay(2, 2, first)

        plan = plan_for(stay(1, 5))

        assert plan.room == first
        assert plan.chain == (RoomMove(in_the_way, first, second),)
        assert (plan.free, plan.parts, plan.without_move, plan.shortest) == ((), (), 1, True)

    def test_those_who_share_a_room_move_together(self, room, stay):
        first, second = room("204"), room("207")
        stay(-1, 3, second, status=B.IN_HOUSE)
        holder = stay(2, 2, first)
        sharer = stay(3, 1, first, shares_with=holder)

        plan = plan_for(stay(1, 5))

        assert plan.chain == (RoomMove(holder, first, second), RoomMove(sharer, first, second))

    def test_where_nobody_can_help_the_guest_moves_on_a_day(self, room, stay, close, today):
        first, second = room("204"), room("208")
        close(first, 4, 9)
        close(second, 1, 3)

        plan = plan_for(stay(2, 4))

        assert plan.without_move == 0
        assert plan.parts == (
            StayPart(today + 2 * DAY, today + 4 * DAY, first),
            StayPart(today + 4 * DAY, today + 6 * DAY, second),
        )

    def test_nothing_is_offered_where_a_night_is_full(self, room, stay):
        stay(3, 1, room("204"))

        plan = plan_for(stay(2, 4))

        assert (plan.free, plan.room, plan.parts) == ((), None, ())

    def test_a_stay_that_is_not_booked_has_a_plan_too(self, hotel, room, stay, today):
        only = room("204")

        asked = Booking(
            hotel=hotel, room_type=only.room_type, check_in=today, check_out=today + DAY
        )

        assert plan_for(asked).free == (only,)

    @pytest.mark.parametrize("size", [1, 30])
    def test_five_queries_do(self, room, stay, size, django_assert_max_num_queries):
        for n in range(size):
            one, other = room(f"1{n:02}"), room(f"2{n:02}")
            stay(-1, 3, other, status=B.IN_HOUSE)
            stay(2, 2, one)
        asked = Booking.objects.select_related("hotel").get(pk=stay(1, 5).pk)

        with django_assert_max_num_queries(5):
            assert plan_for(asked).chain
