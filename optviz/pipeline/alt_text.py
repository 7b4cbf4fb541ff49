"""Describes a race in words, for readers who cannot see the picture: what it shows, who won, where the others ended."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.engine.result import Result, ResultRow
from optviz.scenario import Scenario

SEEN = {
    "curve": "The curve of f over x, with a point for each optimizer that slides along it",
    "map": "A contour map of f, light where it is low, with a coloured trail and a marker for each optimizer",
    "surface": "The surface of f in three dimensions, with a coloured trail for each optimizer lying on it",
    "time": "The iterates against the step, one coloured line for each optimizer",
    "network": "The loss against the step, one coloured line for each optimizer",
}
REGIONS = "The samples of each class, and how each optimizer's network divides the plane between them"


def alt_text(scenario: Scenario, result: Result) -> str:
    """Return one paragraph of plain sentences."""
    view, network = scenario.render.view, result.problem.network
    shown = REGIONS if view == "network" and network is not None and network.has_decision_regions else SEEN[view]
    return " ".join([f"{scenario.title}.", _setting(result), f"{shown}.", *_outcomes(result.table())])


def _setting(result: Result) -> str:
    count = len(result.racers)
    who = f"{result.racers[0].label} takes" if count == 1 else f"{count} optimizers take"
    start = result.racers[0].x[0]
    where = f" from ({', '.join(f'{value:g}' for value in start)})" if len(start) <= 2 else ""
    return f"{who} {result.steps} steps on {result.problem.title}{where}."


def _outcomes(table: Sequence[ResultRow]) -> list[str]:
    """Return a sentence for the winner, one for the others that finished, for those that did not, that diverged."""
    finished, running, diverged = (
        [row for row in table if row.outcome == outcome] for outcome in ("finished", "running", "diverged")
    )
    said = []
    if finished:
        said.append(f"{finished[0].label} arrives first, at step {finished[0].step}.")
    if len(finished) > 1:
        said.append(f"Then come {_listed([f'{row.label} ({row.step})' for row in finished[1:]])}.")
    if running:
        verb = "ends" if len(running) == 1 else "end"
        where = "short of the minimum" if finished else "without a finish" if len(table) > 1 else "its steps"
        said.append(f"{_listed([f'{row.label} (f = {row.f:.3g})' for row in running])} {verb} {where}.")
    if diverged:
        said.append(f"{_listed([f'{row.label} (at step {row.step})' for row in diverged])} diverged.")
    return said


def _listed(parts: Sequence[str]) -> str:
    """Return ``one``, ``one and two``, or ``one, two and three``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
