"""What rules share: averages, their bias, weight decay, norms; the same bits for floats and arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from optviz.formula.arithmetic import absolute, sqrt
from optviz.optimizers.rule import H, State, T, X

# numpy's own power differs from Python's in the last bit; a batch must equal its single runs to the last bit
_power_of_each = np.frompyfunc(pow, 2, 1)


def power(base: Any, exponent: Any) -> Any:
    """base ** exponent with the same bits for a float and for an array's element."""
    if type(base) is float and (type(exponent) is int or type(exponent) is float):
        return base**exponent
    return np.asarray(_power_of_each(base, exponent), dtype=np.float64)


def ema(beta: X, mean: X, new: X) -> X:
    """Exponential moving average: beta mean + (1 - beta) new."""
    return beta * mean + (1 - beta) * new


def bias(beta: X, t: T) -> X:
    """1 - beta^t, what an average that starts at 0 has seen by step t."""
    return 1 - power(beta, t)


def is_zero(number: X) -> bool:
    """True for a plain 0 alone: it spares the loop an addition of zeros."""
    return type(number) is float and number == 0.0


def coupled(h: H, g: X, x: X) -> X:
    """L2 weight decay: g <- g + weight_decay x."""
    return g if is_zero(h.weight_decay) else g + h.weight_decay * x


def shrunk(h: H, x: X) -> X:
    """Decoupled weight decay: x <- x (1 - lr weight_decay)."""
    return x if is_zero(h.weight_decay) else x * (1 - h.lr * h.weight_decay)


def zeros(x: X) -> X:
    return np.zeros_like(x) if isinstance(x, np.ndarray) else 0.0


def remember(count: int) -> Any:
    """An ``init`` for ``count`` arrays that start at 0."""

    def init(h: H, x: X) -> State:
        return (zeros(x),) * count

    return init


def dot(a: X, b: X) -> X:
    """Inner product over the coordinates; a batch keeps its shape."""
    product = a * b
    return product.sum(axis=0) if isinstance(product, np.ndarray) else product


def norm(z: X) -> X:
    """Euclidean length over the coordinates."""
    return sqrt(dot(z, z))


def norm1(z: X) -> X:
    """Sum of absolute values over the coordinates."""
    return dot(absolute(z), 1.0)
