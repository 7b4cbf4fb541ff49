"""Gradient noise for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from optviz.engine.noise import GradientNoise
from optviz.optimizers.noise import NoiseSettings

BOTH = GradientNoise(NoiseSettings(std=0.1, relative_std=0.3), 1)  # multiplied, and added to


def given(draws: Any) -> GradientNoise:
    """The noise that adds exactly these, a row a step."""
    return GradientNoise(NoiseSettings(draws=tuple(map(tuple, np.asarray(draws).tolist()))))
