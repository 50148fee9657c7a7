"""The plan of the demo's stays."""

import random
from collections import Counter

import pytest

from simulation import demo, demo_plan
from simulation.demo_plan import LAST_NIGHT, ROOMS, plan_stays

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(20))
def test_the_plan_never_needs_more_rooms_than_there_are(seed):
    codes = [code for _ in demo.FLOORS for code in demo.ON_A_FLOOR]
    stays = plan_stays(random.Random(seed), codes)

    assert len(codes) == ROOMS == sum(count for _, count in LAST_NIGHT)
    assert len({stay.booking_id for stay in stays}) == len(stays)
    for code, rooms in Counter(codes).items():
        for night in range(demo_plan.FIRST, demo_plan.LAST + 1):
            held = [
                stay
                for stay in stays
                if stay.room_type == code and stay.check_in <= night < stay.check_out
            ]
            # One double room leaves service for some nights.
            closed = code == "D" and 0 <= night <= demo_plan.CLOSED_DAYS
            assert len(held) <= rooms - closed
    assert sum(stay.overstays for stay in stays) == 1
    assert all(stay.booked < demo_plan.FIRST <= stay.check_in < stay.check_out for stay in stays)
