"""The list of a hotel's closures: who still has a room that closes, and the export."""

import csv
from io import StringIO

import pytest
from django.urls import reverse

from rooms.choices import ClosureKind
from rooms.models import Closure, Room
from tests.factories import make_booking, make_closure, make_hotel, make_room
from tests.portal.reading import address, htmx, read


@pytest.fixture
def room(hotel) -> Room:
    return make_room(hotel=hotel, number="204")


def end_url(closure: Closure) -> str:
    return reverse("end_closure", args=[closure.room.hotel.slug, closure.pk])


class TestTheList:
    def test_the_desk_sees_who_still_has_a_room_that_closes(self, hotel, room, sign_in, clerk):
        make_closure(room=room, begins=7)
        make_closure(room=room, kind=ClosureKind.OUT_OF_SERVICE, begins=7)
        make_closure(room=make_room(hotel=make_hotel()), reason="elsewhere")
        make_booking(hotel=hotel, room=room, arrives=8, booking_id="B-1", guest_name="Ada")
        make_booking(hotel=hotel, room=room, arrives=10, guest_name="Bo")

        page = read(sign_in(clerk).get(address("closures", hotel)))

        rows = [row.texts("td") for row in page.one("tbody").all("tr")]
        assert [(row[0], row[1], row[6]) for row in rows] == [
            ("204", "Out of order", "Ada"),
            ("204", "Out of service", "–"),
        ]
        assert page.one("tbody").all("a", href=address("booking", hotel, "B-1"))
        assert page.one("thead").texts("th")[-1] == "Promised to", "the desk ends none"

    def test_maintenance_sees_no_names_and_can_end(self, hotel, room, sign_in, maintainer):
        closure = make_closure(room=room)
        make_booking(hotel=hotel, room=room, arrives=8, booking_id="B-1", guest_name="Ada")

        page = read(sign_in(maintainer).get(address("closures", hotel)))

        assert "Ada" not in page.text
        row = page.one("tbody").one("tr")
        assert row.texts("td")[-2:] == ["B-1", "Cancel…"]
        assert row.all("a", href=end_url(closure))

    def test_it_asks_as_much_for_thirty_as_for_one(
        self, hotel, room, sign_in, manager, django_assert_max_num_queries
    ):
        for _ in range(30):
            one = make_room(hotel=hotel)
            make_closure(room=one)
            make_booking(hotel=hotel, room=one, arrives=8)
        client = sign_in(manager)

        with django_assert_max_num_queries(8):
            client.get(address("closures", hotel))

    def test_a_page_that_is_up_to_date_gets_304(self, hotel, room, sign_in, manager):
        client, url = sign_in(manager), address("closures", hotel)
        first = client.get(url, headers=htmx("closure-list"))

        known = {**htmx("closure-list"), "If-None-Match": first["ETag"]}
        assert client.get(url, headers=known).status_code == 304

    def test_the_export_has_dates_that_sort_and_no_formula(self, hotel, room, sign_in, manager):
        closure = make_closure(room=room, reason="=1+1")

        answer = sign_in(manager).get(address("closures", hotel), {"export": "csv"})

        head, row = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
        assert head[:4] == ["Room", "Kind", "Status", "From"]
        assert row[:3] == ["204", "Out of order", "Planned"]
        assert row[3:6] == [closure.start.isoformat(), closure.until.isoformat(), "'=1+1"]
