"""Whoever has the current answer gets 304, and nobody else does."""

import datetime as dt

import pytest
from django.http import HttpResponse
from django.utils import timezone

from hotel.choices import Role
from portal.etags import unless_known
from tests.factories import make_staff


@pytest.fixture
def ask(rf, housekeeper):
    """Return the answer, or 304, to a request with this ETag."""

    def ask(etag: str = "", staff=housekeeper, facts=(1,)) -> HttpResponse:
        request = rf.get("/", headers={"If-None-Match": etag} if etag else {})
        request.staff, request.hotel = staff, staff.hotel
        return unless_known(request, facts, lambda: HttpResponse("whole"))

    return ask


def test_at_first_the_answer_is_whole_and_has_an_etag(ask):
    answer = ask()

    assert answer.content == b"whole"
    assert answer["ETag"].startswith('W/"')


def test_whoever_has_it_gets_304_with_the_same_etag(ask):
    etag = ask()["ETag"]

    answer = ask(etag)

    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)


def test_other_facts_are_another_answer(ask):
    assert ask(ask()["ETag"], facts=(2,)).status_code == 200


def test_a_colleague_has_another_answer(ask, hotel):
    colleague = make_staff(hotel=hotel, role=Role.HOUSEKEEPER)

    assert ask(ask()["ETag"], staff=colleague).status_code == 200


def test_tomorrow_is_another_answer(ask, monkeypatch):
    etag = ask()["ETag"]
    tomorrow = timezone.now() + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)

    assert ask(etag).status_code == 200
