"""Draws the axes of all time-series panels: a curve for each racer against the step, a title, a scale.

A panel that shows one more quantity says which numbers, what they are called and which scale they may have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf, isfinite, log10

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator
from matplotlib.transforms import Bbox

from optviz.engine.result import Result
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.grid import Need, Slot
from optviz.picture.layout.page import Page, Rect
from optviz.picture.layout.theme import LABEL_PT, SMALL_PT
from optviz.picture.layout.ticks import Ticks, linear_ticks, log_ticks, power_of_ten
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.scales import ScaledAxes
from optviz.picture.machine.sprites import mixed
from optviz.picture.machine.strokes import Polyline
from optviz.picture.scene import Floats, Scene, nearest_inside, upright

TITLE_PX, NOTE_PX = 22.0, 15.0  # height of a title line and of a note below it
LEAST_PX, GOOD_PX = 58.0, 120.0  # height of the axes
LEAST_OF_MANY_PX, GOOD_OF_MANY_PX = 26.0, 56.0  # the same, where a panel has several below one another
GAP_PX = 16.0  # between axes side by side
WIDTH_PX, WIDTH_OF_TWO_PX = 240.0, 330.0  # a good width of a panel
TICK_PX, STEP_TICK_PX = 21.0, 56.0  # room for each tick label, vertical and horizontal
MOST_TICKS = 8.0  # on the vertical axis, however high
TICK_PT = SMALL_PT + 0.5
WIDTH_SHARE = 0.75  # of a trail's width, for a curve
RADIUS_PX = 3.4  # of the mark at a curve's end
DASHED_PX, DASHED_PT = 7.0, 1.0  # of a second curve of a racer: a dash with its gap, and its width
FAINT, FAINT_PT = 0.45, 0.8  # a swarm's quartiles: how much of the page's colour they take, and their width

FLOOR_SHARE = 1e-12  # of where the curves begin; on a logarithmic axis what is below is rounding, not progress
LEAST_VALUE = 1e-300  # nothing smaller is drawn on a logarithmic axis
OUTLIER_FACTOR = 1e6  # times where the curves begin; the scale leaves out a racer beyond it, as if it had diverged
LOG_DECADES = 2.0  # that positive numbers must span to ask for a logarithmic axis by themselves


@dataclass(frozen=True)
class Curve:
    """One racer's numbers (n,), the first of them at step ``first``: 0 if the start has one, 1 if a step brings it."""

    racer: int
    values: Floats
    first: int = 0
    is_quartile: bool = False  # of a swarm: drawn faint, without a mark at its end
    is_dashed: bool = False  # beside the racer's own: drawn thin and dashed, without a mark at its end


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
    """Return the room for ``rows`` of axes below one another with ``columns`` side by side."""
    words = TITLE_PX * rows + NOTE_PX * note
    least, good = (LEAST_PX, GOOD_PX) if rows == 1 else (LEAST_OF_MANY_PX, GOOD_OF_MANY_PX)
    return Need(
        words + rows * least, words + rows * good, inf, WIDTH_PX if columns == 1 else WIDTH_OF_TWO_PX, ticks=True
    )


def with_quartiles(racer: int, values: Floats, quartiles: Floats | None) -> list[Curve]:
    """Return a racer's curve; of a swarm the medians, between the quartiles (3, steps + 1), which hold them too."""
    if quartiles is None:
        return [Curve(racer, values)]
    lower, _, upper = quartiles
    return [Curve(racer, lower, is_quartile=True), Curve(racer, upper, is_quartile=True), Curve(racer, values)]


def draw(scene: Scene, slot: Slot, rows: Sequence[Sequence[Plot]], log: bool | None, note: str = "") -> list[CurveAxes]:
    """Draw rows of plots that share the steps; the plots of a row share their scale.

    log: True where a logarithmic axis makes sense, False for a linear one, None to let the numbers decide. note: small
    print above.
    """
    page, rect = scene.page, slot.rect
    if note:
        page.words(rect.left, rect.top + 10, page.fitted(note, SMALL_PT, rect.width), SMALL_PT, page.theme.quiet)
        rect = Rect(rect.left, rect.top + NOTE_PX, rect.width, rect.height - NOTE_PX)
    height = rect.height / len(rows)
    layers: list[CurveAxes] = []
    for number, plots in enumerate(rows):
        row = Rect(rect.left, rect.top + number * height + TITLE_PX, rect.width, height - TITLE_PX)
        scale = scale_of([curve for plot in plots for curve in plot.curves], scene.result, log)
        foot = slot.foot and number == len(rows) - 1
        width = (row.width - GAP_PX * (len(plots) - 1)) / len(plots)
        for column, plot in enumerate(plots):
            place = Rect(row.left + column * (width + GAP_PX), row.top, width, row.height)
            layers.append(CurveAxes(scene, place, plot, scale, named=column == 0, foot=foot))
    return layers


