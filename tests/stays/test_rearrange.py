"""A chain of moves, and a stay divided between rooms: whole or absent, and only as agreed."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection

from hotel.choices import Role
from hotel.exceptions import (
    InvalidInput,
    NotAllowed,
    NotConfirmed,
    PlanOutdated,
    ReadyroomError,
    SharedStay,
)
from rooms.choices import ClosureKind, LogAction, RoomStatus
from rooms.models import Closure
from stays import rearrange as stays_rearrange
from stays.choices import BookingStatus
from stays.models import Booking
from stays.room_plan import RoomPlan, plan_for
from tests.acting import Plainly, bookings
from tests.factories import make_booking, make_room, make_staff
from tests.racing import assert_no_gap, at_once

rearrange = Plainly(stays_rearrange)
B = BookingStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def today(hotel):
    return hotel.business_date()


class Full:
    """204 has B-12 on the 2nd and 3rd, 207 is free from the 2nd: B-13 wants the 1st to the 6th."""

    def __init__(self, hotel) -> None:
        self.first, self.second = (make_room(hotel=hotel, number=n) for n in ("204", "207"))
        self.in_house = make_booking(
            hotel=hotel, room=self.second, arrives=-1, nights=3, status=B.IN_HOUSE
        )
        self.moved = make_booking(
            hotel=hotel, room=self.first, arrives=2, nights=2, booking_id="B-12"
        )
        self.asked = make_booking(hotel=hotel, arrives=1, nights=5, booking_id="B-13")


@pytest.fixture
def full(hotel):
    return Full(hotel)


@pytest.fixture
def apart(hotel, today):
    """204 is closed from the 4th, 208 on the 1st and 2nd: a stay from the 2nd to the 6th."""
    first, second = (make_room(hotel=hotel, number=number) for number in ("204", "208"))
    for room, start, until in ((first, 4, 9), (second, 1, 3)):
        Closure.objects.create(
            room=room,
            kind=ClosureKind.OUT_OF_ORDER,
            start=today + start * DAY,
            until=today + until * DAY,
            reason="paint",
        )
    return make_booking(
        hotel=hotel,
        arrives=2,
        nights=4,
        guest_name="Maria Lind",
        adults=2,
        children=1,
        country="PT",
    )


def lines(hotel):
    return [
        (event.action, event.room.number if event.room else "", event.booking.booking_id)
        for event in hotel.events.select_related("room", "booking").order_by("seq")
    ]


class TestAChain:
    def test_others_move_and_the_booking_gets_the_room(self, hotel, full, clerk):
        rearrange.apply_chain(full.asked, plan_for(full.asked), by=clerk)

        full.moved.refresh_from_db()
        full.asked.refresh_from_db()
        assert (full.moved.room, full.asked.room) == (full.second, full.first)
        assert lines(hotel) == [
            (LogAction.ROOM_UNASSIGNED, "204", "B-12"),
            (LogAction.ROOM_ASSIGNED, "207", "B-12"),
            (LogAction.ROOM_ASSIGNED, "204", "B-13"),
        ]
        assert {event.actor for event in hotel.events.all()} == {clerk}

    def test_a_repeat_changes_nothing(self, hotel, full, clerk):
        plan = plan_for(full.asked)
        rearrange.apply_chain(full.asked, plan, by=clerk, request_id="r-1")
        seen = lines(hotel)

        rearrange.apply_chain(full.asked, plan, by=clerk, request_id="r-1")

        assert lines(hotel) == seen

    def test_all_who_share_a_room_move_and_get_it(self, hotel, full, clerk):
        sharer = make_booking(
            hotel=hotel, room=full.first, arrives=3, nights=1, shares_with=full.moved
        )
        friend = make_booking(hotel=hotel, arrives=1, nights=2, shares_with=full.asked)

        rearrange.apply_chain(full.asked, plan_for(full.asked), by=clerk)

        sharer.refresh_from_db()
        friend.refresh_from_db()
        assert (sharer.room, friend.room) == (full.second, full.first)

    @pytest.mark.parametrize(
        "meanwhile",
        [
            lambda full: make_booking(
                hotel=full.asked.hotel, room=full.second, arrives=3, booking_id="B-99"
            ),
            lambda full: make_booking(
                hotel=full.asked.hotel, room=full.first, arrives=5, booking_id="B-99"
            ),
            lambda full: Booking.objects.filter(pk=full.moved.pk).update(room=full.second),
            lambda full: Booking.objects.filter(pk=full.moved.pk).update(status=B.CANCELLED),
            lambda full: Booking.objects.filter(pk=full.moved.pk).update(
                check_out=full.moved.check_out + DAY
            ),
            lambda full: (
                type(full.second).objects.filter(pk=full.second.pk).update(is_active=False)
            ),
            lambda full: (
                type(full.second)
                .objects.filter(pk=full.second.pk)
                .update(
                    room_status=RoomStatus.OUT_OF_ORDER,
                    is_out_of_order=True,
                    out_of_order_from=full.asked.check_in,
                    return_status=RoomStatus.AVAILABLE,
                )
            ),
        ],
        ids=[
            "another stay in the target",
            "another stay in the room that becomes free",
            "moved already",
            "cancelled",
            "stays longer",
            "not in use",
            "out of order",
        ],
    )
    def test_a_plan_that_is_not_true_any_more_is_refused_whole(self, hotel, full, clerk, meanwhile):
        plan = plan_for(full.asked)
        # The in-house guest left, so that the room's status may be anything.
        Booking.objects.filter(pk=full.in_house.pk).update(
            status=B.COMPLETED, checked_out_at=full.in_house.checked_in_at
        )
        meanwhile(full)

        with pytest.raises(PlanOutdated, match="changed meanwhile: look again"):
            rearrange.apply_chain(full.asked, plan, by=clerk)

        assert not hotel.events.exists()
        assert Booking.objects.get(pk=full.asked.pk).room is None

    def test_only_the_desk_may(self, hotel, full):
        cleaner = make_staff(hotel=hotel, role=Role.HOUSEKEEPER)
        plan = plan_for(full.asked)

        with pytest.raises(NotAllowed):
            rearrange.apply_chain(full.asked, plan, by=cleaner)

    def test_only_for_guests_who_are_expected(self, full, clerk):
        plan = plan_for(full.asked)
        Booking.objects.filter(pk=full.asked.pk).update(status=B.CANCELLED)

        with pytest.raises(NotConfirmed):
            rearrange.apply_chain(full.asked, plan, by=clerk)

    def test_there_must_be_a_chain(self, full, clerk):
        with pytest.raises(InvalidInput, match="nothing to rearrange"):
            rearrange.apply_chain(full.asked, RoomPlan(), by=clerk)


class TestAStayInParts:
    def test_the_booking_keeps_the_first_part_and_another_takes_the_rest(
        self, hotel, apart, clerk, today
    ):
        first, second = rearrange.divide(apart, plan_for(apart).parts, by=clerk)

        first.refresh_from_db()
        second.refresh_from_db()
        assert first.pk == apart.pk
        assert (first.room.number, first.check_in, first.check_out) == (
            "204",
            today + 2 * DAY,
            today + 4 * DAY,
        )
        assert (second.room.number, second.check_in, second.check_out) == (
            "208",
            today + 4 * DAY,
            today + 6 * DAY,
        )
        same = ("guest_name", "adults", "children", "country", "room_type", "status")
        assert [getattr(first, name) for name in same] == [getattr(second, name) for name in same]
        assert lines(hotel) == [
            (LogAction.STAY_CHANGED, "", first.booking_id),
            (LogAction.ROOM_ASSIGNED, "204", first.booking_id),
            (LogAction.BOOKING_CREATED, "", second.booking_id),
            (LogAction.ROOM_ASSIGNED, "208", second.booking_id),
        ]
        assert second.booking_id in hotel.events.get(action=LogAction.STAY_CHANGED).notes

    def test_a_repeat_divides_once(self, apart, clerk):
        parts = plan_for(apart).parts
        rearrange.divide(apart, parts, by=clerk, request_id="r-1")

        rearrange.divide(apart, parts, by=clerk, request_id="r-1")

        assert Booking.objects.count() == 2

    def test_a_room_that_was_given_meanwhile_is_refused(self, hotel, apart, clerk, today):
        parts = plan_for(apart).parts
        make_booking(hotel=hotel, room=parts[1].room, arrives=5)

        with pytest.raises(PlanOutdated):
            rearrange.divide(apart, parts, by=clerk)

        apart.refresh_from_db()
        assert (apart.room, apart.check_out) == (None, today + 6 * DAY)
        assert not hotel.events.exists()

    def test_parts_that_are_not_the_stay_are_refused(self, apart, clerk):
        first, second = plan_for(apart).parts

        for parts in (
            [first, replace(second, check_out=second.check_out - DAY)],
            [first, replace(second, check_in=second.check_in + DAY)],
            [second, first],
        ):
            with pytest.raises(PlanOutdated):
                rearrange.divide(apart, parts, by=clerk)
        with pytest.raises(InvalidInput):
            rearrange.divide(apart, [first], by=clerk)

    def test_guests_who_share_a_room_are_not_divided(self, hotel, apart, clerk):
        parts = plan_for(apart).parts
        make_booking(hotel=hotel, arrives=2, shares_with=apart)

        assert plan_for(apart).parts == ()
        with pytest.raises(SharedStay):
            rearrange.divide(apart, parts, by=clerk)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL's row locks")
@pytest.mark.parametrize("attempt", range(5))
def test_while_others_assign_the_same_rooms_no_room_is_given_twice(hotel, clerk, attempt):
    full = Full(hotel)
    plan = plan_for(full.asked)
    rivals = [make_booking(hotel=hotel, arrives=3, nights=1) for _ in range(3)]
    again = make_booking(hotel=hotel, arrives=1, nights=5)
    other_plan = plan_for(again)

    answers = at_once(
        lambda: rearrange.apply_chain(Booking.objects.get(pk=full.asked.pk), plan, by=clerk),
        lambda: rearrange.apply_chain(Booking.objects.get(pk=again.pk), other_plan, by=clerk),
        *(
            lambda rival=rival, room=room: bookings.assign(
                Booking.objects.get(pk=rival.pk), room, by=clerk
            )
            for rival, room in zip(rivals, [full.first, full.second, full.second], strict=True)
        ),
    )

    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(answer, ReadyroomError) for answer in refused), refused
    assert len(answers) - len(refused) >= 1
    for stay in Booking.objects.holding().filter(room__isnull=False):
        clashing = stay.room.bookings.clashing(stay.check_in, stay.check_out)
        assert list(clashing) == [stay]
    assert_no_gap(hotel)
