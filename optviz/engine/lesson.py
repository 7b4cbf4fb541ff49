"""Says in one sentence what a race shows, from what became of its racers and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from optviz.engine.judge import RESTS
from optviz.engine.result import Result, ResultRow
from optviz.formula.typography import number

COUNTS = "no one two three four five six seven eight nine ten eleven twelve".split()


def lesson_of(result: Result) -> str:
    """Return a sentence that holds however the race ended: nobody arrived, ties, all diverged, one racer alone."""
    table = result.table()
    if result.racers[0].runs is not None:
        return _of_swarms(result)
    if len(table) == 1:
        return _alone(result, table[0])
    if all(row.outcome == "diverged" for row in table):
        return _all_diverged(table)
    arrived = [row for row in table if row.outcome == "arrived"]
    main = _arrivals(arrived) if arrived else _nobody(result, table)
    rest = _flown_past(table) or _all_arrived(table) if len(arrived) == len(table) else _others(table)
    return f"{main}; {rest}." if rest else f"{main}."


def _of_swarms(result: Result) -> str:
    """Say whose runs arrive first in the median, and whether the intervals tell it from the next."""
    ordered = [(racer.label, racer.runs) for racer in (result.racers[index] for index in result.order) if racer.runs]
    (first, runs), *others = ordered
    arrived = f"{runs.outcomes['arrived']} of {runs.count} runs"
    if not isfinite(runs.arrival.value):
        most = max(ordered, key=lambda one: one[1].outcomes["arrived"])
        return f"In the median nobody arrives; {most[0]} does in {most[1].outcomes['arrived']} of {most[1].count} runs."
    said = f"{first} arrives first in the median, at step {runs.arrival.value:g}, in {arrived}"
    if not others or not isfinite(others[0][1].arrival.value):
        return f"{said}."
    label, after = others[0]
    luck = "too near to tell from luck" if after.arrival.low <= runs.arrival.high else "and the intervals do not meet"
    return f"{said}; then {label}, at {after.arrival.value:g}, {luck}."


def _alone(result: Result, row: ResultRow) -> str:
    """Say what became of the only racer."""
    name, racer = row.label, result.racers[0]
    inside = racer.judgement.inside_since(result.steps)
    if row.outcome == "diverged":
        return f"{name} diverges: step {row.diverged_at} leaves the finite numbers."
    if row.outcome == "stopped":
        return f"{name} {_stops(row)}, f = {number(row.f)}."
    if row.arrived_at is not None:
        before = racer.entered_at != row.arrived_at
        first = f"is within the finish at step {racer.entered_at}, leaves it, and " if before else ""
        when = f"from step {row.arrived_at} on" if row.arrived_at else "from the start on"
        return f"{name} {first}stays within the finish {when}."
    if inside is not None:
        return f"{name} is within the finish since step {inside}, too late to say that it stays."
    left = f"; it was within the finish at step {racer.entered_at}, but left it" if racer.entered_at is not None else ""
    return f"{name} is still moving after {result.steps} step{'s' * (result.steps != 1)}{left}."


def _all_diverged(table: Sequence[ResultRow]) -> str:
    first = [row for row in table if row.place == 1]
    longest = f"; {first[0].label} lasts longest, to step {first[0].diverged_at}" if len(first) == 1 else ""
    return f"{'Both' if len(table) == 2 else f'All {counted(len(table))}'} diverge{longest}."


def _arrivals(arrived: Sequence[ResultRow]) -> str:
    """Say who of several racers arrived first, alone or level with others."""
    first = [row for row in arrived if row.place == 1]
    when = f"at step {first[0].arrived_at}"
    if len(first) > 1:
        return f"{_listed(first)} arrive together, {when}"
    if len(arrived) == 1:
        return f"Only {first[0].label} arrives, {when}"
    ahead = (arrived[1].arrived_at or 0) - (first[0].arrived_at or 0)
    return f"{first[0].label} arrives first, {when}, {ahead} step{'s' * (ahead != 1)} before the next"


def _nobody(result: Result, table: Sequence[ResultRow]) -> str:
    """Say who is best where nobody arrived; where there is no finish line nobody could."""
    first = [row for row in table if row.place == 1]
    measure = "f" if not result.problem.online else result.measure
    best = (
        f"{_listed(first)} end level, at {measure} = {number(first[0].f)}"
        if len(first) > 1
        else f"{first[0].label} ends with the lowest {measure}, {number(first[0].f)}"
    )
    return f"Nobody arrives: {best}" if result.has_finish_line else best


def _flown_past(table: Sequence[ResultRow]) -> str:
    """Say who was within the finish before those who won and left it again; nothing if nobody was."""
    first = table[0].arrived_at or 0
    early = [row for row in table if row.place > 1 and row.entered_at is not None and row.entered_at < first]
    if not early:
        return ""
    earliest = min(early, key=lambda row: row.entered_at or 0)
    return f"{earliest.label} is there at step {earliest.entered_at} but flies past"


def _others(table: Sequence[ResultRow]) -> str:
    """Say what became of those who did not arrive."""
    said = []
    for rest in RESTS:
        if stopped := [row for row in table if row.stopped_at == rest]:
            said.append(f"{_who(stopped, table)} {_stops(stopped[0], len(stopped))}")
    if moving := [row for row in table if row.outcome == "moving"]:
        said.append(f"{_who(moving, table)} still move{'s' * (len(moving) == 1)}")
    if diverged := [row for row in table if row.outcome == "diverged"]:
        said.append(f"{_who(diverged, table)} diverge{'s' * (len(diverged) == 1)}")
    return ", ".join(said)


def _all_arrived(table: Sequence[ResultRow]) -> str:
    """Say who came last where all arrived; nothing where that is no news."""
    last = table[-1]
    if last.place == 1 or len(table) == 2:
        return ""
    return f"all {counted(len(table))} do, by step {last.arrived_at}"


def _stops(row: ResultRow, count: int = 1) -> str:
    said = RESTS[row.stopped_at] if row.stopped_at else "stopped"
    return said.replace("stopped", "stops" if count == 1 else "stop", 1)


def _who(rows: Sequence[ResultRow], table: Sequence[ResultRow]) -> str:
    """Return the names of one or two racers, the count of more, or that it is all."""
    if len(rows) == len(table):
        return "both" if len(rows) == 2 else "all"
    return counted(len(rows)) if len(rows) > 2 else _listed(rows)


def _listed(rows: Sequence[ResultRow]) -> str:
    names = [row.label for row in rows]
    if len(names) > 3:
        return f"{names[0]} and {counted(len(names) - 1)} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def counted(count: int) -> str:
    """Return a count in words up to twelve."""
    return COUNTS[count] if count < len(COUNTS) else str(count)
