"""What every form has: ids that do not collide on one page, and a request id."""

from rooms.choices import Action
from tests.factories import make_room
from tests.portal.reading import action_address, fields, htmx, read


def test_two_open_forms_on_one_board_share_no_id(hotel, sign_in, manager):
    client = sign_in(manager)
    seen: list[str] = []
    for _ in range(2):
        room = make_room(hotel=hotel)
        url = action_address(room, Action.MARK_MAINTENANCE)
        form = read(client.get(url, headers=htmx("card-1")))
        seen += [node["id"] for node in form.descendants if "id" in node]
        assert {label["for"] for label in form.all("label")} <= set(seen)

    assert len(seen) == len(set(seen))


def test_two_forms_are_two_requests(hotel, sign_in, housekeeper):
    client = sign_in(housekeeper)
    room = make_room(hotel=hotel)
    url = action_address(room, Action.MARK_MAINTENANCE)

    ids = {fields(read(client.get(url)))["request_id"] for _ in range(2)}

    assert len(ids) == 2
    assert "" not in ids
