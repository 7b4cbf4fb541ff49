"""Tunes a scenario's racers before they race: the same trials, starts and gradients for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from optviz.engine.tuning import MEASURES, Columns, Tuning, gather_trials, run_trials, tried_values, widened
from optviz.engine.tuning_study import TuningStudy
from optviz.errors import Issue, OptvizError
from optviz.optimizers import BoundRule
from optviz.output.atomic import atomic_write
from optviz.picture.terms import finish_words, gradient_terms
from optviz.pipeline.cells import HERE, Cell, Progress, Workshop, compute
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
from optviz.scenario import Scenario, loads
from optviz.scenario.comparison import TuningSettings
from optviz.scenario.document import read_document
from optviz.scenario.from_python import as_text
from optviz.scenario.messages import spaced
from optviz.words import ENGLISH, Words

MOST_WIDENINGS = 8  # decades that a range may gain at an end; then a best value at its edge is told as such


def tune(scenario: Scenario, progress: Progress | None = None) -> dict[str, Tuning]:
    """Search the ranges of every racer that has some; return the trials by label. Raises OptvizError."""
    rules = _tuned(scenario)
    if not rules:
        return {}
    tunings, failed = _Search(ground_of(settle(scenario)), HERE, progress).searched(rules)
    if failed:
        raise OptvizError(Issue(reason, where=name) for name, reason in failed.items())
    return tunings


def tuned_rules(scenario: Scenario, tunings: Mapping[str, Tuning]) -> dict[str, BoundRule]:
    """Return every racer's rule by label, with the values that were found where it was tuned."""
    return {one.label: tunings[one.label].tuned if one.label in tunings else one.rule for one in scenario.optimizers}


def study_tuning(
    scenario: Scenario, progress: Progress | None = None, *, widen: bool = False, workshop: Workshop = HERE
) -> TuningStudy:
    """Tune the scenario and lay the trials out for pictures and files. Raises OptvizError where nothing is tuned.

    widen: ranges in whose outer 5 % a racer's best lies gain a decade there for everyone, and all are searched again.
    A racer of which a cell fails is left out and named.
    """
    rules = _tuned(scenario)
    if not rules:
        hint = "write one as a range, such as lr: {tune: [0.001, 1]}"
        raise OptvizError(Issue("no hyperparameter is tuned", "optimizers", hint, where=scenario.called))
    settled = settle(scenario)
    refuse_foreign(rules, settled.problem, workshop)
    search = _Search(ground_of(settled), workshop, progress)
    tunings, failed = search.searched(rules)
    for _ in range(MOST_WIDENINGS if widen else 0):
        if failed or not any(one.edges for one in tunings.values()):
            break
        rules = dict(zip(rules, widened(list(tunings.values())), strict=True))
        tunings, failed = search.searched(rules)
    labels = [racer.label for racer in scenario.optimizers]
    return TuningStudy(
        title=_title(scenario, tunings),
        problem=settled.problem,
        steps=scenario.steps,
        tunings=tunings,
        indices=tuple(labels.index(label) for label in tunings),
        scenario=scenario.resolved(),
        terms=_terms(settled, list(rules), tunings, ENGLISH),
        small_print=_terms(settled, list(rules), tunings, scenario.say),
        say=scenario.say,
        failed=failed,
    )


def _tuned(scenario: Scenario) -> dict[str, BoundRule]:
    """Return the rules with ranges, by label."""
    return {racer.label: racer.rule for racer in scenario.optimizers if racer.rule.ranges}


# --- cells ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Search:
    """What all trials have in common, and where they are run."""

    ground: Ground
    workshop: Workshop
    progress: Progress | None

    @property
    def settings(self) -> TuningSettings:
        """The protocol of the search."""
        return self.ground.scenario.tuning or TuningSettings()

    def searched(self, rules: Mapping[str, BoundRule]) -> tuple[dict[str, Tuning], dict[str, str]]:
        """Search the rules' ranges; return the trials by label, and what failed. Raises OutputError if none is left."""
        settings, problem = self.settings, self.ground.settled().problem
        cells = {label: list(self._cells(label, rule)) for label, rule in rules.items()}
        found = compute(
            [one for own in cells.values() for one in chain(*own)],
            {"command": "tune", **self.ground.content, **_written(settings)},
            self.workshop,
            self.progress,
            processes_from(rules.values(), problem),
        )
        kept = whole({label: list(chain(*own)) for label, own in cells.items()}, found)
        tunings = {}
        for label in kept:
            tried = tried_values(rules[label], settings.trials)
            runs = [[found.columns[one.name] for one in course] for course in cells[label]]
            tunings[label] = gather_trials(rules[label], settings.metric, tried, runs)
        return tunings, found.failed

    def _cells(self, label: str, rule: BoundRule) -> Iterator[list[Cell]]:
        """Yield the cells of a racer on each course: consecutive parts of its trials."""
        settled, settings = self.ground.settled(), self.settings
        content = content_of("tune", rule, self.ground) | _written(settings)
        runs = settled.course(settings.starts or settled.scenario.starts, 0).starts.shape[1]
        point_steps = runs * rule.steps * cost_of(rule, settled.problem)
        for seed in range(settings.seeds):
            cells = []
            for part in parts_of(settings.trials, point_steps):
                name = f"{label}: trials {part.start + 1} to {part.stop} of {settings.trials}, seed {seed + 1}"
                own = content | {"trials": [part.start, part.stop], "course": seed}
                work = partial(_run, self.ground, rule, seed, part)
                cells.append(Cell(name, own, (part.stop - part.start) * point_steps, work))
            yield cells


