"""Draws one small map a racer, all with one clock: its own trail lit, those of the others grey."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.formula.typography import steady
from optviz.frames import Box, hull
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import HEAD_PX, LABEL_PT, SMALL_PT
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.machine.sprites import mixed
from optviz.picture.machine.strokes import LEFT_OUT, WHOLE, Polyline
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.contours import height_map
from optviz.picture.views.land import draw_contours
from optviz.picture.views.map import mark_minima
from optviz.picture.views.tiles import BADGE_ROOM_PX, OVER_PX, badge_over, tile_boxes, write_names
from optviz.picture.views.view import EDGE_INSET_PX, View, at_edge

STAR_PT = 6.0
SAMPLES = 150  # of the land, along each side of a tile
OTHERS_SHARE, OTHERS_WIDTH = 0.55, 0.55  # of the land's colour in the trails of others; of a trail's width
NARROW_PX = 150.0  # a tile below that has smaller words
VALUE, MOST_NAME_PX = "2.22·10⁻²²", 110.0  # the widest value; of a name, for which a value gives way


class GridView(View):
    """A map for each racer, in the scenario's order."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        self.tiles = tile_boxes(scene.page, rect, len(scene.result.racers))
        self.frames = [self._frame(tile) for tile in self.tiles]
        self.frame = self._frame(hull(self.tiles))
        self.axes = self._maps()
        self.paths = [
            [np.asarray(axes.transData.transform(racer.x)) for racer in scene.result.racers] for axes in self.axes
        ]
        lines = [line for tile in range(len(self.tiles)) for line in self._lines(tile)]
        self.strokes = scene.strokes(lines, halo=False)
        self._titles()

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield each racer's mark on its own map, and over the map its badge and how far it has come."""
        inset = EDGE_INSET_PX * self.scene.page.scale
        for racer, (tile, frame) in enumerate(zip(self.tiles, self.frames, strict=True)):
            place = self.scene.place(self.paths[racer][racer], racer, moment)
            shown = at_edge(place[None], frame, inset, 0.0)[0].tolist()
            yield self.scene.racer_mark(racer, moment.step, tuple(place.tolist()), tuple(shown), 0.85 * HEAD_PX)
            yield badge_over(self.scene, tile, racer)
            if self.has_values:
                value = self.digits.word(self._value(racer, moment))
                yield value.at(round(tile.top - OVER_PX * self.scene.page.scale), tile.right - value.width)

    def _frame(self, tile: Box) -> Bbox:
        height = self.scene.page.size[1]
        return Bbox.from_extents(tile.left, height - tile.bottom, tile.right, height - tile.top)

    def _maps(self) -> list[Axes]:
        """Draw the land on every tile; it is sampled once."""
        scene, page = self.scene, self.scene.page
        window = scene.window(self.frames[0].width / self.frames[0].height)
        heights = height_map(scene.result.problem, window, scene.scenario.render.levels, SAMPLES)
        maps: list[Axes] = []
        for tile in self.tiles:
            sides = (tile.left, tile.top, tile.right - tile.left, tile.bottom - tile.top)
            axes = page.axes(Rect(*(side / page.scale for side in sides)))
            axes.grid(False)
            draw_contours(axes, heights, page.theme)
            mark_minima(axes, scene, window, STAR_PT)
            start = scene.result.racers[0].x[0]
            axes.plot(*start, "o", markersize=4, markerfacecolor=page.theme.page, markeredgecolor=page.theme.ink)
            axes.set(xlim=window[0], ylim=window[1], xticks=[], yticks=[])
            maps.append(axes)
        return maps

    def _lines(self, tile: int) -> Iterator[Polyline]:
        """Yield the trails of the others on a racer's tile, then its own."""
        theme, land = self.scene.page.theme, self.scene.page.theme.land
        pale = mixed(theme.quiet, land[len(land) // 2], OTHERS_SHARE)
        order = sorted(range(len(self.tiles)), key=lambda racer: racer == tile)
        for racer in order:
            own = racer == tile
            colour = self.scene.paints[racer][0] if own else pale
            points, steps, tones = clipped(self.paths[tile][racer], self.frames[tile])
            if len(points):  # none of a path that never comes into view
                yield Polyline(points, colour, theme.line * (1.0 if own else OTHERS_WIDTH), steps=steps, tones=tones)

    def _titles(self) -> None:
        """Write every racer's name over its tile; the value behind it has room, or there is none."""
        page = self.scene.page
        wide = (self.tiles[0].right - self.tiles[0].left) / page.scale
        size = SMALL_PT if wide < NARROW_PX else LABEL_PT
        taken = page.width_of(VALUE, SMALL_PT) + 6
        longest = max(page.width_of(racer.label, size) for racer in self.scene.result.racers)
        self.has_values = wide - taken > min(longest, MOST_NAME_PX) + BADGE_ROOM_PX
        self.digits = page.lettering(SMALL_PT, page.theme.quiet)
        labels = [racer.label for racer in self.scene.result.racers]
        write_names(page, self.tiles, labels, taken if self.has_values else 0.0, size)

    def _value(self, racer: int, moment: FrameState) -> str:
        """Return since when a racer is within the finish, else how far above the least its value is."""
        runner, step = self.scene.result.racers[racer], self.scene.step_of(racer, moment)
        since = runner.judgement.inside_since(moment.step)
        if since is not None:
            return f"✓ {since}"
        return steady(float(self.scene.result.problem.above_least(np.array(runner.f[step]))))


def clipped(path: Floats, frame: Bbox) -> tuple[Floats, NDArray[np.int64], NDArray[np.int8]]:
    """Cut a path (steps + 1, 2) at the edges of ``frame``: points (n, 2), the step that each belongs to, and the tone
    of the stroke to it, LEFT_OUT where the path is outside. After Liang and Barsky (1984).
    """
    path = np.clip(path, -1e7, 1e7)
    begin, way = path[:-1], np.diff(path, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = (np.stack([frame.p0, frame.p1])[:, None] - begin) / way  # (2, steps, 2) shares of the way to each edge
    flat = way == 0
    between = (begin >= frame.p0) & (begin <= frame.p1)
    enters = np.where(flat, np.where(between, 0.0, 2.0), np.minimum(*ends)).max(axis=1).clip(0.0)
    leaves = np.where(flat, np.where(between, 1.0, -1.0), np.maximum(*ends)).min(axis=1).clip(None, 1.0)
    seen = np.flatnonzero(enters < leaves)
    cut = [begin[seen] + share[seen, None] * way[seen] for share in (enters, leaves)]
    points = np.stack(cut, axis=1).reshape(-1, 2)
    tones = np.tile(np.array([LEFT_OUT, WHOLE], np.int8), len(seen))
    return points, np.repeat(seen + 1, 2), tones
