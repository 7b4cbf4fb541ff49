"""An optimizer written in Python by the user, a class or a function, as a rule among the others."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.formula.symbol import Symbol
from optviz.formula.user_function import arguments_of, computed
from optviz.optimizers.catalogue import OPTIMIZERS
from optviz.optimizers.parameters import Interval, Parameter
from optviz.optimizers.rule import Grad, H, Rule, State, X

UserStep: TypeAlias = Callable[..., Any]  # called with the arguments that it names

ARGUMENTS = {
    "x": "the point, an array of 1 or 2 coordinates",
    "g": "the gradient there",
    "t": "the step, from 1",
    "gradient": "the gradient as a function of a point, for rules that look elsewhere",
}
_ANY_NUMBER = Interval(high_open=True)


def custom_rule(given: object) -> Rule:
    """Make a rule of a class or a function.

    A function takes ``x`` and ``g`` (see ARGUMENTS), returns the new x, and has its hyperparameters as further
    arguments with defaults. A class takes its hyperparameters when it is made, once for each race, and has a method
    ``step`` in the manner of such a function; a class attribute ``state`` names the attributes to record. A Rule is
    taken as it is. Raises OptvizError.
    """
    if isinstance(given, Rule):
        return given
    name = getattr(given, "__name__", "")
    if not callable(given) or not name.isidentifier():
        called = name or f"an object of {type(given).__name__}"
        raise _error(f"a custom optimizer needs a name, got {called}", "give a class or a function made with def")
    return _rule_of_class(given, name) if isinstance(given, type) else _rule_of_function(given, name)


def _rule_of_class(made: type, name: str) -> Rule:
    method = getattr(made, "step", None)
    if not callable(method):
        raise _error(f"the class {name} has no method step", "def step(self, x, g): return the new x")
    as_written = "def step(self, x, g): return the new x"
    parameters = _parameters(name, arguments_of(made, "optimizers", as_written))
    arguments = _known_arguments(name, [one.name for one in arguments_of(method, "optimizers", as_written)[1:]])
    states = tuple(getattr(made, "state", ()))
    step = _StepOfClass(name, made, tuple(parameters), arguments, states)
    return _rule(name, parameters, step, state=states, internal=("optimizer",))


def _rule_of_function(function: UserStep, name: str) -> Rule:
    taken = arguments_of(function, "optimizers", f"write def {name}(x, g), and return the new x")
    parameters = _parameters(name, [argument for argument in taken if argument.name not in ARGUMENTS])
    arguments = _known_arguments(name, [argument.name for argument in taken if argument.name in ARGUMENTS])
    return _rule(name, parameters, _StepOfFunction(name, function, tuple(parameters), arguments))


def _rule(name: str, parameters: Mapping[str, Parameter], step: Any, **more: Any) -> Rule:
    return Rule(
        name=f"{name}_own" if name in OPTIMIZERS else name,
        label=name,
        parameters=parameters,
        step=step,
        coordinatewise=False,  # nobody knows
        custom=True,
        source="given in Python",
        **more,
    )


# --- signatures -----------------------------------------------------------------------------------


def _known_arguments(name: str, arguments: Sequence[str]) -> Sequence[str]:
    """Return the arguments of a step; raise OptvizError for one that is not known."""
    for argument in arguments:
        if argument not in ARGUMENTS:
            hint = f"{did_you_mean(argument, ARGUMENTS)} hyperparameters belong to the class, with defaults"
            raise _error(f"{name}.step takes {argument}", hint)
    if "x" not in arguments:
        raise _error(f"{name} does not take the point x", f"such as def {name}(x, g)")
    return arguments


def _parameters(name: str, arguments: Sequence[inspect.Parameter]) -> dict[str, Parameter]:
    return {argument.name: _parameter(name, argument) for argument in arguments}


def _parameter(name: str, argument: inspect.Parameter) -> Parameter:
    default, kinds = argument.default, (argument.VAR_POSITIONAL, argument.VAR_KEYWORD, argument.POSITIONAL_ONLY)
    if argument.kind in kinds or default is argument.empty:
        hint = f"give it one, such as {argument.name}=0.1; a step takes " + ", ".join(ARGUMENTS)
        raise _error(f"{name}: parameter {argument.replace(annotation=argument.empty)} has no default", hint)
    if isinstance(default, bool):
        return Parameter(default, "given in Python")
    if default is not None and not isinstance(default, int | float):
        raise _error(f"{name} has {argument.name}={default!r}", "hyperparameters are numbers, True or False")
    return Parameter(default, "given in Python", _ANY_NUMBER, optional=default is None)


def _error(message: str, hint: str) -> OptvizError:
    return OptvizError(Issue(message, "optimizers", hint))


# --- a step: no closures, so that it can be pickled where the user's class or function can ---------


@dataclass(frozen=True)
class _UserCall:
    """The user's step, called with arrays of its own, so that it may write into them."""

    name: str
    step: UserStep
    arguments: Sequence[str]

    def __call__(self, grad: Grad, x: X, t: int, **settings: object) -> X:
        """Return the new x, a float where x is one. Raises OptvizError for what has not the shape of a point."""

        def gradient(point: Any) -> Any:
            return np.array(np.atleast_1d(grad(_like(point, x))))

        given: dict[str, Any] = {"x": np.array(np.atleast_1d(x), dtype=np.float64), "t": t, "gradient": gradient}
        if "g" in self.arguments:
            given["g"] = gradient(x)
        moved = computed(self.step, **{name: given[name] for name in self.arguments}, **settings)
        if moved is None:
            moved = np.full(np.shape(x), np.nan)
        if np.shape(moved) not in (np.shape(given["x"]), np.shape(x)):
            message = f"{self.name} must return the new x, {len(given['x'])} coordinates, got {moved.tolist()}"
            raise OptvizError(message)
        return _like(moved, x)


