"""Draws sweeps: of one hyperparameter a curve and a bar for each racer, of two a map, of a dive a zoom."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.ticker import FixedFormatter, FixedLocator
from numpy.typing import NDArray

from optviz.engine.judge import OUTCOMES
from optviz.engine.sweep import Dive, Sweep, SweepAxis, SweepStudy, default_of, value_of
from optviz.formula.typography import number
from optviz.frames import Box
from optviz.picture.fair.basins import pixel_box, tile_rects
from optviz.picture.fair.chart import TICK_PT, TICK_X_PX, Axis, Chart, axis_of
from optviz.picture.fair.sheet import Marks, Sheet, SheetFilm, is_narrow, sheet_film
from optviz.picture.fair.table import draw_table, table_height
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import LABEL_PT, NAME_PT, SMALL_PT
from optviz.picture.machine.fonts import font
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.prefetch import FullImage
from optviz.picture.machine.sprites import draw_sprite
from optviz.picture.machine.style import own_style
from optviz.scenario import Scenario
from optviz.words import Words

Floats = NDArray[np.float64]

GUTTER_PX, TABLE_PX = 40.0, 416.0  # between the axes and the table; the table's width
BAR_PX, BARS_GAP_PX = 22.0, 44.0  # height of a racer's bar with its gap; between axes and bars
TITLE_PX, FOOT_PX = 20.0, 30.0  # over axes and below them
LINE_SHARE = 0.85  # of a trail's width
AXIS_PX, MAP_TITLE_PX, KEY_PX = 34.0, 26.0, 30.0  # below a map for its labels; over it; the line of the key
LEFT_OF_MAP_PX = 34.0  # to the left of a map, for its labels
KEY_WIDTH_PX, KEY_HEIGHT_PX, KEY_TONES = 150.0, 10.0, 50
KEY_LINE_PX = 18.0  # to the next line of the key, where one is too short
FALLING, GONE = "viridis_r", (0.25, 0.95)  # colours of f; how dark cells are that diverge, from late to at once
MARK_PX = 5.0


# --- one axis -------------------------------------------------------------------------------------


@own_style()
def curve_film(study: SweepStudy, scenario: Scenario) -> SheetFilm:
    """Return the curves of one axis, with the ranges that work as bars; as a film the curves fall step by step."""
    racers, (axis,) = len(study.sweeps), study.axes
    sheet = Sheet(
        *(scenario, study.title, study.problem, study.small_print),
        counts=bool(study.shown),
        places=lambda inner: _curve_places(inner, racers)[:1],
    )
    upper, lower, table = _curve_places(sheet.inner, racers)
    curves = _Curves(sheet, study, upper, axis)
    marks = _bars(sheet, study, lower, axis)
    badges = _table(sheet, study, table)
    sheet.layers += [curves, Marks([*marks, *badges])]
    return sheet_film(sheet, scenario, study.title, study.shown or [study.steps])


def _curve_places(inner: Rect, racers: int) -> tuple[Rect, Rect, Rect]:
    """Return the places of the curves, of the bars below them, and of the table: to their right, or above."""
    bars = BAR_PX * racers
    if is_narrow(inner):
        table = Rect(inner.left, inner.top, inner.width, min(table_height(racers), inner.height / 3))
        width, top = inner.width, table.bottom + 2 * TITLE_PX
    else:
        table = Rect(inner.right - TABLE_PX, inner.top, TABLE_PX, table_height(racers))
        width, top = inner.width - GUTTER_PX - TABLE_PX, inner.top + TITLE_PX
    upper = Rect(inner.left, top, width, inner.bottom - top - bars - BARS_GAP_PX - TITLE_PX)
    return upper, Rect(inner.left, upper.bottom + BARS_GAP_PX + TITLE_PX, width, bars), table


def _above(study: SweepStudy, values: Floats) -> Floats:
    """Return f above the least that is possible, where that is known."""
    return values - (study.problem.f_min or 0.0) if study.problem.f_min is not None else values


def _f(study: SweepStudy) -> str:
    return "f − min f" if study.problem.f_min is not None else "f"


def _measure(study: SweepStudy, say: Words) -> str:
    """Return what is shown of each cell."""
    if study.measure == "final":
        return _f(study)
    return say("steps to arrive" if study.measure == "steps" else "share of the starts that arrives")


def _values(study: SweepStudy, one: Sweep) -> Floats:
    """Return what is shown of each cell: f, steps, or the share that arrives."""
    return {"final": _above(study, one.final), "steps": one.arrival, "outcome": one.arrived}[study.measure]


class _Curves(Layer):
    """f after the step for every value, a line a racer, in one sprite that is drawn for each frame."""

    def __init__(self, sheet: Sheet, study: SweepStudy, rect: Rect, axis: SweepAxis) -> None:
        self.sheet, self.study = sheet, study
        courses = [one.course for one in study.sweeps if one.course is not None]
        values = [_values(study, one) for one in study.sweeps]
        values += [_above(study, course[0].astype(float)) for course in courses]
        y = axis_of(np.concatenate(values))
        say = sheet.page.say
        top = say("top: {what}", what=say("diverged" if study.measure == "final" else "never"))
        over = f"   ({top})" if np.isinf(np.concatenate(values)).any() else ""
        title = _measure(study, say)
        if study.measure == "final" and not study.shown:
            title = say("{measure} after {count} steps", measure=title, count=study.steps)
        self.chart = Chart(
            sheet.page, rect, Axis(axis.range.low, axis.range.high, axis.range.scale), y, title + over, axis.name
        )
        self.values = axis.values
        self.box = pixel_box(sheet, Rect(rect.left - 4, rect.top - 4, rect.width + 8, rect.height + 8))

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the lines after a step, the heads on the best values."""
        height, width = self.box.bottom - self.box.top, self.box.right - self.box.left
        lowest = self.sheet.page.size[1] - self.box.bottom
        values = [self._values(one, moment) for one in self.study.sweeps]
        paths = [self.chart.pixels(self.values, own) for own in values]
        theme = self.sheet.page.theme

        def draw(pen: Pen) -> None:
            for racer, path in zip(self.study.indices, paths, strict=True):
                shifted = path - [self.box.left, lowest]
                pen.line(shifted, theme.page, LINE_SHARE * theme.line + 1.6)
                pen.line(shifted, self.sheet.paint(racer)[0], LINE_SHARE * theme.line)

        sprite = draw_sprite(height, width, self.sheet.page.dpi, (height - 1, 0), draw)
        yield sprite.at(self.box.bottom - 1, self.box.left)
        for racer, path, own in zip(self.study.indices, paths, values, strict=True):
            best = np.flatnonzero(own == (own.max() if self.study.measure == "outcome" else own.min()))
            x, y = path[best[len(best) // 2]].tolist()
            yield self.sheet.mark(racer, (x, y))

    def _values(self, one: Sweep, moment: FrameState) -> Floats:
        """Return what is shown of each value of the axis after a step."""
        if one.course is not None and moment.step < self.study.steps:
            index = int(np.searchsorted(self.study.shown, moment.step, side="right")) - 1
            return _above(self.study, one.course[index].astype(float))
        return _values(self.study, one)


def _bars(sheet: Sheet, study: SweepStudy, rect: Rect, axis: SweepAxis) -> list[PlacedSprite]:
    """Draw where each racer works as a bar, its default as a hollow mark, the value that it has as its head."""
    page = sheet.page
    axes = page.axes(rect)
    own = Axis(axis.range.low, axis.range.high, axis.range.scale)
    axes.set(xlim=(0, 1), ylim=(len(study.sweeps), 0), yticks=[])
    ticks = own.ticks(rect.width / TICK_X_PX)
    axes.xaxis.set_major_locator(FixedLocator(own.places(np.array(ticks.places)).tolist()))
    axes.xaxis.set_major_formatter(FixedFormatter([]))
    say = page.say
    words = f"{say('where it works')}   ○ {say('its default')}   "
    words += f"● {say('the value it has here')}" if _has_given(study) else ""
    page.words(rect.left, rect.top - 8, page.fitted(words, LABEL_PT, rect.width), LABEL_PT, page.theme.quiet)
    places, marks = own.places(axis.values), []
    half = 0.5 / max(1, axis.count - 1)
    for row, index in enumerate(_widest_first(study)):
        racer, one = study.indices[index], study.sweeps[index]
        colour = sheet.paint(racer)[0]
        axes.plot([0, 1], [row + 0.5] * 2, color=page.theme.faint, linewidth=0.8, zorder=0)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], one.works, [False]]).astype(int))).reshape(-1, 2)
        for first, stop in edges:
            left, right = max(0.0, places[first] - half), min(1.0, places[stop - 1] + half)
            axes.fill_between([left, right], row + 0.28, row + 0.72, color=colour, alpha=0.75, linewidth=0)
        default, given = default_of(one.rule, axis.name), value_of(one.rule, axis.name)
        for value, is_given in ((default, False), (given, True)):
            if value is None or not axis.range.low <= value <= axis.range.high or (is_given and value == default):
                continue
            share = float(own.places(np.array([value]))[0])
            if is_given:
                x, y = axes.transData.transform((share, row + 0.5))
                marks.append(sheet.mark(racer, (float(x), float(y)), MARK_PX))
            else:
                axes.plot(share, row + 0.5, "o", markersize=6.5, markerfacecolor=page.theme.page,
                          markeredgecolor=page.theme.ink, zorder=4, clip_on=False)  # fmt: skip
    return marks


