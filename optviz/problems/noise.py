"""Draw gradient noise once, the same for every racer, so that a race compares rules and not their luck."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from optviz.problems.rng import GRADIENT_NOISE, make_generator


class NoiseLike(Protocol):
    """What the scenario says under ``noise``."""

    @property
    def std(self) -> float: ...  # standard deviation of every gradient coordinate

    @property
    def spike_every(self) -> int | None: ...  # steps from one spike to the next, None for no spikes

    @property
    def spike_std(self) -> float | None: ...  # standard deviation at a spike

    @property
    def draws(self) -> Sequence[Sequence[float]] | None: ...  # instead of all these: what is added, a row a step


def draw_noise(settings: NoiseLike, seed: int, steps: int, dim: int) -> NDArray[np.float64]:
    """Draw (steps, dim) numbers from N(0, std^2), or N(0, spike_std^2) at t = spike_every, 2 spike_every, ...

    A longer run begins with the draws of a shorter one. All racers receive the same row at the same step. Draws
    that the settings bring are returned as they are, as many rows as there are steps.
    """
    if settings.draws is not None:
        return np.array(settings.draws[:steps], dtype=np.float64).reshape(steps, dim)
    deviations = np.full(steps, float(settings.std))
    if settings.spike_every is not None and settings.spike_std is not None:
        deviations[settings.spike_every - 1 :: settings.spike_every] = settings.spike_std
    draws = make_generator(GRADIENT_NOISE, seed).standard_normal((steps, dim))
    noise: NDArray[np.float64] = draws * deviations[:, np.newaxis]
    return noise
