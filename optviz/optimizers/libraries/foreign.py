"""Makes a rule among ours of another library's optimizer, whose own code takes the steps."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from optviz.errors import Issue, OptvizError, did_you_mean, first_line
from optviz.optimizers.bound_rule import BoundRule
from optviz.optimizers.libraries.twins import twin_of
from optviz.optimizers.parameters import Parameter
from optviz.optimizers.rule import Grad, H, Rule, State, X
from optviz.optimizers.spellings import HYPERPARAMETERS, WITHOUT_EFFECT

Array: TypeAlias = NDArray[np.float64]
Make: TypeAlias = Callable[..., Any]  # a class or a function that makes an optimizer

TRIAL_POINTS, TRIAL_STEPS = ((0.5, -0.25), (1.0, 2.0), (-3.0, 0.1)), 12  # one apart from the others, and together
VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
SAME = 1e-12  # relative: vectorised code of a library may round otherwise than its code for one number


class Measured(Protocol):
    """The gradient of a step, and the value of its function, which optimizers with a line search ask for."""

    def __call__(self, x: X) -> X: ...

    def value(self, x: X) -> X: ...


class Stepper(Protocol):
    """One run of a library's optimizer; its point is an array (dim, *batch)."""

    def step(self, grad: Measured, x: Array) -> Array:
        """Take a step from x and return where it leads."""

    def states(self) -> Mapping[str, Array]:
        """Return what the optimizer keeps for each coordinate, by the library's names."""


@dataclass(frozen=True)
class Taken:
    """A class or an instance of a library's, from Python."""

    name: str
    make: Make
    arguments: Mapping[str, Any]  # that an instance was made with


class Library(Protocol):
    """A library that has optimizers."""

    @property
    def name(self) -> str:
        """Under which a scenario and pip know it."""

    @property
    def packages(self) -> str:
        """What pip installs."""

    @property
    def takes_tensors(self) -> bool:
        """Whether they are the first argument of what makes an optimizer."""

    def find(self, name: str) -> Make:
        """Return what makes the optimizer of that name. Raises OptvizError, ModuleNotFoundError without the library."""

    def taken(self, given: object) -> Taken | None:
        """Return the optimizer if this is one of the library's, which its user has imported then."""

    def begin(self, make: Make, x: Array) -> Stepper:
        """Begin a run at x."""


