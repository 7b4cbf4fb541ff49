"""The engine: the same path on floats and on arrays, schedules, noise, domains, divergence, online problems."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from optviz.errors import OptvizError
from optviz.problems import CustomFunction, Problem, from_callables, from_catalogue, from_formula
from tests.engine import run
from tests.engine.draws import BOTH, given

QUADRATIC = from_catalogue("quad2")
PARABOLA = from_formula("x**2", minima=[0])


# --- layout -------------------------------------------------------------------------------------------


def test_shapes_of_a_single_run() -> None:
    path = run("adam", QUADRATIC, [1, 0], 7)
    assert (path.x.shape, path.f.shape, path.gradient.shape) == ((8, 2), (8,), (7, 2))
    assert {name: column.shape for name, column in path.state.items()} == {"m": (7, 2), "v": (7, 2)}
    assert path.effective_lr is not None
    assert (path.effective_lr.shape, path.lr.shape, path.steps) == ((7, 2), (7,), 7)


def test_shapes_of_a_batch() -> None:
    path = run("adam", QUADRATIC, np.zeros((2, 4, 1)), 7, {"lr": np.full(3, 0.1)})
    assert (path.x.shape, path.f.shape, path.gradient.shape) == ((8, 2, 4, 3), (8, 4, 3), (7, 2, 4, 3))
    assert (path.state["v"].shape, path.lr.shape) == ((7, 2, 4, 3), (7, 3))


@pytest.mark.parametrize("start", [-1.0, [-1.0]])
def test_a_number_will_do_for_a_start_in_one_dimension(start: Any) -> None:
    path = run("sgd", PARABOLA, start, 1, {"lr": 0.25})
    assert path.x.tolist() == [[-1.0], [-0.5]]
    assert path.f.tolist() == [1.0, 0.25]
    assert path.gradient.tolist() == [[-2.0]]


def test_more_dimensions_than_floats_are_good_for() -> None:
    def value(x: Any, t: Any) -> Any:
        return (x * x).sum(axis=0) / 2

    bowl: Any = type("Bowl", (), {"dim": 9, "domain": None, "value": staticmethod(value)})
    bowl.gradient = staticmethod(lambda x, t: x)
    np.testing.assert_array_equal(run("sgd", bowl, np.ones(9), 3, {"lr": 0.5}).x[-1], np.full(9, 0.125))


@pytest.mark.parametrize(("record", "kept"), [("all", 6), ("x", 6), ("last", 1)])
@pytest.mark.parametrize("problem", [PARABOLA, QUADRATIC], ids=["1-D", "2-D"])
def test_recording_less_changes_nothing(record: Any, kept: int, problem: Problem) -> None:
    start = [1.0, 0.0][: problem.dim]
    full, less = (run("adam", problem, start, 5, {"lr": 0.1}, record=r) for r in ("all", record))
    np.testing.assert_array_equal(less.x, full.x[-kept:])
    np.testing.assert_array_equal(less.f, full.f[-kept:])
    assert len(less.gradient) == (5 if record == "all" else 0)
    assert less.gradient_evaluations == less.steps == 5


@pytest.mark.parametrize(("name", "evaluations"), [("adam", 5), ("sam", 10), ("lookahead", 5), ("lamb", 5)])
def test_every_gradient_is_counted(name: str, evaluations: int) -> None:
    assert run(name, QUADRATIC, [1, 0], 5).gradient_evaluations == evaluations


def test_the_gradient_told_is_the_first_one_received() -> None:
    path = run("sam", QUADRATIC, [1.0, 0.0], 1)
    np.testing.assert_array_equal(path.gradient[0], QUADRATIC.gradient(np.array([1.0, 0.0]), 1.0))


def test_a_start_of_the_wrong_size_or_off_the_function_is_refused() -> None:
    with pytest.raises(OptvizError, match="start: must have 2 coordinates, got 1"):
        run("sgd", QUADRATIC, [1.0], 1)
    with pytest.raises(OptvizError, match=r"start: the function must be finite there, got nan at \[-1.0\]"):
        run("sgd", from_formula("log(x)", minima=[]), -1.0, 1)


# --- schedules, noise, domain -------------------------------------------------------------------------


@pytest.mark.parametrize("problem", [PARABOLA, QUADRATIC], ids=["1-D", "2-D"])
def test_a_schedule_sets_each_steps_rate(problem: Problem) -> None:
    path = run("sgd", problem, [1.0, 0.0][: problem.dim], 5, {"lr": "a/t"}, constants={"a": 0.1})
    rates = 0.1 / np.arange(1, 6)
    np.testing.assert_array_equal(path.lr, rates)
    np.testing.assert_allclose(np.diff(path.x, axis=0), -rates[:, np.newaxis] * path.gradient, rtol=1e-9)
    assert path.effective_lr is not None
    np.testing.assert_array_equal(path.effective_lr[:, 0], rates)


def test_a_constant_schedule_is_the_constant() -> None:
    constant, scheduled = (run("adam", QUADRATIC, [1, 0], 20, {"beta1": value}) for value in (0.5, "0.5 + 0*t"))
    np.testing.assert_array_equal(constant.x, scheduled.x)
    np.testing.assert_array_equal(constant.effective_lr, scheduled.effective_lr)


def test_a_base_has_schedules_too() -> None:
    path = run("lookahead", QUADRATIC, [1, 0], 3, {"base": {"sgd": {"lr": "0.1/t"}}})
    np.testing.assert_array_equal(path.lr, 0.1 / np.arange(1, 4))


@pytest.mark.parametrize("problem", [PARABOLA, QUADRATIC], ids=["1-D", "2-D"])
def test_noise_is_added_to_every_gradient(problem: Problem) -> None:
    noise = np.random.default_rng(0).normal(size=(4, problem.dim))
    path = run("sgd", problem, [1.0, 0.0][: problem.dim], 4, {"lr": 0.1}, noise=given(noise))
    exact = problem.gradient(np.moveaxis(path.x[:-1], 1, 0), 1.0).T
    np.testing.assert_allclose(path.gradient, exact + noise, rtol=1e-12)


def test_a_batch_shares_the_noise() -> None:
    together = run("adam", QUADRATIC, np.ones((2, 3)), 4, noise=BOTH)
    alone = run("adam", QUADRATIC, np.ones(2), 4, noise=BOTH)
    np.testing.assert_array_equal(together.x, np.repeat(alone.x[..., np.newaxis], 3, axis=-1))


@pytest.mark.parametrize("batch", [(), (2,)])
def test_the_domain_is_projected_onto_after_each_step(batch: tuple[int, ...]) -> None:
    boxed = from_formula("2*x + y", domain=[[-1, 1], [-0.5, 3]], minima=[])
    path = run("sgd", boxed, np.zeros((2, *batch)), 4, {"lr": 0.3})
    expected = np.array([[0, 0], [-0.6, -0.3], [-1, -0.5], [-1, -0.5], [-1, -0.5]])
    np.testing.assert_allclose(path.x, np.broadcast_to(expected.reshape(5, 2, *(1,) * len(batch)), path.x.shape))


@pytest.mark.parametrize("record", ["all", "x", "last"])
@pytest.mark.parametrize("name", ["adam", "lookahead", "lamb", "adadelta"])
def test_a_large_batch_is_split_among_threads_to_the_same_bits(name: str, record: Any, monkeypatch: Any) -> None:
    starts = np.random.default_rng(0).uniform(-2, 2, (2, 3, 17))
    lr: Any = np.linspace(0.01, 0.1, 17)
    hyperparameters = {"base": {"adam": {"lr": lr, "beta1": "0.9/t"}}} if name == "lookahead" else {"lr": lr}
    whole = run(name, QUADRATIC, starts, 20, hyperparameters, record=record)
    monkeypatch.setattr("optviz.engine.run.POINTS_PER_CORE", 10)
    monkeypatch.setattr("optviz.engine.run.cores", lambda: 3)
    split = run(name, QUADRATIC, starts, 20, hyperparameters, record=record)
    assert whole.gradient_evaluations == split.gradient_evaluations
    for column in ("x", "f", "gradient", "lr", "effective_lr"):
        np.testing.assert_array_equal(getattr(whole, column), getattr(split, column))
    assert whole.state.keys() == split.state.keys()
    for state in whole.state:
        np.testing.assert_array_equal(whole.state[state], split.state[state])


def test_a_large_batch_of_the_users_own_is_not_shared_out(monkeypatch: Any) -> None:
    asked = []

    def bowl(x: Any, y: Any) -> Any:
        asked.append(np.shape(x))
        return x * x + y * y

    problem = from_callables(CustomFunction(bowl, lambda x, y: (2 * x, 2 * y)))
    asked.clear()
    monkeypatch.setattr("optviz.engine.run.POINTS_PER_CORE", 10)
    monkeypatch.setattr("optviz.engine.run.cores", lambda: 3)
    run("adam", problem, np.ones((2, 60)), 3, record="last")
    assert asked == [(1, 60)]  # f at the end


# --- divergence ---------------------------------------------------------------------------------------

# what leaves the finite numbers, and at which step
DIVERGING: list[tuple[str, str, Any, dict[str, Any], int]] = [
    ("sgd", "x**4", 10.0, {"lr": 1.0}, 4),
    ("sgd", "x**4 + y**4", [10.0, 10.0], {"lr": 1.0}, 4),
    ("adam", "x**2", 0.0, {"eps": 0}, 1),
    ("adam", "x**2 + y**2", [0.0, 1.0], {"eps": 0}, 1),
    ("sgd", "exp(x**2)", 2.0, {"lr": 1.0}, 1),
    ("sgd", "log(x)", 1.0, {"lr": 1.0}, 1),
    ("sgd", "sqrt(x)", 0.01, {"lr": 1.0}, 1),
]


@pytest.mark.parametrize(("name", "formula", "start", "hyperparameters", "step"), DIVERGING)
def test_divergence_is_an_outcome(
    name: str, formula: str, start: Any, hyperparameters: dict[str, Any], step: int
) -> None:
    path = run(name, from_formula(formula, minima=[]), start, 1000, hyperparameters)
    assert (path.diverged_at, path.steps, path.gradient_evaluations) == (step, step - 1, step)
    assert all(np.isfinite(part).all() for part in (path.x, path.f, path.gradient))
    assert len(path.x) == len(path.f) == step


def test_divergence_is_seen_at_the_same_step_by_a_batch() -> None:
    problem = from_formula("x**4", minima=[])
    path = run("sgd", problem, np.array([[10.0, 0.1]]), 20, {"lr": 1.0})
    assert path.diverged_at is None
    assert np.isfinite(path.f[:, 0]).argmin() == 4
    assert np.isfinite(path.x[:, :, 1]).all()


# --- known journeys -----------------------------------------------------------------------------------


def test_adamax_reaches_the_posts_minimum() -> None:
    # with the default memory of 0.999 it is still 0.0018 away
    path = run("adamax", from_catalogue("post_1d"), -1.0, 200, {"lr": 0.01, "beta2": 0.99})
    assert path.x[-1, 0] == pytest.approx(-1 / math.sqrt(3), abs=1e-3)


def test_online_values_belong_to_their_step() -> None:
    problem = from_formula("t*x", minima=[], domain=[[-9, 9]])
    path = run("sgd", problem, 1.0, 3, {"lr": 0.1})
    np.testing.assert_allclose(path.x[:, 0], [1, 0.9, 0.7, 0.4])
    np.testing.assert_allclose(path.f, [1, 0.9, 1.4, 1.2])
