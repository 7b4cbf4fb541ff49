"""Draws gradient noise, the same for every racer, so that a race compares rules and not their luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optviz.optimizers.bound_rule import BoundRule
from optviz.optimizers.noise import Draws, NoiseSettings
from optviz.problems.rng import GRADIENT_NOISE, make_generator

RELATIVE = 1  # a stream of its own: noise that is added does not change with it


@dataclass(frozen=True)
class GradientNoise:
    """The noise of a race."""

    common: NoiseSettings | None = None  # of every racer without noise of its own
    seed: int = 0

    def draw(self, rule: BoundRule, dim: int) -> Draws | None:
        """Return what a racer's gradients are given in ``dim`` coordinates at each of its steps; None for nothing."""
        settings = rule.noise or self.common
        return None if settings is None else draw_noise(settings, self.seed, rule.steps, dim)


NO_NOISE = GradientNoise()


def draw_noise(settings: NoiseSettings, seed: int, steps: int, dim: int) -> Draws:
    """Draw from N(0, std^2), or N(0, spike_std^2) at t = spike_every, 2 spike_every, ..., and factors about 1.

    A longer run begins with the draws of a shorter one. With one seed all receive the same multiples of their
    deviations at the same step. Draws that the settings bring are returned as they are.
    """
    if settings.draws is not None:
        return Draws(added=np.array(settings.draws[:steps], dtype=np.float64).reshape(steps, dim))
    deviations = np.full(steps, float(settings.std))
    if settings.spike_every is not None and settings.spike_std is not None:
        deviations[settings.spike_every - 1 :: settings.spike_every] = settings.spike_std
    normal = make_generator(GRADIENT_NOISE, seed).standard_normal((steps, dim))
    if not settings.relative_std:
        return Draws(added=normal * deviations[:, np.newaxis])
    factors = 1 + settings.relative_std * make_generator(GRADIENT_NOISE, seed, RELATIVE).standard_normal((steps, dim))
    return Draws(factors, normal * deviations[:, np.newaxis] if deviations.any() else None)
