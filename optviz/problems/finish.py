"""The finish line of a race."""

from __future__ import annotations

import math
from dataclasses import dataclass

from optviz.problems.problem import Problem

FINISH_SHARE = 0.01  # of the window's diagonal


@dataclass(frozen=True)
class Finish:
    """A racer finishes within ``distance`` of a listed minimum or where f - f_min <= ``gap``; with neither, never.

    The least loss of a network is not known: for it f_min counts as 0, and ``gap`` is the loss to reach.
    """

    distance: float | None = None
    gap: float | None = None


def default_finish(problem: Problem, *, expect_minima: bool = False) -> Finish:
    """Return a distance of 1 % of the window's diagonal; no line without a window or minima, nor online.

    expect_minima: minima will be searched for after the race, so that a line may be set before any is known.
    """
    if problem.window is None or problem.online or not (problem.minima or expect_minima):
        return Finish()
    return Finish(distance=FINISH_SHARE * math.hypot(*(high - low for low, high in problem.window)))
