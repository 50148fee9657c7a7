"""Answers kept in memory: what is kept, what is forgotten, and who may share an answer."""

from threading import Thread

import pytest

from hotel.choices import Role
from portal import cache
from portal.cache import SeqCache, Viewer
from tests.factories import make_hotel, make_staff


def test_an_answer_is_made_once_for_a_key():
    kept, made = SeqCache[str](10), []

    answers = [kept.get_or_make(key, lambda: made.append(1) or "answer") for key in (1, 1, 2)]

    assert answers == ["answer"] * 3
    assert len(made) == 2


def test_many_are_returned_in_the_order_asked_for_and_none_for_what_is_missing():
    kept = SeqCache[str](10)
    kept.put("a", "A")
    kept.put("b", "B")

    assert kept.get_many(["b", "c", "a"]) == ["B", None, "A"]


def test_the_answer_used_longest_ago_makes_room_for_a_new_one():
    kept = SeqCache[int](2)
    kept.put("a", 1)
    kept.put("b", 2)
    kept.get("a")
    kept.put("c", 3)

    assert kept.get_many("abc") == [1, None, 3]
    assert len(kept) == 2


def test_one_call_forgets_everything():
    caches = [SeqCache[int](2), SeqCache[int](2)]
    for kept in caches:
        kept.put("a", 1)

    cache.clear_all()

    assert [len(kept) for kept in caches] == [0, 0]


def test_many_threads_may_use_it():
    kept = SeqCache[int](5)

    def use() -> None:
        for n in range(2000):
            assert kept.get_or_make(n % 7, lambda n=n: n % 7) == n % 7

    threads = [Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(kept) == 5


def test_colleagues_share_what_is_not_personal(hotel):
    ana, bea = (make_staff(hotel=hotel, role=Role.HOUSEKEEPER) for _ in range(2))

    assert Viewer.of(ana, personal=False) == Viewer.of(bea, personal=False)
    assert Viewer.of(ana, personal=True) != Viewer.of(bea, personal=True)
    assert Viewer.of(ana, personal=True) != Viewer.of(ana, personal=False)


@pytest.mark.parametrize(
    "change",
    [
        lambda staff: setattr(staff, "role", Role.MANAGER),
        lambda staff: setattr(staff, "language", "pt"),
        lambda staff: setattr(staff.hotel, "setup_seq", 99),
        lambda staff: setattr(staff, "hotel", make_hotel()),
    ],
    ids=["role", "language", "set-up", "hotel"],
)
def test_what_changes_an_answer_makes_another_viewer(housekeeper, change):
    before = Viewer.of(housekeeper, personal=False)

    change(housekeeper)

    assert Viewer.of(housekeeper, personal=False) != before
