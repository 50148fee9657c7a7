"""Two bookings, one room: held once, both guests in it, dirty when the last one leaves."""

import datetime as dt

import pytest

from hotel.choices import Role
from hotel.exceptions import (
    CannotShare,
    InvalidInput,
    NoAvailability,
    NotAllowed,
    NotConfirmed,
    NotSharing,
    RoomTaken,
    SharesSince,
    SharesWithGuests,
)
from rooms.choices import Action, LogAction, RoomStatus
from rooms.models import Room
from stays import rules
from stays.availability import availability
from stays.models import Booking
from tests.acting import arrivals, bookings, departures, reinstatement, sharing, undo
from tests.factories import make_booking, make_hotel, make_room, make_room_type
from tests.invariants import Watch

S = RoomStatus
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def nothing_is_broken(hotel):
    watch = Watch(hotel)
    yield
    watch.look()
    watch.look_at_guests()


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="204", status=S.READY_FOR_GUEST)


@pytest.fixture
def first(hotel, room) -> Booking:
    return make_booking(hotel=hotel, room=room, nights=2, guests=1, booking_id="B-1")


@pytest.fixture
def second(hotel) -> Booking:
    return make_booking(hotel=hotel, nights=3, guests=1, booking_id="B-2")


def share(booking: Booking, other: Booking | None, by, **given) -> Booking:
    sharing.share(booking, other, by=by, **given)
    return Booking.objects.get(pk=booking.pk)


def status_of(room: Room) -> str:
    return Room.objects.get(pk=room.pk).room_status


class TestToShare:
    def test_gives_the_others_room_and_holds_each_night_once(
        self, first, second, room, clerk, hotel
    ):
        sharer = share(second, first, clerk)

        assert (sharer.room, sharer.shares_with) == (room, first)
        today = hotel.business_date()
        (offer,) = availability(hotel, today, today + 4 * DAY)
        assert [night.held for night in offer.nights] == [1, 1, 1, 0]
        event = hotel.events.first()
        assert (event.action, event.notes) == (LogAction.SHARING_BEGAN, "with B-1")

    def test_frees_the_room_that_the_sharer_had(self, first, second, clerk, hotel):
        own = make_room(hotel=hotel)
        bookings.assign(second, own, by=clerk)

        share(second, first, clerk)

        assert not own.bookings.exists()
        assert LogAction.ROOM_UNASSIGNED in [event.action for event in own.events.all()]

    def test_takes_the_others_type(self, first, hotel, clerk):
        suite = make_room_type(hotel=hotel, code="S")
        second = make_booking(hotel=hotel, room_type=suite, nights=2)

        assert share(second, first, clerk).room_type == first.room.room_type

    def test_before_either_has_a_room(self, hotel, clerk, second):
        make_room(hotel=hotel)
        first = make_booking(hotel=hotel, nights=3)

        assert share(second, first, clerk).room is None
        today = hotel.business_date()
        assert availability(hotel, today, today + DAY)[0].nights[0].held == 1

    def test_a_night_of_another_type_that_only_the_sharer_stays_must_be_left(
        self, first, clerk, hotel
    ):
        suite = make_room_type(hotel=hotel, code="S")
        second = make_booking(hotel=hotel, room_type=suite, nights=3)
        make_booking(hotel=hotel, arrives=2)

        with pytest.raises(NoAvailability):
            share(second, first, clerk)

    def test_and_the_room_must_be_free_for_it(self, first, second, room, clerk):
        make_booking(hotel=first.hotel, room=room, arrives=2)

        with pytest.raises(RoomTaken):
            share(second, first, clerk)

    @pytest.mark.parametrize("status", ["COMPLETED", "CANCELLED", "NO_SHOW"])
    def test_not_with_who_is_not_expected(self, status, second, clerk, hotel):
        ended = make_booking(hotel=hotel, status=status, nights=3)

        with pytest.raises(CannotShare):
            share(second, ended, clerk)

    def test_not_without_a_night_in_common(self, first, hotel, clerk):
        later = make_booking(hotel=hotel, arrives=2)

        with pytest.raises(CannotShare, match="no night in common"):
            share(later, first, clerk)

    def test_not_more_persons_than_the_type_has_room_for(self, first, second, clerk):
        room_type = first.room_type
        room_type.max_persons = 2
        room_type.save()
        Booking.objects.filter(pk=second.pk).update(adults=2)

        with pytest.raises(CannotShare, match="has room for 2 persons"):
            share(second, first, clerk)

    def test_not_in_house_already(self, first, hotel, clerk):
        inside = make_booking(
            hotel=hotel, room=make_room(hotel=hotel, status=S.OCCUPIED), status="IN_HOUSE", guests=1
        )

        with pytest.raises(NotConfirmed):
            share(inside, first, clerk)

    @pytest.mark.parametrize("whose", ["own", "nobody's", "another hotel's"])
    def test_only_with_another_booking_of_the_hotel(self, whose, first, clerk):
        other = {"own": first, "nobody's": None}.get(whose, make_booking(hotel=make_hotel()))

        with pytest.raises(InvalidInput):
            share(first, other, clerk)

    def test_twice_changes_nothing(self, first, second, clerk, hotel):
        share(second, first, clerk)
        share(second, first, clerk)

        assert hotel.events.count() == 1

    @pytest.mark.parametrize("role", [Role.HOUSEKEEPER, Role.SUPERVISOR, Role.MAINTENANCE])
    def test_it_is_the_desks(self, role, first, second, staff):
        with pytest.raises(NotAllowed):
            share(second, first, staff[role])