def _widest_first(study: SweepStudy) -> list[int]:
    """Return the order of the table's rows and of the bars."""
    return sorted(range(len(study.sweeps)), key=lambda row: -study.sweeps[row].share)


def _has_given(study: SweepStudy) -> bool:
    name = study.axes[0].name
    return any(value_of(one.rule, name) not in (None, default_of(one.rule, name)) for one in study.sweeps)


def _table(sheet: Sheet, study: SweepStudy, rect: Rect) -> list[PlacedSprite]:
    """Write over how much each racer works, its best value and what that gives; the widest first."""
    (axis,), say = study.axes, sheet.page.say
    rows = []
    for one in study.sweeps:
        decades = study.decades(one)
        reach = f"{100 * one.share:.0f} %" if decades is None else say("{count} decades", count=f"{decades:.1f}")
        best = float(_above(study, one.final)[one.best])
        value = number(study.value_at(one.best)[axis.name], 4)
        rows.append((one.label, reach, value, number(best) if np.isfinite(best) else say("diverged")))
    order = _widest_first(study)
    heads = ("", say("works over"), say("best {name}", name=axis.name), _f(study))
    return draw_table(sheet, rect, heads, [rows[row] for row in order], [study.indices[row] for row in order])


# --- two axes -------------------------------------------------------------------------------------


