"""Schedule-free SGD and AdamW: averaging in the place of a decreasing rate."""

from __future__ import annotations

from optviz.formula.arithmetic import maximum, sqrt, where
from optviz.optimizers.algebra import coupled, ema, hat
from optviz.optimizers.parameters import L2_DECAY, MOMENTS, NON_NEGATIVE, UNIT, Parameter, learning_rate
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _average(h: H, t: int, share: X, u: X, y: X, z: X, total: X, largest: X) -> State:
    """Return the new y, z and weights. share: that of the average x in y = share x + (1 − share) z.

    The gradient is taken at y, which is recorded; the average is x = y + (1 − 1/share)(z − y).
    """
    rate = h.lr * min(t / h.warmup, 1.0) if h.warmup else h.lr
    largest = maximum(largest, rate)
    weight = largest * largest
    total = total + weight
    c = where(total > 0, weight / where(total > 0, total, 1.0), 0.0)  # a rate of 0 averages nothing
    y = (1 - c) * y + c * z + rate * (share * (1 - c) - 1) * u
    return y, z - rate * u, total, largest


_SHARE = Parameter(0.9, "share of the average x in y, the rest is z", UNIT)
_WARMUP = Parameter(0, "steps over which lr rises from lr / warmup to lr", NON_NEGATIVE, integer=True)


def _schedule_free_sgd(h: H, t: int, grad: Grad, y: X, z: X, total: X, largest: X) -> State:
    """g ← ∇f(y) + λy,  y is the recorded point
    c ← w / Σw,  w the square of the largest η so far
    y ← (1−c)y + cz + η(μ(1−c) − 1)g
    z ← z − ηg
    """
    return _average(h, t, h.momentum, coupled(h, grad(y), y), y, z, total, largest)


SCHEDULE_FREE_SGD = Rule(
    name="schedule_free_sgd",
    label="Schedule-free SGD",
    step=_schedule_free_sgd,
    parameters={"lr": learning_rate(1.0), "momentum": _SHARE, "weight_decay": L2_DECAY, "warmup": _WARMUP},
    starts={"z": "x"},
    internal=("total", "largest"),
    source="Defazio et al., NeurIPS 2024, arXiv:2405.15682, and the authors' package",
    equals=("schedulefree.SGDScheduleFree",),
    differs="optax's warm-up begins one step later, at a rate of 0.",
)


def _schedule_free_adamw(h: H, t: int, grad: Grad, y: X, z: X, v: X, total: X, largest: X) -> State:
    """g ← ∇f(y),  y is the recorded point
    v ← β₂v + (1−β₂)g²
    u ← g / (√v̂ + ε) + λy
    c ← w / Σw,  w the square of the largest η so far
    y ← (1−c)y + cz + η(β₁(1−c) − 1)u
    z ← z − ηu
    """
    g = grad(y)
    v = ema(h.beta2, v, g * g)
    u = coupled(h, g / (sqrt(hat(v, h.beta2, t)) + h.eps), y)
    y, z, *weights = _average(h, t, h.beta1, u, y, z, total, largest)
    return y, z, v, *weights


SCHEDULE_FREE_ADAMW = Rule(
    name="schedule_free_adamw",
    label="Schedule-free AdamW",
    step=_schedule_free_adamw,
    parameters={
        **MOMENTS,
        "lr": learning_rate(0.0025),
        "beta1": _SHARE,
        "weight_decay": Parameter(0.0, "weight_decay y is added to the normalised gradient", NON_NEGATIVE),
        "warmup": _WARMUP,
    },
    starts={"z": "x"},
    internal=("total", "largest"),
    source="Defazio et al., NeurIPS 2024, arXiv:2405.15682, Algorithm 1 and the authors' package",
    equals=("schedulefree.AdamWScheduleFree",),
    differs="Keras' weighs every step by 1/t and, with the torch backend, averages the wrong z.",
)
