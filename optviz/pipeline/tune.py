"""Tunes a scenario's racers before they race: the same trials, starts and gradients for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from optviz.engine.tuning import MEASURES, Tuning, search, widened
from optviz.engine.tuning_study import TuningStudy
from optviz.errors import Issue, OptvizError
from optviz.output.atomic import atomic_write
from optviz.picture.terms import finish_words, gradient_terms
from optviz.pipeline.settle import Settled, settle
from optviz.scenario import Scenario, loads
from optviz.scenario.comparison import TuningSettings
from optviz.scenario.document import read_document
from optviz.scenario.from_python import as_text
from optviz.scenario.messages import spaced

MOST_WIDENINGS = 8  # decades that a range may gain at an end; then a best value at its edge is told as such
Progress = Callable[[int, int], None]


def tune(scenario: Scenario, progress: Progress | None = None, *, widen: bool = False) -> dict[str, Tuning]:
    """Search the ranges of every racer that has some; return the trials by label.

    widen: ranges in whose outer 5 % a racer's best lies gain a decade there for everyone, and all are searched again.
    Raises OptvizError.
    """
    rules = {racer.label: racer.rule for racer in scenario.optimizers if racer.rule.ranges}
    if not rules:
        return {}
    settled, settings = settle(scenario), scenario.tuning or TuningSettings()
    courses = list(settled.courses(settings.starts or scenario.starts, settings.seeds))

    def searched() -> dict[str, Tuning]:
        found = {}
        for number, (label, rule) in enumerate(rules.items(), 1):
            found[label] = search(rule, courses, settled.finish, settings.trials, settings.metric, expect=len(rules))
            if progress is not None:
                progress(number, len(rules))
        return found

    tunings = searched()
    for _ in range(MOST_WIDENINGS if widen else 0):
        if not any(one.edges for one in tunings.values()):
            break
        rules = dict(zip(rules, widened(list(tunings.values())), strict=True))
        tunings = searched()
    return tunings


def study_tuning(scenario: Scenario, progress: Progress | None = None, *, widen: bool = False) -> TuningStudy:
    """Tune the scenario and lay the trials out for pictures and files. Raises OptvizError where nothing is tuned."""
    tunings = tune(scenario, progress, widen=widen)
    if not tunings:
        hint = "write one as a range, such as lr: {tune: [0.001, 1]}"
        raise OptvizError(Issue("no hyperparameter is tuned", "optimizers", hint, where=scenario.name))
    settled = settle(scenario)
    labels = [racer.label for racer in scenario.optimizers]
    return TuningStudy(
        title=f"{scenario.title}: {_question(tunings)}",
        problem=settled.problem,
        steps=scenario.steps,
        tunings=tunings,
        indices=tuple(labels.index(label) for label in tunings),
        scenario=scenario.resolved(),
        terms=_terms(settled, tunings),
    )


def _question(tunings: Mapping[str, Tuning]) -> str:
    names = {name.rpartition(".")[2] for one in tunings.values() for name in one.ranges}
    if len(names) > 1:
        return "which hyperparameters work?"
    return f"which {'learning rate' if names == {'lr'} else names.pop()} works?"


def _terms(settled: Settled, tunings: Mapping[str, Tuning]) -> tuple[str, ...]:
    """Return the terms of the search, each a few words."""
    scenario, one = settled.scenario, next(iter(tunings.values()))
    settings = scenario.tuning or TuningSettings()
    ranges = {(name, found.low, found.high) for each in tunings.values() for name, found in each.ranges.items()}
    spread = "evenly spaced" if all(len(each.ranges) == 1 for each in tunings.values()) else "Halton's points"
    median = "lowest median" if one.runs > 1 else "lowest"
    edges = [label for label, each in tunings.items() if each.edges]
    said = [
        ", ".join(f"{name} over {low:g} to {high:g}" for name, low, high in sorted(ranges)),
        f"{one.trials} trials each, {spread}",
        settled.starts_words(settings.starts or scenario.starts)
        + (f", {settings.seeds} seeds" if settings.seeds > 1 else ""),
        f"{scenario.steps} steps, at most {spaced(one.trials * one.runs * scenario.steps)} gradients each",
        *gradient_terms(scenario, tunings),
        f"kept: {median} {MEASURES[one.metric]}",
        finish_words(settled.finish, settled.problem) if one.metric == "target" else "",
        f"*: in the outer 5 % of its range ({', '.join(edges)})" if edges else "",
        "bands as if trials were drawn at random (DKW)",
    ]
    return tuple(part for part in said if part)


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
