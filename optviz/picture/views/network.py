"""Draws the view of networks in training: what each makes of the plane, in tiles; else their loss.

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

from optviz.frames import Pixels, hull
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import SMALL_PT
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.prefetch import FullImage, Prefetch
from optviz.picture.machine.sprites import Sprite, draw_sprite
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.land import ramp
from optviz.picture.views.losses import LossView
from optviz.picture.views.tiles import OVER_PX, badge_over, tile_boxes, write_names
from optviz.picture.views.view import View
from optviz.problems import Network

MARGIN_SHARE = 0.08  # of the samples' extent, on every side
COARSE_PX = 4.0  # between two points at which a network is evaluated; between them lies a plane
BORDER_PX = 1.6  # half the width of the line between two classes
DOT_PX = 2.6  # radius of a sample


def network_view(scene: Scene, rect: Rect) -> View:
    """Return decision regions where the inputs are a plane and the answers classes, else the loss in large."""
    network = scene.result.problem.network
    if isinstance(network, Network) and network.has_decision_regions:
        return RegionsView(scene, rect, network)
    return LossView(scene, rect)


@dataclass(frozen=True)
class Plane:
    """The inputs' plane on a tile of ``height`` x ``width`` pixels."""

    window: tuple[tuple[float, float], tuple[float, float]]
    height: int
    width: int
    knots: tuple[int, int]  # rows, columns of the coarse grid
    points: Floats  # (r * c, 2) where the network is asked, the highest row first


class RegionsView(View):
    """A tile for each racer: tones for the classes, a line in the racer's colour between them, all samples as dots."""

    def __init__(self, scene: Scene, rect: Rect, network: Network) -> None:
        self.scene, self.network = scene, network
        self.tiles = tile_boxes(scene.page, rect, len(scene.result.racers))
        around, height = hull(self.tiles), scene.page.size[1]
        self.frame = Bbox.from_extents(around.left, height - around.bottom, around.right, height - around.top)
        first = self.tiles[0]
        self.plane = _plane(network, first.bottom - first.top, first.right - first.left, COARSE_PX * scene.page.scale)
        self.tones = ramp(scene.page.theme.land, network.classes)  # (classes, 3) of the land's hue, from light to dark
        self.dots = self._dots()
        self.digits = scene.page.lettering(SMALL_PT, scene.page.theme.quiet)
        racers = scene.result.racers
        self._accuracy = lru_cache(maxsize=1024)(lambda racer, step: float(network.accuracy(racers[racer].x[step])))
        self.images = Prefetch(lambda number: self._images(int(scene.steps[number])), len(scene.steps))
        taken = scene.page.width_of("100 %", SMALL_PT) + 6
        write_names(scene.page, self.tiles, [racer.label for racer in racers], taken)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the tiles, the samples on them, and how many of these each network gets right."""
        number, scale = moment.frame, self.scene.page.scale
        is_frame = number is not None and int(self.scene.steps[number]) == moment.step
        images = self.images[number] if number is not None and is_frame else self._images(moment.step)
        for racer, (image, tile) in enumerate(zip(images, self.tiles, strict=True)):
            yield PlacedSprite(image, tile)
            yield self.dots.at(tile.top, tile.left)
            yield badge_over(self.scene, tile, racer)
            share = self._accuracy(racer, self.scene.step_of(racer, moment))
            accuracy = self.digits.number(f"{100 * share:.0f} %")
            yield accuracy.at(round(tile.top - OVER_PX * scale), tile.right - accuracy.width)

    # --- what a tile shows

    def _images(self, step: int) -> list[FullImage]:
        """Draw every racer's tile after a step; called by several threads."""
        return [FullImage(self._regions(racer, step)) for racer in range(len(self.tiles))]

    def _regions(self, racer: int, step: int) -> Pixels:
        """Paint tones for the classes, and a line in the racer's colour where two of them meet."""
        trajectory = self.scene.result.racers[racer].trajectory
        weights = trajectory.x[min(step, trajectory.steps)]
        coarse = self.network.class_shares(weights, self.plane.points)  # (points, classes)
        grid = np.moveaxis(coarse.reshape(*self.plane.knots, -1), -1, 0)
        shares = _between(_between(grid, self.plane.height, 1), self.plane.width, 2)  # (classes, height, width)
        colours = np.tensordot(self.tones.T, shares, axes=1)  # (3, height, width)
        ordered = np.sort(shares, axis=0)
        lead = ordered[-1] - ordered[-2]
        del ordered, shares  # a wide picture's arrays are tens of megabytes each
        slope = np.hypot(*np.gradient(lead))
        reach = BORDER_PX * self.scene.page.scale
        line = np.clip(reach + 0.5 - lead / np.maximum(slope, 1e-9), 0, 1)
        own = to_rgb(self.scene.paints[racer][0])
        pixels = np.full((self.plane.height, self.plane.width, 4), 255, np.uint8)
        for channel, (colour, mine) in enumerate(zip(colours, own, strict=True)):
            pixels[..., channel] = np.rint(255 * (colour + line * (mine - colour)))
        return pixels

    def _dots(self) -> Sprite:
        """Draw all samples, from hollow for the first class to filled for the last."""
        theme, scale, plane = self.scene.page.theme, self.scene.page.scale, self.plane
        labels, inputs = self.network.samples.labels, self.network.samples.inputs
        fills = [to_hex(tuple(colour)) for colour in ramp((theme.page, theme.ink), self.network.classes)]
        (x0, x1), (y0, y1) = plane.window

        def draw(pen: Pen) -> None:
            for (x, y), label in zip(inputs, labels if labels is not None else (), strict=True):
                across, down = (x - x0) / (x1 - x0) * plane.width, (y1 - y) / (y1 - y0) * plane.height
                pen.shape(Path.circle((across, 1 - down), DOT_PX * scale), fills[label], theme.ink, 0.7 * scale)

        return draw_sprite(plane.height, plane.width, self.scene.page.dpi, (0, 0), draw)


def _plane(network: Network, height: int, width: int, coarse: float) -> Plane:
    inputs = network.samples.inputs
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    margin = MARGIN_SHARE * np.where(high > low, high - low, 1.0)
    (x0, y0), (x1, y1) = low - margin, high + margin
    down, across = ceil(height / max(1.0, coarse)) + 1, ceil(width / max(1.0, coarse)) + 1
    x, y = np.meshgrid(np.linspace(x0, x1, across), np.linspace(y1, y0, down))
    points = np.column_stack([x.ravel(), y.ravel()])
    return Plane(((x0, x1), (y0, y1)), height, width, (down, across), points)


def _between(values: Floats, pixels: int, axis: int) -> Floats:
    """Interpolate along an axis from evenly spaced knots, the first and the last on the ends, to pixels."""
    place = (np.arange(pixels) + 0.5) / pixels * (values.shape[axis] - 1)
    before = np.floor(place).astype(np.intp)
    share = (place - before).reshape(-1, *[1] * (values.ndim - 1 - axis))
    return np.asarray((1 - share) * values.take(before, axis) + share * values.take(before + 1, axis))
