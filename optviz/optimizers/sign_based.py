"""Rules that heed the gradient's sign: signSGD, Lion, Rprop."""

from __future__ import annotations

from optviz.formula.arithmetic import maximum, minimum, sign, where
from optviz.optimizers.algebra import decayed, ema
from optviz.optimizers.parameters import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    UNIT,
    Parameter,
    decoupled_decay,
    learning_rate,
    memory,
)
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _signsgd(h: H, t: int, grad: Grad, x: X) -> State:
    """g ← ∇f(x)
    x ← x − η sign(g)
    """
    direction = sign(grad(x))
    return (x - h.lr * direction,)


SIGNSGD = Rule(
    name="signsgd",
    label="signSGD",
    step=_signsgd,
    parameters={"lr": learning_rate(0.001)},
    source="Bernstein et al., ICML 2018, arXiv:1802.04434, Algorithm 1",
    equals=("optax.sign_sgd",),
    differs="The sign of 0 is 0.",
)


def _lion(h: H, t: int, grad: Grad, x: X, m: X) -> State:
    """g ← ∇f(x)
    x ← (1−ηλ)x − η sign(β₁m + (1−β₁)g)
    m ← β₂m + (1−β₂)g
    """
    g = grad(x)
    mixed = ema(h.beta1, m, g)
    direction = sign(mixed)
    return decayed(h, x) - h.lr * direction, ema(h.beta2, m, g)


LION = Rule(
    name="lion",
    label="Lion",
    step=_lion,
    parameters={
        "lr": learning_rate(0.0001),
        "beta1": memory(0.9, "the gradient, in the step"),
        "beta2": memory(0.99, "the gradient, in the stored average"),
        "weight_decay": decoupled_decay(0.0),
    },
    source="Chen et al., NeurIPS 2023, arXiv:2302.06675, Algorithm 2",
    equals=("optax.lion", "lion_pytorch.Lion", "keras.optimizers.Lion"),
    differs="Default decay is 0.001 in optax, none elsewhere.",
)


def _rprop(h: H, t: int, grad: Grad, x: X, g_prev: X, step: X) -> State:
    """g ← ∇f(x)
    step ← η₊ step where g g_prev > 0,  η₋ step where g g_prev < 0
    step ← clip(step, step_min, step_max)
    g ← 0 where g g_prev < 0
    x ← x − step sign(g)
    g_prev ← g
    """
    g = grad(x)
    agreement = sign(g) * sign(g_prev)  # the signs alone: a product of tiny gradients would vanish
    factor = where(agreement > 0, h.eta_plus, where(agreement < 0, h.eta_minus, 1.0))
    step = minimum(maximum(step * factor, h.step_min), h.step_max)
    g = where(agreement < 0, 0.0 * g, g)
    return x - step * sign(g), g, step


RPROP = Rule(
    name="rprop",
    label="Rprop",
    step=_rprop,
    parameters={
        "lr": Parameter(0.01, "every coordinate's first step length", NON_NEGATIVE),
        "eta_minus": Parameter(0.5, "the step shrinks by this where the gradient changed its sign", UNIT),
        "eta_plus": Parameter(1.2, "the step grows by this where it kept its sign", AT_LEAST_ONE),
        "step_min": Parameter(1e-6, "shortest step", NON_NEGATIVE),
        "step_max": Parameter(50.0, "longest step", NON_NEGATIVE),
    },
    starts={"step": "lr"},
    source="Igel & Hüsken, Neurocomputing 50 (2003), their iRprop-, after Riedmiller & Braun, IEEE ICNN 1993",
    equals=("torch.optim.Rprop",),
    differs="Rprop- moves after a change of sign too, by the shortened step; Rprop+ takes the last step back. This one "
    "waits a step, and lets the next gradient leave the step's length alone. optax.rprop applies every step one late.",
)
