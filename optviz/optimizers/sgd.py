"""Gradient descent, with momentum and with Nesterov's."""

from __future__ import annotations

from optviz.formula.arithmetic import where
from optviz.optimizers.algebra import with_decay
from optviz.optimizers.parameters import CLOSED_UNIT, DECOUPLED, L2_DECAY, Parameter, learning_rate, momentum
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _learning_rate(h: H, t: X, **_: X) -> X:
    return h.lr


def _sgd(h: H, t: int, grad: Grad, x: X) -> State:
    """g ← ∇f(x) + λx;  decoupled: g ← ∇f(x),  x ← (1−ηλ)x
    x ← x − ηg
    """
    g, x = with_decay(h, grad(x), x)
    return (x - h.lr * g,)


SGD = Rule(
    name="sgd",
    label="SGD",
    step=_sgd,
    parameters={"lr": learning_rate(0.001), "weight_decay": L2_DECAY, "decoupled": DECOUPLED},
    effective_lr=_learning_rate,
    source="Cauchy, Comptes rendus 25 (1847); Robbins & Monro, Ann. Math. Stat. 22 (1951)",
    equals=("torch.optim.SGD", "optax.sgd", "keras.optimizers.SGD (decoupled)"),
    differs="Keras' weight_decay is decoupled for every optimizer; here as in PyTorch it is L2 unless decoupled.",
)


def _momentum(h: H, t: int, grad: Grad, x: X, b: X) -> State:
    """g ← ∇f(x) + λx;  decoupled: g ← ∇f(x),  x ← (1−ηλ)x
    b ← μb + (1−τ)g,  at t = 1 and where μ = 0: b ← g
    x ← x − ηb
    """
    g, x = with_decay(h, grad(x), x)
    # as in PyTorch step 1 takes the whole gradient, so that dampening = momentum is no average, and so does every step
    # without momentum
    b = where((h.momentum == 0) | (t == 1), g, h.momentum * b + (1 - h.dampening) * g)
    return x - h.lr * b, b


MOMENTUM = Rule(
    name="momentum",
    label="Momentum",
    step=_momentum,
    parameters={
        "lr": learning_rate(0.001),
        "momentum": momentum(0.9),
        "dampening": Parameter(0.0, "share of the gradient that is left out, from step 2 on", CLOSED_UNIT),
        "weight_decay": L2_DECAY,
        "decoupled": DECOUPLED,
    },
    effective_lr=_learning_rate,
    source="Polyak, USSR Comput. Math. Math. Phys. 4(5) (1964), the heavy ball",
    equals=(
        "torch.optim.SGD(momentum)",
        "optax.sgd(momentum)",
        "keras.optimizers.SGD(momentum), constant lr (decoupled)",
    ),
    differs="Keras keeps the learning rate inside the velocity: under a schedule it differs. An average of gradients, "
    "mu b + (1 - mu) g from 0, is another rule: PyTorch's dampening spares the first gradient.",
)


def _nesterov(h: H, t: int, grad: Grad, x: X, b: X) -> State:
    """g ← ∇f(x) + λx;  decoupled: g ← ∇f(x),  x ← (1−ηλ)x
    b ← μb + g
    x ← x − η(g + μb)

    x is the look-ahead point of the textbook form, so one gradient per step is enough.
    """
    g, x = with_decay(h, grad(x), x)
    b = h.momentum * b + g
    ahead = g + h.momentum * b
    return x - h.lr * ahead, b


NESTEROV = Rule(
    name="nesterov",
    label="Nesterov",
    step=_nesterov,
    parameters={
        "lr": learning_rate(0.001),
        "momentum": momentum(0.9),
        "weight_decay": L2_DECAY,
        "decoupled": DECOUPLED,
    },
    effective_lr=_learning_rate,
    source="Nesterov, Soviet Math. Dokl. 27 (1983); Sutskever et al., ICML 2013, eqs. 3-4",
    equals=(
        "torch.optim.SGD(nesterov)",
        "optax.sgd(nesterov)",
        "keras.optimizers.SGD(nesterov), constant lr (decoupled)",
    ),
    differs="The recorded x is the look-ahead point, as in every library, not the textbook's theta.",
)
