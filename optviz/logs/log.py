"""What was logged of one run: losses, points, or both, at the steps that were logged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optviz.errors import OptvizError
from optviz.words import LONGEST_LABEL

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]

MOST_STEPS = 1_000_000  # the last step that a race may have


@dataclass(frozen=True)
class Log:
    """One run: (rows,) its steps, increasing from 0 or more; (rows,) its losses; (rows, dim) its points, dim 1 or 2."""

    label: str
    steps: Steps
    f: Floats | None = None
    x: Floats | None = None

    def held(self) -> Log:
        """Return the run with a row for every step from 0 to its last: what was logged last holds until the next.

        Before the first row it is that row's.
        """
        if len(self.steps) == self.steps[-1] + 1:
            return self
        every = np.arange(int(self.steps[-1]) + 1)
        rows = np.maximum(np.searchsorted(self.steps, every, side="right") - 1, 0)
        return Log(
            self.label,
            every,
            None if self.f is None else self.f[rows],
            None if self.x is None else self.x[rows],
        )


def log_of(label: str, steps: Floats | None, f: Floats | None, x: Floats | None) -> Log | None:
    """Return a run without the rows in which nothing was logged, None if there are no others. Raises OptvizError."""
    rows = len(f if f is not None else x if x is not None else ())
    counted = np.arange(rows, dtype=np.float64) if steps is None else steps
    known = np.isfinite(counted) & (np.ones(rows, dtype=bool) if f is None else ~np.isnan(f))
    if x is not None:
        known &= ~np.isnan(x).any(axis=1)
    if not known.any():
        return None
    if len(label) > LONGEST_LABEL:
        raise OptvizError(f"the name of a run must be at most {LONGEST_LABEL} characters, got {len(label)}")
    counted = counted[known]
    if (counted != np.floor(counted)).any() or counted.min() < 0:
        raise OptvizError(f"the steps of {label!r} must be whole numbers from 0")
    if counted.max() > MOST_STEPS:
        raise OptvizError(f"the steps of {label!r} go to {counted.max():.0f}, beyond {MOST_STEPS}")
    order = np.argsort(counted, kind="stable")
    whole = counted[order].astype(np.int64)
    last = np.append(np.diff(whole) > 0, True)  # of a step that was logged twice, the later row
    picked = np.flatnonzero(known)[order][last]
    return Log(label, whole[last], None if f is None else f[picked], None if x is None else x[picked])
