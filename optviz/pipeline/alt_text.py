"""Describes a race in words, for readers who cannot see the picture: what it shows, who won, where the others ended."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.engine.result import Result, ResultRow
from optviz.engine.window import minimum_elsewhere
from optviz.picture.terms import terms
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
    elsewhere = minimum_elsewhere(result)
    runs = [f"{row.label}: {row.said}." for row in result.table()]
    return " ".join(
        [
            f"{scenario.title}.",
            _setting(scenario, result),
            f"{shown}.",
            f"Terms: {'; '.join(terms(scenario, result)[1:])}.",  # the start is said already
            *(runs if result.is_swarm else _outcomes(result.table(), result.measure)),
            *([f"{elsewhere[0].upper()}{elsewhere[1:]}."] if elsewhere else []),
        ]
    )


def _setting(scenario: Scenario, result: Result) -> str:
    count = len(result.racers)
    who = f"{result.racers[0].label} takes" if count == 1 else f"{count} optimizers take"
    start = result.racers[0].x[0]
    if scenario.starts is not None:
        where = f" from each of {scenario.starts.in_words(result.problem.dim, scenario.seed)}"
        return f"{who} {result.steps} steps on {result.problem.title}{where}."
    where = f" from ({', '.join(f'{value:g}' for value in start)})" if len(start) <= 2 else ""
    return f"{who} {result.steps} steps on {result.problem.title}{where}."


def _outcomes(table: Sequence[ResultRow], measure: str) -> list[str]:
    """Return sentences: who arrived first and after them, who came to rest elsewhere, still moves, diverged."""
    said = _arrivals([row for row in table if row.outcome == "arrived"])
    name = "f" if measure == "final f" else measure
    for row in table:
        if row.outcome == "stopped":
            said.append(f"{row.label} {row.said.replace('stopped', 'stops')} ({name} = {row.f:.3g}).")
    if moving := [f"{row.label} ({name} = {row.f:.3g})" for row in table if row.outcome == "moving"]:
        said.append(f"{_listed(moving)} {'is' if len(moving) == 1 else 'are'} still moving at the end.")
    if diverged := [f"{row.label} (at step {row.diverged_at})" for row in table if row.outcome == "diverged"]:
        said.append(f"{_listed(diverged)} diverged.")
    return said


def _arrivals(rows: Sequence[ResultRow]) -> list[str]:
    first = [row.label for row in rows if row.place == 1]
    others = [f"{row.label} ({row.arrived_at})" for row in rows if row.place > 1]
    said = []
    if first:
        verb = "arrives first" if len(first) == 1 else "arrive together"
        said.append(f"{_listed(first)} {verb}, at step {rows[0].arrived_at}.")
    if others:
        said.append(f"Then {'comes' if len(others) == 1 else 'come'} {_listed(others)}.")
    return said


def _listed(parts: Sequence[str]) -> str:
    """Return ``one``, ``one and two``, or ``one, two and three``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
