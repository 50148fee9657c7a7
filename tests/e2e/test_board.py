"""The board at a desk: cards move, counts follow, the keyboard and the mouse do the same."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from hotel.choices import Role
from rooms.choices import Priority, RoomStatus
from tests.e2e.conftest import (
    actions_on,
    address,
    button,
    card,
    column,
    expect_counts,
    expect_focus_in,
    expect_in_column,
    more,
    status_of,
    toast,
)
from tests.factories import make_room, make_room_type


@pytest.fixture
def dirty(hotel):
    return make_room(hotel=hotel, number="101", status=RoomStatus.CHECKOUT_DIRTY)


@pytest.fixture
def cleaned(hotel):
    return make_room(hotel=hotel, number="105", status=RoomStatus.CLEANED_UNINSPECTED)


@pytest.fixture
def others(hotel):
    """Rooms that nobody touches, above and below the others in every column that is used."""
    return [
        make_room(hotel=hotel, number=f"{floor}{n}", floor=floor, status=status)
        for floor in "03"
        for n, status in enumerate(
            (
                RoomStatus.CHECKOUT_DIRTY,
                RoomStatus.CLEANING_IN_PROGRESS,
                RoomStatus.CLEANED_UNINSPECTED,
                RoomStatus.AVAILABLE,
            )
        )
    ]


def take(page: Page, number: str) -> tuple[float, float]:
    """Take a room's card with the mouse, by a place that is no button; return where."""
    start = card(page, number).locator("header span").bounding_box()
    assert start
    x, y = start["x"] + 4, start["y"] + 4
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 16, y + 6, steps=3)
    expect(page.locator(".columns.dragging")).to_be_attached()
    return x, y


def drag(page: Page, number: str, to: str) -> None:
    """Drag a room's card straight to another column."""
    _, y = take(page, number)
    end = column(page, to).bounding_box()
    assert end
    page.mouse.move(end["x"] + 40, y, steps=8)
    page.mouse.up()


def numbers_in(page: Page, key: str) -> list[str]:
    return column(page, key).locator(".no").all_inner_texts()


def test_a_card_moves_to_its_place_and_back(open_page, crew, dirty, others):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    expect_counts(page, dirty=3, cleaning=2)

    button(card(page, "101"), "Start cleaning").click()

    expect_in_column(page, "101", "cleaning")
    expect_counts(page, dirty=2, cleaning=3)
    assert numbers_in(page, "cleaning") == ["01", "31", "101"]
    toast(page).get_by_role("button", name="Undo").click()
    expect_in_column(page, "101", "dirty")
    expect_counts(page, dirty=3, cleaning=2)
    assert numbers_in(page, "dirty") == ["00", "30", "101"]
    expect(toast(page)).to_contain_text("101 change undone · Needs cleaning")
    expect(toast(page).get_by_role("button", name="Undo")).to_have_count(0)
    assert actions_on(dirty) == ["start_cleaning", "undo"]


def test_no_other_card_moves(open_page, crew, hotel, dirty, others):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    before = {room.number: card(page, room.number).bounding_box() for room in others}

    button(card(page, "101"), "Start cleaning").click()

    expect(toast(page)).to_contain_text("cleaning started")
    after = {room.number: card(page, room.number).bounding_box() for room in others}
    # 101 stood last in its column and stands last in the new one.
    assert after == before


def test_undo_brings_back_a_card_that_the_filter_had_hidden(open_page, crew, dirty):
    page = open_page(crew[Role.HOUSEKEEPER], "board/?status=dirty")
    button(card(page, "101"), "Start cleaning").click()
    expect(column(page, "dirty").locator(".room")).to_have_count(0)
    expect(card(page, "101")).not_to_be_visible()

    toast(page).get_by_role("button", name="Undo").click()

    expect_in_column(page, "101", "dirty")
    expect(card(page, "101")).to_be_visible()
    expect_counts(page, dirty=1)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_button_is_pressed_by_key_and_focus_goes_with_the_card(open_page, crew, dirty, key):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    tab_to(page, "Start cleaning")

    page.keyboard.press(key)

    expect_in_column(page, "101", "cleaning")
    expect(button(card(page, "101"), "Cleaned")).to_be_focused()
    page.keyboard.press(key)
    expect_in_column(page, "101", "inspection")
    expect_focus_in(card(page, "101"))


def test_a_key_held_down_is_pressed_once(open_page, crew, dirty):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    button(card(page, "101"), "Start cleaning").focus()

    page.keyboard.down("Enter")
    expect(button(card(page, "101"), "Cleaned")).to_be_focused()
    for _ in range(3):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")

    page.wait_for_load_state("networkidle")
    assert actions_on(dirty) == ["start_cleaning"]


