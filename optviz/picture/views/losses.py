"""Draws a quantity as large as the view, a curve for each racer against the step: losses, effective rates."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.transforms import blended_transform_factory

from optviz.picture.frame_state import FrameState
from optviz.picture.layout.grid import Slot
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import SMALL_PT
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.panels import curves
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.view import RacerMarks, View, level_line


class SeriesView(View):
    """One quantity against the step, as large as the view; who does not have it has no curve."""

    def __init__(self, scene: Scene, rect: Rect, plot: curves.Plot) -> None:
        (self.axes,) = curves.draw(scene, Slot(rect, foot=True), [[plot]], log=None)
        self.strokes, self.clip = self.axes.strokes, self.axes.clip
        self.frame = self.axes.clip
        without = np.full((scene.result.steps + 1, 2), np.nan)
        places = (self.axes.places.get(racer, without) for racer in range(len(scene.result.racers)))
        self.marks = RacerMarks(scene, [_unbroken(path) for path in places])

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
            self._finish(scene, scene.result.finish.gap)

    def _finish(self, scene: Scene, loss: float) -> None:
        """Draw a line at the loss to reach, named at its end."""
        ink = scene.page.theme.ink
        self.axes.axes.axhline(loss, color=ink, linewidth=1.0, linestyle=(0, (5, 4)))
        self.outlines = (level_line(self.axes.axes, loss),)
        words, look = scene.page.as_artist(scene.page.say("finish"), SMALL_PT)
        place = blended_transform_factory(self.axes.axes.transAxes, self.axes.axes.transData)
        self.axes.axes.annotate(
            words,
            (1, loss),
            xycoords=place,
            xytext=(-4, 3),
            textcoords="offset points",
            ha="right",
            color=ink,
            **look,
        )


def _unbroken(places: Floats) -> Floats:
    """Return (steps + 1, 2) places; where there is none, the last one before."""
    known = np.isfinite(places[:, 1])
    if known.all():
        return places
    return np.asarray(places[np.maximum.accumulate(np.where(known, np.arange(len(places)), 0))])
