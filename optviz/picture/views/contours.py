"""At which heights the land is cut into bands.

A band is worth drawing when it shows something: so the levels are spread on the plainest scale on which the bands
share the land. ``linear`` (equal steps of f) is the one everybody reads without a word, and the distance between two
lines is the slope. It fails where f spans decades: one pale band then swallows the valleys. There ``log`` (equal
factors of f - min) shows them. Where both fail, on plains with steep holes or ridges, ``rank`` gives the bands
shares of the area itself. Where even that tells apart only what is equal but for rounding, the land is a plain, and
``linear`` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from optviz.problems import Problem

Floats = NDArray[np.float64]

BANDS = 14
LARGEST = 0.3  # of the land's area, for one band: beyond it a scale has failed
LOW_BANDS = 5  # of them that the lower half of the land must show: races are decided there
LOWEST = 0.01  # of the area is the first band of a log scale
LOW_SHARE = 1.5  # above 1, more of the rank levels go to the low land
SAME = 1e-3  # of the height above the lowest point: levels nearer than that part nothing
MOST_LINES = 40  # that may be crossed on the way through the land; more of them blur into a grey
GRID = 300  # samples a side: a ripple of a fortieth of the window still has seven


@dataclass(frozen=True)
class Levels:
    """Heights (bands + 1,) that cut the land into bands, rising, and the scale on which they are spread."""

    scale: str  # linear, log or rank
    heights: Floats

    @property
    def bands(self) -> int:
        return len(self.heights) - 1

    def band_of(self, z: Floats) -> NDArray[np.int64]:
        """The band, from 0 for the lowest, in which each height lies."""
        return np.clip(np.searchsorted(self.heights, z, side="right") - 1, 0, self.bands - 1)

    def shares(self, z: Floats) -> Floats:
        """The part of the land ``z`` that each band covers, (bands,)."""
        finite = z[np.isfinite(z)]
        return np.asarray(np.bincount(self.band_of(finite), minlength=self.bands) / finite.size)


@dataclass(frozen=True)
class Land:
    """A function sampled over its window: ``z`` (n, n) at the places ``x`` (n,) and ``y`` (n,)."""

    x: Floats
    y: Floats
    z: Floats
    levels: Levels
    named: str = "auto"  # the scale that was asked for

    @cached_property
    def lines(self) -> bool:
        """Whether lines between the bands can be told apart."""
        return crossings(self.levels, self.z) <= MOST_LINES

    @property
    def sparse(self) -> Floats:
        """Every level, or every second, third ... until the lines on them can be told apart: for a land of lines
        alone. One in the middle remains at least.
        """
        inner = self.levels.heights[1:-1]
        for stride in range(1, len(inner) + 1):
            kept = inner[(len(inner) - 1) // 2 % stride :: stride]
            every = np.concatenate([self.levels.heights[:1], kept, self.levels.heights[-1:]])
            if crossings(Levels(self.levels.scale, every), self.z) <= MOST_LINES:
                return kept
        return inner[len(inner) // 2 :][:1]

    @property
    def relief_scale(self) -> str:
        """The scale of heights in space: a narrow hole shows there without help, so linear does for rank too."""
        return "log" if self.levels.scale == "log" else "rank" if self.named == "rank" else "linear"

    @property
    def relief(self) -> Floats:
        """(n, n) heights in space, 0 for the lowest point to 1; where the function has no value, 1."""
        height = RELIEFS[self.relief_scale](self.z, self.levels)
        return np.where(np.isnan(self.z), 1.0, np.clip(height, 0.0, 1.0))


def land(problem: Problem, window: Sequence[tuple[float, float]], scale: str = "auto", samples: int = GRID) -> Land:
    """A function of two variables over ``window``, its levels on the ``scale`` asked for."""
    x, y = (np.linspace(low, high, samples) for low, high in window)
    with np.errstate(all="ignore"):  # a formula may have no value in a part of its window
        z = np.asarray(problem.value(np.stack(np.meshgrid(x, y)), 1.0), float)
    z = np.where(np.isfinite(z), z, np.nan)
    return Land(x, y, z, levels_of(z, scale), scale)


def levels_of(z: Floats, scale: str = "auto") -> Levels:
    """Levels for heights ``z``, of which those that are not finite do not count; see above for ``auto``."""
    finite = z[np.isfinite(z)]
    if not finite.size or finite.min() == finite.max():
        height = float(finite[0]) if finite.size else 0.0
        return Levels("linear", np.array([height - 0.5, height + 0.5]))
    return _chosen(finite) if scale == "auto" else Levels(scale, SCALES[scale](finite))


def crossings(levels: Levels, z: Floats) -> float:
    """How many levels one crosses on a straight way through the land, on average."""
    bands = levels.band_of(np.nan_to_num(z, nan=levels.heights[-1]))
    across, along = (np.abs(np.diff(bands, axis=axis)).mean() * (bands.shape[axis] - 1) for axis in (0, 1))
    return float(across + along) / 2


def _chosen(z: Floats) -> Levels:
    """The first scale on which the bands share the land."""
    for name, spread in SCALES.items():
        levels = Levels(name, spread(z))
        if levels.bands == BANDS and _is_shared(levels, z):
            return levels
    return Levels("linear", _linear(z))


def _is_shared(levels: Levels, z: Floats) -> bool:
    low = levels.band_of(z[z <= np.median(z)])
    return bool(levels.shares(z).max() <= LARGEST and len(np.unique(low)) >= LOW_BANDS)


def _linear(z: Floats) -> Floats:
    return _closed(np.linspace(z.min(), z.max(), BANDS + 1))


def _log(z: Floats) -> Floats:
    """Equal factors of the height above the lowest point, from the edge of the lowest hundredth of the land."""
    low, span = z.min(), z.max() - z.min()
    first = max(np.quantile(z, LOWEST) - low, 1e-12 * span)
    return _closed(low + np.concatenate([[0.0], np.geomspace(first, span, BANDS)]))


def _rank(z: Floats) -> Floats:
    """Shares of the area, smaller ones lower down; levels that part nothing are left out."""
    heights = np.quantile(z, np.linspace(0, 1, BANDS + 1) ** LOW_SHARE)
    kept = [heights[0]]
    for height in heights[1:]:
        if height - kept[-1] > SAME * (height - heights[0]):
            kept.append(height)
    return _closed(np.array([*kept[:-1], heights[-1]]))


def _closed(heights: Floats) -> Floats:
    """The last band holds the highest point too."""
    heights[-1] = np.nextafter(heights[-1], np.inf)
    return heights


# In the order in which they are tried.
SCALES: dict[str, Callable[[Floats], Floats]] = {"linear": _linear, "log": _log, "rank": _rank}


def _linear_height(z: Floats, levels: Levels) -> Floats:
    low, high = levels.heights[0], levels.heights[-1]
    return np.asarray((z - low) / (high - low))


def _log_height(z: Floats, levels: Levels) -> Floats:
    """Even near the lowest point, where a logarithm would fall without end."""
    unit = levels.heights[1] - levels.heights[0]
    above = (np.array([levels.heights[-1]]) - levels.heights[0]) / unit
    return np.asarray(np.log1p((z - levels.heights[0]) / unit) / np.log1p(above))


def _rank_height(z: Floats, levels: Levels) -> Floats:
    known = np.quantile(z[np.isfinite(z)], np.linspace(0, 1, 200))
    return np.interp(z, known, np.linspace(0, 1, 200))


RELIEFS: dict[str, Callable[[Floats, Levels], Floats]] = {
    "linear": _linear_height,
    "log": _log_height,
    "rank": _rank_height,
}
