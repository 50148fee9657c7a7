"""Writers take turns, first come, first served."""

import threading

from config.sqlite.line import Line
from tests.serving import wait_until


def test_a_free_turn_is_had_at_once():
    line = Line()

    assert line.take(0)
    line.leave()
    assert line.take(0)


def test_a_turn_that_does_not_come_in_time_is_not_had_later():
    line = Line()
    line.take(0)

    assert not line.take(0.01)

    line.leave()
    assert line.take(0)


def test_the_turn_goes_to_whoever_has_waited_longest():
    line, served = Line(), []
    line.take(0)

    def wait(number: int) -> None:
        assert line.take(60)
        served.append(number)
        line.leave()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=wait, args=[number]))
        threads[-1].start()
        wait_until(lambda number=number: len(line._waiting) == number + 1)
    line.leave()
    for thread in threads:
        thread.join()

    assert served == [0, 1, 2, 3, 4]
    assert line.take(0)


def test_only_one_has_the_turn():
    line, inside, most = Line(), [], []

    def write() -> None:
        for _ in range(200):
            assert line.take(60)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            line.leave()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(most) == 1
    assert len(most) == 1600