def _run(ground: Ground, rule: BoundRule, seed: int, part: slice) -> Columns:
    settled, settings = ground.settled(), ground.scenario.tuning or TuningSettings()
    course = settled.course(settings.starts or settled.scenario.starts, seed)
    return run_trials(rule, tried_values(rule, settings.trials), course, settled.finish, part, settings.seeds)


def _written(settings: TuningSettings) -> dict[str, object]:
    """Return what the numbers of all trials depend on, in plain values; which is kept is decided afterwards."""
    return {"tuning": settings.model_dump(mode="json", exclude={"metric"})}


# --- words ----------------------------------------------------------------------------------------


def _title(scenario: Scenario, tunings: Mapping[str, Tuning]) -> str:
    names, say = {name.rpartition(".")[2] for one in tunings.values() for name in one.ranges}, scenario.say
    if len(names) > 1:
        return say("{title}: which hyperparameters work?", title=scenario.title)
    if names == {"lr"}:
        return say("{title}: which learning rate works?", title=scenario.title)
    return say("{title}: which {name} works?", title=scenario.title, name=names.pop())


def _terms(settled: Settled, labels: Sequence[str], tunings: Mapping[str, Tuning], say: Words) -> tuple[str, ...]:
    """Return the terms of the search, each a few words; labels: of all that were searched."""
    scenario, one = settled.scenario, next(iter(tunings.values()))
    settings = scenario.tuning or TuningSettings()
    spread = {
        (True,): "{count} trials each, evenly spaced",
        (False,): "{count} trials each, Halton's points",
        (False, True): "{count} trials each, evenly spaced; of several ranges Halton's points",
    }
    trials = spread[tuple(sorted({len(each.ranges) == 1 for each in tunings.values()}))]
    kept, most = "kept: lowest median {measure}" if one.runs > 1 else "kept: lowest {measure}", one.trials * one.runs
    edges = [label for label, each in tunings.items() if each.edges]
    said = [
        _searched(tunings, say),
        say(trials, count=one.trials),
        settled.starts_words(settings.starts or scenario.starts, say)
        + (f", {say('{count} seeds', count=settings.seeds)}" if settings.seeds > 1 else ""),
        say("{count} steps, at most {most} gradients each", count=scenario.steps, most=spaced(most * scenario.steps)),
        *gradient_terms(scenario, tunings, say),
        say(kept, measure=say(MEASURES[one.metric])),
        finish_words(settled.finish, settled.problem, say) if one.metric == "target" else "",
        say("*: in the outer 5 % of its range ({names})", names=", ".join(edges)) if edges else "",
        say("bands as if trials were drawn at random (DKW)"),
        without(labels, list(tunings), say),
    ]
    return tuple(part for part in said if part)


def _searched(tunings: Mapping[str, Tuning], say: Words) -> str:
    """Return what was searched: once where all racers have the same ranges of what they have, else racer by racer."""
    said = {
        label: {
            name: say("{name} over {low} to {high}", name=name, low=f"{found.low:g}", high=f"{found.high:g}")
            for name, found in each.ranges.items()
        }
        for label, each in tunings.items()
    }
    every = sorted({pair for own in said.values() for pair in own.items()})
    if len(dict(every)) == len(every):
        return ", ".join(text for _, text in every)
    return ", ".join(f"{label}: {' + '.join(own.values())}" for label, own in said.items())


# --- the tuned scenario ---------------------------------------------------------------------------


def write_tuned(path: Path, scenario: Scenario, study: TuningStudy) -> None:
    """Write the scenario with the values found in the place of its ranges. Raises OptvizError."""
    text = tuned_text(scenario, study)
    loads(text, name=str(path))  # what is written can be read
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def tuned_text(scenario: Scenario, study: TuningStudy) -> str:
    """Return the tuned scenario as YAML; its first lines say how the values were found."""
    data: dict[str, Any] = deepcopy(dict(read_document(scenario.source_text, scenario.name).data))
    data.pop("tuning", None)
    common = {name: value for name, value in (data.get("common") or {}).items() if not _is_range(value)}
    data = {key: common if key == "common" else value for key, value in data.items() if key != "common" or common}
    data["optimizers"] = [
        _with_values(entry, study.tunings[racer.label].values if racer.label in study.tunings else {})
        for entry, racer in zip(data["optimizers"], scenario.optimizers, strict=True)
    ]
    told = "\n#   ".join(study.terms)
    return f"# Tuned by optviz: {told}\n{as_text(data)}"


def _is_range(value: object) -> bool:
    return isinstance(value, Mapping) and "tune" in value


def _with_values(entry: Any, values: Mapping[str, float]) -> Any:
    """Return a racer as a file writes it, with these values."""
    if not values:
        return entry
    name, given = (entry, None) if isinstance(entry, str) else next(iter(entry.items()))
    changed = dict(given or {})
    for key, value in values.items():
        *inside, own = key.split(".")
        held = changed
        for part in inside:  # base: {adam: {lr: ...}}
            ((rule, below),) = held[part].items()
            held[part] = {rule: dict(below or {})}
            held = held[part][rule]
        held[own] = value
    return {name: changed}
