"""Draws land from above: bands of colour for heights, and lines between them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.contour import ContourSet

from optviz.picture.layout.theme import Theme
from optviz.picture.scene import Floats
from optviz.picture.views.contours import HeightMap


def draw_contours(axes: Axes, heights: HeightMap, theme: Theme, lined: bool = True) -> ContourSet | None:
    """Draw bands of colour and, where ``lined``, the lines between them where they can be told apart; return the lines.

    A theme that fills nothing has lines alone; then as many as can be told apart are drawn.
    """
    levels, where = heights.levels.heights, (heights.x, heights.y, heights.z)
    filled = is_filled(theme)
    if filled:
        colours = ramp(theme.land, heights.levels.bands)
        axes.contourf(*where, levels=levels, colors=colours, antialiased=heights.lines)
    lines = (
        levels[1:-1] if filled and heights.lines else heights.sparse
    )  # fewer where traps stand close: edges all the same
    if not len(lines) or (filled and not lined):
        return None
    return axes.contour(*where, levels=lines, colors=theme.contour, linewidths=0.7, linestyles="solid")


def is_filled(theme: Theme) -> bool:
    """Return whether heights have colours of their own."""
    return len(set(theme.land)) > 1


def ramp(colours: tuple[str, ...], count: int) -> Floats:
    """Return ``count`` colours (count, 3) spread evenly over ``colours``."""
    known = np.array([to_rgb(colour) for colour in colours])
    at = np.linspace(0, len(known) - 1, count)
    return np.column_stack([np.interp(at, np.arange(len(known)), channel) for channel in known.T])
