"""Reads ``optimizers`` and ``common``: which rules race, with which hyperparameters, under which labels."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from optviz.errors import Issue, OptvizError, join, legible
from optviz.optimizers import OPTIMIZERS, BoundRule, Rule, bind
from optviz.optimizers.clip import Clip
from optviz.optimizers.libraries import LIBRARIES
from optviz.optimizers.libraries.foreign import Foreign
from optviz.optimizers.noise import NoiseSettings
from optviz.optimizers.recorded import RECORDED
from optviz.optimizers.spellings import hyperparameter_hint, rule_hint
from optviz.scenario import fields, paint
from optviz.scenario.document import Document
from optviz.scenario.elsewhere import foreign_racer, taken
from optviz.scenario.gradient import GRADIENT_KEYS, clip_of, noise_of
from optviz.scenario.messages import said, shape_error
from optviz.scenario.models import MOST_RACERS, RacerSpec
from optviz.scenario.recorded import Recorded, bound_log, recorded_racer

# where others put a rule's name
NAME_KEYS = ("name", "type", "optimizer", "rule", "algorithm", "method", "class_name", "class_path", "_target_")
_MOST_NAMED = 2  # hyperparameters that a label made here may name
_LONGEST_LABEL = 40  # characters of a label made here
_LOOKS = {"label": fields.LABEL, "color": paint.COLOUR, "marker": paint.MARKER}


@dataclass(frozen=True)
class _Entry:
    """One racer as written."""

    path: str  # of its hyperparameters, as in optimizers[1].adam
    rule: Rule | Foreign | Recorded
    given: Mapping[str, Any]
    label: str | None
    color: str | None
    marker: str | None
    clip: Clip | None
    noise: NoiseSettings | None


def racers_of(document: Document, constants: Mapping[str, float], steps: int) -> tuple[RacerSpec, ...]:
    """Return the racers in file order; mistakes are reported to the document, and then there are none.

    ``constants`` are the names that schedules may use, ``steps`` how far they must hold.
    """
    items = _items(document)
    entries = [entry for i, item in enumerate(items) if (entry := _entry(document, f"optimizers[{i}]", item, steps))]
    racing = [entry.rule for entry in entries]
    common = _common(document, racing if len(entries) == len(items) else list(known_rules(document).values()))
    bound = [_bound(document, entry, common, constants, steps) for entry in entries]
    _refuse_same_labels(document, entries)
    if document.broken("optimizers", "common"):
        return ()
    rules = [rule for rule in bound if rule is not None]  # all of them: what could not be bound was reported
    labels = distinct_labels([entry.label for entry in entries], rules)
    return tuple(
        RacerSpec.model_construct(label=label, rule=rule, color=entry.color, marker=entry.marker)
        for label, rule, entry in zip(labels, rules, entries, strict=True)
    )


def _items(document: Document) -> Sequence[object]:
    if "optimizers" not in document.data:
        document.report("optimizers", "is required", "such as optimizers: [adam, adamax]")
        return ()
    items = document.data["optimizers"]
    if not isinstance(items, list):
        document.report("optimizers", f"must be a list, got {said(items)}", "begin each racer with '- '")
        return ()
    if not 1 <= len(items) <= MOST_RACERS:
        document.report("optimizers", f"must be 1 to {MOST_RACERS} racers, got {len(items)}")
        return ()
    return items


def _entry(document: Document, path: str, item: object, steps: int) -> _Entry | None:
    if isinstance(item, str):
        item = {item: None}
    if not isinstance(item, dict) or not item:
        hint = "such as adam or adam: {lr: 0.1}"
        document.report(path, f"must be an optimizer's name, got {said(item)}", hint)
        return None
    if len(item) > 1:
        _report_crowd(document, path, list(item.items()))
        return None
    ((name, given),) = item.items()
    if name in NAME_KEYS and isinstance(given, str):
        document.report(
            path,
            f"must be an optimizer's name, got {legible(name)}",
            f"write {legible(given.lower().rpartition('.')[2])}",
        )
        return None
    return _named_entry(document, join(path, name), name, given, steps)


def _report_crowd(document: Document, path: str, items: list[tuple[str, object]]) -> None:
    (first, below), (second, _) = items[:2]
    hint = "begin each racer with '- '"
    if first in NAME_KEYS and isinstance(below, str):
        inner = next((name for _, value in items if isinstance(value, dict) for name in value), second)
        hint = f"write {legible(below.lower().rpartition('.')[2])}: {{{legible(inner)}: ...}}"
    elif below is None and second not in known_rules(document):
        hint = f"indent {legible(second)} under {legible(first)}"
    message = f"must name one optimizer, got {', '.join(legible(name) for name, _ in items[:4])}"
    document.report(path, message, hint)


def _named_entry(document: Document, path: str, name: str, given: object, steps: int) -> _Entry | None:
    known = known_rules(document)
    if name == RECORDED:
        return _recorded_entry(document, path, given)
    if name in LIBRARIES:
        return _foreign_entry(document, path, name, given, steps)
    if name not in known:
        document.report(path, "no such optimizer", rule_hint(name, known), at_key=True)
        return None
    if given is not None and not isinstance(given, dict):
        document.report(path, f"must be hyperparameters, got {said(given)}", f"such as {name}: {{lr: 0.1}}")
        return None
    hyperparameters = dict(given or {})
    looks = {key: _taken(document, path, hyperparameters, key, kind) for key, kind in _LOOKS.items()}
    clip, noise = clip_of(document, path, hyperparameters), noise_of(document, path, hyperparameters, steps)
    own = {key: value for key, value in hyperparameters.items() if key not in GRADIENT_KEYS}
    return _Entry(path, known[name], own, **looks, clip=clip, noise=noise)


def _foreign_entry(document: Document, path: str, library: str, given: object, steps: int) -> _Entry | None:
    """Read a racer of another library; what any racer may have stands beside the optimizer's name."""
    found = foreign_racer(document, path, library, given, (*_LOOKS, *GRADIENT_KEYS))
    if found is None:
        return None
    foreign, arguments, beside = found
    looks = {key: _taken(document, path, beside, key, kind) for key, kind in _LOOKS.items()}
    clip, noise = clip_of(document, path, beside), noise_of(document, path, beside, steps)
    return _Entry(join(path, foreign.name), foreign, arguments, **looks, clip=clip, noise=noise)


