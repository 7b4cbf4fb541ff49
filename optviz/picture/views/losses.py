"""Draws a quantity as large as the view, a curve for each racer against the step: losses, effective rates."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.transforms import Bbox

from optviz.picture.frame_state import FrameState
from optviz.picture.layout.grid import Slot
from optviz.picture.layout.page import Page, Rect
from optviz.picture.layout.theme import HEAD_PX, SMALL_PT, TAG_PT
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.panels import curves
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.view import RacerMarks, View, flagged, level_line

ROOM_SHARE = 0.35  # of the view's width, at most, for the names of curves that have come to the right edge
CLEAR_PX = HEAD_PX + 6.0  # from an edge to a word: half a mark and a little
WORD_PX, LIFT_PX = 14.0, 4.0  # height of the finish's name, and how far its foot stands above the line


class SeriesView(View):
    """One quantity against the step, as large as the view; who does not have it has no curve.

    The steps end left of the view's edge, so that names stand beside the ends of their curves.
    """

    is_series = True

    def __init__(self, scene: Scene, rect: Rect, plot: curves.Plot) -> None:
        room, self.longest_name = _rooms(scene, rect.width)
        narrower = Rect(rect.left, rect.top, rect.width - room, rect.height)
        (self.axes,) = curves.draw(scene, Slot(narrower, foot=True), [[plot]], log=None)
        self.strokes = self.axes.strokes
        self.clip: Bbox = self.axes.clip
        left, bottom, right, top = self.clip.extents
        self.frame = Bbox.from_extents(left, bottom, right + room * scene.page.scale, top)
        without = np.full((scene.result.steps + 1, 2), np.nan)
        places = (self.axes.places.get(racer, without) for racer in range(len(scene.result.racers)))
        self.marks: RacerMarks = RacerMarks(scene, [_unbroken(path) for path in places])

    def sprites(self, moment: FrameState) -> Iterable[PlacedSprite]:
        """Return a mark at the end of every line."""
        return self.axes.sprites(moment)


class EffectiveRateView(SeriesView):
    """The factor in front of the moment or gradient of a function of one coordinate."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        rates = ((at, racer.effective_lr) for at, racer in enumerate(scene.result.racers))
        known = tuple(curves.Curve(at, rate[:, 0], first=1) for at, rate in rates if rate is not None)
        super().__init__(scene, rect, curves.Plot(scene.page.say("effective lr"), known))


class LossView(SeriesView):
    """The loss of every racer; of a network, or as it was recorded."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        losses = [curves.Curve(index, racer.f) for index, racer in enumerate(scene.result.racers)]
        title = "loss" if scene.result.problem.recorded else "loss on all samples"
        super().__init__(scene, rect, curves.Plot(scene.page.say(title), tuple(losses)))
        if scene.result.finish.gap is not None:
            self._finish(scene.page, scene.result.finish.gap)

    def _finish(self, page: Page, loss: float) -> None:
        """Draw a line at the loss to reach, named at its left end, or farther right where curves pass there."""
        self.axes.axes.axhline(loss, color=page.theme.ink, linewidth=1.0, linestyle=(0, (5, 4)))
        line = level_line(self.axes.axes, loss)
        self.outlines = (line,)
        (left, y), (right, _) = line.tolist()
        if not self.clip.y0 <= y <= self.clip.y1:
            return
        words = page.say("finish")
        width, height = page.width_of(words, SMALL_PT) * page.scale, WORD_PX * page.scale
        places = np.linspace(left + CLEAR_PX, right - width - CLEAR_PX, 3)
        free = [x for x in places.tolist() if not self._passes(Bbox.from_bounds(x, y, width, height))]
        x = next(iter(free), places[0])
        page.words(x / page.scale, page.height - y / page.scale - LIFT_PX, words, SMALL_PT, page.theme.ink)

    def _passes(self, box: Bbox) -> bool:
        """Return whether a curve passes through a box on the picture."""
        at = np.arange(box.x0, box.x1 + 1)
        for path in self.marks.paths:
            y = np.interp(at, *path.T)
            low, high = np.minimum(y[1:], y[:-1]), np.maximum(y[1:], y[:-1])
            if ((low < box.y1) & (high > box.y0)).any():
                return True
        return False


def _rooms(scene: Scene, width: float) -> tuple[float, float]:
    """Return how much room the racers' names take beyond the last step, and how wide a name may be there."""
    racers = scene.result.racers
    if len(racers) == 1:
        return 0.0, 0.0
    names = max(scene.page.width_of(racer.label, TAG_PT) for racer in racers)
    arrivals = [racer.arrived_at for racer in racers if racer.arrived_at is not None]
    flags = max((scene.page.width_of(flagged("", step), TAG_PT) for step in arrivals), default=0.0)
    room = min(CLEAR_PX + names + flags, ROOM_SHARE * width)
    return room, room - CLEAR_PX - flags


def _unbroken(places: Floats) -> Floats:
    """Return (steps + 1, 2) places; where there is none, the last one before."""
    known = np.isfinite(places[:, 1])
    if known.all():
        return places
    return np.asarray(places[np.maximum.accumulate(np.where(known, np.arange(len(places)), 0))])
