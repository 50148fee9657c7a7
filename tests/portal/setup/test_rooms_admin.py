"""Rooms, types and inventory through the admin: set-up only; the status is out of its reach."""

from portal.setup.rooms_admin import RoomForm
from rooms.choices import Action, LogAction, RoomStatus, Source
from rooms.models import Room, RoomEvent, RoomType
from stays.models import RoomTypeInventory
from tests.acting import perform
from tests.factories import make_hotel, make_room, make_room_type
from tests.portal.setup.admin_pages import errors, new, page

S = RoomStatus


def form(room: Room, **changed) -> dict:
    """Return what the browser sends for a room whose other fields stay as they are."""
    fields = {
        "number": room.number,
        "floor": room.floor,
        "section": room.section,
        "room_type": room.room_type_id,
        "is_active": "on" if room.is_active else None,
        **changed,
    }
    return {name: value for name, value in fields.items() if value is not None}


def row(room: Room) -> dict:
    return Room.objects.filter(pk=room.pk).values().get()


class TestARoom:
    def test_its_set_up_is_changed_and_told_in_its_history(self, hotel, root):
        room = make_room(hotel=hotel, number="204", floor="2")
        suite = make_room_type(hotel=hotel, code="S")

        answer = root.post(page(room), form(room, floor="3", section="B", room_type=suite.pk))

        assert answer.status_code == 302
        now = row(room)
        assert (now["floor"], now["section"], now["room_type_id"]) == ("3", "B", suite.pk)
        event = RoomEvent.objects.get()
        assert (event.room, event.action, event.source, event.actor) == (
            room,
            LogAction.SETUP_CHANGED,
            Source.ADMIN,
            None,
        )
        assert event.notes == "Room 204: floor 2 → 3; section none → B; room type D → S (root)"
        hotel.refresh_from_db()
        assert hotel.setup_seq == now["last_seq"] == event.seq
        assert now["version"] == 1, "whoever saw the room may still act on it"

    def test_its_status_and_what_follows_it_cannot_be_sent(self, hotel, root, manager):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        before = row(room)

        root.post(
            page(room),
            form(
                room,
                floor="9",
                room_status="READY_FOR_GUEST",
                is_occupied="on",
                is_out_of_order="on",
                maintenance_required="on",
                maintenance_priority="HIGH",
                housekeeping_notes="crafted",
                cleaned_by_staff=manager.pk,
                guest_pin="000000",
                push_token="crafted",
                version="77",
                last_seq="99",
            ),
        )

        assert row(room) == {**before, "floor": "9", "last_seq": 1}

    def test_a_status_that_changes_while_the_form_is_open_is_not_put_back(
        self, hotel, root, housekeeper, monkeypatch
    ):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY)
        real = RoomForm.full_clean

        def overtaken(self):
            real(self)
            if Room.objects.get(pk=room.pk).room_status == S.CHECKOUT_DIRTY:
                perform(Action.START_CLEANING, Room.objects.get(pk=room.pk), by=housekeeper)

        monkeypatch.setattr(RoomForm, "full_clean", overtaken)

        root.post(page(room), form(room, floor="9"))

        now = row(room)
        assert (now["room_status"], now["version"]) == (S.CLEANING_IN_PROGRESS, 2)
        assert (now["floor"], now["last_seq"]) == ("9", 2)

    def test_a_form_sent_unchanged_is_no_event(self, hotel, root):
        room = make_room(hotel=hotel)

        assert root.post(page(room), form(room)).status_code == 302

        assert not RoomEvent.objects.exists()

    def test_an_occupied_room_stays_in_use_and_the_reason_is_said(self, hotel, root):
        room = make_room(hotel=hotel, number="204", status=S.OCCUPIED)

        answer = root.post(page(room), form(room, is_active=None, floor="9"))

        assert errors(answer) == {"is_active": ["Room 204 is occupied: check the guest out first."]}
        assert (row(room)["is_active"], row(room)["floor"]) == (True, "1")
        assert not RoomEvent.objects.exists()

    def test_a_vacant_one_can_be_taken_out_of_use_and_back(self, hotel, root):
        room = make_room(hotel=hotel, number="204", status=S.OUT_OF_ORDER)

        root.post(page(room), form(room, is_active=None))
        assert row(room)["is_active"] is False
        assert RoomEvent.objects.get().notes == "Room 204: is active yes → no (root)"

        root.post(page(room), form(room, is_active="on"))
        assert row(room)["is_active"] is True

    def test_it_keeps_its_hotel(self, hotel, root):
        room, elsewhere = make_room(hotel=hotel), make_hotel()

        root.post(page(room), form(room, hotel=elsewhere.pk, floor="9"))

        assert (row(room)["hotel_id"], row(room)["floor"]) == (hotel.pk, "9")

    def test_a_type_of_another_hotel_is_refused(self, hotel, root):
        room = make_room(hotel=hotel)
        foreign = make_room_type(hotel=make_hotel())

        answer = root.post(page(room), form(room, room_type=foreign.pk))

        assert errors(answer) == {"room_type": ["Grand Hotel has no such room type."]}
        assert row(room)["room_type_id"] == room.room_type_id

    def test_a_number_that_is_taken_is_a_mistake_and_no_fault(self, hotel, root):
        room = make_room(hotel=hotel, number="204")
        make_room(hotel=hotel, number="205")

        answer = root.post(page(room), form(room, number="205"))

        assert errors(answer)
        assert row(room)["number"] == "204"

    def test_it_cannot_be_deleted(self, hotel, root):
        room = make_room(hotel=hotel)

        assert root.post(page(room, "delete"), {"post": "yes"}).status_code == 403
        assert Room.objects.get() == room

    def test_the_page_shows_the_status_and_not_the_guests_pin(self, hotel, root):
        room = make_room(hotel=hotel, status=S.CHECKOUT_DIRTY, guest_pin="864209")

        shown = root.get(page(room)).content.decode()

        assert "Needs cleaning" in shown
        assert 'name="room_status"' not in shown
        assert "864209" not in shown