def _recorded_entry(document: Document, path: str, given: object) -> _Entry | None:
    """Read a racer that was recorded elsewhere."""
    recorded = recorded_racer(document, path, given, list(_LOOKS))
    if recorded is None:
        return None
    beside = {**given} if isinstance(given, dict) else {}
    looks = {key: _taken(document, path, beside, key, kind) for key, kind in _LOOKS.items()}
    return _Entry(path, recorded, {}, **looks, clip=None, noise=None)


def known_rules(document: Document) -> Mapping[str, Rule]:
    """Return the catalogue with the rules that Python gave."""
    return ChainMap(document.custom.rules, OPTIMIZERS)


def _taken(
    document: Document, path: str, hyperparameters: dict[str, Any], key: str, kind: TypeAdapter[str]
) -> str | None:
    """Take label, color or marker out from among the hyperparameters."""
    if key not in hyperparameters:
        return None
    try:
        return kind.validate_python(hyperparameters.pop(key))
    except ValidationError as error:
        document.report(f"{path}.{key}", *shape_error(error.errors()[0]))
        return None


def _common(document: Document, rules: Sequence[Rule | Foreign | Recorded]) -> Mapping[str, Any]:
    """Return ``common``; each of its hyperparameters must be one of these rules'."""
    common = document.data.get("common")
    if common is None:
        return {}
    if not isinstance(common, dict):
        document.report("common", f"must be a mapping of hyperparameters, got {said(common)}", "such as {lr: 0.1}")
        return {}
    known = {name: None for rule in rules for name in rule.parameters}
    for name in common:
        if name not in known:
            hint = f"write {name} under each racer" if name in GRADIENT_KEYS else hyperparameter_hint("", name, known)
            document.report(join("common", name), "no racer has such a hyperparameter", hint, at_key=True)
    return common


