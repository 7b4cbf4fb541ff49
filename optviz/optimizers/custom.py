"""An optimizer of the user's own, a Python class or function, as a rule among the others."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.optimizers.catalogue import OPTIMIZERS
from optviz.optimizers.rule import Grad, H, Interval, Parameter, Rule, State, T, X

Walk: TypeAlias = Callable[..., Any]  # one step, called with the arguments it names

ARGUMENTS = {
    "x": "the point, an array of 1 or 2 coordinates",
    "g": "the gradient there",
    "t": "the step, from 1",
    "gradient": "the gradient as a function of a point, for rules that look elsewhere",
}
_ANY_NUMBER = Interval(high_open=True)


def own_rule(given: object) -> Rule:
    """The rule that a class or a function describes.

    A function takes ``x`` and ``g`` (see ARGUMENTS), returns the new x, and has its hyperparameters as further
    arguments with defaults. A class takes its hyperparameters when it is made, once for each race, and has a method
    ``step`` in the manner of such a function; a class attribute ``state`` names the attributes to record. A Rule is
    taken as it is. Raises OptvizError.
    """
    if isinstance(given, Rule):
        return given
    name = getattr(given, "__name__", "")
    if not callable(given) or not name.isidentifier():
        hint = "give a class or a function made with def"
        raise OptvizError(Issue(f"an own optimizer needs a name: {given!r}", "optimizers", hint))
    return _rule_of_class(given, name) if isinstance(given, type) else _rule_of_function(given, name)


def _rule_of_class(made: type, name: str) -> Rule:
    step = getattr(made, "step", None)
    if not callable(step):
        hint = "def step(self, x, g): return the new x"
        raise OptvizError(Issue(f"the class {name} has no method step", "optimizers", hint))
    parameters = _parameters(name, list(inspect.signature(made).parameters.values()))
    states = tuple(getattr(made, "state", ()))
    wanted = _wanted(name, list(inspect.signature(step).parameters)[1:])

    def init(h: H, x: X) -> State:
        walker = made(**{parameter: getattr(h, parameter) for parameter in parameters})
        return (*_recorded(walker, states, x, made), walker)

    def walk(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
        walker = state[-1]
        moved = _moved(_Call(walker.step, wanted, name), grad, x, t)
        return moved, (*_recorded(walker, states, x, made), walker)

    return _rule(name, parameters, walk, init, states)


def _rule_of_function(step: Walk, name: str) -> Rule:
    arguments = inspect.signature(step).parameters
    parameters = _parameters(name, [given for known, given in arguments.items() if known not in ARGUMENTS])
    wanted = [known for known in arguments if known in ARGUMENTS]
    _wanted(name, wanted)

    def walk(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
        settings = {parameter: getattr(h, parameter) for parameter in parameters}
        return _moved(_Call(step, wanted, name, settings), grad, x, t), state

    return _rule(name, parameters, walk, lambda h, x: (), ())


def _rule(name: str, parameters: Mapping[str, Parameter], step: Any, init: Any, state: tuple[str, ...]) -> Rule:
    return Rule(
        name=f"{name}_own" if name in OPTIMIZERS else name,
        label=name,
        parameters=parameters,
        step=step,
        init=init,
        state=state,
        coordinatewise=False,  # nobody knows
        source="given in Python",
    )


# --- signatures -----------------------------------------------------------------------------------


def _wanted(name: str, arguments: list[str]) -> list[str]:
    """The arguments of a step, all of them known."""
    for argument in arguments:
        if argument not in ARGUMENTS:
            hint = f"{did_you_mean(argument, ARGUMENTS)} hyperparameters belong to the class, with defaults"
            raise OptvizError(Issue(f"{name}.step takes {argument}", "optimizers", hint))
    if "x" not in arguments:
        raise OptvizError(Issue(f"{name} does not take the point x", "optimizers", f"such as def {name}(x, g)"))
    return arguments


def _parameters(name: str, given: list[inspect.Parameter]) -> dict[str, Parameter]:
    return {argument.name: _parameter(name, argument) for argument in given}


def _parameter(name: str, argument: inspect.Parameter) -> Parameter:
    default, kinds = argument.default, (argument.VAR_POSITIONAL, argument.VAR_KEYWORD, argument.POSITIONAL_ONLY)
    if argument.kind in kinds or default is argument.empty:
        hint = f"give it a default, such as {argument.name}=0.1; a step takes " + ", ".join(ARGUMENTS)
        raise OptvizError(Issue(f"{name} takes {argument}, for which nothing is known", "optimizers", hint))
    if isinstance(default, bool):
        return Parameter(default, "given in Python")
    if default is not None and not isinstance(default, int | float):
        hint = "hyperparameters are numbers, True or False"
        raise OptvizError(Issue(f"{name} has {argument.name}={default!r}", "optimizers", hint))
    return Parameter(default, "given in Python", _ANY_NUMBER, optional=default is None)


# --- a step ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Call:
    """The user's step, and the arguments that it names."""

    step: Walk
    wanted: list[str]
    name: str
    settings: Mapping[str, object] | None = None


def _moved(call: _Call, grad: Grad, x: X, t: T) -> X:
    """Where the user's step goes. It is given arrays of its own, so that it may write into them."""
    asked = []

    def gradient(point: Any) -> Any:
        asked.append(point)
        return np.array(np.atleast_1d(grad(_like(point, x))))

    given: dict[str, Any] = {"x": np.array(np.atleast_1d(x), dtype=np.float64), "t": t, "gradient": gradient}
    if "g" in call.wanted:
        given["g"] = gradient(x)
    moved = call.step(**{name: given[name] for name in call.wanted}, **(call.settings or {}))
    if not asked:
        gradient(x)  # every step leaves a gradient in the record, that of a rule which does not ask too
    if np.shape(moved) not in (np.shape(given["x"]), np.shape(x)):
        raise OptvizError(f"{call.name} must return the new x, {len(given['x'])} coordinates, got {moved!r}")
    return _like(moved, x)


def _like(value: Any, x: X) -> X:
    """A float where the race runs on floats, else an array of the shape of x."""
    if isinstance(x, np.ndarray):
        return np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), x.shape))
    return float(np.asarray(value).reshape(()))


def _recorded(walker: object, states: tuple[str, ...], x: X, made: type) -> State:
    for state in states:
        if not hasattr(walker, state):
            hint = f"set self.{state} in __init__"
            raise OptvizError(Issue(f"{made.__name__} says it has the state {state}, and has not", "optimizers", hint))
    return tuple(_like(getattr(walker, state), x) for state in states)
