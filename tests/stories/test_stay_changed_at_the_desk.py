"""A stay changes: at the desk and by the API, with what is refused and what can be done instead."""

import datetime as dt

import pytest

from rooms.choices import RoomStatus
from stays.choices import BookingStatus
from tests.acting import bookings, departures, sharing
from tests.factories import make_booking, make_room, make_room_type
from tests.portal.api.calling import Program, done, refused
from tests.portal.reading import address, htmx, read, toast

S = RoomStatus
B = BookingStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk(sign_in, clerk):
    """The browser at the front desk."""
    return sign_in(clerk)


@pytest.fixture
def act(desk, hotel):
    """Do an action on a booking, on its row or, with `on_page`, on its page."""

    def act(booking, action, given=None, *, on_page=False):
        target = "booking-now" if on_page else f"booking-{booking.booking_id}"
        url = address("booking_action", hotel, booking.booking_id, action)
        return desk.post(url, given or {}, headers=htmx(target))

    return act


@pytest.fixture
def ask(desk, hotel):
    """Open the form of an action on a booking, with a query if there is one."""

    def ask(booking, action, **query):
        url = address("booking_action", hotel, booking.booking_id, action)
        return desk.get(url, query)

    return ask


@pytest.fixture
def program(clerk):
    return Program(clerk)


@pytest.fixture
def room(hotel):
    return make_room(hotel=hotel, number="204", status=S.OCCUPIED)


@pytest.fixture
def olga(hotel, room):
    """A guest in house in room 204 until tomorrow."""
    return make_booking(
        hotel=hotel,
        room=room,
        status=B.IN_HOUSE,
        guest_name="Olga Lopez",
        booking_id="B-OLGA",
        guests=1,
        adults=2,
    )


@pytest.fixture
def promised(hotel, room):
    """An arrival of tomorrow, for whom room 204 is kept."""
    return make_booking(hotel=hotel, room=room, arrives=1, nights=2, booking_id="B-NEXT")


def typed(page) -> dict[str, str]:
    """Return what the open form would send, selects included."""
    form = page.one("form", "act")
    sent = {f["name"]: f.attrs.get("value", "") for f in form.all("input")}
    for select in form.all("select"):
        chosen = [o for o in select.all("option") if "selected" in o] or select.all("option")
        sent[select["name"]] = chosen[0]["value"]
    return sent | {area["name"]: area.value.strip() for area in form.all("textarea")}


def tomorrow(hotel, days=1) -> dt.date:
    return hotel.business_date() + days * DAY