@own_style()
def map_film(study: SweepStudy, scenario: Scenario) -> SheetFilm:
    """Return a map for each racer; as a film the maps show f after every step."""
    racers = len(study.sweeps)
    sheet = Sheet(
        *(scenario, study.title, study.problem, study.small_print),
        counts=bool(study.shown),
        places=lambda inner: _tiles(inner, racers),
    )
    tiles = _tiles(sheet.inner, racers)
    courses = [one.course for one in study.sweeps if one.course is not None]
    values = [_values(study, one).ravel() for one in study.sweeps]
    values += [_above(study, course[0].astype(float)) for course in courses]
    shade = Shade(axis_of(np.concatenate(values)), study.steps)
    by_outcome = outcome_colours() if study.measure == "outcome" else None
    is_given = False
    for tile, one, racer in zip(tiles, study.sweeps, study.indices, strict=True):
        _label_map(sheet, study, one, tile)
        spots = _spots(sheet, study, one, tile, racer)
        is_given |= bool(spots)
        sheet.layers += [SweepMap(study, one, pixel_box(sheet, tile), shade, by_outcome), Marks(spots)]
    said = scenario.say("head: the values that the scenario gives") if is_given else ""
    if by_outcome is None:
        _key(sheet, study, shade, said)
    else:
        _key_of_outcomes(sheet, by_outcome, said)
    return sheet_film(sheet, scenario, study.title, study.shown or [study.steps])


