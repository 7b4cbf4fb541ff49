"""What an update rule is: equations, hyperparameters with their bounds, memory, and where it comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeAlias

X: TypeAlias = Any  # a point, a gradient or a state: (dim, *batch) array, or a float on the scalar road
T: TypeAlias = Any  # the step, from 1: an int inside a run, an (steps, 1, ...) array after it
H: TypeAlias = Any  # namespace of every hyperparameter's value at step t: number, batch-shaped array, bool, choice
State: TypeAlias = tuple[Any, ...]  # the recorded arrays in the order of Rule.state, then internals
Grad: TypeAlias = Callable[[X], X]  # the gradient of step t at any point; every call is counted
# after the run: the recorded columns by name, with "x" and "g" -> the factor in front of moment or gradient
EffectiveRate: TypeAlias = Callable[[H, T, Mapping[str, X]], X | None]


@dataclass(frozen=True)
class Interval:
    """The values a number may take; ``str`` prints it the way mathematicians do."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = True  # the field's usual [0, 1); an infinite end is never a member
    infinite: bool = False  # True: inf itself is allowed

    def __contains__(self, value: float) -> bool:
        if math.isinf(value):
            return self.infinite and value > 0
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def __str__(self) -> str:
        if math.isinf(self.high):
            return f"{'>' if self.low_open else '>='} {self.low:g}"
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return f"in {left}{self.low:g}, {self.high:g}{right}"


NON_NEGATIVE = Interval(0)
POSITIVE = Interval(0, low_open=True)
AT_LEAST_ONE = Interval(1)
UNIT = Interval(0, 1)  # [0, 1): memories and momenta
CLOSED_UNIT = Interval(0, 1, high_open=False)


@dataclass(frozen=True)
class Parameter:
    """One hyperparameter: a number within bounds or a schedule, a switch, a choice, or a base racer."""

    default: Any
    meaning: str
    bounds: Interval | None = None  # numbers have bounds, nothing else has
    choices: tuple[str, ...] = ()
    integer: bool = False  # whole numbers only, and no schedule
    optional: bool = False  # null, written "none", is a value too

    @property
    def is_switch(self) -> bool:
        return isinstance(self.default, bool)

    @property
    def is_base(self) -> bool:
        """Another racer, written ``{adam: {lr: 0.1}}``."""
        return isinstance(self.default, Mapping)

    @property
    def default_text(self) -> str:
        """The default as a scenario writes it."""
        match self.default:
            case None:
                return "none"
            case bool():
                return "yes" if self.default else "no"
            case float():
                return f"{self.default:g}"
            case Mapping():
                return ", ".join(f"{{{name}: {{}}}}" for name in self.default)
        return str(self.default)


@dataclass(frozen=True)
class Rule:
    """An optimizer. ``step`` and ``init`` are pure; every array may carry batch axes behind its first."""

    name: str
    label: str
    parameters: Mapping[str, Parameter]
    step: Callable[[H, Grad, X, T, State], tuple[X, State]]
    init: Callable[[H, X], State]
    state: tuple[str, ...] = ()  # per-coordinate arrays, recorded and counted; what follows them is internal
    kept_if: Mapping[str, str] = field(default_factory=dict)  # state name -> hyperparameter that needs it
    coordinatewise: bool = True  # coordinates meet in the gradient alone, taken once, at x (if the base's do so)
    effective_lr: EffectiveRate | None = None
    equations: tuple[str, ...] = ()  # mathtext without dollar signs
    source: str = ""
    equals: tuple[str, ...] = ()
    differs: str = ""


@dataclass(frozen=True)
class Bound:
    """A rule with its hyperparameters at hand: what lookahead and sam wrap."""

    rule: Rule
    h: SimpleNamespace


def learning_rate(default: float) -> Parameter:
    return Parameter(default, "learning rate", NON_NEGATIVE)


def memory(default: float, of: str) -> Parameter:
    return Parameter(default, f"memory of {of}", UNIT)


def epsilon(default: float, meaning: str = "added to the denominator") -> Parameter:
    return Parameter(default, meaning, NON_NEGATIVE)


def l2_decay() -> Parameter:
    return Parameter(0.0, "L2: weight_decay x is added to the gradient", NON_NEGATIVE)


def decoupled_decay(default: float) -> Parameter:
    return Parameter(default, "decoupled: x shrinks by lr weight_decay x, past the moments", NON_NEGATIVE)
