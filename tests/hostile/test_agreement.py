"""Check and race agree: what the loader takes can be run and laid out, and what cannot is refused with its place."""

from __future__ import annotations

import sys

import pytest

import optviz
from optviz.errors import OptvizError
from tests import few
from tests.hostile.fuzz import search
from tests.hostile.mutate import fault, mutated

FEW, MANY = 100, 200_000


def faults(seeds: range, drawn: int) -> dict[int, str]:
    """What is wrong with the scenarios of these seeds; every ``drawn``-th is laid out."""
    said = {seed: fault(mutated(seed), drawn=seed % drawn == 0) for seed in seeds}
    return {seed: words for seed, words in said.items() if words}


@pytest.mark.thorough
def test_a_shipped_scenario_with_other_values_is_refused_in_time_or_runs() -> None:
    assert faults(range(FEW), 50) == {}


@pytest.mark.slow
def test_many_shipped_scenarios_with_other_values_are_refused_in_time_or_run() -> None:
    assert faults(range(FEW, MANY), 20) == {}


@pytest.mark.parametrize(
    ("reader", "count"), few([("formula", 150), ("loader", 200), ("show", 40), ("formula", 3000), ("loader", 1000)], 9)
)
@pytest.mark.thorough
def test_an_input_that_reaches_new_lines_breaks_nothing(reader: str, count: int) -> None:
    kept, faults = search(reader, count)
    assert faults == {}
    assert kept > 10


HEAD = "function: beale\nsteps: 5\noptimizers: [adam]\n"
REPEATED = {  # what is written first, then a line for each mistake
    "unknown keys": ("", "key{}: x"),
    "unknown hyperparameters": ("common:", "  key{}: 1"),
    "captions behind the last step": ("render:\n  captions:", "    - {{at: {}9, text: x}}"),
    "panels": ("render:\n  panels:", "    - panel{}"),
    "starts": ("starts:\n  points:", "    - [{}]"),
    "tags": ("", "key{}: !!int x"),
    "merges": ("", "key{}: {{<<: x}}"),
    "twice": ("", "steps: {}"),
}


def calls_to_refuse(count: int, kind: str) -> int:
    """Function calls that it takes to find ``count`` mistakes, each of them told."""
    before, line = REPEATED[kind]
    text = f"{HEAD}{before}\n" + "".join(line.format(i) + "\n" for i in range(1, count + 1))
    calls, found = 0, 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    profile = sys.getprofile()
    sys.setprofile(counted)
    try:
        optviz.loads(text)
    except OptvizError as error:
        found = len(error.issues)
    finally:
        sys.setprofile(profile)
    assert found >= count
    return calls


@pytest.mark.parametrize("kind", few(REPEATED, 4))
def test_mistakes_are_found_in_linear_time(kind: str) -> None:
    assert calls_to_refuse(200, kind) < 2.2 * calls_to_refuse(100, kind)


@pytest.mark.slow
@pytest.mark.parametrize("kind", REPEATED)
def test_thousands_of_mistakes_are_found_in_linear_time(kind: str) -> None:
    assert calls_to_refuse(8000, kind) < 2.2 * calls_to_refuse(4000, kind)
