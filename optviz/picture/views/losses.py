"""Draws the view of losses: a large curve for each racer against the step, and the loss to reach."""

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
from optviz.picture.views.view import RacerMarks, View


class LossView(View):
    """The loss of every racer against the step, as large as the view; of a network, or as it was recorded."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        losses = [curves.Curve(index, racer.f) for index, racer in enumerate(scene.result.racers)]
        title = "loss" if scene.result.problem.recorded else "loss on all samples"
        plot = curves.Plot(scene.page.say(title), tuple(losses))
        (self.axes,) = curves.draw(scene, Slot(rect, foot=True), [[plot]], log=None)
        self.strokes, self.clip = self.axes.strokes, self.axes.clip
        self.frame = self.axes.clip
        self.marks = RacerMarks(scene, [_unbroken(self.axes.places[racer]) for racer in range(len(losses))])
        if scene.result.finish.gap is not None:
            self._finish(scene, scene.result.finish.gap)

    def sprites(self, moment: FrameState) -> Iterable[PlacedSprite]:
        """Return a mark at the end of every line."""
        return self.axes.sprites(moment)

    def _finish(self, scene: Scene, loss: float) -> None:
        """Draw a line at the loss to reach, named at its end."""
        ink = scene.page.theme.ink
        self.axes.axes.axhline(loss, color=ink, linewidth=1.0, linestyle=(0, (5, 4)))
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
    known = np.where(np.isfinite(places[:, 1]), np.arange(len(places)), 0)
    return np.asarray(places[np.maximum.accumulate(known)])
