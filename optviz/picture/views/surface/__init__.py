"""Draws the view in space: the terrain as a block, trails lying on it, what it hides dimmed.

From a camera that stands still the block is a part of the board and the trails are strokes. A camera that turns changes
every pixel: then each frame is drawn in full, on all cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.frames import Box, Pixels
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import HALO_PT, HEAD_PX, LABEL_PT, SMALL_PT
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.prefetch import FullImage, Prefetch
from optviz.picture.machine.strokes import LEFT_OUT, WHOLE, Polyline
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.surface.block import AxisLabel, Block3D
from optviz.picture.views.surface.terrain import Camera, ColumnSlices, Viewport, fit_viewport, turned, visible_share
from optviz.picture.views.view import RacerMarks, View

MARGIN_PX = 8.0  # around the block
AZIMUTH_DEG = -60.0  # where the scenario says nothing
ELEVATIONS_DEG = (40.0, 48.0, 56.0)  # tried in this order, a camera that turns has the first
TURNS_DEG = (0.0, 30.0, 90.0, -90.0, 120.0, -60.0, 180.0, -150.0)  # tried from there, two walls always in sight
WORTH_SHARE = 0.04  # of the paths more must be seen from elsewhere for the camera to leave a place that comes earlier
TRIED_POINTS = 600  # of the paths by which that is judged
RADIUS_PX = 1.15 * HEAD_PX
WORD_PT_PX = 0.75  # half of a word's height in design pixels, for each point
HEIGHT_LABEL_PX = 10.0  # from the view's top to the baseline of the words that say what height means


def surface_view(scene: Scene, rect: Rect) -> View:
    """Return the still view, or the turning one where the camera turns."""
    asked = scene.scenario.render.camera
    return TurningView(scene, rect) if asked is not None and asked.turn else StillView(scene, rect)


@dataclass(frozen=True)
class SurfaceScene:
    """The block before the camera, on the view's part of the page."""

    scene: Scene
    block: Block3D
    camera: Camera  # at the first frame
    turn: float  # degrees, over the film
    area: Box  # of the page, in pixels
    viewport: Viewport

    @property
    def frame(self) -> Bbox:
        """The view's area in pixels from the page's lower left."""
        height = self.scene.page.size[1]
        return Bbox.from_extents(self.area.left, height - self.area.bottom, self.area.right, height - self.area.top)

    def frame_number(self, moment: FrameState) -> int:
        """Return the frame whose camera shows a moment."""
        if moment.frame is not None:
            return moment.frame
        return min(int(np.searchsorted(self.scene.steps, moment.step)), len(self.scene.steps) - 1)

    def camera_at(self, number: int) -> Camera:
        """Return the camera of a frame of motion."""
        if not self.turn:
            return self.camera
        return turned(self.camera, self.turn * number / max(len(self.scene.steps) - 1, 1))

    def on_page(self, world: Floats, camera: Camera) -> Floats:
        """Return (n, 2) pixels from the page's lower left of world places (n, 3)."""
        return np.asarray(self.viewport.project(world, camera) + self.frame.p0)

    def standing(self, moment: FrameState) -> tuple[Floats, NDArray[np.bool_]]:
        """Return (racers, 3) where each racer stands in space at a moment, and (racers,) who left the window."""
        racers = enumerate(self.scene.result.racers)
        world = self.block.on_terrain(np.array([self.scene.place(racer.x, at, moment) for at, racer in racers]))
        return world, np.abs(world[:, :2]).max(axis=1) > 0.5

    def racer_marks(self, moment: FrameState, camera: Camera) -> Iterator[PlacedSprite]:
        """Yield the racers' marks, the leader's on top, in their own colours also where the terrain hides them."""
        world, outside = self.standing(moment)
        shown = self.on_page(np.clip(world, [-0.5, -0.5, 0], [0.5, 0.5, 1]), camera).tolist()
        places = self.on_page(world, camera).tolist()
        for racer in self.scene.stacked(moment.step):
            x, y = shown[racer]
            place_x, place_y = places[racer] if outside[racer] else (x, y)
            yield self.scene.racer_mark(racer, moment.step, (place_x, place_y), (x, y), RADIUS_PX)


