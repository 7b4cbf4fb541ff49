"""The distance to the nearest minimum against the step."""

from __future__ import annotations

from optviz.engine.judge import distance_to_minima
from optviz.picture.layout.grid import Slot
from optviz.picture.machine.board import Layer
from optviz.picture.panels import curves
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene


def draw(scene: Scene, slot: Slot) -> list[Layer]:
    """One curve a racer; none where the search found no minimum."""
    problem = scene.result.problem
    if not problem.minima:
        return curves.one(scene, slot, curves.Plot("distance: no minimum found", ()), log=False)
    title = "distance to the minimum" if len(problem.minima) == 1 else "distance to the nearest minimum"
    distances = (distance_to_minima(racer.trajectory.x, problem) for racer in scene.result.racers)
    plot = curves.Plot(title, tuple(curves.Curve(index, far) for index, far in enumerate(distances)))
    return curves.one(scene, slot, plot, log=True)


DISTANCE = Panel(draw, lambda result: curves.need())
