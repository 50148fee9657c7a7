"""Set-up by its functions: what is saved, what is refused, and what the log says of it."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.db.models import ProtectedError

from hotel.choices import ReadinessPolicy, Role
from hotel.exceptions import IllegalTransition, InvalidInput
from hotel.models import Hotel, Staff
from rooms import setup
from rooms.change import Change
from rooms.choices import Action, LogAction, RoomStatus, Source
from rooms.models import Room, RoomEvent, RoomType
from stays.models import RoomTypeInventory
from tests.acting import log, perform
from tests.factories import make_hotel, make_room, make_room_type, make_staff

S = RoomStatus
IMPORTED = Change(by=None, source=Source.IMPORT)


@pytest.fixture
def root(db):
    """Somebody who sets hotels up and works in none."""
    return get_user_model().objects.create_superuser("root")


@pytest.fixture
def by_root(root) -> Change:
    return Change(by=None, user=root, source=Source.ADMIN)


def row(room: Room) -> dict:
    return Room.objects.filter(pk=room.pk).values().get()


def changed(obj, change: Change, **values) -> None:
    for name, value in values.items():
        setattr(obj, name, value)
    setup.save_changes(obj, list(values), change)


class TestWhoTheLogNames:
    def test_the_users_own_place_on_the_hotels_staff(self, hotel, root, by_root):
        place = make_staff(hotel=hotel, user=root, role=Role.MANAGER)
        make_staff(hotel=make_hotel(), user=root)

        changed(make_room(hotel=hotel, number="204", floor="2"), by_root, floor="3")

        event = hotel.events.get()
        assert (event.actor, event.notes) == (place, "Room 204: floor 2 → 3")

    def test_without_a_place_the_user_by_name_at_the_end(self, hotel, root, by_root):
        make_staff(hotel=make_hotel(), user=root)

        changed(make_room(hotel=hotel, number="204", floor="2"), by_root, floor="3")

        event = hotel.events.get()
        assert (event.actor, event.notes) == (None, "Room 204: floor 2 → 3 (root)")

    def test_the_name_is_the_one_that_colleagues_see(self, hotel, root, by_root):
        root.first_name, root.last_name = "Ada", "Byron"

        changed(hotel, by_root, name="Grand & Spa")

        assert hotel.events.get().notes.endswith("→ Grand & Spa (Ada Byron)")

    def test_a_place_that_is_not_active_counts_as_none(self, hotel, root, by_root):
        make_staff(hotel=hotel, user=root, active=False)

        changed(hotel, by_root, name="Grand & Spa")

        event = hotel.events.get()
        assert (event.actor, event.notes[-7:]) == (None, " (root)")

    def test_who_removes_their_own_place_is_named_all_the_same(self, hotel, root, by_root):
        setup.remove(make_staff(hotel=hotel, user=root), by_root)

        event = hotel.events.get()
        assert (event.actor, event.notes) == (None, "Staff root deleted (root)")

    def test_staff_who_are_named_as_such(self, hotel, manager):
        changed(hotel, Change(by=manager, source=Source.PORTAL), name="Grand & Spa")

        event = hotel.events.get()
        assert (event.actor, event.source) == (manager, Source.PORTAL)

    def test_nobody_where_a_program_did_it(self, hotel):
        changed(hotel, IMPORTED, name="Grand & Spa")

        event = hotel.events.get()
        assert (event.actor, event.source) == (None, Source.IMPORT)
        assert event.notes == "Hotel Grand Hotel: name Grand Hotel → Grand & Spa"


class TestAChange:
    def test_it_is_told_in_the_rooms_own_history(self, hotel, by_root):
        room = make_room(hotel=hotel, number="204", floor="2")
        suite = make_room_type(hotel=hotel, code="S")

        changed(room, by_root, floor="3", section="B", room_type=suite)

        now = row(room)
        assert (now["floor"], now["section"], now["room_type_id"]) == ("3", "B", suite.pk)
        event = RoomEvent.objects.get()
        assert (event.room, event.action, event.source) == (
            room,
            LogAction.SETUP_CHANGED,
            Source.ADMIN,
        )
        assert event.notes == "Room 204: floor 2 → 3; section none → B; room type D → S (root)"
        hotel.refresh_from_db()
        assert hotel.setup_seq == now["last_seq"] == event.seq
        assert now["version"] == 1, "whoever saw the room may still act on it"

    def test_choices_and_switches_are_told_in_words(self, hotel):
        changed(hotel, IMPORTED, inspection_required=False, readiness_policy=ReadinessPolicy.NEVER)

        notes = hotel.events.get().notes
        assert "inspection required yes → no" in notes
        assert notes.endswith(f"→ {ReadinessPolicy.NEVER.label}")

    def test_a_row_that_belongs_to_a_room_type_is_told_in_its_hotels_log(self, hotel):
        kind = make_room_type(hotel=hotel)
        limit = RoomTypeInventory.objects.create(room_type=kind, date=dt.date(2026, 12, 24))

        changed(limit, IMPORTED, stop_sell=True)

        assert hotel.events.get().notes == (
            "Room type inventory D on 2026-12-24: stop sell no → yes"
        )

    def test_nothing_changed_is_no_event(self, hotel):
        setup.save_changes(hotel, [], IMPORTED)

        assert not hotel.events.exists()

    def test_only_the_changed_fields_are_saved(self, hotel, housekeeper):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        seen = Room.objects.get(pk=room.pk)
        perform(Action.START_CLEANING, room, by=housekeeper)

        changed(seen, IMPORTED, floor="9")

        now = row(room)
        assert (now["room_status"], now["version"]) == (S.CLEANING_IN_PROGRESS, 2)
        assert (now["floor"], now["last_seq"]) == ("9", 2)
        told = hotel.events.latest()
        assert told.from_status == told.to_status == S.CLEANING_IN_PROGRESS

    def test_a_fault_in_the_log_takes_it_back(self, hotel, monkeypatch):
        monkeypatch.setattr(RoomEvent, "save", lambda *args, **kwargs: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            changed(hotel, IMPORTED, name="Grand & Spa")

        hotel.refresh_from_db()
        assert (hotel.name, hotel.last_seq) == ("Grand Hotel", 0)


class TestARoomsRules:
    def test_an_occupied_room_stays_in_use(self, hotel):
        room = make_room(hotel=hotel, number="204", status=S.OCCUPIED)

        with pytest.raises(InvalidInput) as refused:
            changed(room, IMPORTED, is_active=False, floor="9")

        assert refused.value.fields == {
            "is_active": ["Room 204 is occupied: check the guest out first."]
        }
        assert (row(room)["is_active"], row(room)["floor"]) == (True, "1")
        assert not RoomEvent.objects.exists()

    def test_so_does_one_that_was_occupied_meanwhile(self, hotel):
        room = make_room(hotel=hotel)
        seen = Room.objects.get(pk=room.pk)
        Room.objects.filter(pk=room.pk).update(room_status=S.OCCUPIED, is_occupied=True)

        with pytest.raises(InvalidInput):
            changed(seen, IMPORTED, is_active=False)

        assert row(room)["is_active"] is True

    def test_a_vacant_one_can_be_switched_off(self, hotel):
        room = make_room(hotel=hotel, number="204", status=S.OUT_OF_ORDER)

        changed(room, IMPORTED, is_active=False)

        assert row(room)["is_active"] is False
        assert RoomEvent.objects.get().notes == "Room 204: is active yes → no"

    def test_a_type_of_another_hotel_is_refused(self, hotel):
        room = make_room(hotel=hotel)
        own, foreign = room.room_type, make_room_type(hotel=make_hotel())

        with pytest.raises(InvalidInput) as refused:
            changed(room, IMPORTED, room_type=foreign)

        assert refused.value.fields == {"room_type": ["Grand Hotel has no such room type."]}
        assert row(room)["room_type_id"] == own.pk


class TestANewRow:
    def test_a_hotel_begins_its_log(self, db, by_root):
        setup.add(Hotel(slug="new", name="New"), by_root)

        hotel = Hotel.objects.get(slug="new")
        assert hotel.events.get().notes == "Hotel New added (root)"
        assert hotel.setup_seq == hotel.last_seq == 1

    def test_a_type_is_told(self, hotel, by_root):
        setup.add(RoomType(hotel=hotel, code="S", name="Suite"), by_root)

        assert hotel.room_types.get().code == "S"
        assert hotel.events.get().notes == "Room type S added (root)"

    def test_who_gives_themselves_a_place_is_the_actor_of_it(self, hotel, root, by_root):
        setup.add(Staff(hotel=hotel, user=root, role=Role.MANAGER), by_root)

        event = hotel.events.get()
        assert (event.actor, event.notes) == (hotel.staff.get(), "Staff root added")

    def test_a_room_begins_its_history(self, hotel, by_root):
        room = Room(hotel=hotel, number="204", room_type=make_room_type(hotel=hotel))

        setup.add(room, by_root)

        event = room.events.get()
        assert (event.action, event.actor, event.notes) == (LogAction.ROOM_ADDED, None, "(root)")
        assert event.seq == row(room)["last_seq"] == 1

    def test_a_room_that_staff_add_has_them_as_its_first_actor(self, hotel, root, by_root):
        place = make_staff(hotel=hotel, user=root, role=Role.MANAGER)
        room = Room(hotel=hotel, number="204", room_type=make_room_type(hotel=hotel))

        setup.add(room, by_root)

        event = room.events.get()
        assert (event.actor, event.notes) == (place, "")


class TestNewRooms:
    def test_they_start_as_their_flags_say_and_each_has_an_event(self, hotel: Hotel):
        kind = make_room_type(hotel=hotel)
        rooms = [
            Room(hotel=hotel, number="1", room_type=kind),
            Room(hotel=hotel, number="2", room_type=kind, is_occupied=True),
            Room(hotel=hotel, number="3", room_type=kind, is_out_of_order=True),
        ]

        setup.add_rooms(rooms, IMPORTED)

        stored = hotel.rooms.order_by("number")
        assert [room.room_status for room in stored] == [S.AVAILABLE, S.OCCUPIED, S.OUT_OF_ORDER]
        assert stored[2].return_status == S.AVAILABLE
        assert stored[2].out_of_order_from == hotel.business_date()
        events = hotel.events.order_by("seq")
        assert [(e.seq, e.room, e.action) for e in events] == [
            (n, room, "room_added") for n, room in enumerate(stored, start=1)
        ]
        assert [room.last_seq for room in stored] == [1, 2, 3]

    @pytest.mark.parametrize(
        ("flags", "field"),
        [
            ({"is_occupied": True, "is_out_of_order": True}, "is_out_of_order"),
            ({"is_occupied": True, "is_active": False}, "is_active"),
        ],
    )
    def test_a_room_that_cannot_be_is_refused_with_all_its_company(self, flags, field, hotel):
        kind = make_room_type(hotel=hotel)
        rooms = [
            Room(hotel=hotel, number="1", room_type=kind),
            Room(hotel=hotel, number="2", room_type=kind, **flags),
        ]

        with pytest.raises(InvalidInput) as refused:
            setup.add_rooms(rooms, IMPORTED)

        assert list(refused.value.fields) == [field]
        assert not hotel.rooms.exists()

    def test_their_type_is_of_their_hotel(self, hotel):
        foreign = make_room_type(hotel=make_hotel())

        with pytest.raises(InvalidInput, match="Grand Hotel has no such room type"):
            setup.add_rooms([Room(hotel=hotel, number="1", room_type=foreign)], IMPORTED)

        assert not Room.objects.exists()

    def test_no_rooms_are_no_event(self, hotel):
        setup.add_rooms([], IMPORTED)

        assert not hotel.events.exists()

    def test_a_new_room_can_be_worked_on_but_its_arrival_cannot_be_undone(self, hotel, manager):
        room = Room(hotel=hotel, number="1", room_type=make_room_type(hotel=hotel))
        setup.add_rooms([room], Change(by=manager, source=Source.IMPORT))

        with pytest.raises(IllegalTransition, match="nothing to undo"):
            perform(Action.UNDO, room, by=manager)
        perform(Action.MARK_DIRTY, room, by=manager, expected_version=1)

        assert row(room)["room_status"] == S.CHECKOUT_DIRTY


class TestARowRemoved:
    def test_the_log_says_so(self, hotel, by_root):
        setup.remove(make_room_type(hotel=hotel, code="S"), by_root)

        assert not hotel.room_types.exists()
        assert hotel.events.get().notes == "Room type S deleted (root)"

    def test_one_with_a_history_stays(self, hotel, by_root):
        ana = make_staff(hotel=hotel)
        log.append(hotel, LogAction.BOOKING_CREATED, by=ana, source=Source.PORTAL)

        with pytest.raises(ProtectedError):
            setup.remove(ana, by_root)

        assert hotel.staff.get() == ana
        assert hotel.events.count() == 1

    def test_a_room_stays_since_its_history_begins_with_it(self, hotel, by_root):
        room = Room(hotel=hotel, number="204", room_type=make_room_type(hotel=hotel))
        setup.add(room, by_root)

        with pytest.raises(ProtectedError):
            setup.remove(room, by_root)

        assert hotel.rooms.get() == room


class TestAPersonsNewName:
    @pytest.fixture
    def ana(self, hotel):
        return make_staff(hotel=hotel, name="Ana Silva")

    def rename(self, user, change, **values) -> None:
        for name, value in values.items():
            setattr(user, name, value)
        setup.rename_person(user, list(values), change)

    def test_it_is_told_in_every_hotel_that_shows_it(self, ana, hotel, by_root):
        other = make_staff(hotel=make_hotel(), user=ana.user)
        bystander = make_hotel()

        self.rename(ana.user, by_root, first_name="Anna")

        for house in (hotel, other.hotel):
            event = house.events.get()
            assert event.action == LogAction.SETUP_CHANGED
            assert event.notes == f"User {ana.user.username}: first name Ana Silva → Anna (root)"
        assert not bystander.events.exists()
        ana.user.refresh_from_db()
        assert ana.user.first_name == "Anna"

    def test_each_hotel_names_its_own_member_of_staff(self, ana, hotel, root, by_root):
        other = make_staff(hotel=make_hotel(), user=ana.user)
        place = make_staff(hotel=hotel, user=root, role=Role.MANAGER)

        self.rename(ana.user, by_root, first_name="Anna")

        assert hotel.events.get().actor == place
        assert hotel.events.get().notes.endswith("→ Anna")
        assert other.hotel.events.get().actor is None
        assert other.hotel.events.get().notes.endswith("→ Anna (root)")

    def test_anything_else_is_left_to_the_caller(self, ana, hotel, by_root):
        self.rename(ana.user, by_root, email="ana@example.com")

        ana.user.refresh_from_db()
        assert ana.user.email == ""
        assert not hotel.events.exists()
