"""Update rules: a step written as its equations, with the hyperparameters and the state that it has."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Concatenate, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.formula.arithmetic import Number
from optviz.optimizers.parameters import Parameter

X: TypeAlias = Number  # a point, a gradient, a state: (dim, *batch) array, or one coordinate as a float
H: TypeAlias = SimpleNamespace  # every hyperparameter by name: number, batch-shaped array, bool, choice, NumericRule
Grad: TypeAlias = Callable[[X], X]  # the gradient of step t at any point; every call is counted
State: TypeAlias = tuple[X, ...]  # the new x, then the rule's state in the order of the step's arguments
# (h, t, grad, x, *state) -> State; t counts from 1. The names of the arguments after x are those of the state
Step: TypeAlias = Callable[Concatenate[H, int, Grad, X, ...], State]
# (h, t, **columns) -> the factor in front of the gradient or moment, None if there is none. The columns are x, g and
# the recorded states of all steps, (dim, steps, *batch); t and scheduled hyperparameters are (steps, 1, ...)
EffectiveRate: TypeAlias = Callable[Concatenate[H, X, ...], X | None]

SYMBOLS = {  # of hyperparameters, where the equations do not call them by name
    "lr": "η", "beta1": "β₁", "beta2": "β₂", "beta3": "β₃", "eps": "ε", "weight_decay": "λ",
    "momentum": "μ", "dampening": "τ", "alpha": "α", "rho": "ρ", "gamma": "γ", "nu1": "ν₁", "nu2": "ν₂",
    "lr_decay": "δ", "momentum_decay": "δ", "eps_root": "ε_root", "eta_minus": "η₋", "eta_plus": "η₊", "d0": "d₀",
}  # fmt: skip
CORRECTED = {  # averages that start at 0, divided by the weight they have seen
    "m̂": "m/(1−β₁ᵗ)", "m̂1": "m1/(1−β₁ᵗ)", "v̂": "v/(1−β₂ᵗ)", "ŝ": "s/(1−β₂ᵗ)", "n̂": "n/(1−β₃ᵗ)",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rule:
    """An optimizer. ``step`` and ``effective_lr`` are pure, and the same for floats and arrays.

    The first paragraph of the step's docstring states its equations, one a line.
    """

    name: str
    label: str
    parameters: Mapping[str, Parameter] = field(repr=False)
    step: Step
    source: str
    equals: tuple[str, ...] = ()  # what reproduces it in other libraries
    differs: str = ""
    # the states that do not begin at 0: a number, a hyperparameter's name, or "x" for the first point
    starts: Mapping[str, str | float] = field(default_factory=dict)
    internal: tuple[str, ...] = ()  # the last of the step's states: one number a point, not recorded
    state: tuple[str, ...] = ()  # the others: one number a coordinate, recorded; left out, named by the step
    kept_if: Mapping[str, str] = field(default_factory=dict)  # state -> the hyperparameter without which it is unused
    coordinatewise: bool = True  # coordinates meet in the gradient alone, taken once, at x (if the base's do so)
    effective_lr: EffectiveRate | None = None
    custom: bool = False  # given in Python, or of another library: nobody knows what it does
    library: str = ""  # whose code takes the steps; ours without a name
    begins: NDArray[np.float64] | None = None  # (dim,) where a recorded run begins, whatever the race's start

    def __post_init__(self) -> None:
        if not self.state:
            arguments = list(inspect.signature(self.step).parameters.values())[4:]
            names = (argument.name for argument in arguments if argument.kind is not argument.VAR_POSITIONAL)
            object.__setattr__(self, "state", tuple(name for name in names if name not in self.internal))

    @property
    def equations(self) -> tuple[str, ...]:
        """The equations of one step in plain characters, in the order of their evaluation."""
        stated = "" if self.library or self.custom else self.step.__doc__ or ""
        paragraphs = inspect.cleandoc(stated).split("\n\n")
        return tuple(paragraphs[0].splitlines())

    @property
    def legend(self) -> dict[str, str]:
        """What the symbols of the equations mean: ``{"η": "lr", "m̂": "m/(1−β₁ᵗ)"}``."""
        text = "\n".join(self.equations)
        corrected = {symbol: meaning for symbol, meaning in CORRECTED.items() if _occurs(symbol, text)}
        text += "".join(corrected.values())
        symbols = {symbol: name for name, symbol in SYMBOLS.items() if name in self.parameters}
        return {symbol: name for symbol, name in symbols.items() if _occurs(symbol, text)} | corrected


def _occurs(symbol: str, text: str) -> bool:
    """Tell whether the symbol stands in the text by itself: η does not in η₋, nor ε in ε_root."""
    return re.search(re.escape(symbol) + r"(?![₀-₉₊₋∞_0-9\u0302])", text) is not None
