"""Parts of equations that rules share, with the same bits for floats and for arrays."""

from __future__ import annotations

import numpy as np

from optviz.formula.arithmetic import absolute, python_power, sqrt
from optviz.formula.symbol import Column
from optviz.optimizers.rule import H, X


def ema(beta: X, mean: X, new: X) -> X:
    """Update an exponential moving average: βm + (1−β)g."""
    return beta * mean + (1 - beta) * new


def bias(beta: X, t: X) -> X:
    """Return 1 − βᵗ, the weight that an average which starts at 0 has seen by step t."""
    # a plain power again, for the sake of single runs: the call would be half of the time
    return 1 - (beta**t if type(beta) is float and type(t) is int else python_power(beta, t))


def hat(mean: X, beta: X, t: X) -> X:
    """Correct an average for its start at 0: m̂ = m / (1 − βᵗ)."""
    return mean / bias(beta, t)


def is_zero(number: X) -> bool:
    """Tell whether a hyperparameter is a plain 0, so that the loop can be spared an addition of zeros."""
    return type(number) is float and number == 0.0


def coupled(h: H, g: X, x: X) -> X:
    """Add L2 weight decay to the gradient: g + λx."""
    return g if is_zero(h.weight_decay) else g + h.weight_decay * x


def decayed(h: H, x: X) -> X:
    """Apply decoupled weight decay to the point: (1 − ηλ)x."""
    return x if is_zero(h.weight_decay) else x * (1 - h.lr * h.weight_decay)


def with_decay(h: H, g: X, x: X) -> tuple[X, X]:
    """Apply weight decay as ``decoupled`` says: L2 to the gradient, or to the point past the gradient."""
    return (g, decayed(h, x)) if h.decoupled else (coupled(h, g, x), x)


def dot(a: X, b: X) -> X:
    """Return the inner product over the coordinates, the first axis; a batch keeps its shape."""
    product = a * b
    return product if isinstance(product, float) else product.sum(axis=0)


def norm(z: X) -> X:
    """Return the Euclidean length over the coordinates, the first axis."""
    return sqrt(dot(z, z))


def norm1(z: X) -> X:
    """Return the sum of absolute values over the coordinates, the first axis."""
    return dot(absolute(z), 1.0)


def before(column: X) -> X:
    """Return a recorded state, (dim, steps, *batch), as it was before each step; it begins at 0."""
    if isinstance(column, Column):
        return column.before
    states = np.asarray(column)
    return np.concatenate([np.zeros_like(states[:, :1]), states[:, :-1]], axis=1)
