"""Average regret of an online problem: what was lost so far, a step, against the best fixed point of the domain."""

from __future__ import annotations

from optviz.picture.layout.grid import Slot
from optviz.picture.machine.board import Layer
from optviz.picture.panels import curves
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene


def draw(scene: Scene, slot: Slot) -> list[Layer]:
    """One curve a racer; it falls to 0 for whoever learns."""
    point = "x" if scene.result.problem.dim == 1 else "(x, y)"
    lines = tuple(curves.Curve(index, regret, first=1) for index, regret in enumerate(scene.result.regrets or ()))
    return curves.one(scene, slot, curves.Plot(f"average regret against the best ${point}$", lines), log=False)


REGRET = Panel(draw, lambda result: curves.need())
