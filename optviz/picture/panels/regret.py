"""Draws the average regret of an online problem: the loss so far, a step, above that of the best fixed point."""

from __future__ import annotations

from optviz.picture.layout.grid import Slot
from optviz.picture.panels import curves
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene


def draw(scene: Scene, slot: Slot) -> list[curves.CurveAxes]:
    """Draw one curve a racer; it falls to 0 for one that learns."""
    point = "x" if scene.result.problem.dim == 1 else "(x, y)"
    lines = tuple(curves.Curve(index, regret, first=1) for index, regret in enumerate(scene.result.regrets or ()))
    plot = curves.Plot(scene.page.say("average regret against the best {point}", point=f"${point}$"), lines)
    return curves.draw(scene, slot, [[plot]], log=False)


REGRET = Panel(draw, lambda result: curves.need())
