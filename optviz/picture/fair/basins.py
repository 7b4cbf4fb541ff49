"""Draws basins: a map for each racer on which every pixel is a start, coloured by where it ends, pale where late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil, floor, log10

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from optviz.engine.basins import (
    DIVERGED,
    FLOW_STEPS,
    MOVING,
    OTHER_MINIMUM,
    OUTSIDE,
    STOPPED,
    Basins,
    BasinStudy,
    Flow,
)
from optviz.formula.typography import minus, number, short
from optviz.frames import Box, Pixels
from optviz.picture.fair.sheet import Sheet, SheetFilm, sheet_film
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import LABEL_PT, SMALL_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.prefetch import FullImage
from optviz.picture.machine.style import own_style
from optviz.picture.timeline import frame_steps
from optviz.picture.views.contours import height_map
from optviz.scenario import Scenario
from optviz.scenario.render import Render
from optviz.words import Words

Floats = NDArray[np.float64]

GAP_PX, TITLE_PX, BAR_PX, NOTE_PX = 26.0, 26.0, 14.0, 20.0  # between maps; over one; the bar of areas; a line below
BAR_GAP_PX = 8.0  # between a map and its bar
LEGEND_PX, SWATCH_PX, ENTRY_GAP_PX = 26.0, 11.0, 20.0  # the line of the legend, a coloured square, between entries
TONES = 12  # of a colour, from early to late
PALEST = 0.62  # how much of the page's colour the latest have
LATE_SHARE = 0.98  # of all that arrive: those that come later are as pale as these
ASPECTS = (0.5, 2.0)  # of a window that is drawn to scale
NOBODY = -128  # in the place of an end's code, where no start is
CONTOUR_ALPHA, CONTOUR_PT, STAR_PT = 0.7, 0.7, 9.0


@own_style()
def basin_film(study: BasinStudy, scenario: Scenario) -> SheetFilm:
    """Return the maps; as a film they fill: a pixel takes its colour at the step at which its start arrives."""
    aspect = aspect_of(study)

    def places(inner: Rect) -> list[Rect]:
        room = replace(inner, height=inner.height - LEGEND_PX)
        return tile_rects(room, len(study.maps), aspect, TITLE_PX, BAR_GAP_PX + BAR_PX + NOTE_PX)

    sheet = Sheet(scenario, study.title, study.problem, study.small_print, counts=True, places=places)
    inner = sheet.inner
    _legend(sheet, study, Rect(inner.left, inner.bottom - LEGEND_PX, inner.width, LEGEND_PX))
    tiles = places(inner)
    colours = colours_of(study, sheet)
    ground = _ground(sheet)
    over = None
    for tile, one in zip(tiles, study.maps, strict=True):
        box = pixel_box(sheet, tile)
        over = Overlay(sheet, study, scenario.render, box) if over is None else over
        fills = BasinMap(study, one, box, colours, ground, over, _latest(study))
        sheet.layers.append(fills if one.flow is None else FlowMap(study, one, one.flow, fills, colours))
        _words(sheet, study, one, tile, colours)
    steps = frame_steps(study.steps, scenario.render.frames, scenario.render.pace).tolist()
    return sheet_film(sheet, scenario, study.title, steps)


# --- where things stand ---------------------------------------------------------------------------


def aspect_of(study: BasinStudy) -> float:
    """Return width / height of a map: to scale, or square where the window is too long for that."""
    (x0, x1), (y0, y1) = study.box
    ratio = (x1 - x0) / (y1 - y0)
    return ratio if ASPECTS[0] <= ratio <= ASPECTS[1] else 1.0


def tile_rects(room: Rect, count: int, aspect: float, above: float, below: float) -> list[Rect]:
    """Return a rectangle for each of ``count`` tiles, all of one size and as large as they can be, in rows."""

    def size(columns: int) -> float:
        rows = ceil(count / columns)
        wide = (room.width - GAP_PX * (columns - 1)) / columns
        high = (room.height - GAP_PX / 2 * (rows - 1)) / rows - above - below
        return min(wide, aspect * high)

    columns = max(range(1, count + 1), key=size)
    width = size(columns)
    height = width / aspect
    rows = ceil(count / columns)
    step = (room.width - width * columns) / max(1, columns - 1) if columns > 1 else 0.0
    step = width + min(step, 2.5 * GAP_PX)
    left = room.left
    spare = max(0.0, room.height - rows * (above + height + below) - GAP_PX / 2 * (rows - 1))
    tiles = []
    for tile in range(count):
        row, column = divmod(tile, columns)
        top = room.top + spare / 4 + row * (above + height + below + GAP_PX / 2) + above
        tiles.append(Rect(left + column * step, top, width, height))
    return tiles


def pixel_box(sheet: Sheet, tile: Rect) -> Box:
    """Return a tile as pixels of the picture."""
    top, left = sheet.page.pixel(tile.left, tile.top)
    height, width = sheet.page.pixel(tile.width, tile.height)  # the same for all tiles, wherever they stand
    return Box(top, left, top + height, left + width)


# --- colours --------------------------------------------------------------------------------------


def colours_of(study: BasinStudy, sheet: Sheet) -> dict[int, str]:
    """Return the colour of each end: minima have the racers', all others greys."""
    theme = sheet.page.theme
    own = {code: theme.racers[code % len(theme.racers)] for code in range(len(study.minima))}
    return {**own, OTHER_MINIMUM: theme.curve, STOPPED: theme.quiet, MOVING: theme.faint, DIVERGED: _nothing(sheet)}


