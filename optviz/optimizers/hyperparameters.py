"""Hyperparameters as the user gives them: checked, completed, and laid out along the steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.formula import compile_schedule
from optviz.optimizers.catalogue import OPTIMIZERS
from optviz.optimizers.rule import Bound, Parameter, Rule

Array = NDArray[np.float64]


def normal(parameter: Parameter, value: object) -> object:
    """The one spelling of a value: '1e-3' is a number, 'none' and null are the same, 'adam' is {adam: {}}."""
    if parameter.is_base:
        return {value: {}} if isinstance(value, str) else value
    if parameter.choices:
        return "none" if value is None and "none" in parameter.choices else value
    if parameter.optional and isinstance(value, str) and value == "none":
        return None
    return _number_if_it_reads_as_one(value) if parameter.bounds else value


def _number_if_it_reads_as_one(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return float(value)  # YAML 1.1 reads 1e-3 and inf as text
    except ValueError:
        return value


# --- checking -------------------------------------------------------------------------------------


def as_rule(named: Rule | str) -> Rule:
    """A rule, given itself or by its name in the catalogue."""
    return OPTIMIZERS[named] if isinstance(named, str) else named


def check_hyperparameters(
    named: Rule | str,
    given: Mapping[str, object],
    path: str,
    *,
    constants: Mapping[str, float] | None = None,
) -> list[Issue]:
    """Every mistake in the hyperparameters given to a rule.

    path: where they stand, as optimizers[1].amsgrad. constants: names that schedules may use.
    A text is a schedule, a formula in t: it is parsed here, its values are checked by ``check_schedules``.
    """
    if isinstance(named, str) and named not in OPTIMIZERS:
        return [Issue(f"unknown optimizer {named!r}", path, did_you_mean(named, OPTIMIZERS))]
    rule = as_rule(named)
    parameters = rule.parameters
    issues: list[Issue] = []
    for name, value in given.items():
        place = f"{path}.{name}"
        if name not in parameters:
            issues.append(
                Issue(f"{rule.name} has no hyperparameter {name!r}", place, did_you_mean(str(name), parameters))
            )
        else:
            issues += _issues_of(parameters[name], normal(parameters[name], value), place, constants or {})
    return issues


def _issues_of(parameter: Parameter, value: object, path: str, constants: Mapping[str, float]) -> list[Issue]:
    if parameter.is_base:
        return _base_issues(value, path, constants)
    if parameter.choices:
        allowed = "must be one of " + ", ".join(parameter.choices)
        return [] if value in parameter.choices else [_said(allowed, value, path)]
    if parameter.is_switch:
        return [] if isinstance(value, bool) else [_said("must be yes or no", value, path)]
    return _number_issues(parameter, value, path, constants)


def _number_issues(parameter: Parameter, value: object, path: str, constants: Mapping[str, float]) -> list[Issue]:
    if value is None and parameter.optional:
        return []
    if isinstance(value, str) and not parameter.integer:
        return _formula_issues(value, path, constants)
    if isinstance(value, np.ndarray):  # a batch of values, from Python only
        return _first(_bound_issues(parameter, number, path) for number in value.ravel().tolist())
    if isinstance(value, bool) or not isinstance(value, int | float):
        kind = "a whole number" if parameter.integer else "a number or a formula in t"
        return [_said(f"must be {kind}", value, path)]
    return _bound_issues(parameter, value, path)


def _bound_issues(parameter: Parameter, value: float, path: str) -> list[Issue]:
    bounds = parameter.bounds
    assert bounds is not None  # every number has bounds
    if not math.isfinite(value) and not (bounds.infinite and value == math.inf):
        return [_said("must be a finite number", value, path)]
    if parameter.integer and value != int(value):
        return [_said("must be a whole number", value, path)]
    return [] if value in bounds else [_said(f"must be {bounds}", value, path)]


def _formula_issues(formula: str, path: str, constants: Mapping[str, float]) -> list[Issue]:
    try:
        compile_schedule(formula, constants)
    except OptvizError as error:
        return [replace(issue, path=path) for issue in error.issues]
    return []


def _base_issues(value: object, path: str, constants: Mapping[str, float]) -> list[Issue]:
    if not isinstance(value, Mapping) or len(value) != 1:
        return [_said("must be one optimizer, such as {adam: {lr: 0.1}}", value, path)]
    ((name, given),) = value.items()
    if name in OPTIMIZERS and any(parameter.is_base for parameter in OPTIMIZERS[name].parameters.values()):
        return [Issue(f"{name} has a base itself and cannot be one", path)]
    if not isinstance(given or {}, Mapping):
        return [_said("must be a mapping of hyperparameters", given, f"{path}.{name}")]
    return check_hyperparameters(str(name), given or {}, f"{path}.{name}", constants=constants)


def check_schedules(
    named: Rule | str,
    given: Mapping[str, object],
    path: str,
    steps: int,
    *,
    constants: Mapping[str, float] | None = None,
) -> list[Issue]:
    """Schedules whose values over t = 1..steps leave their bounds.

    ``given`` has passed ``check_hyperparameters``.
    """
    issues: list[Issue] = []
    for parameter, value, place in _numbers(named, given, path):
        if isinstance(value, str):
            values = schedule_values(value, steps, constants or {})
            if _all_fit(parameter, values):
                continue
            found = _first(_bound_issues(parameter, number, place) for number in values.tolist())
            issues += [_at_step(issue, parameter, values) for issue in found]
    return issues


def _all_fit(parameter: Parameter, values: Array) -> bool:
    """Bounds are an interval, so that the extremes tell of all; any NaN is both of them."""
    return not any(_bound_issues(parameter, float(extreme), "") for extreme in (values.min(), values.max()))


def _numbers(named: Rule | str, given: Mapping[str, object], path: str) -> Iterator[tuple[Parameter, object, str]]:
    """Every numeric hyperparameter with its place, those of a base racer too."""
    for name, parameter in as_rule(named).parameters.items():
        if name not in given:
            continue
        value, place = normal(parameter, given[name]), f"{path}.{name}"
        if parameter.is_base and isinstance(value, Mapping):
            for base, settings in value.items():
                yield from _numbers(base, settings or {}, f"{place}.{base}")
        elif parameter.bounds:
            yield parameter, value, place


def _at_step(issue: Issue, parameter: Parameter, values: Array) -> Issue:
    allowed = parameter.bounds
    assert allowed is not None
    step = next(t for t, value in enumerate(values.tolist(), 1) if value not in allowed)
    return replace(issue, message=f"{issue.message} at t = {step}")


def _first(found: Iterator[list[Issue]]) -> list[Issue]:
    return next((issues for issues in found if issues), [])


def _said(allowed: str, value: object, path: str) -> Issue:
    return Issue(f"{allowed}, got {value!r}", path)


# --- completing -----------------------------------------------------------------------------------


def complete(named: Rule | str, given: Mapping[str, object]) -> dict[str, object]:
    """Every hyperparameter of the rule in its one spelling, defaults filled in, those of a base racer too."""
    full: dict[str, object] = {}
    for name, parameter in as_rule(named).parameters.items():
        value = normal(parameter, given.get(name, parameter.default))
        if parameter.is_base and isinstance(value, Mapping):
            value = {base: complete(base, settings or {}) for base, settings in value.items()}
        full[name] = value
    return full


def state_names(rule: Rule, hyperparameters: Mapping[str, object]) -> tuple[str | None, ...]:
    """The recorded states in the order of the state tuple; None where this setting leaves one unused."""
    own = tuple(name if _is_kept(rule, name, hyperparameters) else None for name in rule.state)
    return own + tuple(name for base, full in _bases(rule, hyperparameters) for name in state_names(base, full))


def _is_kept(rule: Rule, state: str, hyperparameters: Mapping[str, object]) -> bool:
    needed: Any = hyperparameters[rule.kept_if[state]] if state in rule.kept_if else True
    return bool(np.any(needed))


def _bases(rule: Rule, hyperparameters: Mapping[str, object]) -> Iterator[tuple[Rule, Mapping[str, object]]]:
    for name, parameter in rule.parameters.items():
        value = hyperparameters[name]
        if parameter.is_base and isinstance(value, Mapping):
            yield from ((OPTIMIZERS[base], full) for base, full in value.items())


def state_size(rule: Rule, hyperparameters: Mapping[str, object]) -> int:
    """How many numbers are kept per parameter: sgd 0, momentum 1, Adam 2, AMSGrad 3."""
    return sum(name is not None for name in state_names(rule, hyperparameters))


# --- along the steps ------------------------------------------------------------------------------


def schedule_values(formula: str, steps: int, constants: Mapping[str, float] | None = None) -> Array:
    """(steps,) values of a formula in t over t = 1..steps."""
    schedule: Callable[[Any], Any] = compile_schedule(formula, constants or {})
    t = np.arange(1, steps + 1, dtype=np.float64)
    with np.errstate(all="ignore"):  # a value out of bounds is reported as such
        return np.broadcast_to(np.asarray(schedule(t), dtype=np.float64), t.shape)


@dataclass(frozen=True)
class Schedule:
    """One hyperparameter that changes: which namespace, which name, its value at every step."""

    h: SimpleNamespace
    name: str
    values: list[float]


def namespace(
    rule: Rule,
    full: Mapping[str, object],
    steps: int,
    constants: Mapping[str, float] | None = None,
) -> tuple[SimpleNamespace, list[Schedule]]:
    """The values at t = 1, and the schedules that change them; ``full`` comes from ``complete``."""
    h = SimpleNamespace()
    schedules: list[Schedule] = []
    for name, parameter in rule.parameters.items():
        value = full[name]
        if parameter.is_base and isinstance(value, Mapping):
            ((base, settings),) = value.items()
            base_h, base_schedules = namespace(OPTIMIZERS[base], settings, steps, constants)
            value, schedules = Bound(OPTIMIZERS[base], base_h), schedules + base_schedules
        elif parameter.bounds and isinstance(value, str):
            schedules.append(Schedule(h, name, schedule_values(value, steps, constants).tolist()))
            value = schedules[-1].values[0]
        setattr(h, name, _as_number(parameter, value))
    return h, schedules


def _as_number(parameter: Parameter, value: object) -> object:
    """Numbers as float (or int), batches as float64 arrays; switches, choices, bases and none as they are."""
    if not parameter.bounds or value is None:
        return value
    if isinstance(value, np.ndarray):
        return np.asarray(value, dtype=np.float64)
    if not isinstance(value, int | float):
        raise TypeError(f"not a number: {value!r}")
    return int(value) if parameter.integer else float(value)
