"""The view of a network in training: what each racer's network makes of the plane, side by side; else its loss.

Every tile changes whole at every step, so all are drawn in full, on all cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from optviz.frames import Box, Pixels, hull
from optviz.picture.layout.grid import Slot
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import LABEL, SMALL
from optviz.picture.machine.board import Moment, Placed, placed
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.prefetch import Plate, Reel
from optviz.picture.machine.sprites import Sprite, drawn
from optviz.picture.panels import curves
from optviz.picture.scene import Floats, Scene, View
from optviz.picture.views.map import ramp
from optviz.problems import Network

TITLE = 22.0  # design pixels above each tile, for its racer
GAP = 12.0  # between tiles
MARGIN = 0.08  # of the samples' extent, on every side
COARSE = 4.0  # design pixels between two points at which a network is asked; between them lies a plane
BORDER = 1.6  # design pixels, half the width of the line between two classes
DOT = 2.6  # design pixels, radius of a sample
SQUARE = 1.25  # width to height of a tile that looks well


def network_view(scene: Scene, rect: Rect) -> View:
    """Decision regions where the inputs are a plane and the answers classes, else the loss in large."""
    network = scene.result.problem.network
    if network is not None and network.has_decision_regions:
        return RegionsView(scene, rect, network)
    return LossView(scene, rect)


class LossView:
    """The loss of every racer against the step, as large as the view."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        losses = [curves.Curve(index, racer.trajectory.f) for index, racer in enumerate(scene.result.racers)]
        plot = curves.Plot("loss on all samples", tuple(losses))
        (self.curves,) = (
            layer
            for layer in curves.draw(scene, Slot(rect, foot=True), [[plot]], log=None)
            if isinstance(layer, curves.Curves)
        )
        self.strokes, self.clip = self.curves.strokes, self.curves.clip
        self.frame = self.clip
        self.places = [self.curves.places[racer] for racer in range(len(scene.result.racers))]

    def centres(self, moment: Moment) -> Floats:
        """(racers, 2) the end of every line at a moment."""
        return self.scene.standing(self.places, moment)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """A head at the end of every line."""
        return self.curves.pointers(moment)


@dataclass(frozen=True)
class Plane:
    """The inputs' plane on a tile of ``height`` x ``width`` pixels."""

    window: tuple[tuple[float, float], tuple[float, float]]
    height: int
    width: int
    rows: Floats  # (height, r) how much each coarse row counts in each row of pixels
    columns: Floats  # (c, width)
    points: Floats  # (r * c, 2) where the network is asked, the highest row first


