"""Lists of rooms: filtered, by what they wait for, counted."""

import pytest

from hotel.choices import Role
from hotel.models import Hotel
from rooms import setup
from rooms.change import Change
from rooms.choices import Action, RoomStatus, Source
from rooms.models import Room
from tests.acting import perform
from tests.factories import make_hotel, make_room, make_room_type, make_staff
from tests.portal.api.calling import ROOM, Program, done, numbers, refused

S = RoomStatus
LISTS = {
    "checkout_dirty": {S.CHECKOUT_DIRTY},
    "cleaning_in_progress": {S.CLEANING_IN_PROGRESS},
    "awaiting_inspection": {S.CLEANED_UNINSPECTED},
    "maintenance_required": {S.MAINTENANCE_REQUIRED},
    "ready_for_guests": {S.AVAILABLE, S.READY_FOR_GUEST},
    "occupied": {S.OCCUPIED},
    "out_of_order": {S.OUT_OF_ORDER},
}
STATS = {
    "total_rooms",
    "available_for_booking",
    "occupied",
    "needs_cleaning",
    "needs_inspection",
    "needs_maintenance",
    "out_of_order",
    "cleaning_in_progress",
    "maintenance_by_priority",
}
# The six that add up, and the lists that they count.
PARTS = {
    "available_for_booking": ["ready_for_guests"],
    "occupied": ["occupied"],
    "needs_cleaning": ["checkout_dirty", "cleaning_in_progress"],
    "needs_inspection": ["awaiting_inspection"],
    "needs_maintenance": ["maintenance_required"],
    "out_of_order": ["out_of_order"],
}


class TestTheList:
    def test_has_the_rooms_in_use_by_number(self, house, program):
        answer = done(program.get("rooms/"))

        assert set(answer) == {"rooms", "next"}
        assert all(set(room) == ROOM for room in answer["rooms"])
        assert numbers(answer["rooms"]) == sorted(room.number for room in house)
        assert answer["next"] is None

    def test_has_each_room_as_it_is_by_itself(self, house, program):
        perform(Action.UNDO, house[0], by=self.started(house[0], program))

        for room in done(program.get("rooms/"))["rooms"]:
            assert room == done(program.get(f"rooms/{room['number']}/"))

    def started(self, room: Room, program: Program):
        done(program.post(f"rooms/{room.number}/mark-dirty/"))
        return room.events.get().actor

    @pytest.mark.parametrize("status", S)
    def test_is_filtered_by_status(self, house, program, status):
        found = done(program.get("rooms/", status=status))["rooms"]

        assert numbers(found) == [room.number for room in house if room.room_status == status]

    def test_is_filtered_by_floor_and_type_together(self, hotel, program):
        suite = make_room_type(hotel=hotel, code="S")
        make_room(hotel=hotel, number="201", floor="2")
        make_room(hotel=hotel, number="202", floor="2", room_type=suite)
        make_room(hotel=hotel, number="102", floor="1", room_type=suite)

        assert numbers(done(program.get("rooms/", floor="2"))["rooms"]) == ["201", "202"]
        assert numbers(done(program.get("rooms/", room_type="S"))["rooms"]) == ["102", "202"]
        both = done(program.get("rooms/", floor="2", room_type="S"))
        assert numbers(both["rooms"]) == ["202"]
        assert done(program.get("rooms/", room_type="X"))["rooms"] == []

    @pytest.mark.parametrize(
        "query",
        [
            {"status": "CLEAN"},
            {"status": ""},
            {"limit": 0},
            {"limit": 501},
            {"limit": "ten"},
            {"floor": "\0"},
            {"room_type": "\0"},
            {"cursor": "made-up"},
            {"cursor": "WyIxMDEiXQ:1abcde:0000"},
            {"stauts": "OCCUPIED"},
            {"page": 2},
        ],
    )
    def test_refuses_a_question_that_it_does_not_understand(self, house, program, query):
        error = refused(program.get("rooms/", **query), 422, "invalid")

        assert list(error["fields"]) == list(query)


