"""Racers from other libraries: read, checked, run by their own code, written back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.errors import Issue, OptvizError
from optviz.optimizers.libraries import LIBRARIES
from optviz.optimizers.libraries.foreign import Array, Make, Measured, Taken


class Momentum:
    """A library's heavy ball, which keeps its velocity itself and never says where."""

    def __init__(self, rate: float = 0.01, betas: tuple[float, ...] = (0.9,)) -> None:
        if rate > 1e9:
            raise ModuleNotFoundError("no", name="sympy")
        if rate < 0:
            raise ValueError("no rates below 0")
        self.rate, self.beta, self.velocity = rate, betas[0], 0.0

    def move(self, x: Array, g: Array) -> Array:
        self.velocity = self.beta * self.velocity + g
        return x - self.rate * self.velocity


class Normed(Momentum):
    """Coordinates meet in it."""

    def move(self, x: Array, g: Array) -> Array:
        return x - self.rate * g / np.linalg.norm(g)


class Run:
    def __init__(self, make: Make, x: Array) -> None:
        self.own = make()

    def step(self, grad: Measured, x: Array) -> Array:
        grad.value(x)
        return np.asarray(self.own.move(x, np.asarray(grad(x))))

    def states(self) -> Mapping[str, Array]:
        return {"velocity": np.asarray(self.own.velocity), "one number": np.zeros(())}


class Library:
    name, packages, takes_tensors = "elsewhere", "elsewhere", False

    def find(self, name: str) -> Make:
        if name == "Missing":
            raise ModuleNotFoundError("no", name="elsewhere")
        if name not in ("Momentum", "Normed"):
            raise OptvizError(Issue("elsewhere has no such optimizer", hint="did you mean Momentum?"))
        return {"Momentum": Momentum, "Normed": Normed}[name]

    def taken(self, given: object) -> Taken | None:
        return Taken("Momentum", Momentum, {"rate": given.rate}) if isinstance(given, Momentum) else None

    def begin(self, make: Make, x: Array) -> Run:
        return Run(make, x)


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIBRARIES, "elsewhere", Library())


def scenario(*racers: object, **more: Any) -> optviz.Scenario:
    return optviz.build(function="beale", steps=30, optimizers=list(racers), **more)


def test_races_by_its_own_code_and_records_its_state() -> None:
    race = optviz.run(
        scenario({"elsewhere": {"Momentum": {"rate": 0.001}, "label": "Theirs"}}, {"momentum": {"lr": 0.001}})
    )
    theirs, ours = race.racers
    assert np.allclose(theirs.x, ours.x, rtol=1e-14)
    assert np.allclose(theirs.state["velocity"], ours.state["b"], rtol=1e-14)
    assert theirs.label == "Theirs"
    assert (theirs.rule.name, theirs.state_size) == ("elsewhere.Momentum", 1)
    assert theirs.trajectory.gradient_evaluations == 30


@pytest.mark.parametrize("name", ["Momentum", "Normed"])
def test_a_swarm_is_its_single_runs(name: str) -> None:
    starts = [[1.0, 1.0], [0.5, -0.5], [2.0, 0.25]]
    swarm = optviz.run(scenario({"elsewhere": {name: {"rate": 0.001}}}, starts=starts)).racers[0]
    assert swarm.runs is not None
    for number, start in enumerate(starts):
        alone = optviz.run(scenario({"elsewhere": {name: {"rate": 0.001}}}, start=start)).racers[0]
        assert np.allclose(swarm.runs.x[:, :, number], alone.x, rtol=1e-13)


def test_a_curve_is_raced_on_floats() -> None:
    race = optviz.run(
        optviz.build(function="post_1d", steps=5, optimizers=["sgd", {"elsewhere": {"Momentum": {"betas": [0]}}}])
    )
    assert race["elsewhere Momentum"].x.shape == (6, 1)


def test_what_is_written_back_races_again() -> None:
    first = optviz.run(scenario({"elsewhere": {"Momentum": {"rate": 0.002}, "color": "red"}}))
    again = optviz.run(optviz.build(**json.loads(json.dumps(first.scenario.resolved()))))
    assert np.array_equal(first.racers[0].x, again.racers[0].x)
    assert again.scenario.optimizers[0].color == "red"


def test_an_instance_from_python_stands_where_a_name_would() -> None:
    race = optviz.run(scenario({Momentum(rate=0.003): {"label": "Mine"}}))
    assert race["Mine"].hyperparameters["rate"] == 0.003


def test_common_gives_it_what_it_has() -> None:
    race = optviz.run(scenario("adam", {"elsewhere": "Momentum"}, common={"rate": 0.004}))
    assert race["elsewhere Momentum"].hyperparameters["rate"] == 0.004


def test_its_arguments_may_be_arithmetic() -> None:
    rule = scenario({"elsewhere": {"Momentum": {"rate": "1/4", "betas": ["1/2"]}}}).optimizers[0].rule
    assert (rule.hyperparameters["rate"], rule.hyperparameters["betas"]) == (0.25, [0.5])


@pytest.mark.parametrize(
    ("racer", "said"),
    [
        ("Momentun", "optimizers[0].elsewhere.Momentun: elsewhere has no such optimizer; did you mean Momentum?"),
        ({"Momentum": {"lr": 1}}, "optimizers[0].elsewhere.Momentum.lr: elsewhere Momentum has no argument 'lr'"),
        ({"Momentum": {"rate": -1}}, "optimizers[0].elsewhere.Momentum: elsewhere says: no rates below 0"),
        (
            {"Momentum": {"rate": 1, "label": "Mine"}},
            "optimizers[0].elsewhere.Momentum.label: is no argument of elsewhere Momentum; write it beside: "
            "elsewhere: {Momentum: {...}, label: ...}",
        ),
        (
            {"Momentum": {"rate": "0.1/sqrt(t)"}},
            "elsewhere says: '>' not supported between instances of 'str' and 'float'; rate is a number there; "
            "formulas in t are for rules of optviz",
        ),
        ({"Momentum": {"betas": 0.9}}, "not subscriptable; such as betas: [0.9]"),
        ({"Momentum": {"rate": 1e10}}, "elsewhere.Momentum: needs the package sympy; pip install sympy"),
        ({"Momentum": 3}, "optimizers[0].elsewhere.Momentum: must be its arguments, got 3"),
        ({}, "optimizers[0].elsewhere: must name one of its optimizers, got none"),
        (7, "optimizers[0].elsewhere: must be one of its optimizers, got 7"),
        ("Missing", "optimizers[0].elsewhere: needs the package elsewhere; pip install 'elsewhere'"),
        ({"os.system": {}}, "names code of its own, which runs only if you say so; add --allow-import"),
        (
            {"Momentum": {}, "label": "a", "clip": {"norm": -1}},
            "optimizers[0].elsewhere.clip.norm: must be greater than 0",
        ),
    ],
)
def test_mistakes_are_told_at_their_place(racer: object, said: str) -> None:
    with pytest.raises(OptvizError) as error:
        scenario({"elsewhere": racer})
    assert said in str(error.value)


def test_named_code_runs_only_if_it_is_allowed() -> None:
    text = f"function: beale\noptimizers:\n  - elsewhere: {{{__name__}.Momentum: {{rate: 0.001}}}}\n"
    with pytest.raises(OptvizError, match="--allow-import"):
        optviz.loads(text)
    named = optviz.loads(text, allow_import=True).optimizers[0]
    assert named.hyperparameters["rate"] == 0.001