class TestChange:
    def test_one_tap_extends_by_a_night_and_changes_nothing_else(self, hotel, desk, act, olga):
        page = read(desk.get(address("booking", hotel, "B-OLGA")))
        (tap,) = [link for link in page.all("a", "btn") if link.text == "Extend one night"]
        wanted = {"check_out": tomorrow(hotel, 2).isoformat()}
        assert (tap["hx-post"], wanted["check_out"] in tap["hx-vals"]) == (tap["href"], True)

        page = read(act(olga, "change", wanted))

        olga.refresh_from_db()
        assert (olga.check_out, olga.adults) == (tomorrow(hotel, 2), 2)
        assert olga.guest_name == "Olga Lopez"
        assert toast(page).text.startswith("Olga Lopez: ")

    def test_who_should_have_left_is_extended_until_tomorrow(self, hotel, desk, room):
        make_booking(hotel=hotel, room=room, status=B.IN_HOUSE, arrives=-4, booking_id="B-LATE")

        page = read(desk.get(address("booking", hotel, "B-LATE")))

        (tap,) = [link for link in page.all("a", "btn") if link.text == "Extend one night"]
        assert tomorrow(hotel).isoformat() in tap["hx-vals"]

    def test_a_field_that_is_not_sent_stays_and_one_that_is_empty_is_asked_for(self, act, olga):
        response = act(olga, "change", {"guest_name": " "})

        page = read(response)
        assert response.status_code == 422
        assert "Give the guest's name." in page.one(id="div_id_B-OLGA_guest_name").text
        assert typed(page)["adults"] == "2"

    def test_a_colleagues_change_meanwhile_is_not_taken_back(self, hotel, ask, act, olga):
        form = typed(read(ask(olga, "change")))
        act(olga, "change", {"check_out": tomorrow(hotel, 3).isoformat()})

        act(olga, "change", form | {"guest_name": "Olga López"})

        olga.refresh_from_db()
        assert (olga.guest_name, olga.check_out) == ("Olga López", tomorrow(hotel, 3))

    def test_for_guests_in_house_arrival_and_type_are_not_asked(self, ask, olga):
        names = set(typed(read(ask(olga, "change"))))

        assert {"check_out", "adults", "children", "guest_name"} <= names
        assert not {"check_in", "room_type"} & names

    def test_a_form_opened_before_they_came_is_refused_by_its_field(self, hotel, act, olga):
        response = act(olga, "change", {"check_in": tomorrow(hotel).isoformat()})

        assert response.status_code == 422
        beside = read(response).one(id="div_id_B-OLGA_check_in")
        assert "The guests are in house" in beside.text

    def test_an_arrival_changes_dates_and_type(self, hotel, act):
        suite = make_room(hotel=hotel, room_type=make_room_type(hotel=hotel, code="S")).room_type
        booking = make_booking(hotel=hotel)
        wanted = {
            "check_in": tomorrow(hotel).isoformat(),
            "check_out": tomorrow(hotel, 4).isoformat(),
            "room_type": "S",
        }

        response = act(booking, "change", wanted)

        booking.refresh_from_db()
        assert response.status_code == 200
        assert (booking.check_in, booking.nights, booking.room_type) == (
            tomorrow(hotel),
            3,
            suite,
        )

    def test_shortened_to_before_today_is_refused_by_page_and_api(self, hotel, act, program, olga):
        wanted = {"check_out": tomorrow(hotel, -1).isoformat()}

        page = read(act(olga, "change", wanted))
        error = refused(program.post("bookings/B-OLGA/change/", wanted), 422, "invalid")

        words = "The departure can be today at the earliest."
        assert words in page.one(id="div_id_B-OLGA_check_out").text
        assert typed(page)["check_out"] == wanted["check_out"]
        assert error["fields"] == {"check_out": [words]}

    def test_over_a_promised_room_it_names_the_promise_and_offers_the_free_rooms(
        self, hotel, act, ask, program, olga, promised
    ):
        make_room(hotel=hotel, number="207")
        wanted = {"check_out": tomorrow(hotel, 2).isoformat()}

        response = act(olga, "change", wanted)
        error = refused(program.post("bookings/B-OLGA/change/", wanted), 409, "room_taken")

        page = read(response)
        said = page.one("p", "message").text
        assert response.status_code == 409
        assert "Room 204 is kept for booking B-NEXT" in said
        assert "Free for the whole time: 207." in said
        assert error["message"] == said
        assert typed(page)["check_out"] == wanted["check_out"]
        (link,) = [a for a in page.all("a", "btn") if a.text == "Move to 207…"]
        query = dict(part.split("=") for part in link["href"].partition("?")[2].split("&"))
        opened = typed(read(ask(olga, "move", **query)))
        assert (opened["room"], opened["check_out"]) == ("207", wanted["check_out"])

    def test_what_was_refused_is_still_wanted_when_it_is_sent_again(
        self, hotel, act, olga, promised
    ):
        wanted = {"check_out": tomorrow(hotel, 2).isoformat()}
        again = typed(read(act(olga, "change", wanted)))
        promised.room = make_room(hotel=hotel)
        promised.save()

        act(olga, "change", again)

        olga.refresh_from_db()
        assert olga.check_out == tomorrow(hotel, 2)


