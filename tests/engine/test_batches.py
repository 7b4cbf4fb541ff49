"""Ten thousand learning rates, or starts, are one array computation: for every rule, equal to single runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optviz.engine.run import Trajectory
from optviz.optimizers import OPTIMIZERS, Rule
from optviz.problems import Problem, from_catalogue, from_formula
from tests import few
from tests.engine import run
from tests.engine.draws import BOTH

MANY = 10_000
STEPS = 12
LOOKED_AT = (0, 1, 4_999, 9_999)  # of the many, run singly
BEALE = from_catalogue("beale")
WAVE = from_formula("sin(3*x) + x**2/10", minima=[])
ONLINE = from_formula("where(chance(1/3), 3*x, where(t % 3 == 1, 0.1, -x))", domain=[[-1, 1]])

every_rule = pytest.mark.parametrize("rule", few(OPTIMIZERS.values(), 3), ids=OPTIMIZERS)
both_dimensions = pytest.mark.parametrize("problem", [BEALE, WAVE], ids=["2-D", "1-D"])


def assert_equal(single: Trajectory, together: Trajectory, place: int) -> None:
    """To the last bit, as far as the single run stayed finite."""
    rows = len(single.x)
    np.testing.assert_array_equal(together.x[:rows, ..., place], single.x)
    np.testing.assert_array_equal(together.f[:rows, place], single.f)
    np.testing.assert_array_equal(together.gradient[: rows - 1, ..., place], single.gradient)
    for name, column in single.state.items():
        np.testing.assert_array_equal(together.state[name][: rows - 1, ..., place], column)
    if single.effective_lr is not None:
        assert together.effective_lr is not None
        np.testing.assert_array_equal(together.effective_lr[: rows - 1, ..., place], single.effective_lr)


@every_rule
@both_dimensions
def test_many_learning_rates(rule: Rule, problem: Problem) -> None:
    rates = np.geomspace(1e-4, 1e-1, MANY)
    start = np.array([0.7, 1.4])[: problem.dim]
    together = run(rule, problem, start, STEPS, with_rate(rule, rates))
    assert together.x.shape == (STEPS + 1, problem.dim, MANY)
    for place in LOOKED_AT:
        assert_equal(run(rule, problem, start, STEPS, with_rate(rule, float(rates[place]))), together, place)


def with_rate(rule: Rule, rate: Any) -> dict[str, Any]:
    """The rule's own learning rate, or that of its base."""
    return {"lr": rate} if "lr" in rule.parameters else {"base": {"adam": {"lr": rate}}}


@every_rule
@both_dimensions
def test_many_starts(rule: Rule, problem: Problem) -> None:
    starts = np.random.default_rng(0).uniform(-1, 1, size=(problem.dim, MANY))
    together = run(rule, problem, starts, STEPS, {})
    for place in LOOKED_AT:
        assert_equal(run(rule, problem, starts[:, place], STEPS, {}), together, place)


@pytest.mark.parametrize("name", ["adam", "amsgrad", "lion"])
def test_many_starts_share_schedule_noise_domain_and_the_changing_function(name: str) -> None:
    starts = np.linspace(-1, 1, MANY)[np.newaxis]
    together = run(OPTIMIZERS[name], ONLINE, starts, STEPS, {"lr": "0.5/sqrt(t)"}, noise=BOTH)
    assert np.abs(together.x).max() <= 1
    for place in LOOKED_AT:
        single = run(OPTIMIZERS[name], ONLINE, starts[:, place], STEPS, {"lr": "0.5/sqrt(t)"}, noise=BOTH)
        assert_equal(single, together, place)


def test_rates_and_starts_span_a_grid() -> None:
    rates, starts = np.geomspace(1e-3, 1e-1, 100), np.linspace(-1, 1, 100)
    together = run(OPTIMIZERS["adam"], WAVE, starts[np.newaxis, :, np.newaxis], STEPS, {"lr": rates}, record="last")
    assert together.x.shape == (1, 1, 100, 100)
    single = run(OPTIMIZERS["adam"], WAVE, float(starts[7]), STEPS, {"lr": float(rates[93])}, record="last")
    np.testing.assert_array_equal(together.x[..., 7, 93], single.x)
