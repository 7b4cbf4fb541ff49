"""Places of rest named in machine code: as arrays name them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from optviz.engine import rest_kernels
from optviz.engine.evolve import InPlace, Lanes
from optviz.engine.judge import finish_line
from optviz.engine.rest import KINDS, kinds_of_rest
from optviz.engine.rest_kernels import choose_naming
from optviz.engine.run import RunSettings
from optviz.engine.stages import Plan, plan_of
from optviz.engine.tally import Tally
from optviz.formula.codegen import lanes
from optviz.optimizers import OPTIMIZERS, bind
from optviz.problems import FUNCTIONS, Finish, Problem, from_catalogue, from_formula
from tests import few

pytestmark = pytest.mark.skipif(not lanes.is_available(), reason="needs the extra fast")

MANY = 400


def planned(problem: Problem) -> Plan:
    start = np.zeros((problem.dim, 1))
    settings = RunSettings(bind(OPTIMIZERS["sgd"], {}, 10), problem, start, None, "last")
    plan = plan_of(settings, Tally(problem.dim, False, False, 0), finish_line(problem, Finish()))
    assert plan is not None
    return plan


def assert_named_alike(problem: Problem, points: Any, radius: Any) -> set[str]:
    name = choose_naming(problem, planned(problem), Lanes(), MANY, 10_000)
    assert isinstance(name, partial)
    assert name.func is not kinds_of_rest
    named = name(points, radius)
    np.testing.assert_array_equal(named, kinds_of_rest(problem, points, radius))
    return {KINDS[kind] for kind in named}


def points_of(problem: Problem) -> tuple[Any, Any]:
    """All over the window, close to the minima and on them; as many radii."""
    random, window = np.random.default_rng(0), np.array(problem.window, dtype=float)
    spread = random.uniform(*window.T, size=(MANY, problem.dim))
    close = [np.array(point) + random.uniform(-1e-3, 1e-3, (20, problem.dim)) for point in problem.minima]
    return np.concatenate([spread, *close, *(np.array([point]) for point in problem.minima)]).T, 0.05 * np.ptp(window)


@pytest.mark.parametrize("name", few(FUNCTIONS, 4))
def test_every_function(name: str) -> None:
    problem = from_catalogue(name, search=False)
    points, radius = points_of(problem)
    assert_named_alike(problem, points, np.full(points.shape[1], radius))


def test_every_kind_but_an_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest_kernels, "MOST_POINTS", 64)  # in many parts
    formula = "where(x < -3, 0, x**2*(x**2 - 2) + 0.1*x + y**2*(y**2 - 2))"
    problem = from_formula(formula, minima=[[-1.012, 1]], window=[[-6, 6], [-3, 3]])
    points = np.random.default_rng(0).uniform([[-6], [-3]], [[6], [3]], (2, 3000))
    found = assert_named_alike(problem, points, np.full(3000, 0.3))
    assert found == {"", "local minimum", "saddle", "plateau", "short of the finish"}


@pytest.mark.parametrize("formula", ["x*y", "abs(x) + abs(y)", "(x + y)**2", "1/(1 + exp(-x)) + y**2", "1/x + y"])
def test_what_machine_code_cannot_tell_is_left_to_arrays(formula: str) -> None:
    problem = from_formula(formula, minima=[], window=[[-2, 2], [-2, 2]])
    side = np.linspace(-2, 2, 21)
    points = np.stack([axis.ravel() for axis in np.meshgrid(side, side)])
    far = np.array([[-800.0, -1e5, 1e160], [0.0, 0.1, 1e160]])
    assert_named_alike(problem, np.hstack([points, far]), np.full(points.shape[1] + 3, 0.5))


def test_arrays_name_few_points_and_what_has_edges() -> None:
    problem, plan = from_catalogue("beale", search=False), planned(from_catalogue("beale", search=False))
    edged = from_catalogue("beale", domain=[[-1, 1], [-1, 1]], search=False)
    chosen = [
        choose_naming(problem, plan, Lanes(), MANY, 1),
        choose_naming(problem, plan, InPlace(), MANY, 10_000),
        choose_naming(edged, planned(edged), Lanes(), MANY, 10_000),
    ]
    assert all(isinstance(name, partial) and name.func is kinds_of_rest for name in chosen)
