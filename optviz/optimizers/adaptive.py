"""Per-coordinate rates from squared gradients: Adagrad, RMSprop, Adadelta."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optviz.formula.arithmetic import sqrt
from optviz.optimizers.algebra import coupled, ema, remember, zeros
from optviz.optimizers.rule import (
    NON_NEGATIVE,
    UNIT,
    Grad,
    H,
    Parameter,
    Rule,
    State,
    T,
    X,
    epsilon,
    l2_decay,
    learning_rate,
    memory,
)

_EPS_IN_SQRT = Parameter(False, "divide by sqrt(. + eps), as optax and Keras do, not by sqrt(.) + eps")


def _root(h: H, square: X) -> X:
    """The denominator, with eps inside or beside the root."""
    return sqrt(square + h.eps) if h.eps_in_sqrt else sqrt(square) + h.eps


def _accumulator(h: H, x: X) -> X:
    return zeros(x) + h.initial_accumulator


def _adagrad(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """G <- G + g^2;  x <- x - lr_t g / (sqrt(G) + eps)

    (Duchi, Hazan & Singer 2011, section 1, diagonal form)
    """
    (total,) = state
    g = coupled(h, grad(x), x)
    total = total + g * g
    return x - h.lr / (1 + (t - 1) * h.lr_decay) * (g / _root(h, total)), (total,)


def _adagrad_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / (1 + (t - 1) * h.lr_decay) / _root(h, state["G"])


ADAGRAD = Rule(
    name="adagrad",
    label="Adagrad",
    parameters={
        "lr": learning_rate(0.01),
        "eps": epsilon(1e-10),
        "initial_accumulator": Parameter(0.0, "where the sum of squares starts", NON_NEGATIVE),
        "lr_decay": Parameter(0.0, "lr is divided by 1 + (t - 1) lr_decay", NON_NEGATIVE),
        "eps_in_sqrt": _EPS_IN_SQRT,
        "weight_decay": l2_decay(),
    },
    step=_adagrad,
    init=lambda h, x: (_accumulator(h, x),),
    state=("G",),
    effective_lr=_adagrad_rate,
    equations=(
        r"G_t = G_{t-1} + g_t^2",
        r"x_t = x_{t-1} - \frac{\eta}{1 + (t-1)\,\delta}\, \frac{g_t}{\sqrt{G_t} + \epsilon}",
    ),
    source="Duchi, Hazan & Singer, JMLR 12 (2011), section 1",
    equals=(
        "torch.optim.Adagrad",
        "optax.adagrad (eps_in_sqrt, initial_accumulator .1)",
        "keras.optimizers.Adagrad (eps_in_sqrt, initial_accumulator .1)",
    ),
    differs="optax and Keras start the sum at 0.1, with eps inside the root.",
)


def _rmsprop(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """v <- alpha v + (1 - alpha) g^2;  b <- momentum b + g / (sqrt(v) + eps);  x <- x - lr b

    (Hinton 2012, lecture 6e; centered: Graves 2013, eqs. 38-45: v - mean^2 in the root)
    """
    v, mean, b = state
    g = coupled(h, grad(x), x)
    v = ema(h.alpha, v, g * g)
    mean = ema(h.alpha, mean, g) if h.centered else mean
    b = h.momentum * b + g / _root(h, _variance(h, v, mean))
    return x - h.lr * b, (v, mean, b)


def _rmsprop_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / _root(h, _variance(h, state["v"], state.get("mean")))


def _variance(h: H, v: X, mean: X) -> X:
    return v - mean * mean if h.centered else v


RMSPROP = Rule(
    name="rmsprop",
    label="RMSprop",
    parameters={
        "lr": learning_rate(0.01),
        "alpha": memory(0.99, "the squared gradient"),
        "eps": epsilon(1e-8),
        "momentum": Parameter(0.0, "share of the last velocity that is kept", UNIT),
        "centered": Parameter(False, "subtract the squared mean gradient inside the root"),
        "eps_in_sqrt": _EPS_IN_SQRT,
        "initial_accumulator": Parameter(0.0, "where the average of squares starts", NON_NEGATIVE),
        "weight_decay": l2_decay(),
    },
    step=_rmsprop,
    init=lambda h, x: (_accumulator(h, x), zeros(x), zeros(x)),
    state=("v", "mean", "b"),
    kept_if={"mean": "centered", "b": "momentum"},
    effective_lr=_rmsprop_rate,
    equations=(
        r"v_t = \alpha\, v_{t-1} + (1 - \alpha)\, g_t^2",
        r"b_t = \mu\, b_{t-1} + \frac{g_t}{\sqrt{v_t} + \epsilon}",
        r"x_t = x_{t-1} - \eta\, b_t",
    ),
    source="Hinton, Neural Networks for Machine Learning, lecture 6e (2012); Graves, arXiv:1308.0850 (2013)",
    equals=(
        "torch.optim.RMSprop",
        "optax.rmsprop (eps_in_sqrt, alpha .9)",
        "keras.optimizers.RMSprop (eps_in_sqrt, alpha .9)",
    ),
    differs="optax and Keras put eps inside the root and lr inside the velocity; optax can also look ahead.",
)


def _adadelta(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """v <- rho;  d = sqrt(u + eps) / sqrt(v + eps) g;  u <- rho u + (1 - rho) d^2;  x <- x - lr d

    (Zeiler 2012, Algorithm 1, where lr is 1)
    """
    v, u = state
    g = coupled(h, grad(x), x)
    v = ema(h.rho, v, g * g)
    d = sqrt(u + h.eps) / sqrt(v + h.eps) * g
    u = ema(h.rho, u, d * d)
    return x - h.lr * d, (v, u)


def _adadelta_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    u = state["u"]
    u_before = np.concatenate([np.zeros_like(u[:1]), u[:-1]])  # the step divides by v_t but multiplies by u_{t-1}
    return h.lr * np.sqrt(u_before + h.eps) / np.sqrt(state["v"] + h.eps)


ADADELTA = Rule(
    name="adadelta",
    label="Adadelta",
    parameters={
        "lr": learning_rate(1.0),
        "rho": memory(0.9, "the squared gradients and the squared steps"),
        "eps": epsilon(1e-6, "added inside both roots"),
        "weight_decay": l2_decay(),
    },
    step=_adadelta,
    init=remember(2),
    state=("v", "u"),
    effective_lr=_adadelta_rate,
    equations=(
        r"v_t = \rho\, v_{t-1} + (1 - \rho)\, g_t^2",
        r"d_t = \frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}}\, g_t",
        r"u_t = \rho\, u_{t-1} + (1 - \rho)\, d_t^2",
        r"x_t = x_{t-1} - \eta\, d_t",
    ),
    source="Zeiler, arXiv:1212.5701 (2012), Algorithm 1",
    equals=(
        "torch.optim.Adadelta",
        "optax.adadelta",
        "keras.optimizers.Adadelta (lr .001, rho .95)",
    ),
    differs="Keras' default learning rate is 0.001, a thousand times the paper's.",
)