@dataclass(frozen=True)
class _StepOfClass:
    """Steps with an object of the user's class; each run has one of its own, the last of its state."""

    name: str
    made: type
    parameters: tuple[str, ...]
    arguments: Sequence[str]
    states: tuple[str, ...]

    def __call__(self, h: H, t: int, grad: Grad, x: X, *state: Any) -> State:
        optimizer = state[-1] if t > 1 else self.made(**{name: getattr(h, name) for name in self.parameters})
        moved = _UserCall(self.name, optimizer.step, self.arguments)(grad, x, t)
        return moved, *_recorded(optimizer, self.states, x).values(), optimizer


@dataclass(frozen=True)
class _StepOfFunction:
    """Steps by the user's function."""

    name: str
    function: UserStep
    parameters: tuple[str, ...]
    arguments: Sequence[str]

    def __call__(self, h: H, t: int, grad: Grad, x: X) -> State:
        settings = {parameter: getattr(h, parameter) for parameter in self.parameters}
        if isinstance(x, Symbol):  # it is traced: what it does with the symbols, not with copies of them
            given = {"x": x, "t": t, "gradient": grad, **({"g": grad(x)} if "g" in self.arguments else {})}
            return (self.function(**{name: given[name] for name in self.arguments}, **settings),)
        return (_UserCall(self.name, self.function, self.arguments)(grad, x, t, **settings),)


def _like(value: Any, x: X) -> X:
    """Return the value as a float where x is one, else as an array of the shape of x."""
    if isinstance(x, np.ndarray):
        return np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), x.shape))
    return float(np.asarray(value).reshape(()))


def _recorded(optimizer: object, states: Sequence[str], x: X) -> dict[str, X]:
    """Return the attributes of the user's object that are to be recorded."""
    for state in states:
        if not hasattr(optimizer, state):
            message = f"{type(optimizer).__name__} says it has the state {state}, and has not"
            raise _error(message, f"set self.{state} in __init__")
    return {state: _like(getattr(optimizer, state), x) for state in states}
