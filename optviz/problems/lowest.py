"""Find the lowest point of a function in a box, and prove by interval arithmetic that none is lower.

A grid and Newton's method find a low point. Then the box is cut into ever smaller ones; those are dropped that cannot
hold a lower point, by the bounds of the function and of its gradient over the whole of them (branch and bound; Hansen &
Walster, Global Optimization Using Interval Analysis, 2004). What a grid cannot see is found so. Deterministic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np

from optviz.formula import PointFunction, Symbols
from optviz.formula.arithmetic import Array
from optviz.formula.intervals import enclose
from optviz.problems.bounds import Bounds, Point
from optviz.problems.minima import search_minima

# (dim, n) low and high corners of boxes -> (n,) lower bound of f; (dim, n) least and greatest slope along each axis
Enclosure: TypeAlias = Callable[[Array, Array], tuple[Array, Array, Array]]

MOST_SUSPECTS = 32
SMALLEST_SHARE = 1e-7  # of the box: a suspect's place
CHEAP_POINTS = 200_000  # where as many values can be had, all minima are searched for as in a window
MOST_PER_AXIS = 33  # else: points of the grid on an axis, its ends among them
FINEST_SHARE = 1e-8  # of the grid's spacing: where the search ends; the sum there differs by 1e-16 of its own variation
FIRST_BOXES_PER_AXIS = {1: 64, 2: 12}
BOX_POINTS = 10  # the bounds over one box cost about as much as this many values of f
MOST_BOXES = 100_000
LEAST_GAIN_SHARE = 1e-13  # of how far values lie apart: less is not lower but rounding


@dataclass(frozen=True)
class Sought:
    """The function whose lowest point is sought, on its box."""

    value: PointFunction  # (dim, n) -> (n,)
    gradient: PointFunction  # (dim, n) -> (dim, n)
    box: Bounds
    points: int  # values of f that may be asked for
    enclosure: Enclosure | None = None  # None: nothing bounds it between the points
    has_jumps: bool = False  # its slopes do not bound it

    @property
    def edges(self) -> Array:
        """(dim, 2) the box."""
        return np.array(self.box, dtype=np.float64)


@np.errstate(all="ignore")
def lowest_point(sought: Sought) -> tuple[Array, bool]:
    """Return (dim,) where a function is lowest in its box, and whether it is proven that no point is lower.

    "Lower" is meant up to rounding. Without a proof, which a formula with jumps or an unlucky shape may take too long
    for, hollows narrower than the grid may have been missed.
    """
    return _proven(sought, _first_guess(sought))


def enclosed(symbols: Symbols, low: Array, high: Array, t: Array) -> tuple[Array, Array, Array]:
    """Return what an ``Enclosure`` does, of the formula summed over the steps ``t``."""
    sides = zip(low[..., np.newaxis], high[..., np.newaxis], strict=True)
    variables = dict(zip(symbols.arguments, [*sides, (t, t)], strict=True))
    shape = low.shape[1], len(t)
    (bound, _), *slopes = (
        [np.broadcast_to(edge, shape).sum(axis=1) for edge in interval]
        for interval in enclose([symbols.value, *symbols.slopes], variables)
    )
    least, greatest = zip(*slopes, strict=True)
    return bound, np.array(least), np.array(greatest)


# --- a low point ----------------------------------------------------------------------------------


def _first_guess(sought: Sought) -> Array:
    box = sought.edges
    if sought.points >= CHEAP_POINTS:
        return _lowest_of(
            sought, [*search_minima(sought.value, sought.gradient, sought.box, sought.box)[:1], *_grid(box)]
        )
    side = int(np.clip(sought.points ** (1 / len(box)), 5, MOST_PER_AXIS))
    best = _lowest_of(sought, _grid(box, side))
    return _by_neighbours(sought, best, (box[:, 1] - box[:, 0]) / (side - 1))


def _grid(box: Array, side: int = MOST_PER_AXIS) -> list[tuple[float, ...]]:
    return list(product(*(np.linspace(low, high, side).tolist() for low, high in box)))


def _lowest_of(sought: Sought, points: list[tuple[float, ...]]) -> Array:
    """Return (dim,) the lowest of some points, the first of several."""
    among = np.array(points).T
    heights = sought.value(among)
    lowest: Array = among[:, int(np.argmin(np.where(np.isfinite(heights), heights, np.inf)))]
    return lowest + 0.0  # -0 to 0


def _by_neighbours(sought: Sought, best: Array, reach: Array) -> Array:
    """Move from a point to the best neighbour, and halve the distance where there is none.

    A corner towards which the function falls along every axis, as a linear one does, is found exactly.
    """
    box, finest = sought.edges, FINEST_SHARE * reach
    while np.any(reach > finest) and not _is_held_by_corner(sought, best):
        # the point itself comes first so that it wins a tie
        around = np.stack([best, best - reach, best + reach], axis=1).clip(box[:, :1], box[:, 1:])
        neighbour = _lowest_of(sought, list(product(*around.tolist())))
        reach = reach / 2 if np.array_equal(neighbour, best) else reach
        best = neighbour
    return best


def _is_held_by_corner(sought: Sought, point: Array) -> bool:
    """Return whether the point is a corner of the box and the function falls towards it along every axis."""
    box, slope = sought.edges, sought.gradient(point[:, np.newaxis])[:, 0]
    return bool(np.all(((point == box[:, 0]) & (slope >= 0)) | ((point == box[:, 1]) & (slope <= 0))))


# --- a proof --------------------------------------------------------------------------------------


def _proven(sought: Sought, best: Array) -> tuple[Array, bool]:
    """Return the lowest point, at first ``best``, and whether the boxes that could hold a lower one are used up."""
    if sought.enclosure is None:
        return best, False
    box = sought.edges
    low, high = _first_boxes(box)
    height = float(sought.value(best[:, np.newaxis])[0])
    gain, left = None, min(MOST_BOXES, sought.points // BOX_POINTS)
    while low.shape[1]:
        left -= low.shape[1]
        if left < 0:
            return best, False
        middle = (low + high) / 2
        heights = sought.value(middle)
        if gain is None:
            gain = LEAST_GAIN_SHARE * float(np.nan_to_num(np.median(np.abs(heights - height)), posinf=0.0))
            gain += 4 * np.finfo(float).eps * abs(height)
        index = int(np.argmin(np.where(np.isnan(heights), np.inf, heights)))
        if heights[index] < height - gain:
            best = _descended(sought, middle[:, index], (high - low)[:, index])
            height = float(sought.value(best[:, np.newaxis])[0])
        low, high = _halved(*_undecided(sought, low, high, heights, height - gain, box), box)
    return best, True


@np.errstate(all="ignore")
def suspects(sought: Sought, below: float, domain: Bounds | None) -> list[Point]:
    """Return points near which f may have a minimum lower than ``below`` that a grid could not see; few if any.

    Boxes are cut until none is left, or they are as small as minima are told apart. The domain, if there is one, holds
    the box and has minima on its edges; on those of the box there are none.
    """
    box = sought.edges
    edges = np.array(domain or [(-np.inf, np.inf)] * len(box), dtype=np.float64)
    low, high = _first_boxes(box)
    left = sought.points
    while low.shape[1]:
        left -= low.shape[1]
        middle = (low + high) / 2
        heights = sought.value(middle)
        small = ((high - low) < SMALLEST_SHARE * (box[:, 1:] - box[:, :1])).all(axis=0)
        if left < 0 or small.all():
            lowest = np.argsort(np.nan_to_num(heights, nan=np.inf), kind="stable")[:MOST_SUSPECTS]
            return [tuple(point) for point in middle[:, lowest].T.tolist()]
        low, high = _halved(*_undecided(sought, low, high, heights, below, edges), box)
    return []


def _first_boxes(box: Array) -> tuple[Array, Array]:
    cuts = [np.linspace(low, high, FIRST_BOXES_PER_AXIS[len(box)] + 1) for low, high in box]
    low, high = (np.array(list(product(*(cut[part] for cut in cuts)))).T for part in (slice(-1), slice(1, None)))
    return low, high


def _descended(sought: Sought, point: Array, widths: Array) -> Array:
    """Return the lowest point around one: that in the box of these widths, or the point itself."""
    box = sought.edges
    if sought.points < CHEAP_POINTS:
        return _by_neighbours(sought, point, np.minimum(widths, box[:, 1] - box[:, 0]) / 2)
    around = np.stack([point - widths, point + widths], axis=1).clip(box[:, :1], box[:, 1:])
    found = search_minima(sought.value, sought.gradient, tuple(map(tuple, around.tolist())), sought.box)
    return _lowest_of(sought, [tuple(point.tolist()), *found[:1]])


def _undecided(
    sought: Sought, low: Array, high: Array, heights: Array, below: float, edges: Array
) -> tuple[Array, Array]:
    """Return the boxes that may hold a point lower than ``below``.

    Where f falls towards one of ``edges`` all over a box, its face there is left. heights: (n,) f at the middles.
    """
    assert sought.enclosure is not None
    bound, least, greatest = sought.enclosure(low, high)
    kept = np.ones(len(heights), dtype=bool)
    if not sought.has_jumps:
        steepest = np.maximum(np.abs(least), np.abs(greatest))
        bound = np.fmax(bound, heights - (steepest * (high - low) / 2).sum(axis=0))  # the mean value theorem
        rises, falls = least > 0, greatest < 0
        at_low, at_high = low == edges[:, :1], high == edges[:, 1:]
        kept = ~((rises & ~at_low) | (falls & ~at_high)).any(axis=0)  # lower next door
        low, high = np.where(falls, high, low), np.where(rises, low, high)
    kept &= ~(bound >= below)
    return low[:, kept], high[:, kept]


def _halved(low: Array, high: Array, box: Array) -> tuple[Array, Array]:
    """Return both halves of every box, cut across its longest side; points are as small as boxes get."""
    widths = (high - low) / (box[:, 1:] - box[:, :1])
    split = widths.max(axis=0) > 4 * np.finfo(float).eps
    low, high, widths = low[:, split], high[:, split], widths[:, split]
    axis = np.arange(len(box))[:, np.newaxis] == widths.argmax(axis=0)
    middle = (low + high) / 2
    return (
        np.concatenate([low, np.where(axis, middle, low)], axis=1),
        np.concatenate([np.where(axis, middle, high), high], axis=1),
    )