def _nothing(sheet: Sheet) -> str:
    """Return the colour of a start that diverges: black, and on paper, where black is the ink, too."""
    theme = sheet.page.theme
    return theme.ink if not _is_dark(theme.page) else "#000000"


def _ground(sheet: Sheet) -> str:
    """Return the colour of a start that has not arrived yet."""
    land = sheet.page.theme.land
    return land[0] if len(set(land)) > 1 else sheet.page.theme.faint


def _latest(study: BasinStudy) -> int:
    """Return the step from which on arrivals are palest: the same on every map, so that these can be compared."""
    arrived = np.concatenate([one.steps[one.codes >= 0] for one in study.maps])
    return max(1, int(np.quantile(arrived, LATE_SHARE))) if len(arrived) else study.steps


def toned(colour: str, page: str, tone: float) -> Floats:
    """Return a colour (3,) from 0 to 255 that is pale by ``tone``, from 0 to 1."""
    own, ground = 255 * np.array(to_rgb(colour)), 255 * np.array(to_rgb(page))
    return np.asarray(own + PALEST * tone * (ground - own))


# --- the maps -------------------------------------------------------------------------------------


class Overlay:
    """Contour lines and minima over every map, as transparent pixels."""

    def __init__(self, sheet: Sheet, study: BasinStudy, render: Render, box: Box) -> None:
        height, width = box.bottom - box.top, box.right - box.left
        dpi, theme = sheet.page.dpi, sheet.page.theme
        figure = Figure(figsize=((width + 0.01) / dpi, (height + 0.01) / dpi), dpi=dpi)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        figure.patch.set_alpha(0)
        heights = height_map(study.problem, study.box, render.levels)
        lines = heights.levels.heights[1:-1] if heights.lines else heights.sparse
        if len(lines):
            axes.contour(
                *(heights.x, heights.y, heights.z), levels=lines, colors=theme.page, linewidths=CONTOUR_PT,
                alpha=CONTOUR_ALPHA, linestyles="solid",
            )  # fmt: skip
        for index, point in enumerate(study.minima):
            face = theme.ink if index < study.lowest else "none"
            axes.plot(*point, "*", color=face, markersize=STAR_PT, markeredgecolor=theme.page, markeredgewidth=0.9)
            if index >= study.lowest:
                axes.plot(
                    *point, "*", color="none", markersize=STAR_PT - 2, markeredgecolor=theme.ink, markeredgewidth=0.9
                )
        axes.set(xlim=study.box[0], ylim=study.box[1])
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        rgba = np.asarray(canvas.buffer_rgba()).astype(np.uint16)
        self.alpha = rgba[..., 3:]
        self.colour = rgba[..., :3] * self.alpha

    def over(self, rgb: NDArray[np.uint8]) -> Pixels:
        """Return pixels (height, width, 4) of a map with the lines over it."""
        pixels = np.full((*rgb.shape[:2], 4), 255, np.uint8)
        pixels[..., :3] = (self.colour + rgb * (255 - self.alpha) + 127) // 255
        return pixels


