"""A module of PyTorch's as a problem, held to a network of ours and to torch; skipped where torch is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.engine.landscape import Landscape
from optviz.problems import given_module
from optviz.problems.module import ModuleNetwork, loss_name
from optviz.scenario import problem_of

torch = pytest.importorskip("torch")
SMALL = {"size": "320x180", "frames": 2, "view": "landscape", "landscape": {"grid": 11}}


def ours() -> optviz.Race:
    text = "network: {layers: [3, 4, 1], samples: 12, activation: tanh}\nsteps: 8\noptimizers: [adam: {lr: 0.05}]\n"
    return optviz.run(optviz.loads(text))


def same_as(race: optviz.Race) -> tuple[Any, tuple[Any, Any]]:
    """A module with the same weights as a race's network of ours, and its data."""
    network = race.problem.network
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)).double()
    first, begin = torch.tensor(network.first_weights), 0
    with torch.no_grad():
        for layer in (module[0], module[2]):
            inputs, outputs = layer.in_features, layer.out_features
            layer.weight.copy_(first[begin : begin + inputs * outputs].reshape(inputs, outputs).T)
            layer.bias.copy_(first[begin + inputs * outputs : begin + (inputs + 1) * outputs])
            begin += (inputs + 1) * outputs
    return module, (network.samples.inputs, network.samples.targets)


def built(**network: Any) -> optviz.Scenario:
    return optviz.build(
        network=network, steps=8, optimizers=[{"adam": {"lr": 0.05}}, {"sgd": {"lr": 0.1}}], render=SMALL
    )


@pytest.fixture(scope="module")
def race() -> optviz.Race:
    return ours()


def test_it_races_as_the_same_network_of_ours(race: optviz.Race) -> None:
    module, data = same_as(race)
    before = module[0].weight.clone()
    theirs = optviz.run(built(module=module, loss=torch.nn.functional.mse_loss, data=data))
    np.testing.assert_allclose(theirs["Adam"].f, race["Adam"].f, rtol=1e-12)
    assert torch.equal(module[0].weight, before)
    assert theirs.problem.title == "Sequential, 21 parameters"


def test_a_loss_of_the_module_alone_needs_no_data(race: optviz.Race) -> None:
    module, (inputs, targets) = same_as(race)

    def loss(one: Any) -> Any:
        return ((one(torch.tensor(inputs)) - torch.tensor(targets)) ** 2).mean()

    theirs = optviz.run(built(module=module, loss=loss))
    np.testing.assert_allclose(theirs["Adam"].f, race["Adam"].f, rtol=1e-12)


def test_batches_are_those_of_our_networks(race: optviz.Race) -> None:
    module, data = same_as(race)
    mine = optviz.run(optviz.loads(race.scenario.source_text, overrides={"network.batch": 5}))
    theirs = optviz.run(built(module=module, loss=torch.nn.functional.mse_loss, data=data, batch=5))
    np.testing.assert_allclose(theirs["Adam"].f, mine["Adam"].f, rtol=1e-12)


def test_a_race_is_the_same_again_and_its_tiles_are_found(
    race: optviz.Race, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, data = same_as(race)
    scenario = built(module=module, loss=torch.nn.functional.mse_loss, data=data)
    first = optviz.run(scenario, tiles=tmp_path / "tiles").result.landscape
    monkeypatch.setattr(Landscape, "rows", None)  # nothing is computed
    again = optviz.run(scenario, tiles=tmp_path / "tiles").result.landscape
    assert first is not None
    assert again is not None
    np.testing.assert_array_equal(again.heights, first.heights)


def test_dropout_is_off_and_frozen_parameters_stay() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Dropout(0.9), torch.nn.Linear(3, 1))
    module[0].requires_grad_(False)
    taken = given_module({"module": module, "loss": torch.nn.MSELoss(), "data": (np.eye(2), np.ones((2, 1)))})
    network = ModuleNetwork(taken, 2, 0)
    x = network.first_weights
    assert x.shape == (4,)
    assert network.value(x) == network.value(x)
    points = np.stack([x, x + 1, x], axis=1)
    assert network.value(points).tolist() == [float(network.value(point)) for point in points.T]
    assert network.gradient(points).shape == points.shape
    step = 1e-6 * np.eye(4)[1]
    slope = (network.value(x + step) - network.value(x - step)) / 2e-6
    assert network.gradient(x)[1] == pytest.approx(float(slope), rel=1e-6)


