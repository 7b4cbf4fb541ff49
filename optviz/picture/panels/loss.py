"""f - f_min against the step on a logarithmic axis, or f on a linear one where no minimum is known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.transforms import Bbox

from optviz.picture.board import Moment, Placed
from optviz.picture.page import Rect
from optviz.picture.scene import Floats, Scene
from optviz.picture.theme import LABEL

FLOOR = 1e-12  # gaps below this part of the start's are drawn on the panel's floor: rounding, not progress


class LossPanel:
    """One chalk line a racer."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        self.axes = scene.page.axes(rect)
        race = scene.race
        known = race.problem.f_min is not None
        title = r"$f - f_{\min}$" if known else "$f$"
        scene.page.words(rect.left, rect.top - 9, title, LABEL, scene.page.theme.quiet)
        losses = [racer.trajectory.f - (race.problem.f_min or 0.0) for racer in race.racers]
        self.axes.set_xlim(0, scene.scenario.steps)
        self._scale(losses, known)
        self.clip = Bbox.from_extents(*self.axes.bbox.extents).padded(1.5 * scene.page.scale)
        self.strokes = scene.trails([self._path(loss) for loss in losses], halo=False)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """None: the lines' ends say where everybody is."""
        return iter(())

    def _scale(self, losses: list[Floats], logarithmic: bool) -> None:
        """Limits that hold every racer; of those who diverged, what is not far above their start."""
        start = losses[0][0]
        tame = np.concatenate(
            [loss for loss, racer in zip(losses, self.scene.race.racers, strict=True) if racer.outcome != "diverged"]
            or [losses[0][:1]]
        )
        if logarithmic and start > 0 and (tame > 0).any():
            floor = max(tame[tame > 0].min(), FLOOR * start)
            top = max(tame.max(), start)
            self.axes.set_yscale("log")
            self.axes.set_ylim(floor / 1.6, max(top, 10 * floor) * 1.6)
            self.axes.minorticks_off()
            self.axes.yaxis.set_major_formatter(_power_of_ten)
        else:
            span = tame.max() - tame.min() or 1.0
            self.axes.set_ylim(tame.min() - 0.06 * span, tame.max() + 0.06 * span)

    def _path(self, loss: Floats) -> Floats:
        low, _ = self.axes.get_ylim()
        seen = np.maximum(loss, low) if self.axes.get_yscale() == "log" else loss
        return np.asarray(self.axes.transData.transform(np.column_stack([np.arange(len(loss)), seen])))


def _power_of_ten(value: float, _: float) -> str:
    """10⁻³ in plain characters: a formula would be set anew by the mathematics parser for every tick."""
    return "10" + str(round(np.log10(value))).translate(_RAISED)


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
