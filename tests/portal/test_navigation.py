"""The navigation: each role's pages, and where one is."""

import pytest

from hotel.choices import Role
from tests.portal.reading import address, read


def test_the_navigation_is_the_roles_own_and_marks_where_one_is(hotel, sign_in, staff):
    shown = {}
    for role, person in staff.items():
        page = read(sign_in(person).get(address("board", hotel)))
        nav = page.one("nav", "pages")
        shown[role] = nav.texts("a")
        assert nav.texts("a", aria_current="page") == ["Board"]

    assert shown == {
        Role.HOUSEKEEPER: ["Board"],
        Role.SUPERVISOR: ["Board", "Rooms", "Closures", "Statistics"],
        Role.MAINTENANCE: ["Board", "Rooms", "Closures"],
        Role.FRONT_DESK: ["Board", "Readiness", "Arrivals", "Rooms", "Closures"],
        Role.MANAGER: [
            "Board",
            "Readiness",
            "Arrivals",
            "Rooms",
            "Closures",
            "Statistics",
        ],
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("board", "No room waits for cleaning."),
        ("rooms", "No room matches the filters."),
        ("closures", "No room is closed, and no closure is planned."),
        ("readiness", "No rooms yet. A hotel's rooms are set up in the admin, or imported."),
        ("arrivals", "Nobody else is expected today."),
        ("statistics", "No rooms yet."),
        ("walk_in", "Walk-in"),
        ("new_booking", "New booking"),
    ],
)
def test_every_page_of_a_hotel_without_rooms_opens_and_says_so(sign_in, manager, name, words):
    response = sign_in(manager).get(address(name, manager.hotel))

    assert response.status_code == 200
    assert words in read(response).text
