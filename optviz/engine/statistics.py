"""Computes what fair comparisons are judged by: medians and shares with intervals, tuning curves, the shape of basins.

Every interval is distribution-free: nothing is assumed about the numbers but that they were drawn independently.
A run that diverged or never arrived counts as infinite, so that it is worse than any other and never left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

CONFIDENCE = 0.95
NORMAL_QUANTILE = 1.959963984540054  # of (1 + CONFIDENCE) / 2
ENTROPY_BOX = 20  # pixels a side of the boxes over which basin entropy is averaged
LEAST_BOX, BOXES_A_SIDE = 3, 20  # the smallest box counted (pixels), and how many of the largest fit into a side
LEAST_SIZES = 3  # of boxes, to which a slope with an error can be fitted
LEAST_GRID = BOXES_A_SIDE * (LEAST_BOX + LEAST_SIZES - 1)  # starts a side that have boxes of so many sizes


# --- shares and medians ---------------------------------------------------------------------------


def share_interval(hits: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share of ``hits`` among ``total``.

    Source: Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    share, square = hits / total, NORMAL_QUANTILE**2
    middle = share + square / (2 * total)
    reach = NORMAL_QUANTILE * math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    low, high = (middle - reach) / (1 + square / total), (middle + reach) / (1 + square / total)
    return (0.0 if hits == 0 else low), (1.0 if hits == total else high)


@dataclass(frozen=True)
class Median:
    """A median with its 95 % interval; infinite ends stand for runs that never arrived."""

    value: float
    low: float
    high: float


def median_of(values: NDArray[Any]) -> Median:
    """Return the median of (n,) numbers, and the order statistics that enclose the true one with 95 % confidence.

    The ranks are those of the sign test: as near as the two tails, of at most 2.5 % each, allow. Fewer than six
    numbers allow none, and the interval is endless. NaN counts as infinite.
    """
    known = np.sort(np.where(np.isnan(values), np.inf, np.asarray(values, dtype=np.float64)))
    rank = _median_rank(len(known))
    middle = known[(len(known) - 1) // 2 : len(known) // 2 + 1]
    value = float(middle[0] if middle[0] == middle[-1] else middle.mean())
    if rank is None:
        return Median(value, -math.inf, math.inf)
    return Median(value, float(known[rank]), float(known[-1 - rank]))


def _median_rank(count: int) -> int | None:
    """Return k so that the (k+1)-th smallest and largest of ``count`` numbers enclose the median; None if none do."""
    most = 2**count // 40  # what either tail may hold, in counts of equally likely signs
    tail, term, rank = 0, 1, -1
    while tail + term <= most:
        tail, rank = tail + term, rank + 1
        term = term * (count - rank) // (rank + 1)
    return rank if rank >= 0 else None


# --- tuning curves --------------------------------------------------------------------------------


@dataclass(frozen=True)
class TuningCurve:
    """What the best of k trials is, in the median over all ways of drawing them, with a 95 % band for all k at once."""

    trials: NDArray[np.int64]  # k
    best: Array
    low: Array  # -inf where nothing is known
    high: Array  # inf where nothing is known


def tuning_curve(values: NDArray[Any], least: float = -math.inf) -> TuningCurve:
    """Return the tuning curve of (n,) trials, lower being better, for k = 1..n.

    least: what no value can lie below, where that is known. The best of k trials lies below y with probability
    1 - (1 - F(y))^k, F being the distribution of one; F lies within Dvoretzky, Kiefer and Wolfowitz's band, with
    Massart's constant. Source: Lourie, Cho and He, Show Your Work with Confidence (2023).
    """
    known = np.sort(np.where(np.isnan(values), np.inf, np.asarray(values, dtype=np.float64)))
    count = len(known)
    trials = np.arange(1, count + 1)
    levels = 1 - 0.5 ** (1 / trials)
    shares = np.arange(1, count + 1) / count
    reach = math.sqrt(math.log(2 / (1 - CONFIDENCE)) / (2 * count))
    above = np.concatenate([[min(reach, 1.0)], np.minimum(shares + reach, 1)])
    below = np.concatenate([np.maximum(shares - reach, 0), [1.0]])
    return TuningCurve(
        trials,
        _quantiles(known, shares, levels),
        _quantiles(np.concatenate([[least], known]), above, levels),
        _quantiles(np.concatenate([known, [np.inf]]), below, levels),
    )


def _quantiles(values: Array, cumulative: Array, levels: Array) -> Array:
    """Return the smallest of the sorted ``values`` whose ``cumulative`` share reaches each level."""
    return np.asarray(values[np.argmax(levels[:, np.newaxis] <= cumulative, axis=1)])


# --- basins ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BasinShape:
    """How interlaced basins are; entropies in nats, None where no box holds two basins or none can be counted."""

    entropy: float | None  # mean over all boxes of ENTROPY_BOX pixels a side
    boundary_entropy: float | None  # over those with two basins or more: above log 2 the boundary is fractal
    dimension: float | None  # of the boundary, by counting boxes; 1 for a smooth curve
    dimension_error: float | None  # standard error of the fitted slope


def basin_shape(basins: NDArray[np.integer[Any]]) -> BasinShape:
    """Return the shape of basins on a grid (rows, columns) of whole numbers that name them.

    Source: Daza et al., Basin entropy (Sci. Rep. 6, 2016); box counting as in Grebogi et al. (1983).
    """
    entropy, boundary = _entropies(basins)
    dimension, error = _dimension(basins)
    return BasinShape(entropy, boundary, dimension, error)


def _entropies(basins: NDArray[np.integer[Any]]) -> tuple[float | None, float | None]:
    boxes = _boxes(basins, ENTROPY_BOX)
    if not len(boxes):
        return None, None
    shares = np.stack([(boxes == name).mean(axis=1) for name in np.unique(basins)])
    terms = -shares * np.log(np.where(shares > 0, shares, 1))
    total, mixed = float(terms.sum()), int((shares.max(axis=0) < 1).sum())
    return total / len(boxes), total / mixed if mixed else None


def _dimension(basins: NDArray[np.integer[Any]]) -> tuple[float | None, float | None]:
    """Fit log N = d log(1 / side) + c to the numbers N of boxes that hold two basins.

    Neighbouring boxes share their edge pixels: a boundary between two boxes that share none would be counted in
    neither, the more often the smaller the boxes, and a straight line would seem to have dimension 0.86.
    """
    sides = np.arange(LEAST_BOX, max(basins.shape) // BOXES_A_SIDE + 1)
    boxes = [sliding_window_view(basins, (side + 1, side + 1))[::side, ::side] for side in sides.tolist()]
    counts = np.array([int((box.max(axis=(2, 3)) != box.min(axis=(2, 3))).sum()) for box in boxes])
    if (counts > 0).sum() < LEAST_SIZES:
        return None, None
    x, y = -np.log10(sides[counts > 0]), np.log10(counts[counts > 0])
    x = x - x.mean()
    slope = float(x @ y / (x @ x))
    rest = y - y.mean() - slope * x
    return slope, math.sqrt(float(rest @ rest) / (len(x) - 2) / float(x @ x))


def _boxes(grid: NDArray[Any], side: int) -> NDArray[Any]:
    """Return (boxes, side * side) the boxes of a grid, from its first row and column; a remainder is left out."""
    rows, columns = (length // side for length in grid.shape)
    tiles = grid[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return tiles.swapaxes(1, 2).reshape(rows * columns, side * side)