class TestHousekeeping:
    def test_has_every_active_room_in_exactly_one_list(self, house, program):
        answer = done(program.get("housekeeping/rooms/"))

        assert set(answer) == set(LISTS)
        listed = [room["number"] for rooms in answer.values() for room in rooms]
        assert sorted(listed) == sorted(room.number for room in house)

    def test_lists_each_room_under_its_status(self, house, program):
        answer = done(program.get("housekeeping/rooms/"))

        for name, statuses in LISTS.items():
            assert all(set(room) == ROOM for room in answer[name])
            wanted = [room.number for room in house if room.room_status in statuses]
            assert sorted(numbers(answer[name])) == sorted(wanted)

    def test_offers_the_same_actions_as_the_room_itself(self, house, program):
        done(program.post(f"rooms/{house[0].number}/mark-dirty/"))

        for rooms in done(program.get("housekeeping/rooms/")).values():
            for room in rooms:
                assert room == done(program.get(f"rooms/{room['number']}/"))

    def test_shows_a_colleagues_tap_at_the_next_request(self, house, program, supervisor):
        room = next(room for room in house if room.room_status == S.CHECKOUT_DIRTY)
        assert room.number in numbers(self.listed(program)["checkout_dirty"])

        perform(Action.START_CLEANING, room, by=supervisor)

        assert room.number not in numbers(self.listed(program)["checkout_dirty"])
        assert room.number in numbers(self.listed(program)["cleaning_in_progress"])

    def test_shows_a_new_set_up_at_the_next_request(self, house, program, hotel, manager):
        ready = numbers(self.listed(program)["ready_for_guests"])
        change = Change(by=manager, source=Source.PORTAL)
        room = Room(hotel=hotel, number="new", room_type=house[0].room_type)

        setup.add_rooms([room], change)
        assert sorted(numbers(self.listed(program)["ready_for_guests"])) == sorted([*ready, "new"])

        room.is_active = False
        setup.save_changes(room, ["is_active"], change)
        assert numbers(self.listed(program)["ready_for_guests"]) == ready

    def test_of_another_hotel_are_not_mixed_in(self, house, program):
        other = make_staff(hotel=make_hotel(), role=Role.MANAGER)
        make_room(hotel=other.hotel, number="theirs")
        Hotel.objects.filter(pk=other.hotel_id).update(last_seq=house[0].hotel.last_seq)
        self.listed(program)

        theirs = self.listed(Program(other))

        assert [numbers(rooms) for rooms in theirs.values() if rooms] == [["theirs"]]

    def listed(self, program: Program) -> dict:
        return done(program.get("housekeeping/rooms/"))

    def test_has_empty_lists_in_an_empty_hotel(self, program):
        assert done(program.get("housekeeping/rooms/")) == {name: [] for name in LISTS}

    def test_takes_no_parameters(self, house, program):
        for path in ("housekeeping/rooms/", "housekeeping/stats/"):
            refused(program.get(path, floor="2"), 422, "invalid")


class TestStats:
    def test_have_the_fields_of_the_contract(self, house, program):
        answer = done(program.get("housekeeping/stats/"))

        assert set(answer) == STATS
        assert answer["maintenance_by_priority"] == {"LOW": 1, "MED": 2, "HIGH": 1}
        assert answer["cleaning_in_progress"] == 2

    def test_add_up_to_the_active_rooms(self, house, program):
        answer = done(program.get("housekeeping/stats/"))

        assert sum(answer[part] for part in PARTS) == answer["total_rooms"] == len(house)

    def test_agree_with_the_lists(self, house, program):
        answer = done(program.get("housekeeping/stats/"))
        lists = done(program.get("housekeeping/rooms/"))

        for part, names in PARTS.items():
            assert answer[part] == sum(len(lists[name]) for name in names)

    def test_are_all_zero_in_an_empty_hotel(self, program):
        answer = done(program.get("housekeeping/stats/"))

        assert answer.pop("maintenance_by_priority") == {"LOW": 0, "MED": 0, "HIGH": 0}
        assert set(answer.values()) == {0}