@pytest.mark.parametrize("way", ["Escape", "Cancel"])
def test_a_form_opens_and_closes_by_key_and_focus_returns_to_the_card(
    open_page, crew, cleaned, way
):
    page = open_page(crew[Role.SUPERVISOR], "board/")
    tab_to(page, "Fail…")
    page.keyboard.press("Enter")
    expect(card(page, "105").get_by_label("Notes")).to_be_focused()
    page.keyboard.type("Hair")

    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        tab_to(page, "Cancel")
        page.keyboard.press("Enter")

    expect(card(page, "105").locator("form")).to_have_count(0)
    expect_focus_in(card(page, "105"))
    expect(button(card(page, "105"), "Pass")).to_be_visible()
    assert actions_on(cleaned) == []


def test_focus_returns_to_the_control_that_opened_the_form(open_page, crew, cleaned):
    page = open_page(crew[Role.SUPERVISOR], "board/")
    button(card(page, "105"), "Fail…").press("Enter")
    expect(card(page, "105").get_by_label("Notes")).to_be_focused()

    page.keyboard.press("Escape")

    expect(button(card(page, "105"), "Fail…")).to_be_focused()


def test_more_closes_by_escape(open_page, crew, dirty):
    page = open_page(crew[Role.SUPERVISOR], "board/")
    summary = card(page, "101").locator("summary")
    summary.press("Enter")
    expect(button(card(page, "101"), "Report maintenance…")).to_be_visible()

    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(button(card(page, "101"), "Report maintenance…")).to_be_hidden()
    expect(summary).to_be_focused()


def test_maintenance_is_reported_in_the_card(open_page, crew, dirty):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    button(more(card(page, "101")), "Report maintenance…").click()
    card(page, "101").get_by_label("High", exact=True).check()
    card(page, "101").get_by_label("What is wrong?").fill("Tap drips")
    button(card(page, "101"), "Report maintenance").click()

    # A fault does not stop the clean.
    expect_in_column(page, "101", "dirty")
    expect(card(page, "101")).to_contain_text("Fault, high")
    repairs = open_page(crew[Role.MAINTENANCE], "board/")
    expect_in_column(repairs, "101", "maintenance")
    expect(card(repairs, "101")).to_contain_text("Returns as: needs cleaning")
    dirty.refresh_from_db()
    assert (dirty.maintenance_priority, dirty.maintenance_notes) == (Priority.HIGH, "Tap drips")


@pytest.mark.parametrize("late", ["app.js", "htmx.min.js"])
def test_a_tap_that_comes_before_the_scripts_is_done_when_they_are_there(
    open_context, crew, hotel, dirty, others, late
):
    page = open_context(crew[Role.HOUSEKEEPER]).new_page()
    held: list[Route] = []
    page.route(f"**/{late}", lambda route: held.append(route))
    page.goto(address(hotel, "board/"), wait_until="commit")

    button(card(page, "101"), "Start cleaning").click(no_wait_after=True)
    while not held:
        page.wait_for_timeout(50)
    page.wait_for_timeout(200)
    assert page.url.endswith("/board/")
    assert not actions_on(dirty)
    held[0].continue_()

    expect_in_column(page, "101", "cleaning")
    expect(toast(page)).to_contain_text("101 cleaning started")
    assert page.url.endswith("/board/")
    assert actions_on(dirty) == ["start_cleaning"]


def test_a_drag_does_what_the_button_does(open_page, crew, dirty, others):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")

    drag(page, "101", "cleaning")

    expect_in_column(page, "101", "cleaning")
    expect(toast(page)).to_contain_text("101 cleaning started")
    expect_counts(page, dirty=2, cleaning=3)
    assert actions_on(dirty) == ["start_cleaning"]
    drag(page, "101", "inspection")
    expect_in_column(page, "101", "inspection")
    assert actions_on(dirty) == ["start_cleaning", "mark_cleaned"]


def test_a_drag_that_needs_words_opens_the_form_and_the_card_stays(open_page, crew, cleaned):
    page = open_page(crew[Role.SUPERVISOR], "board/")

    drag(page, "105", "dirty")

    expect(card(page, "105").get_by_label("Notes")).to_be_focused()
    expect_in_column(page, "105", "inspection")
    assert status_of(cleaned) == RoomStatus.CLEANED_UNINSPECTED
    card(page, "105").get_by_label("Notes").fill("Hair in the shower")
    button(card(page, "105"), "Fail").click()
    expect_in_column(page, "105", "dirty")
    assert actions_on(cleaned) == ["fail_inspection"]


def test_a_drag_that_is_not_allowed_is_refused_with_words(open_page, crew, dirty, others):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")

    drag(page, "101", "ready")

    expect(toast(page)).to_contain_text("Room 101 cannot be moved to “Ready” now, or not by you.")
    expect_in_column(page, "101", "dirty")
    expect_counts(page, dirty=3, ready=2)
    assert actions_on(dirty) == []


