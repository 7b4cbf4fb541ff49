"""A small neural network as a problem: the iterate is the vector of its weights, f its loss on all samples.

Gradients are backpropagation, written out. Every function takes a batch of weight vectors as well as one, so that
the loss along a recorded path, or the decision regions at many steps, takes a few matrix products.

Paths are made of gradients alone, whose tanh and sigmoid are NumPy's tanh. Losses and regions take both from an
exponential, in half of the time: each activation is within 4e-16 of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.errors import Issue, OptvizError
from optviz.formula.arithmetic import Array
from optviz.problems.batches import Batches, Indices
from optviz.problems.datasets import DATASETS, Labels, Samples, draw_samples
from optviz.problems.rng import DATA_SET, FIRST_WEIGHTS, make_generator

Layer: TypeAlias = tuple[Array, Array]  # W (*batch, inputs, outputs), b (*batch, 1, outputs)

MOST_LAYERS = 4  # of weights: ``layers`` lists one number more
MOST_WEIGHTS = 20_000  # biases not counted
MOST_ACTIVATIONS = 250_000  # of a layer, while the loss of many weight vectors is computed: 2 MB, near the core


class NetworkLike(Protocol):
    """What the scenario says under ``network``."""

    @property
    def layers(self) -> tuple[int, ...]: ...  # inputs, the hidden layers' units, outputs

    @property
    def activation(self) -> str: ...  # of the hidden layers, a name in ACTIVATIONS

    @property
    def data(self) -> str: ...  # a name in DATASETS

    @property
    def samples(self) -> int: ...

    @property
    def noise(self) -> float: ...  # standard deviation, see ``draw_samples``

    @property
    def loss(self) -> str: ...  # a name in LOSSES

    @property
    def batch(self) -> int | Literal["full"]: ...  # samples a step


# --- activations and losses -----------------------------------------------------------------------


class Activation(NamedTuple):
    """An activation a = h(z) and its derivative h'(z) as a function of a."""

    of: Callable[[Array], Array]
    put: Callable[[Array], Array]  # writes h(z) over z
    slope: Callable[[Array], Array]
    gain: float  # variance of the first weights, see ``Network.first_weights``


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + e⁻ᶻ), without overflow."""
    half: Array = np.tanh(0.5 * z)
    return 0.5 + 0.5 * half


def _put_sigmoid(z: Array) -> Array:
    """Write 1 / (1 + e⁻ᶻ) over z."""
    np.exp(np.negative(z, out=z), out=z)
    return np.divide(1.0, np.add(z, 1.0, out=z), out=z)


def _put_tanh(z: Array) -> Array:
    """Write 1 - 2 / (1 + e²ᶻ) over z."""
    np.exp(np.multiply(z, 2.0, out=z), out=z)
    np.divide(-2.0, np.add(z, 1.0, out=z), out=z)
    return np.add(z, 1.0, out=z)


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(
        lambda z: np.maximum(z, 0.0),
        lambda z: np.maximum(z, 0.0, out=z),
        lambda a: (a > 0).astype(np.float64),  # 0 at the kink
        gain=2.0,
    ),
    "tanh": Activation(np.tanh, _put_tanh, lambda a: 1 - a * a, gain=1.0),
    "sigmoid": Activation(sigmoid, _put_sigmoid, lambda a: a * (1 - a), gain=1.0),
}


class Loss(NamedTuple):
    """A loss of outputs (..., samples, outputs), and its derivative by each of them."""

    of: Callable[[Array, Array], Array]  # outputs, targets -> (...)
    slope: Callable[[Array, Array], Array]  # outputs, targets -> (..., samples, outputs)
    latex: str


def _cross_entropy(outputs: Array, targets: Array) -> Array:
    """Return the mean of -log p(class). One output is the log-odds of class 1, several are each class's logarithm."""
    if outputs.shape[-1] == 1:
        surprise = np.logaddexp(0.0, outputs) - targets * outputs
    else:
        surprise = _log_sum_exp(outputs) - (targets * outputs).sum(axis=-1, keepdims=True)
    mean: Array = surprise.mean(axis=(-2, -1))
    return mean


def probability(outputs: Array) -> Array:
    """Return the probability of class 1 for one output, else of each class (softmax)."""
    return sigmoid(outputs) if outputs.shape[-1] == 1 else np.exp(outputs - _log_sum_exp(outputs))


def _log_sum_exp(outputs: Array) -> Array:
    highest: Array = outputs.max(axis=-1, keepdims=True)
    total: Array = np.exp(outputs - highest).sum(axis=-1, keepdims=True)
    return highest + np.log(total)


LOSSES: dict[str, Loss] = {
    "mse": Loss(  # mean over samples and outputs
        lambda outputs, targets: ((outputs - targets) ** 2).mean(axis=(-2, -1)),
        lambda outputs, targets: 2 * (outputs - targets) / targets.size,
        latex=r"\mathrm{mean}\,(\hat{y} - y)^2",
    ),
    "cross_entropy": Loss(
        _cross_entropy,
        lambda outputs, targets: (probability(outputs) - targets) / len(targets),
        latex=r"\mathrm{mean}\,(-\log\, p)",
    ),
}