def set_up(scene: Scene, rect: Rect) -> SurfaceScene:
    """Place block and camera as the scenario asks; without an azimuth, where most of the paths is seen."""
    asked, scale = scene.scenario.render.camera, scene.page.scale
    area = Box(*(round(edge * scale) for edge in (rect.top, rect.left, rect.bottom, rect.right)))
    width, height = area.right - area.left, area.bottom - area.top
    azimuth, elevation, turn = (asked.azimuth, asked.elevation, asked.turn) if asked is not None else (None, None, 0.0)
    usual = Camera(AZIMUTH_DEG if azimuth is None else azimuth, ELEVATIONS_DEG[0] if elevation is None else elevation)
    margin, below = MARGIN_PX * scale, height - round(HEIGHT_LABEL_PX * scale)  # the words on the height
    block = Block3D(scene, fit_viewport(width, below, [usual], margin).scale)
    if not turn:
        rises = ELEVATIONS_DEG if elevation is None else (elevation,)
        turns = TURNS_DEG if azimuth is None else (0.0,)
        usual = _best(block, [turned(Camera(usual.azimuth, rise), angle) for rise in rises for angle in turns])
    cameras = [turned(usual, turn * share) for share in np.linspace(0, 1, 60 if turn else 1)]
    viewport = fit_viewport(width, below, cameras, margin, _hung(block, cameras))
    return SurfaceScene(scene, block, usual, turn, area, replace(viewport, height=height))


def _hung(block: Block3D, cameras: list[Camera]) -> Floats:
    """Return (n, 6) the places of all words at the block's foot and how far they reach, see ``fit_viewport``."""
    page = block.scene.page
    hung = []
    for label in (label for camera in cameras for label in block.labels(camera)):
        half = np.array([page.width_of(label.text, _size(label)) / 2, WORD_PT_PX * _size(label)]) * page.scale
        hung.append([*label.place, *(half - label.offset), *(half + label.offset)])
    return np.array(hung)