class TestANewRoom:
    def send(self, root, hotel, **changed):
        return root.post(
            new(Room),
            {
                "hotel": hotel.pk,
                "number": "204",
                "floor": "2",
                "room_type": make_room_type(hotel=hotel).pk,
                "is_active": "on",
                **changed,
            },
        )

    def test_it_is_available_and_begins_its_history(self, hotel, root):
        assert self.send(root, hotel).status_code == 302

        room = Room.objects.get()
        assert (room.number, room.floor, room.room_status) == ("204", "2", S.AVAILABLE)
        event = room.events.get()
        assert (event.action, event.source, event.actor) == (
            LogAction.ROOM_ADDED,
            Source.ADMIN,
            None,
        )
        assert event.seq == room.last_seq == 1

    def test_no_status_can_be_sent_with_it(self, hotel, root):
        self.send(root, hotel, room_status="OCCUPIED", is_occupied="on", is_out_of_order="on")

        room = Room.objects.get()
        assert (room.room_status, room.is_occupied) == (S.AVAILABLE, False)

    def test_its_type_is_of_its_hotel(self, hotel, root):
        foreign = make_room_type(hotel=make_hotel())

        answer = self.send(root, hotel, room_type=foreign.pk)

        assert errors(answer) == {"room_type": ["Grand Hotel has no such room type."]}
        assert not Room.objects.exists()

    def test_its_number_is_new_in_the_hotel(self, hotel, root):
        make_room(hotel=hotel, number="204")

        assert errors(self.send(root, hotel))
        assert Room.objects.count() == 1
        assert not RoomEvent.objects.exists()

    def test_the_choice_of_types_tells_the_hotels_apart(self, hotel, root):
        make_room_type(hotel=hotel)

        assert "Grand Hotel: D" in root.get(new(Room)).content.decode()


class TestARoomType:
    def test_a_change_is_told(self, hotel, root):
        kind = make_room_type(hotel=hotel)

        root.post(
            page(kind),
            {
                "hotel": make_hotel().pk,
                "code": "DX",
                "name": "Type D",
                "departure_minutes": 45,
                "stayover_minutes": 15,
                "max_adults": 2,
                "max_persons": 4,
            },
        )

        kind.refresh_from_db()
        assert (kind.max_adults, kind.max_persons) == (2, 4)
        assert (kind.hotel, kind.code, kind.departure_minutes) == (hotel, "DX", 45)
        assert hotel.events.get().notes == (
            "Room type D: code D → DX; departure minutes 30 → 45; "
            "most adults none → 2; most persons none → 4 (root)"
        )

    def test_a_code_that_is_taken_is_a_mistake_and_no_fault(self, hotel, root):
        make_room_type(hotel=hotel, code="S")
        kind = make_room_type(hotel=hotel, code="D")

        answer = root.post(
            page(kind),
            {"code": "S", "name": "x", "departure_minutes": 30, "stayover_minutes": 15},
        )

        assert errors(answer)
        kind.refresh_from_db()
        assert kind.code == "D"

    def test_one_with_rooms_cannot_be_deleted_and_one_without_can(self, hotel, root):
        room, unused = make_room(hotel=hotel), make_room_type(hotel=hotel, code="S")

        root.post(page(room.room_type, "delete"), {"post": "yes"})
        root.post(page(unused, "delete"), {"post": "yes"})

        assert RoomType.objects.get() == room.room_type
        assert hotel.events.get().notes == "Room type S deleted (root)"


class TestInventory:
    def test_a_limit_is_set_and_told(self, hotel, root):
        kind = make_room_type(hotel=hotel)

        root.post(
            new(RoomTypeInventory),
            {"room_type": kind.pk, "date": "2026-12-24", "total_rooms": "3"},
        )

        limit = RoomTypeInventory.objects.get()
        assert (limit.room_type, limit.total_rooms, limit.stop_sell) == (kind, 3, False)
        assert hotel.events.get().notes == "Room type inventory D on 2026-12-24 added (root)"

    def test_a_second_one_for_the_night_is_a_mistake_and_no_fault(self, hotel, root):
        kind = make_room_type(hotel=hotel)
        for day in ("2026-12-24", "2026-12-25"):
            limit = RoomTypeInventory.objects.create(room_type=kind, date=day)

        answer = root.post(page(limit), {"date": "2026-12-24"})

        assert errors(answer)
        limit.refresh_from_db()
        assert limit.date.day == 25
