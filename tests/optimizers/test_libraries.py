"""Other libraries' own optimizers agree with our rules of their names; skipped where a library is missing."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.engine.noise import NO_NOISE
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
KERAS = "SGD Adamax Nadam Adagrad Adadelta RMSprop Lion Lamb".split()
OPTAX = "sgd adam adamw amsgrad adamax adabelief adadelta adagrad lamb lion sign_sgd yogi ademamix adopt".split()


def distance(library: str, name: str, arguments: dict[str, Any]) -> float:
    """The largest distance from our rule of that name on Beale."""
    pytest.importorskip(library)
    found = LIBRARIES[library]
    rule = Foreign(found, name, found.find(name)).bind(arguments, 60)
    problem = from_catalogue("beale")
    far = distance_from_twin(rule, run(rule, problem, [1.0, 1.0]), problem, [1.0, 1.0], NO_NOISE)
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


def keras_or_skip() -> Any:
    """Keras, with torch as its backend unless JAX was chosen; its import fails without one."""
    if not find_spec("keras") or not find_spec("torch"):
        pytest.skip("keras or torch is missing")
    LIBRARIES["keras"].find("Adam")  # which chooses it
    return import_module("keras")


@pytest.mark.parametrize(("name", "eps"), [*((name, None) for name in KERAS), ("Adam", 0.0), ("AdamW", 0.0)])
def test_keras_agrees_with_ours(name: str, eps: float | None) -> None:
    """Where its eps stands elsewhere than ours, at eps 0."""
    keras_or_skip()
    assert distance("keras", name, {} if eps is None else {"epsilon": eps}) < ROUNDING


def test_keras_classes_and_instances_race_as_they_are() -> None:
    """In double precision, with the numbers as they were written, a schedule too; what was set for others stays."""
    optimizers = keras_or_skip().optimizers
    decay = optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    given = [optimizers.SGD, optimizers.SGD(0.01, momentum=0.9), {optimizers.SGD(decay): {"label": "Decay"}}]
    before = keras_or_skip().config.floatx()
    race = optviz.run(optviz.build(function="sphere", start=[1.0, -2.0], steps=4, optimizers=given))
    assert keras_or_skip().config.floatx() == before
    plain, momentum, decayed = race.racers
    assert (plain.rule.name, momentum.rule.name, decayed.label) == ("keras.SGD", "keras.SGD", "Decay")
    assert momentum.rule.values["learning_rate"] == 0.01
    assert "learning_rate" not in decayed.rule.values
    assert momentum.from_twin == pytest.approx(0.0, abs=1e-15)
    steps = decayed.x[:-1, 0] - decayed.x[1:, 0]
    np.testing.assert_allclose(steps, 0.1 * 0.5 ** (np.arange(4) / 2) * 2 * decayed.x[:-1, 0], rtol=1e-12)
    assert momentum.trajectory.state["momentum"].shape == (4, 2)


def test_keras_has_no_optimizer_of_that_name() -> None:
    keras_or_skip()
    with pytest.raises(optviz.OptvizError, match="keras has no such optimizer; did you mean Adam"):
        LIBRARIES["keras"].find("Adm")
    with pytest.raises(optviz.OptvizError, match="takes matrices"):
        LIBRARIES["keras"].find("Muon")
    muon = keras_or_skip().optimizers.Muon
    for given in (muon, muon(0.1)):
        with pytest.raises(optviz.OptvizError, match="keras Muon takes matrices; did you mean"):
            optviz.build(function="beale", optimizers=[given])


def test_keras_instances_that_hold_other_settings_are_told_apart() -> None:
    adam = keras_or_skip().optimizers.Adam
    racers = [adam(0.1), adam(0.1, use_ema=True), adam(0.2, gradient_accumulation_steps=2)]
    labels = [one.label for one in optviz.build(function="beale", optimizers=racers).optimizers]
    assert len(set(labels)) == 3


def rosenbrock(params: Any) -> Any:
    return (1 - params[0]) ** 2 + 100 * (params[1] - params[0] ** 2) ** 2


@pytest.mark.parametrize("closures", ["(self)", "(self, closure=None)"])
def test_an_own_optimizer_that_asks_no_closure_finds_the_gradient(closures: str) -> None:
    torch = pytest.importorskip("torch")
    scope: dict[str, Any] = {"torch": torch, "SHRUNK": 1.0}
    exec(
        f"""
