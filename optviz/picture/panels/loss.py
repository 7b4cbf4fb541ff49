"""f - f_min against the step on a logarithmic axis, or f on a linear one where no minimum is known."""

from __future__ import annotations

from optviz.picture.board import Layer
from optviz.picture.grid import Slot
from optviz.picture.panels import curves
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene


def draw(scene: Scene, slot: Slot) -> list[Layer]:
    """One curve a racer."""
    f_min = scene.race.problem.f_min
    title = "$f$" if f_min is None else r"$f - f_{\min}$"
    losses = (racer.trajectory.f - (f_min or 0.0) for racer in scene.race.racers)
    plot = curves.Plot(title, tuple(curves.Curve(index, loss) for index, loss in enumerate(losses)))
    return curves.one(scene, slot, plot, log=f_min is not None)


LOSS = Panel(draw, lambda race: curves.need())
