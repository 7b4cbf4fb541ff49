"""Says in one sentence what a race shows, from what became of its racers and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from optviz.engine.judge import RESTS
from optviz.engine.rest import Rest
from optviz.engine.result import Result, ResultRow
from optviz.formula.typography import number
from optviz.words import ENGLISH, Words

# What is said of one racer that came to rest there, and of several.
STOPS: dict[Rest, tuple[str, str]] = {
    "local minimum": ("{who} stops at a local minimum", "{who} stop at a local minimum"),
    "saddle": ("{who} stops at a saddle", "{who} stop at a saddle"),
    "plateau": ("{who} stops on a plateau", "{who} stop on a plateau"),
    "edge": ("{who} stops at an edge", "{who} stop at an edge"),
    "short of the finish": ("{who} stops short of the finish", "{who} stop short of the finish"),
}


def lesson_of(result: Result, say: Words = ENGLISH) -> str:
    """Return a sentence that holds however the race ended: nobody arrived, ties, all diverged, one racer alone."""
    table = result.table()
    if result.racers[0].runs is not None:
        return _of_swarms(result, say)
    if len(table) == 1:
        return _alone(result, table[0], say)
    if all(row.outcome == "diverged" for row in table):
        return _all_diverged(table, say)
    arrived = [row for row in table if row.outcome == "arrived"]
    main = _arrivals(arrived, say) if arrived else _nobody(result, table, say)
    is_complete = len(arrived) == len(table)
    rest = _flown_past(table, say) or _all_arrived(table, say) if is_complete else _others(table, say)
    return say("{main}; {rest}.", main=main, rest=rest) if rest else f"{main}."


def _of_swarms(result: Result, say: Words) -> str:
    """Say whose runs arrive first in the median, and whether the intervals tell it from the next."""
    ordered = [(racer.label, racer.runs) for racer in (result.racers[index] for index in result.order) if racer.runs]
    (first, runs), *others = ordered
    if not isfinite(runs.arrival.value):
        name, most = max(ordered, key=lambda one: one[1].outcomes["arrived"])
        counts = {"some": most.outcomes["arrived"], "all": most.count}
        return say("In the median nobody arrives; {name} does in {some} of {all} runs.", name=name, **counts)
    said = say(
        "{name} arrives first in the median, at step {step}, in {some} of {all} runs",
        name=first,
        step=f"{runs.arrival.value:g}",
        some=runs.outcomes["arrived"],
        all=runs.count,
    )
    if not others or not isfinite(others[0][1].arrival.value):
        return f"{said}."
    label, after = others[0]
    meets = after.arrival.low <= runs.arrival.high
    near, apart = (
        "then {name}, at {step}, too near to tell from luck",
        "then {name}, at {step}, and the intervals do not meet",
    )
    rest = say(near if meets else apart, name=label, step=f"{after.arrival.value:g}")
    return say("{main}; {rest}.", main=said, rest=rest)


def _alone(result: Result, row: ResultRow, say: Words) -> str:
    """Say what became of the only racer."""
    name, racer = row.label, result.racers[0]
    inside = racer.judgement.inside_since(result.steps)
    if row.outcome == "diverged":
        return say("{name} diverges: step {step} leaves the finite numbers.", name=name, step=row.diverged_at)
    if row.stopped_at is not None:
        return f"{say(STOPS[row.stopped_at][0], who=name)}, f = {number(row.f)}."
    if row.arrived_at is not None:
        return _stays(row, say)
    if inside is not None:
        key = "{name} is within the finish since step {step}, too late to say that it stays."
        return say(key, name=name, step=inside)
    key = "{name} is still moving after {count} step" + "s" * (result.steps != 1)
    main = say(key, name=name, count=result.steps)
    if racer.entered_at is None:
        return f"{main}."
    left = say("it was within the finish at step {step}, but left it", step=racer.entered_at)
    return say("{main}; {rest}.", main=main, rest=left)


def _stays(row: ResultRow, say: Words) -> str:
    """Say since when the only racer is within the finish, and whether it was there before."""
    key = "{name} stays within the finish from step {step} on."
    if row.entered_at != row.arrived_at:
        key = "{name} is within the finish at step {first}, leaves it, and stays from step {step} on."
    elif not row.arrived_at:
        key = "{name} stays within the finish from the start on."
    return say(key, name=row.label, first=row.entered_at, step=row.arrived_at)


def _all_diverged(table: Sequence[ResultRow], say: Words) -> str:
    first = [row for row in table if row.place == 1]
    main = say("Both diverge") if len(table) == 2 else say("All {count} diverge", count=say.counted(len(table)))
    if len(first) > 1:
        return f"{main}."
    longest = say("{name} lasts longest, to step {step}", name=first[0].label, step=first[0].diverged_at)
    return say("{main}; {rest}.", main=main, rest=longest)


def _arrivals(arrived: Sequence[ResultRow], say: Words) -> str:
    """Say who of several racers arrived first, alone or level with others."""
    first = [row for row in arrived if row.place == 1]
    name, step = first[0].label, first[0].arrived_at
    if len(first) > 1:
        return say("{names} arrive together, at step {step}", names=_listed(first, say), step=step)
    if len(arrived) == 1:
        return say("Only {name} arrives, at step {step}", name=name, step=step)
    ahead = (arrived[1].arrived_at or 0) - (first[0].arrived_at or 0)
    one = "{name} arrives first, at step {step}, {ahead} step before the next"
    many = "{name} arrives first, at step {step}, {ahead} steps before the next"
    return say(one if ahead == 1 else many, name=name, step=step, ahead=ahead)


def _nobody(result: Result, table: Sequence[ResultRow], say: Words) -> str:
    """Say who is best where nobody arrived; where there is no finish line nobody could."""
    first = [row for row in table if row.place == 1]
    found = {"measure": say(result.measure) if result.problem.online else "f", "value": number(first[0].f)}
    best = (
        say("{names} end level, at {measure} = {value}", names=_listed(first, say), **found)
        if len(first) > 1
        else say("{name} ends with the lowest {measure}, {value}", name=first[0].label, **found)
    )
    return say("Nobody arrives: {best}", best=best) if result.has_finish_line else best


def _flown_past(table: Sequence[ResultRow], say: Words) -> str:
    """Say who was within the finish before those who won and left it again; nothing if nobody was."""
    first = table[0].arrived_at or 0
    early = [row for row in table if row.place > 1 and row.entered_at is not None and row.entered_at < first]
    if not early:
        return ""
    earliest = min(early, key=lambda row: row.entered_at or 0)
    return say("{name} is there at step {step} but flies past", name=earliest.label, step=earliest.entered_at)


def _others(table: Sequence[ResultRow], say: Words) -> str:
    """Say what became of those who did not arrive."""
    became = [(STOPS[rest], [row for row in table if row.stopped_at == rest]) for rest in RESTS]
    became.append((("{who} still moves", "{who} still move"), [row for row in table if row.outcome == "moving"]))
    became.append((("{who} diverges", "{who} diverge"), [row for row in table if row.outcome == "diverged"]))
    return ", ".join(say(keys[len(rows) > 1], who=_who(rows, table, say)) for keys, rows in became if rows)


def _all_arrived(table: Sequence[ResultRow], say: Words) -> str:
    """Say who came last where all arrived; nothing where that is no news."""
    last = table[-1]
    if last.place == 1 or len(table) == 2:
        return ""
    return say("all {count} do, by step {step}", count=say.counted(len(table)), step=last.arrived_at)


def _who(rows: Sequence[ResultRow], table: Sequence[ResultRow], say: Words) -> str:
    """Return the names of one or two racers, the count of more, or that it is all."""
    if len(rows) == len(table):
        return say("both" if len(rows) == 2 else "all")
    return say.counted(len(rows)) if len(rows) > 2 else _listed(rows, say)


def _listed(rows: Sequence[ResultRow], say: Words) -> str:
    names = [row.label for row in rows]
    if len(names) > 3:
        return say("{name} and {count} others", name=names[0], count=say.counted(len(names) - 1))
    return say.listed(names)
