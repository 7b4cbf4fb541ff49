"""What the rules remember, by name: first and second moments, running maxima and their like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optviz.picture.layout.grid import Need, Slot
from optviz.picture.machine.board import Layer
from optviz.picture.panels import curves
from optviz.picture.panels.coordinates import SIZE, parts
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene

if TYPE_CHECKING:
    from optviz.engine.result import Result

MOST = 6  # names below one another; the rest is named

# As the papers write them; a name that is not here is written as it is.
SYMBOLS = {
    "m": "m", "v": "v", "u": "u", "s": "s", "b": "b", "G": "G", "z": "z", "n": "n",
    "m1": "m^{(1)}", "m2": "m^{(2)}", "vmax": r"v^{\max}", "x0": r"x^{(0)}", "g_prev": r"g^{\mathrm{prev}}",
    "mean": r"\bar{g}", "step": r"\mathrm{step}", "slow": r"\mathrm{slow}",
}  # fmt: skip


def draw(scene: Scene, slot: Slot) -> list[Layer]:
    """A row of axes for each name, a column for each coordinate; only racers whose rule keeps it."""
    names, rest = _names(scene.result)
    rows = [_row(name, scene.result) for name in names]
    return curves.draw(scene, slot, rows, log=None, note=_left_out(rest))


def need(result: Result) -> Need:
    """As many rows as names, as many columns as coordinates."""
    names, rest = _names(result)
    return curves.need(len(names), columns=2 if result.problem.dim == 2 else 1, note=bool(rest))


def _row(name: str, result: Result) -> list[curves.Plot]:
    kept = {
        at: racer.trajectory.state[name] for at, racer in enumerate(result.racers) if name in racer.trajectory.state
    }
    return [
        curves.Plot(f"${SYMBOLS.get(name, _upright(name))}${part.suffix}", part.curves(kept))
        for part in parts(result.problem.dim, SIZE)
    ]


def _upright(name: str) -> str:
    """A name that is no symbol, as mathematics."""
    return r"\mathrm{" + name.replace("_", r"\_") + "}"


def _names(result: Result) -> tuple[list[str], list[str]]:
    """The names shown, in the order of the rules, and those for which there is no room: kept by the fewest."""
    keepers: dict[str, int] = {}
    for racer in result.racers:
        for name in racer.trajectory.state:
            keepers[name] = keepers.get(name, 0) + 1
    shown = sorted(keepers, key=lambda name: -keepers[name])[:MOST]
    return [name for name in keepers if name in shown], [name for name in keepers if name not in shown]


def _left_out(names: list[str]) -> str:
    return f"not shown: {', '.join(names)}" if names else ""


STATE = Panel(draw, need)
