"""f - f_min against the step on a logarithmic axis, or f on a linear one where no minimum is known.

Of an online problem the average so far: the f of one step alone says what the problem did, not the racer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optviz.engine.regret import average_loss
from optviz.picture.layout.grid import Slot
from optviz.picture.machine.board import Layer
from optviz.picture.panels import curves
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene

if TYPE_CHECKING:
    from optviz.engine.result import Result


def draw(scene: Scene, slot: Slot) -> list[Layer]:
    """One curve a racer."""
    if scene.result.problem.online:
        return curves.one(scene, slot, _average(scene.result), log=False)
    f_min = scene.result.problem.f_min
    title = "$f$" if f_min is None else "$f$ − min $f$"
    losses = (racer.trajectory.f - (f_min or 0.0) for racer in scene.result.racers)
    plot = curves.Plot(title, tuple(curves.Curve(index, loss) for index, loss in enumerate(losses)))
    return curves.one(scene, slot, plot, log=f_min is not None)


def _average(result: Result) -> curves.Plot:
    means = (average_loss(racer.trajectory.x, result.problem) for racer in result.racers)
    return curves.Plot("average loss", tuple(curves.Curve(index, mean, first=1) for index, mean in enumerate(means)))


LOSS = Panel(draw, lambda result: curves.need())
