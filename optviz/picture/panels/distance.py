"""Draws the distance to the nearest minimum against the step."""

from __future__ import annotations

from optviz.engine.judge import distance_to_minima
from optviz.engine.swarm import quartiles_of
from optviz.picture.layout.grid import Slot
from optviz.picture.panels import curves
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene


def draw(scene: Scene, slot: Slot) -> list[curves.CurveAxes]:
    """Draw one curve a racer; none where the search found no minimum."""
    problem, say = scene.result.problem, scene.page.say
    if not problem.minima:
        return curves.draw(scene, slot, [[curves.Plot(say("distance: no minimum found"), ())]], log=False)
    title = say("distance to the minimum" if len(problem.minima) == 1 else "distance to the nearest minimum")
    drawn = []
    for index, racer in enumerate(scene.result.racers):
        quartiles = None if racer.runs is None else quartiles_of(racer.runs.distances(problem))
        values = distance_to_minima(racer.x, problem) if quartiles is None else quartiles[1, : len(racer.x)]
        drawn += curves.with_quartiles(index, values, quartiles)
    title += f", {say('median and quartiles')}" if scene.result.racers[0].runs else ""
    return curves.draw(scene, slot, [[curves.Plot(title, tuple(drawn))]], log=True)


DISTANCE = Panel(draw, lambda result: curves.need())