class TestTheirDay:
    @pytest.fixture
    def both(self, first, second, clerk) -> tuple[Booking, Booking]:
        share(second, first, clerk)
        return first, Booking.objects.get(pk=second.pk)

    def let_in(self, booking: Booking, by) -> Booking:
        booking.refresh_from_db()
        return arrivals.check_in(booking, None, by=by)

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_the_room_is_occupied_from_the_first_to_the_last(self, order, both, room, clerk, hotel):
        one, other = (both[n] for n in order)

        self.let_in(one, clerk)
        self.let_in(other, clerk)
        assert {guest.name for guest in room.guests.all()} == {f"{b.guest_name} 0" for b in both}
        departures.check_out(one, by=clerk)
        assert status_of(room) == S.OCCUPIED
        departures.check_out(other, by=clerk)

        assert status_of(room) == S.CHECKOUT_DIRTY
        actions = [event.action for event in hotel.events.order_by("seq")][1:]
        assert actions == [
            Action.CHECK_IN,
            LogAction.SHARER_CHECKED_IN,
            LogAction.SHARER_CHECKED_OUT,
            Action.CHECK_OUT,
        ]

    @pytest.mark.parametrize("then", ["checks in", "checks in, and the first leaves"])
    def test_a_check_in_is_not_undone_over_the_head_of_the_other(self, then, both, room, clerk):
        """The room would be empty on the board, with a guest in it."""
        for booking in both:
            self.let_in(booking, clerk)
        if "leaves" in then:
            departures.check_out(both[0], by=clerk)
        room = Room.objects.get(pk=room.pk)

        assert not undo.may_undo(clerk, room)
        assert room.pk not in undo.undoable_rooms(clerk)
        with pytest.raises(SharesWithGuests):
            undo.undo(room, by=clerk)

        assert status_of(room) == S.OCCUPIED

    @pytest.mark.parametrize("kept", ["another room", "no room", "a room that is gone"])
    def test_an_undone_check_in_takes_the_sharer_back_too(self, kept, both, room, clerk, hotel):
        if kept == "no room":
            bookings.unassign(both[0], by=clerk)
        other = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
        both[0].refresh_from_db()
        arrivals.check_in(both[0], other, by=clerk)
        if kept == "a room that is gone":
            # Free for the first, but not for the sharer's last night.
            make_booking(hotel=hotel, room=room, arrives=2)

        undo.undo(Room.objects.get(pk=other.pk), by=clerk)

        expected = room if kept == "another room" else None
        assert {Booking.objects.get(pk=one.pk).room for one in both} == {expected}

    def test_the_rooms_own_checkout_is_for_all_and_undone_for_all(self, both, room, clerk):
        for booking in both:
            self.let_in(booking, clerk)
        room = Room.objects.get(pk=room.pk)

        departures.check_out_room(room, by=clerk)
        assert [Booking.objects.get(pk=one.pk).status for one in both] == ["COMPLETED"] * 2
        undo.undo(room, by=clerk)

        assert [Booking.objects.get(pk=one.pk).status for one in both] == ["IN_HOUSE"] * 2
        assert status_of(room) == S.OCCUPIED

    @pytest.mark.parametrize("bulk", [True, False])
    def test_three_leave_together(self, bulk, both, room, clerk, hotel):
        third = make_booking(hotel=hotel, nights=2, guests=1)
        share(third, both[0], clerk)
        for booking in (*both, third):
            self.let_in(booking, clerk)
        room = Room.objects.get(pk=room.pk)

        if bulk:
            departures.bulk_check_out(hotel, ["204"], by=clerk)
        else:
            departures.check_out_room(room, by=clerk)

        assert not Booking.objects.in_house().exists()
        assert status_of(room) == S.CHECKOUT_DIRTY

    def test_a_bulk_checkout_completes_both(self, both, room, clerk, hotel):
        for booking in both:
            self.let_in(booking, clerk)

        done, skipped = departures.bulk_check_out(hotel, ["204"], by=clerk)

        assert ({item.booking_id for item in done}, skipped) == ({"B-1", "B-2"}, [])
        assert status_of(room) == S.CHECKOUT_DIRTY

    def test_a_bulk_checkout_leaves_a_room_with_a_guest_nobody_agreed_to(
        self, both, room, clerk, hotel
    ):
        for booking in both:
            self.let_in(booking, clerk)

        done, skipped = departures.bulk_check_out(hotel, ["204"], by=clerk, agreed=["B-1"])

        assert (done, len(skipped)) == ([], 1)
        assert status_of(room) == S.OCCUPIED

    @pytest.mark.parametrize("who", [0, 1])
    def test_one_who_was_checked_out_by_mistake_is_back(self, who, both, room, clerk):
        for booking in both:
            self.let_in(booking, clerk)
        departures.check_out(both[who], by=clerk)
        gone = Booking.objects.select_related("hotel", "room", "room_type").get(pk=both[who].pk)

        reinstatement.reinstate(gone, "Wrong row", by=clerk)

        assert [Booking.objects.get(pk=one.pk).status for one in both] == ["IN_HOUSE"] * 2

    def test_a_sharer_goes_into_that_room_and_no_other(self, both, clerk, hotel):
        self.let_in(both[0], clerk)
        other = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
        both[1].refresh_from_db()

        with pytest.raises(SharesWithGuests):
            arrivals.check_in(both[1], other, by=clerk)

    def test_an_arrival_in_another_room_takes_the_sharer_along(self, both, clerk, hotel):
        other = make_room(hotel=hotel, status=S.READY_FOR_GUEST)
        both[0].refresh_from_db()

        arrivals.check_in(both[0], other, by=clerk)

        assert Booking.objects.get(pk=both[1].pk).room == other

    def test_a_room_is_assigned_to_both(self, both, clerk, hotel):
        other = make_room(hotel=hotel)

        bookings.assign(both[0], other, by=clerk)

        assert {Booking.objects.get(pk=one.pk).room for one in both} == {other}

    def test_and_taken_back_from_both(self, both, clerk):
        bookings.unassign(both[0], by=clerk)

        assert {Booking.objects.get(pk=one.pk).room for one in both} == {None}

    @pytest.mark.parametrize("who", [0, 1])
    def test_a_cancelled_one_leaves_the_room_to_the_other(self, who, both, room, clerk):
        bookings.cancel(both[who], by=clerk)

        stays = Booking.objects.get(pk=both[1 - who].pk)
        assert (stays.room, stays.shares_with) == (room, None)


