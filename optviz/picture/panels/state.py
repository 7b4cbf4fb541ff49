"""Draws what the rules remember, by name: first and second moments, running maxima and their like."""

from __future__ import annotations

from collections import Counter

from optviz.engine.result import Result
from optviz.picture.layout.grid import Need, Slot
from optviz.picture.panels import curves
from optviz.picture.panels.coordinates import RMS, parts
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene

MOST_ROWS = 6  # of axes; the names of other states are written above

# As the papers write them; a name that is not here is written as it is.
SYMBOLS = {
    "m": "m", "v": "v", "u": "u", "s": "s", "b": "b", "G": "G", "z": "z", "n": "n",
    "m1": "m^{(1)}", "m2": "m^{(2)}", "vmax": r"v^{\max}", "x0": r"x^{(0)}", "g_prev": r"g^{\mathrm{prev}}",
    "mean": r"\bar{g}", "step": r"\mathrm{step}", "slow": r"\mathrm{slow}",
}  # fmt: skip


def draw(scene: Scene, slot: Slot) -> list[curves.CurveAxes]:
    """Draw a row of axes for each name, a column for each coordinate; only racers whose rule keeps it."""
    shown, rest = _names(scene.result)
    note = scene.page.say("not shown: {names}", names=", ".join(rest)) if rest else ""
    return curves.draw(scene, slot, [_plots(name, scene) for name in shown], log=None, note=note)


def need(result: Result) -> Need:
    """Return room for as many rows as names, as many columns as coordinates."""
    shown, rest = _names(result)
    return curves.need(len(shown), columns=2 if result.problem.dim == 2 else 1, note=bool(rest))


def _plots(name: str, scene: Scene) -> list[curves.Plot]:
    result, say = scene.result, scene.page.say
    symbol = SYMBOLS.get(name, r"\mathrm{" + name.replace("_", r"\_") + "}")
    kept = {at: racer.state[name] for at, racer in enumerate(result.racers) if name in racer.state}
    return [curves.Plot(part.titled(f"${symbol}$", say), part.curves(kept)) for part in parts(result.problem.dim, RMS)]


def _names(result: Result) -> tuple[list[str], list[str]]:
    """Return the names shown, in the order of the rules, and those without room: kept by the fewest racers."""
    keepers = Counter(name for racer in result.racers for name in racer.state)
    shown = {name for name, _ in keepers.most_common(MOST_ROWS)}
    return [name for name in keepers if name in shown], [name for name in keepers if name not in shown]


STATE = Panel(draw, need)