def _bound(
    document: Document, entry: _Entry, common: Mapping[str, Any], constants: Mapping[str, float], steps: int
) -> BoundRule | None:
    """Bind an entry's rule to its hyperparameters; each mistake is reported once, those in ``common`` too."""
    if isinstance(entry.rule, Recorded):
        return bound_log(document, entry.path, entry.rule, steps if "steps" in document.data else None)
    if isinstance(entry.rule, Foreign):
        return _bound_foreign(document, entry, entry.rule, common, steps)
    try:
        bases = known_rules(document)
        rule = bind(entry.rule, entry.given, steps, constants, common=common, path=entry.path, bases=bases)
        return rule.receiving(entry.clip, entry.noise)
    except OptvizError as error:
        for issue in error.issues:
            document.report(
                *(issue.path, issue.message, issue.hint),
                at_key=_is_of_key(issue, entry, known_rules(document)),
                offset=issue.column,
                width=issue.width,
                source=issue.source,
            )
        return None


def _bound_foreign(
    document: Document, entry: _Entry, foreign: Foreign, common: Mapping[str, Any], steps: int
) -> BoundRule | None:
    """Bind another library's optimizer; what the library says against its arguments is a mistake at its name."""
    arguments = taken(foreign, entry.given, common)
    issues: Sequence[Issue] = foreign.issues(arguments)
    if not issues:
        try:
            return foreign.bind(arguments, steps).receiving(entry.clip, entry.noise)
        except OptvizError as error:
            issues = error.issues
    for issue in issues:
        path = join(entry.path, issue.path) if issue.path else entry.path
        document.report(path, issue.message, issue.hint, at_key=True)
    return None


def _is_of_key(issue: Issue, entry: _Entry, known: Mapping[str, Rule]) -> bool:
    """Tell whether the name of a hyperparameter is wrong, not its value."""
    parameters, names = entry.rule.parameters, issue.path.removeprefix(entry.path).split(".")
    if len(names) > 2 and names[-2] in known:  # base.adam.lr
        parameters = known[names[-2]].parameters
    return names[-1] not in parameters and names[-1].partition("[")[0] != "tune"


def _refuse_same_labels(document: Document, entries: Sequence[_Entry]) -> None:
    seen: dict[str, str] = {}
    for entry in entries:
        if entry.label is not None and entry.label in seen:
            hint = "give each racer a label of its own"
            document.report(f"{entry.path}.label", f"{said(entry.label)} is also {seen[entry.label]}'s", hint)
        elif entry.label is not None:
            seen[entry.label] = entry.path


def distinct_labels(written: Sequence[str | None], rules: Sequence[BoundRule]) -> list[str]:
    """Return a label for each racer, no two the same: as written, else the rule's name and what sets it apart."""
    taken = {label for label in written if label is not None}
    labels: list[str] = []
    for label, rule in zip(written, rules, strict=True):
        unlabelled = [other for other_label, other in zip(written, rules, strict=True) if other_label is None]
        rivals = [other for other in unlabelled if other.name == rule.name]
        labels.append(label or _unused(_telling_label(rule, rivals), taken))
        taken.add(labels[-1])
    return labels


def _telling_label(rule: BoundRule, rivals: Sequence[BoundRule]) -> str:
    """Return the rule's label with the hyperparameters in which its rivals of the same name differ."""
    own, label = _told(rule), rule.rule.label
    if rule.name == RECORDED:
        return label
    differing = [name for name in own if len({repr(_told(rival).get(name)) for rival in rivals}) > 1]
    telling = " ".join([label, ", ".join(f"{name} {_short(own[name])}" for name in differing)]).strip()
    return telling if len(differing) <= _MOST_NAMED and len(telling) <= _LONGEST_LABEL else label


def _told(rule: BoundRule) -> dict[str, object]:
    """Return the hyperparameters, and what is done to the gradient."""
    done = dict.fromkeys(GRADIENT_KEYS) | {
        key: " ".join(f"{kind} {_short(most)}" for kind, most in written.items() if kind != "draws") or "as given"
        for key, written in rule.gradient_written.items()
    }
    return {**rule.hyperparameters, **done}


def _short(value: object) -> str:
    match value:
        case None:
            return "none"
        case {"tune": _}:
            return "tuned"
        case bool():
            return "yes" if value else "no"
        case float() if float(f"{value:g}") == value:
            return f"{value:g}"
    return str(value)


def _unused(label: str, taken: set[str]) -> str:
    number, candidate = 1, label
    while candidate in taken:
        number += 1
        candidate = f"{label} {number}"
    return candidate
