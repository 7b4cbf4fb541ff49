"""Chooses contour levels: linear, logarithmic or rank-based, so that the bands share the area.

A band is worth drawing when it shows something: so the levels are spread on the plainest scale on which the bands
share the area. ``linear`` (equal steps of f) is the one everybody reads without a word, and the distance between two
lines is the slope. It fails where f spans decades: one pale band then swallows the valleys. There ``log`` (equal
factors of f - min) shows them. Where both fail, on plains with steep holes or ridges, ``rank`` gives the bands
shares of the area itself. Where even that tells apart only what is equal but for rounding, all is a plain, and
``linear`` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.path import Path

    from optviz.formula import PointFunction
    from optviz.problems import Bounds, Problem

Floats = NDArray[np.float64]

HIGHEST = 1e307  # heights beyond it are drawn as this high: differences must be floats
BANDS = 14
LARGEST_SHARE = 0.3  # of the area, for one band: beyond it a scale has failed
LOW_BANDS = 5  # of them that the lower half of the area must show: races are decided there
LOWEST_SHARE = 0.01  # of the area, for the first band of a log scale
RANK_POWER = 1.5  # above 1, more of the rank levels go to the low area
LEAST_GAP = 1e-3  # between two levels, as a share of the height above the lowest point
MOST_LINES = 40  # that may be crossed on the way through the picture; more of them blur into a grey
SAMPLES = 300  # samples a side: a ripple of a fortieth of the window still has seven
COUNTED_SAMPLES = 150  # of a function that is called for each, and may be slow


@dataclass(frozen=True)
class Levels:
    """Rising heights (bands + 1,) between which the bands lie, and the scale on which they are spread."""

    scale: str  # linear, log or rank
    heights: Floats

    @property
    def bands(self) -> int:
        return len(self.heights) - 1

    def band_of(self, z: Floats) -> NDArray[np.int64]:
        """Return the band, from 0 for the lowest, in which each height lies."""
        return np.clip(np.searchsorted(self.heights, z, side="right") - 1, 0, self.bands - 1)

    def shares(self, z: Floats) -> Floats:
        """Return the share of the area with heights ``z`` that each band covers, (bands,)."""
        ordered = np.sort(z[np.isfinite(z)])
        edges = np.searchsorted(ordered, self.heights[1:-1])
        return np.asarray(np.diff(edges, prepend=0, append=len(ordered)) / len(ordered))


@dataclass(frozen=True)
class HeightMap:
    """A function sampled over its window: ``z`` (n, n) at the places ``x`` (n,) and ``y`` (n,)."""

    x: Floats
    y: Floats
    z: Floats
    levels: Levels
    named: str = "auto"  # the scale that was asked for
    # those that were drawn, filled or not, in the function's own coordinates, by their levels
    contours: dict[tuple[bool, bytes], list[Path]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def lines(self) -> bool:
        """Whether lines between the bands can be told apart."""
        return crossings(self.levels, self.z) <= MOST_LINES

    @property
    def sparse(self) -> Floats:
        """Every level, or every second, third ... until the lines on them can be told apart; at least one remains.

        For a theme that draws lines alone.
        """
        inner = self.levels.heights[1:-1]
        for stride in range(1, len(inner) + 1):
            kept = inner[(len(inner) - 1) // 2 % stride :: stride]
            every = np.concatenate([self.levels.heights[:1], kept, self.levels.heights[-1:]])
            if crossings(Levels(self.levels.scale, every), self.z) <= MOST_LINES:
                return kept
        return inner[len(inner) // 2 :][:1]

    @property
    def terrain_scale(self) -> str:
        """The scale of heights in space: a narrow hole shows there without help, so linear does for rank too."""
        return "log" if self.levels.scale == "log" else "rank" if self.named == "rank" else "linear"

    @property
    def terrain(self) -> Floats:
        """(n, n) heights in space, 0 for the lowest point to 1; where the function has no value, 1."""
        height = HEIGHTS[self.terrain_scale](self.z, self.levels)
        return np.where(np.isnan(self.z), 1.0, np.clip(height, 0.0, 1.0))


def height_map(
    problem: Problem, window: Sequence[tuple[float, float]], scale: str = "auto", samples: int = SAMPLES
) -> HeightMap:
    """Sample a function of two variables over ``window``, with levels on the ``scale`` asked for."""
    samples = min(samples, COUNTED_SAMPLES) if any(problem.calls) else samples
    return _sampled(problem.value, tuple(window), scale, samples)


@lru_cache(maxsize=4)  # a picture that is drawn again has the same land
def _sampled(value: PointFunction, window: Bounds, scale: str, samples: int) -> HeightMap:
    x, y = (np.linspace(low, high, samples) for low, high in window)
    with np.errstate(all="ignore"):  # a formula may have no value in a part of its window
        z = np.asarray(value(np.stack(np.meshgrid(x, y)), 1.0), float)
    z = np.where(np.isfinite(z), np.clip(z, -HIGHEST, HIGHEST), np.nan)
    z.flags.writeable = False  # it is shared
    return HeightMap(x, y, z, levels_of(z, scale), scale)


def levels_of(z: Floats, scale: str = "auto") -> Levels:
    """Choose levels for heights ``z``, of which those that are not finite do not count; see above for ``auto``."""
    finite = np.sort(z[np.isfinite(z)])  # what follows is faster of numbers in their order
    if not finite.size or finite[0] == finite[-1]:
        height = float(finite[0]) if finite.size else 0.0
        half = max(0.5, 1e-9 * abs(height))
        return Levels("linear", np.array([height - half, height + half]))
    if scale != "auto":
        return Levels(scale, SCALES[scale](finite))
    tried = (Levels(name, spread(finite)) for name, spread in SCALES.items())
    return next((levels for levels in tried if _is_shared(levels, finite)), Levels("linear", linear_levels(finite)))


def crossings(levels: Levels, z: Floats) -> float:
    """Return how many levels one crosses on a straight way through the picture, on average."""
    bands = levels.band_of(np.nan_to_num(z, nan=levels.heights[-1])).astype(np.int8)
    across, along = (np.abs(np.diff(bands, axis=axis)).mean() * (bands.shape[axis] - 1) for axis in (0, 1))
    return float(across + along) / 2


def _is_shared(levels: Levels, ordered: Floats) -> bool:
    """Return whether all bands are there and share the area, of which the heights are given in their order."""
    if levels.bands != BANDS:
        return False
    low = ordered[: np.searchsorted(ordered, np.median(ordered), side="right")]
    low_bands = np.count_nonzero(levels.shares(low))
    return bool(low_bands >= LOW_BANDS and levels.shares(ordered).max() <= LARGEST_SHARE)


def linear_levels(z: Floats) -> Floats:
    """Spread levels at equal steps."""
    return _closed(np.linspace(z.min(), z.max(), BANDS + 1))


def log_levels(z: Floats) -> Floats:
    """Spread levels at equal factors of the height above the lowest point, from the edge of the lowest hundredth."""
    low, span = z.min(), z.max() - z.min()
    first = max(np.quantile(z, LOWEST_SHARE) - low, 1e-12 * span)
    return _closed(low + np.concatenate([[0.0], np.geomspace(first, span, BANDS)]))


def rank_levels(z: Floats) -> Floats:
    """Spread levels at shares of the area, smaller ones lower down; levels that part nothing are left out."""
    heights = np.quantile(z, np.linspace(0, 1, BANDS + 1) ** RANK_POWER)
    kept = [heights[0]]
    for height in heights[1:]:
        if height - kept[-1] > LEAST_GAP * (height - heights[0]):
            kept.append(height)
    return _closed(np.array([*kept[:-1], heights[-1]]))


def _closed(heights: Floats) -> Floats:
    """Widen the last band so that it holds the highest point too."""
    heights[-1] = np.nextafter(heights[-1], np.inf)
    return heights


# In the order in which they are tried.
SCALES: dict[str, Callable[[Floats], Floats]] = {"linear": linear_levels, "log": log_levels, "rank": rank_levels}


def linear_height(z: Floats, levels: Levels) -> Floats:
    """Scale heights in proportion, from 0 for the lowest to 1."""
    low, high = levels.heights[0], levels.heights[-1]
    return np.asarray((z - low) / (high - low))


def log_height(z: Floats, levels: Levels) -> Floats:
    """Scale by a logarithm that is even near the lowest point, where it would else fall without end."""
    unit = levels.heights[1] - levels.heights[0]
    above = (np.array([levels.heights[-1]]) - levels.heights[0]) / unit
    return np.asarray(np.log1p((z - levels.heights[0]) / unit) / np.log1p(above))


def rank_height(z: Floats, levels: Levels) -> Floats:
    """Scale heights by the share of the area that lies lower."""
    known = np.quantile(z[np.isfinite(z)], np.linspace(0, 1, 200))
    return np.interp(z, known, np.linspace(0, 1, 200))


HEIGHTS: dict[str, Callable[[Floats, Levels], Floats]] = {
    "linear": linear_height,
    "log": log_height,
    "rank": rank_height,
}
