"""Draws a race into axes of the user's own: plain artists in the units of the data, nothing else of them is touched."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from optviz.engine.result import Result
from optviz.engine.window import shown_window
from optviz.errors import Issue, OptvizError, misfit
from optviz.picture.layout.theme import THEMES, Theme, paints
from optviz.picture.scene import Floats
from optviz.picture.views.contours import height_map
from optviz.picture.views.curve import SAMPLES, values_shown
from optviz.picture.views.land import draw_contours
from optviz.picture.views.landscape import land_of
from optviz.scenario import Scenario

HEAD_PT, STAR_PT, START_PT = 8.0, 9.0, 6.0  # sizes of marks
AWAY_PT = 7.0  # from a head to its name
RIM_PT = 2.5  # of the page's colour around a name
LAND_ORDER, MARK_ORDER, TRAIL_ORDER, HEAD_ORDER = -1.0, 2.1, 2.2, 2.6  # in which they are drawn
DASHES: tuple[Literal["solid", "dashed"], ...] = (
    "solid",
    "dashed",
)  # of the first coordinate against the step, and of the second
AROUND = [(x, y) for x, y in product((1, -1, 0), (0, 1, -1)) if x or y]  # sides of a head, the best one first


def draw_on(axes: Axes, result: Result, scenario: Scenario, step: int | None) -> dict[str, Line2D]:
    """Draw land, trails, heads and names after ``step`` (None: the last one); return each racer's trail by its label.

    Over a function of one or two variables the axes are its plane, else the steps. Limits are set where the axes hold
    no data yet. Raises OptvizError for a step that the race does not have.
    """
    if not isinstance(axes, Axes) or axes.name != "rectilinear":
        raise misfit("draw takes Matplotlib axes of a plane", axes, "such as plt.gca()")
    refuse_other_step(result, step)
    if result.landscape is not None:
        result = result.landscape.flat(result)
    step = result.steps if step is None else step
    theme = THEMES[scenario.render.themes[0]]
    kept = (axes.get_xlim(), axes.get_ylim()) if axes.has_data() else None
    paths, window = _paths(result, scenario)
    if scenario.render.view in ("map", "surface", "grid", "curve", "landscape"):
        window = _draw_land(axes, result, scenario, theme)
        _draw_start(axes, paths[0][0][0], theme)
    xlim, ylim = window if kept is None else kept
    axes.set(xlim=xlim, ylim=ylim)
    trails: dict[str, Line2D] = {}
    looks = paints(scenario.optimizers, theme)
    for racer, (colour, _), lines in zip(result.racers, looks, paths, strict=True):
        for number, line in enumerate(lines):
            seen = line[: step + 1]
            trail = Line2D(*seen.T, color=colour, linewidth=theme.line, linestyle=DASHES[number], zorder=TRAIL_ORDER)
            trail.set_label(racer.label if not number else "_")
            axes.add_line(trail)
            trails.setdefault(racer.label, trail)
    _draw_heads(
        axes, result, [[line[min(step, len(line) - 1)] for line in lines] for lines in paths], looks, step, theme
    )
    return trails


def refuse_other_step(result: Result, step: int | None) -> None:
    """Raise OptvizError for a step that the race does not have."""
    if step is not None and (isinstance(step, bool) or not isinstance(step, int | np.integer)):
        raise misfit("must be a whole number", step, path="step")
    if step is not None and not 0 <= step <= result.steps:
        raise OptvizError(Issue(f"the race has steps 0 to {result.steps}, got {step}", "step"))


def _paths(result: Result, scenario: Scenario) -> tuple[list[list[Floats]], Sequence[tuple[float, float]]]:
    """Return the lines (steps + 1, 2) of every racer, and the window that holds those of all who stay finite."""
    view, racers = scenario.render.view, result.racers
    steps = [np.arange(len(racer.x)) for racer in racers]
    if view in ("map", "surface", "grid", "landscape"):
        lines = [[racer.x] for racer in racers]
    elif view == "curve":
        lines = [[np.column_stack([racer.x[:, 0], racer.f])] for racer in racers]
    elif view == "network":
        lines = [[np.column_stack([at, racer.f])] for at, racer in zip(steps, racers, strict=True)]
    else:
        lines = [
            [np.column_stack([at, column]) for column in racer.x.T] for at, racer in zip(steps, racers, strict=True)
        ]
    calm = [
        line[:, 1] for of, racer in zip(lines, racers, strict=True) if racer.outcome != "diverged" for line in of
    ] or [np.zeros(1)]
    return lines, [(0.0, float(result.steps)), values_shown(np.concatenate(calm))]


def _draw_land(axes: Axes, result: Result, scenario: Scenario, theme: Theme) -> Sequence[tuple[float, float]]:
    """Draw the function with its minima and the finish; return the window that shows it."""
    problem, distance = result.problem, result.finish.distance
    is_given = scenario.function is not None and scenario.function.window is not None
    width, height = axes.bbox.width, axes.bbox.height
    aspect = width / height if scenario.render.aspect == "equal" and problem.dim == 2 else None
    shown = shown_window(result, given=is_given, aspect=aspect) if result.landscape is None else result.landscape.window
    window: list[tuple[float, float]] = list(shown)
    if problem.dim == 1:
        x = np.linspace(*window[0], SAMPLES)
        with np.errstate(all="ignore"):  # a formula may have no value in a part of its window
            y = np.asarray(problem.value(x[None], 1.0), float)
        y = np.where(np.isfinite(y), y, np.nan)
        axes.add_line(Line2D(x, y, color=theme.curve, linewidth=2.6, zorder=LAND_ORDER))
        window = [window[0], scenario.render.values or values_shown(y)]
    else:
        there = len(axes.collections)
        levels = scenario.render.levels
        land = height_map(problem, window, levels) if result.landscape is None else land_of(result.landscape, levels)
        draw_contours(axes, land, theme)
        for artist in axes.collections[there:]:
            artist.set_zorder(LAND_ORDER)
    for point, is_lowest in [
        *((point, True) for point in problem.minima),
        *((point, False) for point in problem.local_minima),
    ]:
        place = point if problem.dim == 2 else (point[0], float(problem.value(np.array(point), 1.0)))
        face = theme.ink if is_lowest else "none"
        star = Line2D(*np.reshape(place, (2, 1)), marker="*", markersize=STAR_PT, color=theme.ink, linestyle="none")
        star.set(markerfacecolor=face, zorder=MARK_ORDER)
        axes.add_line(star)
        if is_lowest and distance is not None and problem.dim == 2:
            ring = Ellipse((place[0], place[1]), 2 * distance, 2 * distance, fill=False, edgecolor=theme.ink)
            ring.set(linestyle="dashed", zorder=MARK_ORDER)
            axes.add_patch(ring)
    return window


def _draw_start(axes: Axes, place: Floats, theme: Theme) -> None:
    ring = Line2D(*np.reshape(place, (2, 1)), marker="o", markersize=START_PT, color=theme.ink, linestyle="none")
    ring.set(markerfacecolor=theme.page, zorder=MARK_ORDER)
    axes.add_line(ring)


def _draw_heads(
    axes: Axes,
    result: Result,
    places: list[list[Floats]],
    looks: Sequence[tuple[str, str]],
    step: int,
    theme: Theme,
) -> None:
    """Draw a mark where each racer is, the leader's on top, and its name beside the first of its marks."""
    for rank, racer in enumerate(reversed(result.order_at(step))):
        colour, marker = looks[racer]
        marker = "x" if result.has_diverged(racer, step) else marker
        edge = colour if marker == "x" else theme.page
        for place in places[racer]:
            head = Line2D(*np.reshape(place, (2, 1)), marker=marker, markersize=HEAD_PT, color=colour, linestyle="none")
            head.set(markeredgecolor=edge, zorder=HEAD_ORDER + 0.001 * rank)
            axes.add_line(head)
    taken: list[Bbox] = []
    for racer in result.order_at(step):
        x, y = places[racer][0].tolist()
        if len(result.racers) > 1 and axes.viewLim.contains(x, y):
            _name(axes, result.racers[racer].label, (x, y), theme, taken)


