"""One pool, one budget: the order of results, how much is held, and who does the work."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from optviz.parallel import Background, cores, limit_cores, ordered


@pytest.fixture(params=[1, 2, 5])
def budget(request: pytest.FixtureRequest) -> Iterator[int]:
    """A number of cores, whatever this machine has."""
    limit_cores(request.param)
    yield request.param
    limit_cores(None)


def helpers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("optviz")]


def test_all_cores_are_allotted_until_a_share_is_set() -> None:
    limit_cores(None)
    assert 1 <= cores() <= (os.cpu_count() or 1)
    limit_cores(0)
    assert cores() == 1
    limit_cores(None)


def test_results_come_in_order_and_few_are_held(budget: int) -> None:
    begun: list[int] = []

    def square(number: int) -> int:
        begun.append(number)
        return number * number

    for number, result in enumerate(ordered(square, range(40))):
        assert result == number * number
        assert len(begun) <= number + (2 * budget if budget > 1 else 1)
    assert sorted(begun) == list(range(40))


def test_there_are_never_more_threads_than_the_budget_allows(budget: int) -> None:
    together = [ordered(abs, range(50)) for _ in range(3)]
    background = Background[int]()
    for results in zip(*together, strict=True):
        background.do(partial(sum, results))
    background.finish()
    assert len(helpers()) <= budget - 1


def test_work_is_done_at_the_same_time(budget: int) -> None:
    if budget == 1:
        return
    meeting = threading.Barrier(budget, timeout=30)  # passed only when that many threads wait at it
    assert sorted(ordered(lambda _: meeting.wait(), range(budget))) == list(range(budget))


def test_nested_work_does_not_block_itself(budget: int) -> None:
    def total(depth: int) -> int:
        return 1 if depth == 0 else sum(ordered(total, [depth - 1] * 4))

    assert list(ordered(total, [3] * 8)) == [64] * 8


def test_an_error_is_raised_where_its_result_was_due(budget: int) -> None:
    results = ordered(lambda number: 1 // (number - 2), range(9))
    assert [next(results), next(results)] == [-1, -1]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert list(results) == []


def test_closing_waits_for_what_has_begun_and_drops_the_rest(budget: int) -> None:
    begun, ended = [], []

    def work(number: int) -> None:
        begun.append(number)
        ended.append(number)

    results = ordered(work, range(1000), ahead=500)
    next(results)
    results.close()
    assert sorted(begun) == sorted(ended)
    count = len(begun)
    list(ordered(abs, range(20)))
    assert len(begun) == count


# --- in the background ------------------------------------------------------------------------------


def test_results_are_taken_in_order_in_the_callers_thread(budget: int) -> None:
    taken: list[tuple[int, threading.Thread]] = []
    background = Background[int](lambda result: taken.append((result, threading.current_thread())))
    for number in range(50):
        background.do(partial(pow, number, 2))
        assert number - len(taken) < Background.MOST
    background.finish()
    assert taken == [(number**2, threading.main_thread()) for number in range(50)]


def test_one_by_one_nothing_overlaps_and_nothing_is_overtaken(budget: int) -> None:
    alone = threading.Lock()
    done: list[int] = []

    def work(number: int) -> None:
        assert alone.acquire(blocking=False)
        done.append(number)
        alone.release()

    background = Background[None](one_by_one=True)
    for number in range(200):
        background.do(partial(work, number))
    background.finish()
    assert done == list(range(200))


@pytest.mark.parametrize("one_by_one", [False, True])
def test_an_error_in_the_background_is_raised_later(budget: int, one_by_one: bool) -> None:
    background = Background[float](one_by_one=one_by_one)

    def divide_all() -> None:
        for number in (1.0, 0.0, 1.0, 1.0):
            background.do(partial(float.__truediv__, 1.0, number))
        background.finish()

    with pytest.raises(ZeroDivisionError):
        divide_all()
    background.close()


def test_closing_one_by_one_begins_nothing_more() -> None:
    limit_cores(2)
    began, may_end = threading.Event(), threading.Event()
    done: list[int] = []

    def work(number: int) -> None:
        began.set()
        may_end.wait(30)
        done.append(number)

    background = Background[None](one_by_one=True)
    for number in range(3):
        background.do(partial(work, number))
    assert began.wait(30)
    closing = threading.Thread(target=background.close)
    closing.start()
    while len(background._pending) > 1:
        pass
    may_end.set()
    closing.join(30)
    limit_cores(None)
    assert done == [0]


# --- processes --------------------------------------------------------------------------------------


def test_a_process_without_work_has_no_threads() -> None:
    program = (
        "import optviz.parallel, threading, sys; print(threading.active_count(), 'concurrent.futures' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["1", "False"]