class RegionsView:
    """A tile for each racer: tones for the classes, a line in the racer's colour between them, all samples as dots."""

    def __init__(self, scene: Scene, rect: Rect, network: Network) -> None:
        self.scene, self.network = scene, network
        self.strokes, self.clip = None, None
        self.tiles = self._laid_out(rect)
        self.frame = self._upright(hull(self.tiles))
        first = self.tiles[0]
        self.plane = _plane(network, first.bottom - first.top, first.right - first.left, COARSE * scene.page.scale)
        self.tones = self._tones()
        self.dots = self._dots()
        self._right = lru_cache(maxsize=1024)(self._counted)
        self.reel: Reel[list[Plate]] = Reel(lambda number: self._plates(int(scene.steps[number])), len(scene.steps))
        self.places = [self._resting(racer) for racer in range(len(self.tiles))]
        for racer in range(len(self.tiles)):
            self._name(racer)

    def centres(self, moment: Moment) -> Floats:
        """(racers, 2): nobody stands anywhere."""
        return np.full((len(self.tiles), 2), np.nan)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """The tiles, the samples on them, and how many of these each network gets right."""
        number = moment.frame
        follows = number is not None and int(self.scene.steps[number]) == moment.step
        plates = self.reel[number] if number is not None and follows else self._plates(moment.step)
        for racer, (plate, tile) in enumerate(zip(plates, self.tiles, strict=True)):
            yield Placed(plate, tile)
            yield placed(self.dots, tile.top, tile.left)
            yield placed(self.scene.badge(racer), *self._badge(racer))
            yield self._accuracy(racer, moment)

    # --- what a tile shows

    def _plates(self, step: int) -> list[Plate]:
        """Every racer's tile after a step; called by several threads."""
        return [Plate(self._regions(racer, step)) for racer in range(len(self.tiles))]

    def _regions(self, racer: int, step: int) -> Pixels:
        """Tones for the classes, a line in the racer's colour where two of them meet."""
        trajectory = self.scene.result.racers[racer].trajectory
        weights = trajectory.x[min(step, trajectory.steps)]
        shares = self._upscaled(self.network.class_shares(weights, self.plane.points))
        colours = np.tensordot(self.tones.T, shares, axes=1)  # (3, height, width)
        ordered = np.sort(shares, axis=0)
        lead = ordered[-1] - ordered[-2]
        slope = np.hypot(*np.gradient(lead))
        reach = BORDER * self.scene.page.scale
        line = np.clip(reach + 0.5 - lead / np.maximum(slope, 1e-9), 0, 1)
        own = np.array(to_rgb(self.scene.paints[racer][0]))[:, None, None]
        pixels = np.full((self.plane.height, self.plane.width, 4), 255, np.uint8)
        pixels[..., :3] = np.rint(255 * (colours + line * (own - colours))).transpose(1, 2, 0)
        return pixels

    def _upscaled(self, shares: Floats) -> Floats:
        """Shares (points, classes) on every pixel, (classes, height, width)."""
        coarse = shares.reshape(self.plane.rows.shape[1], self.plane.columns.shape[0], -1)
        return np.asarray(self.plane.rows @ np.moveaxis(coarse, -1, 0) @ self.plane.columns)

    def _tones(self) -> Floats:
        """(classes, 3) of the land's hue, from light to dark."""
        return ramp(self.scene.page.theme.land, self.network.classes)

    def _dots(self) -> Sprite:
        """All samples, from hollow for the first class to filled for the last."""
        theme, scale, plane = self.scene.page.theme, self.scene.page.scale, self.plane
        labels, inputs = self.network.samples.labels, self.network.samples.inputs
        fills = [to_hex(tuple(colour)) for colour in ramp((theme.page, theme.ink), self.network.classes)]
        (x0, x1), (y0, y1) = plane.window

        def draw(pen: Pen) -> None:
            for (x, y), label in zip(inputs, labels if labels is not None else (), strict=True):
                across, down = (x - x0) / (x1 - x0) * plane.width, (y1 - y) / (y1 - y0) * plane.height
                pen.shape(Path.circle((across, 1 - down), DOT * scale), fills[label], theme.ink, 0.7 * scale)

        return drawn(plane.height, plane.width, self.scene.page.dpi, (0, 0), draw)

    # --- where the tiles are

    def _laid_out(self, rect: Rect) -> list[Box]:
        """A box of pixels for each racer's tile, all of one size, as large as they can be."""
        count, page = len(self.scene.result.racers), self.scene.page
        columns = max(range(1, count + 1), key=lambda columns: _merit(rect, columns, ceil(count / columns)))
        rows = ceil(count / columns)
        width = (rect.width - GAP * (columns - 1)) / columns
        height = rect.height / rows - TITLE
        tall, wide = round(height * page.scale), round(width * page.scale)
        tiles = []
        for racer in range(count):
            row, column = divmod(racer, columns)
            top, left = page.pixel(rect.left + column * (width + GAP), rect.top + row * (height + TITLE) + TITLE)
            tiles.append(Box(top, left, top + tall, left + wide))
        return tiles

    def _upright(self, box: Box) -> Bbox:
        height = self.scene.page.size[1]
        return Bbox.from_extents(box.left, height - box.bottom, box.right, height - box.top)

    def _resting(self, racer: int) -> Floats:
        """A path that stays on the tile's centre, for whoever wants to know where there is something to see."""
        tile = self._upright(self.tiles[racer])
        centre = ((tile.x0 + tile.x1) / 2, (tile.y0 + tile.y1) / 2)
        return np.tile(centre, (self.scene.result.racers[racer].trajectory.steps + 1, 1))

    # --- words

    def _name(self, racer: int) -> None:
        """The racer's name above its tile."""
        page, tile = self.scene.page, self.tiles[racer]
        left, baseline = tile.left / page.scale, tile.top / page.scale - 7
        room = (tile.right - tile.left) / page.scale - 18 - page.width_of("100 %", SMALL) - 6
        text = page.fitted(self.scene.result.racers[racer].label, LABEL, room)
        page.words(left + 18, baseline, text, LABEL, page.theme.ink)

    def _badge(self, racer: int) -> tuple[int, int]:
        tile, scale = self.tiles[racer], self.scene.page.scale
        return round(tile.top - 11 * scale), round(tile.left + 7 * scale)

    def _counted(self, racer: int, step: int) -> float:
        """The share of the samples that a racer's network gets right after a step."""
        return float(self.network.accuracy(self.scene.result.racers[racer].trajectory.x[step]))

    def _accuracy(self, racer: int, moment: Moment) -> Placed:
        page, tile = self.scene.page, self.tiles[racer]
        kind = page.type(SMALL, page.theme.quiet)
        number = kind.number(f"{100 * self._right(racer, self.scene.at(racer, moment)):.0f} %")
        return placed(number, round(tile.top - 7 * page.scale), tile.right - number.width)


def _merit(rect: Rect, columns: int, rows: int) -> float:
    """How well tiles in so many columns and rows can be seen: their smaller side, as a square would have it."""
    width, height = (rect.width - GAP * (columns - 1)) / columns, rect.height / rows - TITLE
    return min(width / SQUARE, height)


def _plane(network: Network, height: int, width: int, coarse: float) -> Plane:
    inputs = network.samples.inputs
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    margin = MARGIN * (high - low)
    (x0, y0), (x1, y1) = low - margin, high + margin
    down, across = ceil(height / coarse) + 1, ceil(width / coarse) + 1
    x, y = np.meshgrid(np.linspace(x0, x1, across), np.linspace(y1, y0, down))
    points = np.column_stack([x.ravel(), y.ravel()])
    return Plane(((x0, x1), (y0, y1)), height, width, _between(height, down), _between(width, across).T, points)


def _between(pixels: int, knots: int) -> Floats:
    """(pixels, knots) how much each of evenly spaced knots, the first and the last on the ends, counts at a pixel."""
    place = (np.arange(pixels) + 0.5) / pixels * (knots - 1)
    return np.asarray(np.clip(1 - np.abs(place[:, None] - np.arange(knots)), 0, 1))