def _tiles(inner: Rect, count: int) -> list[Rect]:
    room = Rect(inner.left, inner.top, inner.width, inner.height - _key_px(inner))
    tiles = tile_rects(room, count, 1.0, MAP_TITLE_PX, AXIS_PX)
    return [Rect(tile.left + LEFT_OF_MAP_PX, tile.top, tile.width - LEFT_OF_MAP_PX, tile.height) for tile in tiles]


class Shade:
    """Gives cells their colours: f on a scale, those that diverge grey, the darker the sooner."""

    def __init__(self, axis: Axis, steps: int) -> None:
        self.axis, self.steps = axis, steps
        self.table = np.rint(255 * colormaps[FALLING](np.linspace(0, 1, 256))[:, :3]).astype(np.uint8)

    def colours(self, values: Floats, survived: Floats, *, spread: bool = False) -> NDArray[np.uint8]:
        """Return (..., 3) for values, infinite where a cell diverged after it survived some steps.

        spread: let the greys go from the first to the last of these cells, not from the first step to the last.
        """
        known = np.where(np.isfinite(values), values, self.axis.high)
        rgb = self.table[np.rint(255 * self.axis.places(known)).astype(int)]
        late = np.log1p(survived) / np.log1p(self.steps)
        if spread and not np.isfinite(values).all():
            gone = late[~np.isfinite(values)]
            late = np.clip((late - gone.min()) / max(1e-9, gone.max() - gone.min()), 0, 1)
        grey = np.rint(255 * (1 - (GONE[1] + late * (GONE[0] - GONE[1])))).astype(np.uint8)
        is_known = np.isfinite(values)[..., np.newaxis]
        return np.asarray(np.where(is_known, rgb, grey[..., np.newaxis]), dtype=np.uint8)


class SweepMap(Layer):
    """One racer's map: the first axis to the right, the second up."""

    def __init__(
        self, study: SweepStudy, one: Sweep, box: Box, shade: Shade, by_outcome: NDArray[np.uint8] | None = None
    ) -> None:
        self.study, self.one, self.box, self.shade, self.by_outcome = study, one, box, shade, by_outcome

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the map as it is after a step."""
        yield PlacedSprite(image_of(self.colours(moment.step), self.box), self.box)

    def colours(self, step: int) -> NDArray[np.uint8]:
        """Return (first axis, second axis, 3) the colours of the cells after a step."""
        one = self.one
        if self.by_outcome is not None:
            return np.asarray(self.by_outcome[one.outcome])
        values = _values(self.study, one)
        if one.course is not None and step < self.study.steps:
            index = int(np.searchsorted(self.study.shown, step, side="right")) - 1
            values = _above(self.study, one.course[index].astype(float).reshape(one.final.shape))
        return self.shade.colours(values, one.survived)


def outcome_colours() -> NDArray[np.uint8]:
    """Return (outcomes, 3) a colour for each outcome: the brighter the better, grey for those that diverge."""
    bright = colormaps[FALLING](np.array([0.0, 0.45, 0.75]))[:, :3]  # arrived, stopped, moving
    return np.asarray(np.rint(255 * np.vstack([bright, np.full((1, 3), 1 - GONE[0])])), dtype=np.uint8)


def image_of(colours: NDArray[np.uint8], box: Box) -> FullImage:
    """Return cells (first axis, second axis, 3) as the pixels of a box."""
    height, width = box.bottom - box.top, box.right - box.left
    columns = np.minimum(np.arange(width) * len(colours) // width, len(colours) - 1)
    rows = np.minimum(np.arange(height) * colours.shape[1] // height, colours.shape[1] - 1)[::-1]
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., :3] = colours[columns[np.newaxis, :], rows[:, np.newaxis]]
    return FullImage(pixels)


def _label_map(sheet: Sheet, study: SweepStudy, one: Sweep, tile: Rect) -> None:
    """Write a racer's name over its map, the axes' names and labels beside it, and where it works."""
    page, theme = sheet.page, sheet.page.theme
    axes = page.axes(tile)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.tick_params(labelsize=TICK_PT)
    across, up = (Axis(axis.range.low, axis.range.high, axis.range.scale) for axis in study.axes)
    for which, own, ticks in (
        (axes.xaxis, across, across.ticks(tile.width / TICK_X_PX)),
        (axes.yaxis, up, up.ticks(tile.height / TICK_X_PX)),
    ):
        which.set_major_locator(FixedLocator(own.places(np.array(ticks.places)).tolist()))
        which.set_major_formatter(FixedFormatter(ticks.labels))
    letters = font(LABEL_PT, family=page.look.family)
    axes.set_xlabel(study.axes[0].name, labelpad=1, color=theme.quiet, fontproperties=letters)
    axes.set_ylabel(study.axes[1].name, labelpad=1, color=theme.quiet, fontproperties=letters)
    told, shape = page.say("works on {share} %", share=f"{100 * one.share:.0f}"), one.boundary
    if shape.dimension is not None:
        dimension, error = number(shape.dimension), number(shape.dimension_error or 0, 1)
        told += f"  ·  {page.say('boundary {number} ± {error}', number=dimension, error=error)}"
    sheet.name_map(one.label, tile, tile.width - page.width_of(told, SMALL_PT) - 8)
    page.words(tile.right, tile.top - 8, told, SMALL_PT, theme.quiet, ha="right")


def _spots(sheet: Sheet, study: SweepStudy, one: Sweep, tile: Rect, racer: int) -> list[PlacedSprite]:
    """Return the racer's head at the values that the scenario gives it, where they are on the map."""
    shares = []
    for axis in study.axes:
        value = value_of(one.rule, axis.name)
        if value is None or not axis.range.low <= value <= axis.range.high:
            return []
        shares.append(axis.range.share_of(value))
    box = pixel_box(sheet, tile)
    x = box.left + shares[0] * (box.right - box.left)
    y = sheet.page.size[1] - box.bottom + shares[1] * (box.bottom - box.top)
    return [sheet.mark(racer, (x, y))]


