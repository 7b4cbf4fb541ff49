"""Words one step of a racer: the rule's equations, its numbers in their places, and every term."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from optviz.cli.tables import indented, table
from optviz.engine.anatomy import Anatomy, dissect
from optviz.engine.equation import ARROW, filled, used
from optviz.engine.result import Racer, Result
from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.formula.typography import number
from optviz.pipeline.race import Race

DIGITS = 4
AXES = ("x", "y")
MOST_COORDINATES = 4  # of a network: those that move most


@dataclass(frozen=True)
class StepFacts:
    """One step of one racer."""

    label: str
    rule: str
    step: int
    before: list[float]
    after: list[float]
    terms: dict[str, list[float]]


def describe_step(race: Race, name: str, step: int) -> str:
    """Write the step of the racer of that label or rule as on a board. Raises OptvizError."""
    racer, anatomy = _dissected(race.result, name, step)
    shown = _coordinates(anatomy, step)
    names = AXES if race.problem.dim <= len(AXES) else [f"weight {at + 1}" for at in range(race.problem.dim)]
    rows = [("", "x before", *(number(anatomy.x[step - 1, at], DIGITS) for at in shown))]
    rows += [
        (term.symbol, term.words, *(number(term.values[step - 1, at], DIGITS) for at in shown))
        for term in anatomy.terms()
    ]
    rows.append(("", "x after", *(number(anatomy.x[step, at], DIGITS) for at in shown)))
    held = "".join(f"{name} holds: what is remembered fell, its maximum did not\n\n" for name in anatomy.held(step))
    board = [line for equation in racer.rule.rule.equations for line in _written(equation, anatomy, step, shown, names)]
    return "\n\n".join(
        [
            f"{racer.label}, step {step} of {race.result.steps}, on {race.problem.title}",
            indented(board),
            held + table(["", "", *(f"along {names[at]}" for at in shown)], rows),
        ]
    )


def step_facts(race: Race, name: str, step: int) -> dict[str, Any]:
    """Return the numbers of the step, for scripts. Raises OptvizError."""
    racer, anatomy = _dissected(race.result, name, step)
    terms = {symbol: values[step - 1].tolist() for symbol, values in anatomy.every.items()}
    before, after = anatomy.x[step - 1].tolist(), anatomy.x[step].tolist()
    return asdict(StepFacts(racer.label, racer.rule.name, step, before, after, terms))


def _dissected(result: Result, name: str, step: int) -> tuple[Racer, Anatomy]:
    if result.is_swarm:
        raise OptvizError(Issue("a swarm has many paths, and no one step", where=f"--step {step}"))
    racers = {racer.label.lower(): racer for racer in result.racers}
    of_rule = [racer for racer in result.racers if racer.rule.name == name.lower()]
    racer = racers.get(name.lower()) or (of_rule[0] if of_rule else None)
    if racer is None:
        labels = [one.label for one in result.racers]
        raise OptvizError(Issue(f"no racer is called {name}", hint=did_you_mean(name, labels)))
    if not 1 <= step <= racer.trajectory.steps:
        message = f"{racer.label} has steps 1 to {racer.trajectory.steps}, got {step}"
        raise OptvizError(Issue(message, where=f"--step {step}"))
    return racer, dissect(racer, result, step)


def _coordinates(anatomy: Anatomy, step: int) -> list[int]:
    """Return the coordinates shown: one or two all, of more those that move most."""
    moved = abs(anatomy.every["Δ"][step - 1])
    if len(moved) <= len(AXES):
        return list(range(len(moved)))
    return sorted(moved.argsort()[::-1][:MOST_COORDINATES].tolist())


def _written(equation: str, anatomy: Anatomy, step: int, shown: list[int], names: Any) -> list[str]:
    """Return an equation, and below it its numbers for every coordinate, where it is one sum of known numbers."""
    core = used(equation, anatomy.racer.rule)
    said = [filled(anatomy, core, step, at, DIGITS) for at in shown]
    if not all(said):
        return [equation]
    left = core.partition(ARROW)[0]
    new = anatomy.x[step] if left == "x" else anatomy.every[left][step - 1]
    ends = zip(shown, said, strict=True)
    return [equation, *(f"   {names[at]}: {line} = {number(new[at], DIGITS)}" for at, line in ends)]
