"""Sweeps hyperparameters of a scenario's racers over one or two axes, and dives into the boundary of divergence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from typing import cast

from optviz.engine.judge import has_finish_line
from optviz.engine.sweep import (
    Columns,
    Dive,
    Measure,
    Sweep,
    SweepAxis,
    SweepStudy,
    approach,
    boundary_near,
    joined,
    lay_out,
    run_cells,
    written,
)
from optviz.engine.tuning import Course
from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.formula import number_in
from optviz.optimizers import BoundRule, Range
from optviz.optimizers.hyperparameters import range_of
from optviz.optimizers.search import Scale
from optviz.optimizers.spellings import hyperparameter_hint
from optviz.picture.terms import finish_words, gradient_terms
from optviz.pipeline.cells import HERE, Cell, Progress, Workshop, compute
from optviz.pipeline.memory import memory_bytes, refuse_more_than, room_of
from optviz.pipeline.settle import Settled, settle
from optviz.pipeline.tiles import (
    Ground,
    content_of,
    cost_of,
    ground_of,
    parts_of,
    processes_from,
    refuse_foreign,
    whole,
    without,
)
from optviz.pipeline.tune import tune, tuned_rules
from optviz.scenario import Scenario
from optviz.words import ENGLISH, Words

COUNTS = {1: 200, 2: 128}  # values of an axis, by the number of axes, where none is given
MOST_AXES = 2
BYTES_PER_CELL, BYTES_PER_SHOWN = 120, 4  # that are kept of each cell and racer, and of each of its values in a film
SCALES = ("log", "logit", "linear")


def axes_of(texts: Sequence[str], scenario: Scenario) -> list[SweepAxis]:
    """Read ``lr=1e-4:1:log:200``; scale and count may be left out. Raises OptvizError with every mistake."""
    issues: list[Issue] = []
    axes = []
    if not 1 <= len(texts) <= MOST_AXES:
        hint = "such as --over lr=0.0001:1" if not texts else "take the two that matter"
        raise OptvizError(Issue(f"one or two axes are swept, got {len(texts)}", hint=hint, where="--over"))
    for text in texts:
        where = f"--over {text}"
        found = re.fullmatch(r"\s*([\w.]+)\s*=([^:]+):([^:]+)(?::\s*([a-zA-Z]+)\s*)?(?::([^:]+))?", text)
        if not found:
            hint = "write NAME=LOW:HIGH, such as lr=0.0001:1, or lr=0.0001:1:log:200"
            issues.append(Issue("is no axis", hint=hint, where=where))
            continue
        name, low, high, scale, count = found.groups()
        try:
            given = _range(name, low, high, scale and scale.lower(), scenario)
        except OptvizError as error:
            issues += [_of_an_end(issue).at(where, None, None) for issue in error.issues]
            continue
        values = COUNTS[len(texts)] if count is None else number_in(count)
        if isinstance(values, str) or not float(values).is_integer():
            issues.append(Issue(f"the count must be a whole number, got {count}", where=where))
            continue
        axes.append(SweepAxis(name, given, int(values)))
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
        if any(name in rule.rule.parameters for rule in rules):
            raise OptvizError(Issue(f"{name} is no number that could be swept", hint=f"allowed: {', '.join(names)}"))
        raise OptvizError(Issue(f"no racer has a hyperparameter {name}", hint=hyperparameter_hint("", name, names)))
    if scale is not None and scale not in SCALES:
        raise OptvizError(Issue(f"no such scale: {scale}", hint=did_you_mean(scale, SCALES)))
    rule = next(rule for rule in rules if name in _names(rule))
    *inside, own = name.split(".")
    parameter = (rule if not inside else rule.base or rule).rule.parameters[own]
    return range_of(parameter, number_in(low.strip()), number_in(high.strip()), cast(Scale | None, scale))


def _of_an_end(issue: Issue) -> Issue:
    """Return an issue of [low, high] in the words of a range that is written low:high."""
    ends = {"[0]": "the low end ", "[1]": "the high end "}
    return replace(issue, path="", message=ends[issue.path] + issue.message) if issue.path in ends else issue


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
    workshop: Workshop = HERE,
) -> SweepStudy:
    """Run every racer that has the axes with every combination of their values. Raises OptvizError.

    film: keep the course of f, too, for a film over the steps. measure: what pictures show of each cell. A racer of
    which a tile fails is left out and named.
    """
    every = max(1, scenario.steps // scenario.render.frames)
    shown = tuple(range(0, scenario.steps + 1, every)) if film else ()
    rules, settled = _rules(scenario, axes)
    _refuse_measure(settled, measure, film)
    racers = f"{len(rules)} racer{'s' if len(rules) > 1 else ''}"
    _refuse_too_many(axes, len(rules) * (BYTES_PER_CELL + BYTES_PER_SHOWN * len(shown)), f"cells for {racers}")
    refuse_foreign(rules, settled.problem, workshop)
    ground = ground_of(settled)
    tiles = {label: list(_tiles(ground, label, rule, axes, shown)) for label, rule in rules.items()}
    found = compute(
        [one for own in tiles.values() for one in own],
        {"command": "sweep", **_protocol(ground, axes), "shown": len(shown)},
        workshop,
        progress,
        processes_from(rules.values(), settled.problem),
    )
    kept, course = {label: rules[label] for label in whole(tiles, found)}, next(_courses(settled))
    sweeps = [
        lay_out(label, rule, axes, joined([found.columns[one.name] for one in tiles[label]]), course, settled.finish)
        for label, rule in kept.items()
    ]
    over, asks = scenario.say.listed([axis.name for axis in axes]), scenario.title[-1] in "?!."
    title = scenario.say("{title} Over {axes}" if asks else "{title}, over {axes}", title=scenario.title, axes=over)

    def terms(say: Words) -> tuple[str, ...]:
        return _terms(settled, axes, rules, without(rules, list(kept), say), say)

    study = _study(scenario, settled, title, axes, sweeps, terms, found.failed)
    return replace(study, shown=shown, measure=measure)


def _study(
    scenario: Scenario,
    settled: Settled,
    title: str,
    axes: Sequence[SweepAxis],
    sweeps: Sequence[Sweep],
    terms: Callable[[Words], tuple[str, ...]],
    failed: Mapping[str, str],
) -> SweepStudy:
    """Put a study together. terms: in a language."""
    labels = [racer.label for racer in scenario.optimizers]
    return SweepStudy(
        title=title,
        problem=settled.problem,
        axes=tuple(axes),
        sweeps=tuple(sweeps),
        indices=tuple(labels.index(one.label) for one in sweeps),
        finish=settled.finish,
        steps=scenario.steps,
        scenario=scenario.resolved(),
        terms=terms(ENGLISH),
        small_print=terms(scenario.say),
        say=scenario.say,
        failed=failed,
    )


def _courses(settled: Settled) -> Iterator[Course]:
    starts = settled.scenario.starts
    return settled.courses(starts, starts.seeds if starts else 1)


def _tiles(
    ground: Ground, label: str, rule: BoundRule, axes: Sequence[SweepAxis], shown: Sequence[int]
) -> Iterator[Cell]:
    """Yield the cells of one racer: consecutive parts of its combinations."""
    settled, total = ground.settled(), prod(axis.count for axis in axes)
    runs = sum(course.starts.shape[1] for course in _courses(settled))
    point_steps = runs * rule.steps * cost_of(rule, settled.problem)
    content = content_of("sweep", rule, ground) | {"axes": written(axes), "shown": list(shown)}
    for part in parts_of(total, point_steps):
        name = f"{label}: cells {part.start + 1} to {part.stop} of {total}"
        own = content | {"cells": [part.start, part.stop]}
        yield Cell(name, own, (part.stop - part.start) * point_steps, partial(_run, ground, rule, axes, part, shown))


def _run(ground: Ground, rule: BoundRule, axes: Sequence[SweepAxis], part: slice, shown: Sequence[int]) -> Columns:
    settled = ground.settled()
    return run_cells(rule, axes, list(_courses(settled)), settled.finish, part, shown)


def _protocol(ground: Ground, axes: Sequence[SweepAxis]) -> dict[str, object]:
    """Return what all tiles of a sweep have in common; racers may come and go."""
    told = {
        axis.name: f"{axis.range.low!r} to {axis.range.high!r}, {axis.range.scale}, {axis.count} values"
        for axis in axes
    }
    return told | ground.content


def _refuse_too_many(axes: Sequence[SweepAxis], each: int, what: str) -> None:
    """Raise OptvizError for axes with more values than there is memory for their cells, of ``each`` bytes."""
    memory, counts = memory_bytes(), [axis.count for axis in axes]
    need = prod(counts) * each
    share = (room_of(memory) / need) ** (1 / len(axes))
    most = " x ".join(str(int(count * share)) for count in counts)
    refuse_more_than(memory, need, f"{' x '.join(map(str, counts))} {what}", "--over", f"{most} fit")


def _refuse_measure(settled: Settled, measure: Measure, film: bool) -> None:
    """Raise OptvizError for steps to arrive where nothing can be arrived at, and for a film of what is one number."""
    if film and measure != "final":
        hint = "write a still, such as -o sweep.png, or leave it out"
        raise OptvizError(Issue("a film shows f as it falls", hint=hint, where=f"--measure {measure}"))
    if measure == "steps" and not has_finish_line(settled.problem, settled.finish):
        hint = "take --measure final"
        raise OptvizError(Issue("there is no finish line to arrive at", hint=hint, where="--measure steps"))


def study_dive(
    scenario: Scenario,
    axes: Sequence[SweepAxis],
    centre: tuple[float, float],
    decades: float,
    progress: Progress | None = None,
    workshop: Workshop = HERE,
) -> tuple[SweepStudy, Dive]:
    """Zoom into the boundary of divergence of the first racer that has both axes. Raises OptvizError.

    A picture of which a part fails is left out.
    """
    rules, settled = _rules(scenario, axes)
    (label, rule), pictures = next(iter(rules.items())), scenario.render.frames
    _refuse_too_many(axes, pictures * BYTES_PER_CELL, f"cells in {pictures} pictures")
    refuse_foreign({label: rule}, settled.problem, workshop)
    ground, courses = ground_of(settled), list(_courses(settled))
    place = boundary_near(rule, axes, courses, settled.finish, centre, decades)
    shown = dict(enumerate(approach(axes, place, decades, pictures), 1))
    tiles = {
        f"picture {number}": list(_tiles(ground, f"picture {number}", rule, own, ())) for number, own in shown.items()
    }
    found = compute(
        [one for own in tiles.values() for one in own],
        {"command": "dive", **_protocol(ground, axes), "zoom": list(centre), "decades": decades, "frames": pictures},
        workshop,
        progress,
        processes_from([rule], settled.problem),
    )
    kept = whole(tiles, found)
    pairs = [own for number, own in shown.items() if f"picture {number}" in kept]
    sweeps = [
        lay_out(label, rule, own, joined([found.columns[one.name] for one in tiles[name]]), courses[0], settled.finish)
        for name, own in zip(kept, pairs, strict=True)
    ]
    x, y = (float(axis.range.at(share)) for axis, share in zip(axes, place, strict=True))
    between = "{name} on {problem}: between learning and divergence"
    title = scenario.say(between, name=label, problem=settled.problem.title)

    def terms(say: Words) -> tuple[str, ...]:
        zoom = say("zoom: {count} decades, followed onto the boundary", count=f"{decades:g}")
        return *_terms(settled, axes, {label: rule}, zoom, say), *filter(None, [without(tiles, kept, say)])

    study = _study(scenario, settled, title, pairs[-1], sweeps[-1:], terms, found.failed)
    return study, Dive((x, y), tuple(pairs), tuple(sweeps))


def _rules(scenario: Scenario, axes: Sequence[SweepAxis]) -> tuple[dict[str, BoundRule], Settled]:
    """Return the racers that have all axes, tuned where the scenario says so, by label."""
    settled, rules = settle(scenario), tuned_rules(scenario, tune(scenario))
    kept = {label: rule for label, rule in rules.items() if all(axis.name in _names(rule) for axis in axes)}
    if not kept:
        hint = "sweep them one by one"
        raise OptvizError(Issue(f"no racer has both {axes[0].name} and {axes[-1].name}", hint=hint, where="--over"))
    return kept, settled


def _terms(
    settled: Settled, axes: Sequence[SweepAxis], rules: dict[str, BoundRule], last: str, say: Words
) -> tuple[str, ...]:
    """Return the terms of a sweep, each a few words, and what comes last."""
    scenario = settled.scenario
    runs = scenario.starts.count(settled.problem.dim) if scenario.starts else 1
    left = [racer.label for racer in scenario.optimizers if racer.label not in rules]
    lacking = "without {names}, which lacks {axis}" if len(left) == 1 else "without {names}, which lack {axis}"
    lacked = axes[0].name if len(axes) == 1 else say("an axis")
    finish, values = finish_words(settled.finish, settled.problem, say), "{name} {low} to {high}, {count} values"
    ends = [(axis.name, f"{axis.range.low:g}", f"{axis.range.high:g}", axis.count) for axis in axes]
    said = [
        ", ".join(say(values, name=name, low=low, high=high, count=count) for name, low, high, count in ends),
        settled.starts_words(scenario.starts, say),
        say("{count} steps", count=scenario.steps),
        *gradient_terms(scenario, rules, say),
        say("medians over the starts") if runs > 1 else "",
        say("works: arrives; {finish}", finish=finish) if finish else say("works: within 5 % of its best"),
        say(lacking, names=", ".join(left), axis=lacked) if left else "",
        last,
    ]
    return tuple(part for part in said if part)
