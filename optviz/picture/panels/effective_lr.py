"""The factor in front of the moment or gradient, for each coordinate: AMSGrad's never rises, Adam's does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optviz.picture.layout.grid import Need, Slot
from optviz.picture.machine.board import Layer
from optviz.picture.panels import curves
from optviz.picture.panels.coordinates import MEDIAN, parts
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene

if TYPE_CHECKING:
    from optviz.engine.result import Result


def draw(scene: Scene, slot: Slot) -> list[Layer]:
    """One curve for every racer whose rule has such a factor; the others are named."""
    found = {index: racer.trajectory.effective_lr for index, racer in enumerate(scene.result.racers)}
    rates = {index: rate for index, rate in found.items() if rate is not None}
    plots = [
        curves.Plot(f"effective lr{part.suffix}", part.curves(rates))
        for part in parts(scene.result.problem.dim, MEDIAN)
    ]
    return curves.draw(scene, slot, [plots], log=True, note=_left_out(scene.result))


def need(result: Result) -> Need:
    """Two coordinates stand side by side."""
    return curves.need(columns=2 if result.problem.dim == 2 else 1, note=bool(_left_out(result)))


def _left_out(result: Result) -> str:
    """Who has no such factor."""
    names = [racer.label for racer in result.racers if racer.trajectory.effective_lr is None]
    return f"no effective lr: {', '.join(names)}" if names else ""


EFFECTIVE_LR = Panel(draw, need)
