"""Draws land from above: bands of colour for heights, and lines between them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.contour import ContourSet

from optviz.picture.layout.theme import Theme
from optviz.picture.scene import Floats
from optviz.picture.views.contours import HeightMap


def draw_contours(axes: Axes, heights: HeightMap, theme: Theme, lined: bool = True) -> ContourSet | None:
    """Draw bands of colour and, where ``lined``, the lines between them where they can be told apart; return the lines.

    A theme that fills nothing has lines alone; then as many as can be told apart are drawn. The limits of
    the axes are left to the caller.
    """
    levels = heights.levels.heights
    filled = is_filled(theme)
    if filled:
        colours = ramp(theme.land, heights.levels.bands)
        _contours(axes, heights, levels, filled=True, colors=colours, antialiased=heights.lines)
    lines = (
        levels[1:-1] if filled and heights.lines else heights.sparse
    )  # fewer where traps stand close: edges all the same
    if not len(lines) or (filled and not lined):
        return None
    return _contours(axes, heights, lines, colors=theme.contour, linewidths=0.7, linestyles="solid")


def _contours(axes: Axes, heights: HeightMap, levels: Floats, *, filled: bool = False, **look: Any) -> ContourSet:
    """Draw contours as Matplotlib does; those of land that was drawn before are not computed again."""
    key = filled, levels.tobytes()
    if key not in heights.contours:
        found = (axes.contourf if filled else axes.contour)(heights.x, heights.y, heights.z, levels=levels)
        heights.contours[key] = list(found.get_paths())
        found.remove()  # an SVG names each artist's class: land drawn first and land drawn again shall be the same
    paths = heights.contours[key]
    vertices, codes = [[path.vertices] for path in paths], [[path.codes] for path in paths]
    return ContourSet(axes, levels, vertices, codes, filled=filled, **look)


def is_filled(theme: Theme) -> bool:
    """Return whether heights have colours of their own."""
    return len(set(theme.land)) > 1


def ramp(colours: tuple[str, ...], count: int) -> Floats:
    """Return ``count`` colours (count, 3) spread evenly over ``colours``."""
    known = np.array([to_rgb(colour) for colour in colours])
    at = np.linspace(0, len(known) - 1, count)
    return np.column_stack([np.interp(at, np.arange(len(known)), channel) for channel in known.T])
