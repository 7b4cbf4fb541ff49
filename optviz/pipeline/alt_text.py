"""Describes a race in words, for readers who cannot see the picture: what it shows, who won, where the others ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optviz.engine.events import events_of
from optviz.engine.lesson import STOPS
from optviz.engine.result import Result, ResultRow
from optviz.engine.window import minimum_elsewhere
from optviz.picture.terms import is_replay, terms
from optviz.scenario import Scenario
from optviz.words import Words

SEEN = {
    "curve": "The curve of f over x, with a point for each optimizer that slides along it",
    "map": "A contour map of f, light where it is low, with a coloured trail and a marker for each optimizer",
    "surface": "The surface of f in three dimensions, with a coloured trail for each optimizer lying on it",
    "grid": "A small contour map of f for each optimizer, light where it is low, with its coloured trail and marker",
    "time": "The iterates against the step, one coloured line for each optimizer",
    "effective_lr": "The effective learning rate against the step, one coloured line for each optimizer",
    "losses": "The recorded loss against the step, one coloured line for each run",
    "network": "The loss against the step, one coloured line for each optimizer",
    "landscape": "A contour map of the loss on a plane through the networks' weights, light where it is low, "
    "with all paths",
}
MOST_EVENTS = 6
REGIONS = "The samples of each class, and how each optimizer's network divides the plane between them"


def alt_text(scenario: Scenario, result: Result) -> str:
    """Return one paragraph of plain sentences, in the scenario's language."""
    view, network, say = scenario.render.view, result.problem.network, scenario.say
    shown = REGIONS if view == "network" and network is not None and network.has_decision_regions else SEEN[view]
    elsewhere = minimum_elsewhere(result, say)
    is_start_said = _have_one_start(result) and not is_replay(result)
    told = terms(scenario, result)[is_start_said:]
    return " ".join(
        [
            f"{scenario.title}.",
            _setting(scenario, result),
            f"{say(shown)}.",
            say("Terms: {terms}.", terms="; ".join(told)),
            *(_swarms(result, say) if result.is_swarm else _outcomes(result.table(), result.measure, say)),
            *_on_the_way(result, say),
            *([f"{elsewhere[0].upper()}{elsewhere[1:]}."] if elsewhere else []),
        ]
    )


def _setting(scenario: Scenario, result: Result) -> str:
    say, count, start = scenario.say, len(result.racers), result.racers[0].x[0]
    key = (
        "{who} takes {steps} steps on {problem}" if count == 1 else "{count} optimizers take {steps} steps on {problem}"
    )
    starts = ""
    if is_replay(result):
        return say("{count} recorded runs of up to {steps} steps.", count=count, steps=result.steps)
    if scenario.starts is not None:
        key, starts = f"{key} from each of {{starts}}", scenario.starts.in_words(result.problem.dim, scenario.seed, say)
    elif result.problem.network is None and _have_one_start(result):
        key, starts = f"{key} from {{starts}}", f"({', '.join(f'{value:g}' for value in start)})"
    who = result.racers[0].label
    return say(f"{key}.", who=who, count=count, steps=result.steps, problem=result.problem.title, starts=starts)


def _have_one_start(result: Result) -> bool:
    """Return whether all racers begin at one place; a recorded run may begin elsewhere."""
    return len({tuple(racer.x[0]) for racer in result.racers}) == 1


def _on_the_way(result: Result, say: Words) -> list[str]:
    """Return what happens before the outcomes: the first few overshoots, escapes and changes of the lead."""
    events = [event for event in events_of(result) if event.kind not in ("arrival", "divergence")]
    return [say("Step {step}: {what}.", step=one.step, what=one.in_words(result, say)) for one in events[:MOST_EVENTS]]


def _swarms(result: Result, say: Words) -> Iterator[str]:
    """Yield for each racer, the first place first, how many of its runs arrived and when."""
    for index in result.order:
        racer = result.racers[index]
        if racer.runs is not None:
            yield f"{racer.label}: {racer.runs.in_words(say)}."


def _outcomes(table: Sequence[ResultRow], measure: str, say: Words) -> list[str]:
    """Return sentences: who arrived first and after them, who came to rest elsewhere, still moves, diverged."""
    said = _arrivals([row for row in table if row.outcome == "arrived"], say)
    name = "f" if measure == "final f" else say(measure)
    for row in table:
        if row.stopped_at is not None:
            entered = f" ({say('entered at {step}', step=row.entered_at)})" if row.entered_at is not None else ""
            said.append(f"{say(STOPS[row.stopped_at][0], who=row.label)}{entered} ({name} = {row.f:.3g}).")
    if moving := [f"{row.label} ({name} = {row.f:.3g})" for row in table if row.outcome == "moving"]:
        one, many = "{names} is still moving at the end.", "{names} are still moving at the end."
        said.append(say(one if len(moving) == 1 else many, names=say.listed(moving)))
    if diverged := [
        f"{row.label} ({say('at step {step}', step=row.diverged_at)})" for row in table if row.outcome == "diverged"
    ]:
        said.append(say("{names} diverged.", names=say.listed(diverged)))
    return said


def _arrivals(rows: Sequence[ResultRow], say: Words) -> list[str]:
    first = [row.label for row in rows if row.place == 1]
    others = [f"{row.label} ({row.arrived_at})" for row in rows if row.place > 1]
    said = []
    if first:
        one, many = "{names} arrives first, at step {step}.", "{names} arrive together, at step {step}."
        said.append(say(one if len(first) == 1 else many, names=say.listed(first), step=rows[0].arrived_at))
    if others:
        said.append(say("Then comes {names}." if len(others) == 1 else "Then come {names}.", names=say.listed(others)))
    return said
