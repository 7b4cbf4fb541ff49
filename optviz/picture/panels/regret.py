"""Average regret of an online problem: what was lost so far, a step, against the best fixed point of the domain."""

from __future__ import annotations

from optviz.picture.board import Layer
from optviz.picture.grid import Slot
from optviz.picture.panels import curves
from optviz.picture.panels.panel import Panel
from optviz.picture.panels.rows import short
from optviz.picture.scene import Scene
from optviz.regret import average_regret, best_fixed_point


def draw(scene: Scene, slot: Slot) -> list[Layer]:
    """One curve a racer; it falls to 0 for whoever learns."""
    problem = scene.race.problem
    best = best_fixed_point(problem, scene.race.steps)
    if best is None:
        return curves.one(scene, slot, curves.Plot("average regret: no domain, no best point", ()), log=False)
    regrets = (average_regret(racer.trajectory.x, problem, best) for racer in scene.race.racers)
    numbers = [short(float(coordinate)) for coordinate in best]
    point = f"$x = {numbers[0]}$" if len(best) == 1 else f"$(x, y) = ({', '.join(numbers)})$"
    plot = curves.Plot(
        f"average regret against {point}",
        tuple(curves.Curve(index, regret, first=1) for index, regret in enumerate(regrets)),
    )
    return curves.one(scene, slot, plot, log=False)


REGRET = Panel(draw, lambda race: curves.need())
