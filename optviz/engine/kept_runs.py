"""Keeps runs, so that a race of which one racer changed runs that one alone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from optviz.engine.noise import NO_NOISE, GradientNoise
from optviz.engine.run import Trajectory, run
from optviz.optimizers.bound_rule import BoundRule, Schedule
from optviz.problems import Problem

MOST_RUNS, MOST_STEPS = 64, 4000  # kept; of each: longer ones take memory


@dataclass(frozen=True)
class _Given:
    """All that decides a run."""

    rule: BoundRule
    schedules: tuple[bytes, ...]  # the numbers of its schedules, by which those do not compare
    problem: Problem
    start: bytes
    noise: GradientNoise


class KeptRuns:
    """Runs rules as ``run`` does, once for equal rules on the same function; the last of them are kept.

    What stands in code of the user's own or of another library runs each time: nobody knows whether it has a memory.
    """

    def __init__(self) -> None:
        self._kept: deque[tuple[_Given, Trajectory]] = deque(maxlen=MOST_RUNS)

    def __call__(
        self, rule: BoundRule, problem: Problem, start: ArrayLike, *, noise: GradientNoise = NO_NOISE
    ) -> Trajectory:
        """Return where the rule went. Raises OptvizError as ``run`` does."""
        if rule.is_custom or problem.custom or not problem.has_land or rule.steps > MOST_STEPS:
            return run(rule, problem, start, noise=noise)
        given = _Given(rule, _schedules(rule), problem, np.asarray(start, np.float64).tobytes(), noise)
        for known, path in self._kept:
            if known == given:
                return path
        path = run(rule, problem, start, noise=noise)
        self._kept.append((given, path))
        return path


def _schedules(rule: BoundRule) -> tuple[bytes, ...]:
    own = [value.values.tobytes() for value in rule.values.values() if isinstance(value, Schedule)]
    return (*own, *(() if rule.base is None else _schedules(rule.base)))