class CurveAxes(Layer):
    """One pair of axes with its curves, and a mark at every curve's end."""

    def __init__(self, scene: Scene, rect: Rect, plot: Plot, scale: Scale, named: bool, foot: bool) -> None:
        self.scene = scene
        self.axes = axes = scene.page.axes(rect)
        axes.tick_params(labelsize=TICK_PT)
        unit = _scaled(axes, scale, rect.height, named)
        _stepped(scene, axes, rect.width, foot)
        _title(scene.page, rect, f"{plot.title}   {unit}" if unit and named else plot.title)
        self.clip: Bbox = Bbox.from_extents(*axes.bbox.extents).padded(1.5 * scene.page.scale)
        self.upright = upright(self.clip.y0, self.clip.y1)
        self.places = {curve.racer: _path(axes, curve, scale) for curve in plot.curves if _is_own(curve)}
        runs = [(racer, run) for racer, path in self.places.items() for run in _unbroken(path)]
        lines = scene.enveloped([run for _, run in runs], who=[racer for racer, _ in runs])
        thin = [replace(line, width=min(line.width, WIDTH_SHARE * scene.page.theme.line)) for line in lines]
        quartiles = [
            Polyline(run, mixed(scene.paints[curve.racer][0], scene.page.theme.page, FAINT), FAINT_PT)
            for curve in plot.curves
            if curve.is_quartile
            for run in _unbroken(_path(axes, curve, scale))
        ]
        period = DASHED_PX * scene.page.scale
        dashed = [
            Polyline(run, scene.paints[curve.racer][0], DASHED_PT, dash=(0.0, 0.6 * period, period))
            for curve in plot.curves
            if curve.is_dashed
            for run in _unbroken(_path(axes, curve, scale))
        ]
        thin = [*quartiles, *dashed, *thin]
        self.strokes = scene.strokes(thin, halo=False, fades=False)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield a mark at the end of every curve that has a number there, the leader's on top."""
        for racer in self.scene.stacked(moment.step):
            places = self.places.get(racer)
            if places is not None and len(places):  # else it has no curve, or diverged at the very first step
                x, y = self.scene.place(places, racer, moment).tolist()
                if isfinite(y):
                    shown = nearest_inside((x, y), self.upright)
                    yield self.scene.racer_mark(racer, moment.step, (x, y), shown, RADIUS_PX)


def _is_own(curve: Curve) -> bool:
    """Return whether a curve is the racer's own, at whose end its mark stands."""
    return not curve.is_quartile and not curve.is_dashed


def _title(page: Page, rect: Rect, text: str) -> None:
    """Write a line above the axes, smaller where it is long, and cut where it is longer still."""
    sizes = [size for size in (LABEL_PT, SMALL_PT) if page.width_of(text, size) <= rect.width]
    if not sizes and "$" not in text:
        text = page.fitted(text, SMALL_PT, rect.width)
    page.words(rect.left, rect.top - 7, text, max(sizes, default=SMALL_PT), page.theme.quiet)


def _scaled(axes: Axes, scale: Scale, height: float, named: bool) -> str:
    """Set the vertical axis and its labels; return their unit."""
    if scale.log:
        axes.set_yscale("log")
    axes.set_ylim(scale.low, scale.high)
    ticks = _ticks(scale, min(height / TICK_PX, MOST_TICKS))
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


def _stepped(scene: Scene, axes: ScaledAxes, width: float, foot: bool) -> None:
    """Set the horizontal axis: steps, labelled where nothing stands below."""
    steps = scene.result.steps
    ticks = scene.step_axis(axes, width / STEP_TICK_PX)
    axes.xaxis.set_major_locator(FixedLocator(ticks.places))
    axes.xaxis.set_major_formatter(FixedFormatter(ticks.labels))
    axes.tick_params(labelbottom=foot)
    if foot:
        axes.xaxis.aligned = {0: "left", steps: "right"}  # so that the outermost touch none of a neighbour's labels
        words, look = scene.page.as_artist(scene.page.say("step"), TICK_PT)
        axes.set_xlabel(words, labelpad=0, color=scene.page.theme.quiet, **look)


