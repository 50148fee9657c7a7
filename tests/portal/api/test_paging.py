"""A list page by page: every row once."""

import pytest

from rooms.choices import RoomStatus
from tests.factories import make_room
from tests.portal.api.calling import all_pages, done, numbers, refused

S = RoomStatus


class TestPages:
    @pytest.mark.parametrize("limit", [1, 3, 18, 19, 500])
    def test_hold_every_room_once(self, house, program, limit):
        rooms = all_pages(program, "rooms/", "rooms", limit=limit)

        assert numbers(rooms) == sorted(room.number for room in house)

    def test_are_no_longer_than_asked(self, house, program):
        assert len(done(program.get("rooms/", limit=5))["rooms"]) == 5

    def test_are_a_hundred_rooms_long_unless_asked(self, hotel, program):
        for n in range(101):
            make_room(hotel=hotel, number=f"{n:03}")

        answer = done(program.get("rooms/"))

        assert len(answer["rooms"]) == 100
        assert numbers(done(program.get("rooms/", cursor=answer["next"]))["rooms"]) == ["100"]

    def test_neither_repeat_nor_skip_when_rooms_are_added_between_them(self, hotel, program):
        for number in ("102", "104", "106"):
            make_room(hotel=hotel, number=number)
        first = done(program.get("rooms/", limit=2))
        for number in ("101", "103", "105", "107"):
            make_room(hotel=hotel, number=number)

        rest = all_pages(program, "rooms/", "rooms", limit=2, cursor=first["next"])

        assert numbers(first["rooms"]) == ["102", "104"]
        assert numbers(rest) == ["105", "106", "107"]

    def test_keep_their_filter(self, house, program):
        first = done(program.get("rooms/", limit=1, status="OCCUPIED"))

        query = {"limit": 1, "status": "OCCUPIED", "cursor": first["next"]}
        rest = all_pages(program, "rooms/", "rooms", **query)

        occupied = sorted(room.number for room in house if room.is_occupied)
        assert numbers(first["rooms"] + rest) == occupied

    def test_have_a_cursor_of_their_own_list_alone(self, house, program):
        cursor = done(program.get("rooms/", limit=1))["next"]

        for path in ("bookings/", "events/", f"rooms/{house[0].number}/events/"):
            error = refused(program.get(path, cursor=cursor), 422, "invalid")
            assert list(error["fields"]) == ["cursor"]

    def test_of_a_rooms_history_hold_every_event_once(self, hotel, program):
        make_room(hotel=hotel, number="101", status=S.CHECKOUT_DIRTY)
        for n in range(7):
            path = "start" if n % 2 == 0 else "stop"
            done(program.post(f"rooms/101/{path}-cleaning/"))

        events = all_pages(program, "rooms/101/events/", "events", limit=2)

        assert [event["seq"] for event in events] == [7, 6, 5, 4, 3, 2, 1]
