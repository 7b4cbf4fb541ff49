"""Gradient noise: drawn once, the same for every racer, so that a race compares rules and not their luck."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from optviz.problems.rng import GRADIENT_NOISE, generator


class NoiseSettings(Protocol):
    """What the scenario says under ``noise``."""

    @property
    def std(self) -> float: ...  # standard deviation of every gradient coordinate

    @property
    def spike_every(self) -> int | None: ...  # steps from one spike to the next, None for no spikes

    @property
    def spike_std(self) -> float | None: ...  # standard deviation at a spike


def noise_draws(settings: NoiseSettings, seed: int, steps: int, dim: int) -> NDArray[np.float64]:
    """(steps, dim) draws of N(0, std^2), of N(0, spike_std^2) at t = spike_every, 2 spike_every, ...

    A longer run begins with the draws of a shorter one. No racer draws: all receive the same row at the same step.
    """
    draws = generator(GRADIENT_NOISE, seed).standard_normal((steps, dim))
    return draws * _deviations(settings, steps)[:, np.newaxis]


def _deviations(settings: NoiseSettings, steps: int) -> NDArray[np.float64]:
    """(steps,) the standard deviation at each step."""
    if settings.spike_every is None or settings.spike_std is None:
        return np.full(steps, float(settings.std))
    t = np.arange(1, steps + 1)
    return np.where(t % settings.spike_every == 0, settings.spike_std, settings.std)
