"""The view in space: the land as a block, trails lying on it, what it hides dimmed.

From a camera that stands still the block is a part of the board and the trails are chalk. A camera that turns changes
every pixel: then each frame is drawn in full, on all cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.frames import Box, Pixels
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import HALO, HEAD, LABEL, SMALL
from optviz.picture.machine.board import Moment, Placed, placed
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.prefetch import Plate, Reel
from optviz.picture.machine.strokes import LEFT_OUT, WHOLE, Line
from optviz.picture.scene import Floats, Scene, View
from optviz.picture.views.surface.block import Diorama, Word
from optviz.picture.views.surface.terrain import Camera, Slices, Stage, stage, turned, visible_share

MARGIN = 40.0  # design pixels around the block, for its numbers and names
USUAL, ELEVATION = -60.0, 40.0  # degrees, where nothing else is said
ROUND = (0.0, 30.0, 90.0, -90.0, 120.0, -60.0, 180.0, -150.0)  # from there, always with two walls in sight
AS_GOOD = 0.04  # of the paths more must be seen from elsewhere for the camera to leave its usual place
TRIED = 600  # points of the paths by which that is judged


def surface_view(scene: Scene, rect: Rect) -> View:
    """The still view, or the turning one where the camera turns."""
    asked = scene.scenario.render.camera
    return TurningView(scene, rect) if asked is not None and asked.turn else StillView(scene, rect)


@dataclass(frozen=True)
class Studio:
    """The diorama before the camera, on the view's part of the page."""

    scene: Scene
    diorama: Diorama
    camera: Camera
    turn: float  # degrees, over the film
    area: Box  # of the page, in pixels
    stage: Stage

    @property
    def frame(self) -> Bbox:
        """The view's area in pixels from the page's lower left."""
        height = self.scene.page.size[1]
        return Bbox.from_extents(self.area.left, height - self.area.bottom, self.area.right, height - self.area.top)

    def on_page(self, world: Floats, camera: Camera) -> Floats:
        """(n, 2) pixels from the page's lower left of world places (n, 3)."""
        return np.asarray(self.stage.pixels(*camera.project(world)[:2]) + self.frame.p0)

    def heads(self, step: int) -> Floats:
        """(racers, 3) where everybody stands in space."""
        racers = self.scene.result.racers
        return self.diorama.on_land(
            np.array([racer.trajectory.x[min(step, racer.trajectory.steps)] for racer in racers])
        )

    def centres(self, step: int, camera: Camera) -> Floats:
        """(racers, 2) where the heads stand on the page; NaN for whoever has left the window."""
        world = self.heads(step)
        gone = np.abs(world[:, :2]).max(axis=1) > 0.5
        return np.where(gone[:, None], np.nan, self.on_page(world, camera))

    def marks(self, moment: Moment, camera: Camera, seen: NDArray[np.bool_]) -> Iterator[Placed]:
        """Heads, the leader on top; a cross where somebody diverged, an arrow where somebody has left the window."""
        world = self.heads(moment.step)
        places = self.on_page(np.clip(world, [-0.5, -0.5, 0], [0.5, 0.5, 1]), camera)
        gone = np.abs(world[:, :2]).max(axis=1) > 0.5
        for racer in reversed(self.scene.result.order_at(moment.step)):
            (x, y), height = places[racer], self.scene.page.size[1]
            colour, marker = self.scene.paints[racer]
            lost = self.scene.result.racers[racer].trajectory.diverged_at
            if gone[racer]:
                marker = _arrow(self.on_page(world[racer : racer + 1], camera)[0] - (x, y))
            elif lost is not None and moment.step >= lost:
                marker = "x"
            shown = colour if seen[racer] or gone[racer] else self.diorama.hidden_colour[racer]
            yield self.scene.marker(marker, shown, height - y, x, 1.15 * HEAD)