@dataclass(frozen=True)
class Foreign:
    """An optimizer of another library, by name."""

    library: Library
    name: str
    make: Make

    @property
    def label(self) -> str:
        """What it is called on the picture: ``torch Adam``."""
        return f"{self.library.name} {self.name}"

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Its arguments by the library's names."""
        return {
            one.name: Parameter(None if one.default is one.empty else _plain(one.default), f"of {self.label}")
            for one in self._arguments
            if one.kind not in VARIABLE and one.name not in WITHOUT_EFFECT
        }

    @cached_property
    def _arguments(self) -> list[inspect.Parameter]:
        arguments = list(inspect.signature(self.make).parameters.values())
        return arguments[1:] if self.library.takes_tensors else arguments

    @property
    def _required(self) -> list[str]:
        return [one.name for one in self._arguments if one.default is one.empty and one.kind not in VARIABLE]

    def bind(self, given: Mapping[str, Any], steps: int) -> BoundRule:
        """Return the rule with these arguments, and defaults for the others, after a trial.

        Raises OptvizError with what the library says against them.
        """
        make = partial(self.make, **{name: _argument(value) for name, value in given.items()})
        try:
            with _silence():
                states, apart = _trial(self.library, make)
        except ModuleNotFoundError as error:  # some libraries import what they need this late
            raise OptvizError(Issue(f"needs the package {error.name}", hint=f"pip install {error.name}")) from error
        except Exception as error:  # whatever another library raises at its own arguments
            hint = "; ".join(filter(None, (self._kind_hint(name, value) for name, value in given.items())))
            raise OptvizError(Issue(f"{self.library.name} says: {first_line(error)}", hint=hint)) from error
        defaults = {name: one.default for name, one in self.parameters.items() if one.default is not None}
        values = {**defaults, **{name: value for name, value in given.items() if name in self.parameters}}
        twin = twin_of(self.library.name, self.name, values, steps)
        return BoundRule(self._rule(make, states, apart), values, steps, twin=twin)

    def _kind_hint(self, name: str, value: object) -> str:
        """Return what to write for an argument that has another kind than its default, which the library refused."""
        default = self.parameters[name].default if name in self.parameters else None
        if isinstance(value, str) and (isinstance(default, float | int) or name in self._required):
            return f"{name} is a number there; formulas in t are for rules of optviz"
        if isinstance(default, list | tuple) and not (isinstance(value, list | tuple) and len(value) == len(default)):
            return f"such as {name}: {list(default)}"
        return ""

    def issues(self, given: Mapping[str, Any]) -> list[Issue]:
        """Return what is wrong with the names of the arguments, each with the name as its path."""
        unknown = [name for name in given if name not in (*self.parameters, *WITHOUT_EFFECT)]
        missing = [name for name in self._required if name not in given]
        return [
            *(
                Issue(f"{self.label} has no argument {name!r}", name, _argument_hint(name, self.parameters))
                for name in unknown
            ),
            *(Issue(f"{self.label} needs {name}", "", _missing_hint(name)) for name in missing),
        ]

    def _rule(self, make: Make, states: Sequence[str], apart: bool) -> Rule:
        return Rule(
            name=f"{self.library.name}.{self.name}",
            label=self.label,
            parameters=self.parameters,
            step=ForeignStep(self.library, make, tuple(states), apart),
            source=f"the code of {self.library.name}",
            library=self.library.name,
            state=tuple(states),
            internal=("optimizer",),
            coordinatewise=False,
            custom=True,
        )


@dataclass(frozen=True)
class ForeignStep:
    """Takes a step with the optimizer that the run keeps as the last of its state; it can go to another process."""

    library: Library
    make: Make
    states: tuple[str, ...]
    apart: bool  # every coordinate moves as if it were alone

    def __call__(self, h: H, t: int, grad: Grad, x: X, *state: Any) -> State:
        asked = _Asked(_of_arrays(cast(Measured, grad), x))
        try:
            with _silence():
                racing: Stepper = state[-1] if t > 1 else self._begin(np.atleast_1d(x))
                moved = racing.step(asked, np.atleast_1d(x))
        except Exception as error:  # whatever another library raises
            if asked.has_failed:  # the function that is minimised has raised it
                raise
            raise OptvizError(Issue(f"{self.library.name} fails in step {t}: {first_line(error)}")) from error
        kept, absent = racing.states(), np.zeros(np.shape(moved))  # some states come on the way
        return _like(moved, x), *(_like(kept.get(name, absent), x) for name in self.states), cast(X, racing)

    def _begin(self, x: Array) -> Stepper:
        together = self.apart or x.ndim == 1
        return self.library.begin(self.make, x) if together else Columns(self.library, self.make, x)


@dataclass
class _Asked:
    """A gradient that remembers whether it was the one to fail."""

    grad: Measured
    has_failed: bool = False

    def __call__(self, x: X) -> X:
        return self._of(self.grad, x)

    def value(self, x: X) -> X:
        return self._of(self.grad.value, x)

    def _of(self, asked: Callable[[X], X], x: X) -> X:
        try:
            return asked(x)
        except Exception:  # of whatever kind: it goes on as it is
            self.has_failed = True
            raise


