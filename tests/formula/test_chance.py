"""What a formula leaves to chance: one draw a step, from the seed, the same wherever it is computed."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.errors import OptvizError
from optviz.formula import compile_formula, compile_schedule
from optviz.formula.chance import PRIME, ROUNDS, round_keys
from tests import few

STEPS = np.arange(1.0, 20_001.0)


def drawn(seed: int, steps: np.ndarray = STEPS) -> np.ndarray:
    """What is drawn at every step, in whole numbers: the definition, in Python's integers."""
    numbers = []
    for t in steps.astype(int).tolist():
        state = t % PRIME
        for key in round_keys(seed):
            state = pow(state + key, 3, PRIME)
        numbers.append(state)
    return np.array(numbers)


def held(formula: str, seed: int, steps: np.ndarray = STEPS) -> np.ndarray:
    return np.asarray(compile_formula(f"{formula} + 0*x", seed=seed).value(np.zeros((1, 1)), steps)).ravel()


@pytest.mark.parametrize("seed", [0, 1, 12345678901234567890, -3])
@pytest.mark.parametrize("p", [0.0, 0.01, 1 / 3, 0.5, 1.0])
def test_floats_and_arrays_hold_where_whole_numbers_say(seed: int, p: float) -> None:
    expected = (drawn(seed, STEPS[:500]) + 0.5) / PRIME < p
    np.testing.assert_array_equal(held(f"chance({p!r})", seed, STEPS[:500]), expected)
    one_by_one = compile_formula(f"chance({p!r})*x", seed=seed).gradient
    assert [one_by_one(0.0, t) for t in STEPS[:500].tolist()] == expected.tolist()


@pytest.mark.parametrize("seed", few(range(4), 4))
@pytest.mark.thorough
def test_draws_are_even_and_know_nothing_of_one_another(seed: int) -> None:
    share = drawn(seed) / PRIME
    cells = np.histogram(share, 100, (0, 1))[0]
    assert ((cells - 200) ** 2 / 200).sum() < 158  # chi-square of 99 degrees of freedom, 99.99 %
    pairs = np.histogram2d(share[:-1], share[1:], 20, [(0, 1), (0, 1)])[0]
    assert ((pairs - pairs.mean()) ** 2 / pairs.mean()).sum() < 513  # of 399
    for lag in (1, 2, 3, 7, 100):
        assert abs(np.corrcoef(share[:-lag], share[lag:])[0, 1]) < 3.9 / np.sqrt(len(share))


@pytest.mark.thorough
def test_the_step_is_permuted() -> None:
    assert len(np.unique(drawn(0))) == len(STEPS)
    assert (PRIME - 1) % 3 != 0
    assert len(round_keys(0)) == ROUNDS


def test_one_draw_a_step() -> None:
    nested = held("where(chance(0.2), 1, where(chance(0.5), 2, 3))", 0)
    assert np.bincount(nested.astype(int), minlength=4)[1:] / len(STEPS) == pytest.approx([0.2, 0.3, 0.5], abs=0.015)


def test_another_seed_draws_otherwise() -> None:
    agree = held("chance(0.5)", 0) == held("chance(0.5)", 1)
    assert agree.mean() == pytest.approx(0.5, abs=0.02)


def test_a_formula_with_chance_depends_on_the_step() -> None:
    objective = compile_formula("where(chance(0.1), 9*x, -x)")
    assert objective.online
    assert objective.by_chance
    assert not compile_formula("x**2").by_chance


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("chance(1.5)*x", "a probability lies between 0 and 1, got 1.5"),
        ("chance(-1)*x", "a probability lies between 0 and 1, got -1"),
        ("chance()*x", "chance takes 1 argument, not 0"),
        ("chance*x", "chance has no argument"),
    ],
)
def test_mistakes(formula: str, said: str) -> None:
    with pytest.raises(OptvizError) as refused:
        compile_formula(formula)
    assert said in str(refused.value)


def test_a_schedule_knows_no_chance() -> None:
    with pytest.raises(OptvizError, match="chance belongs to a function to be minimised"):
        compile_schedule("0.1*chance(0.5)")
