"""The gradient normalised before its average, or the step by its length: ADOPT, LAMB."""

from __future__ import annotations

from optviz.formula.arithmetic import maximum, minimum, sqrt, where
from optviz.optimizers.algebra import ema, hat, norm
from optviz.optimizers.parameters import MOMENTS, NON_NEGATIVE, Parameter, epsilon, memory
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _adopt(h: H, t: int, grad: Grad, x: X, m: X, v: X) -> State:
    """g ← ∇f(x),  at t = 1 only: v ← g²
    u ← clip(g / max(√v, ε), ±(t−1)^¼)
    m ← β₁m + (1−β₁)u
    x ← x − ηm
    v ← β₂v + (1−β₂)g²
    """
    g = grad(x)
    if t == 1:
        return x, m, g * g
    u = g / maximum(sqrt(v), h.eps)
    if h.clipping:
        bound = (t - 1) ** 0.25
        u = minimum(maximum(u, -bound), bound)
    m = ema(h.beta1, m, u)
    return x - h.lr * m, m, ema(h.beta2, v, g * g)


ADOPT = Rule(
    name="adopt",
    label="ADOPT",
    step=_adopt,
    parameters={
        **MOMENTS,
        "beta2": memory(0.9999, "the squared gradient (second moment)"),
        "eps": epsilon(1e-6, "least denominator"),
        "clipping": Parameter(True, "clip the normalised gradient to +- (t - 1)^(1/4)"),
    },
    source="Taniguchi et al., NeurIPS 2024, arXiv:2411.02853, Algorithm 2",
    equals=("optax.contrib.adopt",),
    differs="Without clipping it is the paper's Algorithm 1.",
)


def _lamb(h: H, t: int, grad: Grad, x: X, m: X, v: X) -> State:
    """g ← ∇f(x)
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)g²
    u ← m̂ / (√v̂ + ε) + λx
    x ← x − η ‖x‖/‖u‖ u,  where either length is 0: x − ηu
    """
    g = grad(x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    u = _lamb_direction(h, t, x, m, v)
    return x - h.lr * _lamb_trust(x, u) * u, m, v


def _lamb_direction(h: H, t: X, x: X, m: X, v: X) -> X:
    return hat(m, h.beta1, t) / (sqrt(hat(v, h.beta2, t)) + h.eps) + h.weight_decay * x


def _lamb_trust(x: X, u: X) -> X:
    """‖x‖/‖u‖, 1 where either is 0; not clamped, as in optax."""
    length, step = norm(x), norm(u)
    return where((length > 0) & (step > 0), length / where(step > 0, step, 1.0), 1.0)


def _lamb_rate(h: H, t: X, x: X, m: X, v: X, **_: X) -> X:
    trust = _lamb_trust(x, _lamb_direction(h, t, x, m, v))
    return h.lr * trust / (sqrt(hat(v, h.beta2, t)) + h.eps)


LAMB = Rule(
    name="lamb",
    label="LAMB",
    step=_lamb,
    parameters={
        **MOMENTS,
        "eps": epsilon(1e-6),
        "weight_decay": Parameter(0.0, "weight_decay x is added to the direction, inside its length", NON_NEGATIVE),
    },
    coordinatewise=False,
    effective_lr=_lamb_rate,
    source="You et al., ICLR 2020, arXiv:1904.00962, Algorithm 2",
    equals=("optax.lamb", "keras.optimizers.Lamb (weight_decay 0)"),
    differs="torch_optimizer's has no bias correction and clamps ||x||; Keras decays outside the ratio.",
)
