"""Other libraries' own optimizers agree with our rules of their names; skipped where a library is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.engine.run import run
from optviz.engine.twins import distance_from_twin
from optviz.optimizers.libraries import LIBRARIES
from optviz.optimizers.libraries.foreign import Foreign
from optviz.problems import from_catalogue

ROUNDING = 1e-13
TORCH = "SGD Adam AdamW Adamax RAdam Adagrad Adadelta RMSprop Rprop".split()
TORCH_SWITCHES: list[tuple[str, dict[str, Any]]] = [
    ("Adam", {"amsgrad": True}),
    ("AdamW", {"amsgrad": True}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"momentum": 0.9, "centered": True}),
]
OPTAX = "sgd adam adamw amsgrad adamax adabelief adadelta adagrad lamb lion sign_sgd yogi ademamix adopt".split()


def distance(library: str, name: str, arguments: dict[str, Any]) -> float:
    """The largest distance from our rule of that name on Beale."""
    pytest.importorskip(library)
    found = LIBRARIES[library]
    rule = Foreign(found, name, found.find(name)).bind(arguments, 60)
    problem = from_catalogue("beale")
    far = distance_from_twin(rule, run(rule, problem, [1.0, 1.0]), problem, [1.0, 1.0], None)
    assert far is not None
    return far


@pytest.mark.parametrize(("name", "arguments"), [*((name, {}) for name in TORCH), *TORCH_SWITCHES])
def test_torch_agrees_with_ours(name: str, arguments: dict[str, Any]) -> None:
    assert distance("torch", name, arguments) < ROUNDING


@pytest.mark.parametrize("name", OPTAX)
def test_optax_agrees_with_ours(name: str) -> None:
    assert distance("optax", name, {"learning_rate": 0.01}) < ROUNDING


def test_a_line_search_asks_for_values() -> None:
    pytest.importorskip("torch")
    race = optviz.run(
        optviz.build(function="beale", steps=20, optimizers=[{"torch": {"LBFGS": {"line_search_fn": "strong_wolfe"}}}])
    )
    assert race.racers[0].outcome == "arrived"
    assert race.racers[0].trajectory.gradient_evaluations > 20


def rosenbrock(params: Any) -> Any:
    return (1 - params[0]) ** 2 + 100 * (params[1] - params[0] ** 2) ** 2


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.filterwarnings("error")
def test_a_loss_is_differentiated_by_its_own_library(library: str) -> None:
    """A vector of any name, no warning, every digit of the exact gradient."""
    pytest.importorskip(library)
    sine: Callable[[Any], Any] = __import__(library).sin if library == "torch" else __import__("jax").numpy.sin
    race = optviz.run(
        optviz.build(function=lambda p: sine(p[0]) + rosenbrock(p), start=[-1.2, 1.0], steps=3, optimizers=["sgd"])
    )
    slope = race.problem.gradient(np.array([-1.2, 1.0]), 1.0)
    assert np.allclose(slope, [np.cos(-1.2) - 215.6, -88.0], rtol=1e-14)
