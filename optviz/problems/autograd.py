"""Differentiates a loss that a user wrote for PyTorch or JAX by that library's own automatic differentiation.

A library is asked only where the user has imported it: without that the loss cannot be one of its.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from optviz.formula.user_function import arguments_of
from optviz.problems.custom import AS_WRITTEN, COORDINATES, PROBES, CustomFunction

Value = Callable[..., Any]
Gradient = Callable[..., Any]


def differentiable(function: Callable[..., Any], dim: int | None) -> CustomFunction | None:
    """Return a loss of torch's or JAX's with its exact gradient, None for any other function.

    It takes x, or x and y, or, under any name, the point as one vector of ``dim`` coordinates.
    """
    names = [one.name for one in arguments_of(function, "function", AS_WRITTEN) if one.default is one.empty]
    vector = tuple(names) not in COORDINATES or (names == ["x"] and dim == 2)
    if vector and (len(names) != 1 or dim is None or dim > len(COORDINATES)):
        return None
    size = dim if vector and dim is not None else len(names)
    for library, differentiate in _LIBRARIES.items():
        if library not in sys.modules:
            continue
        value, gradient = differentiate(_of_coordinates(function) if vector else function)
        try:
            slope = np.asarray(gradient(*PROBES[:size]))
            is_one = slope.shape == (size,) and np.ndim(value(*PROBES[:size])) == 0
        except (AttributeError, ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):
            continue  # not a function of this library's arrays; a mistake of its own is raised again when it is run
        if is_one:
            return CustomFunction(_named(function, value, size), _named(function, gradient, size))
    return None


def _of_coordinates(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of coordinates, arrays of either library, from one of a vector."""

    def of(*coordinates: Any) -> Any:
        stack = sys.modules["torch"].stack if hasattr(coordinates[0], "backward") else sys.modules["jax"].numpy.stack
        return function(stack(coordinates))

    return of


def _named(function: Callable[..., Any], called: Callable[..., Any], dim: int) -> Callable[..., Any]:
    """Return ``called`` under the function's name, with the coordinates as its arguments."""
    if dim == 1:

        def of_x(x: Any) -> Any:
            return called(x)

        of: Callable[..., Any] = of_x
    else:

        def of_point(x: Any, y: Any) -> Any:
            return called(x, y)

        of = of_point
    of.__name__ = getattr(function, "__name__", type(function).__name__)
    return of


def _by_torch(function: Callable[..., Any]) -> tuple[Value, Gradient]:
    import torch

    def value(*point: Any) -> Any:
        with torch.no_grad():
            return function(*(torch.tensor(one, dtype=torch.float64) for one in point)).numpy()

    def gradient(*point: Any) -> Any:
        tensors = [torch.tensor(one, dtype=torch.float64, requires_grad=True) for one in point]
        slopes = torch.autograd.grad(function(*tensors).sum(), tensors, materialize_grads=True)
        return np.array([slope.numpy() for slope in slopes])

    return value, gradient


def _by_jax(function: Callable[..., Any]) -> tuple[Value, Gradient]:
    import jax

    def summed(*point: Any) -> Any:
        return function(*point).sum()

    def value(*point: Any) -> Any:
        with jax.enable_x64(True):
            return np.asarray(jax.jit(function)(*(np.asarray(one, dtype=np.float64) for one in point)))

    def gradient(*point: Any) -> Any:
        with jax.enable_x64(True):
            slopes = differentiated[len(point)](*(np.asarray(one, dtype=np.float64) for one in point))
            return np.array([np.asarray(slope) for slope in slopes])

    differentiated = {dim: jax.jit(jax.grad(summed, argnums=tuple(range(dim)))) for dim in (1, 2)}
    return value, gradient


_LIBRARIES: dict[str, Callable[[Callable[..., Any]], tuple[Value, Gradient]]] = {"torch": _by_torch, "jax": _by_jax}