class TestMove:
    def test_the_guests_are_in_the_other_room_and_the_first_is_dirty(self, hotel, act, room, olga):
        other = make_room(hotel=hotel, number="207")

        page = read(act(olga, "move", {"room": "207", "reason": "Noise"}, on_page=True))

        for one in (olga, room, other):
            one.refresh_from_db()
        assert (olga.room, room.room_status, other.room_status) == (
            other,
            S.CHECKOUT_DIRTY,
            S.OCCUPIED,
        )
        assert toast(page).text == "Olga Lopez: moved, room 207"
        history = page.one("section", "history").texts("b")
        assert history == ["Moved into room 207", "Moved out of room 204"]

    def test_with_the_departure_that_was_wanted_both_change_or_neither(
        self, hotel, act, ask, olga, promised
    ):
        other = make_room(hotel=hotel, number="207")
        until = tomorrow(hotel, 2)
        form = read(ask(olga, "move", room="207", check_out=until.isoformat()))
        assert f"The stay then ends on {until.day} {until:%B}." in form.text

        act(olga, "move", typed(form) | {"reason": "Stays longer"})

        olga.refresh_from_db()
        assert (olga.room, olga.check_out) == (other, until)

    def test_where_the_type_is_sold_out_for_the_added_night_nobody_moves(
        self, hotel, act, room, olga
    ):
        make_room(hotel=hotel, number="207")
        for _ in range(2):
            make_booking(hotel=hotel, arrives=1)
        given = {"room": "207", "reason": "Noise", "check_out": tomorrow(hotel, 2).isoformat()}

        response = act(olga, "move", given)

        olga.refresh_from_db()
        assert response.status_code == 409
        assert olga.room == room
        assert typed(read(response))["reason"] == "Noise"

    def test_a_dirty_room_is_refused_by_page_and_api_and_the_reason_is_kept(
        self, hotel, act, program, olga
    ):
        make_room(hotel=hotel, number="207", status=S.CHECKOUT_DIRTY)
        make_room(hotel=hotel, number="208")
        given = {"room": "207", "reason": "Noise"}

        response = act(olga, "move", given)
        error = refused(program.post("bookings/B-OLGA/move/", given), 409, "not_bookable")

        page = read(response)
        words = "Room 207 is “Needs cleaning”: it can be given once it is ready."
        assert page.one("p", "message").text == words == error["message"]
        assert typed(page)["reason"] == "Noise"
        assert [o["value"] for o in page.one("select").all("option")] == ["208"]

    def test_needs_a_reason(self, hotel, act, olga):
        make_room(hotel=hotel, number="207")

        response = act(olga, "move", {"room": "207"})

        assert response.status_code == 422
        assert "Say why, in a few words." in read(response).text

    def test_offers_what_is_ready_and_free_the_booked_type_first(self, hotel, ask, olga):
        suite = make_room_type(hotel=hotel, code="A", name="Suite")
        make_room(hotel=hotel, number="101", room_type=suite)
        make_room(hotel=hotel, number="207")
        make_room(hotel=hotel, number="208", status=S.CHECKOUT_DIRTY)
        make_booking(hotel=hotel, room=make_room(hotel=hotel, number="209"))

        options = read(ask(olga, "move")).one("select", name="room").all("option")

        assert [option["value"] for option in options] == ["207", "101"]

    @pytest.mark.parametrize("shared", [True, False])
    def test_alone_is_asked_where_there_are_sharers_in_house(self, hotel, ask, room, olga, shared):
        make_room(hotel=hotel, number="207")
        if shared:
            make_booking(
                hotel=hotel, room=room, status=B.IN_HOUSE, shares_with=olga, guest_name="Ana Ruiz"
            )

        form = read(ask(olga, "move")).one("form", "act")

        assert ("Alone: Ana Ruiz stay in the room" in form.text) == shared


class TestSwapAndUnassign:
    @pytest.fixture
    def pair(self, hotel):
        """Two arrivals of today, in rooms 1 and 2."""
        return [
            make_booking(
                hotel=hotel,
                room=make_room(hotel=hotel, number=number),
                guest_name=f"Guest {number}",
            )
            for number in "12"
        ]

    def test_offers_arrivals_with_a_room_at_the_same_time(self, hotel, ask, pair):
        first, second = pair
        make_booking(hotel=hotel, room=make_room(hotel=hotel, number="3"), arrives=5)
        make_booking(hotel=hotel)

        options = read(ask(first, "swap")).one("select").all("option")

        assert [option["value"] for option in options] == ["", second.booking_id]
        assert options[1].text.startswith("2 · Guest 2 · ")

    def test_each_gets_the_others_room(self, act, pair):
        first, second = pair
        rooms = first.room, second.room

        page = read(act(first, "swap", {"booking_id": second.booking_id}))

        for stay in pair:
            stay.refresh_from_db()
        assert (second.room, first.room) == rooms
        assert toast(page).text == "Guest 1: rooms swapped, room 2"

    def test_nobody_is_chosen_until_somebody_is(self, act, pair):
        response = act(pair[0], "swap", {"booking_id": ""})

        assert response.status_code == 422
        assert "Choose a booking." in read(response).text

    def test_one_tap_takes_the_room_back(self, act, pair):
        page = read(act(pair[0], "unassign"))

        pair[0].refresh_from_db()
        assert pair[0].room is None
        assert toast(page).text == "Guest 1: room taken back"


