"""Chooses which step each frame shows. Pure: numbers in, numbers out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from optviz.scenario.render import Stretch

    Pace = str | Sequence[Stretch]

Steps = NDArray[np.int64]
Floats = NDArray[np.float64]


def frame_steps(
    steps: int, frames: int, pace: Pace = "linear", travelled: Floats | None = None, stops: Iterable[int] = ()
) -> Steps:
    """Return (frames,) the step shown by each frame: the nearest to its time. For the arguments see frame_times."""
    return frame_times(steps, frames, pace, travelled, stops).round().astype(np.int64)


def frame_times(
    steps: int, frames: int, pace: Pace = "linear", travelled: Floats | None = None, stops: Iterable[int] = ()
) -> Floats:
    """Return (frames,) the time shown by each frame, in steps and parts of one, never falling, the end on the last.

    Of ``pace`` story is told by the events of the race, as stretches; without them it is linear.
    ``linear`` gives every frame the same number of steps, ``log`` dwells on the early ones, ``arc`` gives
    every frame the same distance of ``travelled``, the length (steps + 1,) drawn up to each step; stretches have
    their own speeds.
    With two frames or more the first shows the start. Each of ``stops`` is shown by a frame of its own; there are more
    frames than asked for only where there are more stops than frames between the first and the last.
    """
    progress = np.linspace(0.0, 1.0, frames) if frames > 1 else np.ones(1)
    shown = (PACES[pace] if isinstance(pace, str) else stretched_pace(pace))(progress, steps, travelled)
    shown[-1] = steps
    return _with_stops(np.maximum.accumulate(np.clip(shown, 0.0, steps)), stops)


def _with_stops(shown: Floats, stops: Iterable[int]) -> Floats:
    """Move to each of ``stops`` the nearest frame that is neither an end nor a stop; add one where none is left."""
    ends, between, fixed = shown[[0, -1]] if len(shown) > 1 else shown, shown[1:-1], set(stops)
    for stop in sorted(fixed - set(ends.tolist())):
        free = [number for number, time in enumerate(between.tolist()) if time not in fixed]
        near = min(free, key=lambda number: abs(between[number] - stop), default=None)
        kept = between if near is None else np.delete(between, near)
        between = between if stop in between else np.sort(np.append(kept, stop))
    return np.sort(np.concatenate([ends, between]))


def with_keys(steps: Sequence[int], keys: Sequence[int]) -> list[int]:
    """Return as many steps, the first and the last as they are: each of ``keys`` takes the place of the nearest other.

    Keys for which none is left are left out.
    """
    shown = list(steps)
    for key in keys:
        free = [at for at in range(1, len(shown) - 1) if shown[at] not in keys]
        if key not in shown and free:
            shown[min(free, key=lambda at: abs(shown[at] - key))] = key
    return sorted(shown)


def gliding(times: Floats, glide: bool | None) -> tuple[Steps, Floats]:
    """Return (frames,) the last step taken at each frame, and (frames,) how much of the next one is gone, 0 to 1.

    glide: whether heads move between two steps; None: where there are more frames than steps.
    """
    slow = np.zeros(len(times), bool)
    if glide or (glide is None and len(times) > 1):
        slow = np.full(len(times), True) if glide else np.gradient(times) < 1 - 1e-9
    steps = np.maximum.accumulate(np.where(slow, np.floor(times + 1e-9), np.rint(times))).astype(np.int64)
    return steps, np.where(slow, np.clip(times - steps, 0.0, 1.0), 0.0)


def linear_pace(progress: Floats, steps: int, _: Floats | None) -> Floats:
    """Go through the steps evenly."""
    return np.asarray(progress * steps)


def log_pace(progress: Floats, steps: int, _: Floats | None) -> Floats:
    """Go through the logarithm of the step evenly."""
    return np.asarray(np.expm1(progress * np.log1p(steps)))


def arc_pace(progress: Floats, steps: int, travelled: Floats | None) -> Floats:
    """Go through the distance ``travelled`` (steps + 1,) evenly; through the steps where it is none or infinite."""
    if travelled is None or not 0 < travelled[-1] < np.inf:
        return linear_pace(progress, steps, None)
    return np.asarray(np.interp(progress * travelled[-1], travelled, np.arange(steps + 1)))


def stretched_pace(stretches: Sequence[Stretch]) -> Callable[[Floats, int, Floats | None], Floats]:
    """Return the pace that goes over each stretch at its speed, over all other steps at 1."""

    def pace(progress: Floats, steps: int, _: Floats | None) -> Floats:
        """Go through the time evenly that the steps take at these speeds."""
        spent = np.ones(steps)  # on each step
        for one in stretches:
            spent[one.begin : one.to] = 1 / one.speed
        clock = np.concatenate([[0.0], np.cumsum(spent)])
        return np.asarray(np.interp(progress * clock[-1], clock, np.arange(steps + 1)))

    return pace


PACES = {"linear": linear_pace, "story": linear_pace, "log": log_pace, "arc": arc_pace}


def eased(target: Floats, window: int, stops: Sequence[int] = ()) -> Floats:
    """Spread the jumps of ``target`` (frames, n) over about ``window`` frames on either side.

    The spread shrinks towards the frames ``stops`` and both ends, so that what stands still there stands on target.
    """
    frames = len(target)
    total = np.vstack([np.zeros(target.shape[1]), np.cumsum(target, axis=0)])
    index = np.arange(frames)
    still = np.array([0, frames - 1, *stops])
    reach = np.minimum(window, np.abs(index[:, None] - still).min(axis=1))
    return np.asarray((total[index + reach + 1] - total[index - reach]) / (2 * reach + 1)[:, None])
