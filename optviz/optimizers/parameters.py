"""Hyperparameters: the values each may take, and those that many rules share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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


BOOLEANS = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False}

NON_NEGATIVE = Interval(0)
POSITIVE = Interval(0, low_open=True)
AT_LEAST_ONE = Interval(1)
UNIT = Interval(0, 1)  # [0, 1): memories and momenta
CLOSED_UNIT = Interval(0, 1, high_open=False)


def switch(value: object) -> object:
    """Return true or false for the words that YAML 1.1 has for them, anything else as it is."""
    return BOOLEANS.get(value.lower(), value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Parameter:
    """One hyperparameter: a number within bounds or a schedule, a switch, a choice, or a base optimizer."""

    default: Any
    meaning: str
    bounds: Interval | None = None  # numbers have bounds, nothing else has
    choices: tuple[str, ...] = ()
    integer: bool = False  # whole numbers only, and no schedule
    optional: bool = False  # null, written "none", is a value too

    @property
    def is_switch(self) -> bool:
        """Takes yes or no, and its ``choices`` if it has any."""
        return isinstance(self.default, bool)

    @property
    def is_base(self) -> bool:
        """Takes another optimizer, written ``{adam: {lr: 0.1}}``."""
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


def learning_rate(default: float) -> Parameter:
    """Make the hyperparameter ``lr``."""
    return Parameter(default, "learning rate", NON_NEGATIVE)


def memory(default: float, of: str) -> Parameter:
    """Make the decay rate of a moving average."""
    return Parameter(default, f"memory of {of}", UNIT)


def momentum(default: float) -> Parameter:
    """Make the hyperparameter ``momentum``."""
    return Parameter(default, "share of the last velocity that is kept", UNIT)


def epsilon(default: float, meaning: str = "added to the denominator") -> Parameter:
    """Make a small number that keeps a division finite."""
    return Parameter(default, meaning, NON_NEGATIVE)


def decoupled_decay(default: float) -> Parameter:
    """Make the hyperparameter ``weight_decay``, decoupled."""
    return Parameter(default, "decoupled: x shrinks by lr weight_decay x, past the moments", NON_NEGATIVE)


DECOUPLED = Parameter(False, "weight_decay shrinks x by lr weight_decay x instead")
EPS_ROOT = epsilon(0.0, "added inside the root")
L2_DECAY = Parameter(0.0, "L2: weight_decay x is added to the gradient", NON_NEGATIVE)

MOMENTS = {  # Adam's, which most of its descendants keep
    "lr": learning_rate(0.001),
    "beta1": memory(0.9, "the gradient (first moment)"),
    "beta2": memory(0.999, "the squared gradient (second moment)"),
    "eps": epsilon(1e-8),
}
