"""Per-coordinate rates from squared gradients: Adagrad, RMSprop, Adadelta."""

from __future__ import annotations

from optviz.formula.arithmetic import sqrt
from optviz.optimizers.algebra import before, coupled, ema, with_decay
from optviz.optimizers.parameters import (
    DECOUPLED,
    L2_DECAY,
    NON_NEGATIVE,
    Parameter,
    epsilon,
    learning_rate,
    memory,
    momentum,
)
from optviz.optimizers.rule import Grad, H, Rule, State, X

_EPS_IN_SQRT = Parameter(False, "divide by sqrt(. + eps), as optax and Keras do, not by sqrt(.) + eps")


def _root(h: H, square: X) -> X:
    """Return the denominator, with ε inside or beside the root."""
    return sqrt(square + h.eps) if h.eps_in_sqrt else sqrt(square) + h.eps


def _adagrad(h: H, t: int, grad: Grad, x: X, G: X) -> State:
    """g ← ∇f(x) + λx
    G ← G + g²
    x ← x − η/(1 + (t−1)δ) · g / (√G + ε)
    """
    g = coupled(h, grad(x), x)
    G = G + g * g
    return x - _adagrad_lr(h, t) * (g / _root(h, G)), G


def _adagrad_lr(h: H, t: X) -> X:
    return h.lr / (1 + (t - 1) * h.lr_decay)


def _adagrad_rate(h: H, t: X, G: X, **_: X) -> X:
    return _adagrad_lr(h, t) / _root(h, G)


ADAGRAD = Rule(
    name="adagrad",
    label="Adagrad",
    step=_adagrad,
    parameters={
        "lr": learning_rate(0.01),
        "eps": epsilon(1e-10),
        "initial_accumulator": Parameter(0.0, "where the sum of squares starts", NON_NEGATIVE),
        "lr_decay": Parameter(0.0, "lr is divided by 1 + (t - 1) lr_decay", NON_NEGATIVE),
        "eps_in_sqrt": _EPS_IN_SQRT,
        "weight_decay": L2_DECAY,
    },
    starts={"G": "initial_accumulator"},
    effective_lr=_adagrad_rate,
    source="Duchi, Hazan & Singer, JMLR 12 (2011), section 1",
    equals=(
        "torch.optim.Adagrad",
        "optax.adagrad (eps_in_sqrt, initial_accumulator .1)",
        "keras.optimizers.Adagrad (eps_in_sqrt, initial_accumulator .1)",
    ),
    differs="optax and Keras start the sum at 0.1, with eps inside the root.",
)


def _rmsprop(h: H, t: int, grad: Grad, x: X, v: X, mean: X, b: X) -> State:
    """g ← ∇f(x) + λx
    v ← αv + (1−α)g²
    centered: mean ← α mean + (1−α)g,  and v − mean² for v in the root
    u ← g / (√v + ε),  eps_in_sqrt: u ← g / √(v + ε)
    b ← μb + u
    x ← x − ηb,  nesterov: x ← x − η(u + μb)
    """
    g = coupled(h, grad(x), x)
    v = ema(h.alpha, v, g * g)
    mean = ema(h.alpha, mean, g) if h.centered else mean
    u = g / _rmsprop_root(h, v, mean)
    b = h.momentum * b + u
    return x - h.lr * (u + h.momentum * b if h.nesterov else b), v, mean, b


def _rmsprop_root(h: H, v: X, mean: X) -> X:
    return _root(h, v - mean * mean if h.centered else v)


def _rmsprop_rate(h: H, t: X, v: X, mean: X = 0.0, **_: X) -> X:
    return h.lr / _rmsprop_root(h, v, mean)


RMSPROP = Rule(
    name="rmsprop",
    label="RMSprop",
    step=_rmsprop,
    parameters={
        "lr": learning_rate(0.01),
        "alpha": memory(0.99, "the squared gradient"),
        "eps": epsilon(1e-8),
        "momentum": momentum(0.0),
        "nesterov": Parameter(False, "step along u + momentum b, one momentum ahead"),
        "centered": Parameter(False, "subtract the squared mean gradient inside the root"),
        "eps_in_sqrt": _EPS_IN_SQRT,
        "initial_accumulator": Parameter(0.0, "where the average of squares starts", NON_NEGATIVE),
        "weight_decay": L2_DECAY,
    },
    starts={"v": "initial_accumulator"},
    kept_if={"mean": "centered", "b": "momentum"},
    effective_lr=_rmsprop_rate,
    source="Hinton, Neural Networks for Machine Learning, lecture 6e (2012); Graves, arXiv:1308.0850 (2013)",
    equals=(
        "torch.optim.RMSprop",
        "optax.rmsprop (eps_in_sqrt, alpha .9)",
        "keras.optimizers.RMSprop (eps_in_sqrt, alpha .9)",
    ),
    differs="optax and Keras put eps inside the root, and lr inside the velocity: with momentum and a schedule they "
    "differ. Looking ahead (nesterov) is optax's.",
)


def _adadelta(h: H, t: int, grad: Grad, x: X, v: X, u: X) -> State:
    """g ← ∇f(x) + λx;  decoupled: g ← ∇f(x),  x ← (1−ηλ)x
    v ← ρv + (1−ρ)g²
    d ← √(u + ε) / √(v + ε) · g
    u ← ρu + (1−ρ)d²
    x ← x − ηd
    """
    g, x = with_decay(h, grad(x), x)
    v = ema(h.rho, v, g * g)
    d = sqrt(u + h.eps) / sqrt(v + h.eps) * g
    u = ema(h.rho, u, d * d)
    return x - h.lr * d, v, u


def _adadelta_rate(h: H, t: X, v: X, u: X, **_: X) -> X:
    return h.lr * sqrt(before(u) + h.eps) / sqrt(v + h.eps)


ADADELTA = Rule(
    name="adadelta",
    label="Adadelta",
    step=_adadelta,
    parameters={
        "lr": learning_rate(1.0),
        "rho": memory(0.9, "the squared gradients and the squared steps"),
        "eps": epsilon(1e-6, "added inside both roots"),
        "weight_decay": L2_DECAY,
        "decoupled": DECOUPLED,
    },
    effective_lr=_adadelta_rate,
    source="Zeiler, arXiv:1212.5701 (2012), Algorithm 1",
    equals=("torch.optim.Adadelta", "optax.adadelta", "keras.optimizers.Adadelta (decoupled)"),
    differs="The paper has no learning rate, which is lr 1. Keras' defaults are lr 0.001, a thousandth of that, rho "
    "0.95 and eps 1e-7.",
)
