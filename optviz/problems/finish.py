"""The finish line of a race."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from optviz.problems.problem import Problem

FINISH_SHARE = 0.01  # of a diagonal
LEAST_FINISH = 0.01  # where the race starts at the minimum, in a box without extent


@dataclass(frozen=True)
class Finish:
    """The finish lies within ``distance`` of a lowest minimum or where |f - f_min| <= ``gap``; with neither, nowhere.

    The least loss of a network, or of recorded runs, is not known: f_min counts as 0, and ``gap`` is the loss to reach.
    """

    distance: float | None = None
    gap: float | None = None


def default_finish(problem: Problem, start: Sequence[float] | None = None, *, expect_minima: bool = False) -> Finish:
    """Return a distance of 1 % of the window's diagonal, else of the box of the start and the nearest lowest minimum.

    There is no line without minima, nor online, nor where there is neither window nor start.
    expect_minima: minima will be searched for later, so that a line may be set before any is known.
    """
    if problem.online or not (problem.minima or expect_minima):
        return Finish()
    if problem.window is not None:
        return Finish(FINISH_SHARE * math.hypot(*(high - low for low, high in problem.window)))
    if start is None or not problem.minima:
        return Finish()
    return Finish(FINISH_SHARE * min(math.dist(start, minimum) for minimum in problem.minima) or LEAST_FINISH)
