"""Runs optimizers of Keras 3 on one float64 variable, whatever backend it has been given: torch or JAX.

https://keras.io/api/optimizers/
"""

from __future__ import annotations

import inspect
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.optimizers.libraries.foreign import Array, Make, Measured, Taken

WRAPPERS = ("Optimizer", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap")
ELSEWHERE = {"Muon": "takes matrices"}  # not for few variables


class KerasLibrary:
    """Optimizers by Keras' names for them."""

    name = "keras"
    packages = "optviz[torch] keras"
    takes_tensors = False

    def find(self, name: str) -> Make:
        """Return the class. Raises OptvizError where there is none, or none for points of few coordinates."""
        classes = vars(_keras().optimizers)
        known = [one for one, found in classes.items() if isinstance(found, type) and one not in WRAPPERS]
        if name not in known:
            fit = [one for one in known if one not in ELSEWHERE]
            raise OptvizError(Issue("keras has no such optimizer", hint=did_you_mean(name, fit)))
        if name in ELSEWHERE:
            raise OptvizError(Issue(ELSEWHERE[name], hint=did_you_mean("Adam", known)))
        made: Make = classes[name]
        return made

    def taken(self, given: Any) -> Taken | None:
        """Return a class, or that of an instance with what it was made with, a schedule too.

        Raises OptvizError for one that is not for points of few coordinates.
        """
        if "keras" not in sys.modules:
            return None
        optimizers = vars(sys.modules["keras"].optimizers)
        is_class = isinstance(given, type) and issubclass(given, optimizers["Optimizer"])
        if not is_class and not isinstance(given, optimizers["Optimizer"]):
            return None
        optimizer: Any = given if is_class else _public_class(given)
        for name, why in ELSEWHERE.items():
            if optimizer is optimizers.get(name):
                raise OptvizError(Issue(f"keras {name} {why}", "optimizers", "did you mean keras.optimizers.Adam?"))
        if is_class:
            return Taken(optimizer.__name__, optimizer, {})
        with _in_float64():
            config = {name: _as_written(value) for name, value in given.get_config().items() if value is not None}
        del config["name"]
        plain = {name: value for name, value in config.items() if isinstance(value, bool | int | float | str)}
        if plain == config:
            return Taken(optimizer.__name__, optimizer, plain)
        return Taken(optimizer.__name__, Remade(optimizer, config), plain)

    def begin(self, make: Make, x: Array) -> KerasStepper:
        """Begin a run at x."""
        return KerasStepper(make, x)


def _keras() -> Any:
    """Import Keras; where nobody chose a backend and its own default is missing, with torch."""
    if "keras" not in sys.modules and find_spec("keras") and not find_spec("tensorflow"):
        os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    return keras


def _public_class(given: object) -> Any:
    """Return the class by which an instance was made: a backend may have put one of its own in place of Keras'."""
    made = type(given)
    public = vars(sys.modules["keras"].optimizers)
    is_of_backend = made.__module__.startswith("keras.src.backend.")
    return next((one for one in made.__mro__ if is_of_backend and public.get(one.__name__) is one), made)


def _as_written(value: Any) -> Any:
    """Return a number that Keras rounded to single precision as it was written: 0.01 for 0.009999999776482582."""
    if isinstance(value, float) and np.isfinite(value) and float(np.float32(value)) == value:
        return float(str(np.float32(value)))
    return value


@dataclass(frozen=True)
class Remade:
    """Makes an optimizer of a class once more, with what no scenario can hold, such as a schedule."""

    made: Any
    config: Mapping[str, Any]

    @property
    def __signature__(self) -> inspect.Signature:
        """The class's, without the arguments that are settled already."""
        known = inspect.signature(self.made).parameters.values()
        return inspect.Signature([one for one in known if not isinstance(self.config.get(one.name), dict)])

    def __call__(self, **arguments: Any) -> Any:
        return self.made.from_config({**self.config, **arguments})


class KerasStepper:
    """One variable and its optimizer."""

    def __init__(self, make: Make, x: Array) -> None:
        with _in_float64() as keras:
            self.variable = keras.Variable(np.array(x), dtype="float64", name="x")
            self.optimizer = make()
            self.optimizer.build([self.variable])

    def step(self, grad: Measured, x: Array) -> Array:
        """Take a step from x."""
        slope = np.array(grad(x), dtype=np.float64).reshape(x.shape)
        with _in_float64() as keras:
            self.variable.assign(np.array(x))
            self.optimizer.apply([keras.ops.convert_to_tensor(slope, dtype="float64")], [self.variable])
            return np.array(keras.ops.convert_to_numpy(self.variable.value))

    def states(self) -> Mapping[str, Array]:
        """Return the variables of the optimizer that have the shape of the point, by Keras' names."""
        with _in_float64() as keras:
            return {
                one.name.removeprefix("x_"): np.array(keras.ops.convert_to_numpy(one.value))
                for one in self.optimizer.variables
                if tuple(one.shape) == tuple(self.variable.shape) and tuple(one.shape)
            }


@contextmanager
def _in_float64() -> Iterator[Any]:
    """Let Keras, and JAX below it, compute in double precision; what the user has set comes back.

    Its warnings about its own use of NumPy are kept from who can do nothing about them.
    """
    keras = _keras()
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    try:
        with ExitStack() as stack:
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")
            if keras.config.backend() == "jax":
                stack.enter_context(import_module("jax").enable_x64(True))
            yield keras
    finally:
        keras.config.set_floatx(before)
