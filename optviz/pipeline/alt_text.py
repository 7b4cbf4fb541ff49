"""A race in words, for those who cannot see the picture: what is seen, who won, where the others ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optviz.engine.result import Place, Race

SEEN = {
    "curve": "The curve of f over x, with a point for each optimizer that slides along it",
    "map": "A contour map of f, light where it is low, with a coloured trail and a marker for each optimizer",
    "surface": "The surface of f in three dimensions, with a coloured trail for each optimizer lying on it",
    "time": "The iterates against the step, one coloured line for each optimizer",
}


def alt_text(race: Race) -> str:
    """One paragraph of plain sentences. Needs a race that comes from a scenario."""
    if race.scenario is None:
        raise ValueError("only a race from a scenario says how it is drawn")
    sentences = [
        f"{race.scenario.title}.",
        _setting(race),
        f"{SEEN.get(race.scenario.render.view, 'The race')}.",
        *_outcomes(race),
    ]
    return " ".join(sentences) + "\n"


def _setting(race: Race) -> str:
    assert race.scenario is not None
    count = len(race.racers)
    who = race.racers[0].label if count == 1 else f"{count} optimizers"
    takes, on = ("takes", race.problem.title) if count == 1 else ("take", race.problem.title)
    start = race.racers[0].trajectory.x[0]
    where = f" from ({', '.join(f'{value:g}' for value in start)})" if len(start) <= 2 else ""
    return f"{who} {takes} {race.scenario.steps} steps on {on}{where}."


def _outcomes(race: Race) -> list[str]:
    table = race.table()
    arrived = [row for row in table if row.outcome == "finished"]
    running = [row for row in table if row.outcome == "running"]
    lost = [row for row in table if row.outcome == "diverged"]
    said = []
    if arrived:
        said.append(f"{arrived[0].label} arrives first, at step {arrived[0].step}.")
    if len(arrived) > 1:
        said.append(f"Then come {_listed([f'{row.label} ({row.step})' for row in arrived[1:]])}.")
    if running:
        verb = "ends" if len(running) == 1 else "end"
        where = "short of the minimum" if arrived else "without a finish" if len(table) > 1 else "its steps"
        said.append(f"{_listed([_with_f(row) for row in running])} {verb} {where}.")
    if lost:
        said.append(f"{_listed([f'{row.label} (at step {row.step})' for row in lost])} diverged.")
    return said


def _with_f(row: Place) -> str:
    return f"{row.label} (f = {row.f:.3g})"


def _listed(parts: Sequence[str]) -> str:
    """one; one and two; one, two and three"""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