class Columns:
    """One optimizer a point of a batch, where coordinates of a point meet in the rule."""

    def __init__(self, library: Library, make: Make, x: Array) -> None:
        self.shape = x.shape
        self.steppers = [library.begin(make, np.array(point)) for point in x.reshape(len(x), -1).T]

    def step(self, grad: Measured, x: Array) -> Array:
        """Take a step with each; every gradient is asked for all points, and one of them is used."""
        points = x.reshape(len(x), -1)
        moved = [one.step(_Column(grad, points, self.shape, i), points[:, i]) for i, one in enumerate(self.steppers)]
        return np.stack(moved, axis=1).reshape(self.shape)

    def states(self) -> Mapping[str, Array]:
        """Return the states of all."""
        every = [one.states() for one in self.steppers]
        names = [name for name, state in every[0].items() if np.shape(state) == self.shape[:1]]
        return {name: np.stack([one[name] for one in every], axis=1).reshape(self.shape) for name in names}


@dataclass(frozen=True)
class _Column:
    """The gradient at one point of a batch, from one that takes them all."""

    grad: Measured
    points: Array  # (dim, n)
    shape: tuple[int, ...]
    index: int

    def __call__(self, x: X) -> X:
        return np.asarray(self.grad(self._all(x))).reshape(len(self.points), -1)[:, self.index]

    def value(self, x: X) -> X:
        return float(np.ravel(self.grad.value(self._all(x)))[self.index])

    def _all(self, x: X) -> Array:
        points = np.array(self.points)
        points[:, self.index] = x
        return points.reshape(self.shape)


@dataclass(frozen=True)
class _OfArrays:
    """The gradient for a library that knows arrays alone, where the run is on floats."""

    grad: Measured

    def __call__(self, x: X) -> X:
        return np.array([self.grad(float(np.ravel(x)[0]))])

    def value(self, x: X) -> X:
        return self.grad.value(float(np.ravel(x)[0]))


def _of_arrays(grad: Measured, x: X) -> Measured:
    return grad if isinstance(x, np.ndarray) else _OfArrays(grad)


def _like(value: Array, x: X) -> X:
    return np.asarray(value, dtype=np.float64).reshape(x.shape) if isinstance(x, np.ndarray) else float(value[0])


class _Trough:
    """The sum of x**4 / 4, whose gradient is not in proportion to x."""

    def __call__(self, x: X) -> X:
        return np.power(x, 3)

    def value(self, x: X) -> X:
        return np.sum(np.power(x, 4) / 4, axis=0)


def _trial(library: Library, make: Make) -> tuple[list[str], bool]:
    """Run on a simple function; return the states' names, and whether each coordinate moves as if it were alone."""
    trough, batch = _Trough(), np.array(TRIAL_POINTS).T
    ends = []
    for point in batch.T:
        x, run = np.array(point), library.begin(make, np.array(point))
        for _ in range(TRIAL_STEPS):
            x = run.step(trough, x)
        ends.append(x)
        names = [name for name, state in run.states().items() if np.shape(state) == x.shape]
    together, run = batch, library.begin(make, batch)
    try:
        for _ in range(TRIAL_STEPS):
            together = run.step(trough, together)
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):  # one for vectors alone
        return names, False
    return names, bool(np.allclose(together, np.array(ends).T, rtol=SAME, atol=0.0))


def _argument_hint(name: str, known: Mapping[str, Parameter]) -> str:
    """Return a hint that names what the library calls the argument, or the nearest of its names."""
    theirs = [one for one in known if set(HYPERPARAMETERS.get(one, (one,))) & set(HYPERPARAMETERS.get(name, (name,)))]
    return f"it is called {theirs[0]} there" if theirs else did_you_mean(name, known)


def _missing_hint(name: str) -> str:
    """Return an example where the argument is a number; objects are made in Python."""
    return f"such as {name}: 0.01" if name in ("lr", *HYPERPARAMETERS) else "from Python, give an instance that has it"


@contextmanager
def _silence() -> Iterator[None]:
    """Keep a library's warnings about itself from the user, who can do nothing about them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _argument(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """Return a default as a scenario writes it; None for what it cannot write."""
    if isinstance(value, list | tuple):
        return list(value) if all(isinstance(one, bool | int | float) for one in value) else None
    return value if isinstance(value, bool | int | float | str) else None
