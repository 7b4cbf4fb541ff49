"""What all time-series panels share: a curve for each racer against the step, a title, a scale.

A panel that shows one more quantity says which numbers, what they are called and which scale they may have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf, isfinite, log10
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator
from matplotlib.transforms import Bbox

from optviz.picture.layout.grid import Need, Slot
from optviz.picture.layout.page import Page, Rect
from optviz.picture.layout.theme import LABEL, SMALL
from optviz.picture.machine.board import Layer, Moment, Placed
from optviz.picture.machine.pen import font
from optviz.picture.panels.ticks import Ticks, linear_ticks, log_ticks, power_of_ten, step_ticks
from optviz.picture.scene import Floats, Scene

if TYPE_CHECKING:
    from optviz.engine.result import Result

TITLE, NOTE = 22.0, 15.0  # height of a title line and of a note below it, in design pixels
LEAST, GOOD = 44.0, 120.0  # height of the axes
LEAST_OF_MANY, GOOD_OF_MANY = 26.0, 56.0  # the same, where a panel has several below one another
ASIDE = 16.0  # between axes side by side
WIDE, WIDE_OF_TWO = 240.0, 330.0  # a good width of a panel
TICK, TICK_OF_STEPS = 21.0, 56.0  # design pixels for each tick label
MOST_TICKS = 8.0  # on the vertical axis, however high
TICK_SIZE = SMALL + 0.5
THIN = 0.75  # of a trail: the width of a curve
POINT = 3.4  # radius of the head at a curve's end

FLOOR = 1e-12  # on a logarithmic axis, below this part of where the curves begin: rounding, not progress
TINY = 1e-300  # nothing smaller is drawn on a logarithmic axis
GONE = 1e6  # times where the curves begin: a racer beyond it has left the picture, as if it had diverged
DECADES = 2.0  # between which numbers must lie to ask for a logarithmic axis by themselves


@dataclass(frozen=True)
class Curve:
    """One racer's numbers (n,), the first of them at step ``first``: 0 if the start has one, 1 if a step brings it."""

    racer: int
    values: Floats
    first: int = 0


@dataclass(frozen=True)
class Plot:
    """One pair of axes: a title, which may hold mathematics, and its curves."""

    title: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Scale:
    """The vertical axis: its ends, and the floor (0 without one) under which the curves lie on its lower end."""

    low: float
    high: float
    log: bool
    floor: float = 0.0


def need(rows: int = 1, columns: int = 1, note: bool = False) -> Need:
    """Room for ``rows`` of axes below one another with ``columns`` side by side."""
    words = TITLE * rows + NOTE * note
    least, good = (LEAST, GOOD) if rows == 1 else (LEAST_OF_MANY, GOOD_OF_MANY)
    return Need(words + rows * least, words + rows * good, inf, WIDE if columns == 1 else WIDE_OF_TWO, ticks=True)


def draw(scene: Scene, slot: Slot, rows: Sequence[Sequence[Plot]], log: bool | None, note: str = "") -> list[Layer]:
    """Rows of plots that share the steps; the plots of a row share their scale.

    log: True where a logarithmic axis makes sense, False for a linear one, None to let the numbers decide.
    """
    rect = _under_note(scene, slot.rect, note)
    height = rect.height / len(rows)
    layers: list[Layer] = []
    for number, plots in enumerate(rows):
        row = Rect(rect.left, rect.top + number * height + TITLE, rect.width, height - TITLE)
        scale = scale_of([curve for plot in plots for curve in plot.curves], scene.result, log)
        foot = slot.foot and number == len(rows) - 1
        width = (row.width - ASIDE * (len(plots) - 1)) / len(plots)
        for column, plot in enumerate(plots):
            place = Rect(row.left + column * (width + ASIDE), row.top, width, row.height)
            layers.append(Curves(scene, place, plot, scale, named=column == 0, foot=foot))
    return layers


def one(scene: Scene, slot: Slot, plot: Plot, log: bool | None, note: str = "") -> list[Layer]:
    """A single plot."""
    return draw(scene, slot, [[plot]], log, note)


