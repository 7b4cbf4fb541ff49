"""A rule bound to its hyperparameters, and the numbers that these have at one step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.errors import legible
from optviz.optimizers.clip import Clip
from optviz.optimizers.noise import NoiseSettings
from optviz.optimizers.rule import Grad, H, Rule, State, X
from optviz.optimizers.search import Range

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Schedule:
    """A hyperparameter that changes with the step."""

    formula: str
    values: Array = field(compare=False, repr=False)  # (steps,), at t = 1, 2, ...


@dataclass(frozen=True)
class NumericRule:
    """A rule with the values of its hyperparameters at one step: what is run, and what lookahead and sam wrap."""

    rule: Rule
    h: H

    def begin(self, x: X) -> State:
        """Return the point before step 1 and the state there: zeros, but for ``starts``; a base's comes last."""
        starts = [self.rule.starts.get(name, 0.0) for name in (*self.rule.state, *self.rule.internal)]
        own = [x if start == "x" else getattr(self.h, start) if isinstance(start, str) else start for start in starts]
        return (x, *own) if self.base is None else (x, *own, *self.base.begin(x)[1:])

    def step(self, t: int, grad: Grad, x: X, *state: X) -> State:
        """Return the point and the state after step t."""
        return self.rule.step(self.h, t, grad, x, *state)

    def effective_lr(self, t: X, columns: Mapping[str, X]) -> X | None:
        """Return the factor in front of gradient or moment, from recorded columns; None where there is none."""
        rate = self.rule.effective_lr
        return None if rate is None else rate(self.h, t, **columns)

    @property
    def base(self) -> NumericRule | None:
        """The rule that this one wraps."""
        return getattr(self.h, "base", None)


