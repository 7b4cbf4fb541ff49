"""Reads ``optimizers`` and ``common``: which rules race, with which hyperparameters, under which labels."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from optviz.errors import Issue, did_you_mean, join, legible
from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.hyperparameters import check_hyperparameters, check_schedules, complete
from optviz.optimizers.rule import Parameter, Rule
from optviz.scenario import fields
from optviz.scenario.document import Document
from optviz.scenario.messages import said, shape_error
from optviz.scenario.models import MOST_RACERS, RacerSpec

_MOST_NAMED = 2  # hyperparameters that a label made here may name
_LONGEST_LABEL = 40  # characters of a label made here


@dataclass(frozen=True)
class _Entry:
    """One racer as written."""

    path: str  # of its hyperparameters, as in optimizers[1].adam
    rule: Rule
    given: dict[str, Any]
    label: str | None


def racers_of(document: Document, constants: Mapping[str, float], steps: int) -> tuple[RacerSpec, ...]:
    """The racers in file order; mistakes are reported to the document and leave their racer out.

    ``constants`` are the names that schedules may use, ``steps`` how far they must hold.
    """
    items = _items(document)
    entries = [entry for i, item in enumerate(items) if (entry := _entry(document, f"optimizers[{i}]", item))]
    check = _Checker(document, constants, steps)
    common = _common(check, [entry.rule for entry in entries], complete=len(entries) == len(items))
    for entry in entries:
        check(entry.path, entry.rule, entry.given)
    _refuse_same_labels(document, entries)
    if document.broken("optimizers", "common"):
        return ()
    specs = _specs(entries, common)
    for spec in specs:
        spec._own = document.custom.rules.get(spec.optimizer)
    return specs


def _specs(entries: Sequence[_Entry], common: Mapping[str, Any]) -> tuple[RacerSpec, ...]:
    rules = [entry.rule for entry in entries]
    hyperparameters = [complete(entry.rule, {**_share(entry.rule, common), **entry.given}) for entry in entries]
    labels = distinct_labels([entry.label for entry in entries], rules, hyperparameters)
    return tuple(
        RacerSpec.model_construct(label=label, optimizer=rule.name, hyperparameters=full)
        for label, rule, full in zip(labels, rules, hyperparameters, strict=True)
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


def _entry(document: Document, path: str, item: object) -> _Entry | None:
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
    return _named_entry(document, join(path, name), name, given)


def _report_crowd(document: Document, path: str, items: list[tuple[str, object]]) -> None:
    (first, below), (second, _) = items[:2]
    hint = "begin each racer with '- '"
    if below is None and second not in known_rules(document):
        hint = f"indent {legible(second)} under {legible(first)}"
    message = f"must name one optimizer, got {', '.join(legible(name) for name, _ in items[:4])}"
    document.report(path, message, hint)


def _named_entry(document: Document, path: str, name: str, given: object) -> _Entry | None:
    known = known_rules(document)
    if name not in known:
        document.report(path, "no such optimizer", did_you_mean(name, known), at_key=True)
        return None
    if given is not None and not isinstance(given, dict):
        document.report(path, f"must be hyperparameters, got {said(given)}", f"such as {name}: {{lr: 0.1}}")
        return None
    hyperparameters = dict(given or {})
    label = _label(document, path, hyperparameters)
    return _Entry(path, known[name], _plain_words(known[name], hyperparameters), label)


def known_rules(document: Document) -> Mapping[str, Rule]:
    """The catalogue, and what Python gave."""
    return ChainMap(document.custom.rules, OPTIMIZERS)


def _label(document: Document, path: str, hyperparameters: dict[str, Any]) -> str | None:
    """Take the label out from among the hyperparameters."""
    if "label" not in hyperparameters:
        return None
    try:
        return fields.LABEL.validate_python(hyperparameters.pop("label"))
    except ValidationError as error:
        document.report(f"{path}.label", *shape_error(error.errors()[0]))
        return None


def _plain_words(rule: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    """``yes`` and ``no`` mean true and false where the rule wants those, and are text elsewhere."""
    return {name: _plain_word(rule.parameters.get(name), value) for name, value in given.items()}


def _plain_word(parameter: Parameter | None, value: Any) -> Any:
    if parameter is None:
        return value
    if parameter.is_switch:
        return fields.switch(value)
    if parameter.is_base and isinstance(value, dict):
        return {name: _plain_base(name, inner) for name, inner in value.items()}
    return value


def _plain_base(name: str, given: Any) -> Any:
    return _plain_words(OPTIMIZERS[name], given) if name in OPTIMIZERS and isinstance(given, dict) else given


def _common(check: _Checker, rules: Sequence[Rule], *, complete: bool) -> dict[str, Any]:
    """``common``, checked against every rule that has the hyperparameter."""
    document, common = check.document, check.document.data.get("common")
    if common is None:
        return {}
    if not isinstance(common, dict):
        document.report("common", f"must be a mapping of hyperparameters, got {said(common)}", "such as {lr: 0.1}")
        return {}
    known = {name: None for rule in rules for name in rule.parameters}
    for name in common:
        if name not in known and complete:
            hint = did_you_mean(name, known)
            document.report(join("common", name), "no racer has such a hyperparameter", hint, at_key=True)
    for rule in rules:
        check("common", rule, _share(rule, common))
    return common


def _share(rule: Rule, common: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``common`` goes to this rule."""
    return _plain_words(rule, {name: value for name, value in common.items() if name in rule.parameters})