class Own(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01):
        super().__init__(params, {{"lr": lr}})
    @torch.no_grad()
    def step{closures}:
        for parameter in self.param_groups[0]["params"]:
            parameter *= SHRUNK
            state = self.state[parameter]
            state["count"] = state.get("count", 0) + 1
            parameter -= 0.01 * parameter.grad / state["count"]
""",
        scope,
    )
    race = optviz.run(optviz.build(function="beale", steps=20, optimizers=[scope["Own"], {"sgd": {"lr": "0.01/t"}}]))
    assert np.allclose(race.racers[0].x, race.racers[1].x, rtol=1e-13)
    assert race.racers[0].trajectory.gradient_evaluations == 20
    scope["SHRUNK"] = 0.9  # before it misses a gradient: that try leaves nothing behind
    one = optviz.run(optviz.build(function="beale", start=[1, 1], steps=1, optimizers=[scope["Own"]])).racers[0]
    assert np.allclose(one.x[1], 0.9 * one.x[0] - 0.01 * one.gradient[0], rtol=1e-13)


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


def test_what_a_library_raises_on_the_way_is_an_error_in_a_line_and_what_a_loss_raises_is_its_own() -> None:
    torch = pytest.importorskip("torch")

    class Breaks(torch.optim.Optimizer):
        def __init__(self, params: Any, last: int = 40) -> None:
            super().__init__(params, {"last": last, "t": 0})

        def step(self, closure: Callable[[], Any]) -> None:
            closure()
            (group,) = self.param_groups
            group["t"] += 1
            group["params"][0].data /= 1 if group["t"] <= group["last"] else {}["momentum_buffer"]

    with pytest.raises(optviz.OptvizError, match="torch fails in step 41: KeyError: 'momentum_buffer'"):
        optviz.run(optviz.build(function="beale", steps=60, optimizers=[Breaks]))
    assert len(optviz.run(optviz.build(function="beale", steps=40, optimizers=[Breaks])).racers[0].x) == 41

    def slope(x: Any, y: Any) -> Any:
        return (2 * x, 2 * y) if np.all(x == 1) else {}["mine"]

    own = {"formula": lambda x, y: x**2 + y**2, "gradient": slope, "window": [[-2, 2], [-2, 2]], "minima": [[0, 0]]}
    with pytest.raises(KeyError, match="mine"):
        optviz.run(optviz.build(function=own, start=[1.0, 1.0], steps=3, optimizers=[torch.optim.SGD]))


def test_a_state_that_comes_on_the_way_is_zero_before() -> None:
    torch = pytest.importorskip("torch")

    class Switches(torch.optim.Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {"t": 0})

        def step(self, closure: Callable[[], Any]) -> None:
            closure()
            (point,) = self.param_groups[0]["params"]
            point.data -= 0.01 * point.grad
            self.param_groups[0]["t"] += 1
            if self.param_groups[0]["t"] > 9:
                self.state[point]["late"] = torch.ones_like(point)

    race = optviz.run(optviz.build(function="sphere", start=[1.0, 1.0], steps=30, optimizers=[Switches]))
    late = race.racers[0].state["late"][:, 0]
    assert (late[0], late[-1]) == (0.0, 1.0)


def test_optax_noise_has_a_key_of_its_own() -> None:
    pytest.importorskip("optax")
    ends = [
        optviz.run(
            optviz.build(
                function="beale", steps=9, optimizers=[{"optax": {"noisy_sgd": {"learning_rate": 0.01, "key": key}}}]
            )
        )
        .racers[0]
        .x[-1]
        .tolist()
        for key in (3, 3, 4)
    ]
    assert ends[0] == ends[1] != ends[2]
