"""Draw the small data sets that a network learns from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.formula.arithmetic import Array

Labels: TypeAlias = NDArray[np.int64]
# as text, so that numpy.random is imported only where numbers are drawn
Draw: TypeAlias = "Callable[[np.random.Generator, int, int, float], tuple[Array, NDArray[np.generic]]]"


@dataclass(frozen=True)
class Dataset:
    """Describes a data set and draws it."""

    title: str
    draw: Draw  # generator, samples, width (inputs, or classes), noise -> inputs (samples, inputs), answers (samples,)
    inputs: int | None  # how many numbers describe a sample, None for as many as asked for
    classes: range | None  # how many classes there can be, None for a regression
    source: str


@dataclass(frozen=True, eq=False, repr=False)
class Samples:
    """The inputs and targets of a data set."""

    inputs: Array  # (samples, inputs)
    targets: Array  # (samples, outputs): values; or one column of 0 and 1 for two classes, else one for each class
    labels: Labels | None  # (samples,) the class of each sample, None for a regression

    def __repr__(self) -> str:
        """Return how many there are, and of what."""
        (count, inputs), outputs = self.inputs.shape, self.targets.shape[1]
        return f"<{count} samples: inputs {inputs}, outputs {outputs}>"


def _sine_of_sum(rng: np.random.Generator, samples: int, inputs: int, noise: float) -> tuple[Array, Array]:
    """x ~ N(0, 1) in every coordinate; y = sin(x₁ + ... + x_d) + N(0, noise²)."""
    x = rng.standard_normal((samples, inputs))
    return x, np.sin(x.sum(axis=1)) + noise * rng.standard_normal(samples)


def _two_moons(rng: np.random.Generator, samples: int, classes: int, noise: float) -> tuple[Array, Labels]:
    """Two half circles of radius 1, one hooked into the other, each coordinate with N(0, noise²) added."""
    labels = _labels(samples, classes)
    angle = np.pi * _progress(labels, classes)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    arms = np.where(labels[:, np.newaxis] == 0, upper, lower)
    return arms + noise * rng.standard_normal(arms.shape), labels


ARM_TURNS = 1.25  # from the inner to the outer end of a spiral arm
INNER_RADIUS, OUTER_RADIUS = 0.25, 3.0  # of those ends


def _spirals(rng: np.random.Generator, samples: int, classes: int, noise: float) -> tuple[Array, Labels]:
    """Return one spiral arm for each class, evenly turned, each coordinate with N(0, noise²) added."""
    labels = _labels(samples, classes)
    along = _progress(labels, classes)
    radius = INNER_RADIUS + (OUTER_RADIUS - INNER_RADIUS) * along
    angle = 2 * np.pi * (ARM_TURNS * along + labels / classes)
    arms = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return arms + noise * rng.standard_normal(arms.shape), labels


def _labels(samples: int, classes: int) -> Labels:
    """Return (samples,) 0 0 ... 1 1 ...: classes of equal size, or nearly."""
    return np.arange(samples) * classes // samples


def _progress(labels: Labels, classes: int) -> Array:
    """Return (samples,) from 0 at the first sample of each class to 1 at its last."""
    place = np.concatenate([np.linspace(0.0, 1.0, int((labels == label).sum())) for label in range(classes)])
    return np.asarray(place, dtype=np.float64)


DATASETS: dict[str, Dataset] = {
    "sine_of_sum": Dataset(
        title="the sine of a sum",
        draw=_sine_of_sum,
        inputs=None,
        classes=None,
        source="the regression on which AMSGrad is commonly compared with Adam",
    ),
    "two_moons": Dataset(
        title="two moons",
        draw=_two_moons,
        inputs=2,
        classes=range(2, 3),
        source="the half circles of scikit-learn's make_moons",
    ),
    "spirals": Dataset(
        title="spirals",
        draw=_spirals,
        inputs=2,
        classes=range(2, 9),
        source="after the two-spirals benchmark, Lang & Witbrock 1988; any number of arms",
    ),
}


def draw_samples(name: str, rng: np.random.Generator, samples: int, inputs: int, outputs: int, noise: float) -> Samples:
    """Draw the data set of that name for a network with these numbers of inputs and outputs.

    noise: standard deviation, of the targets in a regression, of the points' coordinates in a classification.
    One output tells two classes apart; more outputs stand for one class each.
    """
    dataset = DATASETS[name]
    if dataset.classes is None:
        x, y = dataset.draw(rng, samples, inputs, noise)
        return Samples(x, np.asarray(y, dtype=np.float64).reshape(samples, 1), labels=None)
    classes = max(2, outputs)
    x, answers = dataset.draw(rng, samples, classes, noise)
    labels = answers.astype(np.int64)
    targets = labels[:, np.newaxis] if outputs == 1 else np.eye(classes)[labels]
    return Samples(x, targets.astype(np.float64), labels)