def test_a_card_is_dropped_where_the_pointer_is(open_page, crew, hotel, dirty):
    """In a short column too, after a long one that the drag has crossed."""
    for n in range(6):
        make_room(hotel=hotel, number=f"0{n}", status=RoomStatus.CHECKOUT_DIRTY)
        make_room(hotel=hotel, number=f"2{n}", status=RoomStatus.CLEANING_IN_PROGRESS)
    page = open_page(crew[Role.HOUSEKEEPER], "board/")

    drag(page, "101", "inspection")

    expect_in_column(page, "101", "inspection")
    assert actions_on(dirty) == ["mark_cleaned"]


def test_a_drag_is_given_up_with_escape(open_page, crew, dirty, others):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    before = numbers_in(page, "dirty")
    _, y = take(page, "101")
    target = column(page, "cleaning").bounding_box()
    page.mouse.move(target["x"] + 40, y, steps=8)

    page.keyboard.press("Escape")
    page.mouse.up()

    expect(page.locator(".columns.dragging")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert numbers_in(page, "dirty") == before
    assert actions_on(dirty) == []


def test_filters_stand_in_the_address_and_survive_a_reload(open_page, crew, hotel, dirty):
    make_room(hotel=hotel, number="201", floor="2", status=RoomStatus.CHECKOUT_DIRTY)
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    page.locator("#filters summary").click()

    page.get_by_label("Floor").select_option("2")

    expect(card(page, "101")).to_have_count(0)
    expect_counts(page, dirty=1)
    assert query_of(page) == "floor=2"
    page.reload()
    expect(card(page, "201")).to_be_visible()
    expect(card(page, "101")).to_have_count(0)
    expect(page.get_by_label("Floor")).to_have_value("2")
    button(card(page, "201"), "Start cleaning").click()
    expect_in_column(page, "201", "cleaning")
    page.get_by_role("link", name="Clear").click()
    expect(card(page, "101")).to_be_visible()
    assert query_of(page) == ""


def test_typing_a_number_finds_the_room(open_page, crew, hotel, dirty, cleaned):
    page = open_page(crew[Role.SUPERVISOR], "board/")

    page.get_by_label("Search by room or note").press_sequentially("105")

    expect(card(page, "101")).to_have_count(0)
    expect(card(page, "105")).to_be_visible()
    expect(page.get_by_label("Search by room or note")).to_be_focused()
    assert query_of(page) == "q=105"
    # The first click after typing does what it says: leaving the field swaps nothing away.
    button(card(page, "105"), "Pass").click()
    expect_in_column(page, "105", "ready")


def test_back_returns_to_the_whole_board_as_it_was(open_page, crew, hotel, dirty):
    make_room_type(hotel=hotel, code="S")
    make_room(hotel=hotel, number="201", floor="2", status=RoomStatus.CHECKOUT_DIRTY)
    page = open_page(crew[Role.SUPERVISOR], "board/")
    page.locator("#filters summary").click()
    page.get_by_label("Floor").select_option("2")
    expect(card(page, "101")).to_have_count(0)
    page.get_by_label("Status", exact=True).select_option("dirty")
    expect(column(page, "ready")).to_have_count(0)

    page.go_back()
    expect(column(page, "ready")).to_have_count(1)
    expect(card(page, "101")).to_have_count(0)
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    page.go_back()
    expect(card(page, "101")).to_be_visible()

    expect(page.get_by_label("Floor")).to_have_value("")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    expect(page.locator("#filters")).to_be_visible()
    # What comes back still works.
    button(card(page, "101"), "Start cleaning").click()
    expect_in_column(page, "101", "cleaning")
    drag(page, "101", "inspection")
    expect_in_column(page, "101", "inspection")


def test_a_room_page_and_back(open_page, crew, hotel, dirty):
    page = open_page(crew[Role.HOUSEKEEPER], "board/")
    card(page, "101").get_by_role("link", name="101").click()
    expect(page.get_by_role("heading", name="Room 101")).to_be_visible()
    button(page.locator("#room"), "Start cleaning").click()
    expect(page.locator("#room")).to_contain_text("Ana Silva")
    expect(toast(page)).to_contain_text("101 cleaning started")

    page.go_back()

    expect_in_column(page, "101", "cleaning")
    assert urlsplit(page.url).path == address(hotel, "board/")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the button of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").and_(page.get_by_role("button", name=name, exact=True)).count():
            return
        if page.locator(":focus").and_(page.get_by_role("link", name=name, exact=True)).count():
            return
    raise AssertionError(f"Tab does not reach “{name}”.")


def query_of(page: Page) -> str:
    return urlsplit(page.url).query
