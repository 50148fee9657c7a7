"""A manager's tokens in the browser, and the page that documents the API."""

import pytest
from playwright.sync_api import expect

from hotel.choices import Role
from portal.models import ApiToken, digest
from tests.e2e.conftest import DESKTOP, PHONE, button, tap
from tests.e2e.test_accessibility import look


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_token_is_made_copied_and_revoked(open_page, crew, size):
    page = open_page(crew[Role.MANAGER], "board/", size=size)
    tap(page.locator(".account-menu summary"))
    tap(page.get_by_role("link", name="API tokens"))
    page.get_by_label("What uses it").fill("Front desk system")
    page.get_by_label("Acts as").select_option(str(crew[Role.FRONT_DESK].pk))
    tap(button(page, "Make the token"))

    secret = page.get_by_label("The token")
    shown = secret.input_value()
    assert ApiToken.objects.get().digest == digest(shown)
    look(page)
    tap(button(page, "Copy"))
    expect(button(page, "Copied")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, "the page scrolls sideways"

    url = f"/api/staff/hotels/{crew[Role.MANAGER].hotel.slug}/housekeeping/stats/"
    ask = {"headers": {"Authorization": f"Bearer {shown}"}}
    assert page.request.get(url, **ask).ok
    tap(page.get_by_role("link", name="Revoke Front desk system"))
    expect(page.get_by_text("cannot be undone")).to_be_visible()
    look(page)
    tap(button(page, "Revoke the token"))
    expect(page.get_by_role("cell", name="revoked")).to_be_visible()


def test_the_documentation_opens_and_tries_an_address(open_page, crew):
    page = open_page(crew[Role.MANAGER], "board/")
    page.goto("/api/docs")

    page.locator("#operations-Rooms-housekeeping_stats summary, [id$=housekeeping_stats]").click()
    button(page, "Try it out").click()
    page.get_by_placeholder("slug").fill(crew[Role.MANAGER].hotel.slug)
    button(page, "Execute").click()

    expect(page.locator(".live-responses-table")).to_contain_text('"total_rooms": 0')