def _under_note(scene: Scene, rect: Rect, note: str) -> Rect:
    """What is left of ``rect`` under a line of small print."""
    if not note:
        return rect
    page = scene.page
    page.words(rect.left, rect.top + 10, page.fitted(note, SMALL, rect.width), SMALL, page.theme.quiet)
    return Rect(rect.left, rect.top + NOTE, rect.width, rect.height - NOTE)


class Curves:
    """One pair of axes with its chalk, and a head at every curve's end."""

    def __init__(self, scene: Scene, rect: Rect, plot: Plot, scale: Scale, named: bool, foot: bool) -> None:
        self.scene = scene
        axes = scene.page.axes(rect)
        axes.tick_params(labelsize=TICK_SIZE)
        unit = _scaled(axes, scale, rect.height, named)
        _stepped(scene, axes, rect.width, foot)
        _title(scene.page, rect, f"{plot.title}   {unit}" if unit and named else plot.title)
        edge = Bbox.from_extents(*axes.bbox.extents)
        self.clip = edge.padded(1.5 * scene.page.scale)
        self.foot, self.top = float(self.clip.y0), float(self.clip.y1)
        self.places = {curve.racer: _path(axes, curve, scale) for curve in plot.curves}
        runs = [(curve.racer, run) for curve in plot.curves for run in _unbroken(self.places[curve.racer])]
        lines = scene.lines([run for _, run in runs], who=[racer for racer, _ in runs])
        thin = [replace(line, width=THIN * line.width) for line in lines]
        self.strokes = scene.chalk(thin, halo=False, forgets=False)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """Everybody's head at the end of the curve, the leader's on top."""
        for racer in reversed(self.scene.result.order_at(moment.step)):
            if racer in self.places:
                yield from self._head(racer, moment)

    def _head(self, racer: int, moment: Moment) -> Iterator[Placed]:
        """A small head; an arrow at the edge for whoever has left the axes, a cross where somebody diverged."""
        places = self.places[racer]
        if not len(places):  # diverged at the very first step
            return
        x, y = places[self.scene.at(racer, moment)].tolist()
        if not isfinite(y):
            return
        colour, marker = self.scene.paints[racer]
        inside = min(max(y, self.foot), self.top)
        diverged = self.scene.result.racers[racer].trajectory.diverged_at
        if inside != y:
            marker = "^" if y > inside else "v"
        elif diverged is not None and diverged <= moment.step:
            marker = "x"
        yield self.scene.marker(marker, colour, self.scene.page.size[1] - inside, x, POINT)


def _title(page: Page, rect: Rect, text: str) -> None:
    """A line above the axes, set smaller where it is long, and cut where it is longer still."""
    sizes = [size for size in (LABEL, SMALL) if page.width_of(text, size) <= rect.width]
    if not sizes and "$" not in text:
        text = page.fitted(text, SMALL, rect.width)
    page.words(rect.left, rect.top - 7, text, max(sizes, default=SMALL), page.theme.quiet)


def _scaled(axes: Axes, scale: Scale, height: float, named: bool) -> str:
    """Set the vertical axis and its labels; returns their unit."""
    if scale.log:
        axes.set_yscale("log")
        axes.minorticks_off()
    axes.set_ylim(scale.low, scale.high)
    ticks = _ticks(scale, min(height / TICK, MOST_TICKS))
    axes.yaxis.set_major_locator(FixedLocator(ticks.places))
    axes.yaxis.set_major_formatter(FixedFormatter(ticks.labels))
    axes.tick_params(labelleft=named)
    return ticks.unit


def _ticks(scale: Scale, most: float) -> Ticks:
    if not scale.log:
        return linear_ticks(scale.low, scale.high, most)
    ticks = log_ticks(scale.low, scale.high, most)
    if not scale.floor:
        return ticks
    decades = log10(scale.high) - log10(scale.low)
    clear = log10(scale.low) + 0.7 * decades / most  # labels nearer to the floor's would touch it
    above = [(place, label) for place, label in zip(ticks.places, ticks.labels, strict=True) if log10(place) > clear]
    return Ticks(
        [scale.low, *(place for place, _ in above)],
        [f"≤ {power_of_ten(round(log10(scale.floor)))}", *(label for _, label in above)],
    )


