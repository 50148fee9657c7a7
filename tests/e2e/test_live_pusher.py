"""The board by Pusher: the relay, the real SDK and the real pusher-js, through the double."""

import re

import pytest
from playwright.sync_api import expect

from hotel.choices import Role
from portal.live import pusher, relay
from rooms.choices import Action
from rooms.models import Room
from tests.acting import perform
from tests.e2e.conftest import button, card, expect_counts, expect_in_column
from tests.e2e.test_live import (
    NO_SERVER,
    connection,
    expect_as_fresh,
    thirty_actions,
)
from tests.serving import wait_until


@pytest.fixture(autouse=True)
def pusher_at_work(with_pusher, hotel, request):
    """The relay has told whatever there is, and goes on telling."""
    relay.send_wake_ups(pusher.client())
    request.getfixturevalue("relay_at_work")


# The server of these tests holds no stream: “Live” is by Pusher, or it is not.
def test_a_tap_in_one_browser_moves_the_card_in_the_other_even_after_a_silence(
    open_page,
    allowed,
    double,
    crew,
    rooms,
):
    allowed += [*NO_SERVER, "WebSocket connection to .* failed"]
    maid = open_page(crew[Role.HOUSEKEEPER], "board/")
    other = open_page(crew[Role.SUPERVISOR], "board/")
    expect(connection(other)).to_have_text("Live")

    button(card(maid, "101"), "Start cleaning").click()

    expect_in_column(other, "101", "cleaning")
    expect_counts(other, dirty=11, cleaning=1)
    assert not double.refusals

    double.refuse()
    other.context.set_offline(True)
    expect(connection(other)).to_have_text(re.compile(r"Offline since \d\d:\d\d"))
    perform(Action.UNDO, Room.objects.get(number="101"), by=crew[Role.HOUSEKEEPER])
    thirty_actions([Room.objects.get(pk=room.pk) for room in rooms], crew)
    other.wait_for_timeout(10_000)
    expect_in_column(other, "101", "cleaning")
    double.accept()
    other.context.set_offline(False)

    expect(connection(other)).to_have_text("Live")
    expect_counts(other, ready=5, inspection=2)
    expect_as_fresh(other, open_page(crew[Role.SUPERVISOR], "board/"))


def test_while_pusher_is_away_the_page_asks_and_says_so(
    open_page,
    allowed,
    double,
    crew,
    rooms,
):
    allowed.append("WebSocket connection to .* failed")
    page = open_page(crew[Role.SUPERVISOR], "board/")
    expect(connection(page)).to_have_text("Live")

    double.refuse()
    expect(connection(page)).to_have_text("Polling")
    perform(Action.START_CLEANING, rooms[0], by=crew[Role.HOUSEKEEPER])

    expect_in_column(page, "101", "cleaning")


def test_what_goes_to_pusher_names_nobody_and_holds_no_note(open_page, double, crew, rooms):
    page = open_page(crew[Role.SUPERVISOR], "board/")
    expect(connection(page)).to_have_text("Live")

    perform(Action.MARK_CLEANED, rooms[0], by=crew[Role.HOUSEKEEPER], notes="a red scarf")

    expect_in_column(page, "101", "inspection")
    # The page may have asked by itself before Pusher was told.
    wait_until(lambda: "101" in str(double.events))
    sent = str(double.events)
    assert not [word for word in ("scarf", "Ana", "Silva") if word in sent]
