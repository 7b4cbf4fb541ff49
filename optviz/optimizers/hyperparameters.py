"""Hyperparameters as the user gives them: checked, completed, and bound to their rule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from optviz.errors import Issue, OptvizError
from optviz.formula import NO_CONSTANTS, compile_schedule, number_in
from optviz.optimizers.bound_rule import Array, BoundRule, Schedule
from optviz.optimizers.catalogue import OPTIMIZERS
from optviz.optimizers.parameters import CLOSED_UNIT, UNIT, Parameter, switch
from optviz.optimizers.rule import Rule
from optviz.optimizers.search import Range, Scale
from optviz.optimizers.spellings import hyperparameter_hint, rule_hint

_NOTHING: Mapping[str, object] = {}


def bind(
    rule: Rule,
    given: Mapping[str, object],
    steps: int,
    constants: Mapping[str, float] = NO_CONSTANTS,
    *,
    common: Mapping[str, object] = _NOTHING,
    path: str | None = None,
    bases: Mapping[str, Rule] = OPTIMIZERS,
) -> BoundRule:
    """Check and complete the hyperparameters of a rule, and compute its schedules for t = 1..steps.

    given: numbers, schedules (texts in t), ``{tune: [low, high]}``, switches, choices, arrays of shape batch;
        ``{adam: {lr: 0.1}}`` for a base.
    constants: names that schedules may use besides t, steps, pi and e.
    common: hyperparameters that hold where ``given`` has none, checked even so; those the rule lacks are not for it.
    bases: the rules that lookahead and sam may wrap.
    path: where ``given`` stands, for messages, as optimizers[1].amsgrad; the rule's name if left out.
    Raises OptvizError with an Issue for every mistake, each with its path.
    """
    reader = _Reader(steps, constants, bases)
    shared = reader.values(rule, {name: value for name, value in common.items() if name in rule.parameters}, "common")
    own = reader.values(rule, given, rule.name if path is None else path)
    if reader.issues:
        raise OptvizError(reader.issues)
    return reader.complete(rule, {**shared, **own})


@dataclass
class _Reader:
    """Reads values into their one spelling and collects what is wrong with them."""

    steps: int
    constants: Mapping[str, float]
    bases: Mapping[str, Rule]
    issues: list[Issue] = field(default_factory=list)

    def values(self, rule: Rule, given: Mapping[str, object], path: str) -> dict[str, Any]:
        """Read the given hyperparameters of a rule; one that is wrong has an issue and no meaning."""
        values = {}
        for name, value in given.items():
            if name in rule.parameters:
                values[name] = self.value(rule.parameters[name], value, f"{path}.{name}")
            else:
                hint = hyperparameter_hint(rule.name, str(name), rule.parameters)
                self.issues.append(Issue(f"{rule.name} has no hyperparameter {name!r}", f"{path}.{name}", hint))
        return values

    def complete(self, rule: Rule, values: Mapping[str, Any]) -> BoundRule:
        """Bind the rule to these values, and to its defaults for the others."""
        missing = [name for name in rule.parameters if name not in values]
        defaults = {name: self.value(rule.parameters[name], rule.parameters[name].default, name) for name in missing}
        filled = {**defaults, **values}
        return BoundRule(rule, {name: filled[name] for name in rule.parameters}, self.steps)

    def value(self, parameter: Parameter, value: Any, path: str) -> Any:
        """Read one value: '1e-3' is a number, 'yes' is True, 'none' and null are the same, 'adam' is {adam: {}}."""
        if parameter.is_base:
            return self.base(value, path)
        if parameter.choices and not parameter.is_switch:
            value = "none" if value is None and "none" in parameter.choices else value
            if not (isinstance(value, str) and value in parameter.choices):
                self.refuse("must be one of " + ", ".join(parameter.choices), value, path)
            return value
        if parameter.is_switch:
            value = switch(value)
            if not isinstance(value, bool) and not (isinstance(value, str) and value in parameter.choices):
                *words, last = "yes", "no", *parameter.choices
                self.refuse(f"must be {', '.join(words)} or {last}", value, path)
            return value
        return self.number(parameter, value, path)

    def refuse(self, message: str, value: object, path: str, hint: str = "") -> None:
        """Note that a value is not what it must be."""
        self.issues.append(Issue(f"{message}, got {value!r}", path, hint))

    def base(self, value: object, path: str) -> BoundRule | None:
        """Read the rule under ``base``, written as a name or as ``{name: hyperparameters}``."""
        entry = {value: {}} if isinstance(value, str) else value
        if not isinstance(entry, Mapping) or len(entry) != 1:
            self.refuse("must be one optimizer, such as {adam: {lr: 0.1}}", value, path)
            return None
        ((name, given),) = entry.items()
        inside = f"{path}.{name}"
        if name not in self.bases:
            self.issues.append(Issue("no such optimizer", inside, rule_hint(str(name), self.bases)))
        elif any(parameter.is_base for parameter in self.bases[name].parameters.values()):
            self.issues.append(Issue(f"{name} has a base itself and cannot be one", path))
        elif not isinstance(given or {}, Mapping):
            self.refuse("must be a mapping of hyperparameters", given, inside)
        else:
            return self.complete(self.bases[name], self.values(self.bases[name], given or {}, inside))
        return None

    def number(self, parameter: Parameter, value: Any, path: str) -> Any:
        """Read a number, a schedule, a range to be tuned in, an array of numbers, or none."""
        if isinstance(value, str):
            value = number_in(value, self.names)
        if parameter.optional and (value is None or (isinstance(value, str) and value == "none")):
            return None
        if isinstance(value, Mapping) and "tune" in value and not parameter.integer:
            return self.range(parameter, value, path)
        if parameter.integer and (isinstance(value, bool) or not isinstance(value, int | float)):
            self.refuse("must be a whole number", value, path)
        elif isinstance(value, str):
            return self.schedule(parameter, value, path)
        elif isinstance(value, np.ndarray):  # a batch of values, from Python only
            batch = np.asarray(value, dtype=np.float64)
            if wrong := _first_wrong(parameter, batch):
                self.refuse(*wrong[1:], path)
            return batch
        elif isinstance(value, bool) or not isinstance(value, int | float):
            hint = "to search a range: {tune: [0.001, 1]}" if isinstance(value, Mapping) else ""
            hint = "for several values, race several" if isinstance(value, list | tuple) else hint
            self.refuse("must be a number or a formula in t", value, path, hint)
        elif demand := _violated(parameter, value):
            self.refuse(demand, value, path)
        return value

    @property
    def names(self) -> Mapping[str, float]:
        """What a schedule may name besides t, pi and e."""
        return {"steps": self.steps, **self.constants}

    def range(self, parameter: Parameter, value: Mapping[Any, Any], path: str) -> Range | None:
        """Read ``{tune: [low, high]}``: searched evenly in the logarithm, or in that of the odds for a share."""
        where, ends = f"{path}.tune", value["tune"]
        for key in value:
            if key != "tune":
                self.issues.append(Issue("unknown key", f"{path}.{key}", "a range is written {tune: [0.001, 1]}"))
        if not isinstance(ends, list | tuple) or len(ends) != 2:
            self.issues.append(Issue(f"must be [low, high], got {ends!r}", where, "such as {tune: [0.001, 1]}"))
            return None
        numbers: list[Any] = [number_in(end, self.names) if isinstance(end, str) else end for end in ends]
        try:
            return range_of(parameter, *numbers)
        except OptvizError as error:
            self.issues += [replace(issue, path=where + issue.path) for issue in error.issues]
            return None

    def schedule(self, parameter: Parameter, formula: str, path: str) -> Schedule | None:
        """Compute a formula in t for all steps."""
        try:
            compiled = compile_schedule(formula, self.names)
        except OptvizError as error:
            self.issues += [replace(issue, path=path) for issue in error.issues]
            return None
        t = np.arange(1, self.steps + 1, dtype=np.float64)
        with np.errstate(all="ignore"):  # a value that is not finite is reported as such
            values = np.broadcast_to(np.asarray(compiled(t), dtype=np.float64), t.shape)
        if wrong := _first_wrong(parameter, values):
            index, demand, value = wrong
            self.issues.append(Issue(f"{demand}, got {value!r} at t = {index + 1}", path))
        return Schedule(formula, values)


def range_of(parameter: Parameter, low: Any, high: Any, scale: Scale | None = None) -> Range:
    """Return the range from ``low`` to ``high``, which are numbers, on a scale: the logarithm, of shares the odds.

    Raises OptvizError for ends that the hyperparameter cannot have; paths are [0] and [1], or empty for both.
    """
    kind = scale or ("logit" if parameter.bounds in (UNIT, CLOSED_UNIT) else "log")
    demands = [_not_in_range(parameter, end, kind) for end in (low, high)]
    issues = [
        Issue(f"{demand}, got {end!r}", f"[{index}]")
        for index, (demand, end) in enumerate(zip(demands, (low, high), strict=True))
        if demand
    ]
    if not issues and not low < high:
        hint = f"did you mean [{high:g}, {low:g}]?" if low > high else ""
        issues = [Issue(f"the low end must lie below the high end, got {[low, high]}", "", hint)]
    if issues:
        raise OptvizError(issues)
    return Range(float(low), float(high), kind)


def _not_in_range(parameter: Parameter, end: object, scale: Scale) -> str:
    """Say what an end of a range must be and is not; '' if it is allowed."""
    if isinstance(end, bool) or not isinstance(end, int | float) or not math.isfinite(end):
        return "must be a finite number"
    if demand := _violated(parameter, end):
        return demand
    if scale == "logit" and not 0 < end < 1:
        return "must lie between 0 and 1, neither included: the odds are searched"
    return "" if end > 0 or scale == "linear" else "must be above 0: the logarithm is searched"


def _violated(parameter: Parameter, value: float) -> str:
    """Say what a number must be and is not; '' if it is allowed."""
    bounds = parameter.bounds
    assert bounds is not None  # every number has bounds
    if not math.isfinite(value) and not (bounds.infinite and value == math.inf):
        return "must be a finite number"
    if parameter.integer and value != int(value):
        return "must be a whole number"
    return "" if value in bounds else f"must be {bounds}"


def _first_wrong(parameter: Parameter, values: Array) -> tuple[int, str, float] | None:
    """Find the first value that is not allowed: its place, what it must be, and the value."""
    # bounds are an interval, so that the extremes tell of all, and any NaN is both of them: a million steps are quick
    if not values.size or not any(_violated(parameter, end.item()) for end in (values.min(), values.max())):
        return None
    numbered = enumerate(values.ravel().tolist())
    return next((place, demand, value) for place, value in numbered if (demand := _violated(parameter, value)))
