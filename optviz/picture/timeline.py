"""Chooses which step each frame shows. Pure: numbers in, numbers out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
Floats = NDArray[np.float64]


def frame_steps(steps: int, frames: int, pace: str = "linear", travelled: Floats | None = None) -> Steps:
    """Return (frames,) the step shown by each frame, never falling, the last step on the last frame.

    ``linear`` gives every frame the same number of steps, ``log`` dwells on the early ones, ``arc`` gives
    every frame the same distance of ``travelled``, the length (steps + 1,) drawn up to each step.
    With two frames or more the first shows the start.
    """
    if frames == 1:
        return np.array([steps])
    progress = np.linspace(0.0, 1.0, frames)
    shown = np.rint(PACES[pace](progress, steps, travelled)).astype(np.int64)
    shown[-1] = steps
    return np.maximum.accumulate(np.clip(shown, 0, steps))


def linear_pace(progress: Floats, steps: int, _: Floats | None) -> Floats:
    """Go through the steps evenly."""
    return np.asarray(progress * steps)


def log_pace(progress: Floats, steps: int, _: Floats | None) -> Floats:
    """Go through the logarithm of the step evenly."""
    return np.asarray(np.expm1(progress * np.log1p(steps)))


def arc_pace(progress: Floats, steps: int, travelled: Floats | None) -> Floats:
    """Go through the distance ``travelled`` (steps + 1,) evenly; through the steps where there is none."""
    if travelled is None or not travelled[-1] > 0:
        return linear_pace(progress, steps, None)
    return np.asarray(np.interp(progress * travelled[-1], travelled, np.arange(steps + 1)))


PACES = {"linear": linear_pace, "log": log_pace, "arc": arc_pace}


def eased(target: Floats, window: int) -> Floats:
    """Spread the jumps of ``target`` (frames, n) over about ``window`` frames on either side.

    The spread shrinks towards both ends, so that the first and the last frame stand exactly on target.
    """
    frames = len(target)
    total = np.vstack([np.zeros(target.shape[1]), np.cumsum(target, axis=0)])
    index = np.arange(frames)
    reach = np.minimum(window, np.minimum(index, frames - 1 - index))
    return np.asarray((total[index + reach + 1] - total[index - reach]) / (2 * reach + 1)[:, None])
