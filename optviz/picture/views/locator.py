"""Draws the whole land, small, in the emptiest corner of a view that shows a part of it, and where that part lies."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox

from optviz.picture.layout.page import Rect
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.contours import height_map
from optviz.picture.views.land import draw_contours
from optviz.problems import Bounds

SIDE_PX, SIDE_SHARE = 110.0, 0.3  # of its longer side, at most; of the view's shorter side
SLIMMEST = 0.4  # its shorter side, as a share of the longer
INSET_PX = 8.0  # from the view's edge
RIM_PX = 3.0  # of the page's colour around it
LEAST_PX = 4.0  # a side of the part, so that it can be seen
SAMPLES = 120
PATH_STEP_PX = 4.0  # between two places of a path by which the emptiest corner is found


def draw_locator(scene: Scene, frame: Bbox, window: Bounds, paths: list[Floats], goals: Floats) -> None:
    """Put the locator on the board, where ``window`` is a small part of a land that is known.

    In pixels from the picture's lower left: ``frame`` of the view, ``paths`` (steps + 1, 2) that it should not lie
    under, ``goals`` (n, 2) that it must not hide where it can be helped.
    """
    whole = scene.whole_land(window)
    if whole is None:
        return
    wide, tall = _size(scene, frame, whole)
    box = _emptiest(scene, frame, wide, tall, paths, goals)
    page, (width, height) = scene.page, scene.page.size
    rim = RIM_PX * page.scale
    page.figure.add_artist(
        Rectangle(
            ((box.x0 - rim) / width, (box.y0 - rim) / height),
            (box.width + 2 * rim) / width,
            (box.height + 2 * rim) / height,
            transform=page.figure.transFigure,
            facecolor=page.theme.page,
            zorder=2,
            linewidth=0,
        )
    )
    page.insets.append((box.x0 - rim, box.y0 - rim, box.x1 + rim, box.y1 + rim))
    axes = page.axes(
        Rect(box.x0 / page.scale, (height - box.y1) / page.scale, box.width / page.scale, box.height / page.scale)
    )
    axes.set(xticks=[], yticks=[], zorder=3)
    (_draw_curve if len(whole) == 1 else _draw_map)(axes, scene, window, whole)


def _draw_map(axes: Axes, scene: Scene, window: Bounds, whole: Bounds) -> None:
    """Draw the whole land, its lowest minima, and a frame around the part that is shown."""
    theme, problem = scene.page.theme, scene.result.problem
    draw_contours(axes, height_map(problem, whole, scene.scenario.render.levels, SAMPLES), theme, lined=False)
    axes.set(xlim=whole[0], ylim=whole[1])
    for x, y in problem.minima:
        axes.plot(x, y, "*", color=theme.ink, markersize=4, markeredgewidth=0)
    corner, opposite = np.array(axes.transData.transform(np.array(window).T))
    middle, half = (corner + opposite) / 2, np.maximum((opposite - corner) / 2, LEAST_PX * scene.page.scale / 2)
    part = Rectangle(tuple(middle - half), *(2 * half), transform=None, fill=False, edgecolor=theme.ink, linewidth=1.0)
    axes.add_patch(part)


def _draw_curve(axes: Axes, scene: Scene, window: Bounds, whole: Bounds) -> None:
    """Draw the whole curve, and a band over the part that is shown."""
    theme, ((low, high),) = scene.page.theme, whole
    x = np.linspace(low, high, 2 * SAMPLES)
    with np.errstate(all="ignore"):  # a formula may have no value in a part of its window
        y = np.asarray(scene.result.problem.value(x[None], 1.0), float)
    axes.plot(x, np.where(np.isfinite(y), y, np.nan), color=theme.curve, linewidth=1.2)
    axes.axvspan(*window[0], color=theme.faint, linewidth=0, zorder=0)
    axes.set(xlim=whole[0])


def _size(scene: Scene, frame: Bbox, whole: Bounds) -> tuple[float, float]:
    """Return width and height in pixels; the sides are as those of the land, unless it is slim."""
    longer = min(SIDE_PX * scene.page.scale, SIDE_SHARE * min(frame.width, frame.height))
    if len(whole) == 1:
        return longer, 0.6 * longer
    sides = np.array([high - low for low, high in whole])
    wide, tall = longer * np.maximum(sides / sides.max(), SLIMMEST)
    return float(wide), float(tall)


def _emptiest(scene: Scene, frame: Bbox, wide: float, tall: float, paths: list[Floats], goals: Floats) -> Bbox:
    """Return the box in the corner of the view that goals meet least, then paths and words, lower right first."""
    inset = (INSET_PX + RIM_PX) * scene.page.scale
    left, right = frame.x0 + inset, frame.x1 - inset - wide
    low, high = frame.y0 + inset, frame.y1 - inset - tall
    corners = [Bbox.from_bounds(x, y, wide, tall) for x, y in ((right, low), (right, high), (left, low), (left, high))]
    written = scene.page.written
    places = np.concatenate([*(_along(path) for path in paths), (written[:, :2] + written[:, 2:]) / 2])

    def met(box: Bbox) -> tuple[int, int]:
        around = box.padded(inset)
        inside = (((some >= around.p0) & (some <= around.p1)).all(axis=1).sum() for some in (goals, places))
        return int(next(inside)), int(next(inside))

    return min(corners, key=met)


def _along(path: Floats) -> Floats:
    """Return (n, 2) places at even distances along a path (steps + 1, 2), those far off the picture apart."""
    inside = np.clip(path, -1e5, 1e5)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(inside, axis=0).T))])
    at = np.linspace(0, along[-1], min(int(along[-1] / PATH_STEP_PX) + 2, 5000))
    return np.column_stack([np.interp(at, along, inside[:, axis]) for axis in (0, 1)])
