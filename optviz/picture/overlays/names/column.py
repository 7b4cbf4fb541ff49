"""Stands the names of curves in one column beside their ends. Pure: numbers in, numbers out.

Each name is as near to the height of its head as the others allow: least squares under a least distance (isotonic
regression by pooling adjacent violators). Two names change places only once their heads have clearly done so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FRONT_PX = 1.0  # behind the foremost head, within which a head is at the front too
PASSED_SHARE = 1.0  # of a name's height by which a head must have passed another before their names change places
SMOOTH_FRAMES = 9  # over which a name's height is the mean


def beside_ends(
    heads: Floats,
    widths: Floats,
    present: Flags,
    order: Sequence[int],
    height: float,
    reach: float,
    area: tuple[float, float, float, float],
) -> Floats:
    """Return (frames, racers, 2) from each head at the front to the middle of its name, NaN for all others.

    heads: (frames, racers, 2). widths, present: (frames, racers). order: whose names come first where there is not room
    for all. height: of a name. reach: from a head to its name. area: left, bottom, right, top of where names may stand.
    """
    left, bottom, right, top = area
    with np.errstate(invalid="ignore"):
        foremost = np.fmax.reduce(np.where(present, heads[..., 0], -np.inf), axis=1)
        front = present & (heads[..., 0] >= foremost[:, None] - FRONT_PX)
    room = int(max(0.0, top - bottom) / height)
    for frame in np.flatnonzero(front.sum(axis=1) > room).tolist():
        front[frame, [racer for racer in order if front[frame, racer]][room:]] = False
    far, half = reach + widths / 2, widths / 2
    fits_right, fits_left = heads[..., 0] + far + half <= right, heads[..., 0] - far - half >= left
    across = np.where(fits_right, far, -far)
    front &= fits_right | fits_left
    middles = _smoothed(_stacked(heads[..., 1], front, height, bottom, top))
    return np.where(front[..., None], np.stack([across, middles - heads[..., 1]], axis=2), np.nan)


def _stacked(y: Floats, front: Flags, height: float, bottom: float, top: float) -> Floats:
    """Return (frames, racers) the height at which every name stands, NaN where there is none."""
    middles = np.full(y.shape, np.nan)
    order: list[int] = []  # from the lowest name up
    for frame, here in enumerate(front):
        now = np.flatnonzero(here)
        order = [racer for racer in order if here[racer]] + sorted({*now.tolist()} - {*order}, key=y[frame].__getitem__)
        slack = PASSED_SHARE * height if frame + 1 < len(front) else 0.0  # the last picture is looked at longest
        _sort(order, y[frame].tolist(), slack)
        middles[frame, order] = spread(y[frame, order], height, bottom, top)
    return middles


def _sort(order: list[int], y: list[float], slack: float) -> None:
    """Let neighbours change places where the lower one is higher than the other by more than ``slack``."""
    at = 0
    while at + 1 < len(order):
        lower, upper = order[at : at + 2]
        if y[lower] > y[upper] + slack:
            order[at : at + 2] = upper, lower
            at = max(at - 1, 0)
        else:
            at += 1


def spread(wanted: Floats, apart: float, bottom: float, top: float) -> Floats:
    """Return (n,) rising heights ``apart`` from one another, nearest to the wanted ones, half of that from the ends."""
    steps = apart * np.arange(len(wanted))
    pools: list[tuple[float, int]] = []  # the mean of neighbours that touch, and how many they are
    for value in (wanted - steps).tolist():
        mean, count = value, 1
        while pools and pools[-1][0] > mean:
            before, number = pools.pop()
            mean, count = (before * number + mean * count) / (number + count), number + count
        pools.append((mean, count))
    level = np.repeat([mean for mean, _ in pools], [count for _, count in pools])
    return np.asarray(np.clip(level, bottom + apart / 2, max(bottom, top - apart * len(wanted)) + apart / 2) + steps)


def _smoothed(middles: Floats) -> Floats:
    """Return each height's mean over the frames around it, fewer towards the ends of the film."""
    known = np.isfinite(middles)
    sums = np.cumsum(np.pad(np.where(known, middles, 0.0), ((1, 0), (0, 0))), axis=0)
    counts = np.cumsum(np.pad(known, ((1, 0), (0, 0))), axis=0)
    frames = np.arange(len(middles))
    half = np.minimum(SMOOTH_FRAMES // 2, np.minimum(frames, frames[::-1]))
    first, end = frames - half, frames + half + 1
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, (sums[end] - sums[first]) / (counts[end] - counts[first]), np.nan))
