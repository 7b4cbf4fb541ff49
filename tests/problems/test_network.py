"""Networks as problems: exact gradients, mini-batches, data sets, and what pictures ask of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from optviz.errors import OptvizError
from optviz.problems import from_network
from optviz.problems.datasets import DATASETS
from optviz.problems.network import ACTIVATIONS, LOSSES, Network, build_network
from tests.engine import run


@dataclass(frozen=True)
class Settings:
    layers: tuple[int, ...] = (10, 32, 1)
    activation: str = "relu"
    data: str = "sine_of_sum"
    samples: int = 200
    noise: float = 0.1
    loss: str = "mse"
    batch: Any = "full"


REGRESSION, MOONS, SPIRALS = (
    Settings(layers=(3, 7, 5, 1), samples=40),
    Settings(layers=(2, 6, 1), data="two_moons", samples=30, loss="cross_entropy"),
    Settings(layers=(2, 8, 3), data="spirals", samples=30, loss="cross_entropy"),
)
# every data set with every loss it can have, one output and several, no hidden layer and the most
KINDS = [
    REGRESSION,
    replace(REGRESSION, layers=(4, 1)),
    replace(REGRESSION, layers=(2, 5, 4, 3, 1)),
    MOONS,
    replace(MOONS, layers=(2, 6, 2)),
    replace(MOONS, loss="mse"),
    replace(MOONS, layers=(2, 6, 2), loss="mse"),
    SPIRALS,
    replace(SPIRALS, layers=(2, 8, 1)),
    replace(SPIRALS, loss="mse"),
    replace(SPIRALS, layers=(2, 8, 1), loss="mse"),
]
TRAINABLE = [
    replace(kind, activation=name, batch=batch) for kind in KINDS for name in ACTIVATIONS for batch in ("full", 7)
]


def named(settings: Settings) -> str:
    layers = "-".join(map(str, settings.layers))
    return f"{settings.data} {layers} {settings.activation} {settings.loss} {settings.batch}"


# --- gradients ----------------------------------------------------------------------------------------

# The same network once more, in the words of the automatic differentiation library.
THEIR_ACTIVATIONS = {
    "relu": lambda z: anp.maximum(z, 0.0),
    "tanh": anp.tanh,
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
}


def their_loss(weights: Any, settings: Settings, inputs: Any, targets: Any) -> Any:
    answer, at = inputs, 0
    for i, (fan_in, fan_out) in enumerate(zip(settings.layers[:-1], settings.layers[1:], strict=True)):
        matrix = weights[at : at + fan_in * fan_out].reshape(fan_in, fan_out)
        at += fan_in * fan_out
        answer = anp.dot(answer, matrix) + weights[at : at + fan_out]
        at += fan_out
        if i < len(settings.layers) - 2:
            answer = THEIR_ACTIVATIONS[settings.activation](answer)
    if settings.loss == "mse":
        return anp.mean((answer - targets) ** 2)
    if settings.layers[-1] == 1:
        chance = 1 / (1 + anp.exp(-answer))
        return -anp.mean(targets * anp.log(chance) + (1 - targets) * anp.log(1 - chance))
    chance = anp.exp(answer) / anp.sum(anp.exp(answer), axis=1, keepdims=True)
    return -anp.mean(anp.sum(targets * anp.log(chance), axis=1))


@pytest.mark.parametrize("settings", TRAINABLE, ids=named)
def test_value_and_gradient_are_those_of_automatic_differentiation(settings: Settings) -> None:
    problem = from_network(settings, seed=3)
    network = build_network(settings, seed=3)
    x = network.first_weights + 0.1 * np.random.default_rng(0).normal(size=network.dim)
    inputs, targets = network.samples.inputs, network.samples.targets
    assert problem.value(x, 4.0) == pytest.approx(their_loss(x, settings, inputs, targets), rel=1e-12)
    for step in (1, 4, 6, 13):
        chosen = network.samples_at(step)
        theirs = grad(their_loss)(x, settings, inputs[chosen], targets[chosen])
        ours = problem.gradient(x, float(step))
        assert np.abs(ours - theirs).max() <= 1e-10 * np.abs(theirs).max()


def test_the_table_leaves_nothing_out() -> None:
    assert {s.activation for s in TRAINABLE} == set(ACTIVATIONS) == set(THEIR_ACTIVATIONS)
    assert {s.data for s in TRAINABLE} == set(DATASETS)
    assert {s.loss for s in TRAINABLE} == set(LOSSES)


@pytest.mark.parametrize("settings", TRAINABLE[::3], ids=named)
def test_many_weight_vectors_at_once_are_each_alone(settings: Settings) -> None:
    network = build_network(settings, seed=0)
    x = np.random.default_rng(1).normal(size=(network.dim, 2, 3))
    values, gradients = network.value(x), network.gradient(x, 2.0)
    assert (values.shape, gradients.shape) == ((2, 3), x.shape)
    for i, j in np.ndindex(2, 3):
        assert values[i, j] == pytest.approx(float(network.value(x[:, i, j])), rel=1e-13)
        np.testing.assert_allclose(gradients[:, i, j], network.gradient(x[:, i, j], 2.0), rtol=1e-12, atol=1e-14)


def test_the_loss_along_a_long_path_is_computed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    network = build_network(REGRESSION, seed=0)
    x = np.random.default_rng(1).normal(size=(network.dim, 50))
    whole = network.value(x)
    monkeypatch.setattr("optviz.problems.network.MOST_ACTIVATIONS", 7 * 40 * 7)
    np.testing.assert_allclose(network.value(x), whole, rtol=1e-14)


@pytest.mark.parametrize("settings", [MOONS, SPIRALS, replace(SPIRALS, activation="sigmoid")], ids=named)
def test_huge_weights_overflow_nothing(settings: Settings) -> None:
    network = build_network(settings, seed=0)
    x = 1e4 * network.first_weights
    assert np.isfinite(network.value(x))
    assert np.isfinite(network.gradient(x)).all()


# --- mini-batches -------------------------------------------------------------------------------------


def test_what_overflows_is_infinite_in_silence() -> None:
    problem = from_network(replace(REGRESSION, noise=1e154), seed=0)
    assert problem.value(np.array(problem.start)) == np.inf
    assert not np.isfinite(problem.gradient(np.full(problem.dim, 1e200))).all()


def batches(network: Network, steps: range) -> list[list[int]]:
    return [np.arange(len(network.samples.inputs))[network.samples_at(step)].tolist() for step in steps]


def test_every_epoch_sees_every_sample_once_in_an_order_of_its_own() -> None:
    network = build_network(replace(REGRESSION, samples=17, batch=5), seed=0)
    first, second = (list(chain(*batches(network, range(begin, begin + 4)))) for begin in (1, 5))
    assert sorted(first) == sorted(second) == list(range(17))
    assert first != second
    assert [len(batch) for batch in batches(network, range(1, 6))] == [5, 5, 5, 2, 5]


def test_batches_depend_on_seed_and_step_alone() -> None:
    settings = replace(REGRESSION, batch=7)
    one, other = build_network(settings, seed=1), build_network(settings, seed=1)
    assert batches(one, range(1, 30)) == batches(other, range(29, 0, -1))[::-1]
    assert batches(build_network(settings, seed=2), range(1, 5)) != batches(one, range(1, 5))


@pytest.mark.parametrize("batch", ["full", 40])
def test_the_full_batch_is_all_samples_at_every_step(batch: Any) -> None:
    network = build_network(replace(REGRESSION, batch=batch), seed=0)
    x = network.first_weights
    assert batches(network, range(9, 10)) == [list(range(40))]
    np.testing.assert_array_equal(network.gradient(x, 1.0), network.gradient(x, 2.0))


# --- data sets and first weights ----------------------------------------------------------------------


@pytest.mark.parametrize("settings", KINDS, ids=named)
def test_the_seed_makes_data_and_weights(settings: Settings) -> None:
    one, same, other = (build_network(settings, seed) for seed in (-1, -1, 1))
    np.testing.assert_array_equal(one.samples.inputs, same.samples.inputs)
    np.testing.assert_array_equal(one.first_weights, same.first_weights)
    assert not np.array_equal(one.samples.inputs, other.samples.inputs)
    assert not np.array_equal(one.first_weights, other.first_weights)
    assert one.samples.inputs.shape == (settings.samples, settings.layers[0])
    assert one.samples.targets.shape == (settings.samples, settings.layers[-1])


def test_the_regression_is_the_sine_of_the_sum() -> None:
    samples = build_network(replace(REGRESSION, noise=0.0), seed=0).samples
    np.testing.assert_allclose(samples.targets[:, 0], np.sin(samples.inputs.sum(axis=1)))
    noisy = build_network(replace(REGRESSION, samples=4000), seed=0).samples
    assert np.std(noisy.targets[:, 0] - np.sin(noisy.inputs.sum(axis=1))) == pytest.approx(0.1, rel=0.05)
    assert np.std(noisy.inputs) == pytest.approx(1.0, rel=0.05)


@pytest.mark.parametrize("settings", [kind for kind in KINDS if kind.data != "sine_of_sum"], ids=named)
def test_classes_are_of_equal_size_and_labelled(settings: Settings) -> None:
    network = build_network(settings, seed=0)
    labels = network.samples.labels
    assert labels is not None
    assert set(np.bincount(labels)) == {settings.samples // network.classes}
    expected = labels if settings.layers[-1] == 1 else np.eye(network.classes)[labels]
    np.testing.assert_array_equal(network.samples.targets.squeeze(), expected)


def test_first_weights_have_the_variance_of_he_and_glorot() -> None:
    wide = Settings(layers=(100, 150, 1))
    for name, variance in (("relu", 2 / 100), ("tanh", 2 / 250), ("sigmoid", 2 / 250)):
        weights = build_network(replace(wide, activation=name), seed=0).first_weights
        assert weights[: 100 * 150].var() == pytest.approx(variance, rel=0.05)
        assert not weights[100 * 150 : 101 * 150].any()


# --- mistakes -----------------------------------------------------------------------------------------

MISTAKES = [
    (Settings(layers=(10,)), "layers: must be 2 to 5 numbers of units, got 1"),
    (Settings(layers=(10, 9, 8, 7, 6, 1)), "layers: must be 2 to 5 numbers of units, got 6"),
    (Settings(layers=(10, 2000, 1)), "layers: make 22000 weights, at most 20000 are allowed"),
    (Settings(layers=(10, 5, 2)), "layers: sine_of_sum needs 1 output, layers end in 2"),
    (replace(MOONS, layers=(3, 5, 1)), "layers: two_moons has 2 inputs, layers begin with 3"),
    (replace(MOONS, layers=(2, 5, 3)), "layers: two_moons needs 1 to 2 outputs, layers end in 3"),
    (replace(SPIRALS, layers=(2, 5, 9)), "layers: spirals needs 1 to 8 outputs, layers end in 9"),
    (Settings(loss="cross_entropy"), "loss: cross_entropy needs classes, sine_of_sum has none"),
    (Settings(batch=201), "batch: must be at most samples, 200, got 201"),
]


@pytest.mark.parametrize(("settings", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_what_does_not_fit_together_is_refused(settings: Settings, message: str) -> None:
    with pytest.raises(OptvizError) as caught:
        from_network(settings, seed=0)
    assert message in str(caught.value)


# --- training and pictures ----------------------------------------------------------------------------


def test_every_racer_sets_out_from_the_same_weights_and_learns() -> None:
    problem = from_network(Settings(), seed=0)
    paths = [run(name, problem, problem.start, 60, {"lr": 0.01}) for name in ("adam", "amsgrad")]
    np.testing.assert_array_equal(paths[0].x[0], paths[1].x[0])
    assert all(path.f[-1] < path.f[0] / 3 for path in paths)
    assert paths[0].x.shape == (61, 385)


def test_the_loss_told_is_that_on_all_samples_when_batches_are_small() -> None:
    problem = from_network(replace(MOONS, batch=5), seed=0)
    path = run("sgd", problem, problem.start, 20, {"lr": 0.1})
    full = from_network(MOONS, seed=0)
    np.testing.assert_allclose(path.f, full.value(path.x.T))


def test_two_moons_are_told_apart() -> None:
    settings = replace(MOONS, layers=(2, 16, 1), activation="tanh")
    problem = from_network(settings, seed=0)
    network = build_network(settings, seed=0)
    path = run("adam", problem, problem.start, 300, {"lr": 0.05}, record="x")
    assert network.accuracy(path.x[-1]) == 1.0
    assert network.accuracy(path.x.T).shape == (301,)


@pytest.mark.parametrize("settings", [kind for kind in KINDS if kind.data != "sine_of_sum"], ids=named)
def test_decision_regions_at_many_steps(settings: Settings) -> None:
    network = build_network(settings, seed=0)
    weights = np.random.default_rng(0).normal(size=(network.dim, 4))
    points = np.random.default_rng(1).normal(size=(50, 2))
    shares = network.class_shares(weights, points)
    assert shares.shape == (4, 50, network.classes)
    assert shares.min() >= 0
    assert shares.max() <= 1
    if settings.loss == "cross_entropy":
        np.testing.assert_allclose(shares.sum(axis=-1), 1.0)
    np.testing.assert_array_equal(network.decisions(weights, points), shares.argmax(axis=-1))
    np.testing.assert_allclose(network.outputs(weights, points)[2], network.outputs(weights[:, 2], points))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_that_is_put_is_that_of_gradients(name: str) -> None:
    rng = np.random.default_rng(0)
    z = np.concatenate(
        [rng.normal(size=2000) * 10.0 ** rng.integers(-9, 3, 2000), [0.0, 800.0, -800.0, np.inf, -np.inf]]
    )
    expected = ACTIVATIONS[name].of(z)
    with np.errstate(over="ignore"):
        put = ACTIVATIONS[name].put(z)
    assert put is z
    np.testing.assert_allclose(put, expected, rtol=0, atol=4e-16)