class TestShare:
    @pytest.fixture
    def maria(self, hotel):
        kept = make_room(hotel=hotel, number="308")
        return make_booking(hotel=hotel, room=kept, guest_name="Maria Lind", booking_id="B-MARIA")

    @pytest.fixture
    def ines(self, hotel):
        return make_booking(hotel=hotel, guest_name="Ines Lind", booking_id="B-INES")

    def test_the_two_have_one_room_and_both_pages_say_so(self, hotel, desk, act, maria, ines):
        act(ines, "share", {"booking_id": "B-MARIA"})

        for stay, other in ((ines, maria), (maria, ines)):
            page = read(desk.get(address("booking", hotel, stay.booking_id)))
            facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
            assert facts["Sharers"] == f"Shares room 308 with {other.guest_name}"
            assert "Stop sharing…" in page.texts("a", "btn")

    def test_it_says_that_the_nights_are_held_once(self, ask, maria, ines):
        form = read(ask(ines, "share")).one("form", "act")

        assert "the nights that both stay are held once" in form.text
        assert [o["value"] for o in form.one("select").all("option")] == ["", "B-MARIA"]

    def test_stopping_gives_a_room_of_its_own_again(self, act, clerk, maria, ines):
        make_room(hotel=maria.hotel)
        sharing.share(ines, maria, by=clerk)

        act(ines, "unshare")

        ines.refresh_from_db()
        assert (ines.shares_with, ines.room) == (None, None)


class TestReinstate:
    def test_a_checkout_by_mistake_is_found_and_put_right(self, hotel, desk, act, ask, clerk, olga):
        departures.check_out(olga, by=clerk)
        found = read(desk.get(address("arrivals", hotel) + "?q=olga"))
        assert "Reinstate…" in found.one("li", id="booking-B-OLGA").texts("a", "btn")
        said = read(ask(olga, "reinstate")).one("form", "act").text
        assert "Olga Lopez is in house again in room 204; the room becomes occupied." in said

        page = read(act(olga, "reinstate", {"reason": "Wrong row"}, on_page=True))

        olga.refresh_from_db()
        assert olga.status == B.IN_HOUSE
        assert toast(page).text == "Olga Lopez: in house again, room 204"
        assert page.one("section", "history").texts("b")[0] == "Reinstated in room 204"

    def test_a_cancelled_booking_says_which_room_it_may_have_again(self, hotel, act, ask, clerk):
        kept = make_room(hotel=hotel, number="308")
        booking = make_booking(hotel=hotel, room=kept, guest_name="Ada")
        bookings.cancel(booking, by=clerk)

        said = read(ask(booking, "reinstate")).one("form", "act").text
        act(booking, "reinstate", {"reason": "Wrong row"})

        booking.refresh_from_db()
        assert "Ada is confirmed again, in room 308 if it is still free." in said
        assert (booking.status, booking.room) == (B.CONFIRMED, kept)

    def test_after_a_new_guest_came_it_is_refused_by_page_and_api_without_a_form(
        self, hotel, ask, act, program, clerk, room, olga
    ):
        departures.check_out(olga, by=clerk)
        room.refresh_from_db()
        room.room_status, room.is_occupied = S.OCCUPIED, True
        room.save()
        make_booking(hotel=hotel, room=room, status=B.IN_HOUSE, booking_id="B-NEW")

        asked, done = ask(olga, "reinstate"), act(olga, "reinstate", {"reason": "Wrong row"})
        url = "bookings/B-OLGA/reinstate/"
        error = refused(program.post(url, {"reason": "Wrong row"}), 409, "room_taken")

        for response in (asked, done):
            assert response.status_code == 409
            assert read(response).one("p", "message").text == error["message"]
            assert not read(response).all("form", "act")
        assert "B-NEW" in error["message"]
        assert "new booking" in error["message"]

    def test_one_that_ended_long_ago_is_not_in_the_way(self, hotel, desk, olga, clerk):
        departures.check_out(olga, by=clerk)
        olga.checked_out_at -= 8 * DAY
        olga.save()

        found = read(desk.get(address("arrivals", hotel) + "?q=olga"))

        assert not found.all("li", id="booking-B-OLGA")


def test_the_api_changes_a_stay_as_the_desk_does(hotel, program, olga):
    wanted = {"check_out": tomorrow(hotel, 3).isoformat(), "guest_name": "Olga López"}

    answer = done(program.post("bookings/B-OLGA/change/", wanted))

    assert (answer["check_out"], answer["guest_name"]) == tuple(wanted.values())
    assert answer["adults"] == 2


@pytest.mark.parametrize("action", ["assign", "unassign", "swap", "share", "unshare", "check-in"])
def test_what_cannot_be_done_now_is_said_instead_of_a_form(ask, olga, action):
    response = ask(olga, action)

    assert response.status_code == 409
    assert not read(response).all("form", "act")
    assert read(response).one("p", "message").text