def test_a_filter_is_what_leads_into_one_unit() -> None:
    module = torch.nn.Sequential(torch.nn.Conv1d(2, 3, 2), torch.nn.Flatten(), torch.nn.Linear(3, 1))
    taken = given_module({"module": module, "loss": lambda one: one(torch.zeros(1, 2, 2, dtype=torch.float64)).sum()})
    filters = ModuleNetwork(taken, 1, 0).filters
    assert filters.tolist() == [0] * 4 + [1] * 4 + [2] * 4 + [-1] * 3 + [3] * 3 + [-1]


MISTAKES: list[tuple[Callable[[Any], dict[str, Any]], str]] = [
    (lambda net: {"module": net}, "network.loss: a module needs a loss, a function; such as network="),
    (
        lambda net: {"module": net, "loss": len, "data": [1]},
        "network.data: must be inputs and as many targets",
    ),
    (lambda net: {"module": net, "loss": abs, "lr": 1}, "network.lr: 'lr' does not belong to a module; such as"),
    (lambda net: {"module": net, "loss": lambda one: one(1)}, "network.loss: loss(module) says: "),
    (
        lambda net: {"module": net, "loss": torch.nn.functional.mse_loss, "data": (np.ones((4, 9)), np.ones((4, 1)))},
        "network.loss: loss(outputs, targets) says: mat1 and mat2 shapes cannot be multiplied",
    ),
    (
        lambda net: {"module": net, "loss": torch.nn.MSELoss(), "data": (np.ones((4, 2)), np.ones((4, 1))), "batch": 5},
        "network.batch: must be at most the samples, 4, got 5; batch: full uses all of them",
    ),
    (
        lambda net: {"module": torch.nn.Tanh(), "loss": lambda one: one(torch.ones(1))},
        "network.module: has no parameters to train",
    ),
    (
        lambda net: {"module": torch.nn.Linear(1, 1, bias=False), "loss": lambda one: one(torch.ones(1))},
        "network.module: has one parameter; give its loss as a function of x: function=loss",
    ),
    (
        lambda net: {"module": net, "loss": torch.nn.MSELoss, "data": (np.ones((4, 2)), np.ones((4, 1)))},
        "network.loss: must be a function of outputs, got the class MSELoss; MSELoss() makes one",
    ),
]


@pytest.mark.parametrize(("network", "said"), MISTAKES)
def test_mistakes_name_their_key(network: Callable[[Any], dict[str, Any]], said: str) -> None:
    with pytest.raises(optviz.OptvizError) as raised:
        built(**network(torch.nn.Linear(2, 1)))
    assert str(raised.value).startswith(said)


def test_a_module_begins_where_it_is() -> None:
    with pytest.raises(optviz.OptvizError, match="start: a module begins with the parameters that it has; remove"):
        optviz.build(
            network={"module": torch.nn.Linear(2, 1), "loss": lambda one: one(torch.ones(2).double())[0]},
            start=[1, 2],
            optimizers=["adam"],
        )


def test_a_file_cannot_hold_a_module(race: optviz.Race) -> None:
    module, data = same_as(race)
    scenario = built(module=module, loss=torch.nn.functional.mse_loss, data=data)
    assert scenario.resolved()["network"] == {"module": "Sequential", "batch": "full"}
    with pytest.raises(optviz.OptvizError, match=r"network.module: a module comes from Python alone; optviz.build"):
        optviz.loads(scenario.source_text)


def test_the_loss_is_called_by_its_name() -> None:
    assert loss_name(torch.nn.functional.mse_loss) == "mse_loss"
    assert loss_name(torch.nn.MSELoss()) == "MSELoss"
    assert loss_name(lambda one: one) == "loss"
    assert problem_of(built(module=torch.nn.Linear(1, 1), loss=lambda one: one(torch.ones(1, dtype=torch.float64))[0]))
