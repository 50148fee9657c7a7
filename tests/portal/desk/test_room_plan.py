"""The offer beside the form that asks for a room, and the tap that agrees to it."""

import datetime as dt

import pytest

from rooms.choices import ClosureKind
from rooms.models import Closure
from stays.choices import BookingStatus
from stays.models import Booking
from tests.factories import make_booking, make_hotel, make_room
from tests.portal.reading import address, htmx, read

B = BookingStatus
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk(sign_in, clerk):
    return sign_in(clerk)


@pytest.fixture
def offered(desk, hotel):
    """The offer that the form of an assignment shows, or None."""

    def offered(booking):
        page = read(desk.get(address("booking_action", hotel, booking.booking_id, "assign")))
        forms = page.all("form", action=address("room_plan", hotel, booking.booking_id))
        return forms[0] if forms else None

    return offered


@pytest.fixture
def agree(desk, hotel):
    """Tap the offer's button, and return the page that follows."""

    def agree(booking, offer):
        sent = {field["name"]: field.attrs.get("value", "") for field in offer.all("input")}
        url = address("room_plan", hotel, booking.booking_id)
        return read(desk.post(url, sent, follow=True))

    return agree


@pytest.fixture
def chain(hotel):
    """207 is free from the day after tomorrow, 204 but for B-12: B-13 wants tomorrow to the 6th."""
    first, second = make_room(hotel=hotel, number="204"), make_room(hotel=hotel, number="207")
    make_booking(hotel=hotel, room=second, arrives=-1, nights=3, status=B.IN_HOUSE)
    make_booking(
        hotel=hotel, room=first, arrives=2, nights=2, booking_id="B-12", guest_name="Tom Okafor"
    )
    return make_booking(hotel=hotel, arrives=1, nights=5, booking_id="B-13", guest_name="Ada")


@pytest.fixture
def days(hotel):
    """204 closes on the 4th, 208 opens on the 3rd: B-13 wants the 2nd to the 6th."""
    today = hotel.business_date()
    for number, start, until in (("204", 4, 9), ("208", 1, 3)):
        Closure.objects.create(
            room=make_room(hotel=hotel, number=number),
            kind=ClosureKind.OUT_OF_ORDER,
            start=today + start * DAY,
            until=today + until * DAY,
            reason="paint",
        )
    return make_booking(hotel=hotel, arrives=2, nights=4, booking_id="B-13", guest_name="Ada")


def said(day: dt.date) -> str:
    return f"{day.day} {day:%B}"


def test_nothing_is_offered_where_a_room_is_free_or_kept(hotel, offered):
    room = make_room(hotel=hotel)

    assert offered(make_booking(hotel=hotel)) is None
    assert offered(make_booking(hotel=hotel, room=room)) is None


def test_the_chain_is_said_in_words_and_one_tap_does_it(hotel, chain, offered, agree):
    offer = offered(chain)

    assert "No Type D room is free for the whole stay." in offer.text
    words = offer.text.replace(" ( ", " (")
    assert "Move B-12" in words
    assert "from 204 to 207; then 204 is free for the whole stay." in words
    assert offer.one("button").text == "Move and assign 204"

    page = agree(chain, offer)

    assert "Ada: room 204 for the whole stay." in page.text
    rooms = dict(hotel.bookings.values_list("booking_id", "room__number"))
    assert (rooms["B-12"], rooms["B-13"]) == ("207", "204")


def test_the_parts_are_said_in_words_and_one_tap_makes_them(hotel, days, offered, agree):
    change = said(days.check_in + 2 * DAY)

    offer = offered(days)

    assert f"The guest has to change rooms: 204 until {change} , then 208 ." in offer.text or (
        f"The guest has to change rooms: 204 until {change}, then 208." in offer.text
    )
    assert f"B-13 then ends on {change}" in offer.text
    assert "becomes a further booking of Ada" in offer.text

    page = agree(days, offer)

    assert f"Ada: 204 until {change}, then 208." in page.text
    stays = hotel.bookings.order_by("check_in").values_list("room__number", "check_in", "check_out")
    begin, middle, end = (days.check_in + n * DAY for n in (0, 2, 4))
    assert list(stays) == [("204", begin, middle), ("208", middle, end)]


def test_where_a_night_is_full_it_says_so_and_offers_nothing(hotel, offered):
    make_booking(hotel=hotel, room=make_room(hotel=hotel), arrives=1)

    offer = offered(make_booking(hotel=hotel, arrives=0, nights=3))

    assert "On one of its nights none is left at all." in offer.text
    assert not offer.all("button")


def test_what_changed_meanwhile_is_said_and_nothing_is_done(hotel, chain, offered, agree):
    offer = offered(chain)
    make_booking(hotel=hotel, room=hotel.rooms.get(number="207"), arrives=3)

    page = agree(chain, offer)

    assert "changed meanwhile: look again at what is free." in page.text
    assert not hotel.events.exists()


def test_another_departure_is_another_plan(hotel, chain, offered, agree):
    offer = offered(chain)
    moved = Booking.objects.get(booking_id="B-12")
    Booking.objects.filter(pk=moved.pk).update(check_out=moved.check_out + DAY)

    assert "look again" in agree(chain, offer).text


@pytest.mark.parametrize("plan", ["", "204", "\0", "x:y:z"])
def test_only_what_was_offered_can_be_agreed_to(desk, hotel, chain, plan):
    url = address("room_plan", hotel, chain.booking_id)

    page = read(desk.post(url, {"plan": plan}, follow=True))

    assert "look again" in page.text
    assert not hotel.events.exists()


def test_another_hotels_booking_is_not_found(desk, hotel):
    make_booking(hotel=make_hotel(), booking_id="B-THEIRS")

    assert desk.post(address("room_plan", hotel, "B-THEIRS")).status_code == 404


def test_a_second_tap_changes_nothing_more(hotel, days, offered, agree):
    offer = offered(days)

    agree(days, offer)
    agree(days, offer)

    assert hotel.bookings.count() == 2


def test_the_row_shows_it_too(desk, hotel, chain):
    url = address("booking_action", hotel, chain.booking_id, "assign")

    row = read(desk.get(url, headers=htmx()))

    assert "Move B-12" in row.text
