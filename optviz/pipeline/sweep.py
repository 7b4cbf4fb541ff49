"""Sweeps hyperparameters of a scenario's racers over one or two axes, and dives into the boundary of divergence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import prod
from typing import cast

from optviz.engine.judge import has_finish_line
from optviz.engine.sweep import Dive, Measure, SweepAxis, SweepStudy, dive, sweep
from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.optimizers import BoundRule, Range
from optviz.optimizers.hyperparameters import range_of
from optviz.optimizers.search import Scale
from optviz.picture.terms import finish_words
from optviz.pipeline.memory import memory_bytes, refuse_more_than
from optviz.pipeline.settle import Settled, settle
from optviz.pipeline.tune import tune
from optviz.scenario import Scenario

COUNTS = {1: 200, 2: 128}  # values of an axis, by the number of axes, where none is given
MOST_AXES = 2
BYTES_PER_CELL, BYTES_PER_SHOWN = 120, 4  # that are kept of each cell and racer, and of each of its values in a film
SCALES = ("log", "logit", "linear")

Progress = Callable[[int, int], None]


def axes_of(texts: Sequence[str], scenario: Scenario) -> list[SweepAxis]:
    """Read ``lr=1e-4:1:log:200``; scale and count may be left out. Raises OptvizError with every mistake."""
    issues: list[Issue] = []
    axes = []
    if not 1 <= len(texts) <= MOST_AXES:
        hint = "such as --over lr=0.0001:1" if not texts else "take the two that matter"
        raise OptvizError(Issue(f"one or two axes are swept, got {len(texts)}", hint=hint, where="--over"))
    for text in texts:
        where = f"--over {text}"
        found = re.fullmatch(r"\s*([\w.]+)\s*=([^:]+):([^:]+)(?::([a-z]+))?(?::(\d+))?\s*", text)
        if not found:
            hint = "write NAME=LOW:HIGH, such as lr=0.0001:1, or lr=0.0001:1:log:200"
            issues.append(Issue("is no axis", hint=hint, where=where))
            continue
        name, low, high, scale, count = found.groups()
        try:
            given = _range(name, low, high, scale, scenario)
        except OptvizError as error:
            issues += [issue.at(where, None, None) for issue in error.issues]
            continue
        axes.append(SweepAxis(name, given, int(count) if count else COUNTS[len(texts)]))
        if axes[-1].count < 2:
            issues.append(Issue("an axis has at least 2 values", where=where))
    if len({axis.name for axis in axes}) < len(axes):
        issues.append(Issue(f"{axes[0].name} is swept already", where=f"--over {texts[1]}"))
    if issues:
        raise OptvizError(issues)
    return axes


def _range(name: str, low: str, high: str, scale: str | None, scenario: Scenario) -> Range:
    """Return the range of an axis, as the first rule that has the hyperparameter takes it. Raises OptvizError."""
    rules = [racer.rule for racer in scenario.optimizers]
    names = dict.fromkeys(one for rule in rules for one in _names(rule))
    if name not in names:
        raise OptvizError(Issue(f"no racer has a hyperparameter {name}", hint=did_you_mean(name, names)))
    if scale is not None and scale not in SCALES:
        raise OptvizError(Issue(f"no such scale: {scale}", hint=did_you_mean(scale, SCALES)))
    rule = next(rule for rule in rules if name in _names(rule))
    *inside, own = name.split(".")
    parameter = (rule if not inside else rule.base or rule).rule.parameters[own]
    return range_of(parameter, _number(low), _number(high), cast(Scale | None, scale))


def _number(text: str) -> float | str:
    """Return the number that a text stands for, or the text."""
    try:
        return float(text)
    except ValueError:
        return text.strip()


def _names(rule: BoundRule) -> list[str]:
    """Return the numeric hyperparameters of a rule, those of a base as base.lr."""
    own = [name for name, parameter in rule.rule.parameters.items() if parameter.bounds and not parameter.integer]
    return own if rule.base is None else [*own, *(f"base.{name}" for name in _names(rule.base))]


def study_sweep(
    scenario: Scenario,
    axes: Sequence[SweepAxis],
    progress: Progress | None = None,
    *,
    film: bool = False,
    measure: Measure = "final",
) -> SweepStudy:
    """Run every racer that has the axes with every combination of their values. Raises OptvizError.

    film: keep the course of f, too, for a film over the steps. measure: what pictures show of each cell.
    """
    every = max(1, scenario.steps // scenario.render.frames)
    shown = tuple(range(0, scenario.steps + 1, every)) if film else ()
    cells = prod(axis.count for axis in axes)
    rules, settled = _rules(scenario, axes)
    _refuse_measure(settled, measure, film)
    need = cells * len(rules) * (BYTES_PER_CELL + BYTES_PER_SHOWN * len(shown))
    what = f"{' x '.join(str(axis.count) for axis in axes)} cells for {len(rules)} racers"
    refuse_more_than(memory_bytes(), need, what, "--over", "fewer values of each axis fit")
    courses = list(settled.courses(scenario.starts, scenario.starts.seeds if scenario.starts else 1))
    sweeps = []
    for number, (label, rule) in enumerate(rules.items()):

        def tell(done: int, number: int = number) -> None:
            if progress is not None:
                progress(number * cells + done, len(rules) * cells)

        sweeps.append(sweep(label, rule, axes, courses, settled.finish, shown, tell))
    over = " and ".join(axis.name for axis in axes)
    return SweepStudy(
        title=f"{scenario.title}{' Over' if scenario.title[-1] in '?!.' else ', over'} {over}",
        problem=settled.problem,
        axes=tuple(axes),
        sweeps=tuple(sweeps),
        indices=_indices(scenario, rules),
        finish=settled.finish,
        steps=scenario.steps,
        scenario=scenario.resolved(),
        terms=_terms(settled, axes, rules),
        shown=shown,
        measure=measure,
    )


def _refuse_measure(settled: Settled, measure: Measure, film: bool) -> None:
    """Raise OptvizError for steps to arrive where nothing can be arrived at, and for a film of what is one number."""
    if film and measure != "final":
        hint = "write a still, such as -o sweep.png, or leave it out"
        raise OptvizError(Issue("a film shows f as it falls", hint=hint, where=f"--measure {measure}"))
    if measure == "steps" and not has_finish_line(settled.problem, settled.finish):
        hint = "take --measure final"
        raise OptvizError(Issue("there is no finish line to arrive at", hint=hint, where="--measure steps"))


def study_dive(
    scenario: Scenario, axes: Sequence[SweepAxis], centre: tuple[float, float], decades: float,
    progress: Progress | None = None,
) -> tuple[SweepStudy, Dive]:  # fmt: skip
    """Zoom into the boundary of divergence of the first racer that has both axes. Raises OptvizError."""
    rules, settled = _rules(scenario, axes)
    (label, rule), pictures = next(iter(rules.items())), scenario.render.frames
    need = axes[0].count * axes[1].count * pictures * BYTES_PER_CELL
    refuse_more_than(memory_bytes(), need, f"{pictures} pictures of {axes[0].count} x {axes[1].count} cells", "--zoom",
                     "fewer frames (--set render.frames=60) or values fit")  # fmt: skip
    courses = list(settled.courses(scenario.starts, 1))
    found = dive(label, rule, axes, courses, settled.finish, centre, decades, pictures, progress)
    terms = (*_terms(settled, axes, {label: rule}), f"zoom: {decades:g} decades, followed onto the boundary")
    study = SweepStudy(
        title=f"{label} on {settled.problem.title}: between learning and divergence",
        problem=settled.problem,
        axes=found.axes[-1],
        sweeps=found.sweeps[-1:],
        indices=_indices(scenario, {label: rule}),
        finish=settled.finish,
        steps=scenario.steps,
        scenario=scenario.resolved(),
        terms=terms,
    )
    return study, found


def _rules(scenario: Scenario, axes: Sequence[SweepAxis]) -> tuple[dict[str, BoundRule], Settled]:
    """Return the racers that have all axes, tuned where the scenario says so, by label."""
    settled, tunings = settle(scenario), tune(scenario)
    rules = {one.label: tunings[one.label].tuned if one.label in tunings else one.rule for one in scenario.optimizers}
    kept = {label: rule for label, rule in rules.items() if all(axis.name in _names(rule) for axis in axes)}
    if not kept:
        hint = "sweep them one by one"
        raise OptvizError(Issue(f"no racer has both {axes[0].name} and {axes[-1].name}", hint=hint, where="--over"))
    return kept, settled


def _indices(scenario: Scenario, rules: dict[str, BoundRule]) -> tuple[int, ...]:
    labels = [racer.label for racer in scenario.optimizers]
    return tuple(labels.index(label) for label in rules)


def _terms(settled: Settled, axes: Sequence[SweepAxis], rules: dict[str, BoundRule]) -> tuple[str, ...]:
    """Return the terms of a sweep, each a few words."""
    scenario = settled.scenario
    runs = scenario.starts.count(settled.problem.dim) if scenario.starts else 1
    left = [racer.label for racer in scenario.optimizers if racer.label not in rules]
    lacking = "lacks" if len(left) == 1 else "lack"
    finish = finish_words(settled.finish, settled.problem)
    said = [
        ", ".join(f"{axis.name} {axis.range.low:g} to {axis.range.high:g}, {axis.count} values" for axis in axes),
        settled.starts_words(scenario.starts),
        f"{scenario.steps} steps",
        "medians over the starts" if runs > 1 else "",
        f"works: arrives; {finish}" if finish else "works: within 5 % of its best",
        f"without {', '.join(left)}, which {lacking} {axes[0].name if len(axes) == 1 else 'an axis'}" if left else "",
    ]
    return tuple(part for part in said if part)
