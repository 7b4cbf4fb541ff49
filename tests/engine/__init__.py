from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from optviz.engine import result
from optviz.engine import run as engine
from optviz.engine.result import Result
from optviz.engine.run import Trajectory
from optviz.optimizers import OPTIMIZERS, Rule, bind
from optviz.problems import Finish, Problem

Spec: TypeAlias = tuple[str, str, Mapping[str, Any]]  # label, rule, hyperparameters


def run(
    rule: Rule | str,
    problem: Problem,
    start: Any,
    steps: int,
    hyperparameters: Mapping[str, Any] | None = None,
    *,
    constants: Mapping[str, float] | None = None,
    **more: Any,
) -> Trajectory:
    """Bind the rule to its hyperparameters and run it."""
    rule = OPTIMIZERS[rule] if isinstance(rule, str) else rule
    return engine.run(bind(rule, hyperparameters or {}, steps, constants or {}), problem, start, **more)


def compete(
    problem: Problem,
    start: Any,
    steps: int,
    specs: Sequence[Spec],
    finish: Finish | None = None,
    *,
    constants: Mapping[str, float] | None = None,
    **more: Any,
) -> Result:
    """Bind every rule to its hyperparameters and run them all."""
    rules = {label: bind(OPTIMIZERS[name], given, steps, constants or {}) for label, name, given in specs}
    return result.compete(problem, start, rules, finish, **more)