def _put(name: Annotation, across: int, up: int) -> None:
    """Move a name to a side of its place."""
    name.xyann = (across * AWAY_PT, up * AWAY_PT)
    name.set(ha={1: "left", 0: "center", -1: "right"}[across], va={1: "bottom", 0: "center", -1: "top"}[up])


def _shared(box: Bbox, other: Bbox) -> float:
    """Return the area that two boxes share."""
    width, height = min(box.x1, other.x1) - max(box.x0, other.x0), min(box.y1, other.y1) - max(box.y0, other.y0)
    return float(max(width, 0.0) * max(height, 0.0))


def _name(axes: Axes, label: str, place: tuple[float, float], theme: Theme, taken: list[Bbox]) -> None:
    """Write a name on the side of its head where it lies on no other name and inside the axes, if there is one."""
    name = axes.annotate(label, place, (0, 0), textcoords="offset points", color=theme.ink, zorder=HEAD_ORDER + 0.2)
    name.set_path_effects([withStroke(linewidth=RIM_PT, foreground=theme.page)])
    frame = axes.get_window_extent()
    crowding = []
    for across, up in AROUND:
        _put(name, across, up)
        box = name.get_window_extent()
        outside = box.width * box.height - _shared(box, frame)
        crowding.append(outside + sum(_shared(box, other) for other in taken))
    _put(name, *AROUND[int(np.argmin(crowding))])
    taken.append(name.get_window_extent())