def _best(block: Block3D, cameras: list[Camera]) -> Camera:
    """Return the first of ``cameras`` from which most ends are seen, and no clearly smaller part of the paths."""
    points = np.concatenate([path.points[path.inside] for path in block.paths])
    points = points[:: max(1, len(points) // TRIED_POINTS)]
    ends = np.array([visible_share(block.ends, block.terrain, camera) for camera in cameras])
    paths = np.array([visible_share(points, block.terrain, camera) for camera in cameras])
    worth = np.where(ends >= ends.max(), paths, -1.0)
    return cameras[int(np.argmax(worth >= worth.max() - WORTH_SHARE))]


class SurfaceMarks(RacerMarks):
    """Where each racer stands on the picture of a surface; its paths are as at the end of the film."""

    radius = RADIUS_PX

    def __init__(self, surface: SurfaceScene) -> None:
        last = surface.camera_at(len(surface.scene.steps) - 1)
        on_terrain = surface.block.on_terrain
        paths = [surface.on_page(on_terrain(racer.x), last) for racer in surface.scene.result.racers]
        super().__init__(surface.scene, paths, window=surface.block.window)
        self.surface = surface

    def centres(self, moment: FrameState) -> Floats:
        """Return (racers, 2) where the marks stand; NaN for a racer that left the window."""
        world, outside = self.surface.standing(moment)
        camera = self.surface.camera_at(self.surface.frame_number(moment))
        return np.where(outside[:, None], np.nan, self.surface.on_page(world, camera))

    def inside(self, moment: FrameState) -> NDArray[np.bool_]:
        """Return (racers,) whether each racer is in the window."""
        return ~self.surface.standing(moment)[1]

    def shown(self, moment: FrameState) -> Floats:
        """Return (racers, 2) where the marks are drawn, those of racers that left at the window's edge."""
        world, _ = self.surface.standing(moment)
        camera = self.surface.camera_at(self.surface.frame_number(moment))
        return self.surface.on_page(np.clip(world, [-0.5, -0.5, 0], [0.5, 0.5, 1]), camera)


class StillView(View):
    """The block on the board, trails as strokes."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.surface = surface = set_up(scene, rect)
        block, camera, viewport = surface.block, surface.camera, surface.viewport
        renderer, slices = block.picture(camera, viewport)
        self.clip = self.frame = surface.frame
        self._hang(np.asarray(renderer.buffer_rgba()))
        self.marks = SurfaceMarks(surface)
        reached = [path.steps for path in block.paths]
        lines = scene.polylines([surface.on_page(path.points, camera) for path in block.paths], steps=reached)
        for racer, path in enumerate(block.paths):  # dimmed where the terrain hides it
            tones = block.tones(path, slices, camera, viewport)
            dimmed = block.hidden_colour[racer]
            lines[racer] = replace(lines[racer], steps=path.steps, tones=tones, dimmed=dimmed)
        self.strokes = scene.strokes(scene.beaded(lines))
        scene.page.words(rect.left, rect.top + HEIGHT_LABEL_PX, block.height_label, SMALL_PT, scene.page.theme.quiet)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the racers' marks."""
        return self.surface.racer_marks(moment, self.surface.camera)

    def _hang(self, pixels: Pixels) -> None:
        """Put the block and its words on the board, pixel on pixel."""
        page, frame = self.surface.scene.page, self.frame
        width, height = page.size
        place = (frame.x0 / width, frame.y0 / height, frame.width / width, frame.height / height)
        axes: Axes = page.figure.add_axes(place)
        axes.axis("off")
        axes.imshow(pixels, interpolation="nearest", aspect="auto", extent=(0, 1, 0, 1))
        for label in self.surface.block.labels(self.surface.camera):
            x, y = label.at(self.surface.viewport)
            x, y = (frame.x0 + x) / page.scale, (height - frame.y0 - y) / page.scale
            page.words(x, y, label.text, _size(label), page.theme.quiet, ha="center", va="center")


class TurningView(View):
    """The block, trails and words drawn in full for every frame."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene, self.rect = scene, rect
        self.surface = surface = set_up(scene, rect)
        self.frame = surface.frame
        self.marks = SurfaceMarks(surface)
        self.lines = scene.polylines([surface.on_page(path.points, surface.camera) for path in surface.block.paths])
        self.images = Prefetch(lambda number: self._image(number, scene.moments[number]), len(scene.steps))

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the whole picture, the words at its foot, the racers' marks."""
        number = self.surface.frame_number(moment)
        drawn = self.scene.moments[number]
        is_frame = (drawn.step, drawn.ahead) == (moment.step, moment.ahead)
        image = self.images[number] if is_frame else self._image(number, moment)
        yield PlacedSprite(image, self.surface.area)
        yield from self._words(self.surface.camera_at(number))
        yield from self.surface.racer_marks(moment, self.surface.camera_at(number))

    def _image(self, number: int, moment: FrameState) -> FullImage:
        """Draw the block with the trails up to a moment; called by several threads."""
        camera, block, viewport = self.surface.camera_at(number), self.surface.block, self.surface.viewport
        renderer, slices = block.picture(camera, viewport)
        pen = Pen(renderer, self.scene.page.dpi)
        for racer in self.scene.racers_lit_last:
            self._trail(pen, racer, self.lines[racer], moment, camera, slices)
        return FullImage(np.asarray(renderer.buffer_rgba()))

    def _trail(
        self, pen: Pen, racer: int, line: Polyline, moment: FrameState, camera: Camera, slices: ColumnSlices
    ) -> None:
        """Draw what is seen of a racer's trail at a moment, one line for each stretch seen or hidden."""
        block, viewport = self.surface.block, self.surface.viewport
        path, memory, step = block.paths[racer], self.scene.memory, moment.step
        first = 0 if memory is None else int(np.searchsorted(path.steps, step - memory, side="right")) - 1
        end, following = np.searchsorted(path.steps, (step, step + 1), side="right")
        part = path.between(max(first, 0), int(end + round(moment.ahead * (following - end))))
        places = viewport.project(part.points, camera)
        tones = block.tones(part, slices, camera, viewport)
        for tone, start, end in _runs(tones):
            run = places[start:end]
            if tone == WHOLE:
                pen.line(run, self.scene.page.theme.page, line.width + 2 * HALO_PT, "butt", line.dash)
            if tone != LEFT_OUT:
                colour = line.colour if tone == WHOLE else block.hidden_colour[racer]
                pen.line(run, colour, line.width, "round" if line.dash is None else "butt", line.dash)

    def _words(self, camera: Camera) -> Iterator[PlacedSprite]:
        page, block = self.scene.page, self.surface.block
        words = page.lettering(SMALL_PT, page.theme.quiet).word(block.height_label)
        yield words.at(*page.pixel(self.rect.left, self.rect.top + HEIGHT_LABEL_PX))
        for label in block.labels(camera):
            x, y = label.at(self.surface.viewport)
            sprite = page.lettering(_size(label), page.theme.quiet).word(label.text)
            row = page.size[1] - self.frame.y0 - y + 0.36 * _size(label) * page.dpi / 72
            yield sprite.at(round(row), round(self.frame.x0 + x - sprite.width / 2))


def _runs(tones: NDArray[np.int8]) -> Iterator[tuple[int, int, int]]:
    """Yield (tone, first point, end) of each stretch of a path of one tone; the tone of a piece is its last point's."""
    edges = np.flatnonzero(np.diff(tones[1:])) + 2
    ends = [1, *edges.tolist(), len(tones)]
    for start, end in pairwise(ends):
        if end > start:
            yield int(tones[start]), start - 1, end


def _size(label: AxisLabel) -> float:
    return LABEL_PT + 1 if label.is_name else SMALL_PT