@dataclass(frozen=True)
class _Checker:
    """Reports what is wrong with a rule's hyperparameters, each mistake once."""

    document: Document
    constants: Mapping[str, float]
    steps: int

    def __call__(self, path: str, rule: Rule, given: Mapping[str, Any]) -> None:
        reserved = [name for name, value in given.items() if isinstance(value, dict) and "tune" in value]
        for name in reserved:
            self.report(Issue("tune is reserved for a later version", path=join(path, name)))
        given = {name: value for name, value in given.items() if name not in reserved}
        issues = check_hyperparameters(rule, given, path, constants=self.constants)
        for issue in issues or check_schedules(rule, given, path, self.steps, constants=self.constants):
            self.report(issue, at_key=issue.path.rpartition(".")[2] not in rule.parameters)

    def report(self, issue: Issue, *, at_key: bool = False) -> None:
        self.document.report(
            issue.path, issue.message, issue.hint, at_key=at_key, offset=issue.column, width=issue.width
        )


def _refuse_same_labels(document: Document, entries: Sequence[_Entry]) -> None:
    seen: dict[str, str] = {}
    for entry in entries:
        if entry.label is not None and entry.label in seen:
            hint = "give each racer a label of its own"
            document.report(f"{entry.path}.label", f"{said(entry.label)} is also {seen[entry.label]}'s", hint)
        elif entry.label is not None:
            seen[entry.label] = entry.path


def distinct_labels(
    written: Sequence[str | None], rules: Sequence[Rule], hyperparameters: Sequence[Mapping[str, Any]]
) -> list[str]:
    """A label for each racer, no two the same: as written, else the rule's name and what sets it apart."""
    taken = {label for label in written if label is not None}
    labels: list[str] = []
    for label, rule, own in zip(written, rules, hyperparameters, strict=True):
        rivals = [
            other
            for other_label, other_rule, other in zip(written, rules, hyperparameters, strict=True)
            if other_label is None and other_rule.name == rule.name
        ]
        labels.append(label or _unused(_telling_label(rule, own, rivals), taken))
        taken.add(labels[-1])
    return labels


def _telling_label(rule: Rule, own: Mapping[str, Any], rivals: Sequence[Mapping[str, Any]]) -> str:
    differing = [name for name in rule.parameters if len({repr(rival[name]) for rival in rivals}) > 1]
    label = " ".join([rule.label, ", ".join(f"{name} {_short(own[name])}" for name in differing)]).strip()
    return label if len(differing) <= _MOST_NAMED and len(label) <= _LONGEST_LABEL else rule.label


def _short(value: object) -> str:
    match value:
        case None:
            return "none"
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
