"""Gradient descent and its momentum forms."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.optimizers.algebra import coupled, remember
from optviz.optimizers.rule import (
    CLOSED_UNIT,
    UNIT,
    Grad,
    H,
    Parameter,
    Rule,
    State,
    T,
    X,
    l2_decay,
    learning_rate,
)


def _plain_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr


def _sgd(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """x <- x - lr g   (Cauchy 1847; Robbins & Monro 1951)"""
    g = coupled(h, grad(x), x)
    return x - h.lr * g, ()


SGD = Rule(
    name="sgd",
    label="SGD",
    parameters={"lr": learning_rate(0.001), "weight_decay": l2_decay()},
    step=_sgd,
    init=remember(0),
    effective_lr=_plain_rate,
    equations=(r"x_t = x_{t-1} - \eta\, g_t",),
    source="Cauchy, Comptes rendus 25 (1847); Robbins & Monro, Ann. Math. Stat. 22 (1951)",
    equals=("torch.optim.SGD", "optax.sgd", "keras.optimizers.SGD"),
    differs="Keras' weight_decay is decoupled for every optimizer; this one is L2, as in PyTorch.",
)


def _momentum(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """b <- momentum b + (1 - dampening) g;  x <- x - lr b   (Polyak 1964, eq. 9)"""
    (b,) = state
    g = coupled(h, grad(x), x)
    # step 1 takes the whole gradient, undamped, as PyTorch does: dampening = momentum is not an average
    b = g if t == 1 else h.momentum * b + (1 - h.dampening) * g
    return x - h.lr * b, (b,)


MOMENTUM = Rule(
    name="momentum",
    label="Momentum",
    parameters={
        "lr": learning_rate(0.001),
        "momentum": Parameter(0.9, "share of the last velocity that is kept", UNIT),
        "dampening": Parameter(0.0, "share of the gradient that is left out, from step 2 on", CLOSED_UNIT),
        "weight_decay": l2_decay(),
    },
    step=_momentum,
    init=remember(1),
    state=("b",),
    effective_lr=_plain_rate,
    equations=(r"b_t = \mu\, b_{t-1} + (1 - \tau)\, g_t", r"x_t = x_{t-1} - \eta\, b_t"),
    source="Polyak, USSR Comput. Math. Math. Phys. 4(5) (1964), eq. 9",
    equals=(
        "torch.optim.SGD(momentum)",
        "optax.sgd(momentum)",
        "keras.optimizers.SGD(momentum), constant lr",
    ),
    differs="Keras keeps the learning rate inside the velocity: under a schedule it differs.",
)


def _nesterov(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """b <- momentum b + g;  x <- x - lr (g + momentum b)   (Sutskever et al. 2013, eqs. 3-4)

    x is the look-ahead point of the textbook form, so one gradient per step is enough.
    """
    (b,) = state
    g = coupled(h, grad(x), x)
    b = h.momentum * b + g
    return x - h.lr * (g + h.momentum * b), (b,)


NESTEROV = Rule(
    name="nesterov",
    label="Nesterov",
    parameters={
        "lr": learning_rate(0.001),
        "momentum": Parameter(0.9, "share of the last velocity that is kept", UNIT),
        "weight_decay": l2_decay(),
    },
    step=_nesterov,
    init=remember(1),
    state=("b",),
    effective_lr=_plain_rate,
    equations=(r"b_t = \mu\, b_{t-1} + g_t", r"x_t = x_{t-1} - \eta\, (g_t + \mu\, b_t)"),
    source="Nesterov, Soviet Math. Dokl. 27 (1983); Sutskever et al., ICML 2013, eqs. 3-4",
    equals=(
        "torch.optim.SGD(nesterov)",
        "optax.sgd(nesterov)",
        "keras.optimizers.SGD(nesterov), constant lr",
    ),
    differs="The recorded x is the look-ahead point, as in every library, not the textbook's theta.",
)