@dataclass(frozen=True, repr=False)
class BoundRule:
    """A rule with all its hyperparameters: checked, in their one spelling, schedules computed for every step.

    Made by ``bind``. It never changes, so that a scenario can hold it and any number of runs use it.
    """

    rule: Rule
    values: Mapping[str, Any]  # by name: int, float, bool, choice, None, batch of values, Schedule, Range, BoundRule
    steps: int  # that the schedules cover
    clip: Clip | None = None  # of every gradient that it is given
    noise: NoiseSettings | None = None  # on them, before they are clipped; None: that of the race
    twin: BoundRule | None = None  # of another library's optimizer: ours of that name, to compare with

    def __repr__(self) -> str:
        """Return the rule and its hyperparameters as a scenario writes them."""
        told = ", ".join(f"{name!r}: {legible(repr(value))}" for name, value in self.hyperparameters.items())
        return f"<{self.name}: {{{told}}}>"

    @cached_property
    def hyperparameters(self) -> dict[str, object]:
        """Every hyperparameter as a scenario writes it: a schedule is its formula, a base ``{name: {...}}``."""
        return {name: _written(value) for name, value in self.values.items()}

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.rule.name

    @property
    def kin(self) -> str:
        """The name of our rule that it looks like: its own, or its twin's."""
        return self.name if self.twin is None else self.twin.name

    @property
    def base(self) -> BoundRule | None:
        """The rule that this one wraps."""
        return next((value for value in self.values.values() if isinstance(value, BoundRule)), None)

    @property
    def state(self) -> tuple[str | None, ...]:
        """Names of the state in its order, those of the base last; None for what is not recorded or not used."""
        needs = self.rule.kept_if
        used = (name if name not in needs or np.any(self.values[needs[name]]) else None for name in self.rule.state)
        own = (*used, *(None for _ in self.rule.internal))
        return own if self.base is None else own + self.base.state

    @property
    def state_size(self) -> int:
        """Numbers kept per coordinate: sgd 0, momentum 1, Adam 2, AMSGrad 3."""
        return sum(name is not None for name in self.state)

    @property
    def has_effective_lr(self) -> bool:
        """Whether one factor stands in front of the gradient or moment in every step."""
        return self.rule.effective_lr is not None and (self.base is None or self.base.has_effective_lr)

    @property
    def is_coordinatewise(self) -> bool:
        """Whether coordinates meet in the gradient alone."""
        return self.rule.coordinatewise and (self.base is None or self.base.is_coordinatewise)

    @property
    def is_custom(self) -> bool:
        """Whether it was given in Python: what it calls may have a memory."""
        return self.rule.custom or (self.base is not None and self.base.is_custom)

    @property
    def lr(self) -> Any:
        """The learning rate, that of the base for a rule around another; NaN where there is none."""
        return self.values.get("lr", math.nan) if self.base is None else self.base.lr

    @property
    def batch(self) -> tuple[int, ...]:
        """The shape of its batch of hyperparameters; () where each is one value."""
        own = (value.shape for value in self.values.values() if isinstance(value, np.ndarray))
        return np.broadcast_shapes(*own, *([self.base.batch] if self.base else []))

    @property
    def ranges(self) -> dict[str, Range]:
        """The ranges in which hyperparameters are to be tuned before it can run, by name; ``base.lr`` for a base's."""
        own = {name: value for name, value in self.values.items() if isinstance(value, Range)}
        if self.base is None:
            return own
        return own | {f"{self._base_name}.{name}": found for name, found in self.base.ranges.items()}

    def with_values(self, values: Mapping[str, Any]) -> BoundRule:
        """Return the rule with other values, or batches of values, by name; ``base.lr`` for a base's. Unchecked."""
        own = {name: value for name, value in values.items() if "." not in name}
        inner = {name.partition(".")[2]: value for name, value in values.items() if "." in name}
        if inner and self.base is not None:
            own[self._base_name] = self.base.with_values(inner)
        return replace(self, values={**self.values, **own})

    @property
    def gradient_written(self) -> dict[str, Mapping[str, object]]:
        """What is done to the gradient, as a scenario writes it beside the hyperparameters."""
        done = {"clip": self.clip, "noise": self.noise}
        return {name: one.written for name, one in done.items() if one is not None}

    def receiving(self, clip: Clip | None, noise: NoiseSettings | None) -> BoundRule:
        """Return the rule, and its twin, with other clipping and noise of the gradient."""
        twin = None if self.twin is None else self.twin.receiving(clip, noise)
        return replace(self, clip=clip, noise=noise, twin=twin)

    @property
    def _base_name(self) -> str:
        return next(name for name, value in self.values.items() if isinstance(value, BoundRule))

    def map_batches(self, change: Callable[[Array], Array]) -> BoundRule:
        """Return the rule with every batch of values, those of a base too, changed; itself where none is."""

        def changed(value: Any) -> Any:
            if isinstance(value, BoundRule):
                return value.map_batches(change)
            return change(value) if isinstance(value, np.ndarray) else value

        values = {name: changed(value) for name, value in self.values.items()}
        is_same = all(value is self.values[name] for name, value in values.items())
        return self if is_same else replace(self, values=values)

    def numeric(self, at: Callable[[Schedule], X]) -> NumericRule:
        """Return the rule with a number, or an array of numbers, in the place of each schedule."""
        h = H()
        for name, value in self.values.items():
            number, parameter = value, self.rule.parameters[name]
            if isinstance(value, BoundRule):
                number = value.numeric(at)
            elif isinstance(value, Schedule):
                number = at(value)
            elif parameter.bounds and isinstance(value, int | float):
                number = int(value) if parameter.integer else float(value)
            setattr(h, name, number)
        return NumericRule(self.rule, h)

    def iterate(self) -> tuple[NumericRule, Iterator[int]]:
        """Return the rule and an iterator over t = 1..steps; with each t its schedules take their values for it."""
        numeric = self.numeric(lambda schedule: schedule.values[0].item())
        changing = [(h, name, schedule.values.tolist()) for h, name, schedule in self._schedules(numeric)]

        def steps() -> Iterator[int]:
            for t in range(1, self.steps + 1):
                for h, name, values in changing:
                    setattr(h, name, values[t - 1])
                yield t

        return numeric, steps()

    def _schedules(self, numeric: NumericRule) -> Iterator[tuple[H, str, Schedule]]:
        """Yield each schedule with the namespace and the name under which its value stands."""
        for name, value in self.values.items():
            if isinstance(value, Schedule):
                yield numeric.h, name, value
            elif isinstance(value, BoundRule) and numeric.base is not None:
                yield from value._schedules(numeric.base)


def _written(value: object) -> object:
    match value:
        case BoundRule():
            return {value.rule.name: value.hyperparameters}
        case Schedule():
            return value.formula
        case Range():
            return {"tune": [value.low, value.high]}
    return value
