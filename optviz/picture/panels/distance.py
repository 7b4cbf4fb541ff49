"""Draws the distance to the nearest minimum against the step."""

from __future__ import annotations

from optviz.engine.judge import distance_to_minima
from optviz.picture.layout.grid import Slot
from optviz.picture.panels import curves
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene


def draw(scene: Scene, slot: Slot) -> list[curves.CurveAxes]:
    """Draw one curve a racer; none where the search found no minimum."""
    problem = scene.result.problem
    if not problem.minima:
        return curves.draw(scene, slot, [[curves.Plot("distance: no minimum found", ())]], log=False)
    title = "distance to the minimum" if len(problem.minima) == 1 else "distance to the nearest minimum"
    distances = (distance_to_minima(racer.x, problem) for racer in scene.result.racers)
    plot = curves.Plot(title, tuple(curves.Curve(index, far) for index, far in enumerate(distances)))
    return curves.draw(scene, slot, [[plot]], log=True)


DISTANCE = Panel(draw, lambda result: curves.need())