class TestToShareNoLonger:
    @pytest.mark.parametrize("who", [0, 1])
    def test_one_keeps_the_room(self, who, first, second, room, clerk, hotel):
        make_room(hotel=hotel)
        share(second, first, clerk)
        both = [
            Booking.objects.select_related("hotel", "room").get(pk=b.pk) for b in (first, second)
        ]

        sharing.unshare(both[who], by=clerk)

        alone, keeps = (Booking.objects.get(pk=both[n].pk) for n in (who, 1 - who))
        assert (alone.room, alone.shares_with) == (None, None)
        assert (keeps.room, keeps.shares_with) == (room, None)

    def test_needs_a_room_that_is_left(self, first, second, clerk):
        share(second, first, clerk)

        with pytest.raises(NoAvailability):
            sharing.unshare(second, by=clerk)

    def test_who_shares_with_nobody_cannot(self, first, clerk):
        with pytest.raises(NotSharing):
            sharing.unshare(first, by=clerk)


class TestWhoHasLeft:
    """A party of one who checked out and one to come: what was is not rewritten."""

    @pytest.fixture
    def left(self, first, second, clerk) -> Booking:
        share(second, first, clerk)
        first.refresh_from_db()
        arrivals.check_in(first, None, by=clerk)
        departures.check_out(first, by=clerk)
        second.refresh_from_db()
        return Booking.objects.get(pk=first.pk)

    def test_keeps_its_room_in_the_history_when_the_other_gets_another(
        self, left, second, room, clerk, hotel
    ):
        bookings.assign(second, make_room(hotel=hotel), by=clerk)

        left.refresh_from_db()
        assert (left.status, left.room) == ("COMPLETED", room)

    def test_and_when_the_others_room_is_taken_back(self, left, second, room, clerk):
        bookings.unassign(second, by=clerk)

        left.refresh_from_db()
        assert left.room == room

    def test_and_when_the_other_arrives_in_another(self, left, second, room, clerk, hotel):
        arrivals.check_in(second, make_room(hotel=hotel), by=clerk)

        left.refresh_from_db()
        assert left.room == room

    def test_does_not_keep_the_other_from_a_room_of_its_own(self, left, second, clerk, hotel):
        third = make_booking(hotel=hotel, nights=2)
        make_room(hotel=hotel)

        assert share(second, third, clerk).shares_with == third

    @pytest.mark.parametrize("back", ["reinstated", "undone"])
    def test_is_back_alone_where_the_other_has_another_room_by_now(
        self, back, left, second, room, clerk, hotel
    ):
        other = make_room(hotel=hotel)
        bookings.assign(second, other, by=clerk)

        if back == "reinstated":
            reinstatement.reinstate(left, "Wrong row", by=clerk)
        else:
            undo.undo(Room.objects.get(pk=room.pk), by=clerk)

        now, to_come = (Booking.objects.get(pk=one.pk) for one in (left, second))
        assert (now.status, now.room, now.shares_with) == ("IN_HOUSE", room, None)
        assert (to_come.room, to_come.shares_with) == (other, None)

    def test_is_not_asked_where_the_other_is_in_house_elsewhere(
        self, left, second, room, clerk, hotel
    ):
        """The room is empty: its guest makes it occupied again."""
        arrivals.check_in(second, make_room(hotel=hotel), by=clerk)
        left.refresh_from_db()

        reinstatement.reinstate(left, "Wrong row", by=clerk)

        assert status_of(room) == S.OCCUPIED


def test_who_shares_since_the_booking_was_read_is_not_changed_without_a_lock(
    first, second, clerk, hotel, monkeypatch
):
    """Between the look at the party and the locks, another desk lets them share."""
    party = rules.others_of
    looks = iter([lambda stay: []])
    monkeypatch.setattr(rules, "others_of", lambda stay: next(looks, party)(stay))
    Booking.objects.filter(pk=second.pk).update(shares_with=first, room=first.room)

    with pytest.raises(SharesSince):
        bookings.assign(first, make_room(hotel=hotel), by=clerk)

    second.refresh_from_db()
    assert second.room == first.room