def _key_px(inner: Rect) -> float:
    """Return the height of the key, which takes three lines where there is little width."""
    return KEY_PX + (2 * KEY_LINE_PX if is_narrow(inner) else 0.0)


def _key(sheet: Sheet, study: SweepStudy, shade: Shade, words: str = "") -> None:
    """Draw what the colours mean: f from low to high, and divergence from late to at once."""
    page, theme, inner = sheet.page, sheet.page.theme, sheet.inner
    top, left = inner.bottom - _key_px(inner) + 12, inner.left
    low, high = shade.axis.low, shade.axis.high
    values = (
        np.exp(np.linspace(np.log(low), np.log(high), KEY_TONES))
        if shade.axis.scale == "log"
        else np.linspace(low, high, KEY_TONES)
    )
    floor = "≤ " if shade.axis.has_floor else ""
    late_to_soon = np.linspace(study.steps, 0, KEY_TONES)
    strips = [
        (f"{_measure(study, page.say)}  {floor}{number(low, 2)}", shade.colours(values, values * 0), number(high, 2)),
        (
            page.say("diverged, late" if study.measure == "final" else "never arrives; diverges, late or not"),
            shade.colours(np.full(KEY_TONES, np.inf), late_to_soon),
            page.say("at once"),
        ),
    ]
    for before, colours, after in strips:
        width = page.width_of(before, SMALL_PT) + KEY_WIDTH_PX + page.width_of(after, SMALL_PT) + 16
        if left > inner.left and left + width > inner.right:
            left, top = inner.left, top + KEY_LINE_PX
        page.words(left, top + 9, before, SMALL_PT, theme.quiet)
        left += page.width_of(before, SMALL_PT) + 8
        width = KEY_WIDTH_PX / len(colours)
        for index, colour in enumerate(colours):
            sheet.fill(Rect(left + index * width, top, width, KEY_HEIGHT_PX), to_hex(colour / 255))
        left += KEY_WIDTH_PX + 8
        page.words(left, top + 9, after, SMALL_PT, theme.quiet)
        left += page.width_of(after, SMALL_PT) + 28
    if left + page.width_of(words, SMALL_PT) > inner.right:
        left, top = inner.left, top + KEY_LINE_PX
    page.words(left, top + 9, words, SMALL_PT, theme.quiet)


