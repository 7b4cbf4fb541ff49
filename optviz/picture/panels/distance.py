"""The distance to the nearest minimum against the step."""

from __future__ import annotations

from optviz.picture.board import Layer
from optviz.picture.grid import Slot
from optviz.picture.panels import curves
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene
from optviz.results import distance_to_minima


def draw(scene: Scene, slot: Slot) -> list[Layer]:
    """One curve a racer; none where the search found no minimum."""
    problem = scene.race.problem
    if not problem.minima:
        return curves.one(scene, slot, curves.Plot("distance: no minimum found", ()), log=False)
    title = "distance to the minimum" if len(problem.minima) == 1 else "distance to the nearest minimum"
    distances = (distance_to_minima(racer.trajectory.x, problem) for racer in scene.race.racers)
    plot = curves.Plot(title, tuple(curves.Curve(index, far) for index, far in enumerate(distances)))
    return curves.one(scene, slot, plot, log=True)


DISTANCE = Panel(draw, lambda race: curves.need())