def _path(axes: Axes, curve: Curve, scale: Scale) -> Floats:
    """Return places (steps + 1, 2) in pixels, one for each step; NaN where the number is not finite."""
    values = np.concatenate([curve.values[: curve.first], curve.values])
    if scale.log:
        values = np.where(np.isfinite(values), np.maximum(values, scale.low), values)
    steps = np.maximum(np.arange(len(values)), curve.first)
    with np.errstate(over="ignore", invalid="ignore"):
        places = np.asarray(axes.transData.transform(np.column_stack([steps, values])), dtype=np.float64)
    places[~np.isfinite(values), 1] = np.nan
    return places


def _unbroken(places: Floats) -> Iterator[Floats]:
    """Yield the runs of a path between its gaps, each as long as the whole: still before and after its run."""
    known = np.isfinite(places[:, 1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    for first, stop in edges.reshape(-1, 2):
        is_whole = stop - first == len(places)
        yield places if is_whole else places[np.clip(np.arange(len(places)), first, stop - 1)]


# --- scales ---------------------------------------------------------------------------------------


def scale_of(curves: Iterable[Curve], result: Result, log: bool | None) -> Scale:
    """Return the scale that holds all racers' numbers, those of one that diverged or went as far until it went away."""
    known = [(curve, curve.values[np.isfinite(curve.values)]) for curve in curves]
    known = [(curve, values) for curve, values in known if len(values)]
    begin = max((abs(float(values[0])) for _, values in known), default=0.0)
    wild = [result.racers[curve.racer].outcome == "diverged" or _is_far(values, begin) for curve, values in known]
    calm = [values for (_, values), goes in zip(known, wild, strict=True) if not goes]
    reach = max([begin, *(float(np.abs(values).max()) for values in calm)])
    left = [_before_leaving(values, reach) for (_, values), goes in zip(known, wild, strict=True) if goes]
    numbers = [values for values in (*calm, *left) if len(values)] or [np.zeros(1)]
    values = np.concatenate(numbers)
    begin = float(max(number[0] for number in numbers))
    if (_asks_for_log(values) if log is None else log) and (values > LEAST_VALUE).any():
        return _logarithmic(values, begin)
    return _linear(float(values.min()), float(values.max()))


def _is_far(values: Floats, begin: float) -> bool:
    return begin > 0 and bool((np.abs(values) / OUTLIER_FACTOR > begin).any())


def _before_leaving(values: Floats, reach: float) -> Floats:
    """Return the numbers up to the last one within ``reach``, where what follows only goes away; not the outliers."""
    near = np.flatnonzero(np.abs(values) <= reach)
    kept = values[: near[-1] + 1 if len(near) else 1]
    return kept[np.abs(kept) / OUTLIER_FACTOR <= reach] if reach > 0 else kept[:1]


def _asks_for_log(values: Floats) -> bool:
    positive = values[values > 0]
    return bool(values.min() >= 0 and len(positive) and log10(positive.max()) - log10(positive.min()) > LOG_DECADES)


def _logarithmic(values: Floats, begin: float) -> Scale:
    """Begin at the lowest number, or at a floor, a power of ten, where some are 0, negative or mere rounding."""
    top = float(values.max())
    reference = begin if begin > LEAST_VALUE else top
    lowest, bound = float(values[values > LEAST_VALUE].min()), max(min(FLOOR_SHARE * reference, top), LEAST_VALUE)
    if lowest >= bound and values.min() >= lowest:
        return Scale(lowest / 1.6, max(top, 3 * lowest) * 1.6, log=True)
    low = 10.0 ** (ceil(log10(bound) - 1e-9) if lowest < bound else ceil(log10(lowest) - 1e-9) - 1)
    return Scale(low, max(top * 1.6, low * 10), log=True, floor=low)


def _linear(low: float, high: float) -> Scale:
    span, size = high - low, max(abs(low), abs(high))
    if not span > max(1e-12 * size, LEAST_VALUE):
        span = size if size > LEAST_VALUE else 1.0
    return Scale(low - 0.06 * span, high + 0.06 * span, log=False)