# --- the network ----------------------------------------------------------------------------------

quiet = np.errstate(over="ignore", invalid="ignore")  # weights may be any numbers: what overflows is inf or nan


@dataclass(frozen=True, eq=False)
class Network:
    """A multilayer perceptron with its training samples; outputs are linear in the last hidden layer.

    Weight vectors are arrays (dim, *batch) in the order W_1, b_1, W_2, b_2, ...; each W row by row, (inputs, outputs).
    """

    layers: tuple[int, ...]  # inputs, hidden units ..., outputs
    activation: str
    loss: str
    data: str
    samples: Samples
    batch: int  # samples a step
    seed: int

    @cached_property
    def dim(self) -> int:
        """The number of weights and biases."""
        return sum((inputs + 1) * outputs for inputs, outputs in self._shapes)

    @property
    def _shapes(self) -> list[tuple[int, int]]:
        return list(pairwise(self.layers))

    @property
    def classes(self) -> int:
        """The number of classes that the samples belong to; 0 for a regression."""
        return 0 if self.samples.labels is None else max(2, self.layers[-1])

    @property
    def has_decision_regions(self) -> bool:
        """Whether the inputs are points of a plane, and the outputs the classes of them."""
        return self.layers[0] == 2 and self.classes > 0

    @cached_property
    def first_weights(self) -> Array:
        """(dim,) normal weights and biases 0, from the seed, the same for every racer.

        The variance is 2 / inputs for relu (He et al. 2015, Delving deep into rectifiers, eq. 10) and
        2 / (inputs + outputs) for tanh and sigmoid (Glorot & Bengio 2010, Understanding the difficulty of training
        deep feedforward neural networks, eq. 12).
        """
        rng = make_generator(FIRST_WEIGHTS, self.seed)
        parts = []
        for inputs, outputs in self._shapes:
            variance = 2 / inputs if self.activation == "relu" else 2 / (inputs + outputs)
            parts += [np.sqrt(variance) * rng.standard_normal(inputs * outputs), np.zeros(outputs)]
        return np.concatenate(parts)

    @cached_property
    def filters(self) -> NDArray[np.int64]:
        """(dim,) the unit, counted through all layers, that each weight leads into; -1 for a bias."""
        parts, before = [], 0
        for inputs, outputs in self._shapes:
            parts += [np.tile(np.arange(before, before + outputs), inputs), np.full(outputs, -1)]
            before += outputs
        return np.concatenate(parts)

    def __str__(self) -> str:
        return "-".join(map(str, self.layers))

    # --- the loss and its gradient

    @quiet
    def value(self, x: Array, t: Any = 1.0) -> Array:
        """Return the loss on all samples, whatever the step: (dim, *batch) -> (*batch)."""
        flat = np.ascontiguousarray(np.moveaxis(np.asarray(x, dtype=np.float64), 0, -1))
        rows = flat.reshape(-1, self.dim)
        share = max(1, MOST_ACTIVATIONS // (len(self.samples.inputs) * max(self.layers)))
        losses = []
        for start in range(0, len(rows), share):
            outputs = self._forward(self._split(rows[start : start + share]), self.samples.inputs)
            losses.append(LOSSES[self.loss].of(outputs, self.samples.targets))
        return np.concatenate(losses).reshape(flat.shape[:-1])

    @quiet
    def gradient(self, x: Array, t: float = 1.0) -> Array:
        """Return the gradient of the mean loss over the samples of step ``t``: (dim, *batch) -> (dim, *batch)."""
        chosen = self.samples_at(int(t))
        layers = self._split(np.moveaxis(np.asarray(x, dtype=np.float64), 0, -1))
        activations = self._activations(layers, self.samples.inputs[chosen])
        slope = LOSSES[self.loss].slope(activations[-1], self.samples.targets[chosen])
        parts = [part for layer in self._backpropagate(layers, activations, slope) for part in layer]
        return np.moveaxis(np.concatenate(parts[::-1], axis=-1), -1, 0)

    def _backpropagate(
        self, layers: list[Layer], activations: list[Array], slope: Array
    ) -> Iterator[tuple[Array, Array]]:
        """Yield the gradient by (b, W) of each layer, the last layer first, each flat: (*batch, numbers)."""
        for level in range(len(layers) - 1, -1, -1):
            before = activations[level]
            by_weight = np.swapaxes(before, -1, -2) @ slope
            yield slope.sum(axis=-2), by_weight.reshape(*by_weight.shape[:-2], -1)
            if level:
                back = slope @ np.swapaxes(layers[level][0], -1, -2)
                slope = back * ACTIVATIONS[self.activation].slope(before)

    def _activations(self, layers: list[Layer], points: Array) -> list[Array]:
        """Return the points, then the output of each layer: (*batch, samples, units)."""
        activations = [points]
        for level, (weight, bias) in enumerate(layers, 1):
            z = activations[-1] @ weight + bias
            activations.append(z if level == len(layers) else ACTIVATIONS[self.activation].of(z))
        return activations

    def _forward(self, layers: list[Layer], points: Array) -> Array:
        """Return the last layer's output alone, (*batch, samples, units), without an array more than one a layer."""
        a = points
        for level, (weight, bias) in enumerate(layers, 1):
            a = a @ weight
            a += bias
            if level < len(layers):
                ACTIVATIONS[self.activation].put(a)
        return a

    def _split(self, flat: Array) -> list[Layer]:
        """Split weights (*batch, dim) into every layer's weights and biases."""
        layers, at, batch = [], 0, flat.shape[:-1]
        for inputs, outputs in self._shapes:
            middle, end = at + inputs * outputs, at + (inputs + 1) * outputs
            weight = flat[..., at:middle].reshape(*batch, inputs, outputs)
            layers.append((weight, flat[..., middle:end].reshape(*batch, 1, outputs)))
            at = end
        return layers

    # --- mini-batches

    def samples_at(self, step: int) -> Indices:
        """Return the indices of the samples of step ``step`` (from 1); every epoch permutes them all again."""
        return self._batches.at(step)

    @cached_property
    def _batches(self) -> Batches:
        return Batches(len(self.samples.inputs), self.batch, self.seed)

    # --- what a picture shows

    @quiet
    def outputs(self, weights: Array, points: Array) -> Array:
        """Return the outputs at points: (dim, *batch), (points, inputs) -> (*batch, points, outputs)."""
        return self._forward(self._split(np.moveaxis(weights, 0, -1)), points)

    @quiet
    def class_shares(self, weights: Array, points: Array) -> Array:
        """Return each class's share of each point: (dim, *batch), (points, inputs) -> (*batch, points, classes).

        Probabilities for cross-entropy; for squared errors the outputs, held to 0..1.
        """
        outputs = self.outputs(weights, points)
        shares = probability(outputs) if self.loss == "cross_entropy" else np.clip(outputs, 0.0, 1.0)
        return np.concatenate([1 - shares, shares], axis=-1) if shares.shape[-1] == 1 else shares

    def decisions(self, weights: Array, points: Array) -> Labels:
        """Return the class that each point is assigned to: (dim, *batch), (points, inputs) -> (*batch, points)."""
        labels: Labels = self.class_shares(weights, points).argmax(axis=-1)
        return labels

    def accuracy(self, weights: Array) -> Array:
        """Return the share of training samples assigned to their own class: (dim, *batch) -> (*batch)."""
        return np.asarray((self.decisions(weights, self.samples.inputs) == self.samples.labels).mean(axis=-1))


# --- from a scenario ------------------------------------------------------------------------------


def build_network(settings: NetworkLike, seed: int) -> Network:
    """Build the network that a scenario describes and draw its samples.

    Raises OptvizError with every disagreement; an issue's path is a key of ``network``.
    """
    issues = list(_mismatches(settings))
    if issues:
        raise OptvizError(issues)
    inputs, outputs = settings.layers[0], settings.layers[-1]
    rng = make_generator(DATA_SET, seed)
    return Network(
        layers=settings.layers,
        activation=settings.activation,
        loss=settings.loss,
        data=settings.data,
        samples=draw_samples(settings.data, rng, settings.samples, inputs, outputs, settings.noise),
        batch=settings.samples if settings.batch == "full" else settings.batch,
        seed=seed,
    )


def _mismatches(settings: NetworkLike) -> Iterator[Issue]:
    yield from _layer_issues(settings.layers)
    if settings.layers:
        yield from _ends_issues(settings)
    if settings.loss == "cross_entropy" and DATASETS[settings.data].classes is None:
        yield Issue(f"cross_entropy needs classes, {settings.data} has none", "loss", "write loss: mse")
    if settings.batch != "full" and settings.batch > settings.samples:
        message = f"must be at most samples, {settings.samples}, got {settings.batch}"
        yield Issue(message, "batch", "batch: full uses all of them")


def _layer_issues(layers: Sequence[int]) -> Iterator[Issue]:
    if not 2 <= len(layers) <= MOST_LAYERS + 1:
        message = f"must be 2 to {MOST_LAYERS + 1} numbers of units, got {len(layers)}"
        yield Issue(message, "layers", "inputs, hidden units, outputs, such as [10, 32, 1]")
    weights = sum(inputs * outputs for inputs, outputs in pairwise(layers))
    if weights > MOST_WEIGHTS:
        yield Issue(f"make {weights} weights, at most {MOST_WEIGHTS} are allowed", "layers")


def _ends_issues(settings: NetworkLike) -> Iterator[Issue]:
    dataset = DATASETS[settings.data]
    inputs, outputs = settings.layers[0], settings.layers[-1]
    if dataset.inputs not in (None, inputs):
        yield Issue(f"{settings.data} has {dataset.inputs} inputs, layers begin with {inputs}", "layers")
    fitting = (1,) if dataset.classes is None else (1, *dataset.classes)
    if outputs not in fitting:
        allowed = "1 output" if len(fitting) == 1 else f"1 to {fitting[-1]} outputs"
        yield Issue(f"{settings.data} needs {allowed}, layers end in {outputs}", "layers")
