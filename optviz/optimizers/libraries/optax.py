"""Runs gradient transformations of Optax on one float64 array.

https://optax.readthedocs.io
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.optimizers.libraries.foreign import Array, Make, Measured, Taken

NEED_JAX = ("lbfgs",)  # a function that JAX differentiates


class OptaxLibrary:
    """Optimizers by Optax's names for them, those of optax.contrib too."""

    name = "optax"
    packages = "optviz[optax]"
    takes_tensors = False

    def find(self, name: str) -> Make:
        """Return what makes it. Raises OptvizError where Optax has none of that name."""
        import optax
        import optax.contrib

        known = {one: made for one, made in vars(optax).items() if _home(made).endswith(".alias")}
        known = {**vars(optax.contrib), **known}
        if name in NEED_JAX:
            raise OptvizError(Issue("needs a function that JAX knows", hint="torch: LBFGS races here"))
        if not callable(known.get(name)) or name.startswith(("_", "scale_by_")):
            aliases = [one for one in known if callable(known[one]) and _home(known[one]).endswith(".alias")]
            raise OptvizError(Issue("optax has no such optimizer", hint=did_you_mean(name, aliases)))
        made: Make = known[name]
        return made

    def taken(self, given: object) -> Taken | None:
        """Return a transformation as it is, or a function that makes one."""
        if "optax" not in sys.modules:
            return None
        from optax import GradientTransformation

        if isinstance(given, GradientTransformation):
            return Taken("transformation", _Made(given), {})
        if callable(given) and _home(given).startswith("optax."):
            return Taken(getattr(given, "__name__", "transformation"), given, {})
        return None

    def begin(self, make: Make, x: Array) -> OptaxStepper:
        """Begin a run at x."""
        return OptaxStepper(make, x)


@dataclass(frozen=True)
class _Made:
    """Makes what was made before."""

    transformation: Any

    def __call__(self) -> Any:
        return self.transformation


def _home(made: object) -> str:
    """Return the module in which a function stands, of a partial one too."""
    return str(getattr(getattr(made, "func", made), "__module__", ""))


class OptaxStepper:
    """One array, and the state of a gradient transformation."""

    def __init__(self, make: Make, x: Array) -> None:
        import jax
        import optax

        with jax.enable_x64(True):
            transformation = optax.with_extra_args_support(make())
            self.kept = transformation.init(jax.numpy.asarray(x))

            def moved(g: Any, kept: Any, x: Any, value: Any) -> Any:
                updates, kept = transformation.update(g, kept, x, value=value)
                return optax.apply_updates(x, updates), kept

        self.moved = jax.jit(moved)

    def step(self, grad: Measured, x: Array) -> Array:
        """Take a step from x."""
        import jax

        with jax.enable_x64(True):
            slope = np.asarray(grad(x), dtype=np.float64).reshape(x.shape)
            point, self.kept = self.moved(slope, self.kept, np.asarray(x), np.float64(np.sum(grad.value(x))))
            return np.array(point)

    def states(self) -> Mapping[str, Array]:
        """Return the arrays of the state by their names in it, numbered where a name stands twice."""
        import jax

        found: dict[str, Array] = {}
        for path, leaf in jax.tree_util.tree_flatten_with_path(self.kept)[0]:
            if jax.dtypes.issubdtype(getattr(leaf, "dtype", float), jax.dtypes.prng_key):
                continue  # of noise: no numbers of its own
            names = [part.name for part in path if hasattr(part, "name")]
            name = names[-1] if names else "state"
            number = sum(one.rpartition(" ")[0] == name or one == name for one in found) + 1
            found[name if number == 1 else f"{name} {number}"] = np.array(leaf)
        return found