def _key_of_outcomes(sheet: Sheet, colours: NDArray[np.uint8], words: str) -> None:
    """Draw what the colours mean: a square for each outcome."""
    page, inner = sheet.page, sheet.inner
    top, left = inner.bottom - _key_px(inner) + 12, inner.left
    for colour, outcome in zip(colours, OUTCOMES, strict=True):
        sheet.fill(Rect(left, top, KEY_HEIGHT_PX, KEY_HEIGHT_PX), to_hex(colour / 255))
        said = page.say(outcome)
        page.words(left + KEY_HEIGHT_PX + 6, top + 9, said, SMALL_PT, page.theme.quiet)
        left += KEY_HEIGHT_PX + 6 + page.width_of(said, SMALL_PT) + 22
    page.words(left, top + 9, words, SMALL_PT, page.theme.quiet)


# --- the zoom -------------------------------------------------------------------------------------


@own_style()
def dive_film(study: SweepStudy, found: Dive, scenario: Scenario) -> SheetFilm:
    """Return the film that dives into the boundary between learning and divergence."""
    sheet = Sheet(
        *(scenario, study.title, study.problem, study.small_print), counts=False, places=lambda inner: [_square(inner)]
    )
    tile = _square(sheet.inner)
    values = np.concatenate([_above(study, one.final).ravel() for one in found.sweeps])
    shade = Shade(axis_of(values), study.steps)
    sheet.layers += [_Zoom(sheet, study, found, tile, shade)]
    _key(sheet, study, shade)
    return sheet_film(sheet, scenario, study.title, range(len(found.sweeps)))


def _square(inner: Rect) -> Rect:
    """Return the place of a dive's pictures."""
    side = min(inner.height - _key_px(inner), inner.width)
    return Rect(inner.left, inner.top, side, side)


class _Zoom(Layer):
    """One picture after the other, and how far the film has dived."""

    def __init__(self, sheet: Sheet, study: SweepStudy, found: Dive, tile: Rect, shade: Shade) -> None:
        self.sheet, self.study, self.found, self.tile, self.shade = sheet, study, found, tile, shade
        page, theme = sheet.page, sheet.page.theme
        self.box = pixel_box(sheet, tile)
        self.left = tile.right + GUTTER_PX
        self.letters = page.lettering(NAME_PT, theme.ink)
        first, second = study.axes
        words = [
            (page.say("{first} to the right, {second} up", first=first.name, second=second.name), theme.ink),
            (page.say("around"), theme.quiet),
            (f"{first.name} = {found.centre[0]:.15g}", theme.ink),
            (f"{second.name} = {found.centre[1]:.15g}", theme.ink),
            (page.say("magnified"), theme.quiet),
        ]
        for line, (text, colour) in enumerate(words):
            page.words(self.left, tile.top + 24 + 24 * line, text, LABEL_PT, colour)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the picture of a frame, the magnification, and the dimension of the boundary that it shows."""
        index = min(moment.step, len(self.found.sweeps) - 1)
        one = self.found.sweeps[index]
        yield PlacedSprite(
            image_of(self.shade.colours(_above(self.study, one.final), one.survived, spread=True), self.box), self.box
        )
        whole, own = (self.found.axes[at][0].range for at in (0, index))
        page, shape, say = self.sheet.page, one.boundary, self.sheet.page.say
        told = [say("{count} times", count=number(1 / (whole.share_of(own.high) - whole.share_of(own.low)), 3))]
        if shape.dimension is not None:
            dimension, error = f"{shape.dimension:.2f}", f"{shape.dimension_error or 0:.2f}"
            told.append(say("boundary of dimension {number} ± {error}", number=dimension, error=error))
        share = float((one.outcome == OUTCOMES.index("diverged")).mean())
        told.append(say("{share} % diverge", share=f"{100 * share:.0f}"))
        for line, text in enumerate(told):
            yield self.letters.word(text).at(*page.pixel(self.left, self.tile.top + 24 + 24 * (5 + line)))
