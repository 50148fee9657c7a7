"""The words of each action, and which are done by one tap."""

import runpy

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models import TextChoices

from portal.board import actions
from portal.board.actions import ACTIONS
from rooms import choices
from rooms.choices import Action
from rooms.transitions import TRANSITIONS

# Done on the booking, which has its own buttons.
OF_BOOKING = {Action.MOVE_OUT, Action.MOVE_IN, Action.REINSTATE}
ON_ROOM = [action for action in Action if action not in OF_BOOKING]


@pytest.mark.parametrize("words", ["label", "done"])
def test_every_action_on_a_room_has_its_own_words(words):
    assert set(ACTIONS) == set(ON_ROOM)
    assert len({getattr(row, words) for row in ACTIONS.values()}) == len(ON_ROOM)


def test_what_needs_a_reason_is_never_done_by_one_tap():
    tapped = {action for action, row in ACTIONS.items() if row.one_tap or row.noted}

    assert not {action for action in tapped if TRANSITIONS[action].notes_required}


@pytest.mark.parametrize("action", ON_ROOM)
def test_dots_stand_on_exactly_the_buttons_that_ask_first(action):
    asks = not ACTIONS[action].one_tap and action is not Action.UNDO

    assert ACTIONS[action].label.endswith("…") == asks


def test_an_action_without_a_row_is_told_at_import(monkeypatch):
    more = {action.name: (action.value, action.label) for action in choices.Action}
    more["FORGOTTEN"] = ("forgotten", "Forgotten")
    monkeypatch.setattr(choices, "Action", TextChoices("Action", more))

    with pytest.raises(ImproperlyConfigured, match="FORGOTTEN"):
        runpy.run_path(actions.__file__)