def studio(scene: Scene, rect: Rect) -> Studio:
    """Everything set up as the scenario's ``camera`` asks for; without an azimuth, where most of the paths is seen."""
    asked, scale = scene.scenario.render.camera, scene.page.scale
    area = Box(*(round(edge * scale) for edge in (rect.top, rect.left, rect.bottom, rect.right)))
    width, height = area.right - area.left, area.bottom - area.top
    elevation, turn = (asked.elevation, asked.turn) if asked is not None else (ELEVATION, 0.0)
    usual = Camera(USUAL if asked is None or asked.azimuth is None else asked.azimuth, elevation)
    margin = MARGIN * scale
    views = [turned(usual, turn * share) for share in np.linspace(0, 1, 60)]
    diorama = Diorama(scene, stage(width, height, [usual], margin).scale)
    if not turn and (asked is None or asked.azimuth is None):
        usual = _best(diorama, usual)
    return Studio(scene, diorama, usual, turn, area, stage(width, height, views, margin))


def _best(diorama: Diorama, usual: Camera) -> Camera:
    """The usual camera, or one on another side from where clearly more of the paths can be seen."""
    points = np.concatenate([way.points[way.inside] for way in diorama.ways])
    points = points[:: max(1, len(points) // TRIED)]
    cameras = [turned(usual, angle) for angle in ROUND]
    shares = np.array([visible_share(points, diorama.relief, camera) for camera in cameras])
    return cameras[int(np.argmax(shares >= shares.max() - AS_GOOD))]


class StillView:
    """The block on the board, trails as chalk."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.studio = studio(scene, rect)
        camera, diorama = self.studio.camera, self.studio.diorama
        renderer, slices = diorama.picture(camera, self.studio.stage)
        self.clip = self.frame = self.studio.frame
        self._hang(np.asarray(renderer.buffer_rgba()))
        worlds = [diorama.on_land(racer.trajectory.x) for racer in scene.result.racers]
        self.seen = [slices.see(camera, self.studio.stage, world) for world in worlds]
        self.places = [self.studio.on_page(world, camera) for world in worlds]
        tones = [diorama.tones(way, slices, camera, self.studio.stage) for way in diorama.ways]
        self.strokes = scene.chalk([self._laid(*parts) for parts in enumerate(zip(self._lines, tones, strict=True))])
        scene.page.words(rect.left, rect.top + 10, diorama.height_said, SMALL, scene.page.theme.quiet)

    def centres(self, moment: Moment) -> Floats:
        """(racers, 2) where the heads stand at a moment."""
        return self.studio.centres(moment.step, self.studio.camera)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """The heads."""
        seen = np.array([seen[min(moment.step, len(seen) - 1)] for seen in self.seen])
        return self.studio.marks(moment, self.studio.camera, seen)

    @cached_property
    def _lines(self) -> list[Line]:
        return self.studio.scene.lines(
            [self.studio.on_page(way.points, self.studio.camera) for way in self.studio.diorama.ways]
        )

    def _laid(self, racer: int, drawn: tuple[Line, NDArray[np.int8]]) -> Line:
        """A line with the steps of its way, dimmed where the land hides it."""
        diorama = self.studio.diorama
        line, tones = drawn
        return replace(line, steps=diorama.ways[racer].steps, tones=tones, dimmed=diorama.hidden_colour[racer])

    def _hang(self, pixels: Pixels) -> None:
        """Put the block and its words on the board, pixel on pixel."""
        page, frame = self.studio.scene.page, self.frame
        width, height = page.size
        place = (frame.x0 / width, frame.y0 / height, frame.width / width, frame.height / height)
        axes: Axes = page.figure.add_axes(place)
        axes.axis("off")
        axes.imshow(pixels, interpolation="nearest", aspect="auto", extent=(0, 1, 0, 1))
        for word in self.studio.diorama.words(self.studio.camera, self.studio.stage):
            x, y = (frame.x0 + word.x) / page.scale, (height - frame.y0 - word.y) / page.scale
            page.words(x, y, word.text, _size(word), page.theme.quiet, ha="center", va="center")


class TurningView:
    """Everything anew for every frame."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene, self.studio = scene, studio(scene, rect)
        self.strokes, self.clip, self.frame = None, None, self.studio.frame
        diorama = self.studio.diorama
        self.reel = Reel(self._drawn, len(scene.steps))
        last = self._camera(len(scene.steps) - 1)
        self.places = [self.studio.on_page(diorama.on_land(racer.trajectory.x), last) for racer in scene.result.racers]
        self.lines = scene.lines([self.studio.on_page(way.points, self.studio.camera) for way in diorama.ways])
        self.rect = rect

    def centres(self, moment: Moment) -> Floats:
        """(racers, 2) where the heads stand at a moment."""
        return self.studio.centres(moment.step, self._camera(self._number(moment)))

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """The whole picture, the words at its foot, the heads."""
        number = self._number(moment)
        follows = self.scene.steps[number] == moment.step
        plate, seen = self.reel[number] if follows else self._shot(number, moment.step)
        yield Placed(plate, self.studio.area)
        yield from self._words(self._camera(number))
        yield from self.studio.marks(moment, self._camera(number), seen)

    def _number(self, moment: Moment) -> int:
        """The frame whose camera shows a moment."""
        if moment.frame is not None:
            return moment.frame
        return min(int(np.searchsorted(self.scene.steps, moment.step)), len(self.scene.steps) - 1)

    def _camera(self, number: int) -> Camera:
        return turned(self.studio.camera, self.studio.turn * number / max(len(self.scene.steps) - 1, 1))

    def _drawn(self, number: int) -> tuple[Plate, NDArray[np.bool_]]:
        return self._shot(number, int(self.scene.steps[number]))

    def _shot(self, number: int, step: int) -> tuple[Plate, NDArray[np.bool_]]:
        """The block with the trails up to ``step``, and which heads are seen; called by several threads."""
        camera, diorama, stage = self._camera(number), self.studio.diorama, self.studio.stage
        renderer, slices = diorama.picture(camera, stage)
        pen = Pen(renderer, self.scene.page.dpi)
        for racer, line in enumerate(self.lines):
            self._trail(pen, racer, line, step, camera, slices)
        seen = slices.see(camera, stage, self.studio.heads(step))
        return Plate(np.asarray(renderer.buffer_rgba())), seen

    def _trail(self, pen: Pen, racer: int, line: Line, step: int, camera: Camera, slices: Slices) -> None:
        """What of a racer's trail is on the picture after ``step``, one line for each stretch seen or hidden."""
        way, memory = self.studio.diorama.ways[racer], self.scene.memory
        first = 0 if memory is None else int(np.searchsorted(way.steps, step - memory, side="right")) - 1
        part = way.between(max(first, 0), int(np.searchsorted(way.steps, step, side="right")))
        places = self.studio.stage.pixels(*camera.project(part.points)[:2])
        tones = self.studio.diorama.tones(part, slices, camera, self.studio.stage)
        for tone, start, end in _runs(tones):
            run = places[start:end]
            if tone == WHOLE:
                pen.line(run, self.scene.page.theme.page, line.width + 2 * HALO, "butt", line.dash)
            if tone != LEFT_OUT:
                colour = line.colour if tone == WHOLE else self.studio.diorama.hidden_colour[racer]
                pen.line(run, colour, line.width, "round" if line.dash is None else "butt", line.dash)

    def _words(self, camera: Camera) -> Iterator[Placed]:
        page = self.scene.page
        said = page.type(SMALL, page.theme.quiet).word(self.studio.diorama.height_said)
        yield placed(said, *page.pixel(self.rect.left, self.rect.top + 10))
        for word in self.studio.diorama.words(camera, self.studio.stage):
            kind = page.type(_size(word), page.theme.quiet)
            sprite = kind.word(word.text)
            row = page.size[1] - self.frame.y0 - word.y + 0.36 * _size(word) * page.dpi / 72
            yield placed(sprite, round(row), round(self.frame.x0 + word.x - sprite.width / 2))


def _runs(tones: NDArray[np.int8]) -> Iterator[tuple[int, int, int]]:
    """(tone, first point, end) of each stretch of a path whose pieces have one tone; a piece's is its last point's."""
    edges = np.flatnonzero(np.diff(tones[1:])) + 2
    ends = [1, *edges.tolist(), len(tones)]
    for start, end in pairwise(ends):
        if end > start:
            yield int(tones[start]), start - 1, end


def _size(word: Word) -> float:
    return LABEL + 1 if word.is_name else SMALL


def _arrow(direction: Floats) -> str:
    """The marker that points most nearly that way."""
    x, y = direction
    if abs(x) > abs(y):
        return ">" if x > 0 else "<"
    return "^" if y > 0 else "v"
