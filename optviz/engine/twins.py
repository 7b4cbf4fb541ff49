"""Compares another library's optimizer with our rule of that name."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from optviz.engine.noise import GradientNoise
from optviz.engine.run import Trajectory, run
from optviz.optimizers import BoundRule
from optviz.problems import Problem


def distance_from_twin(
    rule: BoundRule, path: Trajectory, problem: Problem, start: ArrayLike, noise: GradientNoise
) -> float | None:
    """Return the largest distance of a racer from our rule of its name after the same step; None without one."""
    if rule.twin is None:
        return None
    twin = run(rule.twin, problem, start, noise=noise, record="x")
    steps = min(len(path.x), len(twin.x))
    return float(np.sqrt(((path.x[:steps] - twin.x[:steps]) ** 2).sum(axis=1)).max())