def _stepped(scene: Scene, axes: Axes, width: float, foot: bool) -> None:
    """Set the horizontal axis: steps, labelled where nothing stands below."""
    steps = scene.result.steps
    axes.set_xlim(0, steps)
    ticks = step_ticks(steps, max(2, int(width / TICK_OF_STEPS)))
    axes.xaxis.set_major_locator(FixedLocator(ticks.places))
    axes.xaxis.set_major_formatter(FixedFormatter(ticks.labels))
    axes.tick_params(labelbottom=foot)
    if foot:
        _keep_inside(axes)
        axes.set_xlabel("step", labelpad=0, color=scene.page.theme.quiet, fontproperties=font(TICK_SIZE))


def _keep_inside(axes: Axes) -> None:
    """Let the outermost labels of the steps end with the axes, so that they touch none of a neighbour's."""
    low, high = axes.get_xlim()
    for place, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True):
        if place in (low, high):
            label.set_horizontalalignment("left" if place == low else "right")


def _path(axes: Axes, curve: Curve, scale: Scale) -> Floats:
    """Places (steps + 1, 2) in pixels, one for each step; where the number is none, NaN."""
    values = np.concatenate([curve.values[: curve.first], curve.values])
    if scale.log:
        values = np.where(np.isfinite(values), np.maximum(values, scale.low), values)
    steps = np.maximum(np.arange(len(values)), curve.first)
    with np.errstate(over="ignore", invalid="ignore"):
        places = np.asarray(axes.transData.transform(np.column_stack([steps, values])), dtype=np.float64)
    places[~np.isfinite(values), 1] = np.nan
    return places


def _unbroken(places: Floats) -> Iterator[Floats]:
    """The runs of a path between its gaps, each as long as the whole: it stands still before and after its run."""
    known = np.isfinite(places[:, 1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    for first, stop in edges.reshape(-1, 2):
        yield places[np.clip(np.arange(len(places)), first, stop - 1)]


# --- scales ---------------------------------------------------------------------------------------


def scale_of(curves: Iterable[Curve], result: Result, log: bool | None) -> Scale:
    """Ends that hold every racer; of those who diverged or went as far, what the others leave room for."""
    numbers = [curve.values[np.isfinite(curve.values)] for curve in _tame(list(curves), result)]
    numbers = [values for values in numbers if len(values)] or [np.zeros(1)]
    values = np.concatenate(numbers)
    begin = float(max(number[0] for number in numbers))
    if (_asks_for_log(values) if log is None else log) and (values > TINY).any():
        return _logarithmic(values, begin)
    return _linear(float(values.min()), float(values.max()))


def _tame(curves: list[Curve], result: Result) -> list[Curve]:
    """The curves of those who stay; if nobody does, everybody's first numbers."""
    stay = [curve for curve in curves if result.racers[curve.racer].outcome != "diverged" and len(curve.values)]
    begin = max((abs(float(curve.values[0])) for curve in stay), default=0.0)
    near = [curve for curve in stay if begin == 0 or not (np.abs(curve.values) / GONE > begin).any()]
    return near or stay or [Curve(curve.racer, curve.values[:1], curve.first) for curve in curves]


def _asks_for_log(values: Floats) -> bool:
    positive = values[values > 0]
    return bool(values.min() >= 0 and len(positive) and log10(positive.max()) - log10(positive.min()) > DECADES)


def _logarithmic(values: Floats, begin: float) -> Scale:
    """From the lowest number, or from a floor at a whole power of ten where some are 0, negative or mere rounding."""
    top = float(values.max())
    reference = begin if begin > TINY else top
    lowest, bound = float(values[values > TINY].min()), max(min(FLOOR * reference, top), TINY)
    if lowest >= bound and values.min() >= lowest:
        return Scale(lowest / 1.6, max(top, 3 * lowest) * 1.6, log=True)
    low = 10.0 ** (ceil(log10(bound) - 1e-9) if lowest < bound else ceil(log10(lowest) - 1e-9) - 1)
    return Scale(low, max(top * 1.6, low * 10), log=True, floor=low)


def _linear(low: float, high: float) -> Scale:
    span, size = high - low, max(abs(low), abs(high))
    if not span > max(1e-12 * size, TINY):
        span = size if size > TINY else 1.0
    return Scale(low - 0.06 * span, high + 0.06 * span, log=False)