class BasinMap(Layer):
    """One racer's map, which fills as its starts arrive."""

    def __init__(
        self, study: BasinStudy, one: Basins, box: Box, colours: dict[int, str], ground: str, over: Overlay, latest: int
    ) -> None:
        self.box, page = box, ground
        tones = np.minimum(one.steps * TONES // max(1, latest), TONES - 1)
        table = {
            code: np.rint([toned(colour, page, tone / (TONES - 1)) for tone in range(TONES)]).astype(np.uint8)
            for code, colour in colours.items()
        }
        image = np.empty((*one.codes.shape, 3), np.uint8)
        for code in np.unique(one.codes).tolist():
            where = one.codes == code
            image[where] = table[code][tones[where]] if code >= 0 else table[code][0]
        rows, columns = _cells(box.bottom - box.top, len(image))[::-1], _cells(box.right - box.left, image.shape[1])
        shown, self.when = image[rows[:, np.newaxis], columns], one.steps[rows[:, np.newaxis], columns]
        self.empty = over.over(np.broadcast_to(np.rint(255 * np.array(to_rgb(ground))).astype(np.uint8), shown.shape))
        self.full, self.last = over.over(shown), study.steps

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the map as far as it has filled."""
        pixels = self.full
        if moment.step < self.last:
            pixels = np.where(self.when <= moment.step, words_of(self.full), words_of(self.empty))
            pixels = pixels[..., np.newaxis].view(np.uint8)
        yield PlacedSprite(FullImage(pixels), self.box)


class FlowMap(Layer):
    """One racer's starts as they move, each a dot in the colour of its end, over the lines and stars."""

    def __init__(self, study: BasinStudy, one: Basins, flow: Flow, fills: BasinMap, colours: dict[int, str]) -> None:
        self.study, self.flow, self.fills = study, flow, fills
        self.table = np.full((256, 4), 255, np.uint8)  # by the bits of an end's code
        for code, colour in colours.items():
            self.table[np.int8(code).view(np.uint8), :3] = np.rint(255 * np.array(to_rgb(colour)))
        self.codes = one.codes.ravel()

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the map with every start that is on it."""
        number = int(np.searchsorted(self.study.shown, moment.step, side="right")) - 1
        height, width = self.fills.when.shape
        x, y = self.flow[number].astype(np.int64)
        seen = x != OUTSIDE
        ends = np.full((height + 2, width + 2), NOBODY, np.int8)
        ends[height - y[seen] * height // FLOW_STEPS, 1 + x[seen] * width // FLOW_STEPS] = self.codes[seen]
        dots = ends[1:-1, 1:-1].copy()
        for beside in (ends[:-2, 1:-1], ends[2:, 1:-1], ends[1:-1, :-2], ends[1:-1, 2:]):
            np.copyto(dots, beside, where=(dots == NOBODY) & (beside != NOBODY))
        colours, empty = (words_of(pixels) for pixels in (self.table, self.fills.empty))
        pixels = np.where(dots == NOBODY, empty, colours[dots.view(np.uint8)])
        yield PlacedSprite(FullImage(pixels[..., np.newaxis].view(np.uint8)), self.fills.box)


def words_of(pixels: Pixels) -> NDArray[np.uint32]:
    """Return pixels (..., 4) as whole numbers (...), which are faster to choose among."""
    return pixels.view(np.uint32)[..., 0]


def _cells(pixels: int, cells: int) -> NDArray[np.int64]:
    """Return (pixels,) the cell that each pixel shows."""
    shown: NDArray[np.int64] = np.minimum((np.arange(pixels) + 0.5) * cells // pixels, cells - 1).astype(np.int64)
    return shown


# --- words ----------------------------------------------------------------------------------------


def _words(sheet: Sheet, study: BasinStudy, one: Basins, tile: Rect, colours: dict[int, str]) -> None:
    """Write a racer's name over its map, and below it the areas as a bar and the shape of the basins."""
    page, theme = sheet.page, sheet.page.theme
    lr = one.rule.hyperparameters.get("lr")
    said = "" if lr is None or short(lr) in one.label else short(lr)
    room = tile.width - (page.width_of(said, LABEL_PT) + 10 if said else 0)
    width = sheet.name_map(one.label, tile, room)
    if said:
        page.words(tile.left + width + 8, tile.top - 8, said, LABEL_PT, theme.quiet)
    _bar(sheet, study, one, Rect(tile.left, tile.bottom + BAR_GAP_PX, tile.width, BAR_PX), colours)
    line = next((text for text in _shape_words(one, page.say) if page.width_of(text, SMALL_PT) <= tile.width), "")
    page.words(tile.left, tile.bottom + BAR_GAP_PX + BAR_PX + 15, line, SMALL_PT, theme.quiet)


def _shape_words(one: Basins, say: Words) -> Iterator[str]:
    """Yield what is told of the boundary, in fewer and fewer words."""
    shape = one.shape
    entropy = "" if shape.entropy is None else say("entropy {number}", number=number(shape.entropy))
    if shape.dimension is None:
        yield entropy
        return
    dimension, error = number(shape.dimension), number(shape.dimension_error or 0, 1)
    long, short_ = (
        say(words, number=dimension, error=error)
        for words in ("boundary of dimension {number} ± {error}", "boundary {number} ± {error}")
    )
    for words in (long, short_):
        yield f"{words}  ·  {entropy}" if entropy else words
    yield short_


def _bar(sheet: Sheet, study: BasinStudy, one: Basins, rect: Rect, colours: dict[int, str]) -> None:
    """Draw the areas side by side, percentages with their intervals in those that are wide enough."""
    page, left = sheet.page, rect.left
    for code in study.codes:
        share, low, high = one.area(code)
        part = Rect(left, rect.top, share * rect.width, rect.height)
        sheet.fill(part, colours[code])
        reach = 100 * max(share - low, high - share)
        decimals = max(0, -floor(log10(reach)))
        told = (f"{100 * share:.{decimals}f} ± {reach:.{decimals}f} %", f"{100 * share:.0f} %")
        text = next((text for text in told if page.width_of(text, SMALL_PT) + 4 < part.width), "")
        ink = "#ffffff" if _is_dark(colours[code]) else "#15181e"
        page.words(left + part.width / 2, rect.bottom - 3.5, text, SMALL_PT, ink, ha="center")
        left += part.width


def _is_dark(colour: str) -> bool:
    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.55


def _legend(sheet: Sheet, study: BasinStudy, rect: Rect) -> None:
    """Write what the colours mean, in one line for all maps."""
    page, theme = sheet.page, sheet.page.theme
    entries = [(colours_of(study, sheet)[code], minus(study.name_of(code, page.say))) for code in study.codes]
    if not study.shown:
        entries.append((_ground(sheet), page.say("not there yet")))
    widths = [SWATCH_PX + 6 + page.width_of(text, SMALL_PT) + ENTRY_GAP_PX for _, text in entries]
    if sum(widths) > rect.width:  # places are left out before words are
        minima = sum(code >= 0 for code in study.codes)
        entries = [
            (colour, text if index >= minima else page.say("minima") if index == minima - 1 else "")
            for index, (colour, text) in enumerate(entries)
        ]
        widths = [SWATCH_PX + 6 + (page.width_of(text, SMALL_PT) + ENTRY_GAP_PX if text else 0) for _, text in entries]
    left, middle = rect.left, rect.bottom - 9
    for (colour, text), width in zip(entries, widths, strict=True):
        if left + width - ENTRY_GAP_PX > rect.right:
            break
        sheet.fill(Rect(left, middle - SWATCH_PX / 2, SWATCH_PX, SWATCH_PX), colour)
        page.words(left + SWATCH_PX + 6, middle + 4, text, SMALL_PT, theme.quiet)
        left += width
