"""Draws land from above: bands of colour for heights, and lines between them."""

from __future__ import annotations

from typing import Any

import numpy as np
from contourpy import FillType, LineType, contour_generator
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.contour import ContourSet
from matplotlib.path import Path

from optviz.picture.layout.theme import Theme
from optviz.picture.machine.thinned import Contours
from optviz.picture.scene import Floats
from optviz.picture.views.contours import HeightMap

LINE_PT = 0.7
BANDS_ORDER, LINES_ORDER = 1.0, 2.0  # in which they are drawn


def draw_contours(axes: Axes, heights: HeightMap, theme: Theme, lined: bool = True) -> ContourSet | None:
    """Draw bands of colour and, where ``lined``, the lines between them where they can be told apart.

    A theme that fills nothing has lines alone; then as many as can be told apart are drawn, and returned to be
    labelled. The limits of the axes are left to the caller.
    """
    levels = heights.levels.heights
    filled = is_filled(theme)
    if filled:
        bands = Contours(_paths(heights, levels, filled=True), facecolors=ramp(theme.land, heights.levels.bands))
        bands.set(edgecolors="none", antialiased=heights.lines, zorder=BANDS_ORDER, transform=axes.transData)
        axes.add_collection(bands, autolim=False)
    # fewer where traps stand close: edges all the same
    lines = levels[1:-1] if filled and heights.lines else heights.sparse
    if not len(lines) or (filled and not lined):
        return None
    paths = _paths(heights, lines, filled=False)
    if filled:
        between = Contours(paths, facecolors="none", edgecolors=theme.contour, linewidths=LINE_PT)
        between.set(zorder=LINES_ORDER, transform=axes.transData)
        axes.add_collection(between, autolim=False)
        return None
    vertices, codes = [[path.vertices] for path in paths], [[path.codes] for path in paths]
    return ContourSet(axes, lines, vertices, codes, colors=theme.contour, linewidths=LINE_PT, linestyles="solid")


def _paths(heights: HeightMap, levels: Floats, *, filled: bool) -> list[Path]:
    """Return the outline of each band between two levels, or the line at each level; of land drawn before the same."""
    key = filled, levels.tobytes()
    if key not in heights.contours:
        z = np.ma.masked_invalid(heights.z)
        found = contour_generator(
            heights.x, heights.y, z, name="serial", corner_mask=True, line_type=LineType.ChunkCombinedCode,
            fill_type=FillType.ChunkCombinedCode,
        )  # fmt: skip
        lowest = levels[0] - bool(levels[0] == z.min())  # what lies on the lower level of a band is not in it
        bands = zip([lowest, *levels[1:-1]], levels[1:], strict=True)
        pieces: Any = [found.filled(*band) for band in bands] if filled else map(found.lines, levels)
        heights.contours[key] = [
            Path(np.empty((0, 2)) if vertices is None else vertices, codes) for (vertices,), (codes,) in pieces
        ]
    return heights.contours[key]


def is_filled(theme: Theme) -> bool:
    """Return whether heights have colours of their own."""
    return len(set(theme.land)) > 1


def ramp(colours: tuple[str, ...], count: int) -> Floats:
    """Return ``count`` colours (count, 3) spread evenly over ``colours``."""
    known = np.array([to_rgb(colour) for colour in colours])
    at = np.linspace(0, len(known) - 1, count)
    return np.column_stack([np.interp(at, np.arange(len(known)), channel) for channel in known.T])
