"""The sentence at a race's end is true however it ended."""

import pytest

import optviz
from optviz.engine.lesson import lesson_of
from optviz.scenario import loads
from optviz.words import ENGLISH

BOWL = "function: {formula: x**2 + y**2, window: [[-2, 2], [-2, 2]]}\nstart: [1, 1]\nsteps: 60\n"
WAVES = "function: {formula: x**2 + 10*y**2 + 3*sin(3*x), window: [[-5, 5], [-4, 4]]}\nstart: [4, 3]\nsteps: 100\n"
SADDLE = "function: saddle\nstart: [1, 0.1]\nsteps: 5\n"
ONLINE = "function: {formula: 'where(t % 3 == 1, 3*x, -x)', domain: [[-1, 1]]}\nstart: 0\nsteps: 3000\n"

LESSONS = [
    # everyone arrives, alone, level, with a fly-by
    (
        BOWL,
        "[sgd: {lr: 0.1}, sgd: {lr: 0.3, label: quick}]",
        "quick arrives first, at step 4, 11 steps before the next.",
    ),
    (
        BOWL,
        "[sgd: {lr: 0.3}, sgd: {lr: 0.3, label: twin}, sgd: {lr: 0.1, label: slow}]",
        "SGD and twin arrive together, at step 4; all three do, by step 15.",
    ),
    (BOWL, "[sgd: {lr: 0.3}, sgd: {lr: 0.3, label: twin}]", "SGD and twin arrive together, at step 4."),
    (
        "function: {name: ellipse01, window: [[-5.6, 3], [-2.8, 2.8]]}\nstart: [-5, -2]\nsteps: 90\n",
        "[sgd: {lr: 0.46}, nesterov: {lr: 0.1}]",
        "SGD arrives first, at step 41, 15 steps before the next; Nesterov is there at step 14 but flies past.",
    ),
    # some arrive
    (
        WAVES,
        "[adam: {lr: 0.2}, momentum: {lr: 0.01}]",
        "Only Momentum arrives, at step 62; Adam stops at a local minimum.",
    ),
    (BOWL, "[sgd: {lr: 0.3}, sgd: {lr: 1.0e+300, label: wild}]", "Only SGD arrives, at step 4; wild diverges."),
    # nobody does
    (
        BOWL,
        "[sgd: {lr: 1.0e-4}, sgd: {lr: 1.0e-5, label: b}]",
        "Nobody arrives: SGD ends with the lowest f, 1.95; both still move.",
    ),
    (BOWL, "[sgd: {lr: 0}, sgd: {lr: 0, label: b}]", "Nobody arrives: SGD and b end level, at f = 2; both still move."),
    (
        BOWL,
        "[sgd: {lr: 1.0e+300}, sgd: {lr: 1.0e+300, label: b}, momentum: {lr: 1.0e+300}]",
        "All three diverge.",
    ),
    (BOWL, "[sgd: {lr: 1.0e+60}, sgd: {lr: 1.0e+300, label: b}]", "Both diverge; SGD lasts longest, to step 3."),
    (SADDLE, "[adam: {lr: 0.1}, sgd: {lr: 0.01}]", "Adam ends with the lowest f, −0.0848; both still move."),
    # one alone
    (BOWL, "[sgd: {lr: 0.3}]", "SGD stays within the finish from step 4 on."),
    (BOWL.replace("[1, 1]", "[0, 0]"), "[sgd]", "SGD stays within the finish from the start on."),
    (BOWL, "[sgd: {lr: 1.0e-4}]", "SGD is still moving after 60 steps."),
    (BOWL, "[sgd: {lr: 1.0e+300}]", "SGD diverges: step 1 leaves the finite numbers."),
    (WAVES, "[adam: {lr: 0.2}]", "Adam stops at a local minimum, f = 9.46."),
    (
        "function: {name: ellipse01, window: [[-5.6, 3], [-2.8, 2.8]]}\nstart: [-5, -2]\nsteps: 90\n",
        "[nesterov: {lr: 0.1}]",
        "Nesterov is within the finish at step 14, leaves it, and stays from step 56 on.",
    ),
]


@pytest.mark.parametrize(("problem", "racers", "said"), LESSONS)
def test_a_race_in_a_sentence(problem: str, racers: str, said: str) -> None:
    assert lesson_of(optviz.run(loads(f"{problem}optimizers: {racers}\n")).result) == said


def test_an_online_race_is_told_by_its_regret() -> None:
    racers = "[adam: {beta1: 0, beta2: 0.1, lr: 0.5/sqrt(t)}, amsgrad: {beta1: 0, beta2: 0.1, lr: 0.5/sqrt(t)}]"
    result = optviz.run(loads(f"{ONLINE}optimizers: {racers}\n")).result
    said = lesson_of(result)
    assert said.startswith(f"{result.ranking[0]} ends with the lowest average regret, ")
    assert "Nobody" not in said


def test_counts_in_words() -> None:
    assert [ENGLISH.counted(count) for count in (1, 12, 13)] == ["one", "twelve", "13"]
